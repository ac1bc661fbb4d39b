/**
 * Prints the closing line of .ci/run, `N passed, N failed`, with `, N skipped` if any. Arguments: the file
 * of vitest's JSON reporter, and the number of other steps that failed, which count as failed too.
 */

import { existsSync, readFileSync } from 'node:fs';

const [reportPath = '', failedSteps = '0'] = process.argv.slice(2);

/** A missing report means that the tests did not run; the step that should have run them has failed. */
function readReport() {
  if (!existsSync(reportPath))
    return { numPassedTests: 0, numFailedTests: 0, numTotalTests: 0, testResults: [] };
  return JSON.parse(readFileSync(reportPath, 'utf8'));
}

const { numPassedTests: passed, numFailedTests, numTotalTests, testResults } = readReport();
// A file that does not even load fails without any test of it.
const brokenFiles = testResults.filter(
  ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
).length;
const failed = numFailedTests + brokenFiles + Number(failedSteps);
const skipped = numTotalTests - passed - numFailedTests;
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);

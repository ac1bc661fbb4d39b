/**
 * Runs a TypeScript file as it is: `node scripts/run-ts.mjs FILE [ARGUMENT...]`. Types are cut out, nothing
 * is checked. Newer versions of node do this alone; 20 does not. The program finds itself and its
 * arguments in `process.argv`, and its place in `import.meta.url`, as usual.
 */

import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transformSync } from 'rolldown/utils';

/** Module hook of node: gives the JavaScript of .ts files and leaves all others alone. */
export async function load(url, context, nextLoad) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context);
  const path = fileURLToPath(url);
  const { code, errors } = transformSync(path, await readFile(path, 'utf8'));
  if (errors.length > 0) throw new SyntaxError(`${path}: ${errors[0].message}`);
  return { format: 'module', source: code, shortCircuit: true };
}

async function run([file, ...rest]) {
  if (file === undefined) {
    console.error('usage: node scripts/run-ts.mjs FILE [ARGUMENT...]');
    process.exit(2);
  }
  register(import.meta.url);
  process.argv = [process.argv[0], resolve(file), ...rest];
  await import(pathToFileURL(process.argv[1]).href);
}

// Node runs the hook in a thread of its own, where this file is loaded a second time.
if (isMainThread) await run(process.argv.slice(2));

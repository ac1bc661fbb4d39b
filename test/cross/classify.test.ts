/** Every place where the default text is not pahole's is explained by a rule of `Quirks`. */

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  loadSync,
  NO_QUIRKS,
  type PaholeOptions,
  RUNNING_KERNEL_BTF,
  type TypeTable,
} from '../../src/index.ts';
import { fixtureFiles, fixtureTable, goldens } from '../support/fixtures.ts';
import { runCli } from '../support/run-cli.ts';
import {
  type Classification,
  type ClassifyOptions,
  classify,
  differingLines,
  formatCounts,
  formatUnclassified,
  RULES,
  unexplainedLines,
} from './classify.ts';
import { hasShapeOf } from './rules.ts';

const OPTION_SETS: readonly [string, PaholeOptions][] = [
  ['no options', {}],
  ['-E', { expandTypes: true }],
  ['-E --hex -r', { expandTypes: true, hex: true, relativeOffsets: true }],
  ['--flat_arrays -q', { flatArrays: true, quiet: true }],
  ['-l', { showFirstBiggest: true }],
];

function expectClassified(table: TypeTable, options: PaholeOptions): Classification {
  const classification = classify(table, options);
  expect(formatUnclassified(table, classification)).toBe('');
  return classification;
}

describe('nothing is unclassified', () => {
  describe.each(OPTION_SETS)('%s', (_, options) => {
    it.each(fixtureFiles)('%s', (file) => {
      expectClassified(fixtureTable(file), options);
    });
  });

  it.each(fixtureFiles)('-p %s', (file) => {
    expectClassified(fixtureTable(file), { expandPointers: true });
  });

  describe.skipIf(!existsSync(RUNNING_KERNEL_BTF))(`the running kernel, ${RUNNING_KERNEL_BTF}`, () => {
    it.each(OPTION_SETS)(
      '%s',
      (title, options) => {
        const classification = expectClassified(loadSync().table(), options);
        console.log(`${RUNNING_KERNEL_BTF}, ${title}: ${formatCounts(classification)}`);
      },
      300_000,
    );
  });
});

describe('whole outputs differ in nothing else', () => {
  // Which of several types of one name are listed is a rule of the command line.
  const layouts = goldens.filter(
    ({ file, args, isNotReproduced }) =>
      file !== 'same-names.btf' && isLayoutListing(args) && !isNotReproduced,
  );

  it.each(layouts.map((golden) => [golden.command.slice(0, 120), golden] as const))(
    '%s',
    async (_, golden) => {
      const own = await runCli(golden.args);
      const lines = differingLines(readFileSync(golden.path, 'utf8'), own.stdout.toString());
      const classification = classify(fixtureTable(golden.file), toOptions(golden.args));
      expect(unexplainedLines(lines, classification)).toEqual({ before: [], after: [] });
    },
  );
});

/**
 * What lists names instead of layouts has rules of its own, and so has what moves members, `reorganize`:
 * command-rules.test.ts and reorganize.test.ts.
 */
function isLayoutListing(args: readonly string[]): boolean {
  return !args.some((arg) => ['-s', '-n', '-N', '-z', '-P', '-R'].includes(arg));
}

function toOptions(args: readonly string[]): ClassifyOptions {
  const cacheline = args.indexOf('-c');
  return {
    cachelineSize: cacheline < 0 ? undefined : Number(args[cacheline + 1]),
    expandTypes: args.includes('-E'),
    expandPointers: args.includes('-p'),
    hex: args.includes('--hex'),
    quiet: args.includes('-q'),
    relativeOffsets: args.includes('-r'),
    flatArrays: args.includes('--flat_arrays'),
    suppressAligned: args.includes('--suppress_aligned_attribute'),
    suppressPacked: args.includes('--suppress_packed'),
    showFirstBiggest: args.includes('-l'),
  };
}

/** What these are about is in DWARF alone; test/emit/cxx.test.ts shows them. */
const OF_DWARF = new Set([
  'nestedSuffix',
  'nestedTypes',
  'staticMembers',
  'accessibility',
  'virtualBases',
  'linkageNames',
  'guessedSign',
  'typedefKeyword',
  'declFileZero',
]);

it('the fixtures have differences by every rule', () => {
  const found = new Set<string>();
  for (const file of fixtureFiles) {
    for (const [, options] of OPTION_SETS) {
      for (const { rule } of classify(fixtureTable(file), options).differences) found.add(rule);
    }
  }
  const rules = Object.keys(NO_QUIRKS).filter((rule) => !OF_DWARF.has(rule));
  expect([...found].sort()).toEqual(rules.sort());
});

describe('a difference that no rule describes is unclassified', () => {
  it.each(RULES)('%s', (rule) => {
    const hunk = { before: ['\tint a; /* 0 4 */'], after: ['\tchar b; /* 8 4 */'] };
    expect(hasShapeOf(rule, hunk)).toBe(false);
  });
});

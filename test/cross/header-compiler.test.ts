/**
 * Compilers as the oracle: each takes the header of each file, and the static asserts of all sizes and
 * offsets hold. TSPAHOLE_HEADERS=kernel adds the running kernel's header (or that of TSPAHOLE_VMLINUX, and of
 * TSPAHOLE_MODULES upon it).
 */

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeHeader } from '../../src/emit/header/header.ts';
import { dedup, loadSync, RUNNING_KERNEL_BTF, type TypeTable } from '../../src/index.ts';
import { C_COMPILERS, CPP_COMPILERS, compile, works } from '../support/compilers.ts';
import { fixtureFiles, fixtureTable } from '../support/fixtures.ts';

const directory = mkdtempSync(join(tmpdir(), 'tspahole-header-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** They hold what no C source does: members of function types, members that overlap, a 16-byte enum. */
const NOT_FROM_C: readonly string[] = [
  'function-parameters.btf',
  'nameless-members.btf',
  'odd-enums.btf',
  'odd-qualifiers.btf',
  'overlaps.btf',
  'split.btf',
];
/** Of a target with pointers of 4 bytes. */
const OTHER_TARGET = 'words-32.btf';
/** BTF has no bit offsets beyond 512 MiB: docs/compat.md, "Not reproduced". */
const TOO_LARGE = 'huge.btf';
const EXCLUDED: readonly string[] = [...NOT_FROM_C, OTHER_TARGET, TOO_LARGE];
const files = fixtureFiles.filter((file) => file.endsWith('.btf') && !EXCLUDED.includes(file));

const kernel = process.env.TSPAHOLE_VMLINUX ?? RUNNING_KERNEL_BTF;
const modules = (process.env.TSPAHOLE_MODULES ?? '').split(':').filter((path) => path !== '');
const asksForKernel = process.env.TSPAHOLE_HEADERS === 'kernel' && existsSync(kernel);

function headerOf(table: TypeTable, language: 'c' | 'c++'): Buffer {
  const chunks: Buffer[] = [];
  writeHeader(table, (bytes) => void chunks.push(Buffer.from(bytes)), { language, asserts: true });
  return Buffer.concat(chunks);
}

const gcc = { command: 'gcc', suffix: 'c', directory } as const;

it.skipIf(!works(gcc))('an assert that does not hold is an error (skipped without gcc)', () => {
  const text = headerOf(fixtureTable('holes.btf'), 'c').toString('latin1');
  const wrong = text.replace(/(sizeof\(struct \w+\) ==) \d+/, '$1 12345');
  expect(compile(gcc, wrong)).toContain('assert');
});

describe.each([
  ...C_COMPILERS.map((command) => ({ command, suffix: 'c', language: 'c' }) as const),
  ...CPP_COMPILERS.map((command) => ({ command, suffix: 'cc', language: 'c++' }) as const),
])('$command', ({ command, suffix, language }) => {
  const compiler = { command, suffix, directory };
  const isThere = works(compiler);
  const skipped = isThere ? '' : ' (skipped: there is no such compiler)';
  const skippedKernel = asksForKernel ? skipped : ' (skipped without TSPAHOLE_HEADERS=kernel)';

  it.skipIf(!isThere)(`gives all types of test/fixtures their layout${skipped}`, { timeout: 120_000 }, () => {
    for (const file of files) {
      expect(compile(compiler, headerOf(fixtureTable(file), language)), file).toBe('');
    }
  });

  it.skipIf(!isThere || !asksForKernel)(
    `gives all types of a kernel their layout${skippedKernel}`,
    { timeout: 300_000 },
    () => {
      expect(compile(compiler, headerOf(kernelTable(), language))).toBe('');
    },
  );

  it.skipIf(!isThere || !asksForKernel || modules.length === 0)(
    `gives all types of a kernel and ${modules.length} modules their layout${skippedKernel}`,
    { timeout: 600_000 },
    () => {
      const base = kernelTable();
      const parts = modules.map((path) => loadSync(path, { formats: ['btf'], base }).table());
      expect(compile(compiler, headerOf(dedup(parts).table, language))).toBe('');
    },
  );
});

function kernelTable(): TypeTable {
  return loadSync(kernel, { formats: ['btf'] }).table();
}

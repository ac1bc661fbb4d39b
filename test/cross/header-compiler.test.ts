/**
 * Compilers as the oracle: each takes the header of each file, and the static asserts of all sizes and
 * offsets hold. TSPAHOLE_HEADERS=kernel adds the running kernel's header (or that of TSPAHOLE_VMLINUX, and of
 * TSPAHOLE_MODULES upon it).
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeHeader } from '../../src/emit/header/header.ts';
import { loadSync, RUNNING_KERNEL_BTF, type TypeTable } from '../../src/index.ts';
import { fixtureFiles, fixtureTable } from '../support/fixtures.ts';

const directory = mkdtempSync(join(tmpdir(), 'tspahole-header-'));
afterAll(() => rmSync(directory, { recursive: true }));

const C_COMPILERS = [
  'gcc -std=gnu89',
  'gcc -std=gnu11',
  'gcc -std=gnu2x',
  'clang -std=gnu11',
  'clang -std=gnu2x',
  'clang-16 -std=gnu11',
  'clang-16 -std=gnu2x',
  'clang-19 -std=gnu11',
  'clang-19 -std=gnu2x',
  'clang -target bpf -g',
  'clang-16 -target bpf -g',
  'bpf-gcc',
];
const CPP_COMPILERS = ['g++ -std=c++17', 'clang++ -std=c++17', 'clang++-19 -std=c++20'];

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

/** Whether a compiler is there and takes its options. */
function works(compiler: string, suffix: string): boolean {
  return compile(compiler, suffix, 'int x;\n') === '';
}

/** What a compiler complains about; empty when it is content. */
function compile(compiler: string, suffix: string, source: string): string {
  const [tool = '', ...options] = compiler.split(' ');
  const path = join(directory, `header.${suffix}`);
  writeFileSync(path, source);
  const { error, status, stderr } = spawnSync(
    tool,
    [...options, '-w', '-c', path, '-o', join(directory, 'out.o')],
    {
      encoding: 'utf8',
    },
  );
  return status === 0 ? '' : (error?.message ?? stderr.slice(0, 2000));
}

function headerOf(table: TypeTable, language: 'c' | 'c++'): string {
  const chunks: Buffer[] = [];
  writeHeader(table, (bytes) => void chunks.push(Buffer.from(bytes)), { language, asserts: true });
  return Buffer.concat(chunks).toString('latin1');
}

it('an assert that does not hold is an error', () => {
  const text = headerOf(fixtureTable('holes.btf'), 'c').replace(/(sizeof\(struct \w+\) ==) \d+/, '$1 12345');
  if (works('gcc', 'c')) expect(compile('gcc', 'c', text)).toContain('assert');
});

describe.each([
  ...C_COMPILERS.map((compiler) => [compiler, 'c', 'c'] as const),
  ...CPP_COMPILERS.map((compiler) => [compiler, 'cc', 'c++'] as const),
])('%s', (compiler, suffix, language) => {
  const isThere = works(compiler, suffix);
  const skipped = isThere ? '' : ' (skipped: there is no such compiler)';

  it.skipIf(!isThere)(`gives all types of test/fixtures their layout${skipped}`, { timeout: 120_000 }, () => {
    for (const file of files) {
      expect(compile(compiler, suffix, headerOf(fixtureTable(file), language)), file).toBe('');
    }
  });

  it.skipIf(!isThere || !asksForKernel)(
    'gives all types of a kernel their layout (skipped without TSPAHOLE_HEADERS=kernel)',
    { timeout: 600_000 },
    () => {
      const base = loadSync(kernel, { formats: ['btf'] }).table();
      expect(compile(compiler, suffix, headerOf(base, language))).toBe('');
      for (const path of modules) {
        const table = loadSync(path, { formats: ['btf'], base }).table();
        expect(compile(compiler, suffix, headerOf(table, language)), path).toBe('');
      }
    },
  );
});

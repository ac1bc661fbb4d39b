/**
 * The listing of a file from its DWARF and from the BTF that was encoded of it: they differ in nothing but what BTF
 * cannot say. pahole's script btfdiff does the same.
 */

import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadSync } from '../../src/load.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { fixturePath } from '../support/fixtures.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'tspahole-listing-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS = [
  '-E',
  '--flat_arrays',
  '--sort',
  '--suppress_aligned_attribute',
  '--suppress_force_paddings',
  '--suppress_packed',
];

async function linesOf(...args: string[]): Promise<string[]> {
  const { code, stdout, stderr } = await runCli([...args, ...OPTIONS]);
  expect([stderr, code]).toEqual(['', 0]);
  return stdout.toString('latin1').split('\n');
}

const VECTOR = / __attribute__ \(\(__vector_size__ \(\d+\)\)\)/;
const DIMENSIONS = /(?:\[\d*\])+/g;

/** Lines differ in nothing but how often elements follow one another, and that they are a vector. */
function isExplained(dwarf: string, btf: string): boolean {
  const rest = (line: string): string => line.replace(VECTOR, '').replace(DIMENSIONS, '').replace(/ +/g, ' ');
  if (rest(dwarf) !== rest(btf)) return false;
  return VECTOR.test(dwarf) || countOf(dwarf) === countOf(btf);
}

/** Dimensions are one, and none stands for that of a flexible array, whose elements are none. */
function countOf(line: string): number {
  const numbers = [...line.matchAll(/\[(\d*)\]/g)].map(([, digits]) => Number(digits));
  return numbers.reduce((product, count) => product * count, 1);
}

async function expectSameListing(path: string): Promise<number> {
  const encoded = join(folder, 'types.btf');
  const result = await runCli(['--btf_features=default', `--btf_encode_detached=${encoded}`, path]);
  expect([result.stderr, result.code]).toEqual(['', 0]);
  const dwarf = await linesOf('-F', 'dwarf', '--show_private_classes', path);
  const btf = await linesOf(encoded);
  expect(btf).toHaveLength(dwarf.length);
  const differing = dwarf.flatMap((line, index) =>
    line === btf[index] ? [] : [[line, btf[index] as string]],
  );
  expect(differing.filter(([left, right]) => !isExplained(left as string, right as string))).toEqual([]);
  return dwarf.length;
}

// Members beyond what offsets in BTF count are shown by test/encode/limits.test.ts; BTF has no _Atomic.
const objects = readdirSync(fixturePath('dwarf')).filter(
  (name) => /\.(gcc\d|clang\d|m32|s390x)\.o$/.test(name) && !/^(atomic|far-members|huge)/.test(name),
);

const LIBC = ['/usr/lib/x86_64-linux-gnu/libc.so.6', '/lib64/libc.so.6'].find((path) => existsSync(path));
const MODULE = process.env.TSPAHOLE_KERNEL_MODULE;

function hasDwarf(path: string | undefined): boolean {
  try {
    return path !== undefined && loadSync(path, { formats: ['dwarf'] }).unitCount > 0;
  } catch {
    return false;
  }
}

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('listings (skipped without the addon)', () => {
  it.each(objects)('%s: DWARF and BTF', async (name) => {
    expect(await expectSameListing(fixturePath(`dwarf/${name}`))).toBeGreaterThan(5);
  });

  it.skipIf(!hasDwarf(LIBC))(
    'of the C library (skipped without its debug file)',
    { timeout: 60_000 },
    async () => {
      expect(await expectSameListing(LIBC as string)).toBeGreaterThan(5000);
    },
  );

  it.skipIf(!hasDwarf(MODULE))(
    'of a module that TSPAHOLE_KERNEL_MODULE names (skipped without)',
    { timeout: 60_000 },
    async () => {
      expect(await expectSameListing(MODULE as string)).toBeGreaterThan(5000);
    },
  );
});

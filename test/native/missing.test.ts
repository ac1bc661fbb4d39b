/** What is said where DWARF cannot be read, by the program as it is installed. */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { btf, int, struct } from '../support/btf-writer.ts';
import { writeElf } from '../support/elf-writer.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tspahole-missing-'));
afterAll(() => rmSync(folder, { recursive: true }));

const debugInfo = { name: '.debug_info', data: Uint8Array.of(0) };
const types = { name: '.BTF', data: btf([int('int', 4), struct('s', 4, [['a', 1, 0]])]) };

function fileOf(name: string, sections: readonly object[]): string {
  const path = join(folder, name);
  writeFileSync(path, writeElf({ wordSize: 8, endian: 'little', sections: [...sections] }));
  return path;
}

const dwarfOnly = fileOf('dwarf.o', [debugInfo]);
const both = fileOf('both.o', [debugInfo, types]);

function start(
  installed: string,
  args: readonly string[],
  env = {},
): { status: number | null; out: string; err: string } {
  const options = { encoding: 'utf8', env: { ...process.env, ...env } } as const;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(installed, 'bin/tspahole.js'), ...args],
    options,
  );
  return { status, out: stdout, err: stderr };
}

/** Expects one line that has `reason`, with an exit code of 1, or beside the types from BTF. */
function expectReason(installed: string, reason: RegExp, env = {}): void {
  const alone = start(installed, ['-s', dwarfOnly], env);
  expect(alone).toMatchObject({ status: 1, out: '' });
  expect(alone.err).toMatch(/^tspahole: [^\n]*: DWARF cannot be read: [^\n]*\n$/);
  expect(alone.err).toMatch(reason);
  const beside = start(installed, ['-s', both], env);
  expect(beside).toMatchObject({ status: 0, out: 's\t4\t0\n' });
  expect(beside.err).toMatch(/^tspahole: [^\n]*; BTF is read instead\n$/);
  expect(beside.err).toMatch(reason);
  expect(start(installed, ['-F', 'btf', '-s', both], env)).toEqual({ status: 0, out: 's\t4\t0\n', err: '' });
}

describe('where DWARF cannot be read, one line says what to install (`npm run build` makes the program)', () => {
  it('without the addon', () => {
    const copy = join(folder, 'copy');
    for (const name of ['bin', 'dist', 'package.json'])
      cpSync(join(root, name), join(copy, name), { recursive: true });
    expectReason(copy, /addon for it is not built .*libdw-dev/);
  });

  const addon = join(root, 'build/Release/tspahole_dwarf.node');

  it.skipIf(!existsSync(addon))('without a libdw that loads (skipped without the addon)', () => {
    const libraries = join(folder, 'lib');
    mkdirSync(libraries);
    writeFileSync(join(libraries, 'libdw.so.1'), 'no library');
    expectReason(root, /libdw\.so\.1.*apt install libdw1/, { LD_LIBRARY_PATH: libraries });
  });
});

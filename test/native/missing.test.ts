/** What is said where an addon is missing or not the right one, by the program as it is installed. */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Where `npm run build:native` leaves an addon. */
function addonOf(name: string): string {
  return join(root, 'build/Release', `${name}.node`);
}

/** A copy of the program without addons. */
function install(name: string): string {
  const copy = join(folder, name);
  for (const part of ['bin', 'dist', 'package.json']) {
    cpSync(join(root, part), join(copy, part), { recursive: true });
  }
  return copy;
}

/** A copy of the program with an addon like those before there was a number of the interface. */
function installStale(name: string, addon: string): string {
  const copy = install(name);
  const text = readFileSync(addonOf(addon), 'latin1');
  expect(text).toContain('interfaceVersion');
  mkdirSync(join(copy, 'build/Release'), { recursive: true });
  const stale = text.replaceAll('interfaceVersion', 'anythingElseAtAl');
  writeFileSync(join(copy, 'build/Release', `${addon}.node`), stale, 'latin1');
  return copy;
}

describe('where DWARF cannot be read, one line says what to install (`npm run build` makes the program)', () => {
  it('without the addon', () => {
    expectReason(install('copy'), /addon for it is not built .*libdw-dev/);
  });

  it.skipIf(!existsSync(addonOf('tspahole_dwarf')))(
    'with an addon of another version (skipped without the addon)',
    () => {
      const copy = installStale('stale-dwarf', 'tspahole_dwarf');
      expectReason(copy, /Release\/tspahole_dwarf\.node is of another version .*npm run build:native/);
    },
  );

  it.skipIf(!existsSync(addonOf('tspahole_dwarf')))(
    'without a libdw that loads (skipped without the addon)',
    () => {
      const libraries = join(folder, 'lib');
      mkdirSync(libraries);
      writeFileSync(join(libraries, 'libdw.so.1'), 'no library');
      expectReason(root, /libdw\.so\.1.*apt install libdw1/, { LD_LIBRARY_PATH: libraries });
    },
  );
});

describe('an addon of another version (`npm run build` makes the program)', () => {
  it.skipIf(!existsSync(addonOf('tspahole_map')))('does not map (skipped without the addon)', async () => {
    const copy = installStale('stale-map', 'tspahole_map');
    const { loadBinding } = await import(join(copy, 'dist/lib/native/binding.js'));
    expect(loadBinding('tspahole_map', 1)).toBeUndefined();
    expect(loadBinding('tspahole_map')).toBeDefined();
  });

  const kernelBtf = '/sys/kernel/btf/vmlinux';
  const hasMap = existsSync(addonOf('tspahole_map')) && existsSync(kernelBtf);

  it.skipIf(!hasMap)('leaves the running kernel to be read (skipped without the addon or BTF)', () => {
    const read = start(installStale('stale-kernel', 'tspahole_map'), ['-C', 'list_head']);
    expect(read).toEqual(start(root, ['-C', 'list_head']));
    expect(read).toMatchObject({ status: 0, err: '' });
  });

  it.skipIf(!existsSync(addonOf('tspahole_bpf')))(
    'is not used to ask the kernel (skipped without the addon)',
    () => {
      const copy = installStale('stale-bpf', 'tspahole_bpf');
      const { out, err } = start(copy, ['btf', 'verify', '--kernel', both]);
      expect(out + err).toMatch(/tspahole_bpf\.node is of another version .*npm run build:native/);
    },
  );
});

/**
 * DWARF of whole programs through pahole 1.31 and through `--compat`: the same bytes. And what btfdiff of pahole's
 * sources compares: the types of a vmlinux read from its DWARF, and from the BTF that pahole encodes of it. Inputs
 * are what the machine has: a vmlinux of Linux 6.1 and its modules, see ../support/kernel-61.ts; the C library
 * with its separate debug information (Debian: libc6-dbg).
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadSync, TspaholeError } from '../../src/index.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { modules61, NO_MODULES_61, NO_VMLINUX_61, vmlinux61 } from '../support/kernel-61.ts';
import { firstDifference, hasPeer, paholeVersion, runPeer } from '../support/peer.ts';
import { runCli } from '../support/run-cli.ts';

const TIMEOUT = 600_000;
const MODULE_COUNT = 30;

const LISTINGS = ['', '-s', '-E --sort', '-I'];

/** The options with which btfdiff lists what DWARF and BTF both say. */
const FROM_DWARF =
  '-E -F dwarf --flat_arrays --sort --suppress_aligned_attribute --suppress_force_paddings --suppress_packed --lang_exclude rust --show_private_classes';
const FROM_BTF = '-E -F btf --sort --suppress_aligned_attribute --suppress_packed';

/** Those of the libraries of this process that have debug information. */
const LIBRARIES = sharedLibraries().filter((path) => hasDwarf(path));

/** The C library of this process and its dynamic linker. */
function sharedLibraries(): string[] {
  const maps = readFileSync('/proc/self/maps', 'latin1');
  const paths = [...maps.matchAll(/\/\S*\/(?:libc\.so\.6|ld-linux\S*)$/gm)].map(([path]) => path);
  return [...new Set(paths)];
}

function hasDwarf(path: string): boolean {
  try {
    return loadSync(path, { formats: ['dwarf'] }).unitCount > 0;
  } catch (error) {
    if (error instanceof TspaholeError) return false;
    throw error;
  }
}

async function expectSame(options: string, path: string): Promise<void> {
  const args = ['-F', 'dwarf', ...options.split(' ').filter(Boolean), path];
  const peer = runPeer(args, { timeout: TIMEOUT });
  const own = await runCli(['--compat', ...args]);
  expect(peer.stdout.length).toBeGreaterThan(0);
  expect(firstDifference(peer.stdout, own.stdout)).toBe('');
  expect(own.code).toBe(peer.code);
}

async function listing(mode: readonly string[], options: string, path: string): Promise<Buffer> {
  const { stdout, code } = await runCli([...mode, ...options.split(' '), path]);
  expect(code).toBe(0);
  expect(stdout.length).toBeGreaterThan(0);
  return stdout;
}

function describeDwarfAgainstBtf(vmlinux: string): void {
  describe('the types of a vmlinux are those of the BTF that pahole encodes of it', () => {
    const directory = mkdtempSync(join(tmpdir(), 'tspahole-btfdiff-'));
    const encoded = join(directory, 'vmlinux.btf');

    beforeAll(() => {
      const { code } = runPeer(['-J', `--btf_encode_detached=${encoded}`, vmlinux], { timeout: TIMEOUT });
      expect(code).toBe(0);
    }, TIMEOUT);

    afterAll(() => rmSync(directory, { recursive: true }));

    it.each([['--compat'], []])(
      'mode %s',
      async (...mode) => {
        const dwarf = await listing(mode, FROM_DWARF, vmlinux);
        expect(firstDifference(dwarf, await listing(mode, FROM_BTF, encoded))).toBe('');
      },
      TIMEOUT,
    );
  });
}

const hasAddon = loadBinding('tspahole_dwarf') !== undefined;

if (!hasPeer) it.skip(`identity with pahole v1.31: \`pahole --version\` says ${paholeVersion}`, () => {});
else if (!hasAddon) it.skip('identity with pahole v1.31: the addon for DWARF is not built', () => {});
else {
  if (vmlinux61 === undefined) it.skip(NO_VMLINUX_61, () => {});
  else {
    const path = vmlinux61;
    it.each(LISTINGS)(`${basename(path)} %s`, (options) => expectSame(options, path), TIMEOUT);
    describeDwarfAgainstBtf(path);
  }

  const modules = modules61(MODULE_COUNT);
  if (modules.length === 0) it.skip(NO_MODULES_61, () => {});
  describe.each(modules)('%s', (path) => {
    it.each(LISTINGS)('%s', (options) => expectSame(options, path), TIMEOUT);
  });

  if (LIBRARIES.length === 0) it.skip('the C library: it has no debug information here', () => {});
  describe.each(LIBRARIES)('%s', (path) => {
    it.each(LISTINGS)('%s', (options) => expectSame(options, path), TIMEOUT);
  });
}

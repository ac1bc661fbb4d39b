/**
 * Whole kernels through pahole 1.31 and through `--compat`: the same bytes. Inputs are what the machine
 * has: the running kernel's BTF; a vmlinux of Linux 6.1 and its modules, see ../support/kernel-61.ts.
 */

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Kind, loadSync, RUNNING_KERNEL_BTF, type TypeTable } from '../../src/index.ts';
import { modules61, NO_MODULES_61, NO_VMLINUX_61, sample, vmlinux61 } from '../support/kernel-61.ts';
import { firstDifference, hasPeer, paholeVersion, runPeer } from '../support/peer.ts';
import { runCli } from '../support/run-cli.ts';

const TIMEOUT = 300_000;
const MODULE_COUNT = 50;

/** Options of whole listings. */
const LISTINGS = [
  '',
  '-E',
  '-s',
  '--sort',
  '--hex',
  '-q',
  '-c 128',
  '-H 1',
  '--structs',
  '--unions',
  '--with_flexible_array',
  '-a -A -E --hex',
  '-r -E -c 32',
  '-V -z 8',
  '-n -B 1',
];

/** Names that `-C` can ask for, in the order of the file, of some kinds. */
function namesOf(table: TypeTable, kinds: readonly number[]): string[] {
  const names = new Set<string>();
  for (let id = 1; id < table.end; id++) {
    if (table.nameOffset(id) !== 0 && kinds.includes(table.kind(id))) names.add(table.name(id));
  }
  return [...names].filter((name) => !/[,( ]/.test(name));
}

const COMPOSITES = [Kind.Struct, Kind.Union];
const NAMED = [...COMPOSITES, Kind.Typedef, Kind.Enum, Kind.Enum64];

async function expectSame(args: readonly string[]): Promise<void> {
  const peer = runPeer(args);
  const own = await runCli(['--compat', ...args]);
  expect(firstDifference(peer.stdout, own.stdout)).toBe('');
  expect(own.code).toBe(peer.code);
}

/** Compares types one by one, leaving out those that pahole crashes on or prints without an end. */
async function expectSameTypes(path: string, option: string, names: readonly string[]): Promise<number> {
  let compared = 0;
  for (const name of names) {
    const args = ['-F', 'btf', option, '-C', name, path];
    const peer = runPeer(args, { timeout: 5_000, maxBytes: 1 << 21 });
    if (peer.code !== 0) continue;
    const own = await runCli(['--compat', ...args]);
    expect(firstDifference(peer.stdout, own.stdout), name).toBe('');
    compared++;
  }
  return compared;
}

function describeKernel(title: string, path: string): void {
  describe(title, () => {
    const table = loadSync(path).table();

    it.each(LISTINGS)(
      'lists alike: %s',
      (options) => {
        return expectSame(['-F', 'btf', ...options.split(' ').filter(Boolean), path]);
      },
      TIMEOUT,
    );

    it.each(NAMED.map((kind) => [kind] as const))(
      '100 names of kind %i, and expanded',
      async (kind) => {
        const names = sample(namesOf(table, [kind]), 100);
        if (names.length === 0) return;
        await expectSame(['-F', 'btf', '-C', names.join(','), path]);
        await expectSame(['-F', 'btf', '-E', '-C', names.join(','), path]);
      },
      TIMEOUT,
    );

    it(
      '-l of 100 types',
      async () => {
        const names = sample(namesOf(table, COMPOSITES), 100);
        expect(await expectSameTypes(path, '-l', names)).toBeGreaterThan(names.length / 2);
      },
      TIMEOUT,
    );

    it(
      '-p of 60 types',
      async () => {
        const names = sample(namesOf(table, [...COMPOSITES, Kind.Typedef]), 60);
        expect(await expectSameTypes(path, '-p', names)).toBeGreaterThan(names.length / 3);
      },
      TIMEOUT,
    );
  });
}

/** Modules of the kernel in `vmlinux`, each as split BTF. */
function describeModules(vmlinux: string, modules: readonly string[]): void {
  it.each(modules)(
    '%s',
    async (module) => {
      for (const options of [
        ['-F', 'btf'],
        ['-F', 'btf', '-E', '--hex', '-a', '-A'],
      ]) {
        await expectSame([...options, '--btf_base', vmlinux, module]);
      }
    },
    TIMEOUT,
  );
}

if (!hasPeer) it.skip(`identity with pahole v1.31: \`pahole --version\` says ${paholeVersion}`, () => {});
else {
  if (existsSync(RUNNING_KERNEL_BTF)) describeKernel('the running kernel', RUNNING_KERNEL_BTF);
  else it.skip(`the running kernel: no ${RUNNING_KERNEL_BTF}`, () => {});

  if (vmlinux61 !== undefined) describeKernel(vmlinux61, vmlinux61);
  else it.skip(NO_VMLINUX_61, () => {});

  const modules = modules61(MODULE_COUNT);
  if (vmlinux61 !== undefined && modules.length > 0) {
    const vmlinux = vmlinux61;
    describe('modules of Linux 6.1', () => describeModules(vmlinux, modules));
  } else it.skip(NO_MODULES_61, () => {});
}

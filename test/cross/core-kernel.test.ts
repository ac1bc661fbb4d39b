/**
 * The running kernel as the judge of relocated programs: those of test/fixtures/core/bpf, compiled by clang for a header
 * of its types that this project writes. bpftool (BPFTOOL names another than the one on PATH) loads each as it is, which
 * libbpf relocates, and as `core apply` writes it; the verifier must take both, and the instructions must be the same.
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { reachFinder } from '../../src/core/reach.ts';
import { relocateObject } from '../../src/core/relocate.ts';
import { RUNNING_KERNEL_BTF } from '../../src/native/map.ts';
import { findClang } from '../support/compilers.ts';
import { readObject, targetOf } from '../support/core.ts';
import { fixturePath } from '../support/fixtures.ts';
import { runCli } from '../support/run-cli.ts';

const clang = findClang();
const bpftool = process.env.BPFTOOL ?? 'bpftool';
const sources = fixturePath('core/bpf');
const programs = readdirSync(sources)
  .filter((name) => name.endsWith('.c'))
  .map((name) => name.slice(0, -2));

const directory = mkdtempSync(join(tmpdir(), 'tspahole-core-kernel-'));
afterAll(() => rmSync(directory, { recursive: true }));
const path = (name: string): string => join(directory, name);

/** Loads a program, and gives the log of libbpf and the verifier. */
function load(object: string): { status: number | null; log: string } {
  const pin = `/sys/fs/bpf/tspahole-test-${process.pid}`;
  try {
    const { status, stdout, stderr } = spawnSync(bpftool, ['-d', 'prog', 'load', object, pin], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    return { status, log: `${stdout}${stderr}` };
  } finally {
    rmSync(pin, { force: true });
  }
}

/** Why programs cannot be loaded here; undefined where they can. */
function whyNot(): string | undefined {
  if (clang === undefined) return 'no clang for BPF';
  if (!existsSync(RUNNING_KERNEL_BTF)) return `no ${RUNNING_KERNEL_BTF}`;
  const source = '__attribute__((section("socket"), used)) int program(void *context) { return 0; }';
  writeFileSync(path('nothing.c'), source);
  spawnSync(clang, ['-target', 'bpf', '-O2', '-g', '-c', path('nothing.c'), '-o', path('nothing.o')]);
  const { status, log } = load(path('nothing.o'));
  return status === 0 ? undefined : `bpftool loads no program: ${log.trim().split('\n').at(-1) ?? ''}`;
}

const obstacle = whyNot();

/** What libbpf did: the instruction and its value, or that it was poisoned. */
function patchedByLibbpf(log: string): string[] {
  const patched = /relo #\d+: patched insn #(\d+) \((?:ALU|LDX|LDIMM64)\S* (?:imm|off|imm64) \d+ -> (\d+)$/;
  const poisoned = /relo #\d+: substituting insn #(\d+) w\/ invalid insn$/;
  return log.split('\n').flatMap((line) => {
    const [, insn, value] = patched.exec(line) ?? [];
    if (insn !== undefined) return [`${insn}: ${value}`];
    const [, other] = poisoned.exec(line) ?? [];
    return other === undefined ? [] : [`${other}: poisoned`];
  });
}

function compile(name: string): void {
  const words = ['-target', 'bpf', '-mcpu=v3', '-O2', '-g', '-c', path(`${name}.c`), '-o', path(`${name}.o`)];
  expect(spawnSync(clang as string, words, { encoding: 'utf8' }).stderr).toBe('');
}

/** For each poisoned instruction of a program here whether it may be reached. */
function reachOfPoisoned(name: string): boolean[] {
  const object = readObject(path(`${name}.o`));
  const relocated = relocateObject(object, { target: targetOf(RUNNING_KERNEL_BTF) });
  const mayReach = reachFinder(object, relocated);
  return relocated.resolutions.flatMap(({ relocation, outcome }) =>
    outcome.status === 'poisoned' ? [mayReach(relocation.sectionName, relocation.insnOffset)] : [],
  );
}

/** Reads what no kernel has. The condition is what is put into it. */
const unknownTypeRead = (condition: string): string => `#include "vmlinux.h"
#include "core.h"
struct no_such_type { int member; } __attribute__((preserve_access_index));
SEC("raw_tp/sched_switch")
int program(u64 *context)
{
	struct task_struct *next = (struct task_struct *)context[2];
	int value = 0;

	if (${condition})
		bpf_probe_read_kernel(&value, 4, &((struct no_such_type *)next)->member);
	return value;
}
`;

describe.skipIf(obstacle !== undefined)(
  `the running kernel${obstacle === undefined ? '' : ` (skipped: ${obstacle})`}`,
  () => {
    beforeAll(async () => {
      writeFileSync(path('vmlinux.h'), (await runCli(['header', RUNNING_KERNEL_BTF])).stdout);
      for (const name of readdirSync(sources)) copyFileSync(join(sources, name), path(name));
      for (const name of programs) compile(name);
    }, 120_000);

    it.each(programs)('takes %s as libbpf relocates it, and as we do', async (name) => {
      const applied = path(`${name}.applied.o`);
      expect(await runCli(['core', 'apply', path(`${name}.o`), '-o', applied])).toMatchObject({ code: 0 });
      const theirs = load(path(`${name}.o`));
      const ours = load(applied);
      expect(theirs.status, theirs.log.slice(-2000)).toBe(0);
      expect(ours.status, ours.log.slice(-2000)).toBe(0);
      expect(patchedByLibbpf(ours.log)).toEqual([]);
    });

    it.each(programs)('%s gets the values of libbpf', (name) => {
      const object = readObject(path(`${name}.o`));
      const { code, resolutions } = relocateObject(object, { target: targetOf(RUNNING_KERNEL_BTF) });
      const own = resolutions.flatMap(({ relocation, outcome }) => {
        const insn = relocation.insnOffset / 8;
        if (outcome.status === 'resolved') return [`${insn}: ${outcome.value}`];
        const bytes = object.elf.section(relocation.sectionName)?.data() ?? new Uint8Array(0);
        const isWide = bytes[relocation.insnOffset] === 0x18;
        return [...(isWide ? [`${insn + 1}: poisoned`] : []), `${insn}: poisoned`];
      });
      // The halves of a wide load are told in the order of the version of libbpf.
      expect(own.sort()).toEqual(patchedByLibbpf(load(path(`${name}.o`)).log).sort());
      expect(own.length).toBeGreaterThan(1);
      expect(code.size).toBe(1);
    });

    it.each(programs)('%s reaches nothing that is poisoned', (name) => {
      expect(reachOfPoisoned(name)).not.toContain(true);
    });

    it.each([
      ['FIELD(((struct no_such_type *)next)->member, EXISTS)', false],
      ['FIELD(next->pid, EXISTS) && FIELD(((struct no_such_type *)next)->member, EXISTS)', false],
      ['__builtin_preserve_type_info(*(struct no_such_type *)0, 1) > 3', false],
      ['FIELD(next->pid, EXISTS)', true],
      ['context[0] & 1', true],
    ])('refuses what is poisoned only where it may be reached: if (%s)', (condition, mayBeReached) => {
      writeFileSync(path('guarded.c'), unknownTypeRead(condition));
      compile('guarded');
      expect(reachOfPoisoned('guarded')).toEqual([mayBeReached]);
      const { status, log } = load(path('guarded.o'));
      expect(status === 0, log.slice(-2000)).toBe(!mayBeReached);
    });
  },
);

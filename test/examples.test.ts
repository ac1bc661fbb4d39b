/** The examples and the programs of the manual run, on types made for them and on the running kernel, and say when nothing is found. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { RUNNING_KERNEL_BTF } from '../src/native/map.ts';
import { btf, func, funcProto, int, ptr, struct, type TypeRecord, typedef } from './support/btf-writer.ts';

const directory = mkdtempSync(join(tmpdir(), 'tspahole-examples-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(name: string, records: readonly TypeRecord[]): string {
  const path = join(directory, name);
  writeFileSync(path, btf(records));
  return path;
}

const root = fileURLToPath(new URL('..', import.meta.url));

const bpfProgram = join(root, 'test/fixtures/core/program.bpf.o');

/** Programs of the manual name files that a reader has. */
function withFiles(program: string): string {
  const output = join(directory, 'prog.here.o');
  return program
    .replaceAll("'prog.bpf.o'", () => JSON.stringify(bpfProgram))
    .replaceAll("'prog.here.o'", () => JSON.stringify(output));
}

/** The programs of the manuals, each under its page and its first import. */
const programs = ['library', 'btf', 'core'].flatMap((page) =>
  [...readFileSync(join(root, `docs/${page}.md`), 'utf8').matchAll(/^```js\n(.*?)^```$/gms)].map(
    ([, program = '']) => [page, program.split('\n')[0], withFiles(program)] as const,
  ),
);

/** Runs an example from the root of the package, which it imports by its name. */
function run(example: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const words = ['scripts/run-ts.mjs', `examples/${example}.ts`, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: root, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const types = [
  /* 1 */ int('unsigned int', 4),
  /* 2 */ int('_Bool', 1, 'bool'),
  /* 3 */ typedef('bool', 2),
  /* 4 */ ptr(0),
  /* 5 */ struct('mm_struct', 16, [
    ['mmap_base', 1, 64],
    ['locked', 1, 99, 2],
  ]),
  /* 6 */ ptr(5),
  /* 7 */ struct('task_struct', 24, [
    ['flags', 2, 0],
    ['mm', 6, 128],
  ]),
  /* 8 */ ptr(7),
];
const parameters = [4, 3, 8, 8].map((typeId) => ['', typeId] as const);
const ofTracepoint = (...more: number[]): TypeRecord[] => [
  ...types,
  /* 9 */ funcProto(0, [...parameters, ...more.map((typeId) => ['', typeId] as const)]),
  /* 10 */ ptr(9),
  /* 11 */ typedef('btf_trace_sched_switch', 10),
  /* 12 */ func('schedule_tail', 9),
];
const file = fileOf('new.btf', ofTracepoint(1));
const oldFile = fileOf('old.btf', ofTracepoint());
const strangeFile = fileOf('strange.btf', ofTracepoint(1, 1));

describe('field-offset', () => {
  it('prints what to read, and how far into it', () => {
    expect(run('field-offset', 'task_struct.mm.mmap_base', file)).toEqual({
      status: 0,
      stdout: 'mm: offset 16, size 8\n-> mmap_base: offset 8, size 4\n',
      stderr: '',
    });
  });

  it('prints the bits of a bitfield', () => {
    expect(run('field-offset', 'mm_struct.locked', file).stdout).toBe(
      'locked: offset 12, size 4, width 2 at bit 3\n',
    );
  });

  it('fails with the nearest names when there is no such member', () => {
    expect(run('field-offset', 'task_struct.mm.mmap_bas', file)).toEqual({
      status: 1,
      stdout: '',
      stderr: "'task_struct.mm' has no member 'mmap_bas'; did you mean mmap_base?\n",
    });
  });

  it('says how it is used', () => {
    expect(run('field-offset')).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('most-wasted', () => {
  it('lists structs by what they waste', () => {
    const { status, stdout } = run('most-wasted', file);
    expect(status).toBe(0);
    expect(stdout).toBe(
      [
        '  wasted     size  holes  padding  name',
        '    15.0       24      1        0  task_struct',
        '    11.8       16      1        0  mm_struct',
        '',
      ].join('\n'),
    );
  });

  it('fails when nothing is wasted, and when there is no file', () => {
    expect(run('most-wasted', fileOf('tight.btf', [int('int', 4)]))).toMatchObject({ status: 1, stdout: '' });
    const missing = join(directory, 'none');
    expect(run('most-wasted', missing)).toEqual({
      status: 1,
      stdout: '',
      stderr: `${missing}: no such file\n`,
    });
  });
});

describe('check-prototype', () => {
  const sched = 'sched_switch(void *, bool, struct task_struct *, struct task_struct *';

  it('tells the newer signature of a tracepoint from the older', () => {
    expect(run('check-prototype', 'sched_switch', file)).toMatchObject({
      status: 0,
      stdout: `${sched}, unsigned int)\nsince Linux 5.18: the last parameter is prev_state\n`,
    });
    expect(run('check-prototype', 'sched_switch', oldFile)).toMatchObject({
      status: 0,
      stdout: `${sched})\nbefore Linux 5.18: without prev_state\n`,
    });
  });

  it('fails with a signature that is neither', () => {
    expect(run('check-prototype', 'sched_switch', strangeFile)).toMatchObject({
      status: 1,
      stderr: 'sched_switch has parameters that are not known\n',
    });
  });

  it('prints the prototype of a function', () => {
    expect(run('check-prototype', 'schedule_tail', oldFile).stdout).toBe(
      'schedule_tail(void *, bool, struct task_struct *, struct task_struct *)\n',
    );
  });

  it('fails when there is no such function', () => {
    expect(run('check-prototype', 'none', file)).toMatchObject({
      status: 1,
      stderr: "no function or tracepoint is called 'none'\n",
    });
  });
});

describe.skipIf(!existsSync(RUNNING_KERNEL_BTF))('on the running kernel (skipped: it offers no BTF)', () => {
  it('a member of a task is found', () => {
    expect(run('field-offset', 'task_struct.mm.mmap_base')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /^mm: offset \d+, size \d\n-> mmap_base: offset \d+, size \d\n$/,
      ) as string,
    });
  });

  it('ten structs waste most', () => {
    expect(run('most-wasted').stdout.trimEnd().split('\n')).toHaveLength(11);
  });

  it('a BPF object is relocated', () => {
    const output = join(directory, 'relocated.o');
    const { status, stdout, stderr } = run('load-program', bpfProgram, output);
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^22 relocations, 0 fail\n\d+ bytes of types, 0 problems\n$/) as string,
    });
    expect(stderr).toContain(
      'raw_tp/module insn 0: <byte_off> [22] struct of_module.members (0:0 @ offset 0): poisoned',
    );
    expect(existsSync(output)).toBe(true);
    expect(run('load-program')).toMatchObject({ status: 2 });
    expect(run('load-program', file, output)).toMatchObject({ status: 1, stdout: '' });
  });

  it('sched_switch is one that is known', () => {
    expect(run('check-prototype')).toMatchObject({ status: 0, stderr: '' });
  });

  it.each(programs)('the program of docs/%s.md runs: %s', (_, __, program) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      cwd: root,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    // The verifier prints problems, and a kernel should have none.
    if (!program.includes('of verifyBtf')) expect(stdout).not.toBe('');
  });
});

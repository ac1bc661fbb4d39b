/** `tspahole core` and `btf lines`: BPF objects on the command line. */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { readBpfObject } from '../../src/core/object.ts';
import { relocateObject } from '../../src/core/relocate.ts';
import { CoreTarget } from '../../src/core/target.ts';
import { parseElf } from '../../src/elf/file.ts';
import { btf, int, struct } from '../support/btf-writer.ts';
import { writeElf } from '../support/elf-writer.ts';
import { fixturePath } from '../support/fixtures.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'tspahole-core-'));
afterAll(() => rmSync(folder, { recursive: true }));

const program = fixturePath('core/program.bpf.o');
const [kernelNew, kernelOld] = [fixturePath('core/kernel-new.btf'), fixturePath('core/kernel-old.btf')];
const i32 = int('int', 4);
/** On this kernel the fields of a task are at two places. */
const kernelTwice = join(folder, 'twice.btf');
writeFileSync(
  kernelTwice,
  btf([i32, struct('task', 4, [['pid', 1, 0]]), struct('task', 8, [['pid', 1, 32]])]),
);

/** A folder of a kernel whose module has a type that the kernel lacks. */
function kernelFolder(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  const kernel = btf([i32]);
  writeFileSync(join(path, 'vmlinux'), kernel);
  const base = decodeBtf(kernel);
  const module = btf([struct('of_module', 8, [['members', 1, 32]])], {
    base: { types: base.end, stringBytes: base.strings.end },
  });
  writeFileSync(join(path, 'some_module'), module);
  // An ELF file without types.
  writeFileSync(join(path, 'another.ko'), writeElf({ wordSize: 8, endian: 'little', sections: [] }));
  return path;
}

const run = (...args: string[]): Promise<CliResult> => runCli(['core', ...args]);
const text = async (...args: string[]): Promise<string> => (await run(...args)).stdout.toString();

describe('core list', () => {
  it('says what each relocation is for, and where', async () => {
    const lines = (await text('list', program)).split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'raw_tp/enter: on_enter',
      '  #0   insn 5    byte_off       struct task.se.vruntime (0:2:1)',
      '       ./program.c:64: results[0] = task->se.vruntime;',
    ]);
    expect(lines.filter((line) => line.startsWith('  #'))).toHaveLength(22);
  });

  it('prints JSON', async () => {
    const [{ path, relocations }] = JSON.parse(await text('list', '--json', program));
    expect(path).toBe(program);
    expect(relocations[0]).toEqual({
      section: 'raw_tp/enter',
      function: 'on_enter',
      insn: 5,
      kind: 'byte_off',
      what: 'struct task.se.vruntime',
      access: '0:2:1',
      source: { file: './program.c', line: 64, column: 24, text: 'results[0] = task->se.vruntime;' },
    });
  });

  it('wants an object', async () => {
    expect(await run('list')).toMatchObject({ code: 2, stderr: 'tspahole: core list: which file?\n' });
    expect(await run('list', kernelNew)).toMatchObject({ code: 1 });
  });
});

describe('core check', () => {
  it('prints a matrix of values, and why there is none', async () => {
    const { stdout, code } = await run('check', program, kernelNew, kernelOld);
    const report = stdout.toString();
    expect(code).toBe(0);
    expect(report).toContain(`[1] ${kernelNew}: loads: 1 poisoned instructions are never reached\n`);
    expect(report).toContain('#4 [1] poisoned, never reached: no member gone\n');
    expect(report).toContain(`[2] ${kernelOld}: loads if 5 poisoned instructions are never reached\n`);
    expect(report).toMatch(/#0 byte_off struct task\.se\.vruntime +32 +16\n/);
    expect(report).toMatch(/#5 byte_off struct task\.stack +0 +poisoned\n/);
    expect(report).toContain('#5 [2] poisoned: member stack: ptr in the object, int in the target\n');
  });

  it('exits with 1 where a relocation fails', async () => {
    const { stdout, code } = await run('check', program, kernelTwice);
    expect(code).toBe(1);
    expect(stdout.toString()).toMatch(/FAILS: \d+ of 22 relocations fail\n/);
    expect(stdout.toString()).toContain('failed: offsets 0 and 4 in types 2 and 3 of the target\n');
  });

  it('chooses one type for all fields with --mode consistent', async () => {
    expect(await run('check', '--mode', 'best', program, kernelNew)).toMatchObject({ code: 2 });
    expect(await text('check', '--mode', 'consistent', program, kernelTwice)).toContain('FAILS');
  });

  it('prints JSON', async () => {
    const [report] = JSON.parse(await text('check', '--json', program, kernelOld));
    expect(report.relocations[5]).toMatchObject({ number: 5, what: 'struct task.stack' });
    expect(report.kernels[0]).toMatchObject({ kernel: kernelOld, fails: false });
    expect(report.kernels[0].cells.slice(5, 7)).toEqual([
      {
        status: 'poisoned',
        reason: 'member stack: ptr in the object, int in the target',
        mayBeReached: true,
      },
      { status: 'resolved', value: '8' },
    ]);
  });

  it('takes a folder of vmlinux and modules for one kernel', async () => {
    const path = kernelFolder('with-module');
    const report = await text('check', program, path);
    expect(report).toContain(`[1] ${path}: `);
    expect(report).toMatch(/#21 byte_off struct of_module\.members +4\n/);
    const alone = await text('check', program, join(path, 'vmlinux'));
    expect(alone).toMatch(/#21 byte_off struct of_module\.members +poisoned\n/);
    const given = await text('check', program, join(path, 'vmlinux'), '--module', join(path, 'some_module'));
    expect(given).toMatch(/#21 byte_off struct of_module\.members +4\n/);
  });

  it('takes every file with types in another folder for a kernel', async () => {
    const path = join(folder, 'kernels');
    mkdirSync(path);
    copyFileSync(kernelNew, join(path, 'b.btf'));
    copyFileSync(kernelOld, join(path, 'a.btf'));
    writeFileSync(join(path, 'README'), 'none');
    const report = await text('check', program, path);
    expect([...report.matchAll(/^ {2}\[\d+\] (\S+): /gm)].map(([, name]) => name)).toEqual([
      join(path, 'a.btf'),
      join(path, 'b.btf'),
    ]);
  });

  it('goes on with the other kernels where one cannot be read', async () => {
    const bad = join(folder, 'bad.btf');
    writeFileSync(bad, readFileSync(kernelNew).subarray(0, 100));
    const { code, stderr, stdout } = await run('check', program, bad, kernelNew);
    expect(code).toBe(1);
    expect(stderr).toContain(`${bad}: `);
    expect(stdout.toString()).toContain(`[1] ${kernelNew}: loads`);
  });

  it('checks several programs', async () => {
    const copy = join(folder, 'copy.bpf.o');
    copyFileSync(program, copy);
    const reports = JSON.parse(await text('check', '--json', program, copy, kernelNew));
    expect(reports.map(({ path }: { path: string }) => path)).toEqual([program, copy]);
    expect(reports[0].kernels).toEqual(reports[1].kernels);
  });
});

describe('core explain', () => {
  it('tells each candidate and what differs', async () => {
    expect(await text('explain', program, '14', '--target', kernelOld)).toBe(
      'raw_tp/types: on_types, insn 3: type_matches of struct exact\n' +
        '  ./program.c:89: results[2] = TYPE(struct of_module, 0) + TYPE(callback, 0) + TYPE(struct exact, 2);\n' +
        '  in the object: <type_matches> [26] struct exact\n' +
        `  in ${kernelOld}:\n` +
        '    [21] struct exact of kernel-old.btf: member size: [9] int unsigned int in the object, [7] int unsigned long long in the target\n' +
        '  value 0\n',
    );
  });

  it('tells candidates that were left out before', async () => {
    const lines = await text('explain', program, '6', '--target', kernelOld);
    expect(lines).toContain('[2] struct task of kernel-old.btf: .pid gives 8\n');
    expect(lines).toMatch(/\[\d+\] struct task___copy of kernel-old\.btf: left out: /);
    expect(lines).toContain('  value 8\n');
  });

  it('wants a number that there is', async () => {
    expect(await run('explain', program)).toMatchObject({ code: 2 });
    expect(await run('explain', program, '22', '--target', kernelOld)).toMatchObject({ code: 1 });
    expect(await run('explain', program, 'x', '--target', kernelOld)).toMatchObject({ code: 1 });
  });
});

describe('core apply', () => {
  it('writes an object with patched code and no CO-RE relocations', async () => {
    const out = join(folder, 'applied.bpf.o');
    const { code, stderr } = await run('apply', program, '--target', kernelNew, '-o', out);
    expect(code).toBe(0);
    expect(stderr).toBe('tspahole: raw_tp/enter insn 19: struct task___old.gone: poisoned: no member gone\n');
    const applied = readBpfObject(parseElf(readFileSync(out)));
    expect(applied.relocations).toEqual([]);
    expect(applied.ext?.lines.length).toBe(4);
    const target = new CoreTarget({ name: 'k', table: decodeBtf(readFileSync(kernelNew)) });
    const before = readBpfObject(parseElf(readFileSync(program)));
    for (const [name, bytes] of relocateObject(before, { target }).code) {
      expect(Buffer.compare(applied.elf.section(name)?.data() ?? Buffer.alloc(0), bytes)).toBe(0);
    }
    expect(await text('list', out)).toBe('');
  });

  it('writes nothing where a relocation fails', async () => {
    const out = join(folder, 'failed.bpf.o');
    expect(await run('apply', program, '--target', kernelTwice, '-o', out)).toMatchObject({ code: 1 });
    expect(existsSync(out)).toBe(false);
  });
});

describe('core minimize', () => {
  it('writes a file for each kernel', async () => {
    const out = join(folder, 'minimal/new');
    expect(
      await run('minimize', '-o', out, program, '--target', kernelNew, '--target', kernelOld),
    ).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(readdirSync(out)).toEqual(['kernel-new.btf', 'kernel-old.btf']);
    for (const name of ['kernel-new', 'kernel-old']) {
      expect(readFileSync(join(out, `${name}.btf`))).toEqual(
        readFileSync(fixturePath(`core/${name}.min.btf`)),
      );
    }
  });

  it('takes all files that are no programs as kernels, and says which of them it cannot read', async () => {
    const out = join(folder, 'several');
    const missing = join(folder, 'missing.btf');
    const args = ['-o', out, program, '--target', kernelNew, kernelOld, missing];
    const { code, stderr } = await run('minimize', ...args);
    expect([code, stderr]).toEqual([1, `tspahole: ${missing}: no such file\n`]);
    expect(readdirSync(out)).toEqual(['kernel-new.btf', 'kernel-old.btf']);
  });

  it('goes on where a program fails on a kernel', async () => {
    const out = join(folder, 'some');
    const { code, stderr } = await run(
      'minimize',
      '-o',
      out,
      program,
      '--target',
      kernelTwice,
      '--target',
      kernelNew,
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`tspahole: ${kernelTwice}: raw_tp/enter insn 23: `);
    expect(readdirSync(out)).toEqual(['kernel-new.btf']);
  });

  it('refuses kernels of one name, and none', async () => {
    const out = join(folder, 'none');
    expect(
      await run('minimize', '-o', out, program, '--target', kernelNew, '--target', kernelNew),
    ).toMatchObject({
      code: 2,
    });
    expect(await run('minimize', '-o', out, program)).toMatchObject({ code: 2 });
    expect(await run('minimize', '-o', out, '--target', kernelNew)).toMatchObject({ code: 2 });
  });
});

describe('btf lines', () => {
  it('prints the source line of each instruction that begins one', async () => {
    const { stdout, code } = await runCli(['btf', 'lines', program]);
    expect(code).toBe(0);
    const lines = stdout.toString().split('\n');
    expect(lines[0]).toBe('raw_tp/enter: on_enter');
    expect(lines).toContain('     5  ./program.c:64:24  results[0] = task->se.vruntime;');
  });

  it('prints JSON', async () => {
    const { stdout } = await runCli(['btf', 'lines', '--json', program]);
    expect(JSON.parse(stdout.toString())).toContainEqual({
      section: 'raw_tp/module',
      function: 'on_module',
      insn: 0,
      file: './program.c',
      line: 97,
      column: 17,
      text: 'return module->members;',
    });
  });
});

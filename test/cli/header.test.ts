/** `tspahole header` as users call it. */

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memorySource, parseElf, RUNNING_KERNEL_BTF } from '../../src/index.ts';
import { loadBinding } from '../../src/native/binding.ts';
import {
  btf,
  declTag,
  enum32,
  func,
  funcProto,
  fwd,
  int,
  ptr,
  splitBtf,
  struct,
  typedef,
} from '../support/btf-writer.ts';
import { fixturePath } from '../support/fixtures.ts';
import { NO_VMLINUX_61, vmlinux61 } from '../support/kernel-61.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'tspahole-header-cli-'));
afterAll(() => rmSync(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);

const kernel = [
  int('int', 4, 'signed'),
  struct('inner', 4, [['a', 1, 0]]),
  ptr(4),
  struct('far', 4, [['x', 1, 0]]),
  struct('task_struct', 16, [
    ['in', 2, 0],
    ['far', 3, 64],
  ]),
  typedef('task_t', 5),
  enum32('bpf_kind', [['BPF_ONE', 1]]),
  typedef('u_t', 1),
  struct('unused', 4, [['x', 1, 0]]),
  funcProto(1, [['t', 3]]),
  func('kernel_func', 10),
  declTag('bpf_kfunc', 11),
];

beforeAll(() => {
  writeFileSync(at('kernel.btf'), btf(kernel));
  const program = [
    int('int', 4, 'signed'),
    struct('task_struct___mine', 4, [['in', 1, 0]]),
    fwd('far'),
    funcProto(1),
    func('kernel_func', 4, 'extern'),
  ];
  writeFileSync(at('program.btf'), btf(program));
  const { base, split } = splitBtf(kernel, [struct('of_module', 16, [['task', 5, 0]])]);
  writeFileSync(at('base.btf'), base);
  writeFileSync(at('split.btf'), split);
});

const canReadDwarf =
  loadBinding('tspahole_dwarf') !== undefined && spawnSync('gcc', ['--version']).status === 0;

function header(...args: string[]): Promise<CliResult> {
  return runCli(['header', ...args]);
}

async function textOf(...args: string[]): Promise<string> {
  const { stdout, stderr, code } = await header(...args);
  expect([stderr, code]).toEqual(['', 0]);
  return stdout.toString();
}

describe('tspahole header', () => {
  it('prints all types', async () => {
    const text = await textOf(at('kernel.btf'));
    for (const name of ['inner', 'far', 'task_struct', 'unused']) expect(text).toContain(`struct ${name} {`);
    expect(text).toContain('extern int kernel_func(struct far *t) __weak __ksym;');
  });

  it('prints what bpftool prints with --compat', async () => {
    const peer = readFileSync(fixturePath('header/enums.h'), 'latin1');
    expect(await textOf('--compat', fixturePath('enums.btf'))).toBe(peer);
  });

  it('prints the types of a module and of its base', async () => {
    const text = await textOf('-B', at('base.btf'), at('split.btf'));
    expect(text).toContain('struct of_module {\n\tstruct task_struct task;\n};');
    expect(text).toContain('struct unused {');
  });

  it('prints the types of a kernel and several modules, each once', async () => {
    const { split } = splitBtf(kernel, [
      struct('of_module', 16, [['task', 5, 0]]),
      struct('of_other', 4, [['x', 1, 0]]),
    ]);
    writeFileSync(at('other.btf'), split);
    const text = await textOf(at('base.btf'), at('split.btf'), at('other.btf'));
    expect(text.match(/struct of_\w+ \{/g)).toEqual(['struct of_module {', 'struct of_other {']);
    expect(await textOf('-B', at('base.btf'), at('split.btf'), at('other.btf'))).toBe(text);
  });

  it('reads the file that stands for the running kernel', async () => {
    const { stdout } = await runCli(['header'], { PAHOLE_VMLINUX_BTF_FILENAME: at('kernel.btf') });
    expect(stdout.toString()).toContain('struct task_struct {');
  });

  it('prints the same bytes each time', async () => {
    expect(await textOf(at('kernel.btf'))).toBe(await textOf(at('kernel.btf')));
  });
});

describe.skipIf(!canReadDwarf)('DWARF (skipped without the addon or gcc)', () => {
  it('gives the header of the BTF that was made of it', async () => {
    const source = fixturePath('typedefs.c');
    const words = ['-g', '-c', '-w', '-fno-eliminate-unused-debug-types', source, '-o', at('typedefs.o')];
    expect(spawnSync('gcc', words).status).toBe(0);
    const asserts = (text: string): string[] => (text.match(/^_Static_assert.*$/gm) ?? []).sort();
    const own = asserts(await textOf('-F', 'dwarf', '--asserts', at('typedefs.o')));
    expect(own.length).toBeGreaterThan(10);
    expect(own).toEqual(asserts(await textOf('--asserts', fixturePath('typedefs.btf'))));
  });

  it('keeps the alignments that attributes state', async () => {
    const source =
      'typedef long loose __attribute__((aligned(4)));\n' +
      'struct line { int x; int y __attribute__((aligned(8))); loose z; } __attribute__((aligned(64))) a;\n';
    writeFileSync(at('aligned.c'), source);
    expect(spawnSync('gcc', ['-gdwarf-5', '-c', at('aligned.c'), '-o', at('aligned.o')]).status).toBe(0);
    const text = await textOf('-F', 'dwarf', '--asserts', at('aligned.o'));
    expect(text).toContain('typedef long int loose __attribute__((aligned(4)));');
    expect(text).toContain(
      '\tint y __attribute__((aligned(8)));\n\tloose z;\n} __attribute__((aligned(64)));',
    );
    expect(text).toContain('_Static_assert(__alignof__(struct line) == 64, "struct line");');
    expect(await textOf('-F', 'dwarf', '--compat', at('aligned.o'))).not.toContain('aligned(');
  });

  it('has the types that units repeat once', async () => {
    writeFileSync(at('a.c'), 'struct shared { int x; _Atomic int y; } a;\n');
    writeFileSync(
      at('b.c'),
      'struct shared { int x; _Atomic int y; } b; struct own { struct shared s; } c;\n',
    );
    const words = ['-g', '-w', '-nostdlib', '-shared', '-fPIC', at('a.c'), at('b.c'), '-o', at('both.so')];
    expect(spawnSync('gcc', words).status).toBe(0);
    const text = await textOf('-F', 'dwarf', at('both.so'));
    expect(text.match(/^struct \w+ \{$/gm)).toEqual(['struct shared {', 'struct own {']);
    expect(text).toContain('\tvolatile int y;');
  });
});

describe('--only', () => {
  it('takes patterns, and adds what the types need and nothing else', async () => {
    const text = await textOf('--only', 'task_s*,bpf_?ind', at('kernel.btf'));
    expect(text.match(/^(?:struct|enum|typedef) .*$/gm)).toEqual([
      'enum bpf_kind {',
      'struct inner {',
      'struct far;',
      'struct task_struct {',
    ]);
  });

  it('fails where no type has such a name', async () => {
    const { stderr, code } = await header('--only', 'nope*', at('kernel.btf'));
    expect([stderr, code]).toEqual(['tspahole: no type has a name like nope*\n', 1]);
  });
});

describe('--from', () => {
  it('prints what a program uses, and the kfuncs that it calls', async () => {
    const text = await textOf('--from', at('program.btf'), at('kernel.btf'));
    expect(text.match(/^(?:struct|enum|typedef|extern) .*$/gm)).toEqual([
      'enum bpf_kind {',
      'struct inner {',
      'struct far;',
      'struct task_struct {',
      'typedef int u_t;',
      'extern int kernel_func(struct far *t) __weak __ksym;',
    ]);
  });
});

describe('--kfuncs', () => {
  it.each([
    ['none', false],
    ['all', true],
    ['kernel_*', true],
    ['other', false],
  ])('%s', async (value, isThere) => {
    expect((await textOf('--kfuncs', value, at('kernel.btf'))).includes('kernel_func')).toBe(isThere);
  });
});

describe('what the header is for', () => {
  it('has another guard, no pragma, or asserts', async () => {
    const text = await textOf('--guard=G_H', '--no-preserve-access-index', '--asserts', at('kernel.btf'));
    expect(text).toMatch(/^#ifndef G_H\n/);
    expect(text).not.toContain('pragma');
    expect(text).toContain('_Static_assert(__builtin_offsetof(struct task_struct, far) == 8,');
  });

  it('is C++', async () => {
    expect(await textOf('--lang', 'c++', at('kernel.btf'))).toContain('enum bpf_kind : unsigned int {');
  });
});

describe('mistakes of usage', () => {
  it.each([
    [['--guard', '1x'], 'header: 1x cannot be the name of a macro'],
    [['--lang', 'rust'], 'header: --lang is c or c++, not rust'],
    [['--format', 'ctf'], 'header: --format is btf or dwarf, not ctf'],
    [['--compat', '--asserts'], 'header: --asserts changes what --compat keeps'],
    [['--depfile', 'x'], 'header: --depfile needs --output'],
  ])('%j', async (args, message) => {
    const { stderr, code } = await runCli(['header', ...args], {
      PAHOLE_VMLINUX_BTF_FILENAME: at('kernel.btf'),
    });
    expect([stderr, code]).toEqual([`tspahole: ${message}\n`, 2]);
  });
});

describe('--output', () => {
  it('writes the file whole and leaves one alone that would not change', async () => {
    const path = at('out.h');
    expect(await textOf('-o', path, at('kernel.btf'))).toBe('');
    expect(readFileSync(path, 'utf8')).toBe(await textOf(at('kernel.btf')));
    utimesSync(path, 1000, 1000);
    await textOf('-o', path, at('kernel.btf'));
    expect(statSync(path).mtimeMs).toBe(1_000_000);
    await textOf('-o', path, '--guard', 'OTHER', at('kernel.btf'));
    expect(statSync(path).mtimeMs).not.toBe(1_000_000);
  });

  it('leaves the file as it was where something fails, and nothing beside it', async () => {
    const path = at('kept.h');
    writeFileSync(path, 'before');
    const recursive = at('recursive.btf');
    writeFileSync(recursive, btf([struct('s', 4, [['s', 1, 0]])]));
    expect((await header('-o', path, recursive)).code).toBe(1);
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('writes onto a device instead of replacing it', async () => {
    const link = at('device');
    symlinkSync('/dev/null', link);
    await textOf('-o', link, at('kernel.btf'));
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });

  it('says where it cannot write', async () => {
    const { stderr, code } = await header('-o', at('no/such/directory.h'), at('kernel.btf'));
    expect(stderr).toContain('directory.h: cannot write: ENOENT');
    expect(code).toBe(1);
  });

  it('tells make what the header is made from', async () => {
    const target = at('with space.h');
    await textOf('-o', target, '--depfile', at('out.d'), '-B', at('base.btf'), at('split.btf'));
    const escaped = target.replace(' ', '\\ ');
    expect(readFileSync(at('out.d'), 'utf8')).toBe(`${escaped}: ${at('split.btf')} ${at('base.btf')}\n`);
  });
});

describe.skipIf(!canReadDwarf || vmlinux61 === undefined)(
  `DWARF and BTF of one kernel (skipped without the addon or ${NO_VMLINUX_61})`,
  () => {
    it('declare the same types with the same layouts', { timeout: 300_000 }, async () => {
      const facts = async (format: string): Promise<string[]> => {
        const text = await textOf('-F', format, '--asserts', vmlinux61 as string);
        // BTF has no alignments of its own.
        const lines =
          text.match(/^_Static_assert\((?!__alignof__).*$|^(?:struct|union|enum) \w+ \{$/gm) ?? [];
        return lines.sort();
      };
      const [dwarf, btfOfIt] = [await facts('dwarf'), await facts('btf')];
      expect(dwarf.length).toBeGreaterThan(50_000);
      expect(dwarf).toEqual(btfOfIt);
    });
  },
);

const program = fileURLToPath(new URL('../../bin/tspahole.js', import.meta.url));
const hasNinja = spawnSync('ninja', ['--version']).status === 0;

describe.skipIf(!hasNinja)('ninja (skipped where there is none)', () => {
  it('makes the header when its inputs change, and what depends on it when its text does', () => {
    const folder = mkdtempSync(join(directory, 'ninja-'));
    const input = join(folder, 'kernel.btf');
    const header = `${process.execPath} ${program} header -o $out --depfile $out.d ${input}`;
    writeFileSync(
      join(folder, 'build.ninja'),
      `rule header\n command = ${header}\n depfile = $out.d\n deps = gcc\n restat = 1\n` +
        'rule use\n command = grep -c struct $in > $out\n' +
        'build vmlinux.h: header\nbuild uses: use vmlinux.h\n',
    );
    const ninja = (): string => spawnSync('ninja', ['-v'], { cwd: folder, encoding: 'utf8' }).stdout;
    const write = (records: typeof kernel, time: number): void => {
      writeFileSync(input, btf(records));
      utimesSync(input, time, time);
    };
    const now = Math.floor(Date.now() / 1000);
    write(kernel, now - 100);
    expect(ninja()).toContain('grep');
    expect(ninja()).toContain('no work to do');
    write(kernel, now + 100);
    const again = ninja();
    expect(again).toContain('--depfile');
    expect(again).not.toContain('grep');
    write([...kernel, struct('added', 4, [['x', 1, 0]])], now + 200);
    expect(ninja()).toContain('grep');
  });
});

const makefile = fileURLToPath(new URL('../../examples/header/', import.meta.url));
const clang = ['clang', 'clang-16', 'clang-14'].find((name) => spawnSync(name, ['--version']).status === 0);
const canBuild =
  clang !== undefined && existsSync(RUNNING_KERNEL_BTF) && spawnSync('make', ['--version']).status === 0;

describe.skipIf(!canBuild)(
  'examples/header (skipped without clang, make and BTF of the running kernel)',
  () => {
    const make = (): string => {
      const words = [`TSPAHOLE=${process.execPath} ${program}`, `CLANG=${clang}`];
      const { status, stdout, stderr } = spawnSync('make', words, { cwd: directory, encoding: 'utf8' });
      expect(status, stderr).toBe(0);
      return stdout;
    };

    it('builds a program, and again only where something changed; --from gives the same program', {
      timeout: 120_000,
    }, async () => {
      for (const name of ['Makefile', 'switches.bpf.c'])
        writeFileSync(at(name), readFileSync(join(makefile, name)));
      expect(make()).toContain('-target bpf');
      expect(make()).not.toContain('-target bpf');
      const object = at('switches.bpf.o');
      const whole = readFileSync(object);
      await textOf('-o', at('vmlinux.h'), '--from', object);
      expect(readFileSync(at('vmlinux.h')).length).toBeLessThan(500_000);
      const words = [
        '-target',
        'bpf',
        '-mcpu=v3',
        '-g',
        '-O2',
        '-Wall',
        '-c',
        'switches.bpf.c',
        '-o',
        'again.o',
      ];
      expect(spawnSync(clang as string, words, { cwd: directory }).status).toBe(0);
      expect(sectionOf(readFileSync(at('again.o')))).toEqual(sectionOf(whole));
    });
  },
);

/** The code of the program, and the relocations of it. */
function sectionOf(object: Buffer): Buffer[] {
  const elf = parseElf(memorySource(object));
  return ['tp_btf/sched_switch', '.reltp_btf/sched_switch', '.maps'].map((name) =>
    Buffer.from(elf.section(name)?.data() ?? []),
  );
}

/** `tspahole functions`: what the default prints where pfunct is wrong, exit codes, JSON. */

import { describe, expect, it } from 'vitest';
import { loadBinding } from '../../src/native/binding.ts';
import { runCli } from '../support/run-cli.ts';

const fixture = (name: string): string => new URL(`../fixtures/${name}`, import.meta.url).pathname;

async function functions(...args: readonly string[]): Promise<string[]> {
  const { stdout } = await runCli(['functions', ...args]);
  return stdout.toString().split('\n').slice(0, -1);
}

describe('BTF', () => {
  it('prints a prototype', async () => {
    expect(await functions('-P', fixture('bpf-program.btf'))).toEqual([
      'int program(void *, struct event *);',
    ]);
  });

  it('lists nothing with --compat but under -F btf', async () => {
    expect(await functions('--compat', fixture('bpf-program.btf'))).toEqual([]);
    expect(await functions('--compat', '-F', 'btf', fixture('bpf-program.btf'))).toEqual(['program']);
  });

  it('counts parameters where they are', async () => {
    expect(await functions('-p', fixture('bpf-program.btf'))).toEqual(['program: 2']);
    expect(await functions('--compat', '-F', 'btf', '-p', fixture('bpf-program.btf'))).toEqual([
      'program: 0',
    ]);
  });

  it('finds functions by struct', async () => {
    expect(await functions('-c', 'event', fixture('bpf-program.btf'))).toEqual(['program']);
  });
});

describe('exit codes', () => {
  it.each([
    [['-f', 'program'], 0],
    [['-f', 'nothing'], 1],
    [['-c', 'nothing'], 1],
    [['--compat', '-f', 'nothing'], 0],
    [['-s', '-p'], 2],
    [['-a', 'x'], 2],
    [['-F', 'elf'], 2],
    [['--nonsense'], 2],
  ])('%j gives %i', async (args, code) => {
    expect((await runCli(['functions', ...args, fixture('bpf-program.btf')])).code).toBe(code);
  });

  it('1 for a file that does not exist', async () => {
    expect((await runCli(['functions', './no-such-file'])).code).toBe(1);
  });
});

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('DWARF (skipped without the addon)', () => {
  const optimised = fixture('dwarf/functions.gcc4.o');

  it('writes declarators around the name of a function', async () => {
    expect(await functions('-f', 'chooser', optimised)).toEqual([
      'int (*chooser(int which))(const char  *, int);',
    ]);
  });

  it('leaves out names of parameters', async () => {
    expect(await functions('-f', 'open_file', '--no-parm-names', optimised)).toEqual([
      'int open_file(struct file *, int, ...);',
    ]);
  });

  it('lists an inline function and its body once', async () => {
    const names = await functions(optimised);
    expect(names).toContain('ext_inl');
    expect(new Set(names).size).toBe(names.length);
  });

  it('gives an inline function the code of its body', async () => {
    expect(await functions('-s', optimised)).toContain('ext_inl: 4');
    expect(await functions('-A', optimised)).toContain('inline int ext_inl(int a);');
  });

  it('finds pointers to const and const pointers to a struct', async () => {
    expect(await functions('-c', 'inode', optimised)).toEqual(['pick', 'helper']);
    expect(await functions('--compat', '-c', 'inode', optimised)).toEqual([]);
  });

  it('shows linkage names however they are stated', async () => {
    expect(await functions('-P', optimised)).toContain('void __builtin_putchar(void); /* linkage=putchar */');
  });

  it('lostResults: finds the result where a method is declared', async () => {
    const methods = fixture('dwarf/namespaces.clangxx5.o');
    expect((await functions('-A', methods)).join('\n')).toContain('int get(struct local * this);');
    expect(await functions('--compat', '-A', methods)).toContain('void get(struct local * this);');
  });

  it('outerCounts: counts what is in blocks', async () => {
    expect(await functions('-S', optimised)).toContain('open_file: 3');
    expect(await functions('--compat', '-S', optimised)).toContain('open_file: 2');
  });

  it('singleRanges: adds up the ranges of code', async () => {
    expect(await functions('-s', optimised)).toContain('sort: 40');
    expect((await functions('--compat', '-s', optimised)).join()).not.toContain('sort');
  });

  it('prints the types of one function, and no other function', async () => {
    const lines = await functions('-b', '-f', 'mid', optimised);
    expect(lines[0]).toBe('typedef struct {');
    expect(lines.filter((line) => line === '} point;')).toHaveLength(1);
    expect(lines.at(-1)).toBe('point mid(point a, point b);');
    const all = await functions('--compat', '-b', '-f', 'mid', optimised);
    expect(all.filter((line) => line === '} point;')).toHaveLength(2);
    expect(all).toContain('int use(int a);');
  });

  it('prints types with -A too, and only exported functions with -E', async () => {
    expect(await functions('-A', '-b', optimised)).toContain('} point;');
    expect(await functions('--compat', '-A', '-b', optimised)).not.toContain('} point;');
    const exported = await functions('-E', '-b', optimised);
    expect(exported).toContain('int use(int a);');
    expect(exported.filter((line) => /\bhelper\(/.test(line))).toEqual([]);
  });

  it('makes one function compile', async () => {
    expect(await functions('--compile=use', optimised)).toEqual([
      'int use(int a)',
      '{',
      '\treturn 0;',
      '}',
      '',
    ]);
    expect(await functions('--compile', '-f', 'noargs', optimised)).toEqual([
      'void noargs(void)',
      '{',
      '}',
      '',
    ]);
  });

  it('finds a function by an address in it', async () => {
    const json = JSON.parse((await functions('--json', '-f', 'open_file', optimised)).join('\n'));
    const inside = BigInt(json.functions[0].address) + 1n;
    expect(await functions('-a', `0x${inside.toString(16)}`, optimised)).toEqual([
      'int open_file(struct file * f, int flags, ...);',
    ]);
  });

  it('gives what was inlined as JSON', async () => {
    const json = JSON.parse((await functions('--json', '-i', '-f', 'open_file', optimised)).join('\n'));
    expect(json.functions).toHaveLength(1);
    expect(json.functions[0]).toMatchObject({
      name: 'open_file',
      linkage: 'global',
      parameters: [{ name: 'f', type: 'struct file *' }, { name: 'flags', type: 'int' }, { type: '...' }],
      inlineExpansions: [{ name: 'deep' }, { name: 'helper' }],
    });
  });

  it('lists declarations last in JSON', async () => {
    const json = JSON.parse((await functions('--json', optimised)).join('\n'));
    const kinds: boolean[] = json.functions.map((fn: { declaration?: boolean }) => fn.declaration === true);
    expect(kinds.at(-1)).toBe(true);
    expect(kinds.lastIndexOf(false)).toBeLessThan(kinds.indexOf(true));
  });
});

/**
 * The headers that bpftool 7.8.0 makes of the files of test/fixtures, committed in test/fixtures/header, and
 * rules of it that need types of their own. No bpftool is needed.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../../src/btf/decode.ts';
import { type BpftoolHeaderOptions, writeBpftoolHeader } from '../../../src/emit/header/bpftool-header.ts';
import {
  btf,
  constOf,
  enum32,
  func,
  funcProto,
  int,
  ptr,
  struct,
  type TypeRecord,
  typedef,
} from '../../support/btf-writer.ts';
import { expectError } from '../../support/expect-error.ts';
import { fixturePath, fixtureTable } from '../../support/fixtures.ts';

/** What the second part of a golden's name stands for. */
const VARIANTS: Readonly<Record<string, BpftoolHeaderOptions>> = {
  h: {},
  unsorted: { unsorted: true },
  roots: { rootIds: [5, 3] },
};

function headerOf(table: Parameters<typeof writeBpftoolHeader>[0], options?: BpftoolHeaderOptions): string {
  const chunks: Buffer[] = [];
  writeBpftoolHeader(table, (bytes) => void chunks.push(Buffer.from(bytes)), options);
  return Buffer.concat(chunks).toString('latin1');
}

/** The lines between the prologue and the epilogue of a header of types made for a test. */
function typesOf(records: readonly TypeRecord[], options?: BpftoolHeaderOptions): string {
  const text = headerOf(decodeBtf(btf(records)), options);
  const [, types = ''] = text.split('#endif\n#endif\n\n');
  return types.split(/\n\/\* BPF kfuncs|#ifndef BPF_NO_PRESERVE/)[0] ?? '';
}

describe('the header of bpftool 7.8', () => {
  it.each(readdirSync(fixturePath('header')))('is reproduced for %s', (golden) => {
    const [name = '', variant = ''] = golden.split('.');
    const text = headerOf(fixtureTable(`${name}.btf`), VARIANTS[variant]);
    expect(text).toBe(readFileSync(fixturePath(`header/${golden}`), 'latin1'));
  });

  it('lacks the first of the sorted types, unless another needs it', () => {
    const lone = [enum32('first', [['a', 1]]), enum32('second', [['b', 2]])];
    expect(typesOf(lone)).toBe('enum second {\n\tb = 2,\n};\n\n');
    expect(typesOf(lone, { unsorted: true })).toContain('enum first');
    expect(typesOf([...lone, struct('user', 4, [['e', 1, 0]])])).toContain('enum first');
  });

  it('numbers a name from its second definition on', () => {
    const twice = [int('int', 4, 'signed'), struct('s', 4, [['a', 1, 0]]), struct('s', 4, [['b', 1, 0]])];
    expect(typesOf(twice, { unsorted: true })).toBe(
      'struct s {\n\tint a;\n};\n\nstruct s___2 {\n\tint b;\n};\n\n',
    );
  });

  it('numbers enumerators among typedefs', () => {
    const types = [int('int', 4, 'signed'), typedef('name', 1), enum32('', [['name', 0]])];
    expect(typesOf(types, { unsorted: true })).toBe('typedef int name;\n\nenum {\n\tname___2 = 0,\n};\n\n');
  });

  it('declares what a struct only points to', () => {
    const types = [ptr(2), struct('b', 8, [['a', 3, 0]]), ptr(4), struct('a', 8, [['b', 1, 0]])];
    expect(typesOf(types, { unsorted: true })).toBe(
      'struct a;\n\nstruct b {\n\tstruct a *a;\n};\n\nstruct a {\n\tstruct b *b;\n};\n\n',
    );
  });

  it('nests declarators', () => {
    const types = [
      int('int', 4, 'signed'),
      funcProto(1, [
        ['x', 1],
        ['', 0],
      ]),
      ptr(2),
      funcProto(3, [['cb', 5]]),
      constOf(3),
      ptr(4),
      struct('s', 8, [['f', 6, 0]]),
    ];
    expect(typesOf(types)).toContain('\tint (* (*f)(int (* const cb)(int x, ...)))(int x, ...);');
  });

  it('has kfuncs sorted by name, the fast ones marked', () => {
    const types: TypeRecord[] = [
      int('int', 4, 'signed'),
      funcProto(1, []),
      func('zeta', 2),
      func('alpha', 2),
      ['bpf_kfunc', 0x11000000, 3, -1],
      ['bpf_kfunc', 0x11000000, 4, -1],
      ['bpf_fastcall', 0x11000000, 4, -1],
    ];
    const text = headerOf(decodeBtf(btf(types)));
    expect(text).toContain(
      'extern __bpf_fastcall int alpha(void) __weak __ksym;\nextern int zeta(void) __weak __ksym;\n',
    );
    expect(headerOf(decodeBtf(btf(types)), { rootIds: [1] })).not.toContain('kfuncs');
  });

  it('says which type contains itself, after the types before it', () => {
    const records = [int('int', 4, 'signed'), struct('a', 4, [['x', 1, 0]]), struct('s', 4, [['s', 3, 0]])];
    const chunks: Buffer[] = [];
    const write = (): void =>
      writeBpftoolHeader(decodeBtf(btf(records)), (bytes) => void chunks.push(Buffer.from(bytes)));
    expectError(write, 'bad-data', 'type 3 (s) contains itself');
    expect(Buffer.concat(chunks).toString()).toContain('struct a {');
  });
});

describe('hostile types', () => {
  it.each([
    ['a typedef of itself', [typedef('t', 1)]],
    ['qualifiers in a circle', [constOf(2), constOf(1)]],
    ['a pointer to itself', [ptr(1)]],
    [
      'prototypes that take themselves twice',
      [
        funcProto(0, [
          ['a', 2],
          ['b', 2],
        ]),
        ptr(1),
        typedef('t', 2),
      ],
    ],
  ])('end: %s', (_, records) => {
    expectError(() => typesOf(records), 'bad-data', '');
  });

  it('follow a chain of 100000 pointers', () => {
    const chain = Array.from({ length: 100_000 }, (_, index) => ptr(index === 0 ? 100_001 : index));
    const types = [...chain, int('int', 4, 'signed'), typedef('t', 100_000)];
    expect(typesOf(types).length).toBeGreaterThan(100_000);
  });

  it('nest no deeper than compilers do', () => {
    const nested = Array.from({ length: 2000 }, (_, index) => struct('', 4, [['m', index + 2, 0]]));
    const types = [...nested, int('int', 4, 'signed'), struct('top', 4, [['m', 1, 0]])];
    expectError(() => typesOf(types), 'bad-data', 'levels deep');
  });

  it('may refer to types and names that do not exist', () => {
    const types = [
      struct('s', 8, [
        ['m', 77, 0],
        [0xffff, 1, 0],
      ]),
      typedef('t', 99),
    ];
    expect(typesOf(types.slice(1))).toBe('typedef void t;\n\n');
  });
});

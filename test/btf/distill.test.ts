/** Distilled bases: what stays of a base, and how types get onto another one. */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { distill } from '../../src/btf/distill.ts';
import { encodeBtf } from '../../src/btf/encode.ts';
import { relocate } from '../../src/btf/relocate.ts';
import { verifyBtf } from '../../src/btf/verify.ts';
import type { TypeTable } from '../../src/model/table.ts';
import type { Type } from '../../src/model/types.ts';
import {
  array,
  btf,
  constOf,
  declTag,
  enum32,
  enum64,
  float,
  func,
  funcProto,
  fwd,
  int,
  ptr,
  struct,
  type TypeRecord,
  typedef,
  union,
} from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { tableOf } from '../support/types.ts';

function split(base: TypeTable, records: readonly TypeRecord[]): TypeTable {
  return decodeBtf(btf(records, { base: { types: base.end, stringBytes: base.strings.end } }), { base });
}

function own(table: TypeTable): Type[] {
  return Array.from({ length: table.end - table.firstId }, (_, index) => table.type(table.firstId + index));
}

const base = tableOf([
  int('unused', 2),
  int('int', 4, 'signed'),
  struct('big', 8, [['x', 2, 0]]),
  ptr(3),
  enum32('color', [['RED', 1]]),
  enum64('wide', [['W', 1n << 40n]]),
  fwd('opaque'),
  struct('', 4, [['n', 2, 0]]),
  typedef('big_p', 4),
  float('double', 8),
  funcProto(2, [['a', 4]]),
  func('f', 11),
]);

describe('a distilled base', () => {
  it('has named types without members, and the split part all else behind its own types', () => {
    const table = split(base, [
      struct('own', 32, [
        ['p', 9, 0],
        ['c', 5, 64],
        ['w', 6, 128],
        ['n', 8, 192],
      ]),
      constOf(7),
    ]);
    const distilled = distill(table);
    expect(own(distilled.base)).toMatchObject([
      { id: 1, kind: 'int', name: 'int' },
      { id: 2, kind: 'struct', name: 'big', byteSize: 8, members: [] },
      { id: 3, kind: 'enum', name: 'color', byteSize: 4, enumerators: [] },
      { id: 4, kind: 'enum', name: 'wide', byteSize: 8, enumerators: [] },
      { id: 5, kind: 'forward', name: 'opaque' },
    ]);
    expect(own(distilled.split)).toMatchObject([
      { id: 6, name: 'own', members: [{ typeId: 10 }, { typeId: 3 }, { typeId: 4 }, { typeId: 9 }] },
      { id: 7, kind: 'const', typeId: 5 },
      { id: 8, kind: 'pointer', typeId: 2 },
      { id: 9, kind: 'struct', name: '', members: [{ typeId: 1 }] },
      { id: 10, kind: 'typedef', name: 'big_p', typeId: 8 },
    ]);
  });

  it('and its split part can be written and read back', () => {
    const distilled = distill(split(base, [typedef('t', 11), ptr(13)]));
    const [baseBytes, bytes] = [encodeBtf(distilled.base), encodeBtf(distilled.split)];
    const again = decodeBtf(bytes, { base: decodeBtf(baseBytes) });
    expect(own(again)).toEqual(own(distilled.split));
    expect([verifyBtf(baseBytes), verifyBtf(bytes, { base: distilled.base })]).toEqual([[], []]);
  });

  it('cannot hold functions and the like', () => {
    expectError(
      () => distill(split(base, [declTag('t', 12)])),
      'unsupported',
      'refers to type 12 of its base',
    );
  });

  it('is made of split BTF only', () => {
    expectError(() => distill(base), 'usage', 'only split BTF');
    expectError(() => relocate(base, base), 'usage', 'only split BTF');
  });

  it('is not made of types that do not exist', () => {
    expectError(() => distill(split(base, [ptr(99)])), 'bad-data', 'type 99, which does not exist');
  });
});

describe('relocation', () => {
  const moved = (
    distilled: readonly TypeRecord[],
    records: readonly TypeRecord[],
    target: readonly TypeRecord[],
  ): Type[] => own(relocate(split(tableOf(distilled), records), tableOf(target)));

  it('finds types of the new base by name, and moves ids and names', () => {
    const target = [int('char', 1), struct('big', 16, [['y', 1, 0]]), int('int', 4, 'signed'), ptr(2)];
    const table = split(base, [
      struct('own', 12, [
        ['big', 4, 0],
        ['int', 2, 64],
      ]),
    ]);
    const relocated = relocate(distill(table).split, tableOf(target));
    expect(own(relocated)).toMatchObject([
      {
        id: 5,
        name: 'own',
        members: [
          { name: 'big', typeId: 6 },
          { name: 'int', typeId: 3 },
        ],
      },
      { id: 6, kind: 'pointer', typeId: 2 },
    ]);
  });

  it('wants the size of a struct where one is held by value', () => {
    const distilled = [struct('s', 8)];
    const holder = struct('own', 8, [['m', 3, 0]]);
    const chain = [constOf(1), typedef('t', 2)];
    expect(moved(distilled, [constOf(1), typedef('t', 2), holder], [struct('s', 8)])).toHaveLength(3);
    expectError(() => moved(distilled, [...chain, holder], [struct('s', 12)]), 'not-found', 'no struct s');
    const pointing = [ptr(1), struct('own', 8, [['m', 2, 0]])];
    expect(moved(distilled, pointing, [struct('s', 12)])).toHaveLength(2);
  });

  it('wants the size of a struct in an array', () => {
    const records = [array(1, 2, 2), struct('own', 16, [['m', 3, 0]])];
    const distilled = [struct('s', 8), int('int', 4)];
    expectError(() => moved(distilled, records, [struct('s', 4), int('int', 4)]), 'not-found', 'no struct s');
  });

  it('tells structs of one name by their size', () => {
    expect(moved([struct('s', 8)], [ptr(1)], [struct('s', 4), struct('s', 8)])).toMatchObject([
      { typeId: 2 },
    ]);
    expectError(
      () => moved([struct('s', 8)], [ptr(1)], [struct('s', 8), struct('s', 8, [])]),
      'ambiguous',
      'several of struct s (type 1 of the old base): types 1 and 2',
    );
  });

  it.each<[string, TypeRecord, TypeRecord]>([
    ['an enum may be one of 64 bits', enum32('e', [], { byteSize: 8 }), enum64('e', [['A', 1]])],
    ['a declared struct may be defined', fwd('s'), struct('s', 4)],
    ['a declared struct may have bitfields', fwd('s'), struct('s', 4, [['m', 2, 0, 3]])],
    ['a declared struct may be declared', fwd('s'), fwd('s')],
    ['a declared union may be defined', fwd('u', 'union'), union('u', 4)],
    ['a float is a float', float('f', 8), float('f', 8)],
  ])('%s', (_, distilled, target) => {
    expect(moved([distilled], [ptr(1)], [target, int('int', 4)])).toMatchObject([{ id: 3, typeId: 1 }]);
  });

  it.each<[string, TypeRecord, TypeRecord]>([
    ['an int of another encoding', int('i', 4), int('i', 4, 'signed')],
    ['an int of another size', int('i', 4), int('i', 8)],
    ['a float of another size', float('f', 4), float('f', 8)],
    ['an enum of another size', enum32('e'), enum32('e', [['A', 1]], { byteSize: 1 })],
    ['a union for a declared struct', fwd('s'), union('s', 4)],
    ['a union for a struct', struct('s', 4), union('s', 4)],
    ['a typedef for a struct', struct('s', 4), typedef('s', 2)],
  ])('%s is not it', (_, distilled, target) => {
    expectError(
      () => moved([distilled], [ptr(1)], [target, int('int', 4)]),
      'not-found',
      'the new base has no',
    );
  });

  it('needs an old base whose types are told by their names', () => {
    expectError(() => moved([ptr(0)], [constOf(1)], []), 'bad-data', 'type 1 of the old base');
    expectError(() => moved([struct('', 4)], [constOf(1)], []), 'bad-data', 'type 1 of the old base');
  });

  it('needs names of types, not of members', () => {
    const old = decodeBtf(btf([int('int', 4)], { strings: ['stray'] }));
    const table = decodeBtf(btf([typedef(1, 1)], { base: { types: 2, stringBytes: old.strings.end } }), {
      base: old,
    });
    expectError(() => relocate(table, tableOf([int('int', 4)])), 'bad-data', 'name offset 1');
  });
});

/** Views: what each kind of record says. */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import type { Type } from '../../src/model/types.ts';
import {
  array,
  btf,
  constOf,
  datasec,
  declTag,
  enum32,
  enum64,
  float,
  func,
  funcProto,
  fwd,
  info,
  int,
  ptr,
  restrictOf,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  union,
  variable,
  volatileOf,
} from '../support/btf-writer.ts';
import { tableOf } from '../support/types.ts';

/** The view of a record. It may refer to ids that do not exist: views do not follow them. */
function view(record: TypeRecord): Type {
  return tableOf([record]).type(1);
}

describe('the view of a scalar', () => {
  it.each(['none', 'signed', 'char', 'bool'] as const)('int says its encoding: %s', (encoding) => {
    expect(view(int('i', 4, encoding))).toEqual({
      kind: 'int',
      id: 1,
      name: 'i',
      byteSize: 4,
      encoding,
      bitSize: 32,
      bitOffset: 0,
    });
  });

  it('int says the bits of a legacy bitfield', () => {
    expect(view(int('i', 4, 'signed', { bits: 3, bitOffset: 5 }))).toMatchObject({
      bitSize: 3,
      bitOffset: 5,
    });
  });

  it('float says its size', () => {
    expect(view(float('double', 8))).toEqual({ kind: 'float', id: 1, name: 'double', byteSize: 8 });
  });
});

describe('the view of a reference', () => {
  it.each<[string, TypeRecord, Partial<Type>]>([
    ['pointer', ptr(7), { kind: 'pointer', typeId: 7, name: '' }],
    ['typedef', typedef('t', 7), { kind: 'typedef', typeId: 7, name: 't' }],
    ['const', constOf(7), { kind: 'const', typeId: 7 }],
    ['volatile', volatileOf(7), { kind: 'volatile', typeId: 7 }],
    ['restrict', restrictOf(7), { kind: 'restrict', typeId: 7 }],
    ['typeTag', typeTag('user', 7), { kind: 'typeTag', typeId: 7, name: 'user', isAttribute: false }],
    ['typeTag of an attribute', typeTag('a', 7, { attribute: true }), { kind: 'typeTag', isAttribute: true }],
    ['declTag', declTag('tag', 7), { kind: 'declTag', typeId: 7, name: 'tag', componentIndex: -1 }],
    [
      'declTag of a member',
      declTag('tag', 7, 2, { attribute: true }),
      { componentIndex: 2, isAttribute: true },
    ],
    ['array', array(7, 8, 9), { kind: 'array', elementTypeId: 7, indexTypeId: 8, count: 9 }],
  ])('%s', (_, record, expected) => {
    expect(view(record)).toMatchObject(expected);
  });
});

describe('the view of a composite', () => {
  it('has members with bit offsets; without the kind flag none is a bitfield', () => {
    expect(
      view(
        struct('s', 8, [
          ['a', 2, 0],
          ['', 3, 0x0100_0020],
        ]),
      ),
    ).toEqual({
      kind: 'struct',
      id: 1,
      name: 's',
      byteSize: 8,
      members: [
        { name: 'a', typeId: 2, bitOffset: 0, bitSize: undefined },
        { name: '', typeId: 3, bitOffset: 0x0100_0020, bitSize: undefined },
      ],
    });
  });

  it('has bitfields with the kind flag, and members of width 0 are none', () => {
    expect(
      view(
        union('u', 4, [
          ['a', 2, 35, 5],
          ['b', 2, 64, 0],
        ]),
      ),
    ).toMatchObject({
      kind: 'union',
      members: [
        { bitOffset: 35, bitSize: 5 },
        { bitOffset: 64, bitSize: undefined },
      ],
    });
  });

  it('of a forward declaration says which of the two it is', () => {
    expect(view(fwd('f'))).toEqual({ kind: 'forward', id: 1, name: 'f', forwardKind: 'struct' });
    expect(view(fwd('f', 'union'))).toMatchObject({ forwardKind: 'union' });
  });
});

describe('the view of an enum', () => {
  const values = (record: TypeRecord): unknown => {
    const type = view(record);
    return type.kind === 'enum' && type.enumerators.map(({ name, value }) => [name, value]);
  };

  it('has unsigned or signed 32-bit values', () => {
    expect(
      values(
        enum32('e', [
          ['A', 0],
          ['B', -1],
        ]),
      ),
    ).toEqual([
      ['A', 0n],
      ['B', 0xffff_ffffn],
    ]);
    expect(values(enum32('e', [['A', -1]], { signed: true }))).toEqual([['A', -1n]]);
  });

  it('has unsigned or signed 64-bit values', () => {
    expect(values(enum64('e', [['A', 2n ** 63n]]))).toEqual([['A', 2n ** 63n]]);
    expect(values(enum64('e', [['A', -(2n ** 40n)]], { signed: true }))).toEqual([['A', -(2n ** 40n)]]);
  });

  it('says size and sign', () => {
    expect(view(enum32('e', [], { byteSize: 1, signed: true }))).toEqual({
      kind: 'enum',
      id: 1,
      name: 'e',
      byteSize: 1,
      isSigned: true,
      enumerators: [],
    });
  });
});

describe('the view of a function', () => {
  it.each(['static', 'global', 'extern'] as const)('says its prototype and linkage: %s', (linkage) => {
    expect(view(func('f', 7, linkage))).toEqual({ kind: 'func', id: 1, name: 'f', protoId: 7, linkage });
  });

  it('has no linkage where the number is none', () => {
    expect(view(func('f', 7, 9))).toMatchObject({ linkage: undefined });
  });

  it('type has a return type and parameters', () => {
    expect(
      view(
        funcProto(3, [
          ['a', 4],
          ['', 5],
        ]),
      ),
    ).toEqual({
      kind: 'funcProto',
      id: 1,
      name: '',
      returnTypeId: 3,
      parameters: [
        { name: 'a', typeId: 4 },
        { name: '', typeId: 5 },
      ],
      isVariadic: false,
    });
  });

  it('type is variadic when the last parameter has neither name nor type', () => {
    expect(
      view(
        funcProto(0, [
          ['a', 4],
          ['', 0],
        ]),
      ),
    ).toMatchObject({
      parameters: [{ name: 'a' }],
      isVariadic: true,
    });
  });
});

describe('the view of data', () => {
  it('var says type and linkage', () => {
    expect(view(variable('v', 7, 'global'))).toEqual({
      kind: 'var',
      id: 1,
      name: 'v',
      typeId: 7,
      linkage: 'global',
    });
  });

  it('datasec says where its variables lie', () => {
    expect(view(datasec('.data', 16, [[7, 8, 4]]))).toEqual({
      kind: 'datasec',
      id: 1,
      name: '.data',
      byteSize: 16,
      variables: [{ varId: 7, byteOffset: 8, byteSize: 4 }],
    });
  });
});

describe('the view of a kind that is not known', () => {
  it('says its number', () => {
    const layout = Array.from({ length: 21 }, () => [0, 0] as const);
    const table = decodeBtf(btf([['novel', info(20), 0]], { layout }));
    expect(table.type(1)).toEqual({ kind: 'unknown', id: 1, name: 'novel', kindNumber: 20 });
  });
});

/** Sizes, natural alignment and flexible arrays of single types. */

import { describe, expect, it } from 'vitest';
import { TypeFacts, type TypeFactsOptions } from '../../src/layout/type-facts.ts';
import {
  array,
  constOf,
  enum32,
  enum64,
  float,
  func,
  funcProto,
  fwd,
  int,
  ptr,
  restrictOf,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  union,
  volatileOf,
} from '../support/btf-writer.ts';
import { tableOf } from '../support/types.ts';

const CHAR = 1;
const INT = 2;
const types = [int('char', 1, 'char'), int('int', 4, 'signed')];

/** The facts of these records, the first of which has id 3, and the id of the last. */
function factsOf(records: readonly TypeRecord[], options?: TypeFactsOptions): [TypeFacts, number] {
  const all = [...types, ...records];
  return [new TypeFacts(tableOf(all), options), all.length];
}

function sizeOf(...records: TypeRecord[]): number {
  const [facts, last] = factsOf(records);
  return facts.sizeOf(last);
}

describe('the size of a type', () => {
  it.each<[string, TypeRecord[], number]>([
    ['an int', [int('short', 2, 'signed')], 2],
    ['a float', [float('double', 8)], 8],
    ['a pointer', [ptr(CHAR)], 8],
    ['a function type, as that of a pointer', [funcProto(INT)], 8],
    ['an enum', [enum32('e', [], { byteSize: 1 })], 1],
    ['an enum whose size is not stated, as that of int', [enum32('e', [], { byteSize: 0 })], 4],
    ['a wide enum', [enum64('e')], 8],
    ['a struct', [struct('s', 12, [['a', INT, 0]])], 12],
    ['a union', [union('u', 12)], 12],
    ['an array, of all its elements', [array(INT, INT, 3)], 12],
    ['nested arrays', [array(INT, INT, 3), array(3, INT, 5)], 60],
    ['an array without elements', [array(INT, INT, 0)], 0],
    [
      'what is behind typedefs, qualifiers and tags',
      [typedef('t', INT), constOf(3), volatileOf(4), restrictOf(5), typeTag('user', 6)],
      4,
    ],
    ['a struct of one byte without members, which takes none', [struct('empty', 1)], 0],
    ['a forward declaration', [fwd('f')], 0],
    ['a function', [funcProto(INT), func('f', 3)], 0],
  ])('is that of %s', (_, records, byteSize) => {
    expect(sizeOf(...records)).toBe(byteSize);
  });

  it('is 0 for void and for a type that is missing', () => {
    const [facts] = factsOf([]);
    expect([facts.sizeOf(0), facts.sizeOf(1000)]).toEqual([0, 0]);
  });

  it('is that of a pointer of the file', () => {
    const facts = new TypeFacts(tableOf([ptr(0)], { pointerSize: 4 }));
    expect([facts.sizeOf(1), facts.alignmentOf(1)]).toEqual([4, 4]);
  });

  it('is 0 for a chain that never ends', () => {
    expect(sizeOf(typedef('a', 4), typedef('b', 3))).toBe(0);
  });

  it('of legacy bitfields is their whole bytes in use, where those are not wanted', () => {
    const [facts, last] = factsOf([int('int', 4, 'signed', { bits: 17 })], { legacyBitfields: false });
    expect(facts.sizeOf(last)).toBe(2);
  });
});

describe('natural alignment', () => {
  it.each<[string, TypeRecord[], number]>([
    ['of a number is its size', [float('double', 8)], 8],
    ['of an enum is its size', [enum32('e', [], { byteSize: 2 })], 2],
    ['of an array is that of its elements', [array(INT, INT, 7)], 4],
    [
      'of a struct is the largest of its members',
      [
        struct('s', 8, [
          ['a', CHAR, 0],
          ['b', INT, 32],
        ]),
      ],
      4,
    ],
    [
      'of a union is the largest of its members',
      [
        union('u', 4, [
          ['a', CHAR, 0],
          ['b', INT, 0],
        ]),
      ],
      4,
    ],
    [
      'of a struct looks behind the typedefs of members',
      [typedef('t', INT), struct('s', 4, [['a', 3, 0]])],
      4,
    ],
    ['of a struct without members is 1', [struct('s', 8)], 1],
    ['of what has none is 1', [fwd('f')], 1],
    [
      'of a struct that holds itself ends',
      [
        struct('s', 8, [
          ['a', 3, 0],
          ['b', INT, 0],
        ]),
      ],
      4,
    ],
  ])('%s', (_, records, alignment) => {
    const [facts, last] = factsOf(records);
    expect(facts.alignmentOf(last)).toBe(alignment);
  });
});

describe('a flexible array', () => {
  const flexible = [
    array(CHAR, INT, 0),
    struct('flexible', 4, [
      ['n', INT, 0],
      ['data', 3, 32],
    ]),
  ];

  it('is a last member that is directly an array without elements', () => {
    const [facts, last] = factsOf(flexible);
    expect(facts.hasFlexibleArray(last)).toBe(true);
  });

  it.each<[string, TypeRecord[]]>([
    [
      'with elements',
      [
        array(CHAR, INT, 1),
        struct('s', 5, [
          ['n', INT, 0],
          ['data', 3, 32],
        ]),
      ],
    ],
    [
      'that is not the last member',
      [
        array(CHAR, INT, 0),
        struct('s', 4, [
          ['data', 3, 0],
          ['n', INT, 0],
        ]),
      ],
    ],
    [
      'behind a typedef',
      [
        array(CHAR, INT, 0),
        typedef('t', 3),
        struct('s', 4, [
          ['n', INT, 0],
          ['data', 4, 32],
        ]),
      ],
    ],
    ['of a struct without members', [struct('s', 4)]],
  ])('is none %s', (_, records) => {
    const [facts, last] = factsOf(records);
    expect(facts.hasFlexibleArray(last)).toBe(false);
  });

  it('is embedded when a member is, behind typedefs, a struct with one, at any depth', () => {
    const outer = [
      typedef('t', 4),
      struct('outer', 8, [
        ['f', 5, 0],
        ['n', INT, 32],
      ]),
    ];
    const outermost = struct('outermost', 12, [['o', 6, 0]]);
    const [facts] = factsOf([...flexible, ...outer, outermost]);
    expect([6, 7].map((id) => facts.hasEmbeddedFlexibleArray(id))).toEqual([true, true]);
  });

  it('is not embedded in the struct that it ends, nor in a union', () => {
    const [facts, last] = factsOf([...flexible, union('u', 4, [['f', 4, 0]])]);
    expect([4, last].map((id) => facts.hasEmbeddedFlexibleArray(id))).toEqual([false, false]);
  });
});

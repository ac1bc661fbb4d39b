/**
 * The situations that libbpf's own tests of `btf__dedup` name (linux tools/testing/selftests/bpf: btf, btf_dedup_split)
 * and that dedup.test.ts does not have by another name, each with types of ours.
 */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { dedup } from '../../src/btf/dedup.ts';
import type { TypeTable } from '../../src/model/table.ts';
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
  int,
  ptr,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  variable,
} from '../support/btf-writer.ts';
import { everyKind } from '../support/every-kind.ts';
import { tableOf } from '../support/types.ts';

function views(table: TypeTable, first = 0): Type[] {
  return Array.from({ length: table.end - first }, (_, index) => table.type(first + index));
}

function expectTypes(input: readonly TypeRecord[], expected: readonly TypeRecord[]): void {
  expect(views(dedup([tableOf(input)]).table)).toEqual(views(tableOf(expected)));
}

const expectUnchanged = (...records: TypeRecord[]): void => expectTypes(records, records);

/** The types that a table split from `base` has of its own after deduplication. */
function ownOf(base: TypeTable, records: readonly TypeRecord[]): Type[] {
  const bytes = btf(records, { base: { types: base.end, stringBytes: base.strings.end } });
  return views(dedup([decodeBtf(bytes, { base })]).table, base.end);
}

const INT = int('int', 4, 'signed');

describe('all kinds', () => {
  it('stay where nothing is there twice', () => {
    expectUnchanged(...everyKind);
  });

  it('of a unit and its copy become one, but for variables and sections', () => {
    const unit = (shift: number, floatId: number): TypeRecord[] => [
      INT,
      array(shift + 1, shift + 1, 8),
      struct('node', 64, [
        ['next', shift + 4, 0],
        ['name', shift + 5, 64],
        ['cells', shift + 2, 128],
        ['weight', floatId, 384],
      ]),
      ptr(shift + 3),
      ptr(shift + 6),
      constOf(shift + 1),
      declTag('node', shift + 3),
      declTag('node', shift + 3, 1),
    ];
    // The second unit has the float that both use.
    expectTypes([...unit(0, 17), ...unit(8, 17), float('float', 4)], [...unit(0, 9), float('float', 4)]);
    const data = (id: number): TypeRecord[] => [variable('x', 1), datasec('.bss', 4, [[id, 0, 4]])];
    expectTypes([INT, ...data(2), ...data(4)], [INT, ...data(2), ...data(4)]);
  });
});

describe('a pointer to void', () => {
  it('is none to a struct without members', () => {
    expectUnchanged(
      struct('', 0),
      ptr(1),
      struct('holder', 8, [['p', 2, 0]]),
      ptr(0),
      struct('holder', 8, [['p', 4, 0]]),
    );
  });
});

describe('tags on declarations', () => {
  const proto = funcProto(0, [
    ['left', 1],
    ['right', 1],
  ]);

  it('that are there twice are one: on variables, functions, parameters', () => {
    const tags = [2, 4].map((target) => declTag('t', target));
    const all = [...tags, declTag('t', 4, 1)];
    expectTypes(
      [INT, variable('v', 1), proto, func('f', 3), ...all.flatMap((tag) => [tag, tag])],
      [INT, variable('v', 1), proto, func('f', 3), ...all],
    );
  });

  it.each<[string, (first: number) => TypeRecord[], number]>([
    ['a function', (first) => [proto, func('f', first)], 1],
    [
      'a struct',
      () => [
        struct('s', 8, [
          ['a', 1, 0],
          ['b', 1, 32],
        ]),
      ],
      0,
    ],
  ])('of %s and of its copy come together', (_, make, offset) => {
    const [one, copy] = [make(2), make(2 + offset + 1)];
    const [id, other] = [2 + offset, 3 + 2 * offset];
    expectTypes(
      [
        INT,
        ...one,
        ...copy,
        ...[declTag('x', id), declTag('y', id), declTag('x', id, 1), declTag('y', id, 1)],
        ...[declTag('x', other), declTag('z', other), declTag('x', other, 1), declTag('z', other, 1)],
      ],
      [
        INT,
        ...one,
        ...[declTag('x', id), declTag('y', id), declTag('x', id, 1), declTag('y', id, 1)],
        ...[declTag('z', id), declTag('z', id, 1)],
      ],
    );
  });

  it('of a typedef and of its copy come together', () => {
    const typedefs = [typedef('t', 1), typedef('t', 1)];
    const tags = [declTag('x', 2), declTag('y', 2), declTag('x', 3), declTag('z', 3)];
    expectTypes(
      [INT, ...typedefs, ...tags],
      [INT, typedef('t', 1), declTag('x', 2), declTag('y', 2), declTag('z', 2)],
    );
  });
});

describe('tags on types', () => {
  const outerInner = [typeTag('inner', 1), typeTag('outer', 2), ptr(3)];

  it('in the same order on the same type are the same, and shorter chains share their end', () => {
    expectTypes(
      [INT, ...outerInner, typeTag('inner', 1), typeTag('outer', 5), ptr(6), typeTag('inner', 1), ptr(8)],
      [INT, ...outerInner, ptr(2)],
    );
  });

  it('of which one is missing, or in another order, or on another type are not', () => {
    expectUnchanged(INT, ...outerInner, typeTag('outer', 1), ptr(5));
    expectUnchanged(INT, ...outerInner, typeTag('outer', 1), typeTag('inner', 5), ptr(6));
    expectUnchanged(INT, typeTag('t', 1), ptr(2), int('long', 8, 'signed'), typeTag('t', 4), ptr(5));
  });

  it('on members do not keep structs apart', () => {
    const tagged = (id: number): TypeRecord => struct('s', 4, [['m', id, 0, 0]]);
    expectTypes(
      [INT, typeTag('t', 1), tagged(2), typeTag('t', 1), tagged(4)],
      [INT, typeTag('t', 1), tagged(2)],
    );
  });
});

describe('enums', () => {
  it('of 64 bits complete their declarations, before and after them', () => {
    const [one, two, three] = [
      enum64('e', [['A', 1n << 40n]]),
      enum64('f', [['B', 7]]),
      enum64('e', [['A', 9]]),
    ];
    expectTypes([enum64('e'), one, two, enum64('f'), three], [one, two, three]);
  });

  it('of other sizes are others', () => {
    expectUnchanged(enum32('e', [['A', 1]]), enum32('e', [['A', 1]], { byteSize: 2 }));
    expectUnchanged(enum32('e', [['A', 1]]), enum64('e', [['A', 1]], { byteSize: 4 }));
  });

  it('stand for declarations of the other width behind typedefs', () => {
    const [wide, narrow] = [enum64('e', [['A', 1]]), enum32('e', [['A', 1]])];
    expectTypes([wide, enum32('e'), typedef('t', 2)], [wide, typedef('t', 1)]);
    expectTypes([narrow, enum64('e'), typedef('t', 2)], [narrow, typedef('t', 1)]);
  });
});

describe('a typedef', () => {
  it('of a function that gives it back is one', () => {
    expectTypes(
      [typedef('F', 2), funcProto(1), typedef('F', 4), funcProto(3)],
      [typedef('F', 2), funcProto(1)],
    );
  });
});

describe('a declaration by itself', () => {
  const use = (id: number, at: number): TypeRecord[] => [ptr(id), typedef('handle', at)];

  it('becomes the struct that another unit defines, and users follow', () => {
    const whole = [struct('s', 4, [['x', 2, 0]]), INT];
    expectTypes([...whole, fwd('s'), ...use(3, 4)], [...whole, ...use(1, 3)]);
  });

  it('stays beside a type of the other kind, and where the name has two', () => {
    expectUnchanged(struct('s', 4, [['x', 2, 0]]), INT, fwd('s', 'union'), ...use(3, 4));
    expectUnchanged(
      struct('s', 4, [['x', 2, 0]]),
      INT,
      struct('s', 4, [['y', 2, 0]]),
      fwd('s'),
      ...use(4, 5),
    );
  });
});

describe('split types', () => {
  it('with copies of types of the base use those', () => {
    const base = tableOf([INT, ptr(1), struct('inner', 4, [['v', 1, 0]])]);
    const own = ownOf(base, [
      struct('outer', 16, [
        ['a', 6, 0],
        ['b', 5, 32],
        ['c', 2, 64],
      ]),
      INT,
      struct('inner', 4, [['v', 5, 0]]),
    ]);
    expect(own).toMatchObject([{ name: 'outer', members: [{ typeId: 3 }, { typeId: 1 }, { typeId: 2 }] }]);
  });

  it('complete declarations by what the base defines, inside of structs and alone', () => {
    const base = tableOf([
      INT,
      ptr(4),
      ptr(5),
      struct('list', 16, [
        ['next', 2, 0],
        ['data', 3, 64],
      ]),
      struct('data', 4, [['v', 1, 0]]),
      struct('alone', 4, [['v', 1, 0]]),
    ]);
    const own = ownOf(base, [
      INT,
      ptr(11),
      fwd('data'),
      ptr(9),
      struct('list', 16, [
        ['next', 8, 0],
        ['data', 10, 64],
      ]),
      fwd('alone'),
      ptr(12),
    ]);
    expect(own).toMatchObject([{ kind: 'pointer', typeId: 6 }]);
  });

  it('that define what the base declares are kept, with all that leads there', () => {
    const base = tableOf([
      INT,
      ptr(5),
      fwd('data'),
      ptr(3),
      struct('list', 16, [
        ['next', 2, 0],
        ['data', 4, 64],
      ]),
    ]);
    const own = ownOf(base, [
      INT,
      ptr(10),
      fwd('data'),
      ptr(11),
      struct('list', 16, [
        ['next', 7, 0],
        ['data', 9, 64],
      ]),
      struct('data', 24, [
        ['list', 7, 0],
        ['self', 9, 64],
        ['count', 6, 128],
      ]),
      ptr(8),
      struct('user', 8, [['data', 12, 0]]),
    ]);
    expect(own).toMatchObject([
      { id: 6, kind: 'pointer', typeId: 8 },
      { id: 7, kind: 'pointer', typeId: 9 },
      { id: 8, name: 'list', members: [{ typeId: 6 }, { typeId: 7 }] },
      { id: 9, name: 'data', members: [{ typeId: 6 }, { typeId: 7 }, { typeId: 1 }] },
      { id: 10, name: 'user', members: [{ typeId: 7 }] },
    ]);
  });

  it('with equal structs for two members find the one of the base', () => {
    const unit = (shift: number): TypeRecord[] => [
      INT,
      struct('s', 8, [
        ['a', shift + 3, 0],
        ['b', shift + 4, 0],
      ]),
      ...[1, 2].map(() =>
        struct('', 8, [
          ['x', shift + 1, 0],
          ['y', shift + 1, 32],
        ]),
      ),
    ];
    const base = dedup([tableOf(unit(0))]).table;
    expect(base.end).toBe(4);
    expect(ownOf(base, unit(3))).toEqual([]);
  });
});

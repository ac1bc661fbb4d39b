/** Deduplication, case by case: what is the same, what is not, and what stays. */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { Deduplicator, dedup } from '../../src/btf/dedup.ts';
import { encodeBtf } from '../../src/btf/encode.ts';
import { Kind } from '../../src/model/kinds.ts';
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
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  union,
  variable,
  volatileOf,
} from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { modelTableOf, tableOf } from '../support/types.ts';

function viewsOf(records: readonly TypeRecord[]): Type[] {
  const table = tableOf(records);
  return Array.from({ length: table.end }, (_, id) => table.type(id));
}

/** The types of `input` become `expected`, in this order. */
function expectTypes(input: readonly TypeRecord[], expected: readonly TypeRecord[]): void {
  const { table } = dedup([tableOf(input)]);
  expect(Array.from({ length: table.end }, (_, id) => table.type(id))).toEqual(viewsOf(expected));
}

function expectUnchanged(...records: TypeRecord[]): void {
  expectTypes(records, records);
}

describe('names', () => {
  it('that nothing refers to vanish, and each stays once, in the order of use', () => {
    const strings = ['unused', 'int', 'b', 'again', 'again'];
    const table = decodeBtf(btf([int('int', 4), typedef('again', 1), typedef('b', 1)], { strings }));
    expect(dedup([table]).table.strings.bytes.toString()).toBe('\0int\0again\0b\0');
  });

  it('are compared by their text, not by their offset', () => {
    const [first, second] = [btf([int('int', 4)]), btf([int('int', 4)], { strings: ['x', 'y'] })];
    expect(dedup([decodeBtf(first), decodeBtf(second)]).table.end).toBe(2);
  });

  it('that are tails of longer names are names', () => {
    const table = decodeBtf(btf([int('unsigned int', 4), int(10, 4)]));
    expect(dedup([table]).table.strings.bytes.toString()).toBe('\0unsigned int\0int\0');
  });

  it('may hold any bytes', () => {
    const blob = btf([int('xyz', 4)], { strings: ['xyz'] });
    const at = blob.length - 4;
    blob.set([0xff, 0xc3, 0x28], at);
    expect([...dedup([decodeBtf(blob)]).table.strings.bytes]).toEqual([0, 0xff, 0xc3, 0x28, 0]);
  });
});

describe('types that refer to nothing', () => {
  it('are the same where all of the record is', () => {
    const ints = [
      int('int', 4, 'signed'),
      float('float', 4),
      enum32('e', [['A', 1]]),
      enum64('w', [['B', 1]]),
    ];
    expectTypes([...ints, ...ints], ints);
  });

  it('are different where name, size, encoding, bits or offset are', () => {
    expectUnchanged(
      int('int', 4, 'signed'),
      int('int', 4),
      int('unsigned', 4),
      int('int', 8),
      int('int', 4, 'none', { bits: 27 }),
      int('int', 4, 'none', { bits: 27, bitOffset: 1 }),
      float('f', 4),
      float('f', 8),
      float('g', 4),
    );
  });

  it('are different where enumerators, their order or signedness are', () => {
    expectUnchanged(
      enum32('e', [['A', 1]]),
      enum32('e', [['A', 2]]),
      enum32('e', [['B', 1]]),
      enum32('e', [['A', 1]], { signed: true }),
      enum32('', [['A', 1]]),
      enum64('e', [['A', 1]]),
      enum64('e', [['A', 1n << 40n]]),
    );
  });
});

describe('variables and sections', () => {
  it('are never the same', () => {
    const section = [variable('v', 1), datasec('.data', 4, [[2, 0, 4]])];
    expectTypes(
      [int('int', 4), ...section, int('int', 4), variable('v', 4), datasec('.data', 4, [[5, 0, 4]])],
      [int('int', 4), ...section, variable('v', 1), datasec('.data', 4, [[4, 0, 4]])],
    );
  });

  it('keep tags of different variables apart', () => {
    expectUnchanged(int('int', 4), variable('v', 1), variable('v', 1), declTag('t', 2), declTag('t', 3));
  });
});

describe('references', () => {
  it('are the same where what they refer to is', () => {
    const unit = [int('int', 4), ptr(1), constOf(2), volatileOf(3), array(4, 1, 3)];
    const again = [int('int', 4), ptr(6), constOf(7), volatileOf(8), array(9, 6, 3)];
    expectTypes([...unit, ...again], unit);
  });

  it('to void are the same', () => {
    expectTypes([ptr(0), constOf(0), ptr(0), ptr(2), constOf(0), ptr(5)], [ptr(0), constOf(0), ptr(2)]);
  });

  it('of arrays are different where count, element or index are', () => {
    expectUnchanged(
      int('int', 4),
      int('char', 1),
      array(1, 1, 2),
      array(1, 1, 3),
      array(2, 1, 2),
      array(1, 2, 2),
    );
  });

  it('of prototypes are different where types or names of parameters are', () => {
    expectUnchanged(
      int('int', 4),
      funcProto(0, [['a', 1]]),
      funcProto(0, [['b', 1]]),
      funcProto(0, [['', 1]]),
      funcProto(1, [['a', 1]]),
      funcProto(0, [
        ['a', 1],
        ['', 0],
      ]),
    );
  });

  it('of functions are different where name or linkage are', () => {
    expectUnchanged(funcProto(0), func('f', 1), func('f', 1, 'global'), func('g', 1));
  });

  it('of tags are different where value, target, component or kind of tag are', () => {
    expectUnchanged(
      int('int', 4),
      struct('s', 4, [['m', 1, 0]]),
      declTag('t', 2),
      declTag('u', 2),
      declTag('t', 2, 0),
      declTag('t', 2, -1, { attribute: true }),
      typeTag('t', 1),
      typeTag('u', 1),
      typeTag('t', 1, { attribute: true }),
      typeTag('t', 5),
    );
  });

  it('stay in the order in which they are reached', () => {
    // The pointer that type 1 reaches comes before its twin with the lower id.
    expectTypes([constOf(3), ptr(4), ptr(4), int('int', 4)], [constOf(2), ptr(3), int('int', 4)]);
  });

  it('with tags on parameters and functions are the same', () => {
    const unit = [int('int', 4), funcProto(1, [['a', 1]]), func('f', 2), declTag('x', 3), declTag('x', 3, 0)];
    const again = [
      int('int', 4),
      funcProto(6, [['a', 6]]),
      func('f', 7),
      declTag('x', 8),
      declTag('x', 8, 0),
    ];
    expectTypes([...unit, ...again], unit);
  });
});

describe('structs and unions', () => {
  const list = (first: number): TypeRecord[] => [
    int('int', 4),
    struct('list', 16, [
      ['next', first + 2, 0],
      ['data', first, 64],
    ]),
    ptr(first + 1),
  ];

  it('that refer to themselves are the same where their contents are', () => {
    expectTypes([...list(1), ...list(4)], list(1));
  });

  it('are different where size, member name, offset or number of members are', () => {
    expectUnchanged(
      int('int', 4),
      struct('s', 4, [['a', 1, 0]]),
      struct('s', 8, [['a', 1, 0]]),
      struct('s', 4, [['b', 1, 0]]),
      struct('s', 8, [['a', 1, 32]]),
      struct('s', 4, []),
      struct('s', 4, [['a', 1, 0, 4]]),
      union('s', 4, [['a', 1, 0]]),
    );
  });

  it('are different where what a member refers to is, at any depth', () => {
    expectTypes(
      [
        ...[int('int', 4), struct('in', 4, [['x', 1, 0]]), struct('out', 8, [['p', 4, 0]]), ptr(2)],
        ...[float('int', 4), struct('in', 4, [['x', 5, 0]]), struct('out', 8, [['p', 8, 0]]), ptr(6)],
        ...[int('int', 4), struct('in', 4, [['x', 9, 0]]), struct('out', 8, [['p', 12, 0]]), ptr(10)],
      ],
      [
        ...[int('int', 4), struct('in', 4, [['x', 1, 0]]), struct('out', 8, [['p', 4, 0]]), ptr(2)],
        ...[float('int', 4), struct('in', 4, [['x', 5, 0]]), struct('out', 8, [['p', 8, 0]]), ptr(6)],
      ],
    );
  });

  it('without a name are the same where their contents are', () => {
    expectTypes(
      [
        int('int', 4),
        struct('', 4, [['a', 1, 0]]),
        struct('', 4, [['a', 1, 0]]),
        struct('', 4, [['b', 1, 0]]),
      ],
      [int('int', 4), struct('', 4, [['a', 1, 0]]), struct('', 4, [['b', 1, 0]])],
    );
  });

  it('are not the same because one type serves two members and in another unit only one', () => {
    const shared = [
      int('int', 4),
      array(1, 1, 2),
      struct('s', 16, [
        ['x', 2, 0],
        ['y', 2, 64],
      ]),
    ];
    const mixed = [
      float('float', 4),
      array(4, 1, 2),
      struct('s', 16, [
        ['x', 2, 0],
        ['y', 5, 64],
      ]),
    ];
    expectUnchanged(...shared, ...mixed);
  });

  it('that a unit has twice are once', () => {
    const twice = [
      int('int', 4),
      struct('s', 4, [['a', 1, 0]]),
      struct('s', 4, [['a', 1, 0]]),
      ptr(2),
      ptr(3),
    ];
    expectTypes(twice, [int('int', 4), struct('s', 4, [['a', 1, 0]]), ptr(2)]);
  });
});

describe('a forward declaration', () => {
  it('is the struct that it declares, wherever that is', () => {
    const used = (id: number): TypeRecord => struct('user', 8, [['p', id, 0]]);
    expectTypes(
      [fwd('s'), ptr(1), used(2), struct('s', 4), ptr(4), used(5)],
      [ptr(3), struct('user', 8, [['p', 1, 0]]), struct('s', 4)],
    );
  });

  it('is resolved where nothing else refers to it', () => {
    expectTypes([struct('s', 4), fwd('s'), ptr(2)], [struct('s', 4), ptr(1)]);
    expectTypes([union('u', 4), fwd('u', 'union'), ptr(2)], [union('u', 4), ptr(1)]);
  });

  it('of a struct is no union', () => {
    expectUnchanged(union('s', 4), fwd('s'), ptr(2));
    expectUnchanged(struct('s', 4), fwd('s', 'union'), ptr(2));
  });

  it('stays where several structs have the name', () => {
    expectUnchanged(struct('s', 4), struct('s', 8), fwd('s'), ptr(3));
  });

  it('stays where a struct and a union have the name', () => {
    expectUnchanged(struct('s', 4), union('s', 4), fwd('s'), ptr(3));
  });

  it('of one of several structs is the one that an equal user has', () => {
    const user = (id: number): TypeRecord => struct('user', 8, [['p', id, 0]]);
    expectTypes(
      [struct('s', 4), ptr(1), struct('s', 8), ptr(3), user(4), fwd('s'), ptr(6), user(7), constOf(6)],
      [struct('s', 4), ptr(1), struct('s', 8), ptr(3), user(4), constOf(3)],
    );
  });

  it('stays once where nothing defines it', () => {
    expectTypes([fwd('s'), ptr(1), fwd('s'), ptr(3)], [fwd('s'), ptr(1)]);
  });

  it('completes structs that are each known in another unit only', () => {
    const [a, b] = [
      (p: number): TypeRecord => struct('a', 8, [['b', p, 0]]),
      (p: number): TypeRecord => struct('b', 8, [['a', p, 0]]),
    ];
    expectTypes([a(3), fwd('b'), ptr(2), b(6), fwd('a'), ptr(5)], [a(2), ptr(3), b(4), ptr(1)]);
  });
});

describe('a forward declaration of an enum', () => {
  const full = enum32('e', [['A', 1]]);

  it('is the enum, which may come first or last', () => {
    expectTypes([enum32('e'), ptr(1), full, ptr(3)], [ptr(2), full]);
    expectTypes([full, ptr(1), enum32('e'), ptr(3)], [full, ptr(1)]);
  });

  it('may have another size and be one of 64 bits', () => {
    expectTypes(
      [enum32('e'), enum64('e', [['A', 1n << 40n]]), ptr(1)],
      [enum64('e', [['A', 1n << 40n]]), ptr(1)],
    );
    expectTypes([full, enum64('e'), ptr(2)], [full, ptr(1)]);
    expectTypes([full, enum32('e', [], { byteSize: 1 })], [full]);
  });

  it('does not keep structs apart', () => {
    const user = (id: number): TypeRecord => struct('user', 8, [['p', id, 0]]);
    expectTypes([enum32('e'), ptr(1), user(2), full, ptr(4), user(5)], [ptr(3), user(1), full]);
  });

  it('leaves enums of other values alone', () => {
    expectTypes([full, enum32('e'), enum32('e', [['A', 2]])], [full, enum32('e', [['A', 2]])]);
  });
});

describe('typedefs', () => {
  it('are the same where name and target are', () => {
    expectTypes(
      [int('int', 4), typedef('t', 1), int('int', 4), typedef('t', 3), typedef('u', 3)],
      [int('int', 4), typedef('t', 1), typedef('u', 1)],
    );
  });

  it('may refer to themselves, as those of Go', () => {
    const unit = (first: number): TypeRecord[] => [
      typedef('F', first + 1),
      ptr(first + 2),
      funcProto(0, [['f', first]]),
    ];
    expectTypes([...unit(1), ...unit(4)], unit(1));
  });

  it('of different loops are different', () => {
    expectUnchanged(typedef('F', 2), ptr(1), typedef('F', 4), constOf(5), ptr(3));
  });
});

describe('loops without a name', () => {
  it('are the same where they look the same', () => {
    expectTypes([ptr(2), constOf(1), ptr(4), constOf(3)], [ptr(2), constOf(1)]);
  });

  it.each([
    ['a pointer to itself', [ptr(1)]],
    ['a struct in itself', [struct('', 8, [['m', 1, 0]])]],
    ['an array of itself with itself as index', [array(1, 1, 1)]],
  ])('%s stays', (_, records) => {
    expectUnchanged(...records);
  });
});

describe('a base', () => {
  const base = tableOf([
    int('int', 4),
    ptr(1),
    struct('s', 4, [['m', 1, 0]]),
    fwd('later'),
    ptr(4),
    struct('user', 8, [['p', 5, 0]]),
  ]);
  const split = (records: readonly TypeRecord[]): Type[] => {
    const bytes = btf(records, { base: { types: base.end, stringBytes: base.strings.end } });
    const { table } = dedup([decodeBtf(bytes, { base })]);
    return Array.from({ length: table.end - base.end }, (_, index) => table.type(base.end + index));
  };

  it('keeps its types, and what it has is left out', () => {
    expect(split([int('int', 4), ptr(7), struct('s', 4, [['m', 7, 0]]), constOf(9)])).toMatchObject([
      { kind: 'const', typeId: 3 },
    ]);
  });

  it('shares its names', () => {
    const bytes = btf([typedef('m', 1), typedef('n', 1)], {
      base: { types: base.end, stringBytes: base.strings.end },
    });
    const { table } = dedup([decodeBtf(bytes, { base })]);
    expect(table.strings.bytes.toString()).toBe('n\0');
    expect(decodeBtf(encodeBtf(table), { base }).type(7).name).toBe('m');
  });

  it('resolves declarations that it defines', () => {
    expect(split([fwd('s'), constOf(7)])).toMatchObject([{ kind: 'const', typeId: 3 }]);
  });

  it('is not changed by a definition that it only declares: its user stays beside the base’s', () => {
    expect(split([struct('later', 4), ptr(7), struct('user', 8, [['p', 8, 0]])])).toMatchObject([
      { id: 7, kind: 'struct', name: 'later' },
      { id: 8, kind: 'pointer', typeId: 7 },
      { id: 9, kind: 'struct', name: 'user', members: [{ typeId: 8 }] },
    ]);
  });

  it('makes declarations be its own as long as no user shows that they are another’s', () => {
    expect(split([struct('later', 4), fwd('later'), constOf(8)])).toMatchObject([
      { id: 7, name: 'later' },
      { id: 8, kind: 'const', typeId: 4 },
    ]);
    const bound = [struct('later', 4), ptr(7), struct('user', 8, [['p', 8, 0]]), fwd('later'), constOf(10)];
    expect(split(bound).at(-1)).toMatchObject({ kind: 'const', typeId: 7 });
  });

  it('may be taken to have no typedefs, as pahole 1.31 takes it', () => {
    const named = tableOf([int('int', 4), typedef('t', 1), ptr(2), struct('s', 4, [['m', 2, 0]])]);
    const records = [typedef('t', 1), ptr(5), struct('s', 4, [['m', 5, 0]]), constOf(7)];
    const bytes = btf(records, { base: { types: named.end, stringBytes: named.strings.end } });
    const deduplicator = new Deduplicator(named, { ignoreBaseTypedefs: true });
    deduplicator.add(decodeBtf(bytes, { base: named }));
    const { table } = deduplicator.finish();
    expect([5, 6, 7].map((id) => table.type(id))).toMatchObject([
      { kind: 'typedef', typeId: 1 },
      { kind: 'pointer', typeId: 5 },
      { kind: 'const', typeId: 4 },
    ]);
  });

  it('is that of all tables', () => {
    const deduplicator = new Deduplicator(base);
    expect(() => deduplicator.add(tableOf([int('int', 4)]))).toThrow(TypeError);
  });
});

describe('the ids', () => {
  it('say what became of each type, table by table', () => {
    const deduplicator = new Deduplicator();
    const first = deduplicator.add(tableOf([int('int', 4), ptr(1)]));
    const second = deduplicator.add(tableOf([int('char', 1), int('int', 4), ptr(2)]));
    const { ids } = deduplicator.finish();
    expect([first, second]).toEqual([1, 3]);
    expect([...ids]).toEqual([0, 1, 2, 3, 1, 2]);
  });
});

describe('input that cannot be deduplicated', () => {
  it('refers to types that do not exist', () => {
    expectError(
      () => dedup([tableOf([ptr(2)])]),
      'bad-data',
      'type 1 refers to type 2, which does not exist',
    );
  });

  it('has kinds that BTF does not have', () => {
    expectError(
      () => dedup([modelTableOf([[0, info(Kind.Reference), 0]])]),
      'unsupported',
      'type 1 has kind 64',
    );
  });
});

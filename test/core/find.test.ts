/** Looking for an access in a target: what is found, and the first thing that differs where nothing is. */

import { describe, expect, it } from 'vitest';
import { formatAccess, parseAccess } from '../../src/core/access.ts';
import { findAccess } from '../../src/core/find.ts';
import { CoreKind } from '../../src/core/kinds.ts';
import {
  array,
  constOf,
  enum32,
  enum64,
  float,
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

interface Asked {
  readonly access?: string;
  readonly kind?: number;
}

/** Looks for an access to the last type of `local` in the last type of `target`. */
function find(
  local: readonly TypeRecord[],
  target: readonly TypeRecord[],
  { access = '0:0', kind = CoreKind.FieldByteOffset }: Asked = {},
): string {
  const spec = parseAccess(tableOf(local), { typeId: local.length, access, kind });
  const found = findAccess(spec, { table: tableOf(target), id: target.length });
  return 'spec' in found ? formatAccess(found.spec).replace(/^<\w+> \[\d+\] \w+ /, '') : found.difference;
}

const i32 = int('int', 4, 'signed');

describe('a field', () => {
  const local = [i32, struct('s', 4, [['m', 1, 0]])];

  it('is found by name, wherever it lies', () => {
    const target = [
      i32,
      struct('s', 12, [
        ['n', 1, 0],
        ['m', 1, 64],
      ]),
    ];
    expect(find(local, target)).toBe('s.m (0:1 @ offset 8)');
  });

  it('is found in anonymous members, which its access does not name', () => {
    const target = [
      i32,
      union('', 4, [
        ['x', 1, 0],
        ['m', 1, 0],
      ]),
      struct('', 8, [
        ['y', 1, 0],
        ['', 2, 32],
      ]),
      struct('s', 16, [
        ['z', 1, 0],
        ['', 3, 32],
      ]),
    ];
    expect(find(local, target)).toBe('s.m (0:1:1:1 @ offset 8)');
  });

  it('of another type is none', () => {
    const target = [ptr(0), struct('s', 8, [['m', 1, 0]])];
    expect(find(local, target)).toBe('member m: int in the object, ptr in the target');
  });

  it('that is not there is none', () => {
    expect(find(local, [i32, struct('s', 4, [['n', 1, 0]])])).toBe('no member m');
  });

  it('of what is no struct in the target is none', () => {
    expect(
      find(
        [i32, struct('a', 4, [['b', 1, 0]]), struct('s', 4, [['a', 2, 0]])],
        [i32, struct('s', 4, [['a', 1, 0]])],
        { access: '0:0:0' },
      ),
    ).toBe('member a: struct in the object, int in the target');
  });

  it.each([
    ['ints of any size', int('int', 4, 'signed'), int('u64', 8), true],
    ['a pointer and a pointer', ptr(0), ptr(0), true],
    ['floats', float('float', 4), float('double', 8), true],
    ['a struct and a union', struct('a', 4), union('b', 8), true],
    ['enums of one essential name', enum32('e', []), enum64('e___x', []), true],
    ['enums of other names', enum32('e', []), enum32('f', []), false],
    ['an anonymous enum and a named one', enum32('', []), enum32('f', []), true],
    ['an int and a float', int('int', 4), float('float', 4), false],
    ['forward declarations of one name', fwd('f'), fwd('f', 'union'), true],
    ['an int and an old bitfield', int('int', 4), int('int', 4, 'none', { bits: 3, bitOffset: 2 }), false],
  ])('compares types: %s', (_, here, there, isCompatible) => {
    const text = find([here, struct('s', 8, [['m', 1, 0]])], [there, struct('s', 8, [['m', 1, 0]])]);
    expect(text.startsWith('s.m')).toBe(isCompatible);
  });

  it('of array type compares what the arrays hold', () => {
    const arrayOf = (record: TypeRecord): TypeRecord[] => [
      record,
      array(1, 1, 2),
      struct('s', 8, [['m', 2, 0]]),
    ];
    expect(find(arrayOf(i32), arrayOf(int('long', 8)))).toBe('s.m (0:0 @ offset 0)');
    expect(find(arrayOf(i32), arrayOf(ptr(0)))).toBe('member m: int in the object, ptr in the target');
  });
});

describe('an element', () => {
  const withArray = (count: number, behind = false): TypeRecord[] => [
    i32,
    array(1, 1, count),
    struct(
      's',
      64,
      behind
        ? [
            ['m', 2, 32],
            ['n', 1, 0],
          ]
        : [
            ['n', 1, 0],
            ['m', 2, 32],
          ],
    ),
  ];
  const local = withArray(4);

  it('is found in an array that has it', () => {
    expect(find(local, withArray(4), { access: '0:1:3' })).toBe('s.m[3] (0:1:3 @ offset 16)');
    expect(find(local, withArray(3), { access: '0:1:3' })).toBe('no element 3: an array of 3 in the target');
  });

  it('is always found in a flexible array, which is the last member', () => {
    expect(find(local, withArray(0), { access: '0:1:3' })).toBe('s.m[3] (0:1:3 @ offset 16)');
    expect(find(local, withArray(0, true), { access: '0:1:3' })).toBe(
      'no element 3: an array of 0 in the target',
    );
  });
});

describe('a type as a whole', () => {
  const exists = { access: '0', kind: CoreKind.TypeExists };

  it.each([
    ['structs, whatever their members', [struct('s', 4)], [i32, struct('s', 8, [['m', 1, 0]])], true],
    ['ints', [int('u32', 4)], [int('u32', 8, 'signed')], true],
    [
      'typedefs of a struct and of a union',
      [struct('a', 4), typedef('t', 1)],
      [union('a', 4), typedef('t', 1)],
      false,
    ],
    [
      'pointers to one kind',
      [struct('a', 4), ptr(1), typedef('t', 2)],
      [struct('b', 4), constOf(1), ptr(2), typedef('t', 3)],
      true,
    ],
    [
      'functions of as many parameters',
      [i32, funcProto(1, [['a', 1]]), typedef('t', 2)],
      [i32, funcProto(1, [['b', 1]]), typedef('t', 2)],
      true,
    ],
    [
      'functions of more parameters',
      [i32, funcProto(1, [['a', 1]]), typedef('t', 2)],
      [i32, funcProto(1), typedef('t', 2)],
      false,
    ],
    [
      'functions that return others',
      [i32, funcProto(1), typedef('t', 2)],
      [funcProto(0), typedef('t', 1)],
      false,
    ],
    [
      'arrays of any count',
      [i32, array(1, 1, 2), typedef('t', 2)],
      [i32, array(1, 1, 3), typedef('t', 2)],
      true,
    ],
    ['an enum and one of 64 bits', [enum32('e', [])], [enum64('e', [])], true],
  ])('is found: %s', (_, local, target, isFound) => {
    expect(find(local, target, exists).includes('in the target')).toBe(!isFound);
  });

  it('that nests deeper than 32 fails', () => {
    const deep = [...Array.from({ length: 40 }, (_, index) => ptr(index)), typedef('t', 40)];
    expectError(() => find(deep, deep, exists), 'bad-data', '32 deep');
  });
});

describe('a type that must match', () => {
  const matches = { access: '0', kind: CoreKind.TypeMatches };
  const u32 = int('u32', 4);
  const withMember = (member: TypeRecord, name = 'm'): TypeRecord[] => [
    member,
    struct('s', 8, [[name, 1, 0]]),
  ];

  it.each([
    ['the same', withMember(u32), withMember(u32), ''],
    [
      'more members in the target',
      withMember(u32),
      [
        u32,
        struct('s', 8, [
          ['n', 1, 0],
          ['m', 1, 32],
        ]),
      ],
      '',
    ],
    ['no such member', withMember(u32), withMember(u32, 'n'), 'member m: not in the target'],
    [
      'an int of another size',
      withMember(u32),
      withMember(int('u32', 8)),
      'member m: an unsigned int of 4 bytes in the object, an unsigned int of 8 bytes in the target',
    ],
    [
      'an int of another sign',
      withMember(u32),
      withMember(int('u32', 4, 'signed')),
      'member m: an unsigned int of 4 bytes in the object, a signed int of 4 bytes in the target',
    ],
    [
      'an int of another name',
      withMember(u32),
      withMember(int('unsigned int', 4)),
      'member m: [1] int u32 in the object, [1] int unsigned int in the target',
    ],
    [
      'a union',
      withMember(u32),
      [u32, union('s', 8, [['m', 1, 0]])],
      'struct in the object, union in the target',
    ],
    [
      'fewer enumerators',
      [enum32('e', [['A', 0]])],
      [
        enum32('e', [
          ['B', 0],
          ['C', 1],
        ]),
      ],
      'no enumerator A in the target',
    ],
    [
      'enumerators of another flavor',
      [enum32('e', [['A___x', 0]])],
      [
        enum32('e', [
          ['B', 0],
          ['A', 1],
        ]),
      ],
      '',
    ],
    [
      'a struct behind a pointer that has no members',
      [struct('p', 4), ptr(1), struct('s', 8, [['m', 2, 0]])],
      [fwd('p'), ptr(1), struct('s', 8, [['m', 2, 0]])],
      '',
    ],
    [
      'a union declared behind a pointer',
      [struct('p', 4), ptr(1), struct('s', 8, [['m', 2, 0]])],
      [fwd('p', 'union'), ptr(1), struct('s', 8, [['m', 2, 0]])],
      'member m: a struct and a union',
    ],
    [
      'an array of another count',
      [u32, array(1, 1, 2), struct('s', 8, [['m', 2, 0]])],
      [u32, array(1, 1, 3), struct('s', 8, [['m', 2, 0]])],
      'member m: an array of 2 in the object, of 3 in the target',
    ],
  ])('is compared whole: %s', (_, local, target, difference) => {
    const structs = (records: readonly TypeRecord[]): readonly TypeRecord[] => records;
    const found = find(structs(local), structs(target), matches);
    expect(found === 's' || found === 'e' ? '' : found).toBe(difference);
  });
});

describe('an enumerator', () => {
  const value = { access: '0', kind: CoreKind.EnumeratorValue };

  it('is found by its essential name', () => {
    expect(
      find(
        [enum32('e', [['A___old', 1]])],
        [
          enum64('e', [
            ['B', 0n],
            ['A', 7n],
          ]),
        ],
        value,
      ),
    ).toBe('e::A = 7');
    expect(find([enum32('e', [['A', 1]])], [enum32('e', [['B', 0]])], value)).toBe('no enumerator A');
  });
});

describe('hostile targets', () => {
  /** Structs of two anonymous members, each of which is the next: 2^62 ways through them. */
  const doubled = (depth: number): TypeRecord[] => {
    const inner = Array.from({ length: depth }, (_, index) =>
      struct('', 8, [
        ['', index + 1, 0],
        ['', index + 1, 0],
      ]),
    );
    return [struct('', 8), ...inner, struct('s', 8, [['', depth + 1, 0]])];
  };
  const local = [i32, struct('s', 4, [['m', 1, 0]])];

  it('are searched once for each struct', () => {
    expect(find(local, doubled(60))).toBe('no member m');
  });

  it('that nest deeper than 64 fail, as in libbpf', () => {
    expectError(() => find(local, doubled(64)), 'unsupported', '64 deep');
    const endless = [struct('s', 8, [['', 1, 0]])];
    expectError(() => find(local, endless), 'unsupported', '64 deep');
  });

  it('that compare in too many ways fail', () => {
    const wide = Array.from({ length: 28 }, (_, index) =>
      funcProto(0, [
        ['', index],
        ['', index],
        ['', index],
      ]),
    );
    const types = [...wide, typedef('t', 28)];
    expectError(
      () => find(types, types, { access: '0', kind: CoreKind.TypeExists }),
      'unsupported',
      'too many',
    );
  });
});

/** Structs and unions: remarks about what is unused, statistics, attributes. */

import { describe, expect, it } from 'vitest';
import { array, struct, type TypeRecord, typedef, union } from '../support/btf-writer.ts';
import { CHAR, INT, LONG, type PrintOptions, print, printMembers } from '../support/print.ts';

/** The remarks and statistics of a type, without the signs of the comment. */
function remarks(records: readonly TypeRecord[], id: number, options: PrintOptions = {}): string[] {
  const lines = printMembers(records, id, options).filter((line) => line.startsWith('/*'));
  return lines.map((line) => line.slice(3, -3));
}

describe('a hole', () => {
  it('stands behind the member before it, between empty lines', () => {
    expect(
      printMembers(
        [
          struct('s', 8, [
            ['a', CHAR, 0],
            ['b', INT, 32],
          ]),
        ],
        4,
      ).slice(1, 4),
    ).toEqual(['', '/* XXX 3 bytes hole, try to pack */', '']);
  });
  it('of one byte is one byte', () => {
    expect(
      remarks(
        [
          struct('s', 8, [
            ['a', CHAR, 0],
            ['b', CHAR, 16],
          ]),
        ],
        4,
      )[0],
    ).toBe('XXX 1 byte hole, try to pack');
  });
  it('before the first member counts', () => {
    const lines = printMembers([struct('s', 8, [['a', INT, 32]])], 4);
    expect(lines.slice(0, 3)).toEqual(['', '/* XXX 4 bytes hole, try to pack */', '']);
    expect(lines).toContain('/* sum members: 4, holes: 1, sum holes: 4 */');
  });
  it('is not looked for in a union', () => {
    expect(remarks([union('u', 8, [['a', CHAR, 32]])], 4)).toEqual([]);
  });
});

describe('bitfields', () => {
  it('have the bits before them as an unnamed bitfield', () => {
    const lines = printMembers(
      [
        struct('s', 4, [
          ['a', INT, 0, 3],
          ['b', INT, 8, 3],
        ]),
      ],
      4,
    );
    expect(lines.slice(1, 5)).toEqual([
      '',
      '/* XXX 5 bits hole, try to pack */',
      'int                        :5;',
      '',
    ]);
  });
  it('in another unit have one of width 0 before them', () => {
    const lines = printMembers(
      [
        struct('s', 8, [
          ['a', INT, 0, 3],
          ['b', INT, 32, 3],
        ]),
      ],
      4,
      { quiet: true },
    );
    expect(lines).toContain('/* Force alignment to the next boundary: */');
    expect(lines).toContain('int                        :0;');
  });
  it('show their unit, the first bit in it, and its size', () => {
    const [line] = printMembers([struct('s', 8, [['a', INT, 37, 3]])], 4).filter((each) =>
      each.includes('a:3'),
    );
    expect(line).toMatch(/\/\* {5}4: 5 {2}4 \*\/$/);
  });
  it('in hexadecimal', () => {
    const members = printMembers([struct('s', 8, [['a', INT, 37, 3]])], 4, { hex: true });
    expect(members.find((each) => each.includes('a:3'))).toMatch(/\/\* {3}0x4:0x5 0x4 \*\/$/);
  });
  it('that share bytes with the member before are remarked on', () => {
    const records = [
      struct('s', 4, [
        ['a', CHAR, 0, 0],
        ['b', INT, 8, 4],
      ]),
    ];
    expect(remarks(records, 4)[0]).toBe('Bitfield combined with previous fields');
  });
  it('whose unit reaches into the next member are remarked on', () => {
    const records = [
      struct('s', 4, [
        ['a', INT, 0, 8],
        ['b', CHAR, 8, 0],
      ]),
    ];
    expect(remarks(records, 4)[0]).toBe('Bitfield combined with next fields');
  });
});

describe('the statistics', () => {
  it('of a struct that wastes nothing are two lines', () => {
    expect(
      remarks(
        [
          struct('s', 8, [
            ['a', INT, 0],
            ['b', INT, 32],
          ]),
        ],
        4,
      ),
    ).toEqual(['size: 8, cachelines: 1, members: 2', 'last cacheline: 8 bytes']);
  });
  it('of one that fills its cachelines have no last one', () => {
    const records = [array(LONG, INT, 8), struct('s', 64, [['a', 4, 0]])];
    expect(remarks(records, 5)).toEqual(['size: 64, cachelines: 1, members: 1']);
  });
  it('tell bits in bytes where no bit is unused', () => {
    const records = [
      struct('s', 8, [
        ['a', INT, 0, 16],
        ['b', INT, 16, 16],
        ['c', CHAR, 48, 0],
      ]),
    ];
    expect(remarks(records, 4)).toContain('sum bitfield members: 32 bits (4 bytes)');
  });
  it('tell unused bits', () => {
    const records = [
      struct('s', 4, [
        ['a', INT, 0, 3],
        ['b', INT, 8, 3],
      ]),
    ];
    expect(remarks(records, 4)).toContain(
      'sum bitfield members: 6 bits, bit holes: 1, sum bit holes: 5 bits',
    );
    expect(remarks(records, 4)).toContain('bit_padding: 21 bits');
  });
  it('tell the padding', () => {
    expect(remarks([struct('s', 8, [['a', INT, 0]])], 4)).toContain('padding: 4');
  });
  it('tell alignments and the holes that they make', () => {
    const records = [
      struct('s', 32, [
        ['a', INT, 0],
        ['b', INT, 128],
      ]),
    ];
    expect(remarks(records, 4)).toContain('forced alignments: 1, forced holes: 1, sum forced holes: 12');
    expect(remarks(records, 4, { suppressAligned: true }).join()).not.toContain('forced');
  });
  it('say when the sums do not match', () => {
    expect(
      remarks(
        [
          struct('s', 4, [
            ['a', INT, 0],
            ['b', INT, 0],
          ]),
        ],
        4,
      ),
    ).toContain(
      'BRAIN FART ALERT! 4 bytes != 8 (member bytes) + 0 (member bits) + 0 (byte holes) + 0 (bit holes), diff = -32 bits',
    );
  });
  it('name the first of the largest members with -l', () => {
    const records = [
      struct('s', 16, [
        ['a', CHAR, 0],
        ['b', LONG, 64],
      ]),
    ];
    expect(remarks(records, 4, { showFirstBiggest: true })).toContain(
      'first biggest size base type member: b 8 8',
    );
  });
  it('are not there with -q', () => {
    expect(
      remarks(
        [
          struct('s', 8, [
            ['a', CHAR, 0],
            ['b', INT, 32],
          ]),
        ],
        4,
        { quiet: true },
      ),
    ).toEqual([]);
  });
});

describe('what the type of a member wastes', () => {
  const of = (inner: TypeRecord, ...others: TypeRecord[]): string[] => {
    const size = Number(inner[2]);
    return remarks([...others, inner, struct('s', size, [['x', 4 + others.length, 0]])], 5 + others.length);
  };
  it('padding', () => {
    const lines = of(
      struct('in', 16, [
        ['a', LONG, 0],
        ['b', CHAR, 64],
      ]),
    );
    expect(lines[0]).toBe('XXX last struct has 7 bytes of padding');
    expect(lines).toContain('paddings: 1, sum paddings: 7');
  });
  it('a hole', () => {
    const lines = of(
      struct('in', 8, [
        ['a', CHAR, 0],
        ['b', INT, 32],
      ]),
    );
    expect(lines[0]).toBe('XXX last struct has 1 hole');
    expect(lines).toContain('member types with holes: 1, total: 1');
  });
  it('bits', () => {
    const lines = of(
      struct('in', 4, [
        ['a', INT, 0, 3],
        ['b', INT, 8, 3],
      ]),
    );
    expect(lines[0]).toBe('XXX last struct has 21 bits of padding, 1 bit hole');
    expect(lines).toContain('member types with bit holes: 1, total: 1, bit paddings: 1, total: 21 bits');
  });
  it('a flexible array', () => {
    const lines = of(
      struct('in', 4, [
        ['n', INT, 0],
        ['data', 4, 32],
      ]),
      array(CHAR, INT, 0),
    );
    expect(lines[0]).toBe('XXX last struct has a flexible array');
    expect(lines).toContain('flexible array members: end: 1');
  });
  it('nothing, behind a typedef or in an array', () => {
    const inner = struct('in', 8, [
      ['a', CHAR, 0],
      ['b', INT, 32],
    ]);
    const records = [
      inner,
      typedef('t', 4),
      array(4, INT, 2),
      struct('s', 24, [
        ['x', 5, 0],
        ['y', 6, 64],
      ]),
    ];
    expect(remarks(records, 7).join()).not.toContain('XXX');
  });
});

describe('the dimension of an array without elements', () => {
  const dimensionOf = (count: number, where: 'alone' | 'end' | 'middle' | 'union'): string => {
    const members: Record<typeof where, TypeRecord> = {
      alone: struct('s', 4, [['x', 4, 0]]),
      end: struct('s', 4, [
        ['a', INT, 0],
        ['x', 4, 32],
      ]),
      middle: struct('s', 8, [
        ['a', INT, 0],
        ['x', 4, 32],
        ['b', INT, 32],
      ]),
      union: union('s', 4, [
        ['a', INT, 0],
        ['x', 4, 0],
      ]),
    };
    const text = print([array(CHAR, INT, count), members[where]], 5);
    return /x(\[\d*\])/.exec(text)?.[1] ?? '';
  };
  it('is empty at the end of a struct with other members', () => expect(dimensionOf(0, 'end')).toBe('[]'));
  it('is 0 elsewhere', () => {
    expect(dimensionOf(0, 'alone')).toBe('[0]');
    expect(dimensionOf(0, 'middle')).toBe('[0]');
    expect(dimensionOf(0, 'union')).toBe('[0]');
  });
  it('of one with elements is their number', () => expect(dimensionOf(3, 'end')).toBe('[3]'));
});

describe('offsets behind half a gigabyte begin anew', () => {
  it('and are no holes', () => {
    const records = [
      array(CHAR, INT, 0x4000_0000),
      struct('s', 0x4000_0008, [
        ['a', 4, 0],
        ['b', LONG, 0],
      ]),
    ];
    expect(remarks(records, 5).join()).not.toContain('hole');
  });
});

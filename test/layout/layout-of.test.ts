/** `layoutOf`: what the value says. That its numbers add up is in layout-sums.test.ts. */

import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/layout/layout-of.ts';
import { array, fwd, int, type MemberSpec, struct, typedef } from '../support/btf-writer.ts';
import { items, lastLayout, layoutsOf } from '../support/types.ts';

const INTS = [
  int('char', 1, 'char'),
  int('short', 2, 'signed'),
  int('int', 4, 'signed'),
  int('long', 8, 'signed'),
];
const CHAR = 1;
const INT = 3;
const LONG = 4;

describe('the layout of a struct', () => {
  it('says id, kind, name and size', () => {
    const layout = lastLayout([...INTS, struct('s', 8, [['a', LONG, 0]])]);
    expect(layout).toMatchObject({
      id: 5,
      kind: 'struct',
      name: 's',
      byteSize: 8,
      isPacked: false,
      alignment: undefined,
    });
  });

  it('says of a member its place, size and type, and of a bitfield its bits', () => {
    const layout = lastLayout([
      ...INTS,
      struct('s', 8, [
        ['a', INT, 0],
        ['b', INT, 35, 4],
      ]),
    ]);
    expect(layout.items.filter(({ kind }) => kind === 'member')).toEqual([
      {
        kind: 'member',
        index: 0,
        name: 'a',
        typeId: INT,
        bitOffset: 0,
        byteOffset: 0,
        byteSize: 4,
        bitSize: undefined,
        bitfieldOffset: undefined,
        alignment: undefined,
      },
      {
        kind: 'member',
        index: 1,
        name: 'b',
        typeId: INT,
        bitOffset: 35,
        byteOffset: 4,
        byteSize: 4,
        bitSize: 4,
        bitfieldOffset: 3,
        alignment: undefined,
      },
    ]);
  });

  it('has an empty name for an anonymous member and an anonymous type', () => {
    const layout = lastLayout([...INTS, struct('', 4, [['', INT, 0]])]);
    expect(layout.name).toBe('');
    expect(items(layout)).toBe('@0+4');
  });

  it('sums up members, holes and padding', () => {
    const { summary } = lastLayout([
      ...INTS,
      struct('s', 24, [
        ['a', CHAR, 0],
        ['b', INT, 32],
        ['c', INT, 67, 5],
        ['d', INT, 72, 2],
      ]),
    ]);
    expect(summary).toMatchObject({
      byteSize: 24,
      cachelines: 1,
      memberCount: 4,
      memberBytes: 5,
      memberBits: 7,
      holeCount: 1,
      holeBytes: 3,
      bitHoleCount: 1,
      bitHoleBits: 3,
      bitPadding: 22,
      padding: 12,
      overlapBits: 0,
      lastCachelineBytes: 24,
    });
  });

  it('is a TypeError for what is no struct or union', () => {
    const layouts = layoutsOf([...INTS, fwd('f'), typedef('t', 7), struct('s', 4)]);
    for (const id of [0, INT, 5, 6, 8]) expect(() => layoutOf(layouts, id)).toThrow(TypeError);
  });
});

describe('what members waste in their own types', () => {
  const HOLES = 5;
  const PADDED = 6;
  const BITS = 7;
  const types = [
    ...INTS,
    struct('holes', 16, [
      ['a', CHAR, 0],
      ['b', INT, 32],
      ['c', LONG, 64],
    ]),
    struct('padded', 16, [
      ['a', LONG, 0],
      ['b', CHAR, 64],
    ]),
    struct('bits', 4, [
      ['a', INT, 0, 3],
      ['b', INT, 8, 4],
    ]),
  ];

  it('is counted in members and in holes, bytes, bits', () => {
    const members: MemberSpec[] = [
      ['h', HOLES, 0],
      ['g', HOLES, 128],
      ['p', PADDED, 256],
      ['b', BITS, 384],
    ];
    expect(lastLayout([...types, struct('s', 56, members)]).summary).toMatchObject({
      memberTypesWithHoles: 2,
      memberTypeHoles: 2,
      memberTypesWithPadding: 1,
      memberTypePadding: 7,
      memberTypesWithBitHoles: 1,
      memberTypeBitHoles: 1,
      memberTypesWithBitPadding: 1,
      memberTypeBitPadding: 20,
    });
  });

  it('is not looked for behind a typedef', () => {
    const { summary } = lastLayout([...types, typedef('t', HOLES), struct('s', 16, [['h', 8, 0]])]);
    expect(summary.memberTypesWithHoles).toBe(0);
  });

  it('counts structs that end in a flexible array, and structs with such a struct inside', () => {
    const flexible = [
      ...INTS,
      array(CHAR, INT, 0),
      struct('flexible', 4, [
        ['n', INT, 0],
        ['data', 5, 32],
      ]),
      struct('outer', 8, [
        ['a', INT, 0],
        ['f', 6, 32],
      ]),
    ];
    const { summary } = lastLayout([
      ...flexible,
      struct('s', 16, [
        ['f', 6, 0],
        ['o', 7, 64],
      ]),
    ]);
    expect([summary.flexibleArrays, summary.embeddedFlexibleArrays]).toEqual([1, 1]);
  });
});

describe('forced alignments', () => {
  it('are counted with the holes before them', () => {
    const { summary } = lastLayout([
      ...INTS,
      struct('s', 64, [
        ['a', INT, 0],
        ['b', INT, 256],
        ['c', INT, 288],
      ]),
    ]);
    expect(summary).toMatchObject({ forcedAlignments: 1, forcedHoleCount: 1, forcedHoleBytes: 28 });
  });
});

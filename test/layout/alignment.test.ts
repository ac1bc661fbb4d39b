/** Alignment attributes that are inferred from what members skip. */

import { describe, expect, it } from 'vitest';
import { array, int, type MemberSpec, struct, typedef, union } from '../support/btf-writer.ts';
import { lastLayout } from '../support/types.ts';

const CHAR = 1;
const INT = 2;
const LONG = 3;
const NOTHING = 4;
const types = [
  int('char', 1, 'char'),
  int('int', 4, 'signed'),
  int('long', 8, 'signed'),
  array(CHAR, INT, 0),
];

/** Alignments of the members of a struct, and of the struct itself behind them. */
function alignments(byteSize: number, members: readonly MemberSpec[], cachelineSize?: number): unknown[] {
  const layout = lastLayout([...types, struct('s', byteSize, members)], { cachelineSize });
  const ofMembers = layout.items.flatMap((item) => (item.kind === 'member' ? [item.alignment] : []));
  return [...ofMembers, layout.alignment];
}

describe('the alignment of a member', () => {
  it('is none where it follows the one before it', () => {
    expect(
      alignments(8, [
        ['a', INT, 0],
        ['b', INT, 32],
      ]),
    ).toEqual([undefined, undefined, undefined]);
  });

  it('is none where natural alignment explains the hole', () => {
    expect(
      alignments(8, [
        ['a', CHAR, 0],
        ['b', INT, 32],
      ]),
    ).toEqual([undefined, undefined, undefined]);
  });

  it('is the smallest power of two above the bytes that are skipped', () => {
    expect(
      alignments(12, [
        ['a', INT, 0],
        ['b', INT, 64],
      ]),
    ).toEqual([undefined, 8, undefined]);
    expect(
      alignments(36, [
        ['a', INT, 0],
        ['b', INT, 256],
      ]),
    ).toEqual([undefined, 32, undefined]);
  });

  it('is inferred for the first member too', () => {
    expect(alignments(20, [['a', INT, 128]])).toEqual([32, undefined]);
  });

  it('is none at an odd offset', () => {
    expect(
      alignments(6, [
        ['a', CHAR, 0],
        ['b', CHAR, 40],
      ]),
    ).toEqual([undefined, undefined, undefined]);
  });

  it('is none where the member lies before the end of the one before it', () => {
    expect(
      alignments(8, [
        ['a', LONG, 0],
        ['b', INT, 32],
      ]),
    ).toEqual([undefined, undefined, undefined]);
  });

  it('is a cacheline wherever that gives the same place', () => {
    expect(
      alignments(68, [
        ['a', LONG, 0],
        ['b', LONG, 320],
        ['c', INT, 512],
      ]),
    ).toEqual([undefined, 64, 64, undefined]);
    expect(alignments(68, [['a', INT, 512]])).toEqual([128, undefined]);
    expect(alignments(36, [['a', INT, 256]], 32)).toEqual([64, undefined]);
  });

  it('counts from the last member with a size: one without leaves the place where it was', () => {
    const members: MemberSpec[] = [
      ['a', LONG, 0],
      ['mark', NOTHING, 512],
      ['b', LONG, 512],
    ];
    expect(alignments(72, members)).toEqual([undefined, 64, 64, undefined]);
  });

  it('counts from the last byte that a bitfield takes, not from the end of its unit', () => {
    expect(
      alignments(8, [
        ['a', INT, 0, 3],
        ['b', INT, 32],
      ]),
    ).toEqual([undefined, undefined, undefined]);
    expect(
      alignments(5, [
        ['a', INT, 0, 3],
        ['b', CHAR, 32],
      ]),
    ).toEqual([undefined, 4, undefined]);
  });

  it('is measured against the natural alignment behind typedefs', () => {
    const layout = lastLayout([
      ...types,
      typedef('t', LONG),
      struct('s', 16, [
        ['a', CHAR, 0],
        ['b', 5, 64],
      ]),
    ]);
    expect(layout.items.at(-1)).toMatchObject({ name: 'b', alignment: undefined });
  });

  it('is never inferred in a union', () => {
    const layout = lastLayout([
      ...types,
      union('u', 64, [
        ['a', LONG, 0],
        ['b', INT, 0],
      ]),
    ]);
    expect(layout.items.map((item) => (item.kind === 'member' ? item.alignment : 'none'))).toEqual([
      undefined,
      undefined,
      'none',
    ]);
  });
});

describe('the alignment of a struct', () => {
  it('is what its size skips behind the last member', () => {
    expect(alignments(32, [['a', LONG, 0]])).toEqual([undefined, 32]);
  });

  it('is none where the alignment of its members explains the padding', () => {
    expect(
      alignments(16, [
        ['a', LONG, 0],
        ['b', CHAR, 64],
      ]),
    ).toEqual([undefined, undefined, undefined]);
  });

  it('is a cacheline where the size is a multiple of one', () => {
    expect(
      alignments(64, [
        ['a', LONG, 0],
        ['b', LONG, 320],
      ]),
    ).toEqual([undefined, 64, 64]);
  });

  it('is not given for a packed struct', () => {
    const layout = lastLayout([
      ...types,
      struct('s', 5, [
        ['a', INT, 0],
        ['b', CHAR, 32],
      ]),
    ]);
    expect(layout).toMatchObject({ isPacked: true, alignment: undefined });
  });
});

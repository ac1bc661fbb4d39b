/** Members further from the start of their type than the offset in a record counts, as DWARF has them. */

import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/layout/layout-of.ts';
import { Layouts } from '../../src/layout/layouts.ts';
import { resolveMemberPath } from '../../src/layout/member-path.ts';
import { MemberFlag, SideColumns } from '../../src/model/side-columns.ts';
import { TypeTable } from '../../src/model/table.ts';
import { array, int, type MemberSpec, struct, type TypeRecord } from '../support/btf-writer.ts';
import { items, missingBits, tableOf } from '../support/types.ts';

const CHAR = 1;
const LONG = 2;
const HUGE = 3;
const HUGE_SIZE = 0x9000_0000;
const BASE: readonly TypeRecord[] = [
  int('char', 1, 'char'),
  int('long', 8, 'signed'),
  array(CHAR, CHAR, HUGE_SIZE),
];

/** A table with these records, with side columns for the members of the last one alone. */
function withFlags(records: readonly TypeRecord[], memberFlags: readonly number[]): TypeTable {
  const { words, starts, strings, pointerSize, endian } = tableOf(records);
  const side = new SideColumns({ memberFlags: Uint32Array.from(memberFlags) });
  return new TypeTable({ words, starts, strings, pointerSize, endian, side });
}

/** A table whose last struct has these members: of their bit offsets the record has the lowest bits only. */
function farTable(byteSize: number, members: readonly MemberSpec[]): TypeTable {
  const range = members.some(([, , , bitSize = 0]) => bitSize > 0) ? 2 ** 24 : 2 ** 32;
  const cut = members.map(([name, type, bitOffset, bitSize]): MemberSpec => {
    return bitSize === undefined ? [name, type, bitOffset % range] : [name, type, bitOffset % range, bitSize];
  });
  const high = members.map(([, , bitOffset]) => Math.floor(bitOffset / range) << 8);
  return withFlags([...BASE, struct('s', byteSize, cut)], high);
}

/** Places beyond 2 GiB, of members and of bitfields. */
const PLAIN = farTable(HUGE_SIZE + 24, [
  ['a', HUGE, 0],
  ['b', CHAR, HUGE_SIZE * 8],
  ['c', LONG, (HUGE_SIZE + 8) * 8],
  ['d', CHAR, (HUGE_SIZE + 16) * 8],
]);
const BITFIELDS = farTable(HUGE_SIZE + 24, [
  ['a', HUGE, 8, 0],
  ['b', LONG, (HUGE_SIZE + 1) * 8, 3],
  ['c', LONG, (HUGE_SIZE + 1) * 8 + 5, 4],
  ['d', CHAR, (HUGE_SIZE + 16) * 8, 0],
]);

describe('a far member', () => {
  it('lies where the record and the side columns say together', () => {
    expect(PLAIN.type(4)).toMatchObject({ members: [{}, {}, { bitOffset: (HUGE_SIZE + 8) * 8 }, {}] });
    expect(BITFIELDS.type(4)).toMatchObject({
      members: [{}, { bitOffset: (HUGE_SIZE + 1) * 8, bitSize: 3 }, {}, {}],
    });
  });

  it('has holes and padding around it as a near one', () => {
    expect(items(layoutOf(new Layouts(PLAIN), 4)).replaceAll(/line\S* /g, '')).toBe(
      `a@0+${HUGE_SIZE} b@${HUGE_SIZE}+1 hole@${HUGE_SIZE + 1}+7 c@${HUGE_SIZE + 8}+8 d@${HUGE_SIZE + 16}+1 padding@${HUGE_SIZE + 17}+7`,
    );
  });

  it('has bits left over around it as a near one', () => {
    const first = (HUGE_SIZE + 1) * 8;
    const layout = layoutOf(new Layouts(BITFIELDS), 4);
    expect(items(layout).replaceAll(/line\S* /g, '')).toBe(
      `hole@0+1 a@1+${HUGE_SIZE} b@${first}:3 bitHole@${first + 3}:2 c@${first + 5}:4 bitHole@${first + 9}:47 hole@${HUGE_SIZE + 8}+8 d@${HUGE_SIZE + 16}+1 padding@${HUGE_SIZE + 17}+7`,
    );
    const [, , b] = layout.items.filter((item) => item.kind !== 'cachelineBoundary');
    expect(b).toMatchObject({ byteOffset: HUGE_SIZE, byteSize: 8, bitfieldOffset: 8 });
  });

  it('leaves the sum of the parts right', () => {
    expect(missingBits(layoutOf(new Layouts(PLAIN), 4))).toBe(0);
    expect(missingBits(layoutOf(new Layouts(BITFIELDS), 4))).toBe(0);
  });

  it('stays where it is when all types are placed after it was', () => {
    const layouts = new Layouts(PLAIN);
    const before = layoutOf(layouts, 4);
    layouts.placeAll();
    expect(layoutOf(layouts, 4)).toEqual(before);
  });

  it('is found by its path', () => {
    const { segments } = resolveMemberPath(new Layouts(BITFIELDS), 's.c');
    expect(segments[0]?.bitOffset).toBe((HUGE_SIZE + 1) * 8 + 5);
  });
});

describe('padding of 512 MiB and more', () => {
  it('is padding of that size', () => {
    const size = 0x4000_0000;
    const table = withFlags([...BASE, struct('s', size, [['a', CHAR, 0]])], [0]);
    expect(layoutOf(new Layouts(table), 4).summary.padding).toBe(size - 1);
  });
});

describe('a member that the object itself places', () => {
  const flags = MemberFlag.Inheritance | MemberFlag.Virtual | MemberFlag.NoConstantOffset;
  const base = struct('base', 8, [['x', LONG, 0]]);
  const derived = struct('derived', 24, [
    ['', 4, 0xffff_ffff],
    ['y', LONG, 0],
  ]);
  const table = withFlags([...BASE, base, derived], [flags, 0]);

  it('has no offset', () => {
    expect(table.type(5)).toMatchObject({ members: [{ bitOffset: undefined }, { bitOffset: 0 }] });
    const [item] = layoutOf(new Layouts(table), 5).items;
    expect(item).toMatchObject({ kind: 'member', byteOffset: undefined, bitOffset: undefined, byteSize: 8 });
  });

  it('is padding and no member in the sum of the parts', () => {
    const layout = layoutOf(new Layouts(table), 5);
    expect(layout.summary).toMatchObject({ memberCount: 2, memberBytes: 8, padding: 16, overlapBits: 0 });
    expect(missingBits(layout)).toBe(0);
  });

  it('has members without a path', () => {
    expect(() => resolveMemberPath(new Layouts(table), 'derived.x')).toThrow(
      "only the object tells where 'derived.x' lies in it",
    );
    expect(resolveMemberPath(new Layouts(table), 'derived.y').segments[0]?.bitOffset).toBe(0);
  });
});

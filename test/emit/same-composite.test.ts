/** Types that units and files repeat are the same by name, size and members. */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { SeenComposites } from '../../src/emit/same-composite.ts';
import { SideColumns } from '../../src/model/side-columns.ts';
import { TypeTable } from '../../src/model/table.ts';
import { int, splitBtf, struct, type TypeRecord, typedef, union } from '../support/btf-writer.ts';
import { idOf, tableOf } from '../support/types.ts';

/** As a unit of DWARF. */
function unitOf(records: readonly TypeRecord[]): TypeTable {
  const { words, starts, strings, pointerSize, endian } = tableOf(records);
  return new TypeTable({
    words,
    starts,
    strings,
    pointerSize,
    endian,
    side: new SideColumns({}, { language: 12 }),
  });
}

const INT = int('int', 4, 'signed');
const POINT = struct('point', 8, [
  ['x', 1, 0],
  ['y', 1, 32],
]);

describe.each([
  ['tables', tableOf],
  ['units, whose tables are not kept', unitOf],
] as const)('in %s', (_, make) => {
  function isNew(seen: SeenComposites, records: readonly TypeRecord[], name: string): boolean {
    const table = make(records);
    return seen.add(table, idOf(table, name));
  }

  it.each([
    ['another name', struct('spot', 8, [['x', 1, 0]])],
    ['another size', struct('point', 12, [...pairs(['x', 0], ['y', 32])])],
    ['another number of members', struct('point', 8, [...pairs(['x', 0])])],
    ["another member's name", struct('point', 8, [...pairs(['x', 0], ['z', 32])])],
    ['another offset', struct('point', 8, [...pairs(['x', 0], ['y', 0])])],
    ['another kind', union('point', 8, [...pairs(['x', 0], ['y', 32])])],
  ])('%s makes another type', (_title, other) => {
    const seen = new SeenComposites();
    expect(isNew(seen, [INT, POINT], 'point')).toBe(true);
    // Other ids and names before it move the second one's.
    const records = [INT, int('char', 1, 'char'), struct('first', 4, [['y', 1, 0]]), other];
    const table = make(records);
    expect(seen.add(table, records.length)).toBe(true);
    expect(isNew(seen, [INT, int('long', 8), POINT], 'point')).toBe(false);
  });

  it('kinds may be ignored', () => {
    const seen = new SeenComposites({ ignoreKind: true });
    expect(isNew(seen, [INT, POINT], 'point')).toBe(true);
    expect(isNew(seen, [INT, union('point', 8, pairs(['x', 0], ['y', 32]))], 'point')).toBe(false);
  });

  it('thousands of types, small and large, stay known', () => {
    const seen = new SeenComposites();
    const records = Array.from({ length: 5_000 }, (_unused, index) =>
      struct(`s${index}`, 4, index % 1000 === 0 ? many(20_000) : pairs(['a', 0], ['b', 0])),
    );
    const [first, second] = [make([INT, ...records]), make([INT, POINT, ...records])];
    const added = records.map((_unused, index) => seen.add(first, index + 2));
    expect(added.every(Boolean)).toBe(true);
    expect(records.some((_unused, index) => seen.add(second, index + 3))).toBe(false);
  });
});

type Member = readonly [name: string, type: number, bitOffset: number];

function pairs(...members: readonly (readonly [name: string, bitOffset: number])[]): Member[] {
  return members.map(([name, bitOffset]) => [name, 1, bitOffset]);
}

function many(count: number): Member[] {
  return Array.from({ length: count }, (_, index) => ['member', 1, 32 * index]);
}

describe('of units that share their strings', () => {
  const first = tableOf([
    INT,
    POINT,
    struct('point', 8, pairs(['y', 0], ['x', 32])),
    struct('point', 8, pairs(['x', 0], ['y', 16])),
    typedef('other', 1),
    POINT,
  ]);
  const { words, starts, strings, pointerSize, endian } = first;
  const unit = (): TypeTable =>
    new TypeTable({ words, starts, strings, pointerSize, endian, side: new SideColumns({}) });

  it('a record is recognised, and one that differs in a name or an offset is not', () => {
    const seen = new SeenComposites();
    expect([2, 3, 4, 6].map((id) => seen.numberOf(unit(), id))).toEqual([0, 1, 2, 0]);
    expect([2, 3, 4, 6].map((id) => seen.numberOf(unit(), id))).toEqual([0, 1, 2, 0]);
  });
});

it('types of a base are told apart as those of the table that is split from it', () => {
  const { base, split } = splitBtf(
    [INT, POINT, struct('a', 4, pairs(['x', 0]))],
    [struct('b', 4, pairs(['x', 0]))],
  );
  const table = decodeBtf(split, { base: decodeBtf(base) });
  const seen = new SeenComposites();
  expect([2, 3, 4, 2].map((id) => seen.add(table, id))).toEqual([true, true, true, false]);
});

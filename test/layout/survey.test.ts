/** What a listing finds out beforehand about the types of a unit of DWARF is what it would find by placing all. */

import { describe, expect, it } from 'vitest';
import { Layouts } from '../../src/layout/layouts.ts';
import { SideColumns } from '../../src/model/side-columns.ts';
import { TypeTable } from '../../src/model/table.ts';
import { constOf, int, struct, typedef, union } from '../support/btf-writer.ts';
import { fixtureFiles, fixtureTable } from '../support/fixtures.ts';
import { tableOf } from '../support/types.ts';

/** The same types as a unit of DWARF has them. */
function asUnit({ words, starts, strings, pointerSize, endian }: TypeTable): TypeTable {
  return new TypeTable({ words, starts, strings, pointerSize, endian, side: new SideColumns({}) });
}

function packedIds(table: TypeTable, isAllPlaced: boolean): number[] {
  const layouts = new Layouts(table);
  if (isAllPlaced) layouts.placeAll();
  const { packed } = layouts;
  return [...layouts.composites].filter((id) => packed.inferStruct(id));
}

const plainFixtures = fixtureFiles.filter((file) => fixtureTable(file).base === undefined);

describe('structs that their holders show to be packed', () => {
  it.each(plainFixtures)('%s', (file) => {
    const unit = asUnit(fixtureTable(file));
    expect(packedIds(unit, false)).toEqual(packedIds(unit, true));
  });

  it.each([
    ['directly', 2],
    ['behind a typedef and const', 4],
  ])('%s', (_, member) => {
    const inner = struct('inner', 4, [['a', 1, 0]]);
    const outer = struct('outer', 8, [
      ['c', 5, 0],
      ['in', member, 8],
    ]);
    const types = [int('int', 4, 'signed'), inner, constOf(2), typedef('alias', 3), int('char', 1), outer];
    expect(packedIds(asUnit(tableOf(types)), false)).toContain(2);
  });

  it('in a union whose size its alignment does not divide', () => {
    const types = [int('int', 4, 'signed'), struct('inner', 4, [['a', 1, 0]]), union('u', 5, [['in', 2, 0]])];
    expect(packedIds(asUnit(tableOf(types)), false)).toContain(2);
  });

  it('whose scalars want more than a pointer does', () => {
    const wide = struct('wide', 16, [['a', 1, 0]]);
    const outer = struct('outer', 24, [
      ['c', 3, 0],
      ['in', 2, 64],
    ]);
    const types = [int('__int128', 16, 'signed'), wide, int('long', 8, 'signed'), outer];
    expect(packedIds(asUnit(tableOf(types)), false)).toEqual(packedIds(asUnit(tableOf(types)), true));
  });
});

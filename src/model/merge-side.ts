/** The side columns of many tables as those of one, whose types follow one another. */

import { OUTLINE_WORDS, ROW_WORDS } from './functions.ts';
import { ChildCode, type SideColumnArrays, SideColumns } from './side-columns.ts';
import type { TypeTable } from './table.ts';

type ColumnName = keyof SideColumnArrays;

/** Columns with a word for each type that means the same in every table. */
const PLAIN_COLUMNS: readonly ColumnName[] = [
  'dieOffsets',
  'flags',
  'alignments',
  'attributes',
  'declFiles',
  'declLines',
];

/** In `memberStarts`: the members of the type have no words. */
const NOWHERE = 0xffff_ffff;

/** What readers write for a reference that they cannot follow. */
const MISSING = 0xffff_ffff;

/** The children whose value is no type id. */
const VALUE_CODES: readonly number[] = [
  ChildCode.Member,
  ChildCode.Variant,
  ChildCode.ConstantLow,
  ChildCode.ConstantHigh,
];

/**
 * The side columns of the table that {@link mergeTables} makes of `tables`; undefined when none has any. The
 * language is that of all of them, 0 where they differ.
 */
export function mergeSides(tables: readonly TypeTable[]): SideColumns | undefined {
  const sides = tables.map((table) => table.side?.arrays ?? {});
  if (tables.every((table) => table.side === undefined)) return undefined;
  const lengths = tables.map((table) => table.starts.length);
  const merged: Merged = {};
  for (const name of PLAIN_COLUMNS) merged[name] = joined(sides, name, lengths);
  merged.scopes = joined(sides, 'scopes', lengths, shiftIds);
  mergeMembers(sides, lengths, merged);
  mergeChildren(sides, lengths, merged);
  mergeFunctions(sides, lengths, merged);
  return new SideColumns(merged, {
    language: common(tables.map((table) => table.side?.language)),
    version: common(tables.map((table) => table.side?.version)),
  });
}

/** What all of the numbers are; 0 where they differ. */
function common(numbers: readonly (number | undefined)[]): number {
  return numbers.every((number) => number === numbers[0]) ? (numbers[0] ?? 0) : 0;
}

/**
 * One column behind the other, each as long as `lengths` says. `shift` changes what is in one by the number
 * of words (of `shifts`, if they are given) before it. Undefined where no table has the column.
 */
function joined(
  sides: readonly SideColumnArrays[],
  name: ColumnName,
  lengths: readonly number[],
  shift: (column: Uint32Array, by: number) => void = () => {},
  shifts: readonly number[] = lengths,
): Uint32Array | undefined {
  if (sides.every((side) => side[name] === undefined)) return undefined;
  const column = new Uint32Array(lengths.reduce((total, length) => total + length, 0));
  let at = 0;
  let by = 0;
  for (const [index, side] of sides.entries()) {
    const part = column.subarray(at, at + (lengths[index] as number));
    const own = side[name];
    if (own !== undefined) part.set(own.subarray(0, part.length));
    if (own !== undefined && by > 0) shift(part, by);
    at += part.length;
    by += shifts[index] as number;
  }
  return column;
}

/** Adds to all that is not 0. */
function shiftIds(column: Uint32Array, by: number): void {
  for (let at = 0; at < column.length; at++) if (column[at] !== 0) column[at] = (column[at] as number) + by;
}

function shiftFunctions(rows: Uint32Array, by: number): void {
  for (let at = 0; at < rows.length; at += ROW_WORDS) {
    rows[at] = (rows[at] as number) + by;
    // The function that it completes.
    if (rows[at + 8] !== 0) rows[at + 8] = (rows[at + 8] as number) + by;
  }
}

/** Where a function's outline begins. */
function shiftOutlineStarts(rows: Uint32Array, by: number): void {
  for (let at = 9; at < rows.length; at += ROW_WORDS) rows[at] = (rows[at] as number) + by / OUTLINE_WORDS;
}

/** Of a variable the type, of an inlined function its id. */
function shiftOutlines(rows: Uint32Array, by: number): void {
  for (let at = 2; at < rows.length; at += OUTLINE_WORDS) {
    if (rows[at] !== 0 && rows[at] !== MISSING) rows[at] = (rows[at] as number) + by;
  }
}

function shiftChildren(children: Uint32Array, by: number): void {
  let at = 0;
  while (at < children.length) {
    const end = at + 1 + 2 * (children[at] as number);
    for (at++; at < end; at += 2) {
      const code = (children[at] as number) & 0xff;
      const value = children[at + 1] as number;
      if (!VALUE_CODES.includes(code) && value !== MISSING) children[at + 1] = value + by;
    }
  }
}

/** Columns in the making. */
type Merged = { -readonly [Name in ColumnName]?: SideColumnArrays[Name] };

function mergeMembers(sides: readonly SideColumnArrays[], lengths: readonly number[], merged: Merged): void {
  const counts = sides.map(({ memberFlags, memberAlignments }) =>
    Math.max(memberFlags?.length ?? 0, memberAlignments?.length ?? 0),
  );
  merged.memberFlags = joined(sides, 'memberFlags', counts);
  merged.memberAlignments = joined(sides, 'memberAlignments', counts);
  const starts = new Uint32Array(lengths.reduce((total, length) => total + length, 0));
  let at = 0;
  let first = 0;
  for (const [index, length] of lengths.entries()) {
    const own = sides[index]?.memberStarts;
    for (let type = 0; type < length; type++) {
      starts[at++] = counts[index] === 0 ? NOWHERE : first + (own?.[type] ?? 0);
    }
    first += counts[index] as number;
  }
  merged.memberStarts = starts;
}

function mergeChildren(sides: readonly SideColumnArrays[], lengths: readonly number[], merged: Merged): void {
  const words = sides.map(({ children }) => children?.length ?? 0);
  merged.childStarts = joined(sides, 'childStarts', lengths, shiftIds, words);
  merged.children = joined(sides, 'children', words, shiftChildren, lengths);
}

function mergeFunctions(
  sides: readonly SideColumnArrays[],
  lengths: readonly number[],
  merged: Merged,
): void {
  const words = sides.map(({ functions }) => functions?.length ?? 0);
  const outlineWords = sides.map(({ outlines }) => outlines?.length ?? 0);
  const shifted = joined(sides, 'functions', words, shiftFunctions, lengths);
  merged.functions = joined(split(shifted, words), 'functions', words, shiftOutlineStarts, outlineWords);
  merged.outlines = joined(sides, 'outlines', outlineWords, shiftOutlines, lengths);
}

/** What {@link joined} put one behind the other. */
function split(column: Uint32Array | undefined, lengths: readonly number[]): readonly SideColumnArrays[] {
  let at = 0;
  return lengths.map((length) => {
    const functions = column?.subarray(at, at + length);
    at += length;
    return { functions };
  });
}

/** Many tables, such as those of a file's compile units, as one. */

import type { Kind } from './kinds.ts';
import { mergeSides } from './merge-side.ts';
import {
  HEADER_WORDS,
  infoKind,
  infoVlen,
  RECORD_SHAPES,
  type RecordShape,
  type WordRole,
} from './records.ts';
import { TypeTable } from './table.ts';

/**
 * One table with the types of all `tables`, one after the other. Ids of the second table follow those of
 * the first, and so on. All must share one string table, pointer size and byte order, and have no base.
 */
export function mergeTables(tables: readonly TypeTable[]): TypeTable {
  const [first] = tables;
  if (first === undefined) throw new RangeError('no table to merge');
  if (tables.length === 1) return first;
  const words = new Uint32Array(tables.reduce((total, table) => total + table.words.length, 0));
  const starts = new Uint32Array(tables.reduce((total, table) => total + table.starts.length, 0));
  let word = 0;
  let type = 0;
  for (const table of tables) {
    words.set(table.words, word);
    for (let index = 0; index < table.starts.length; index++) {
      const start = word + (table.starts[index] as number);
      starts[type + index] = start;
      shiftIds(words, start, type);
    }
    word += table.words.length;
    type += table.starts.length;
  }
  const { strings, pointerSize, endian } = first;
  return new TypeTable({ words, starts, strings, pointerSize, endian, side: mergeSides(tables) });
}

/** What readers write for a reference that they cannot follow. */
const MISSING = 0xffff_ffff;

/** Adds `shift` to each type id in the record at `start`; void and what is missing stay so. */
function shiftIds(words: Uint32Array, start: number, shift: number): void {
  const info = words[start + 1] as number;
  const shape: RecordShape | undefined = RECORD_SHAPES[infoKind(info) as Kind];
  if (shape === undefined || shift === 0) return;
  const shiftAt = (at: number): void => {
    if (words[at] !== 0 && words[at] !== MISSING) words[at] = (words[at] as number) + shift;
  };
  if (shape.third === 'type') shiftAt(start + 2);
  let at = start + HEADER_WORDS;
  const shiftRun = (roles: readonly WordRole[]): void => {
    for (const role of roles) {
      if (role === 'type') shiftAt(at);
      at++;
    }
  };
  shiftRun(shape.extra);
  if (!shape.element.includes('type')) return;
  for (let left = infoVlen(info); left > 0; left--) shiftRun(shape.element);
}

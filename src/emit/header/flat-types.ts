/**
 * A table and its bases as one run of records and one blob of text, for passes over all types: no call and
 * no choice of table for each type.
 */

import { tableChain } from '../../model/queries.ts';
import type { TypeId, TypeTable } from '../../model/table.ts';
import { TextBlob } from './text-blob.ts';

/**
 * The types of a table and its bases, by id. Id 0 has a record of zeros, so that void needs no question; an
 * id without a record reads as void too, since what lies outside of a typed array is undefined.
 */
export interface FlatTypes {
  readonly table: TypeTable;
  /** Records in host byte order. */
  readonly words: Uint32Array;
  /** Index in `words` of the record of each id. */
  readonly starts: Uint32Array;
  /** One past the highest id. */
  readonly end: TypeId;
  readonly pointerSize: number;
  /** Names at the offsets that the records hold. */
  readonly text: TextBlob;
}

/** Joins a table with its bases. */
export function flattenTypes(table: TypeTable): FlatTypes {
  const chain = tableChain(table);
  const wordCount = chain.reduce((total, part) => total + part.words.length, 0);
  const words = new Uint32Array(wordCount + VOID_WORDS);
  const starts = new Uint32Array(table.end);
  // Void is last, so that where the records of a table without a base begin can be copied as it is.
  starts[0] = wordCount;
  let at = 0;
  for (const part of chain) {
    words.set(part.words, at);
    if (at === 0) starts.set(part.starts, part.firstId);
    else copyShifted(part.starts, starts, part.firstId, at);
    at += part.words.length;
  }
  const text = new TextBlob(chain.map((part) => part.strings.bytes));
  return { table, words, starts, end: table.end, pointerSize: table.pointerSize, text };
}

/** Words of the record of void: as many as the longest record without elements has. */
const VOID_WORDS = 6;

function copyShifted(from: Uint32Array, into: Uint32Array, start: number, shift: number): void {
  for (let index = 0; index < from.length; index++) into[start + index] = (from[index] as number) + shift;
}

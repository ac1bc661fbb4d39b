/** Several tables on one base, one after the other: what one brings changes nothing for the next. */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { dedup } from '../../src/btf/dedup.ts';
import { encodeBtf } from '../../src/btf/encode.ts';
import { btf, enum32, fwd, int, ptr, struct, type TypeRecord, typedef } from '../support/btf-writer.ts';

const BASE: readonly TypeRecord[] = [
  int('int', 4),
  struct('node', 8, [['next', 3, 0]]),
  ptr(2),
  fwd('later', 'struct'),
  ptr(4),
  enum32('choice'),
];

/** Each begins with the types of the base again; ids are those of one table. */
const SPLITS: readonly (readonly TypeRecord[])[] = [
  [int('int', 4), struct('node', 8, [['next', 9, 0]]), ptr(8)],
  [int('int', 4), struct('node', 4, [['value', 7, 0]]), ptr(8)],
  [int('int', 4), struct('later', 4, [['value', 7, 0]]), ptr(8)],
  [int('int', 4), enum32('choice', [['YES', 1]]), ptr(8)],
  // A loop through typedefs makes that more of the base is cut.
  [typedef('loop', 8), ptr(7), typedef('number', 1)],
];

const freshBase = () => decodeBtf(btf(BASE));

function bytesOf(base: ReturnType<typeof freshBase>, records: readonly TypeRecord[]): Buffer {
  const split = btf(records, { base: { types: base.end, stringBytes: base.strings.end } });
  return Buffer.from(encodeBtf(dedup([decodeBtf(split, { base })]).table));
}

describe('a base that is used again', () => {
  it('gives each table what a base of its own gives', () => {
    const shared = freshBase();
    for (const records of [...SPLITS, ...SPLITS.toReversed()]) {
      expect(bytesOf(shared, records)).toEqual(bytesOf(freshBase(), records));
    }
  });

  it('is told from tables that differ', () => {
    const shared = freshBase();
    const sizes = SPLITS.map((records) => bytesOf(shared, records).length);
    expect(new Set(sizes).size).toBeGreaterThan(2);
  });
});

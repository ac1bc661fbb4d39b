/** Deduplication of what nobody would write. */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { dedup } from '../../src/btf/dedup.ts';
import { btf, int, ptr, struct, type TypeRecord } from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { tableOf } from '../support/types.ts';

describe('hostile input ends', () => {
  const COUNT = 100_000;

  it('in a chain of 100,000 ambiguous structs', () => {
    const chain = (first: number, end: TypeRecord): TypeRecord[] => [
      end,
      ...Array.from({ length: COUNT }, (_, index) => struct(`s${index}`, 8, [['m', first + index, 0]])),
    ];
    const records = [...chain(1, int('int', 4)), ...chain(COUNT + 2, int('int', 8))];
    expect(dedup([tableOf(records)]).table.end).toBe(records.length + 1);
  });

  it('in 100,000 structs of one name, each of which holds the next', () => {
    const records = Array.from({ length: COUNT }, (_, index) =>
      struct('s', 8, index + 1 < COUNT ? [['m', index + 2, 0]] : []),
    );
    expect(dedup([tableOf(records)]).table.end).toBe(COUNT + 1);
  });

  it('in a loop of 100,000 pointers', () => {
    const records = Array.from({ length: COUNT }, (_, index) => ptr(index + 2 > COUNT ? 1 : index + 2));
    expect(dedup([tableOf(records)]).table.end).toBe(COUNT + 1);
  });

  it('in names that overlap', () => {
    const section = Buffer.alloc(100_002, 'x');
    section[0] = section[100_001] = 0;
    const records = Array.from({ length: 100_000 }, (_, index) => int(1 + index, 4));
    const table = decodeBtf(btf(records, { stringSection: section }), { pointerSize: 8 });
    expectError(() => dedup([table]), 'bad-data', 'names overlap');
  });
});

/** Types that are known to repeat those of earlier units: leaving them out changes nothing. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { Deduplicator, type DedupResult, UnclearRepeats } from '../../src/btf/dedup.ts';
import type { TypeTable } from '../../src/model/table.ts';
import {
  btf,
  enum32,
  funcProto,
  fwd,
  int,
  ptr,
  struct,
  type TypeRecord,
  typedef,
} from '../support/btf-writer.ts';
import { ContentNumbers } from '../support/contents.ts';
import { anyRecords } from '../support/random-types.ts';
import { unitsOfRecords } from '../support/random-units.ts';

const RUNS = { numRuns: 500 };

function tablesOf(units: readonly TypeRecord[][]): TypeTable[] {
  return units.map((records) => decodeBtf(btf(records)));
}

/** The result, and how many types were left out as repeats. */
function withRepeats(tables: readonly TypeTable[]): DedupResult & { readonly repeats: number } {
  const target = new Deduplicator();
  const numbers = new ContentNumbers();
  let repeats = 0;
  for (const table of tables) {
    const first = target.nextId;
    const ids = Uint32Array.from({ length: table.end }, (_, id) => (id === 0 ? 0 : first + id - 1));
    const contents = numbers.of(table);
    const isAdded = new Uint8Array(contents.length).fill(1);
    target.beginUnit();
    for (let index = 0; ; index++) {
      const next = target.addRepeats(contents, isAdded, index);
      repeats += next - index;
      index = next;
      if (index >= contents.length) break;
      target.addFrom(table, index + 1, ids);
      target.setContents(contents[index] as number);
    }
  }
  const { table, ids } = target.finish();
  return { table, ids, repeats };
}

function withoutRepeats(tables: readonly TypeTable[]): DedupResult {
  const target = new Deduplicator();
  for (const table of tables) {
    const first = target.nextId;
    const ids = Uint32Array.from({ length: table.end }, (_, id) => (id === 0 ? 0 : first + id - 1));
    for (let id = 1; id < table.end; id++) target.addFrom(table, id, ids);
  }
  return target.finish();
}

function expectSame(units: readonly TypeRecord[][]): number {
  const tables = tablesOf(units);
  const all = withoutRepeats(tables);
  const fewer = withRepeats(tables);
  expect([...fewer.table.words]).toEqual([...all.table.words]);
  expect(fewer.table.strings.bytes).toEqual(all.table.strings.bytes);
  expect([...fewer.ids]).toEqual([...all.ids]);
  return fewer.repeats;
}

function expectSameUnlessUnclear(units: readonly TypeRecord[][]): void {
  try {
    expectSame(units);
  } catch (error) {
    if (!(error instanceof UnclearRepeats)) throw error;
  }
}

describe('types that are left out because they repeat those of earlier units', () => {
  it('change nothing, whatever the units are', () => {
    fc.assert(
      fc.property(unitsOfRecords, (units) => {
        expectSameUnlessUnclear(units);
      }),
      RUNS,
    );
  });

  it('change nothing of arbitrary records, loops of any kind included', () => {
    fc.assert(
      fc.property(fc.array(anyRecords(), { minLength: 1, maxLength: 4 }), (units) => {
        expectSameUnlessUnclear(units);
      }),
      RUNS,
    );
  });

  it('are all types of a unit that says nothing new', () => {
    const unit = [int('int', 4), ptr(1), struct('a', 8, [['p', 2, 0]]), typedef('t', 3)];
    expect(expectSame([unit, unit, unit])).toBe(8);
  });

  it('are told apart where a name stands for different structs', () => {
    const unit = (size: number): TypeRecord[] => [
      int('int', 4),
      struct('inner', size, [['x', 1, 0]]),
      ptr(2),
      struct('outer', 8, [['p', 3, 0]]),
      typedef('t', 4),
    ];
    const { table } = withRepeats(tablesOf([unit(4), unit(8), unit(8), unit(4)]));
    expect(table.end - 1).toBe(9);
    expectSame([unit(4), unit(8), unit(8), unit(4)]);
  });

  it('are told apart where a name stands for different enums', () => {
    const unit = (value: number): TypeRecord[] => [
      enum32('e', [['A', BigInt(value)]]),
      struct('s', 4, [['e', 1, 0]]),
    ];
    const { table } = withRepeats(tablesOf([unit(1), unit(2), unit(1)]));
    expect(table.end - 1).toBe(4);
    expectSame([unit(1), unit(2), unit(1)]);
  });

  it('stand for a definition that comes later', () => {
    const declared = [fwd('s'), ptr(1), typedef('p', 2)];
    const defined = [struct('s', 0, []), ptr(1), typedef('p', 2)];
    expect(withRepeats(tablesOf([declared, defined, declared])).table.end - 1).toBe(3);
    expectSame([declared, defined, declared]);
  });

  it('are none of a unit in which a name has several types', () => {
    const unit = [struct('s', 0, []), struct('s', 4, []), ptr(1), ptr(2)];
    expect(expectSame([unit, unit])).toBe(2);
  });

  it('are unclear where one of several equal types of a unit is referred to, and which is not known', () => {
    const before = [
      struct('outer', 32, [['m', 4, 0]]),
      struct('inner', 32, []),
      funcProto(0, [['p', 2]]),
      ptr(3),
    ];
    const after = [
      struct('outer', 32, [['m', 2, 0]]),
      ptr(3),
      funcProto(0, [['p', 4]]),
      struct('inner', 32, [['m', 5, 0]]),
      funcProto(0, [['p', 4]]),
    ];
    expect(() => withRepeats(tablesOf([before, after]))).toThrow(UnclearRepeats);
  });
});

/** What deduplication promises, of random compile units. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { type DedupResult, dedup } from '../../src/btf/dedup.ts';
import { Kind } from '../../src/model/kinds.ts';
import type { TypeTable } from '../../src/model/table.ts';
import { nameRefs, typeRefs } from '../../src/model/traverse.ts';
import { btf, type TypeRecord } from '../support/btf-writer.ts';
import { anyRecords } from '../support/random-types.ts';
import { unitsOfRecords } from '../support/random-units.ts';

const RUNS = { numRuns: 300 };

function tablesOf(units: readonly TypeRecord[][]): TypeTable[] {
  return units.map((records) => decodeBtf(btf(records)));
}

describe('deduplication of random units', () => {
  it('keeps the meaning of every type', () => {
    fc.assert(
      fc.property(unitsOfRecords, (units) => {
        const tables = tablesOf(units);
        expect(changedTypes(tables, dedup(tables))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('keeps the meaning of arbitrary records, loops of any kind included', () => {
    fc.assert(
      fc.property(fc.array(anyRecords(), { minLength: 1, maxLength: 3 }), (units) => {
        const tables = tablesOf(units);
        expect(changedTypes(tables, dedup(tables))).toEqual([]);
      }),
      RUNS,
    );
  });

  it('leaves no two equal types', () => {
    fc.assert(
      fc.property(unitsOfRecords, (units) => {
        const { table } = dedup(tablesOf(units));
        expect(differentTypes(table)).toBe(table.end - 1);
      }),
      RUNS,
    );
  });

  it('changes nothing when it is repeated', () => {
    fc.assert(
      fc.property(fc.oneof(unitsOfRecords, fc.tuple(anyRecords())), (units) => {
        const { table } = dedup(tablesOf(units));
        const again = dedup([table]);
        expect([...again.ids]).toEqual([...again.ids.keys()]);
        expect(again.table.words.length).toBe(table.words.length);
      }),
      RUNS,
    );
  });

  it('does not depend on the order of units, but for the order of ids', () => {
    const inTwoOrders = unitsOfRecords.chain((units) =>
      fc.tuple(
        fc.constant(units),
        fc.shuffledSubarray(units, { minLength: units.length, maxLength: units.length }),
      ),
    );
    fc.assert(
      fc.property(inTwoOrders, ([units, shuffled]) => {
        const one = dedup(tablesOf(units)).table;
        const other = dedup(tablesOf(shuffled)).table;
        expect(other.end).toBe(one.end);
        // All types of the one are types of the other.
        expect(dedup([one, other]).table.end).toBe(one.end);
      }),
      RUNS,
    );
  });

  it('gives nothing of its own to a table split from its result', () => {
    fc.assert(
      fc.property(unitsOfRecords, (units) => {
        const base = dedup(tablesOf(units)).table;
        const split = units.map((records) => {
          const shift = (word: number): number => (word === 0 ? 0 : word + base.end - 1);
          const own = shiftIds(records, shift);
          return decodeBtf(btf(own, { base: { types: base.end, stringBytes: base.strings.end } }), { base });
        });
        expect(dedup(split).table.end).toBe(base.end);
      }),
      RUNS,
    );
  });
});

/** Records with other ids, by way of a table. */
function shiftIds(records: readonly TypeRecord[], shift: (id: number) => number): TypeRecord[] {
  const table = decodeBtf(btf(records));
  return records.map((record, index) => {
    const refs = typeRefs(table, index + 1);
    const kind = table.kind(index + 1);
    let next = 0;
    return record.map((word, at) => (isTypeWord(kind, at) ? shift(refs[next++] as number) : word));
  });
}

function isTypeWord(kind: number, at: number): boolean {
  switch (kind) {
    case Kind.Int:
    case Kind.Float:
    case Kind.Enum:
    case Kind.Enum64:
    case Kind.Forward:
      return false;
    case Kind.Array:
      return at === 3 || at === 4;
    case Kind.Struct:
    case Kind.Union:
      return at > 2 && at % 3 === 1;
    case Kind.Datasec:
      return at > 2 && at % 3 === 0;
    case Kind.FuncProto:
      return at === 2 || (at > 2 && at % 2 === 0);
    default:
      return at === 2;
  }
}

/** The types, as `table:id`, that are not what they were. */
function changedTypes(tables: readonly TypeTable[], { table, ids }: DedupResult): string[] {
  const changed: string[] = [];
  let first = 1;
  for (const [index, input] of tables.entries()) {
    const shift = first - 1;
    for (let id = 1; id < input.end; id++) {
      if (!isSame({ input, shift, output: table, ids }, id)) changed.push(`${index}:${id}`);
    }
    first += input.end - 1;
  }
  return changed;
}

interface Mapping {
  readonly input: TypeTable;
  readonly shift: number;
  readonly output: TypeTable;
  readonly ids: Uint32Array;
}

/** Whether a type and what became of it say the same, references being followed by the next types. */
function isSame({ input, shift, output, ids }: Mapping, id: number): boolean {
  const found = ids[id + shift] as number;
  if (isForward(input, id)) return formOf(input, id) === formOf(output, found);
  if (shallow(input, id) !== shallow(output, found)) return false;
  const refs = typeRefs(input, id).map((ref) => (ref === 0 ? 0 : ids[ref + shift]));
  return JSON.stringify(refs) === JSON.stringify(typeRefs(output, found));
}

function isForward(table: TypeTable, id: number): boolean {
  const kind = table.kind(id);
  const isEnum = kind === Kind.Enum || kind === Kind.Enum64;
  return kind === Kind.Forward || (isEnum && table.vlen(id) === 0 && table.name(id) !== '');
}

/** What a declaration says: that a struct, union or enum has this name. */
function formOf(table: TypeTable, id: number): string {
  const kind = table.kind(id);
  if (kind === Kind.Enum || kind === Kind.Enum64) return `enum ${table.name(id)}`;
  const isUnion = kind === Kind.Union || (kind === Kind.Forward && table.kindFlag(id));
  return `${isUnion ? 'union' : 'struct'} ${table.name(id)}`;
}

/** What a record says without the ids in it. */
function shallow(table: TypeTable, id: number): string {
  const names = nameRefs(table, id).map((offset) => table.strings.text(offset));
  const { words } = table;
  const start = table.startOf(id);
  const end = id + 1 < table.end ? table.startOf(id + 1) : words.length;
  const kind = table.kind(id);
  const isName = (at: number): boolean => at === 0 || isElementName(kind, at);
  const values = [...words.subarray(start, end)].filter((_, at) => !isTypeWord(kind, at) && !isName(at));
  return JSON.stringify([names, values]);
}

function isElementName(kind: number, at: number): boolean {
  switch (kind) {
    case Kind.Struct:
    case Kind.Union:
    case Kind.Enum64:
      return at > 2 && at % 3 === 0;
    case Kind.Enum:
    case Kind.FuncProto:
      return at > 2 && at % 2 === 1;
    default:
      return false;
  }
}

/** How many types there are when all that cannot be told apart count once: naive partition refinement. */
function differentTypes(table: TypeTable): number {
  const ids = Array.from({ length: table.end - 1 }, (_, index) => index + 1);
  let classes = new Map(ids.map((id) => [id, shallow(table, id)]));
  for (let count = 0; ; ) {
    const numbers = new Map([...new Set(classes.values())].map((text, index) => [text, index]));
    if (numbers.size === count) return count;
    count = numbers.size;
    const classOf = (id: number): number =>
      id === 0 ? -1 : (numbers.get(classes.get(id) as string) as number);
    classes = new Map(ids.map((id) => [id, JSON.stringify([classOf(id), typeRefs(table, id).map(classOf)])]));
  }
}

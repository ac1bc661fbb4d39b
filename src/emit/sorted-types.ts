/**
 * `SortedTypes`: structs and unions by name, then member by member by name, bit offset, bitfield size and type name,
 * then by number of members, size and kind. Of equal types the first is kept, and the others are told as they come:
 * units repeat one another's types a hundred times, and none of their tables is kept.
 */

import { HEADER_WORDS } from '../model/records.ts';
import type { StringTable } from '../model/strings.ts';
import type { TypeId } from '../model/table.ts';
import type { EmitContext } from './context.ts';
import { KeptComposites, type TypePlace } from './kept-composites.ts';
import { compareMember, compareNames } from './same-composite.ts';
import type { SortEntry } from './sort.ts';
import { TypeNumbers } from './type-numbers.ts';
import { putTypeName } from './type-text.ts';

/** A type that was kept, and what was made of it. */
interface KeptType<T> extends TypePlace {
  readonly value: T;
}

export class SortedTypes<T> {
  readonly #numbers = new TypeNumbers();
  /** Records with the numbers of their members' types in place of the ids. */
  readonly #kept = new KeptComposites();
  readonly #types: KeptType<T>[] = [];
  /** By the hash of a record, the last of the types that have it; and for each the one before, or -1. */
  readonly #lastOf = new Map<number, number>();
  readonly #before: number[] = [];
  /** Texts of members' types, by number. */
  readonly #texts: string[] = [];
  #record = new Uint32Array(1 << 10);

  /** Adds a named struct or union with the value that `make` makes of it, unless an equal one has come before. */
  add({ emitter, id }: SortEntry, make: () => T): void {
    const ctx = emitter.context;
    const { strings } = ctx.table;
    const record = this.#recordOf(ctx, id);
    const hash = hashOf(record);
    const last = this.#lastOf.get(hash) ?? -1;
    for (let index = last; index >= 0; index = this.#before[index] as number) {
      if (isRecordOf(this.#types[index] as TypePlace, record, strings)) return;
    }
    this.#noteTexts(ctx, id, record);
    this.#lastOf.set(hash, this.#types.length);
    this.#before.push(last);
    this.#types.push({ ...this.#kept.keepRecord(record, strings), value: make() });
  }

  /** The values in the order of their types. */
  sorted(): T[] {
    const compare = (a: TypePlace, b: TypePlace): number => this.#compare(a, b);
    const sorted = [...this.#types].sort(compare);
    return sorted
      .filter((type, index) => index === 0 || compare(sorted[index - 1] as TypePlace, type) !== 0)
      .map(({ value }) => value);
  }

  /** The words of a record, its members' types as numbers. The next call overwrites them. */
  #recordOf(ctx: EmitContext, id: TypeId): Uint32Array {
    const { table } = ctx;
    const start = table.startOf(id);
    const length = HEADER_WORDS + 3 * table.vlen(id);
    if (this.#record.length < length) this.#record = new Uint32Array(2 * length);
    const record = this.#record.subarray(0, length);
    record.set(table.words.subarray(start, start + length));
    for (let at = HEADER_WORDS + 1; at < length; at += 3) {
      record[at] = this.#numbers.numberOf(ctx, record[at] as TypeId);
    }
    return record;
  }

  #noteTexts(ctx: EmitContext, id: TypeId, record: Uint32Array): void {
    for (let index = 0; HEADER_WORDS + 3 * index < record.length; index++) {
      const number = record[HEADER_WORDS + 3 * index + 1] as number;
      if (this.#texts[number] !== undefined) continue;
      // The bounds on text count from here: there is one text for each type.
      ctx.beginTopLevel(false);
      this.#texts[number] = ctx.out.capture(() => putTypeName(ctx, ctx.table.extra(id, 3 * index + 1)));
    }
  }

  #compare(a: TypePlace, b: TypePlace): number {
    const [aTable, bTable] = [a.table, b.table];
    const byName = compareNames(aTable, aTable.nameOffset(a.id), bTable, bTable.nameOffset(b.id));
    if (byName !== 0) return byName;
    const count = Math.min(aTable.vlen(a.id), bTable.vlen(b.id));
    for (let index = 0; index < count; index++) {
      const order =
        compareMember(aTable, a.id, bTable, b.id, index) ||
        this.#compareTexts(aTable.extra(a.id, 3 * index + 1), bTable.extra(b.id, 3 * index + 1));
      if (order !== 0) return order;
    }
    return (
      aTable.vlen(a.id) - bTable.vlen(b.id) ||
      aTable.sizeOrType(a.id) - bTable.sizeOrType(b.id) ||
      aTable.kind(a.id) - bTable.kind(b.id)
    );
  }

  #compareTexts(a: number, b: number): number {
    if (a === b) return 0;
    const [aText, bText] = [this.#texts[a] as string, this.#texts[b] as string];
    return aText < bText ? -1 : aText > bText ? 1 : 0;
  }
}

function isRecordOf({ table, id }: TypePlace, record: Uint32Array, strings: StringTable): boolean {
  const start = table.startOf(id);
  if (table.strings !== strings || table.vlen(id) * 3 + HEADER_WORDS !== record.length) return false;
  return record.every((word, index) => table.words[start + index] === word);
}

function hashOf(record: Uint32Array): number {
  let hash = record.length;
  for (const word of record) hash = Math.imul(hash ^ word, 0x9e37_79b1) ^ (hash >>> 15);
  return hash;
}

/**
 * Copies of the records of single structs and unions. A listing of DWARF compares with a few types of each
 * unit long after; the tables of all those units together would be many times as large.
 */

import { HEADER_WORDS } from '../model/records.ts';
import type { StringTable } from '../model/strings.ts';
import { type TypeId, TypeTable } from '../model/table.ts';

/** Words and records for which memory is taken at once. */
const CHUNK_WORDS = 1 << 15;
const CHUNK_RECORDS = 1 << 11;

/** A type in a table. */
export interface TypePlace {
  readonly table: TypeTable;
  readonly id: TypeId;
}

/** Keeps what structs and unions say of themselves and their members; the ids in it mean nothing. */
export class KeptComposites {
  #table: TypeTable | undefined;
  #usedWords = 0;
  #usedRecords = 0;

  /** Copies the record of a struct or union, an own id of `table`. Names stay those of its strings. */
  keep(table: TypeTable, id: TypeId): TypePlace {
    const start = table.startOf(id);
    const record = table.words.subarray(start, start + HEADER_WORDS + 3 * table.vlen(id));
    return this.keepRecord(record, table.strings);
  }

  /** Copies a record with names of `strings`. */
  keepRecord(record: Uint32Array, strings: StringTable): TypePlace {
    const kept = this.#tableFor(record.length, strings);
    kept.words.set(record, this.#usedWords);
    kept.starts[this.#usedRecords] = this.#usedWords;
    this.#usedWords += record.length;
    this.#usedRecords += 1;
    return { table: kept, id: kept.firstId + this.#usedRecords - 1 };
  }

  /** A table with room for one more record. */
  #tableFor(length: number, strings: StringTable): TypeTable {
    const table = this.#table;
    const fits =
      table !== undefined &&
      table.strings === strings &&
      this.#usedWords + length <= table.words.length &&
      this.#usedRecords < table.starts.length;
    if (fits) return table;
    this.#usedWords = 0;
    this.#usedRecords = 0;
    this.#table = new TypeTable({
      words: new Uint32Array(Math.max(CHUNK_WORDS, length)),
      starts: new Uint32Array(CHUNK_RECORDS),
      strings,
      pointerSize: 8,
      endian: 'little',
    });
    return this.#table;
  }
}

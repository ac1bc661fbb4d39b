/**
 * `TypeTable`: the model that every reader fills and every pass reads.
 *
 * A type is an integer id. Its record lies in `words` (see records.ts), found through `starts`; names
 * are offsets into `strings`. Native BTF is used in place, nothing is copied. Id 0 is void and has no
 * record. A split table continues the ids of its base.
 *
 * Accessors never throw on a bad id: an id without a record has kind {@link KIND_MISSING}, size 0 and
 * no elements, so that passes over hostile input stay simple and printers can say which id is missing.
 */

import type { Endian } from './bytes.ts';
import { KIND_MISSING, Kind } from './kinds.ts';
import { HEADER_WORDS, infoKind, infoKindFlag, infoVlen } from './records.ts';
import type { SideColumns } from './side-columns.ts';
import type { StringTable } from './strings.ts';
import type { Type } from './types.ts';
import { makeType } from './views.ts';

/** Index of a type in its table and in the tables split from it; 0 is void. */
export type TypeId = number;

/** What a {@link TypeTable} is made of. */
export interface TypeTableParts {
  /** Records in host byte order. */
  readonly words: Uint32Array;
  /** Index into `words` of each own record, in id order. */
  readonly starts: Uint32Array;
  readonly strings: StringTable;
  /** Table whose ids this one continues. */
  readonly base?: TypeTable | undefined;
  /** Bytes in a pointer. */
  readonly pointerSize: number;
  /** Byte order of the target, which decides what a bit offset counts from. */
  readonly endian: Endian;
  /** What the records cannot say; absent for BTF. */
  readonly side?: SideColumns | undefined;
}

/** The types of one file, by id. Immutable; see the top of this file for bad ids. */
export class TypeTable {
  readonly words: Uint32Array;
  readonly starts: Uint32Array;
  readonly strings: StringTable;
  readonly base: TypeTable | undefined;
  readonly pointerSize: number;
  readonly endian: Endian;
  /** What the records cannot say; absent for BTF. */
  readonly side: SideColumns | undefined;
  /** Lowest id with an own record: 1 without a base, else the base's `end`. */
  readonly firstId: TypeId;
  /** One past the highest id; the number of types, void and the base's included. */
  readonly end: TypeId;
  readonly #views = new Map<TypeId, Type>();

  constructor(parts: TypeTableParts) {
    this.words = parts.words;
    this.starts = parts.starts;
    this.strings = parts.strings;
    this.base = parts.base;
    this.pointerSize = parts.pointerSize;
    this.endian = parts.endian;
    this.side = parts.side;
    this.firstId = parts.base === undefined ? 1 : parts.base.end;
    this.end = this.firstId + parts.starts.length;
  }

  /** Whether `id` is void or has a record here or in a base. */
  has(id: TypeId): boolean {
    return Number.isInteger(id) && id >= 0 && id < this.end;
  }

  /**
   * The table of the base chain that holds the record of `id`, or undefined for void and for an id
   * out of range. Loops over elements take it once and read `words` directly.
   */
  owner(id: TypeId): TypeTable | undefined {
    if (!(id > 0 && id < this.end)) return undefined;
    let table: TypeTable = this;
    while (id < table.firstId && table.base !== undefined) table = table.base;
    return table;
  }

  /** Index of the record of `id` in `words`. `id` must be an own id of this table. */
  startOf(id: TypeId): number {
    return this.starts[id - this.firstId] as number;
  }

  /** Kind number, 0 for void, {@link KIND_MISSING} for an id out of range; may be a kind we do not know. */
  kind(id: TypeId): number {
    if (id === 0) return Kind.Void;
    if (id >= this.firstId) {
      if (id >= this.end) return KIND_MISSING;
      return infoKind(this.words[this.startOf(id) + 1] as number);
    }
    return this.base === undefined ? KIND_MISSING : this.base.kind(id);
  }

  /** Number of elements: members, enumerators, parameters, variables; for a function its linkage. */
  vlen(id: TypeId): number {
    return infoVlen(this.#header(id, 1));
  }

  /** Kind flag: bitfield offsets (struct, union), signed (enum), union (forward), attribute (tags). */
  kindFlag(id: TypeId): boolean {
    return infoKindFlag(this.#header(id, 1));
  }

  /** Offset of the name in `strings`; 0 when anonymous. */
  nameOffset(id: TypeId): number {
    return this.#header(id, 0);
  }

  /** Name, empty when anonymous. Throws `bad-data` when its offset is outside the strings. */
  name(id: TypeId): string {
    return this.strings.text(this.nameOffset(id));
  }

  /** Third word of the record: byte size or referenced type, by kind; 0 for void. */
  sizeOrType(id: TypeId): number {
    return this.#header(id, 2);
  }

  /** Word `index` behind the common three: an array's element type, an int's encoding, an element's word. */
  extra(id: TypeId, index: number): number {
    return this.#header(id, HEADER_WORDS + index);
  }

  /**
   * Readonly view of a type, made at the first call and remembered.
   * Throws `RangeError` for an id that the table does not hold.
   */
  type(id: TypeId): Type {
    if (!this.has(id)) throw new RangeError(`type id ${id} is not in 0..${this.end - 1}`);
    if (id < this.firstId && this.base !== undefined) return this.base.type(id);
    let view = this.#views.get(id);
    if (view === undefined) {
      view = makeType(this, id);
      this.#views.set(id, view);
    }
    return view;
  }

  #header(id: TypeId, word: number): number {
    if (id >= this.firstId) return id < this.end ? (this.words[this.startOf(id) + word] as number) : 0;
    return this.base === undefined ? 0 : this.base.#header(id, word);
  }
}

/** The tables that make up `table`, the lowest base first. */
export function tableChain(table: TypeTable): TypeTable[] {
  const chain: TypeTable[] = [];
  for (let part: TypeTable | undefined = table; part !== undefined; part = part.base) chain.unshift(part);
  return chain;
}

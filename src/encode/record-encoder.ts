/** Writes the types of a unit as records of BTF, their names among those of the deduplicator. */

import { WordList } from '../model/intern.ts';
import { Kind } from '../model/kinds.ts';
import { HEADER_WORDS, makeInfo, RECORD_SHAPES, type WordRole } from '../model/records.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import type { TypeContext } from './context.ts';
import { Fate } from './fates.ts';

/** The types of a unit on their way to BTF. */
export interface UnitRecords {
  readonly table: TypeTable;
  /** By id: a {@link Fate}, and the id in the deduplicator. */
  readonly fates: Uint8Array;
  readonly ids: Uint32Array;
  /** The type that indexes arrays. */
  readonly indexType: TypeId;
}

/** What pahole calls base types that no program can have, which compilers need for locations. */
const FAKE_INT = '__SANITIZED_FAKE_INT__';

const SIGNED = 1 << 24;

export class RecordEncoder {
  readonly words: WordList = new WordList();
  readonly starts: WordList = new WordList();
  hasArrays = false;
  readonly #table: TypeTable;
  readonly #unit: UnitRecords;
  readonly #context: TypeContext;

  constructor(unit: UnitRecords, context: TypeContext) {
    this.#table = unit.table;
    this.#unit = unit;
    this.#context = context;
  }

  /** Appends the record of a type. */
  write(id: TypeId): void {
    this.starts.push(this.words.length);
    switch (this.#table.kind(id)) {
      case Kind.Array:
        return this.#writeArray(id);
      case Kind.Reference:
      case Kind.RvalueReference:
        return this.#push(0, makeInfo(Kind.Pointer, 0, false), this.#idOf(this.#table.sizeOrType(id)));
      case Kind.Int:
        return isInt(this.#table.sizeOrType(id)) ? this.#copy(id) : this.#writeFakeInt();
      case Kind.Float:
      case Kind.Complex:
        return this.#writeFloat(id);
      case Kind.Enum:
      case Kind.Enum64:
        return this.#context.features.enum64 ? this.#copy(id) : this.#writeNarrowEnum(id);
      default:
        this.#copy(id);
    }
  }

  /** Appends the `int` of files that have none. */
  writeInt(): void {
    this.starts.push(this.words.length);
    this.#push(this.#context.target.names.add('int'), makeInfo(Kind.Int, 0, false), 4, SIGNED | 32);
  }

  /** Appends a tag, unless what it is on has become void. */
  writeTag(id: TypeId): void {
    if (this.#idOf(this.#table.sizeOrType(id)) === 0) return;
    this.starts.push(this.words.length);
    this.#copy(id);
  }

  /** All dimensions of an array are one. */
  #writeArray(id: TypeId): void {
    const table = this.#table;
    let count = table.extra(id, 2);
    let element = table.extra(id, 0);
    while (table.kind(element) === Kind.Array && this.#unit.fates[element] === Fate.Omitted && element < id) {
      count = Math.imul(count, table.extra(element, 2)) >>> 0;
      element = table.extra(element, 0);
    }
    this.hasArrays = true;
    this.#push(0, makeInfo(Kind.Array, 0, false), 0, this.#idOf(element), this.#unit.indexType, count);
  }

  #writeFloat(id: TypeId): void {
    const byteSize = this.#table.sizeOrType(id);
    if (this.#context.features.float) {
      if (isFloat(byteSize)) this.#copy(id);
      else this.#writeFakeInt();
    } else if (isInt(byteSize)) {
      this.#push(this.#nameOf(id), makeInfo(Kind.Int, 0, false), byteSize, 8 * byteSize);
    } else this.#writeFakeInt();
  }

  #writeFakeInt(): void {
    this.#push(this.#context.target.names.add(FAKE_INT), makeInfo(Kind.Int, 0, false), 4, 32);
  }

  /** Values lose their upper bits, and that they are signed. */
  #writeNarrowEnum(id: TypeId): void {
    const { names } = this.#context.target;
    const { strings } = this.#table;
    const count = this.#table.vlen(id);
    const stride = this.#table.kind(id) === Kind.Enum ? 2 : 3;
    this.#push(this.#nameOf(id), makeInfo(Kind.Enum, count, false), this.#table.sizeOrType(id));
    for (let index = 0; index < stride * count; index += stride) {
      this.#push(names.offsetOf(strings, this.#table.extra(id, index)), this.#table.extra(id, index + 1));
    }
  }

  #copy(id: TypeId): void {
    const { words, strings } = this.#table;
    const { names } = this.#context.target;
    const { third, extra, element } = RECORD_SHAPES[this.#table.kind(id) as Kind];
    let at = this.#table.startOf(id);
    const copy = (role: WordRole): void => {
      const word = words[at++] as number;
      if (role === 'name') this.words.push(names.offsetOf(strings, word));
      else this.words.push(role === 'type' ? this.#idOf(word) : word);
    };
    const end = at + HEADER_WORDS + extra.length + this.#table.vlen(id) * element.length;
    copy('name');
    copy('value');
    copy(third === 'type' ? 'type' : 'value');
    for (const role of extra) copy(role);
    while (at < end) for (const role of element) copy(role);
  }

  #nameOf(id: TypeId): number {
    return this.#context.target.names.offsetOf(this.#table.strings, this.#table.nameOffset(id));
  }

  /** Types that do not exist are void; the reader has said so. */
  #idOf(id: TypeId): TypeId {
    return this.#unit.ids[id] ?? 0;
  }

  #push(...words: readonly number[]): void {
    for (const word of words) this.words.push(word);
  }
}

/** Whether BTF's readers accept the size of an int. */
function isInt(byteSize: number): boolean {
  return byteSize > 0 && byteSize <= 16 && (byteSize & (byteSize - 1)) === 0;
}

/** Whether BTF's readers accept the size of a floating-point number; that of i386 may have 12 bytes. */
function isFloat(byteSize: number): boolean {
  return byteSize === 12 || (isInt(byteSize) && byteSize > 1);
}

/** Writes the types of a unit as records of BTF, their names among those of the deduplicator. */

import { Kind } from '../model/kinds.ts';
import { TypeFlag } from '../model/side-columns.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import type { TypeContext } from './context.ts';
import { Fate } from './fates.ts';
import { RecordList, type RecordStart } from './record-list.ts';

/** The types of a unit on their way to BTF. */
export interface UnitRecords {
  readonly table: TypeTable;
  /** By id: a {@link Fate}, and the id in the deduplicator. */
  readonly fates: Uint8Array;
  readonly ids: Uint32Array;
  /** One past the highest of these. */
  readonly end: TypeId;
  /** The type that indexes arrays; where there is none, the one that would come next. */
  readonly indexType: TypeId;
}

/** What pahole calls base types that no program can have, which compilers need for locations. */
const FAKE_INT = '__SANITIZED_FAKE_INT__';

const SIGNED = 1 << 24;

/** Bytes that the offset of a member counts where a composite has bitfields; in all others it counts more. */
const FAR = 1 << 21;

/** Hands the types of a unit to the deduplicator, one after the other. */
export class RecordEncoder {
  hasArrays = false;
  readonly #table: TypeTable;
  readonly #unit: UnitRecords;
  readonly #context: TypeContext;
  readonly #records: RecordList;

  constructor(unit: UnitRecords, context: TypeContext) {
    this.#table = unit.table;
    this.#unit = unit;
    this.#context = context;
    this.#records = new RecordList(context.target);
  }

  /** Hands over a type. */
  write(id: TypeId): void {
    switch (this.#table.kind(id)) {
      case Kind.Array:
        return this.#writeArray(id);
      case Kind.Pointer:
        // Some compilers name a pointer that is built in.
        return this.#table.nameOffset(id) === 0 ? this.#copy(id) : this.#writePointer(id);
      case Kind.Reference:
      case Kind.RvalueReference:
        return this.#writePointer(id);
      case Kind.Int:
        return isInt(this.#table.sizeOrType(id)) ? this.#copy(id) : this.#writeFakeInt();
      case Kind.Float:
      case Kind.Complex:
        return this.#writeFloat(id);
      case Kind.Enum:
        return this.#context.features.enum64 ? this.#copy(id) : this.#writeEnum(id);
      case Kind.Enum64:
        return this.#context.features.enum64 ? this.#writeEnum64(id) : this.#writeEnum(id);
      case Kind.Struct:
      case Kind.Union:
        return this.#hasFarMembers(id) ? this.#writeNearMembers(id) : this.#copy(id);
      default:
        this.#copy(id);
    }
  }

  /** Hands over the `int` of files that have none. */
  writeInt(): void {
    this.#push({ kind: Kind.Int, name: this.#context.target.names.add('int'), sizeOrType: 4 }, [SIGNED | 32]);
  }

  /** Hands over a tag, unless what it is on has become void. */
  writeTag(id: TypeId): void {
    if (this.#idOf(this.#table.sizeOrType(id)) !== 0) this.#copy(id);
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
    this.#push({ kind: Kind.Array, sizeOrType: 0 }, [this.#idOf(element), this.#unit.indexType, count]);
  }

  #writePointer(id: TypeId): void {
    this.#push({ kind: Kind.Pointer, sizeOrType: this.#idOf(this.#table.sizeOrType(id)) });
  }

  /** Whether a member of a composite with bitfields lies further from the start than its offset can say. */
  #hasFarMembers(id: TypeId): boolean {
    const { side } = this.#table;
    if (side === undefined || !this.#table.kindFlag(id) || this.#table.sizeOrType(id) < FAR) return false;
    for (let index = this.#table.vlen(id) - 1; index >= 0; index--)
      if (side.highOffset(id, index) !== 0) return true;
    return false;
  }

  #writeNearMembers(id: TypeId): void {
    const table = this.#table;
    const kind = table.kind(id) === Kind.Struct ? Kind.Struct : Kind.Union;
    const start = {
      kind,
      kindFlag: table.kindFlag(id),
      name: this.#nameOf(id),
      sizeOrType: table.sizeOrType(id),
    };
    const words: number[] = [];
    for (let index = 0; index < table.vlen(id); index++) {
      if (table.side?.highOffset(id, index) !== 0) continue;
      const name = this.#context.target.names.offsetOfRare(table.strings, table.extra(id, 3 * index));
      words.push(name, this.#idOf(table.extra(id, 3 * index + 1)), table.extra(id, 3 * index + 2));
    }
    const vlen = words.length / 3;
    const name = table.strings.latin1At(table.nameOffset(id)) || '(anonymous)';
    this.#context.remark(
      `${name}: ${table.vlen(id) - vlen} members lie further into it than BTF counts: left out`,
    );
    this.#push({ ...start, vlen }, words);
  }

  #writeFloat(id: TypeId): void {
    const byteSize = this.#table.sizeOrType(id);
    if (this.#context.features.float) {
      if (isFloat(byteSize)) this.#copy(id);
      else this.#writeFakeInt();
    } else if (isInt(byteSize)) {
      this.#push({ kind: Kind.Int, name: this.#nameOf(id), sizeOrType: byteSize }, [8 * byteSize]);
    } else this.#writeFakeInt();
  }

  #writeFakeInt(): void {
    this.#push({ kind: Kind.Int, name: this.#context.target.names.add(FAKE_INT), sizeOrType: 4 }, [32]);
  }

  /** Values lose their upper bits, and that they are signed. */
  #writeEnum(id: TypeId): void {
    const stride = this.#table.kind(id) === Kind.Enum ? 2 : 3;
    this.#writeValues(id, { kind: Kind.Enum, kindFlag: false }, stride);
  }

  /** pahole takes the sign from the type that an enum states, whatever its values are. */
  #writeEnum64(id: TypeId): void {
    const isGuessed = ((this.#table.side?.flags(id) ?? 0) & TypeFlag.GuessedSign) !== 0;
    if (isGuessed) this.#writeValues(id, { kind: Kind.Enum64, kindFlag: false }, 3);
    else this.#copy(id);
  }

  #writeValues(id: TypeId, start: Pick<RecordStart, 'kind' | 'kindFlag'>, stride: number): void {
    const { names } = this.#context.target;
    const { strings } = this.#table;
    // Names lie in the order in which they are taken up.
    const name = this.#nameOf(id);
    const vlen = this.#table.vlen(id);
    const words: number[] = [];
    for (let index = 0; index < stride * vlen; index += stride) {
      words.push(names.offsetOfRare(strings, this.#table.extra(id, index)), this.#table.extra(id, index + 1));
      if (start.kind === Kind.Enum64) words.push(this.#table.extra(id, index + 2));
    }
    const sizeOrType = this.#table.sizeOrType(id);
    this.#push({ ...start, name, vlen, sizeOrType }, words);
  }

  #copy(id: TypeId): void {
    this.#context.target.addFrom(this.#table, id, this.#unit.ids);
  }

  #push(start: RecordStart, words: readonly number[] = []): void {
    this.#records.add(start, words);
    this.#records.flush(this.#unit.end + 1);
  }

  #nameOf(id: TypeId): number {
    return this.#context.target.names.offsetOfRare(this.#table.strings, this.#table.nameOffset(id));
  }

  /** Types that do not exist are void; the reader has said so. */
  #idOf(id: TypeId): TypeId {
    return this.#unit.ids[id] ?? 0;
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

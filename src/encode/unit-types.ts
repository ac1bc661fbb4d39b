/**
 * The types of a compile unit, read from DWARF, as BTF: the same kinds, ids in the same order, as pahole 1.31
 * encodes them. What BTF cannot say becomes the nearest thing that it can, or void, with a remark.
 */

import type { Deduplicator } from '../btf/dedup.ts';
import { WordList } from '../model/intern.ts';
import { Kind } from '../model/kinds.ts';
import { HEADER_WORDS, makeInfo, RECORD_SHAPES, type WordRole } from '../model/records.ts';
import { TypeFlag } from '../model/side-columns.ts';
import type { TypeId, TypeTable } from '../model/table.ts';

/** Adds the types of units one after the other. */
export class UnitTypes {
  readonly #target: Deduplicator;
  readonly #onRemark: (text: string) => void;
  /** The type that indexes all arrays: the first `int` of the file. */
  #indexType: TypeId | undefined;

  /** `onRemark` is told, in a sentence, of each type that BTF cannot express. */
  constructor(target: Deduplicator, onRemark: (text: string) => void) {
    this.#target = target;
    this.#onRemark = onRemark;
  }

  /** Adds all types of a unit. */
  add(table: TypeTable): void {
    const first = this.#target.nextId;
    const ids = this.#numberTypes(table, first);
    const encoder = new RecordEncoder(table, ids, this.#target);
    const count = ids.reduce((total, id, index) => total + (encoder.isEncoded(index) && id !== 0 ? 1 : 0), 0);
    const int = findInt(table);
    if (this.#indexType === undefined && int !== undefined) this.#indexType = ids[int];
    const indexType = this.#indexType ?? first + count;
    for (let id = 1; id < table.end; id++) if (encoder.isEncoded(id)) encoder.write(id, indexType);
    if (this.#indexType === undefined && encoder.hasArrays) {
      encoder.writeInt();
      this.#indexType = indexType;
    }
    encoder.writeTags();
    this.#target.addRecords(encoder.words.view(), encoder.starts.view());
  }

  /** Ids of the encoded types; of others the id of what stands for them. */
  #numberTypes(table: TypeTable, first: TypeId): Uint32Array {
    const ids = new Uint32Array(table.end);
    let next = first;
    for (let id = 1; id < table.end; id++) {
      const fate = fateOf(table, id);
      if (fate === 'encoded') ids[id] = next++;
      else if (fate === 'unsupported') this.#onRemark(remarkOn(table, id));
    }
    for (let id = 1; id < table.end; id++) {
      if (fateOf(table, id) === 'target') ids[id] = ids[targetOf(table, id)] as TypeId;
    }
    return ids;
  }
}

/**
 * What becomes of a type: a record; its target instead; nothing, because something else says it; or void, because
 * BTF cannot say it.
 */
type Fate = 'encoded' | 'target' | 'omitted' | 'unsupported';

function fateOf(table: TypeTable, id: TypeId): Fate {
  switch (table.kind(id)) {
    case Kind.Array:
      return ((table.side?.flags(id) ?? 0) & TypeFlag.Synthetic) === 0 ? 'encoded' : 'omitted';
    case Kind.Int:
    case Kind.Float:
    case Kind.Pointer:
    case Kind.Struct:
    case Kind.Union:
    case Kind.Enum:
    case Kind.Enum64:
    case Kind.Forward:
    case Kind.Typedef:
    case Kind.Volatile:
    case Kind.Const:
    case Kind.Restrict:
    case Kind.FuncProto:
    case Kind.TypeTag:
    case Kind.Reference:
    case Kind.RvalueReference:
      return 'encoded';
    case Kind.Atomic:
      return 'target';
    // Tags follow the types; the others are no types.
    case Kind.DeclTag:
    case Kind.Func:
    case Kind.Var:
    case Kind.Namespace:
    case Kind.TemplateParameter:
    case Kind.Unspecified:
      return 'omitted';
    default:
      return 'unsupported';
  }
}

/** Longest chain of types that only qualify. */
const MAX_CHAIN = 64;

function targetOf(table: TypeTable, id: TypeId): TypeId {
  let target = id;
  for (let depth = 0; depth < MAX_CHAIN && fateOf(table, target) === 'target'; depth++) {
    target = table.sizeOrType(target);
  }
  return table.has(target) ? target : 0;
}

function remarkOn(table: TypeTable, id: TypeId): string {
  const name =
    Object.entries(Kind).find(([, kind]) => kind === table.kind(id))?.[0] ?? `kind ${table.kind(id)}`;
  const offset = table.side?.dieOffset(id).toString(16);
  return `.debug_info+0x${offset}: BTF has no ${name}: void stands for it`;
}

function findInt(table: TypeTable): TypeId | undefined {
  for (let id = 1; id < table.end; id++) {
    if (table.kind(id) === Kind.Int && table.strings.latin1At(table.nameOffset(id)) === 'int') return id;
  }
  return undefined;
}

/** What pahole calls base types that no program can have, which compilers need for locations. */
const FAKE_INT = '__SANITIZED_FAKE_INT__';

class RecordEncoder {
  readonly words: WordList = new WordList();
  readonly starts: WordList = new WordList();
  hasArrays = false;
  readonly #table: TypeTable;
  readonly #ids: Uint32Array;
  readonly #target: Deduplicator;
  readonly #tags: TypeId[] = [];

  constructor(table: TypeTable, ids: Uint32Array, target: Deduplicator) {
    this.#table = table;
    this.#ids = ids;
    this.#target = target;
    for (let id = 1; id < table.end; id++) if (table.kind(id) === Kind.DeclTag) this.#tags.push(id);
  }

  isEncoded(id: TypeId): boolean {
    return id > 0 && fateOf(this.#table, id) === 'encoded';
  }

  /** Appends the record of a type. */
  write(id: TypeId, indexType: TypeId): void {
    const kind = this.#table.kind(id);
    this.starts.push(this.words.length);
    if (kind === Kind.Array) this.#writeArray(id, indexType);
    else if (kind === Kind.Reference || kind === Kind.RvalueReference) this.#writePointer(id);
    else if ((kind === Kind.Int || kind === Kind.Float) && isImpossible(this.#table.sizeOrType(id))) {
      this.#writeFakeInt();
    } else this.#copy(id);
  }

  /** Appends the `int` of files that have none. */
  writeInt(): void {
    this.starts.push(this.words.length);
    this.#push(this.#target.names.add('int'), makeInfo(Kind.Int, 0, false), 4, (1 << 24) | 32);
  }

  writeTags(): void {
    for (const id of this.#tags) {
      if (this.#ids[this.#table.sizeOrType(id)] === 0) continue;
      this.starts.push(this.words.length);
      this.#copy(id);
    }
  }

  /** All dimensions of an array are one. */
  #writeArray(id: TypeId, indexType: TypeId): void {
    const table = this.#table;
    let count = table.extra(id, 2);
    let element = table.extra(id, 0);
    while (table.kind(element) === Kind.Array && fateOf(table, element) === 'omitted' && element < id) {
      count = Math.imul(count, table.extra(element, 2)) >>> 0;
      element = table.extra(element, 0);
    }
    this.hasArrays = true;
    this.#push(0, makeInfo(Kind.Array, 0, false), 0, this.#idOf(element), indexType, count);
  }

  #writePointer(id: TypeId): void {
    this.#push(0, makeInfo(Kind.Pointer, 0, false), this.#idOf(this.#table.sizeOrType(id)));
  }

  #writeFakeInt(): void {
    this.#push(this.#target.names.add(FAKE_INT), makeInfo(Kind.Int, 0, false), 4, 32);
  }

  #copy(id: TypeId): void {
    const { words } = this.#table;
    const start = this.#table.startOf(id);
    const { third, extra, element } = RECORD_SHAPES[this.#table.kind(id) as Kind];
    let at = start;
    const copy = (role: WordRole): void => {
      const word = words[at++] as number;
      if (role === 'name') this.words.push(this.#target.names.offsetOf(this.#table.strings, word));
      else this.words.push(role === 'type' ? this.#idOf(word) : word);
    };
    copy('name');
    copy('value');
    copy(third === 'type' ? 'type' : 'value');
    for (const role of extra) copy(role);
    const end = start + HEADER_WORDS + extra.length + this.#table.vlen(id) * element.length;
    while (at < end) for (const role of element) copy(role);
  }

  /** Types that do not exist are void; the reader has said so. */
  #idOf(id: TypeId): TypeId {
    return this.#ids[id] ?? 0;
  }

  #push(...words: readonly number[]): void {
    for (const word of words) this.words.push(word);
  }
}

/** Sizes that BTF's readers refuse for ints and floats. */
function isImpossible(byteSize: number): boolean {
  return byteSize === 0 || byteSize > 16 || (byteSize & (byteSize - 1)) !== 0;
}

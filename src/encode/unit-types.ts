/**
 * The types of a compile unit, read from DWARF, as BTF: the same kinds, ids in the same order, as pahole 1.31
 * encodes them. What BTF cannot say becomes the nearest thing that it can, or void, with a remark.
 */

import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import type { TypeContext } from './context.ts';
import { Fate, fatesIn, fatesOf } from './fates.ts';
import { RecordEncoder } from './record-encoder.ts';

/** Adds the types of units one after the other. */
export class UnitTypes {
  readonly #context: TypeContext;
  readonly #fateByKind: Uint8Array;
  /** The type that indexes all arrays: the first `int` of the file. */
  #indexType: TypeId | undefined;

  constructor(context: TypeContext) {
    this.#context = context;
    this.#fateByKind = fatesOf(context.features);
  }

  /** Adds all types of a unit, and gives the id of each in the deduplicator, 0 for those that become void. */
  add(table: TypeTable): Uint32Array {
    const fates = fatesIn(table, this.#fateByKind);
    const ids = new Uint32Array(table.end);
    const end = this.#numberTypes(table, fates, ids);
    this.#indexType ??= idOfInt(table, ids);
    const encoder = new RecordEncoder(
      { table, fates, ids, end, indexType: this.#indexType ?? end },
      this.#context,
    );
    this.#write(table, fates, encoder);
    if (this.#indexType === undefined && encoder.hasArrays) {
      encoder.writeInt();
      this.#indexType = end;
    }
    for (let id = fates.indexOf(Fate.Tag); id > 0; id = fates.indexOf(Fate.Tag, id + 1)) encoder.writeTag(id);
    return ids;
  }

  /** Hands over the encoded types, but for those that are known to repeat others. */
  #write(table: TypeTable, fates: Uint8Array, encoder: RecordEncoder): void {
    const { target } = this.#context;
    const contents = table.side?.arrays.contents;
    if (contents === undefined) {
      for (let id = 1; id < table.end; id++) if (fates[id] === Fate.Encoded) encoder.write(id);
      return;
    }
    const isEncoded = fates.subarray(1);
    target.beginUnit();
    const nextNew = (index: number): number => target.addRepeats(contents, isEncoded, index);
    for (let index = nextNew(0); index < contents.length; index = nextNew(index + 1)) {
      encoder.write(index + 1);
      target.setContents(contents[index] as number);
    }
  }

  /** Gives ids to the encoded types, and to others those of what stands for them; gives the first unused one. */
  #numberTypes(table: TypeTable, fates: Uint8Array, ids: Uint32Array): TypeId {
    let next = this.#context.target.nextId;
    for (let id = 1; id < table.end; id++) {
      if (fates[id] === Fate.Encoded) ids[id] = next++;
      else if (fates[id] === Fate.Unsupported) this.#context.remark(remarkOn(table, id));
    }
    for (let id = fates.indexOf(Fate.Target); id > 0; id = fates.indexOf(Fate.Target, id + 1)) {
      ids[id] = ids[targetOf(table, fates, id)] ?? 0;
    }
    return next;
  }
}

/** Longest chain of types that only qualify. */
const MAX_CHAIN = 64;

function targetOf(table: TypeTable, fates: Uint8Array, id: TypeId): TypeId {
  let target = id;
  for (let depth = 0; depth < MAX_CHAIN && fates[target] === Fate.Target; depth++) {
    target = table.sizeOrType(target);
  }
  return fates[target] === Fate.Target ? 0 : target;
}

function remarkOn(table: TypeTable, id: TypeId): string {
  const name =
    Object.entries(Kind).find(([, kind]) => kind === table.kind(id))?.[0] ?? `kind ${table.kind(id)}`;
  const offset = table.side?.dieOffset(id).toString(16);
  return `.debug_info+0x${offset}: BTF has no ${name}: void stands for it`;
}

function idOfInt(table: TypeTable, ids: Uint32Array): TypeId | undefined {
  for (let id = 1; id < table.end; id++) {
    if (table.kind(id) === Kind.Int && table.strings.latin1At(table.nameOffset(id)) === 'int') return ids[id];
  }
  return undefined;
}

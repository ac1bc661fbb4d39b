/**
 * Which structs and unions a listing has shown already: several units and files define the same type.
 * Names of different tables are compared by their bytes.
 */

import type { TypeId, TypeTable } from '../model/table.ts';
import { memberBitOffset, memberBitSize } from '../model/types.ts';

/** A set of named composites, by name, size, members' names and places. */
export class SeenComposites {
  readonly #ignoreKind: boolean;
  /** By name, as one character a byte: the number of the last composite of that name. */
  readonly #last = new Map<string, number>();
  /** For each composite the one of its name before it, -1 for none. */
  readonly #before: number[] = [];
  readonly #ids: TypeId[] = [];
  readonly #tables: TypeTable[] = [];

  /** With `ignoreKind`, a struct and a union may be the same, as for pahole. */
  constructor({ ignoreKind = false }: { readonly ignoreKind?: boolean } = {}) {
    this.#ignoreKind = ignoreKind;
  }

  /** Adds a named struct or union. Returns false, and adds nothing, when an equal one is there. */
  add(table: TypeTable, id: TypeId): boolean {
    const name = table.strings.latin1At(table.nameOffset(id));
    const last = this.#last.get(name);
    if (last !== undefined && this.#has(last, table, id)) return false;
    this.#last.set(name, this.#ids.length);
    this.#before.push(last ?? -1);
    this.#ids.push(id);
    this.#tables.push(table);
    return true;
  }

  #has(last: number, table: TypeTable, id: TypeId): boolean {
    for (let at = last; at >= 0; at = this.#before[at] as number) {
      const [other, otherId] = [this.#tables[at] as TypeTable, this.#ids[at] as TypeId];
      if (!this.#ignoreKind && other.kind(otherId) !== table.kind(id)) continue;
      if (isSameComposite(other, otherId, table, id)) return true;
    }
    return false;
  }
}

/** For composites of the same name. */
function isSameComposite(a: TypeTable, aId: TypeId, b: TypeTable, bId: TypeId): boolean {
  const count = a.vlen(aId);
  if (count !== b.vlen(bId) || a.sizeOrType(aId) !== b.sizeOrType(bId)) return false;
  return compareMembers(a, aId, b, bId) === 0;
}

/**
 * Orders two composites with the same number of members by their members: name (when both have one),
 * bit offset, bitfield size, one member after the other.
 */
export function compareMembers(a: TypeTable, aId: TypeId, b: TypeTable, bId: TypeId): number {
  const count = Math.min(a.vlen(aId), b.vlen(bId));
  for (let index = 0; index < count; index++) {
    const order = compareMember(a, aId, b, bId, index);
    if (order !== 0) return order;
  }
  return 0;
}

/** Orders the members at `index` by name (when both have one), bit offset and bitfield size. */
export function compareMember(a: TypeTable, aId: TypeId, b: TypeTable, bId: TypeId, index: number): number {
  const aName = a.extra(aId, 3 * index);
  const bName = b.extra(bId, 3 * index);
  if (aName !== 0 && bName !== 0) {
    const order = compareNames(a, aName, b, bName);
    if (order !== 0) return order;
  }
  const aWord = a.extra(aId, 3 * index + 2);
  const bWord = b.extra(bId, 3 * index + 2);
  const aFlag = a.kindFlag(aId);
  const bFlag = b.kindFlag(bId);
  const order = memberBitOffset(aWord, aFlag) - memberBitOffset(bWord, bFlag);
  return order !== 0 ? order : memberBitSize(aWord, aFlag) - memberBitSize(bWord, bFlag);
}

/** Orders two names by their bytes, as strcmp does. */
export function compareNames(a: TypeTable, aOffset: number, b: TypeTable, bOffset: number): number {
  const aOwner = a.strings.owner(aOffset);
  const bOwner = b.strings.owner(bOffset);
  if (aOwner === bOwner && aOffset === bOffset) return 0;
  let aAt = aOffset - aOwner.start;
  let bAt = bOffset - bOwner.start;
  for (;;) {
    const aByte = aOwner.bytes[aAt++] ?? 0;
    const bByte = bOwner.bytes[bAt++] ?? 0;
    if (aByte !== bByte) return aByte - bByte;
    if (aByte === 0) return 0;
  }
}

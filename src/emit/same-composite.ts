/**
 * Which structs and unions a listing has shown already: several units and files define the same type.
 * Types of different tables are compared by their bytes.
 */

import type { TypeId, TypeTable } from '../model/table.ts';
import { memberBitOffset, memberBitSize } from '../model/types.ts';

const INITIAL_BUCKETS = 1 << 15;

/** A hash set of named composites, by name, size, members' names and places. */
export class SeenComposites {
  readonly #ignoreKind: boolean;
  readonly #buckets: Int32Array = new Int32Array(INITIAL_BUCKETS).fill(-1);
  readonly #next: number[] = [];
  readonly #ids: TypeId[] = [];
  readonly #tables: TypeTable[] = [];

  /** With `ignoreKind`, a struct and a union may be the same, as for pahole. */
  constructor({ ignoreKind = false }: { readonly ignoreKind?: boolean } = {}) {
    this.#ignoreKind = ignoreKind;
  }

  /** Adds a named struct or union. Returns false, and adds nothing, when an equal one is there. */
  add(table: TypeTable, id: TypeId): boolean {
    const bucket = hashName(table, id) & (INITIAL_BUCKETS - 1);
    for (let at = this.#buckets[bucket] as number; at >= 0; at = this.#next[at] as number) {
      const [other, otherId] = [this.#tables[at] as TypeTable, this.#ids[at] as TypeId];
      if (!this.#ignoreKind && other.kind(otherId) !== table.kind(id)) continue;
      if (isSameComposite(other, otherId, table, id)) return false;
    }
    this.#next.push(this.#buckets[bucket] as number);
    this.#buckets[bucket] = this.#ids.length;
    this.#ids.push(id);
    this.#tables.push(table);
    return true;
  }
}

/** FNV-1a over the bytes of a type's name. */
function hashName(table: TypeTable, id: TypeId): number {
  const offset = table.nameOffset(id);
  const { bytes, start } = table.strings.owner(offset);
  let hash = 0x811c9dc5;
  for (let at = offset - start; ; at++) {
    const byte = bytes[at];
    if (byte === undefined || byte === 0) return hash >>> 0;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
}

function isSameComposite(a: TypeTable, aId: TypeId, b: TypeTable, bId: TypeId): boolean {
  const count = a.vlen(aId);
  if (count !== b.vlen(bId) || a.sizeOrType(aId) !== b.sizeOrType(bId)) return false;
  if (compareNames(a, a.nameOffset(aId), b, b.nameOffset(bId)) !== 0) return false;
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

/**
 * Which structs and unions a listing has shown already: several units and files define the same type.
 * Names of different tables are compared by their bytes.
 */

import type { TypeId, TypeTable } from '../model/table.ts';
import { memberBitOffset, memberBitSize } from '../model/types.ts';
import { KeptComposites } from './kept-composites.ts';

/** A set of named composites, by name, size, members' names and places. */
export class SeenComposites {
  readonly #ignoreKind: boolean;
  /** By hash, with linear probing: the number of a composite plus one, 0 for none. */
  #slots = new Uint32Array(FIRST_CAPACITY);
  readonly #hashes: number[] = [];
  readonly #ids: TypeId[] = [];
  readonly #tables: TypeTable[] = [];
  readonly #kept = new KeptComposites();

  /** With `ignoreKind`, a struct and a union may be the same, as for pahole. */
  constructor({ ignoreKind = false }: { readonly ignoreKind?: boolean } = {}) {
    this.#ignoreKind = ignoreKind;
  }

  /** Adds a named struct or union. Returns false, and adds nothing, when an equal one is there. */
  add(table: TypeTable, id: TypeId): boolean {
    const hash = hashOf(table, id);
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let number = slots[slot] as number; number !== 0; number = slots[slot] as number) {
      if (this.#hashes[number - 1] === hash && this.#isSame(number - 1, table, id)) return false;
      slot = (slot + 1) & mask;
    }
    this.#hashes.push(hash);
    // The table of a file is there anyway; those of its units are not kept.
    const place = table.side === undefined ? { table, id } : this.#kept.keep(table, id);
    this.#ids.push(place.id);
    this.#tables.push(place.table);
    slots[slot] = this.#ids.length;
    if (2 * this.#ids.length > slots.length) this.#grow();
    return true;
  }

  #isSame(index: number, table: TypeTable, id: TypeId): boolean {
    const [other, otherId] = [this.#tables[index] as TypeTable, this.#ids[index] as TypeId];
    if (!this.#ignoreKind && other.kind(otherId) !== table.kind(id)) return false;
    if (compareNames(other, other.nameOffset(otherId), table, table.nameOffset(id)) !== 0) return false;
    return isSameComposite(other, otherId, table, id);
  }

  #grow(): void {
    const slots = new Uint32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    for (const [index, hash] of this.#hashes.entries()) {
      let slot = hash & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = index + 1;
    }
    this.#slots = slots;
  }
}

const FIRST_CAPACITY = 1 << 15;

/** Bytes of a name that are hashed. Of a longer one the length is, too: names may be tails of one another. */
const HASHED_BYTES = 256;

/** A hash of what equal composites have in common. A loop over bytes, since it is in no string yet. */
function hashOf(table: TypeTable, id: TypeId): number {
  const offset = table.nameOffset(id);
  const { bytes, start } = table.strings.owner(offset);
  let hash = (Math.imul(table.sizeOrType(id), 31) + table.vlen(id)) | 0;
  let at = offset - start;
  const last = at + HASHED_BYTES;
  for (let byte = bytes[at] ?? 0; byte !== 0; byte = bytes[++at] ?? 0) {
    if (at === last) return hash ^ bytes.indexOf(0, at);
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return hash ^ (hash >>> 15);
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

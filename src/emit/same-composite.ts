/**
 * Which structs and unions a listing has shown already: several units and files define the same type.
 * Names of different tables are compared by their bytes.
 */

import { HEADER_WORDS, infoVlen, memberBitOffset, memberBitSize } from '../model/records.ts';
import type { StringTable } from '../model/strings.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { KeptComposites } from './kept-composites.ts';

/** A set of named composites, by name, size, members' names and places. They are numbered from 0. */
export class SeenComposites {
  readonly #ignoreKind: boolean;
  readonly #nameOf: ((table: TypeTable, id: TypeId) => string) | undefined;
  /** By hash, with linear probing: the number of a composite plus one, 0 for none. */
  #slots = new Uint32Array(FIRST_CAPACITY);
  readonly #hashes: number[] = [];
  readonly #ids: TypeId[] = [];
  readonly #tables: TypeTable[] = [];
  /** Of composites within others, the number of the name that `#nameOf` gives, from 1 on; 0 for others. */
  readonly #innerNames: number[] = [];
  readonly #innerNameNumbers = new Map<string, number>();
  readonly #kept = new KeptComposites();
  /** The strings that the words of {@link #byWords} refer to: those of the first table. */
  #strings: StringTable | undefined;
  /** By the words of a record, each place for the last of its hash: a number plus one, 0 for none. */
  readonly #byWords = new Uint32Array(1 << WORD_HASH_BITS);

  /**
   * With `ignoreKind`, a struct and a union may be the same, as for pahole. `nameOf` gives the names that tell
   * apart types that are declared within others or in namespaces; by default their own.
   */
  constructor({
    ignoreKind = false,
    nameOf,
  }: {
    readonly ignoreKind?: boolean;
    readonly nameOf?: ((table: TypeTable, id: TypeId) => string) | undefined;
  } = {}) {
    this.#ignoreKind = ignoreKind;
    this.#nameOf = nameOf;
  }

  /** Adds a named struct or union. Returns false, and adds nothing, when an equal one is there. */
  add(table: TypeTable, id: TypeId): boolean {
    const count = this.#ids.length;
    return this.numberOf(table, id) === count;
  }

  /** The number of a named struct or union, which is added when no equal one is there. */
  numberOf(table: TypeTable, id: TypeId): number {
    const innerName = this.#innerName(table, id);
    // Units of one file repeat one another's types, and share their strings.
    if (innerName !== 0 || table.side === undefined) return this.#numberByName(table, id, innerName);
    this.#strings ??= table.strings;
    if (table.strings !== this.#strings) return this.#numberByName(table, id, 0);
    const slot = hashOfWords(table, id);
    const likely = (this.#byWords[slot] as number) - 1;
    if (likely >= 0 && this.#hasWordsOf(likely, table, id)) return likely;
    const number = this.#numberByName(table, id, 0);
    this.#byWords[slot] = number + 1;
    return number;
  }

  #hasWordsOf(number: number, table: TypeTable, id: TypeId): boolean {
    const other = this.#tables[number] as TypeTable;
    return other.strings === table.strings && hasSameWords(other, this.#ids[number] as TypeId, table, id);
  }

  #numberByName(table: TypeTable, id: TypeId, innerName: number): number {
    const hash = (hashOf(table, id) + Math.imul(innerName, 0x9e37_79b1)) | 0;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (let next = slots[slot] as number; next !== 0; next = slots[slot] as number) {
      const number = next - 1;
      const mayBeSame = this.#hashes[number] === hash && this.#innerNames[number] === innerName;
      if (mayBeSame && this.#isSame(number, table, id)) return number;
      slot = (slot + 1) & mask;
    }
    this.#hashes.push(hash);
    this.#innerNames.push(innerName);
    // The table of a file is there anyway; those of its units are not kept.
    const place = table.side === undefined ? { table, id } : this.#kept.keep(table, id);
    this.#ids.push(place.id);
    this.#tables.push(place.table);
    slots[slot] = this.#ids.length;
    if (2 * this.#ids.length > slots.length) this.#grow();
    return this.#ids.length - 1;
  }

  #innerName(table: TypeTable, id: TypeId): number {
    const { side } = table;
    if (side === undefined || this.#nameOf === undefined || side.scope(id) === 0) return 0;
    const name = this.#nameOf(table, id);
    const number = this.#innerNameNumbers.get(name) ?? this.#innerNameNumbers.size + 1;
    this.#innerNameNumbers.set(name, number);
    return number;
  }

  #isSame(number: number, table: TypeTable, id: TypeId): boolean {
    const [other, otherId] = [this.#tables[number] as TypeTable, this.#ids[number] as TypeId];
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
const WORD_HASH_BITS = 15;

/** A hash of the words that {@link hasSameWords} looks at first, of an own id of the table. */
function hashOfWords({ words, starts, firstId }: TypeTable, id: TypeId): number {
  const at = starts[id - firstId] as number;
  const mixed = Math.imul(
    (words[at] as number) ^ Math.imul(words[at + 2] as number, 0x85eb_ca6b),
    0x9e37_79b1,
  );
  return (mixed + Math.imul(words[at + 1] as number, 0xc2b2_ae35)) >>> (32 - WORD_HASH_BITS);
}

/** Whether two composites with names in the same strings agree in all but the ids of their members' types. */
function hasSameWords(a: TypeTable, aId: TypeId, b: TypeTable, bId: TypeId): boolean {
  const [aWords, bWords] = [a.words, b.words];
  let at = a.startOf(aId);
  let bAt = b.startOf(bId);
  const info = aWords[at + 1] as number;
  if (aWords[at] !== bWords[bAt] || info !== bWords[bAt + 1] || aWords[at + 2] !== bWords[bAt + 2])
    return false;
  for (let left = infoVlen(info); left > 0; left--) {
    at += HEADER_WORDS;
    bAt += HEADER_WORDS;
    if (aWords[at] !== bWords[bAt] || aWords[at + 2] !== bWords[bAt + 2]) return false;
  }
  return true;
}

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

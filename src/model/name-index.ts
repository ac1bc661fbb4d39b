/**
 * Finds names among the bytes of a string table without making strings of them: a kernel has a hundred thousand,
 * and each of its modules asks for thousands.
 */

import { WordList } from './intern.ts';

/** The end of the name that begins at `start`: its NUL, or the end of the table. */
export function nameEnd(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < bytes.length && bytes[end] !== 0) end++;
  return end;
}

/** A hash of the bytes from `start` to `end`. */
export function hashName(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x0100_0193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** A name as bytes of some table, and its {@link hashName}. */
export interface NameKey {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly hash: number;
}

/** Where each name of a table begins. */
export class NameIndex {
  /** The table; may be replaced by a longer one that begins with the same names. */
  bytes: Uint8Array;
  /** Number of an entry plus one; 0 is free. */
  #slots: Uint32Array = new Uint32Array(1024);
  readonly #starts: WordList = new WordList();
  readonly #hashes: WordList = new WordList();

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Where a name begins, or undefined. */
  find(key: NameKey): number | undefined {
    const mask = this.#slots.length - 1;
    for (let slot = key.hash & mask; ; slot = (slot + 1) & mask) {
      const found = this.#slots[slot] as number;
      if (found === 0) return undefined;
      const start = this.#starts.words[found - 1] as number;
      if (this.#hashes.words[found - 1] === key.hash && this.#isAt(start, key)) return start;
    }
  }

  /** Adds a name that begins at `start` and is not there yet. */
  add(start: number, hash: number): void {
    this.#starts.push(start);
    this.#hashes.push(hash);
    if (2 * this.#starts.length > this.#slots.length) this.#grow();
    else this.#place(this.#starts.length, hash);
  }

  #isAt(start: number, { bytes, start: from, end }: NameKey): boolean {
    const own = this.bytes;
    const shift = start - from;
    for (let at = from; at < end; at++) if (own[at + shift] !== bytes[at]) return false;
    // The last name of a table may lack its NUL.
    return end + shift >= own.length ? end + shift === own.length : own[end + shift] === 0;
  }

  #place(entry: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = entry;
  }

  #grow(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length);
    for (let entry = 1; entry <= this.#hashes.length; entry++) {
      this.#place(entry, this.#hashes.words[entry - 1] as number);
    }
  }
}

/** Many pools may continue one table. */
const indexes = new WeakMap<object, NameIndex>();

/** All whole names of a table, not the tails of longer ones; of equal names the first. `owner` outlives the bytes. */
export function indexOfTable(owner: object, bytes: Uint8Array): NameIndex {
  const known = indexes.get(owner);
  if (known !== undefined) return known;
  const index = new NameIndex(bytes);
  for (let start = 0; start < bytes.length; ) {
    const end = nameEnd(bytes, start);
    const key = { bytes, start, end, hash: hashName(bytes, start, end) };
    if (index.find(key) === undefined) index.add(start, key.hash);
    start = end + 1;
  }
  indexes.set(owner, index);
  return index;
}

/** How often each name has been given out in one of C's name spaces. */

import type { TextBlob } from './text-blob.ts';

const FIRST_SIZE = 1 << 12;

/** Names by their text, each with a number. Equal names at different offsets are one name. */
export class NameCounter {
  readonly #text: TextBlob;
  /** Offset of the name in each slot plus one; 0 in a slot that is free. */
  #offsets = new Uint32Array(FIRST_SIZE);
  #counts = new Uint32Array(FIRST_SIZE);
  #used = 0;

  constructor(text: TextBlob) {
    this.#text = text;
  }

  /** Counts a name and says how often it has been counted, this time included. */
  count(offset: number): number {
    const slot = this.#slotOf(offset);
    const count = (this.#counts[slot] as number) + 1;
    this.#counts[slot] = count;
    return count;
  }

  /** Whether a name has been counted. */
  has(offset: number): boolean {
    return this.#counts[this.#slotOf(offset)] !== 0;
  }

  #slotOf(offset: number): number {
    const { bytes } = this.#text;
    let hash = 0x811c_9dc5;
    for (let at = offset; ; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === 0) break;
      hash = Math.imul(hash ^ byte, 0x0100_0193);
    }
    return this.#find(offset, hash ^ (hash >>> 15));
  }

  #find(offset: number, hash: number): number {
    const mask = this.#offsets.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const known = (this.#offsets[slot] as number) - 1;
      if (known === offset || (known >= 0 && this.#text.compare(known, offset) === 0)) return slot;
      if (known >= 0) continue;
      if (this.#used * 2 > mask) return this.#grow(offset);
      this.#used++;
      this.#offsets[slot] = offset + 1;
      return slot;
    }
  }

  #grow(wanted: number): number {
    const offsets = this.#offsets;
    const counts = this.#counts;
    this.#offsets = new Uint32Array(4 * offsets.length);
    this.#counts = new Uint32Array(4 * offsets.length);
    this.#used = 0;
    for (let slot = 0; slot < offsets.length; slot++) {
      const offset = offsets[slot] as number;
      if (offset !== 0) this.#counts[this.#slotOf(offset - 1)] = counts[slot] as number;
    }
    return this.#slotOf(wanted);
  }
}

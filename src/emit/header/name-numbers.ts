/** A number for each name, 0 at first: the state of one of C's name spaces. */

import type { TextBlob } from './text-blob.ts';

const MIN_SIZE = 1 << 10;
const MAX_FIRST_SIZE = 1 << 18;

/** Names by their text. Equal names at different offsets are one name. */
export class NameNumbers {
  readonly #text: TextBlob;
  /** Offset of the name in each slot plus one; 0 in a slot that is free. */
  #offsets: Uint32Array;
  #numbers: Uint32Array;
  #used = 0;

  /** Makes room for about `count` names; more may come. */
  constructor(text: TextBlob, count: number) {
    let size = MIN_SIZE;
    while (size < 2 * count && size < MAX_FIRST_SIZE) size *= 2;
    this.#text = text;
    this.#offsets = new Uint32Array(size);
    this.#numbers = new Uint32Array(size);
  }

  /** The number of a name. */
  get(offset: number): number {
    // The search may replace the arrays.
    const slot = this.#slotOf(offset);
    return this.#numbers[slot] as number;
  }

  /** Gives a name that has none a number, and says whether it had none. */
  claim(offset: number, value: number): boolean {
    const slot = this.#slotOf(offset);
    if (this.#numbers[slot] !== 0) return false;
    this.#numbers[slot] = value;
    return true;
  }

  set(offset: number, value: number): void {
    const slot = this.#slotOf(offset);
    this.#numbers[slot] = value;
  }

  /** Adds 1 to the number of a name and gives it. */
  count(offset: number): number {
    const slot = this.#slotOf(offset);
    const count = (this.#numbers[slot] as number) + 1;
    this.#numbers[slot] = count;
    return count;
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
    const numbers = this.#numbers;
    this.#offsets = new Uint32Array(4 * offsets.length);
    this.#numbers = new Uint32Array(4 * offsets.length);
    this.#used = 0;
    for (let slot = 0; slot < offsets.length; slot++) {
      const offset = offsets[slot] as number;
      if (offset !== 0) this.#numbers[this.#slotOf(offset - 1)] = numbers[slot] as number;
    }
    return this.#slotOf(wanted);
  }
}

/** Interning: equal runs of words get the same number, so that comparing them is comparing numbers. */

/**
 * A growing array of 32-bit words. Its `words` are replaced when it grows: take them anew after a push.
 */
export class WordList {
  words: Uint32Array;
  length = 0;

  constructor(capacity = 1024) {
    this.words = new Uint32Array(capacity);
  }

  push(word: number): void {
    if (this.length === this.words.length) this.reserve(1);
    this.words[this.length++] = word;
  }

  /** Makes room for `count` more words, which the caller may write behind `length`. */
  reserve(count: number): void {
    const wanted = this.length + count;
    if (wanted <= this.words.length) return;
    const grown = new Uint32Array(Math.max(wanted, 2 * this.words.length));
    grown.set(this.words.subarray(0, this.length));
    this.words = grown;
  }

  /** A list of its own with the same words, and room for some more. */
  copy(): WordList {
    const copy = new WordList(this.length + (this.length >> 3) + 64);
    copy.words.set(this.view());
    copy.length = this.length;
    return copy;
  }

  /** The words pushed so far, in place. */
  view(): Uint32Array {
    return this.words.subarray(0, this.length);
  }
}

/** Words by words; less memory and time than a Map of numbers. */
export class WordMap {
  #keys: Uint32Array = new Uint32Array(1024);
  #values: Uint32Array = new Uint32Array(1024);
  #size = 0;

  /** What a key other than 0 was set to, or undefined. */
  get(key: number): number | undefined {
    const slot = this.#slotOf(key);
    return this.#keys[slot] === 0 ? undefined : this.#values[slot];
  }

  /** Sets a key other than 0 that is not there yet. */
  add(key: number, value: number): void {
    if (2 * ++this.#size > this.#keys.length) this.#grow();
    const slot = this.#slotOf(key);
    this.#keys[slot] = key;
    this.#values[slot] = value;
  }

  clear(): void {
    this.#keys.fill(0);
    this.#size = 0;
  }

  /** Where a key is, or would be. */
  #slotOf(key: number): number {
    const keys = this.#keys;
    const mask = keys.length - 1;
    let slot = (Math.imul(key, 0x9e37_79b1) >>> 7) & mask;
    while (keys[slot] !== 0 && keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Uint32Array(2 * keys.length);
    this.#values = new Uint32Array(2 * keys.length);
    for (let index = 0; index < keys.length; index++) {
      if (keys[index] === 0) continue;
      const slot = this.#slotOf(keys[index] as number);
      this.#keys[slot] = keys[index] as number;
      this.#values[slot] = values[index] as number;
    }
  }
}

/** Numbers runs of words from 0 on in the order of their first appearance. */
export class WordInterner {
  readonly #runs: WordList;
  /** Index of the first word of each run, and the end of the last. */
  readonly #starts: WordList;
  readonly #hashes: WordList;
  /** Number of a run plus one; 0 is free. */
  #slots: Uint32Array;

  /** Without runs, or with those of another, which stays as it is. */
  constructor(other?: WordInterner) {
    this.#runs = other === undefined ? new WordList() : other.#runs.copy();
    this.#starts = other === undefined ? new WordList() : other.#starts.copy();
    this.#hashes = other === undefined ? new WordList() : other.#hashes.copy();
    this.#slots = other === undefined ? new Uint32Array(1024) : other.#slots.slice();
    if (other === undefined) this.#starts.push(0);
  }

  /** Number of different runs. */
  get count(): number {
    return this.#hashes.length;
  }

  /** All runs, one after the other. Replaced when the interner grows. */
  get words(): Uint32Array {
    return this.#runs.words;
  }

  /** Index in `words` at which a run begins. */
  startOf(run: number): number {
    return this.#starts.words[run] as number;
  }

  /** Index in `words` behind the last word of a run. */
  endOf(run: number): number {
    return this.#starts.words[run + 1] as number;
  }

  /** The number of the run of the first `length` words. */
  intern(words: Uint32Array, length: number): number {
    const hash = hashOf(words, length);
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const found = this.#slots[slot] as number;
      if (found === 0) return this.#add(words, length, hash, slot);
      if (this.#hashes.words[found - 1] === hash && this.#equals(found - 1, words, length)) return found - 1;
    }
  }

  #equals(run: number, words: Uint32Array, length: number): boolean {
    const start = this.startOf(run);
    if (this.endOf(run) - start !== length) return false;
    const runs = this.#runs.words;
    for (let index = 0; index < length; index++) if (runs[start + index] !== words[index]) return false;
    return true;
  }

  #add(words: Uint32Array, length: number, hash: number, slot: number): number {
    const run = this.count;
    this.#runs.reserve(length);
    const runs = this.#runs.words;
    const start = this.#runs.length;
    for (let index = 0; index < length; index++) runs[start + index] = words[index] as number;
    this.#runs.length += length;
    this.#starts.push(this.#runs.length);
    this.#hashes.push(hash);
    this.#slots[slot] = run + 1;
    if (2 * this.count > this.#slots.length) this.#grow();
    return run;
  }

  #grow(): void {
    const slots = new Uint32Array(2 * this.#slots.length);
    const mask = slots.length - 1;
    const hashes = this.#hashes.view();
    for (let run = 0; run < hashes.length; run++) {
      let slot = (hashes[run] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = run + 1;
    }
    this.#slots = slots;
  }
}

function hashOf(words: Uint32Array, length: number): number {
  let hash = length;
  for (let index = 0; index < length; index++) {
    hash = Math.imul(hash ^ (words[index] as number), 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

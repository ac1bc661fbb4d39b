/**
 * `StringTable`: NUL-terminated names in one blob, addressed by their byte offset. The table of a
 * split type table continues that of its base: offsets below `start` are the base's.
 */

import { TspaholeError } from './errors.ts';

/** How often the bytes of a table may be decoded as parts of different names. */
const MAX_OVERLAP = 16;

/** So many names are decoded one by one before all are at once. */
const FEW_NAMES = 2000;

/** Names by their offset; a split table continues its base. */
export class StringTable {
  /** Logical offset of the first own byte; 0 without a base. */
  readonly start: number;
  readonly #found = new Map<string, readonly number[]>();
  #bytes: Buffer;
  #room: Buffer;
  readonly base: StringTable | undefined;
  readonly #texts = new Map<number, string>();
  #decodedBytes = 0;
  #latin1: string | undefined;
  #namesDecoded = 0;

  constructor(bytes: Uint8Array, base?: StringTable) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#room = this.#bytes;
    this.base = base;
    this.start = base === undefined ? 0 : base.end;
  }

  /** Own bytes. Read in place, so the owner of the memory must not change them. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /**
   * Adds names behind the others, for a reader that meets them one unit after the other. Offsets that were
   * handed out stay what they are. No table may have been split from this one.
   */
  append(bytes: Uint8Array): void {
    const used = this.#bytes.length;
    const wanted = used + bytes.length;
    if (wanted > this.#room.length) {
      this.#room = Buffer.alloc(Math.max(wanted, 2 * this.#room.length));
      this.#room.set(this.#bytes);
    }
    this.#room.set(bytes, used);
    this.#bytes = this.#room.subarray(0, wanted);
    this.#latin1 = undefined;
    this.#found.clear();
  }

  /** One past the last logical offset. */
  get end(): number {
    return this.start + this.bytes.length;
  }

  /**
   * The name at a logical offset, each byte as one character: for output, and for comparing bytes.
   * Names beyond the first few are cut out of one string of the whole table, which is far cheaper than
   * decoding them one by one. Throws `bad-data` for an offset outside the table.
   */
  latin1At(offset: number): string {
    const table = offset >= this.start && offset < this.end ? this : this.owner(offset);
    const from = offset - table.start;
    if (table.#latin1 === undefined) {
      if (table.#namesDecoded++ < FEW_NAMES) return table.#decodeLatin1(from);
      table.#latin1 = table.bytes.toString('latin1');
    }
    const end = table.#latin1.indexOf('\0', from);
    return table.#latin1.slice(from, end < 0 ? undefined : end);
  }

  #decodeLatin1(from: number): string {
    const end = this.bytes.indexOf(0, from);
    return this.bytes.toString('latin1', from, end < 0 ? undefined : end);
  }

  /** The table of the chain that holds `offset`. Throws `bad-data` where none does. */
  owner(offset: number): StringTable {
    let table: StringTable = this;
    while (offset < table.start && table.base !== undefined) table = table.base;
    // Offset 0 is the empty name even in a table without bytes.
    if (offset >= table.end && offset !== 0) throw outside(offset, this.end);
    return table;
  }

  /**
   * The string at a logical offset, decoded as UTF-8 and remembered. Offset 0 is the empty string.
   * Throws `bad-data` for an offset outside the table, and when the names asked for are, together,
   * many times as long as the table: names may be tails of one another, but not without end.
   */
  text(offset: number): string {
    if (offset === 0) return '';
    const known = this.#texts.get(offset);
    if (known !== undefined) return known;
    const table = this.owner(offset);
    const from = offset - table.start;
    const nul = table.bytes.indexOf(0, from);
    const end = nul < 0 ? table.bytes.length : nul;
    this.#decodedBytes += end - from;
    if (this.#decodedBytes > MAX_OVERLAP * this.end + 0x10000) throw overlapping();
    const text = table.bytes.toString('utf8', from, end);
    this.#texts.set(offset, text);
    return text;
  }

  /**
   * All logical offsets of this table (not of its base) at which exactly `name` can be read,
   * ascending. There may be several: writers need not merge equal names, and a name may be the tail
   * of a longer one.
   */
  offsetsOf(name: string): readonly number[] {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const needle = Buffer.from(`${name}\0`, 'utf8');
    const found: number[] = [];
    for (let at = this.bytes.indexOf(needle); at >= 0; at = this.bytes.indexOf(needle, at + 1)) {
      found.push(this.start + at);
    }
    this.#found.set(name, found);
    return found;
  }
}

function overlapping(): TspaholeError {
  return new TspaholeError('bad-data', 'names overlap so much that they would fill the memory');
}

function outside(offset: number, end: number): TspaholeError {
  return new TspaholeError(
    'bad-data',
    `name offset 0x${offset.toString(16)} lies outside the string section of 0x${end.toString(16)} bytes`,
  );
}

/**
 * `Printer`: text as bytes in one growing buffer. Names go from the string table to the buffer
 * without becoming strings, and columns are measured in bytes, as C's printf does.
 */

import type { StringTable } from '../model/strings.ts';

const FLUSH_SIZE = 1 << 16;
const MAX_INDENT = 16;
const SPACE = 0x20;
const TAB = 0x09;
const NEWLINE = 0x0a;
const ZERO = 0x30;

/** Takes what a printer has written; the bytes are only valid during the call. */
export type Sink = (bytes: Uint8Array) => void;

export class Printer {
  /** Bytes that are in the buffer: the place of the next one. */
  pos = 0;
  readonly #strings: StringTable;
  readonly #sink: Sink | undefined;
  #buffer: Uint8Array = new Uint8Array(2 * FLUSH_SIZE);

  /** Names are read from `strings`. Without a sink everything stays in the buffer, for {@link text}. */
  constructor(strings: StringTable, sink?: Sink) {
    this.#strings = strings;
    this.#sink = sink;
  }

  /** Writes a string of ASCII characters. */
  put(text: string): void {
    const { length } = text;
    let at = this.#reserve(length);
    const buffer = this.#buffer;
    for (let i = 0; i < length; i++) buffer[at++] = text.charCodeAt(i);
    this.pos = at;
  }

  /** Writes any string, as UTF-8. */
  putText(text: string): void {
    this.putBytes(Buffer.from(text, 'utf8'));
  }

  putBytes(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#buffer.set(bytes, at);
    this.pos = at + bytes.length;
  }

  /** Writes the name at an offset of the string table. Throws `bad-data` for an offset outside. */
  name(offset: number): void {
    const strings = this.#strings;
    const table = offset >= strings.start && offset < strings.end ? strings : strings.owner(offset);
    const { bytes } = table;
    let from = offset - table.start;
    for (;;) {
      // Names are short: one bound check for a run of them.
      const end = Math.min(from + 128, bytes.length);
      let at = this.#reserve(end - from);
      const buffer = this.#buffer;
      while (from < end) {
        const byte = bytes[from++] as number;
        if (byte === 0) {
          this.pos = at;
          return;
        }
        buffer[at++] = byte;
      }
      this.pos = at;
      if (from === bytes.length) return;
    }
  }

  newline(): void {
    const at = this.#reserve(1);
    this.#buffer[at] = NEWLINE;
    this.pos = at + 1;
  }

  spaces(count: number): void {
    if (count > 0) this.#fill(SPACE, count);
  }

  /** Writes the TABs of a nesting level; from level 16 on they stay the same. */
  indent(level: number): void {
    if (level > 0) this.#fill(TAB, Math.min(level, MAX_INDENT));
  }

  /** Pads with blanks what was written since `start` to |width| bytes, as C's `%-*s`. */
  padFrom(start: number, width: number): void {
    this.spaces(Math.abs(width) - (this.pos - start));
  }

  /** Writes an integer in decimal, padded on the left with blanks to `width`. */
  number(value: number, width = 0): void {
    if (value < 0 || value > 0xffff_ffff) {
      const text = String(value);
      this.spaces(width - text.length);
      this.put(text);
      return;
    }
    let digits = 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
    this.spaces(width - digits);
    let at = this.#reserve(digits);
    const buffer = this.#buffer;
    this.pos = at + digits;
    at += digits;
    let rest = value >>> 0;
    do {
      const quotient = Math.floor(rest / 10);
      buffer[--at] = ZERO + rest - quotient * 10;
      rest = quotient;
    } while (rest !== 0);
  }

  /** Writes an unsigned integer as C's `%#*x`: with `0x` unless it is 0. */
  hex(value: number, width = 0): void {
    const text = value === 0 ? '0' : `0x${value.toString(16)}`;
    this.spaces(width - text.length);
    this.put(text);
  }

  /** Drops what was written behind `pos`. */
  truncate(pos: number): void {
    if (pos < this.pos) this.pos = pos;
  }

  /** Copy of the bytes from `start`. */
  copyFrom(start: number): Uint8Array {
    return this.#buffer.slice(start, this.pos);
  }

  /** Hands the buffer to the sink when it is large; to be called where no position is remembered. */
  flushIfLarge(): void {
    if (this.pos >= FLUSH_SIZE) this.flush();
  }

  /** Hands all that was written to the sink. */
  flush(): void {
    if (this.#sink === undefined || this.pos === 0) return;
    this.#sink(this.#buffer.subarray(0, this.pos));
    this.pos = 0;
  }

  /** All that was written and not flushed, decoded as UTF-8. */
  text(): string {
    return Buffer.from(this.#buffer.buffer, 0, this.pos).toString('utf8');
  }

  #fill(byte: number, count: number): void {
    const at = this.#reserve(count);
    const buffer = this.#buffer;
    const end = at + count;
    for (let i = at; i < end; i++) buffer[i] = byte;
    this.pos = end;
  }

  /** Makes room for `count` more bytes and returns where they go. */
  #reserve(count: number): number {
    const at = this.pos;
    if (at + count > this.#buffer.length) {
      const grown = new Uint8Array(Math.max(this.#buffer.length * 2, at + count));
      grown.set(this.#buffer.subarray(0, at));
      this.#buffer = grown;
    }
    return at;
  }
}

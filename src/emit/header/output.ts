/**
 * `HeaderOutput`: the bytes of a header on their way out. Every text is copied from the blob by one loop
 * that the engine compiles early, since the whole header is over after some 20 ms.
 */

import { TspaholeError } from '../../model/errors.ts';
import type { TextBlob } from './text-blob.ts';

/** Takes what has been written; the bytes are only valid during the call. */
export type HeaderSink = (bytes: Uint8Array) => void;

const FLUSH_SIZE = 1 << 18;
/** No text but a name is longer than this. */
const MARGIN = 256;
const MAX_TABS = 13;

/** Bytes that a header may have besides those that its types explain. Real ones have 5 MB. */
const MIN_LIMIT = 1 << 26;
const LIMIT_PER_BYTE = 64;

const NEWLINE = 10;
const TAB = 9;
const ZERO = 48;
const MINUS = 45;

export class HeaderOutput {
  readonly #text: TextBlob;
  readonly #sink: HeaderSink;
  #bytes: Buffer = Buffer.allocUnsafeSlow(FLUSH_SIZE + (FLUSH_SIZE >> 1));
  #pos = 0;
  /** Bytes that may still be handed to the sink. */
  #left: number;

  constructor(text: TextBlob, sink: HeaderSink) {
    this.#text = text;
    this.#sink = sink;
    this.#left = MIN_LIMIT + LIMIT_PER_BYTE * text.namesEnd;
  }

  /** Writes the text at an offset of the blob. Throws `bad-data` when the header grows without end. */
  put(offset: number): void {
    const start = this.#pos;
    const from = this.#text.bytes;
    const into = this.#bytes;
    let pos = start;
    let at = offset;
    // Behind the end of either array writing does nothing and reading ends the loop.
    for (let byte = from[at] as number; byte > 0; byte = from[++at] as number) into[pos++] = byte;
    this.#pos = pos;
    if (pos > into.length - MARGIN) this.#grow(start, offset);
  }

  /** Writes a text of characters below 128. */
  literal(text: string): void {
    if (this.#pos + text.length > this.#bytes.length - MARGIN) this.#reserve(text.length);
    this.#pos += this.#bytes.write(text, this.#pos, 'latin1');
  }

  /** Writes one character. */
  char(code: number): void {
    this.#bytes[this.#pos++] = code;
  }

  /** Starts a line at a nesting level. */
  line(level: number): void {
    if (this.#pos > this.#bytes.length - MARGIN) this.#reserve(0);
    const into = this.#bytes;
    let pos = this.#pos;
    into[pos++] = NEWLINE;
    for (let tab = Math.min(level, MAX_TABS); tab > 0; tab--) into[pos++] = TAB;
    this.#pos = pos;
  }

  /** Writes an integer of at most 53 bits. */
  number(value: number): void {
    if (value < 0) {
      this.char(MINUS);
      value = -value;
    }
    let digits = 1;
    for (let power = 10; power <= value; power *= 10) digits++;
    let pos = this.#pos + digits;
    this.#pos = pos;
    do {
      const rest = Math.floor(value / 10);
      this.#bytes[--pos] = ZERO + (value - 10 * rest);
      value = rest;
    } while (value > 0);
  }

  /** To be called between definitions: hands over what is pending when it is much. */
  flushIfLarge(): void {
    if (this.#pos >= FLUSH_SIZE) this.flush();
  }

  /** Hands over all that is pending. */
  flush(): void {
    if (this.#pos === 0) return;
    this.#spend(this.#pos);
    this.#sink(this.#bytes.subarray(0, this.#pos));
    this.#pos = 0;
  }

  /** Makes room and writes the text anew, of which a part may have fallen behind the end. */
  #grow(start: number, offset: number): void {
    const length = this.#pos - start;
    this.#pos = start;
    this.#reserve(length);
    this.#text.bytes.copy(this.#bytes, start, offset, offset + length);
    this.#pos = start + length;
  }

  #reserve(length: number): void {
    const wanted = this.#pos + length + MARGIN;
    if (wanted > this.#left) throw tooLarge();
    const larger = Buffer.allocUnsafeSlow(2 * wanted);
    larger.set(this.#bytes.subarray(0, this.#pos));
    this.#bytes = larger;
  }

  #spend(count: number): void {
    this.#left -= count;
    if (this.#left < 0) throw tooLarge();
  }
}

function tooLarge(): TspaholeError {
  return new TspaholeError('bad-data', 'types repeat one another so much that the header would have no end');
}

/**
 * `Printer`: text on its way to a file descriptor.
 *
 * The text is one growing string in which each character is a byte (latin1), so that names pass through
 * as they are and columns count bytes, as C's printf does. Strings, not a byte buffer: joining two is a
 * stub of the engine that is fast from the first call, while loops over bytes are slow until they are
 * compiled, and a listing is over soon after.
 */

import { TspaholeError } from '../model/errors.ts';
import type { StringTable } from '../model/strings.ts';

const FLUSH_SIZE = 1 << 14;
const BUFFER_SIZE = 4 * FLUSH_SIZE;
const MAX_INDENT = 16;
/** Names above this many bytes are counted. */
const LONG_NAME = 1024;
/** How often the bytes of a string table may be printed as parts of long names. */
const MAX_OVERLAP = 64;

/** Takes what a printer has written; the bytes are only valid during the call. */
export type Sink = (bytes: Uint8Array) => void;

/** The buffer that the last sink was given; there is a printer for each of thousands of units. */
let spareBuffer: Buffer | undefined;

const BLANKS = Array.from({ length: 129 }, (_, count) => ' '.repeat(count));
const INDENTS = Array.from({ length: MAX_INDENT + 1 }, (_, count) => '\t'.repeat(count));

export class Printer {
  /** What has been written and not handed to the sink. */
  pending = '';
  readonly #strings: StringTable;
  readonly #sink: Sink | undefined;
  #longNameBytes = 0;

  /** Names are read from `strings`. Without a sink everything stays, for {@link text}. */
  constructor(strings: StringTable, sink?: Sink) {
    this.#strings = strings;
    this.#sink = sink;
  }

  /** Bytes that are pending: the place of the next one. */
  get pos(): number {
    return this.pending.length;
  }

  /** Writes a string of characters below 256, each as one byte. */
  put(text: string): void {
    this.pending += text;
  }

  /** Writes any string, as UTF-8. */
  putText(text: string): void {
    this.pending += Buffer.from(text, 'utf8').toString('latin1');
  }

  /** Writes the name at an offset of the string table. Throws `bad-data` for an offset outside. */
  name(offset: number): void {
    this.pending += this.nameText(offset);
  }

  /**
   * The name at an offset of the string table, each byte as one character. Throws `bad-data` for an offset
   * outside, and when long names are printed without end.
   */
  nameText(offset: number): string {
    const name = this.#strings.latin1At(offset);
    if (name.length > LONG_NAME) this.#countLongName(name.length);
    return name;
  }

  /** Names may be tails of one another: a file of 1 MB could print terabytes. */
  #countLongName(length: number): void {
    this.#longNameBytes += length;
    if (this.#longNameBytes <= MAX_OVERLAP * this.#strings.end + (1 << 20)) return;
    throw new TspaholeError('bad-data', 'long names overlap so much that they would fill the output');
  }

  newline(): void {
    this.pending += '\n';
  }

  spaces(count: number): void {
    if (count > 0) this.pending += blanks(count);
  }

  /** Writes the TABs of a nesting level; from level 16 on they stay the same. */
  indent(level: number): void {
    this.pending += this.indentText(level);
  }

  /** The TABs of a nesting level. */
  indentText(level: number): string {
    return INDENTS[level] ?? (INDENTS[MAX_INDENT] as string);
  }

  /** Pads with blanks what was written since `start` to |width| bytes, as C's `%-*s`. */
  padFrom(start: number, width: number): void {
    const missing = (width < 0 ? -width : width) - (this.pending.length - start);
    if (missing > 0) this.pending += blanks(missing);
  }

  /** Writes an integer in decimal, padded on the left with blanks to `width`. */
  number(value: number, width = 0): void {
    const text = String(value);
    this.pending += text.length < width ? blanks(width - text.length) + text : text;
  }

  /** Writes an unsigned integer as C's `%#*x`: with `0x` unless it is 0. */
  hex(value: number, width = 0): void {
    const text = value === 0 ? '0' : `0x${value.toString(16)}`;
    this.pending += text.padStart(width);
  }

  /** Drops what was written behind `pos`. */
  truncate(pos: number): void {
    if (pos < this.pending.length) this.pending = this.pending.slice(0, pos);
  }

  /** Runs `print` and returns what it wrote instead of writing it. */
  capture(print: () => void): string {
    const { pending } = this;
    this.pending = '';
    try {
      print();
      return this.pending;
    } finally {
      this.pending = pending;
    }
  }

  /** Hands what is pending to the sink when it is much; to be called where no position is remembered. */
  flushIfLarge(): void {
    if (this.pending.length >= FLUSH_SIZE) this.flush();
  }

  /** Hands all that is pending to the sink. */
  flush(): void {
    const { pending } = this;
    if (this.#sink === undefined || pending === '') return;
    this.pending = '';
    const buffer = takeBuffer(pending.length);
    this.#sink(buffer.subarray(0, buffer.write(pending, 0, 'latin1')));
    if (buffer.length === BUFFER_SIZE) spareBuffer = buffer;
  }

  /** All that is pending, decoded as UTF-8. */
  text(): string {
    return Buffer.from(this.pending, 'latin1').toString('utf8');
  }
}

/** A buffer of at least `size` bytes that nobody else writes to. */
function takeBuffer(size: number): Buffer {
  const buffer = spareBuffer;
  if (buffer === undefined || size > BUFFER_SIZE) return Buffer.allocUnsafeSlow(Math.max(size, BUFFER_SIZE));
  spareBuffer = undefined;
  return buffer;
}

function blanks(count: number): string {
  return BLANKS[count] ?? ' '.repeat(count);
}

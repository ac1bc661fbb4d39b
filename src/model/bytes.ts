/**
 * `ByteReader`, the only cursor of this package: every header and every variable-length part of a
 * file is read through it, so that bounds are checked in one place and errors name their offset.
 */

import { type ErrorPlace, TspaholeError } from './errors.ts';

/** Byte order of a file. */
export type Endian = 'little' | 'big';

/** The byte order of the machine that this process runs on. */
export const hostEndian: Endian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 'little' : 'big';

export interface ByteReaderOptions {
  readonly endian: Endian;
  /** Bytes in an address: 4 or 8. Only {@link ByteReader.word} needs it. Default 8. */
  readonly wordSize?: 4 | 8;
  /** Added to the errors that are thrown. */
  readonly place?: ErrorPlace;
}

/** Reads values one after the other. A read past the end throws `bad-data` and does not move. */
export class ByteReader {
  /** Offset of the next value from the start of `bytes`. */
  pos = 0;
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly wordSize: 4 | 8;
  readonly place: ErrorPlace;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, { endian, wordSize = 8, place = {} }: ByteReaderOptions) {
    this.bytes = bytes;
    this.littleEndian = endian === 'little';
    this.wordSize = wordSize;
    this.place = place;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes left. */
  get remaining(): number {
    return this.bytes.length - this.pos;
  }

  /** Moves to an absolute offset, the end included. */
  seek(pos: number): void {
    if (!(pos >= 0 && pos <= this.bytes.length)) this.fail(`offset 0x${pos.toString(16)} lies outside`, pos);
    this.pos = pos;
  }

  skip(byteSize: number): void {
    this.#take(byteSize);
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), this.littleEndian);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), this.littleEndian);
  }

  i32(): number {
    return this.#view.getInt32(this.#take(4), this.littleEndian);
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#take(8), this.littleEndian);
  }

  i64(): bigint {
    return this.#view.getBigInt64(this.#take(8), this.littleEndian);
  }

  /** An address-sized unsigned value, 4 or 8 bytes by the word size. */
  word(): bigint {
    return this.wordSize === 8 ? this.u64() : BigInt(this.u32());
  }

  /**
   * An address-sized unsigned value that must be usable as a file offset or size.
   * Throws `bad-data` above 2^53 - 1.
   */
  length(): number {
    const start = this.pos;
    const value = this.word();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      this.pos = start;
      this.fail(`0x${value.toString(16)} is too large for an offset or size`, start);
    }
    return Number(value);
  }

  /** The next `byteSize` bytes as a view, not a copy. */
  take(byteSize: number): Uint8Array {
    const start = this.#take(byteSize);
    return this.bytes.subarray(start, start + byteSize);
  }

  /** A NUL-terminated string, decoded as UTF-8 with replacement; moves behind the NUL. */
  cString(): string {
    const end = this.bytes.indexOf(0, this.pos);
    if (end < 0) this.fail('string is not terminated', this.pos);
    const text = utf8.decode(this.bytes.subarray(this.pos, end));
    this.pos = end + 1;
    return text;
  }

  /** Throws `bad-data` naming `offset` (default: the present position). */
  fail(what: string, offset: number = this.pos): never {
    throw new TspaholeError('bad-data', what, {
      ...this.place,
      offset: (this.place.offset ?? 0) + offset,
    });
  }

  #take(byteSize: number): number {
    const start = this.pos;
    if (!(byteSize >= 0 && byteSize <= this.bytes.length - start)) {
      this.fail(`${byteSize} bytes wanted, ${this.bytes.length - start} left`, start);
    }
    this.pos = start + byteSize;
    return start;
  }
}

const utf8 = new TextDecoder();

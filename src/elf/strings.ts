/**
 * `ElfStrings`: an ELF string table (gABI "String Table"). Unlike the model's `StringTable` it keeps
 * nothing, since names here are read once, and it bounds the length of a name: many offsets into one
 * long string would otherwise make a small hostile file cost its size squared.
 */

import { type ErrorPlace, TspaholeError } from '../model/errors.ts';

/** Longest name that is read; the longest known C++ and Rust symbols are shorter. */
const MAX_NAME_BYTES = 2 ** 18;

export class ElfStrings {
  readonly bytes: Buffer;
  readonly #place: ErrorPlace;

  /** `place` names the string table's section in errors. */
  constructor(bytes: Uint8Array, place: ErrorPlace) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#place = place;
  }

  /**
   * The string at `offset`, decoded as UTF-8 with replacement; `undefined` where the table has no
   * terminated string of at most 256 KiB there. Offset 0 is the empty string even in an empty table.
   */
  find(offset: number): string | undefined {
    if (offset === 0) return '';
    const length = this.#lengthAt(offset);
    return length < 0 ? undefined : this.bytes.toString('utf8', offset, offset + length);
  }

  /** As {@link find}, but throws `bad-data` where there is no such string. */
  text(offset: number): string {
    return this.find(offset) ?? this.#refuse(offset);
  }

  /** The string at `offset`, each byte as one character. Throws as {@link text}. */
  latin1(offset: number): string {
    if (offset === 0) return '';
    const length = this.#lengthAt(offset);
    return length < 0 ? this.#refuse(offset) : this.bytes.toString('latin1', offset, offset + length);
  }

  /** Bytes of the string at `offset`; -1 where it does not end soon enough. */
  #lengthAt(offset: number): number {
    const end = Math.min(this.bytes.length, offset + MAX_NAME_BYTES + 1);
    for (let at = offset; at < end; at++) if (this.bytes[at] === 0) return at - offset;
    return -1;
  }

  #refuse(offset: number): never {
    const what = offset < this.bytes.length ? 'name is not terminated' : 'name offset lies outside';
    throw new TspaholeError('bad-data', what, { ...this.#place, offset });
  }

  /** Whether the bytes at `offset` are those of `terminated`, a name with its NUL. */
  matches(offset: number, terminated: Uint8Array): boolean {
    for (let i = 0; i < terminated.length; i++) {
      if (this.bytes[offset + i] !== terminated[i]) return false;
    }
    return true;
  }
}

/**
 * `RelocationTable`: the ELF relocations of a section (gABI "Relocation"), read in place by index.
 */

import { type ErrorPlace, TspaholeError } from '../model/errors.ts';
import { EM_MIPS } from './constants.ts';
import type { ElfFormat, ElfHeader } from './header.ts';

/** What a table is read from. */
export interface RelocationTableParts {
  readonly header: Pick<ElfHeader, 'wordSize' | 'endian' | 'machine'>;
  readonly bytes: Uint8Array;
  /** Bytes from one relocation to the next, at least {@link relocationSize}. */
  readonly stride: number;
  /** Whether the records are RELA, with an addend, and not REL. */
  readonly hasAddend: boolean;
  /** Names the section in errors. */
  readonly place: ErrorPlace;
}

/** Where the two parts of a 64-bit `r_info` lie in a record, and how its type is stored. */
interface InfoFields {
  readonly symbol: number;
  readonly type: number;
  readonly typeLittleEndian: boolean;
}

/** Bytes in a REL or RELA record. */
export function relocationSize({ wordSize }: ElfFormat, hasAddend: boolean): number {
  return wordSize * (hasAddend ? 3 : 2);
}

/** Relocations by index from 0 on. Every accessor throws `bad-data` for an index that is not there. */
export class RelocationTable {
  /** Number of relocations. */
  readonly length: number;
  readonly #view: DataView;
  readonly #parts: RelocationTableParts;
  readonly #littleEndian: boolean;
  readonly #isWide: boolean;
  readonly #infoFields: InfoFields;

  constructor(parts: RelocationTableParts) {
    const { bytes, header } = parts;
    this.length = Math.floor(bytes.length / parts.stride);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#parts = parts;
    this.#littleEndian = header.endian === 'little';
    this.#isWide = header.wordSize === 8;
    this.#infoFields = infoFields(header);
  }

  /** What is patched: an offset into the section in an `ET_REL` file, else an address. */
  offset(index: number): bigint {
    const at = this.#at(index);
    if (this.#isWide) return this.#view.getBigUint64(at, this.#littleEndian);
    return BigInt(this.#view.getUint32(at, this.#littleEndian));
  }

  /** Symbol whose value is used; 0 for none. */
  symbolIndex(index: number): number {
    const at = this.#at(index);
    if (this.#isWide) return this.#view.getUint32(at + this.#infoFields.symbol, this.#littleEndian);
    return this.#view.getUint32(at + 4, this.#littleEndian) >>> 8;
  }

  /** `R_*` of the machine. On 64-bit MIPS the last byte is the first of up to three types. */
  type(index: number): number {
    const at = this.#at(index);
    if (this.#isWide)
      return this.#view.getUint32(at + this.#infoFields.type, this.#infoFields.typeLittleEndian);
    return this.#view.getUint32(at + 4, this.#littleEndian) & 0xff;
  }

  /** `undefined` in a REL table, where the addend lies in the bytes that are patched. */
  addend(index: number): bigint | undefined {
    const at = this.#at(index);
    if (!this.#parts.hasAddend) return undefined;
    if (this.#isWide) return this.#view.getBigInt64(at + 16, this.#littleEndian);
    return BigInt(this.#view.getInt32(at + 8, this.#littleEndian));
  }

  #at(index: number): number {
    if (index >= 0 && index < this.length) return index * this.#parts.stride;
    throw new TspaholeError('bad-data', `relocation ${index} of ${this.length}`, this.#parts.place);
  }
}

function infoFields(header: RelocationTableParts['header']): InfoFields {
  if (isMips64Little(header)) return { symbol: 8, type: 12, typeLittleEndian: false };
  if (header.endian === 'little') return { symbol: 12, type: 8, typeLittleEndian: true };
  return { symbol: 8, type: 12, typeLittleEndian: false };
}

/**
 * 64-bit MIPS splits `r_info` into a symbol word and four bytes, and only the word is in the byte
 * order of the file ("64-bit ELF Object File Specification", Silicon Graphics). Big-endian files look
 * like any other; little-endian ones do not.
 */
function isMips64Little({ machine, wordSize, endian }: RelocationTableParts['header']): boolean {
  return machine === EM_MIPS && wordSize === 8 && endian === 'little';
}

/**
 * `SymbolTable`: the symbols of a section (gABI "Symbol Table"). A table of a kernel has hundreds of
 * thousands, so their fields are read in place by index, and an object is made only when asked for.
 */

import { type ErrorPlace, TspaholeError } from '../model/errors.ts';
import { SHN_LORESERVE, SHN_UNDEF, SHN_XINDEX } from './constants.ts';
import type { ElfFormat } from './header.ts';
import type { ElfStrings } from './strings.ts';

/** One symbol. */
export interface ElfSymbol {
  readonly index: number;
  readonly name: string;
  /** Address, or offset into its section in an `ET_REL` file. */
  readonly value: bigint;
  /** Bytes; 0 where not known. */
  readonly size: number;
  /** `STT_*`. */
  readonly type: number;
  /** `STB_*`. */
  readonly binding: number;
  /** Section that it is defined in; `undefined` for undefined, absolute and common symbols. */
  readonly sectionIndex: number | undefined;
}

/** What a table is read from. */
export interface SymbolTableParts {
  readonly format: ElfFormat;
  readonly bytes: Uint8Array;
  /** Bytes from one symbol to the next, at least {@link symbolSize}. */
  readonly stride: number;
  readonly strings: ElfStrings;
  /** Contents of the `SHT_SYMTAB_SHNDX` section that belongs to the table. */
  readonly extendedIndexes?: Uint8Array | undefined;
  /** Names the section in errors. */
  readonly place: ErrorPlace;
}

/** Bytes in a symbol. */
export function symbolSize({ wordSize }: ElfFormat): number {
  return wordSize === 8 ? 24 : 16;
}

// Offsets of the fields. The two classes order them differently.
const FIELDS_32 = { name: 0, value: 4, size: 8, info: 12, other: 13, shndx: 14 } as const;
const FIELDS_64 = { name: 0, info: 4, other: 5, shndx: 6, value: 8, size: 16 } as const;

/**
 * Symbols by index from 0 on; symbol 0 of a table that is not empty is the null symbol. Every
 * accessor throws `bad-data` for an index that the table does not have, since indexes come from files.
 */
export class SymbolTable {
  /** Number of symbols, the null symbol included. */
  readonly length: number;
  readonly #view: DataView;
  readonly #extended: DataView | undefined;
  readonly #parts: SymbolTableParts;
  readonly #littleEndian: boolean;
  readonly #isWide: boolean;
  readonly #fields: typeof FIELDS_32 | typeof FIELDS_64;

  constructor(parts: SymbolTableParts) {
    this.length = Math.floor(parts.bytes.length / parts.stride);
    this.#view = viewOf(parts.bytes);
    this.#extended = parts.extendedIndexes && viewOf(parts.extendedIndexes);
    this.#parts = parts;
    this.#littleEndian = parts.format.endian === 'little';
    this.#isWide = parts.format.wordSize === 8;
    this.#fields = this.#isWide ? FIELDS_64 : FIELDS_32;
  }

  /** Offset of the name in the string table. */
  nameOffset(index: number): number {
    return this.#view.getUint32(this.#at(index) + this.#fields.name, this.#littleEndian);
  }

  /** Throws `bad-data` where the string table does not hold the name. Not remembered. */
  name(index: number): string {
    return this.#parts.strings.text(this.nameOffset(index));
  }

  /** The name with a character for each byte, as names of types are. Throws as {@link name}. */
  latin1Name(index: number): string {
    return this.#parts.strings.latin1(this.nameOffset(index));
  }

  /** The lower and the upper half of {@link value}. */
  valueLow(index: number): number {
    const { value } = this.#fields;
    const isHighFirst = this.#isWide && !this.#littleEndian;
    return this.#view.getUint32(this.#at(index) + value + (isHighFirst ? 4 : 0), this.#littleEndian);
  }

  valueHigh(index: number): number {
    if (!this.#isWide) return 0;
    const { value } = this.#fields;
    return this.#view.getUint32(this.#at(index) + value + (this.#littleEndian ? 4 : 0), this.#littleEndian);
  }

  /** Address, or offset into its section in an `ET_REL` file. */
  value(index: number): bigint {
    const at = this.#at(index) + this.#fields.value;
    if (this.#isWide) return this.#view.getBigUint64(at, this.#littleEndian);
    return BigInt(this.#view.getUint32(at, this.#littleEndian));
  }

  /** Bytes; 0 where not known. Above 2^53 rounded. */
  size(index: number): number {
    const at = this.#at(index) + this.#fields.size;
    if (this.#isWide) return Number(this.#view.getBigUint64(at, this.#littleEndian));
    return this.#view.getUint32(at, this.#littleEndian);
  }

  /** `STT_*`. */
  type(index: number): number {
    return this.#view.getUint8(this.#at(index) + this.#fields.info) & 0xf;
  }

  /** `STB_*`. */
  binding(index: number): number {
    return this.#view.getUint8(this.#at(index) + this.#fields.info) >> 4;
  }

  /** `STV_*`: 0 default, 1 internal, 2 hidden, 3 protected. */
  visibility(index: number): number {
    return this.#view.getUint8(this.#at(index) + this.#fields.other) & 0x3;
  }

  /** `st_shndx` as stored, which tells `SHN_ABS` and `SHN_COMMON` from undefined. */
  shndx(index: number): number {
    return this.#view.getUint16(this.#at(index) + this.#fields.shndx, this.#littleEndian);
  }

  /**
   * Section that the symbol is defined in; `undefined` for undefined, absolute and common symbols.
   * Throws `bad-data` where the index is said to lie in a `SHT_SYMTAB_SHNDX` section that has none.
   */
  sectionIndex(index: number): number | undefined {
    const shndx = this.shndx(index);
    if (shndx === SHN_XINDEX) return this.#extendedIndex(index);
    return shndx === SHN_UNDEF || shndx >= SHN_LORESERVE ? undefined : shndx;
  }

  /** The symbol as an object, made anew on each call. */
  symbol(index: number): ElfSymbol {
    return {
      index,
      name: this.name(index),
      value: this.value(index),
      size: this.size(index),
      type: this.type(index),
      binding: this.binding(index),
      sectionIndex: this.sectionIndex(index),
    };
  }

  /** All symbols as objects, in order, the null symbol included. */
  *[Symbol.iterator](): Generator<ElfSymbol> {
    for (let index = 0; index < this.length; index++) yield this.symbol(index);
  }

  #at(index: number): number {
    if (index >= 0 && index < this.length) return index * this.#parts.stride;
    throw new TspaholeError('bad-data', `symbol ${index} of ${this.length}`, this.#parts.place);
  }

  #extendedIndex(index: number): number {
    if (this.#extended !== undefined && index * 4 + 4 <= this.#extended.byteLength) {
      return this.#extended.getUint32(index * 4, this.#littleEndian);
    }
    const offset = index * this.#parts.stride;
    throw new TspaholeError('bad-data', 'symbol without its extended section index', {
      ...this.#parts.place,
      offset,
    });
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

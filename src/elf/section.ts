/**
 * `ElfSection`: one section of a file, its header and its bytes. Bytes are read when first asked for.
 */

import { type ErrorPlace, TspaholeError, withPlace } from '../model/errors.ts';
import { decompressGnuSection, decompressSection, hasGnuCompression } from './compression.ts';
import { SHF_COMPRESSED, SHT_NOBITS, SHT_NULL } from './constants.ts';
import type { ElfFormat, SectionHeader } from './header.ts';
import type { ByteSource } from './source.ts';
import type { ElfStrings } from './strings.ts';

/** What the sections of one file share. */
export interface SectionContext {
  readonly source: ByteSource;
  readonly format: ElfFormat;
  /** The names of sections. */
  readonly names: ElfStrings;
  readonly place: ErrorPlace;
}

/** A section of an ELF file; its bytes are read when they are asked for. */
export class ElfSection implements SectionHeader {
  readonly index: number;
  readonly nameOffset: number;
  readonly type: number;
  readonly flags: number;
  readonly address: bigint;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly info: number;
  readonly alignment: number;
  readonly entrySize: number;
  readonly #context: SectionContext;
  #rawData: Uint8Array | undefined;
  #data: Uint8Array | undefined;

  constructor(index: number, header: SectionHeader, context: SectionContext) {
    this.index = index;
    this.nameOffset = header.nameOffset;
    this.type = header.type;
    this.flags = header.flags;
    this.address = header.address;
    this.offset = header.offset;
    this.size = header.size;
    this.link = header.link;
    this.info = header.info;
    this.alignment = header.alignment;
    this.entrySize = header.entrySize;
    this.#context = context;
  }

  /** Throws `bad-data` where the table of names does not hold it. */
  get name(): string {
    return this.#context.names.text(this.nameOffset);
  }

  /** The section as errors name it: by its name, or by its index without one. */
  get place(): ErrorPlace {
    const name = this.#context.names.find(this.nameOffset);
    return { ...this.#context.place, section: name || `section ${this.index}` };
  }

  /** Whether the bytes in the file are compressed, by the flag or by GNU's `.zdebug_` names. */
  get isCompressed(): boolean {
    return (this.flags & SHF_COMPRESSED) !== 0 || this.#isGnuCompressed();
  }

  /**
   * The bytes in the file; none for `SHT_NOBITS`. Kept once read. Throws `bad-data` where the section
   * does not lie inside the file, and what the source throws.
   */
  rawData(): Uint8Array {
    if (this.#rawData === undefined) {
      this.#rawData = hasFileBytes(this) ? this.#read() : new Uint8Array(0);
    }
    return this.#rawData;
  }

  /**
   * The contents: the bytes in the file, decompressed where needed. Kept once made. Throws as
   * {@link rawData} does, `bad-data` for malformed compression, and `unsupported` for a method that
   * this Node does not have.
   */
  data(): Uint8Array {
    this.#data ??= this.#expand();
    return this.#data;
  }

  #read(): Uint8Array {
    return withPlace(this.place, () => this.#context.source.read(this.offset, this.size));
  }

  #expand(): Uint8Array {
    const raw = this.rawData();
    if (raw.length === 0) return raw;
    if ((this.flags & SHF_COMPRESSED) !== 0) return decompressSection(raw, this.#context.format, this.place);
    return this.#isGnuCompressed() ? decompressGnuSection(raw, this.place) : raw;
  }

  #isGnuCompressed(): boolean {
    const name = this.#context.names.find(this.nameOffset);
    return name?.startsWith('.zdebug_') === true && hasGnuCompression(this.rawData());
  }
}

/** Whether a section takes up bytes of the file: section 0 and `SHT_NOBITS` do not. */
export function hasFileBytes({ type }: SectionHeader): boolean {
  return type !== SHT_NULL && type !== SHT_NOBITS;
}

/** Form of the records in a section that is a table of them. */
export interface TableForm {
  /** Bytes from one record to the next. */
  readonly stride: number;
  /** Number of records. */
  readonly count: number;
}

/**
 * The form of a section that is a table of records of at least `recordSize` bytes. Throws `bad-data`
 * where `sh_entsize` is smaller, or the contents are no whole number of records.
 */
export function tableForm(section: ElfSection, recordSize: number): TableForm {
  const stride = section.entrySize;
  if (stride < recordSize) {
    throw new TspaholeError('bad-data', `records of ${stride} bytes, expected ${recordSize}`, section.place);
  }
  const { length } = section.data();
  if (length % stride !== 0) {
    const what = `0x${length.toString(16)} bytes are no whole number of records of ${stride}`;
    throw new TspaholeError('bad-data', what, section.place);
  }
  return { stride, count: length / stride };
}

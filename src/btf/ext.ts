/**
 * The section `.BTF.ext` of a BPF object: which function starts at an instruction, which source line an
 * instruction belongs to, and the CO-RE relocations (linux Documentation/bpf/btf.rst, "struct btf_ext_header").
 * Records may be longer than they are known to be; what follows is skipped, in either byte order.
 */

import { ByteReader, type Endian } from '../model/bytes.ts';
import type { ErrorPlace } from '../model/errors.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { BTF_MAGIC, BTF_VERSION } from './constants.ts';

/** A function that starts at an instruction. */
export interface FuncInfo {
  /** Bytes from the start of the ELF section. */
  readonly insnOffset: number;
  /** The type of kind func. */
  readonly typeId: TypeId;
}

/** The source line that the instructions from this one on belong to. */
export interface LineInfo {
  /** Bytes from the start of the ELF section. */
  readonly insnOffset: number;
  /** Offset of the file's name in the strings of the types. */
  readonly fileNameOffset: number;
  /** Offset of the line's text in the strings of the types. */
  readonly textOffset: number;
  /** From 1 on; 0 where not known. */
  readonly line: number;
  /** From 1 on; 0 where not known. */
  readonly column: number;
}

/** A CO-RE relocation. */
export interface CoreRelocation {
  /** Bytes from the start of the ELF section to the instruction that is patched. */
  readonly insnOffset: number;
  /** The type that is accessed, in the types of the object. */
  readonly typeId: TypeId;
  /** How it is accessed: indexes joined by colons, as `0:19:14`. */
  readonly access: string;
  /** What is asked for: a number of `enum bpf_core_relo_kind`, which may be an unknown one. */
  readonly kind: number;
}

/** The records of one ELF section. A section may come more than once. */
export interface ExtSection<T> {
  readonly name: string;
  readonly records: readonly T[];
}

/** A decoded `.BTF.ext`. */
export interface BtfExt {
  readonly endian: Endian;
  readonly functions: readonly ExtSection<FuncInfo>[];
  readonly lines: readonly ExtSection<LineInfo>[];
  readonly relocations: readonly ExtSection<CoreRelocation>[];
  /** Offset of the header's word that says how many bytes the relocations take; undefined in a short header. */
  readonly relocationSizeOffset: number | undefined;
}

/** Header with functions and lines. */
const MIN_HEADER_SIZE = 24;
/** Header with relocations. */
const FULL_HEADER_SIZE = 32;
/** Offset of the word `core_relo_len`. */
const RELOCATION_SIZE_OFFSET = 28;

/**
 * Decodes a `.BTF.ext` section; `table` holds the types and the strings that it refers to. Throws `bad-data`
 * for what contradicts the format: the bounds are those that libbpf checks. Type ids are not checked.
 */
export function decodeBtfExt(bytes: Uint8Array, table: TypeTable, place: ErrorPlace = {}): BtfExt {
  const endian: Endian = bytes[0] === 0x9f ? 'little' : 'big';
  const reader = new ByteReader(bytes, { endian, place: { section: '.BTF.ext', ...place } });
  const headerSize = readHeaderSize(reader);
  const part = (): Part => ({ start: headerSize + reader.u32(), byteSize: reader.u32() });
  const { strings } = table;
  const spans = [part(), part()];
  const isFull = headerSize >= FULL_HEADER_SIZE;
  if (isFull) spans.push(part());
  const [functions, lines, relocations] = spans;
  return {
    endian,
    functions: readPart(reader, functions, table, { what: 'functions', minSize: 8, read: readFunction }),
    lines: readPart(reader, lines, table, { what: 'lines', minSize: 16, read: readLine }),
    relocations: readPart(reader, relocations, table, {
      what: 'relocations',
      minSize: 16,
      read: () => ({
        insnOffset: reader.u32(),
        typeId: reader.u32(),
        access: strings.text(reader.u32()),
        kind: reader.u32(),
      }),
    }),
    relocationSizeOffset: isFull ? RELOCATION_SIZE_OFFSET : undefined,
  };
}

function readHeaderSize(reader: ByteReader): number {
  if (reader.u16() !== BTF_MAGIC) reader.fail('wrong magic number', 0);
  const version = reader.u8();
  if (version !== BTF_VERSION) reader.fail(`version ${version} is not supported`, 2);
  const flags = reader.u8();
  if (flags !== 0) reader.fail(`flags 0x${flags.toString(16)} are not supported`, 3);
  const headerSize = reader.u32();
  if (headerSize < MIN_HEADER_SIZE) reader.fail(`header size ${headerSize} is below ${MIN_HEADER_SIZE}`, 4);
  if (headerSize > reader.bytes.length) reader.fail(`header size ${headerSize} exceeds the data`, 4);
  return headerSize;
}

/** One of the three parts, in bytes from the start of the section. */
interface Part {
  readonly start: number;
  readonly byteSize: number;
}

/** What a part holds. */
interface Records<T> {
  readonly what: string;
  /** Bytes of a record that are known. */
  readonly minSize: number;
  readonly read: (reader: ByteReader) => T;
}

function readPart<T>(
  reader: ByteReader,
  part: Part | undefined,
  table: TypeTable,
  records: Records<T>,
): ExtSection<T>[] {
  if (part === undefined || part.byteSize === 0) return [];
  const { start, byteSize } = part;
  const end = start + byteSize;
  if (start % 4 !== 0) reader.fail(`the part of ${records.what} is not aligned`, 8);
  if (end > reader.bytes.length) reader.fail(`the part of ${records.what} reaches past the data`, 8);
  reader.seek(start);
  const recordSize = reader.u32();
  if (recordSize < records.minSize || recordSize % 4 !== 0) {
    reader.fail(`records of ${records.what} have ${recordSize} bytes, expected ${records.minSize}`, start);
  }
  if (reader.pos === end) reader.fail(`the part of ${records.what} has no records`, start);
  const sections: ExtSection<T>[] = [];
  while (reader.pos < end) sections.push(readSection(reader, { end, recordSize }, table, records));
  return sections;
}

function readSection<T>(
  reader: ByteReader,
  { end, recordSize }: { readonly end: number; readonly recordSize: number },
  table: TypeTable,
  { what, read }: Records<T>,
): ExtSection<T> {
  const start = reader.pos;
  if (end - start < 8) reader.fail(`a section of ${what} is cut off`, start);
  const name = table.strings.text(reader.u32());
  const count = reader.u32();
  const first = reader.pos;
  if (count === 0) reader.fail(`a section of ${what} has no records`, start);
  if (count * recordSize > end - first) reader.fail(`${count} ${what} do not fit`, start);
  const records: T[] = [];
  for (let index = 0; index < count; index++) {
    reader.seek(first + index * recordSize);
    records.push(read(reader));
  }
  reader.seek(first + count * recordSize);
  return { name, records };
}

function readFunction(reader: ByteReader): FuncInfo {
  return { insnOffset: reader.u32(), typeId: reader.u32() };
}

function readLine(reader: ByteReader): LineInfo {
  const [insnOffset, fileNameOffset, textOffset] = [reader.u32(), reader.u32(), reader.u32()];
  const lineAndColumn = reader.u32();
  return {
    insnOffset,
    fileNameOffset,
    textOffset,
    line: lineAndColumn >>> 10,
    column: lineAndColumn & 0x3ff,
  };
}

/**
 * The three kinds of header in an ELF file (gABI "ELF Header", "Section Headers", "Program Header"):
 * their fields, decoded, with the values of this package's types and no meaning added.
 */

import { ByteReader, type Endian } from '../model/bytes.ts';
import { type ErrorPlace, TspaholeError } from '../model/errors.ts';
import {
  EI_CLASS,
  EI_DATA,
  EI_NIDENT,
  EI_OSABI,
  EI_VERSION,
  ELFCLASS32,
  ELFCLASS64,
  ELFDATA2LSB,
  ELFDATA2MSB,
  EV_CURRENT,
} from './constants.ts';

/** What every record of a file depends on. */
export interface ElfFormat {
  /** Bytes in an address: 4 in a 32-bit file, 8 in a 64-bit one. */
  readonly wordSize: 4 | 8;
  readonly endian: Endian;
}

/** Place and form of a table of headers; offsets and sizes in bytes. */
export interface HeaderTable {
  readonly offset: number;
  readonly entrySize: number;
  /** As stored, so it may say that the number is found elsewhere. */
  readonly count: number;
}

/** The ELF header (gABI "ELF Header"). */
export interface ElfHeader extends ElfFormat {
  /** `EI_OSABI`. */
  readonly osAbi: number;
  /** `ET_*`. */
  readonly type: number;
  /** `EM_*`. */
  readonly machine: number;
  /** Address of the entry point. */
  readonly entry: bigint;
  /** `e_flags`; the meaning depends on the machine. */
  readonly flags: number;
  readonly programHeaders: HeaderTable;
  readonly sectionHeaders: HeaderTable;
  /** Index of the section with the names of sections, as stored. */
  readonly nameSectionIndex: number;
}

/** A section header (gABI "Sections"). */
export interface SectionHeader {
  readonly nameOffset: number;
  /** `SHT_*`. */
  readonly type: number;
  /** `SHF_*`: the low 32 bits, which hold every flag that is defined, also for processors. */
  readonly flags: number;
  readonly address: bigint;
  /** From the start of the file. */
  readonly offset: number;
  /** Bytes, in the file or, for `SHT_NOBITS`, in memory. */
  readonly size: number;
  readonly link: number;
  readonly info: number;
  /** Bytes; 0 and 1 mean none. */
  readonly alignment: number;
  /** Bytes in a record of a section that is a table, else 0. */
  readonly entrySize: number;
}

/** A program header: one segment (gABI "Program Loading"). */
export interface ProgramHeader {
  /** `PT_*`. */
  readonly type: number;
  readonly flags: number;
  /** From the start of the file. */
  readonly offset: number;
  readonly address: bigint;
  /** Bytes in the file. */
  readonly fileSize: number;
  /** Bytes; 0 and 1 mean none. */
  readonly alignment: number;
}

/** Bytes from the start of a file that {@link decodeElfHeader} wants, or the whole file if shorter. */
export const ELF_HEADER_SIZE = 64;

/** Whether `bytes` begin with the magic number of ELF. */
export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** Bytes in a section header. */
export function sectionHeaderSize({ wordSize }: ElfFormat): number {
  return wordSize === 8 ? 64 : 40;
}

/** Bytes in a program header. */
export function programHeaderSize({ wordSize }: ElfFormat): number {
  return wordSize === 8 ? 56 : 32;
}

/**
 * Decodes the header at the start of a file. Throws `bad-data` for what is not ELF, cut short, or of
 * an unknown class or byte order, and `unsupported` for another version of the format.
 */
export function decodeElfHeader(bytes: Uint8Array, place: ErrorPlace = {}): ElfHeader {
  if (!isElf(bytes)) throw new TspaholeError('bad-data', 'not an ELF file', place);
  const inHeader = { ...place, section: 'ELF header' };
  const format = decodeIdent(bytes, inHeader);
  const reader = new ByteReader(bytes, { ...format, place: inHeader });
  reader.skip(EI_NIDENT);
  const type = reader.u16();
  const machine = reader.u16();
  reader.skip(4); // e_version repeats EI_VERSION
  const entry = reader.word();
  const programHeadersOffset = reader.length();
  const sectionHeadersOffset = reader.length();
  const flags = reader.u32();
  reader.skip(2); // e_ehsize: the size follows from the class
  const programHeaders = { offset: programHeadersOffset, entrySize: reader.u16(), count: reader.u16() };
  const sectionHeaders = { offset: sectionHeadersOffset, entrySize: reader.u16(), count: reader.u16() };
  const nameSectionIndex = reader.u16();
  const osAbi = bytes[EI_OSABI] ?? 0;
  return { ...format, osAbi, type, machine, entry, flags, programHeaders, sectionHeaders, nameSectionIndex };
}

/** Decodes the section header at the reader's position. Throws `bad-data` where it is cut short. */
export function decodeSectionHeader(reader: ByteReader): SectionHeader {
  return {
    nameOffset: reader.u32(),
    type: reader.u32(),
    flags: Number(BigInt.asUintN(32, reader.word())),
    address: reader.word(),
    offset: reader.length(),
    size: reader.length(),
    link: reader.u32(),
    info: reader.u32(),
    alignment: Number(reader.word()),
    entrySize: reader.length(),
  };
}

/**
 * Decodes the program header at the reader's position. Throws `bad-data` where it is cut short. The
 * two classes order the fields differently.
 */
export function decodeProgramHeader(reader: ByteReader): ProgramHeader {
  const type = reader.u32();
  const leadingFlags = reader.wordSize === 8 ? reader.u32() : 0;
  const offset = reader.length();
  const address = reader.word();
  reader.word(); // p_paddr
  const fileSize = reader.length();
  reader.word(); // p_memsz
  const flags = reader.wordSize === 4 ? reader.u32() : leadingFlags;
  const alignment = Number(reader.word());
  return { type, flags, offset, address, fileSize, alignment };
}

function decodeIdent(bytes: Uint8Array, place: ErrorPlace): ElfFormat {
  const reader = new ByteReader(bytes, { endian: 'little', place });
  const ident = reader.take(EI_NIDENT);
  const elfClass = ident[EI_CLASS];
  const data = ident[EI_DATA];
  const version = ident[EI_VERSION];
  if (elfClass !== ELFCLASS32 && elfClass !== ELFCLASS64) reader.fail(`class ${elfClass}`, EI_CLASS);
  if (data !== ELFDATA2LSB && data !== ELFDATA2MSB) reader.fail(`byte order ${data}`, EI_DATA);
  if (version !== EV_CURRENT) {
    throw new TspaholeError('unsupported', `version ${version}`, { ...place, offset: EI_VERSION });
  }
  return { wordSize: elfClass === ELFCLASS64 ? 8 : 4, endian: data === ELFDATA2LSB ? 'little' : 'big' };
}

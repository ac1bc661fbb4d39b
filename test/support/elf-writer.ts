/**
 * Assembles ELF files for tests from a description: any class, any byte order, and any header field
 * set to a wrong value. Nothing here uses the reader's code, only its constants.
 */

import {
  ELFCLASS32,
  ELFCLASS64,
  ELFDATA2LSB,
  ELFDATA2MSB,
  EM_X86_64,
  ET_REL,
  EV_CURRENT,
  PT_NOTE,
  SHN_LORESERVE,
  SHN_XINDEX,
  SHT_NULL,
  SHT_PROGBITS,
  SHT_STRTAB,
} from '../../src/elf/constants.ts';

export interface Target {
  readonly wordSize: 4 | 8;
  readonly endian: 'little' | 'big';
}

/** All four combinations of class and byte order, for `describe.each`. */
export const TARGETS: readonly Target[] = [
  { wordSize: 8, endian: 'little' },
  { wordSize: 8, endian: 'big' },
  { wordSize: 4, endian: 'little' },
  { wordSize: 4, endian: 'big' },
];

/** A section; fields that are left out are what a correct file would have. */
export interface SectionSpec {
  readonly name?: string;
  readonly data?: Uint8Array;
  readonly type?: number;
  readonly flags?: number | bigint;
  readonly address?: number | bigint;
  readonly link?: number;
  readonly info?: number;
  readonly alignment?: number;
  readonly entrySize?: number;
  /** Stored instead of the real one. */
  readonly nameOffset?: number;
  readonly offset?: number | bigint;
  readonly size?: number | bigint;
}

export interface SegmentSpec {
  readonly type?: number;
  readonly flags?: number;
  readonly address?: number | bigint;
  readonly data: Uint8Array;
  readonly alignment?: number;
}

/** Fields of the ELF header that are stored instead of the real ones. */
export interface HeaderOverrides {
  readonly shoff?: number | bigint;
  readonly shentsize?: number;
  readonly shnum?: number;
  readonly shstrndx?: number;
  readonly phentsize?: number;
  readonly phnum?: number;
}

export interface ElfSpec extends Target {
  readonly type?: number;
  readonly machine?: number;
  readonly entry?: number | bigint;
  readonly flags?: number;
  /** Sections from index 1 on; the null section and the names of sections (last) are added. */
  readonly sections?: readonly SectionSpec[];
  /** Fields of section 0. */
  readonly nullSection?: SectionSpec;
  /** `false`: no section header table at all. */
  readonly hasSections?: boolean;
  readonly segments?: readonly SegmentSpec[];
  /** Store the counts in section 0 even where they fit into the header. */
  readonly extended?: boolean;
  readonly header?: HeaderOverrides;
  /** Put the section headers and names before all other contents, so that a cut file still opens. */
  readonly headersFirst?: boolean;
  /** Bytes of the table of section names instead of the real ones. */
  readonly sectionNames?: Uint8Array;
}

type Value = number | bigint;

/**
 * Packs values one after the other: B 8 bit, H 16, I 32, Q 64, and W by the word size. Values are
 * cut to their width, so -1 is all ones.
 */
export function pack({ wordSize, endian }: Target, format: string, ...values: readonly Value[]): Uint8Array {
  const widths: Record<string, number> = { B: 1, H: 2, I: 4, Q: 8, W: wordSize };
  const bytes: number[] = [];
  for (const [index, letter] of Array.from(format).entries()) {
    const value = BigInt(values[index] ?? 0);
    const width = widths[letter] ?? 0;
    const field = Array.from({ length: width }, (_, at) => Number((value >> BigInt(8 * at)) & 0xffn));
    bytes.push(...(endian === 'little' ? field : field.reverse()));
  }
  return Uint8Array.from(bytes);
}

/** Bytes one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** UTF-8 bytes. */
export function text(value: string): Uint8Array {
  return new Uint8Array(Buffer.from(value, 'utf8'));
}

/** A string table, and the offset of each of its names. The empty name is at 0. */
export function stringTable(names: readonly string[]): { bytes: Uint8Array; offsets: Map<string, number> } {
  const offsets = new Map([['', 0]]);
  const parts = ['\0'];
  let end = 1;
  for (const name of names) {
    if (offsets.has(name)) continue;
    offsets.set(name, end);
    parts.push(`${name}\0`);
    end += Buffer.byteLength(name) + 1;
  }
  return { bytes: text(parts.join('')), offsets };
}

export interface SymbolSpec {
  readonly nameOffset?: number;
  readonly value?: Value;
  readonly size?: Value;
  readonly type?: number;
  readonly binding?: number;
  readonly visibility?: number;
  readonly shndx?: number;
}

/** The contents of a symbol table, with the null symbol first. */
export function symbolBytes(target: Target, symbols: readonly SymbolSpec[]): Uint8Array {
  const records = [{}, ...symbols].map((symbol: SymbolSpec) => {
    const { nameOffset = 0, value = 0, size = 0, visibility = 0, shndx = 0 } = symbol;
    const info = ((symbol.binding ?? 0) << 4) | (symbol.type ?? 0);
    return target.wordSize === 8
      ? pack(target, 'IBBHQQ', nameOffset, info, visibility, shndx, value, size)
      : pack(target, 'IIIBBH', nameOffset, value, size, info, visibility, shndx);
  });
  return concat(...records);
}

export interface RelocationSpec {
  readonly offset: Value;
  readonly symbol: number;
  readonly type: number;
  /** Present in every record of a RELA table, absent in REL. */
  readonly addend?: Value;
}

/** The contents of a REL or RELA section. */
export function relocationBytes(target: Target, relocations: readonly RelocationSpec[]): Uint8Array {
  const records = relocations.map(({ offset, symbol, type, addend }) => {
    const shift = target.wordSize === 8 ? 32n : 8n;
    const info = (BigInt(symbol) << shift) | BigInt(type);
    return addend === undefined
      ? pack(target, 'WW', offset, info)
      : pack(target, 'WWW', offset, info, addend);
  });
  return concat(...records);
}

/** One note, padded to `padTo` bytes. */
export function noteBytes(
  target: Target,
  note: { readonly name: string; readonly type: number; readonly description: Uint8Array },
  padTo = 4,
): Uint8Array {
  const name = text(`${note.name}\0`);
  const head = concat(pack(target, 'III', name.length, note.description.length, note.type), name);
  return padded(concat(padded(head, padTo), note.description), padTo);
}

/** The contents of a section with SHF_COMPRESSED; `size` is the declared one. */
export function compressedBytes(
  target: Target,
  type: number,
  size: Value,
  compressed: Uint8Array,
): Uint8Array {
  const header =
    target.wordSize === 8 ? pack(target, 'IIQQ', type, 0, size, 1) : pack(target, 'III', type, size, 1);
  return concat(header, compressed);
}

/** A part of the file behind the ELF header, and where it lies. */
interface Part {
  readonly bytes: Uint8Array;
  offset: number;
}

/** The whole file: header, program headers, segments, sections, section headers. */
export function writeElf(spec: ElfSpec): Uint8Array {
  const { segments = [] } = spec;
  const sections = allSections(spec);
  const sizes = headerSizes(spec);
  const programHeaders = { bytes: new Uint8Array(segments.length * sizes.program), offset: 0 };
  const table = { bytes: new Uint8Array(sections.length * sizes.section), offset: 0 };
  const segmentParts = segments.map(({ data }) => ({ bytes: data, offset: 0 }));
  const sectionParts = sections.map(({ data }) => ({ bytes: data ?? new Uint8Array(0), offset: 0 }));
  const contents = [...segmentParts, ...sectionParts];
  const parts =
    spec.headersFirst === true
      ? [table, ...contents.slice(-1), ...contents.slice(0, -1)]
      : [...contents, table];
  const end = arrange([programHeaders, ...parts], sizes.elf);

  const names = stringTable(sections.map(({ name = '' }) => name)).offsets;
  const headers = sections.map((section, index) =>
    sectionHeader(spec, section, names.get(section.name ?? '') ?? 0, sectionParts[index]?.offset ?? 0),
  );
  table.bytes.set(concat(...headers));
  const segmentHeaders = segments.map((segment, index) =>
    programHeader(spec, segment, segmentParts[index]?.offset ?? 0),
  );
  programHeaders.bytes.set(concat(...segmentHeaders));
  const header = elfHeader(spec, {
    shoff: table.offset,
    shentsize: sizes.section,
    shnum: isExtended(spec) ? 0 : sections.length,
    shstrndx: isExtended(spec) ? SHN_XINDEX : Math.max(sections.length - 1, 0),
    phentsize: sizes.program,
    phnum: segments.length,
    ...spec.header,
  });
  const file = new Uint8Array(end);
  for (const { bytes, offset } of [{ bytes: header, offset: 0 }, programHeaders, ...parts])
    file.set(bytes, offset);
  return file;
}

function headerSizes({ wordSize }: Target): { elf: number; program: number; section: number } {
  return wordSize === 8 ? { elf: 64, program: 56, section: 64 } : { elf: 52, program: 32, section: 40 };
}

/** Gives each part that is not empty its offset, aligned to 4, and returns the end of the last. */
function arrange(parts: readonly Part[], start: number): number {
  let end = start;
  for (const part of parts) {
    if (part.bytes.length === 0) continue;
    end += (4 - (end % 4)) % 4;
    part.offset = end;
    end += part.bytes.length;
  }
  return end;
}

function isExtended({ sections = [], extended = false }: ElfSpec): boolean {
  return extended || sections.length + 2 >= SHN_LORESERVE;
}

function allSections(spec: ElfSpec): SectionSpec[] {
  if (spec.hasSections === false) return [];
  const { sections = [], nullSection } = spec;
  const last: SectionSpec = { name: '.shstrtab', type: SHT_STRTAB };
  const { bytes } = stringTable([...sections, last].map(({ name = '' }) => name));
  const counts = isExtended(spec) ? { size: sections.length + 2, link: sections.length + 1 } : {};
  const first: SectionSpec = { type: SHT_NULL, ...counts, ...nullSection };
  return [first, ...sections, { ...last, data: spec.sectionNames ?? bytes }];
}

function elfHeader(spec: ElfSpec, fields: Required<HeaderOverrides>): Uint8Array {
  const elfClass = spec.wordSize === 8 ? ELFCLASS64 : ELFCLASS32;
  const data = spec.endian === 'little' ? ELFDATA2LSB : ELFDATA2MSB;
  const ident = concat(text('\x7fELF'), Uint8Array.of(elfClass, data, EV_CURRENT), new Uint8Array(9));
  const { phentsize, phnum, shentsize, shnum, shstrndx } = fields;
  const headerSize = headerSizes(spec).elf;
  const phoff = phnum > 0 ? headerSize : 0;
  const { type = ET_REL, machine = EM_X86_64, entry = 0, flags = 0 } = spec;
  return concat(
    ident,
    pack(spec, 'HHIWWWI', type, machine, EV_CURRENT, entry, phoff, fields.shoff, flags),
    pack(spec, 'HHHHHH', headerSize, phentsize, phnum, shentsize, shnum, shstrndx),
  );
}

function sectionHeader(target: Target, section: SectionSpec, nameOffset: number, offset: number): Uint8Array {
  return pack(
    target,
    'IIWWWWIIWW',
    section.nameOffset ?? nameOffset,
    section.type ?? SHT_PROGBITS,
    section.flags ?? 0,
    section.address ?? 0,
    section.offset ?? offset,
    section.size ?? section.data?.length ?? 0,
    section.link ?? 0,
    section.info ?? 0,
    section.alignment ?? 1,
    section.entrySize ?? 0,
  );
}

function programHeader(target: Target, segment: SegmentSpec, offset: number): Uint8Array {
  const { type = PT_NOTE, flags = 4, address = 0, alignment = 4, data } = segment;
  const size = data.length;
  return target.wordSize === 8
    ? pack(target, 'IIQQQQQQ', type, flags, offset, address, address, size, size, alignment)
    : pack(target, 'IIIIIIII', type, offset, address, address, size, size, flags, alignment);
}

function padded(bytes: Uint8Array, padTo: number): Uint8Array {
  return concat(bytes, new Uint8Array((padTo - (bytes.length % padTo)) % padTo));
}

/**
 * The two tables of headers in a file, read from its source and checked against its size. Numbers that
 * do not fit into the ELF header's 16 bits lie in section 0 (gABI "Extended section numbering").
 */

import { ByteReader } from '../model/bytes.ts';
import { type ErrorPlace, TspaholeError, withPlace } from '../model/errors.ts';
import { PN_XNUM, SHN_UNDEF, SHN_XINDEX } from './constants.ts';
import {
  decodeProgramHeader,
  decodeSectionHeader,
  type ElfHeader,
  type HeaderTable,
  type ProgramHeader,
  programHeaderSize,
  type SectionHeader,
  sectionHeaderSize,
} from './header.ts';
import { hasFileBytes } from './section.ts';
import type { ByteSource } from './source.ts';
import { ElfStrings } from './strings.ts';

/** A file whose ELF header is known. */
export interface OpenedFile {
  readonly source: ByteSource;
  readonly header: ElfHeader;
  /** Added to errors. */
  readonly place: ErrorPlace;
}

/** What one kind of header needs to be read. */
interface HeaderForm<T> {
  readonly tableName: string;
  /** Bytes in a header; a table may have larger ones. */
  readonly byteSize: number;
  readonly decode: (reader: ByteReader) => T;
}

/**
 * All section headers; none where the file has no table of them. Throws `bad-data` where the table
 * does not lie inside the file or an offset in it is not below 2^53.
 */
export function readSectionHeaders(file: OpenedFile): SectionHeader[] {
  const { header } = file;
  const form: HeaderForm<SectionHeader> = {
    tableName: 'section header table',
    byteSize: sectionHeaderSize(header),
    decode: decodeSectionHeader,
  };
  const table = header.sectionHeaders;
  if (table.count > 0) return readHeaders(file, table, form);
  const [first] = readHeaders(file, { ...table, count: 1 }, form);
  return readHeaders(file, { ...table, count: first?.size ?? 0 }, form);
}

/** All program headers. Throws `bad-data` as {@link readSectionHeaders} does. */
export function readProgramHeaders(
  file: OpenedFile,
  firstSection: Pick<SectionHeader, 'info'> | undefined,
): ProgramHeader[] {
  const { header } = file;
  const table = header.programHeaders;
  const count = table.count === PN_XNUM && firstSection !== undefined ? firstSection.info : table.count;
  return readHeaders(
    file,
    { ...table, count },
    { tableName: 'program header table', byteSize: programHeaderSize(header), decode: decodeProgramHeader },
  );
}

/** The names of sections; empty where the file has none. Throws `bad-data` for a wrong index or place. */
export function readSectionNames(file: OpenedFile, sections: readonly SectionHeader[]): ElfStrings {
  const stored = file.header.nameSectionIndex;
  const index = stored === SHN_XINDEX ? (sections[0]?.link ?? SHN_UNDEF) : stored;
  const place = { ...file.place, section: 'section name table' };
  if (index === SHN_UNDEF || sections.length === 0) return new ElfStrings(new Uint8Array(0), place);
  const section = sections[index];
  if (section === undefined) {
    const what = `section ${index} of ${sections.length} is said to hold the names of sections`;
    throw new TspaholeError('bad-data', what, { ...file.place, section: 'ELF header' });
  }
  const byteSize = hasFileBytes(section) ? section.size : 0;
  return new ElfStrings(
    withPlace(place, () => file.source.read(section.offset, byteSize)),
    place,
  );
}

function readHeaders<T>({ source, header, place }: OpenedFile, table: HeaderTable, form: HeaderForm<T>): T[] {
  const { offset, entrySize, count } = table;
  if (offset === 0 || count === 0) return [];
  const inTable = { ...place, section: form.tableName };
  if (entrySize < form.byteSize) {
    throw new TspaholeError('bad-data', `entries of ${entrySize} bytes, expected ${form.byteSize}`, inTable);
  }
  if (count > (source.size - offset) / entrySize) {
    const what = `${count} entries of ${entrySize} bytes at 0x${offset.toString(16)} exceed the file`;
    throw new TspaholeError('bad-data', what, inTable);
  }
  const bytes = withPlace(inTable, () => source.read(offset, count * entrySize));
  const reader = new ByteReader(bytes, { ...header, place: inTable });
  return Array.from({ length: count }, (_, index) => {
    reader.seek(index * entrySize);
    return form.decode(reader);
  });
}

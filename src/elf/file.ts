/**
 * `ElfFile`: an ELF file as its sections, symbols, notes and relocations. Opening one reads the
 * header, the section headers and their names; all else is read when it is asked for, so that one
 * section of a very large file costs a few small reads.
 *
 * What a file does not have is an empty value or `undefined`; what contradicts the format throws
 * `bad-data` with the section, at the time that it is looked at.
 */

import { type ErrorPlace, TspaholeError, withPlace } from '../model/errors.ts';
import {
  PT_NOTE,
  SHT_DYNSYM,
  SHT_NOTE,
  SHT_REL,
  SHT_RELA,
  SHT_STRTAB,
  SHT_SYMTAB,
  SHT_SYMTAB_SHNDX,
} from './constants.ts';
import { decodeElfHeader, ELF_HEADER_SIZE, type ElfHeader, type ProgramHeader } from './header.ts';
import { readProgramHeaders, readSectionHeaders, readSectionNames } from './header-table.ts';
import { decodeNotes, type ElfNote, isBuildId } from './note.ts';
import { RelocationTable, relocationSize } from './relocation.ts';
import { ElfSection, tableForm } from './section.ts';
import { type ByteSource, memorySource } from './source.ts';
import { ElfStrings } from './strings.ts';
import { SymbolTable, symbolSize } from './symbol.ts';

const NO_BYTES: Uint8Array = new Uint8Array(0);

/**
 * Opens an ELF file. `place` is added to errors and should hold the path. Throws `bad-data` for what
 * is not ELF or has a malformed header or section header table, and what the source throws. The source
 * must stay open as long as the file is used.
 */
export function parseElf(source: ByteSource | Uint8Array, place: ErrorPlace = {}): ElfFile {
  return new ElfFile(source instanceof Uint8Array ? memorySource(source) : source, place);
}

/**
 * An ELF file, opened by {@link parseElf}. Its methods throw `bad-data` for a malformed part when it is
 * asked for.
 */
export class ElfFile {
  readonly header: ElfHeader;
  /** All sections; section 0 is the null section. Empty in a file without a section header table. */
  readonly sections: readonly ElfSection[];
  readonly #source: ByteSource;
  readonly #place: ErrorPlace;
  readonly #names: ElfStrings;
  readonly #symbolTables = new Map<number, SymbolTable>();
  #relocationSections: Map<number, ElfSection> | undefined;

  /** As {@link parseElf}. */
  constructor(source: ByteSource, place: ErrorPlace) {
    const header = withPlace(place, () =>
      decodeElfHeader(source.read(0, Math.min(ELF_HEADER_SIZE, source.size)), place),
    );
    const file = { source, header, place };
    const headers = readSectionHeaders(file);
    const names = readSectionNames(file, headers);
    const context = { source: boundedSource(source), format: header, names, place };
    this.header = header;
    this.sections = headers.map((section, index) => new ElfSection(index, section, context));
    this.#source = source;
    this.#place = place;
    this.#names = names;
  }

  /** The first section of that very name, or `undefined`; `.debug_info` does not find `.zdebug_info`. */
  section(name: string): ElfSection | undefined {
    const terminated = Buffer.from(`${name}\0`, 'utf8');
    return this.sections.find(({ nameOffset }) => this.#names.matches(nameOffset, terminated));
  }

  /** The program headers, read anew on each call. Throws `bad-data` where they are malformed. */
  segments(): ProgramHeader[] {
    const file = { source: this.#source, header: this.header, place: this.#place };
    return readProgramHeaders(file, this.sections[0]);
  }

  /** The symbols of the first `SHT_SYMTAB` section, or an empty table. Throws `bad-data`. */
  symbols(): SymbolTable {
    return this.#symbolTable(SHT_SYMTAB);
  }

  /** The symbols of the first `SHT_DYNSYM` section, or an empty table. Throws `bad-data`. */
  dynamicSymbols(): SymbolTable {
    return this.#symbolTable(SHT_DYNSYM);
  }

  /**
   * The relocations that apply to a section, from the first REL or RELA section whose `sh_info` names
   * it, or an empty table. Throws `bad-data` for a malformed table.
   */
  relocations(section: ElfSection): RelocationTable {
    this.#relocationSections ??= byTarget(this.sections);
    const found = this.#relocationSections.get(section.index);
    const hasAddend = found?.type === SHT_RELA;
    const recordSize = relocationSize(this.header, hasAddend);
    return new RelocationTable({
      header: this.header,
      bytes: found?.data() ?? NO_BYTES,
      stride: found === undefined ? recordSize : tableForm(found, recordSize).stride,
      hasAddend,
      place: found?.place ?? this.#place,
    });
  }

  /**
   * The notes of all `SHT_NOTE` sections, or of the `PT_NOTE` segments in a file without sections.
   * Throws `bad-data` when it comes to a malformed one.
   */
  *notes(): Generator<ElfNote> {
    const { endian } = this.header;
    for (const section of this.sections) {
      if (section.type !== SHT_NOTE) continue;
      yield* decodeNotes(section.data(), { endian, alignment: section.alignment, place: section.place });
    }
    // Core files with very many segments have a section header table that holds section 0 alone.
    if (this.sections.length <= 1) yield* this.#segmentNotes();
  }

  /** The build ID as the linker wrote it, or `undefined`. Throws `bad-data` for malformed notes. */
  buildId(): Uint8Array | undefined {
    for (const note of this.notes()) if (isBuildId(note)) return note.description;
    return undefined;
  }

  *#segmentNotes(): Generator<ElfNote> {
    const { endian } = this.header;
    const source = boundedSource(this.#source);
    for (const [index, { type, offset, fileSize, alignment }] of this.segments().entries()) {
      if (type !== PT_NOTE) continue;
      const place = { ...this.#place, section: `segment ${index}` };
      const bytes = withPlace(place, () => source.read(offset, fileSize));
      yield* decodeNotes(bytes, { endian, alignment, place });
    }
  }

  #symbolTable(type: number): SymbolTable {
    const known = this.#symbolTables.get(type);
    if (known !== undefined) return known;
    const section = this.sections.find((candidate) => candidate.type === type);
    const table = section === undefined ? this.#emptySymbolTable() : this.#readSymbolTable(section);
    this.#symbolTables.set(type, table);
    return table;
  }

  #readSymbolTable(section: ElfSection): SymbolTable {
    const { stride } = tableForm(section, symbolSize(this.header));
    const strings = this.sections[section.link];
    if (strings?.type !== SHT_STRTAB) {
      const what = `section ${section.link}, linked for names, is no string table`;
      throw new TspaholeError('bad-data', what, section.place);
    }
    const extended = this.sections.find(
      ({ type, link }) => type === SHT_SYMTAB_SHNDX && link === section.index,
    );
    return new SymbolTable({
      format: this.header,
      bytes: section.data(),
      stride,
      strings: new ElfStrings(strings.data(), strings.place),
      extendedIndexes: extended?.data(),
      place: section.place,
    });
  }

  #emptySymbolTable(): SymbolTable {
    return new SymbolTable({
      format: this.header,
      bytes: NO_BYTES,
      stride: symbolSize(this.header),
      strings: new ElfStrings(NO_BYTES, this.#place),
      place: this.#place,
    });
  }
}

/**
 * The same source, which refuses to give more bytes than the file has. Sections may not overlap
 * (gABI "Sections"), and each is read once, so only a hostile file asks for more: one whose many
 * sections all span the whole file would otherwise cost its size squared.
 */
function boundedSource(source: ByteSource): ByteSource {
  let left = source.size;
  return {
    size: source.size,
    read(offset, byteSize) {
      if (byteSize > left && offset + byteSize <= source.size) {
        throw new TspaholeError('bad-data', 'overlaps other parts of the file');
      }
      const bytes = source.read(offset, byteSize);
      left -= byteSize;
      return bytes;
    },
  };
}

/** REL and RELA sections by the section that they apply to; the first of each. */
function byTarget(sections: readonly ElfSection[]): Map<number, ElfSection> {
  const found = new Map<number, ElfSection>();
  for (const section of sections) {
    if (section.type !== SHT_REL && section.type !== SHT_RELA) continue;
    if (!found.has(section.info)) found.set(section.info, section);
  }
  return found;
}

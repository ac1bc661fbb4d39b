/**
 * Adding or replacing sections of an ELF file that no segment holds, such as `.BTF`. All other bytes of the file
 * stay where they are, but for the section header table and the names of sections, which move to the end.
 */

import { TspaholeError, withPlace } from '../model/errors.ts';
import { EI_NIDENT, SHF_ALLOC, SHN_LORESERVE, SHN_XINDEX, SHT_PROGBITS } from './constants.ts';
import { type ElfFile, parseElf } from './file.ts';
import { type FileState, fileState, requireUnchanged } from './file-state.ts';
import { type ElfFormat, programHeaderSize, sectionHeaderSize } from './header.ts';
import { replaceFile } from './replace-file.ts';
import { type ElfSection, hasFileBytes } from './section.ts';
import { type ByteSource, openFileSource } from './source.ts';

/**
 * Adds the sections to a file, or replaces those of the same names, and writes the file whole or not at all. Mode
 * and owner stay. `before` is the state of the file that the sections were made of; by default the present one.
 * Throws `io`, also where the file changes meanwhile; `not-found`; and what {@link withSections} throws.
 */
export function updateSections(
  path: string,
  sections: ReadonlyMap<string, Uint8Array>,
  before: FileState = fileState(path),
): void {
  withPlace({ file: path }, () => {
    const source = openFileSource(path);
    try {
      const chunks = function* (): Generator<Uint8Array> {
        yield* withSections(source, sections);
        requireUnchanged(path, before);
      };
      replaceFile(path, chunks());
    } finally {
      source.close();
    }
  });
}

/** Bytes that are copied at once. */
const CHUNK = 1 << 23;

/**
 * The bytes of an ELF file with sections added or replaced. Throws `bad-data` for a malformed file, and
 * `unsupported` for one without section headers and for a section that is loaded and would have to grow.
 */
export function* withSections(
  source: ByteSource,
  sections: ReadonlyMap<string, Uint8Array>,
): Generator<Uint8Array> {
  const elf = parseElf(source);
  const plan = new Plan(elf, source, sections);
  for (let at = 0; at < plan.keptBytes; at += CHUNK) {
    const chunk = source.read(at, Math.min(CHUNK, plan.keptBytes - at));
    yield plan.patched(chunk, at);
  }
  yield* plan.tail();
}

/** A change to the bytes that are kept. */
interface Patch {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** What lies behind the bytes that are kept. */
interface Appended {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Alignment in the file of what is appended. */
const ALIGNMENT = 8;

class Plan {
  /** Bytes from the start of the file that stay where they are. */
  readonly keptBytes: number;
  readonly #format: ElfFormat;
  readonly #headers: Buffer;
  readonly #entrySize: number;
  readonly #patches: Patch[] = [];
  readonly #appended: Appended[] = [];
  #end: number;

  constructor(elf: ElfFile, source: ByteSource, sections: ReadonlyMap<string, Uint8Array>) {
    const { sectionHeaders } = elf.header;
    const names = nameSection(elf);
    const added = [...sections.keys()].filter((name) => elf.section(name) === undefined);
    const replaced = [...sections.keys()].flatMap((name) => elf.section(name) ?? []);
    const moved = added.length === 0 ? replaced : [...replaced, names];
    this.#format = elf.header;
    this.#entrySize = sectionHeaders.entrySize;
    this.keptBytes = keptBytes(elf, source, moved);
    this.#end = this.keptBytes;
    const oldCount = elf.sections.length;
    const oldHeaders = source.read(sectionHeaders.offset, oldCount * this.#entrySize);
    this.#headers = Buffer.alloc((oldCount + added.length) * this.#entrySize);
    this.#headers.set(oldHeaders);

    for (const section of replaced) this.#replace(section, sections.get(section.name) as Uint8Array);
    if (added.length > 0) this.#rename(names, added);
    let nameOffset = names.rawData().length;
    for (const [index, name] of added.entries()) {
      this.#add(oldCount + index, nameOffset, sections.get(name) as Uint8Array);
      nameOffset += Buffer.byteLength(name) + 1;
    }
    this.#patchElfHeader(elf, this.#append(this.#headers), oldCount + added.length);
  }

  /** A chunk of what is kept, with what changes in it. */
  patched(chunk: Uint8Array, start: number): Uint8Array {
    const end = start + chunk.length;
    const here = this.#patches.filter(({ offset, bytes }) => offset < end && offset + bytes.length > start);
    if (here.length === 0) return chunk;
    const copy = Uint8Array.from(chunk);
    for (const { offset, bytes } of here) {
      const from = Math.max(0, start - offset);
      copy.set(bytes.subarray(from, end - offset), offset + from - start);
    }
    return copy;
  }

  *tail(): Generator<Uint8Array> {
    let at = this.keptBytes;
    for (const { offset, bytes } of this.#appended) {
      if (offset > at) yield new Uint8Array(offset - at);
      yield bytes;
      at = offset + bytes.length;
    }
  }

  #append(bytes: Uint8Array): number {
    const offset = Math.ceil(this.#end / ALIGNMENT) * ALIGNMENT;
    this.#appended.push({ offset, bytes });
    this.#end = offset + bytes.length;
    return offset;
  }

  /** In its old place where that is kept and large enough. */
  #replace(section: ElfSection, bytes: Uint8Array): void {
    const { index, offset, size } = section;
    const isKept = hasFileBytes(section) && offset + size <= this.keptBytes;
    if (isKept && bytes.length <= size) {
      const padded = new Uint8Array(size);
      padded.set(bytes);
      this.#patches.push({ offset, bytes: padded });
      this.#setWord(index, 'size', bytes.length);
      return;
    }
    if ((section.flags & SHF_ALLOC) !== 0) {
      const what = `the section is loaded: ${bytes.length} bytes do not fit in the place of ${size}`;
      throw new TspaholeError('unsupported', what, section.place);
    }
    this.#setWord(index, 'offset', this.#append(bytes));
    this.#setWord(index, 'size', bytes.length);
  }

  /** Appends names to the table of names. */
  #rename(names: ElfSection, added: readonly string[]): void {
    const bytes = Buffer.concat([names.rawData(), ...added.map((name) => Buffer.from(`${name}\0`))]);
    this.#setWord(names.index, 'offset', this.#append(bytes));
    this.#setWord(names.index, 'size', bytes.length);
  }

  #add(index: number, nameOffset: number, bytes: Uint8Array): void {
    this.#setHalf(index, 0, nameOffset);
    this.#setHalf(index, 4, SHT_PROGBITS);
    this.#setWord(index, 'offset', this.#append(bytes));
    this.#setWord(index, 'size', bytes.length);
    this.#setWord(index, 'alignment', 1);
  }

  /** A field of 32 bits of a section header. */
  #setHalf(index: number, at: number, value: number): void {
    const offset = index * this.#entrySize + at;
    if (this.#format.endian === 'little') this.#headers.writeUInt32LE(value, offset);
    else this.#headers.writeUInt32BE(value, offset);
  }

  /** A field of the size of a word. */
  #setWord(index: number, field: 'offset' | 'size' | 'alignment', value: number): void {
    const { wordSize } = this.#format;
    // Name and type of 32 bits, flags, address, offset, size, then link and info of 32 bits.
    const at = { offset: 8 + 2 * wordSize, size: 8 + 3 * wordSize, alignment: 16 + 4 * wordSize }[field];
    putWord(this.#headers, index * this.#entrySize + at, value, this.#format);
  }

  #patchElfHeader({ header }: ElfFile, tableOffset: number, count: number): void {
    const { wordSize, endian } = header;
    const offsetField = Buffer.alloc(wordSize);
    putWord(offsetField, 0, tableOffset, header);
    this.#patches.push({ offset: EI_NIDENT + 8 + 2 * wordSize, bytes: offsetField });
    const isExtended = count >= SHN_LORESERVE || header.sectionHeaders.count === 0;
    if (isExtended) this.#setWord(0, 'size', count);
    const countField = Buffer.alloc(2);
    const stored = isExtended ? 0 : count;
    if (endian === 'little') countField.writeUInt16LE(stored);
    else countField.writeUInt16BE(stored);
    this.#patches.push({ offset: EI_NIDENT + 8 + 3 * wordSize + 4 + 8, bytes: countField });
  }
}

function putWord(target: Buffer, at: number, value: number, { wordSize, endian }: ElfFormat): void {
  if (wordSize === 4) {
    if (value > 0xffff_ffff) throw new TspaholeError('unsupported', 'the file would be larger than 4 GiB');
    if (endian === 'little') target.writeUInt32LE(value, at);
    else target.writeUInt32BE(value, at);
  } else if (endian === 'little') target.writeBigUInt64LE(BigInt(value), at);
  else target.writeBigUInt64BE(BigInt(value), at);
}

function nameSection({ header, sections }: ElfFile): ElfSection {
  const { nameSectionIndex } = header;
  const index = nameSectionIndex === SHN_XINDEX ? (sections[0]?.link ?? 0) : nameSectionIndex;
  const found = sections[index];
  if (found === undefined || index === 0) {
    throw new TspaholeError('unsupported', 'the file has no section headers, or none with names');
  }
  return found;
}

/**
 * The end of what must stay: all but the section header table and the sections that move, where these lie
 * last. All of the file where something follows that no header tells of, as a module's signature.
 */
function keptBytes(elf: ElfFile, source: ByteSource, moved: readonly ElfSection[]): number {
  const { header, sections } = elf;
  const endOf = ({ offset, size }: { readonly offset: number; readonly size: number }): number =>
    offset + size;
  const inFile = sections.filter((section) => hasFileBytes(section) && section.size > 0);
  const { programHeaders, sectionHeaders } = header;
  const others = [
    headerSize(header),
    programHeaders.offset + programHeaders.count * programHeaderSize(header),
    ...elf.segments().map(({ offset, fileSize }) => offset + fileSize),
  ];
  const last = (ends: readonly number[]): number => ends.reduce((left, right) => Math.max(left, right), 0);
  const kept = last([...others, ...inFile.filter((each) => !moved.includes(each)).map(endOf)]);
  const table = sectionHeaders.offset + sections.length * sectionHeaders.entrySize;
  const known = last([kept, table, ...inFile.map(endOf)]);
  return source.size - known >= ALIGNMENT ? source.size : Math.min(kept, source.size);
}

function headerSize(format: ElfFormat): number {
  return sectionHeaderSize(format) === 64 ? 64 : 52;
}

/** Random changes to ELF files, repeatable from a seed: most of them where debug information is. */

import { parseElf } from '../src/elf/file.ts';
import { sectionHeaderSize } from '../src/elf/header.ts';
import { INTERESTING, mutate, type Random } from './mutate.ts';

/** A file to start from. */
export interface ElfSeed {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Where the contents of the sections that matter are. */
  readonly sections: readonly Range[];
  /** Where the table of section headers is. */
  readonly headers: Range;
}

interface Range {
  readonly offset: number;
  readonly size: number;
}

/** The sections that a reader of types looks at, and what relocates them. */
const SECTIONS = /^\.(rela?\.)?z?debug_(info|abbrev|str|line|str_offsets|line_str|addr|rnglists|types)$/;
/** Those that all others hang on are changed more often. */
const CENTRAL = /^\.debug_(info|abbrev)$/;

export function elfSeed(name: string, file: Uint8Array): ElfSeed {
  // A Buffer's parts and copies share its memory.
  const bytes = Uint8Array.from(file);
  const elf = parseElf(bytes);
  const { sectionHeaders } = elf.header;
  const sections = [SECTIONS, CENTRAL, CENTRAL].flatMap((pattern) =>
    elf.sections.filter((section) => section.size > 0 && pattern.test(section.name)),
  );
  const size = sectionHeaderSize(elf.header) * elf.sections.length;
  return { name, bytes, sections, headers: { offset: sectionHeaders.offset, size } };
}

type Mutation = (bytes: Uint8Array, seed: ElfSeed, random: Random) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  truncate,
  flipBits,
  editHeaders,
  ...Array<Mutation>(10).fill(editSection),
];

const MAX_MUTATIONS = 3;

/** A copy of a file with one to three changes. */
export function mutateElf(seed: ElfSeed, random: Random): Uint8Array {
  let bytes: Uint8Array = seed.bytes.slice();
  for (let left = 1 + random(MAX_MUTATIONS); left > 0; left--) {
    bytes = (MUTATIONS[random(MUTATIONS.length)] as Mutation)(bytes, seed, random);
  }
  return bytes;
}

function truncate(bytes: Uint8Array, _seed: ElfSeed, random: Random): Uint8Array {
  return bytes.subarray(0, random(bytes.length + 1));
}

function flipBits(bytes: Uint8Array, _seed: ElfSeed, random: Random): Uint8Array {
  for (let left = 1 + random(16); left > 0 && bytes.length > 0; left--) {
    const at = random(bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << random(8));
  }
  return bytes;
}

/** Changes a byte, or all four of a word, of a section's header. */
function editHeaders(bytes: Uint8Array, { headers }: ElfSeed, random: Random): Uint8Array {
  const at = headers.offset + 4 * random(headers.size / 4);
  const value = INTERESTING[random(INTERESTING.length)] as number;
  if (random(2) === 0) bytes.fill(value, at, at + 4);
  else if (at < bytes.length) bytes[at + random(4)] = value;
  return bytes;
}

/** Changes bytes of one section; the file keeps its length. */
function editSection(bytes: Uint8Array, { sections }: ElfSeed, random: Random): Uint8Array {
  const [from, other] = [randomSection(bytes, sections, random), randomSection(bytes, sections, random)];
  if (from.length > 0) from.set(mutate(from, other, random));
  return bytes;
}

function randomSection(bytes: Uint8Array, sections: readonly Range[], random: Random): Uint8Array {
  const { offset, size } = sections[random(sections.length)] as Range;
  return bytes.subarray(offset, offset + size);
}

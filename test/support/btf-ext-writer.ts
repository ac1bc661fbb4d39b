/** Writes `.BTF.ext` sections for tests: what a test says is what the bytes hold, and nothing is checked. */

import type { Endian } from '../../src/model/bytes.ts';

/** The records of one ELF section: its name as an offset, and the words of each record. */
export interface ExtSectionSpec {
  readonly section: number;
  readonly records: readonly (readonly number[])[];
}

export interface ExtSpec {
  /** Instruction, type. */
  readonly functions?: readonly ExtSectionSpec[];
  /** Instruction, file, text, line << 10 | column. */
  readonly lines?: readonly ExtSectionSpec[];
  /** Instruction, type, access, kind. */
  readonly relocations?: readonly ExtSectionSpec[];
}

export interface ExtOptions {
  readonly endian?: Endian;
  /** Default 32; relocations are left out of a header of 24 bytes. */
  readonly headerSize?: number;
  /** Words of rubbish at the end of each record. */
  readonly extraWords?: number;
}

/** The bytes of the section. */
export function writeBtfExt(spec: ExtSpec, options: ExtOptions = {}): Uint8Array {
  const { endian = 'little', headerSize = 32, extraWords = 0 } = options;
  const parts = [
    partWords(spec.functions, 2 + extraWords),
    partWords(spec.lines, 4 + extraWords),
    partWords(spec.relocations, 4 + extraWords),
  ];
  const header = [0, headerSize];
  let offset = 0;
  for (const part of parts) {
    header.push(offset, 4 * part.length);
    offset += 4 * part.length;
  }
  const padded = Array.from({ length: headerSize / 4 }, (_, index) => header[index] ?? 0);
  const words = [...padded, ...parts.flat()];
  const bytes = new Uint8Array(4 * words.length);
  const view = new DataView(bytes.buffer);
  for (const [index, word] of words.entries()) view.setUint32(4 * index, word, endian === 'little');
  view.setUint16(0, 0xeb9f, endian === 'little');
  view.setUint8(2, 1);
  view.setUint8(3, 0);
  return bytes;
}

function partWords(sections: readonly ExtSectionSpec[] = [], recordWords: number): number[] {
  if (sections.length === 0) return [];
  const filled = (record: readonly number[]): number[] =>
    Array.from({ length: recordWords }, (_, index) => record[index] ?? 0xdead_beef);
  return [
    4 * recordWords,
    ...sections.flatMap(({ section, records }) => [section, records.length, ...records.flatMap(filled)]),
  ];
}

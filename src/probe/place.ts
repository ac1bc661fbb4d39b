/** Where a value is while an argument is worked out, and the fetch text that reads it. */

import { TspaholeError } from '../model/errors.ts';
import type { TypeId } from '../model/table.ts';

/** Where a value lies. Bits count as its byte order counts them, from the start of the words or of the base. */
export type Location =
  /** Words that can be fetched one by one, such as `$arg1`: the value begins at a bit of the first. */
  | {
      readonly kind: 'words';
      readonly words: readonly string[];
      readonly bitOffset: number;
      readonly byteSize: number;
    }
  /** Memory at a distance from an address, which is the value of a fetch text. */
  | { readonly kind: 'memory'; readonly base: string; readonly bitOffset: number; readonly user: boolean }
  /** Out of reach, and why. */
  | { readonly kind: 'nowhere'; readonly why: string };

/** A value: its type and where it lies. */
export interface Value {
  readonly typeId: TypeId;
  /** Width of a bitfield. */
  readonly bitSize: number | undefined;
  readonly at: Location;
}

/** A fetch text, and for values inside of a word the type that cuts them out. */
export interface FetchText {
  readonly text: string;
  readonly bits: string | undefined;
}

/** What the words of a machine are like. */
export interface WordForm {
  readonly wordSize: 4 | 8;
  readonly bigEndian: boolean;
}

/** The location `bits` further on. */
export function shifted(at: Location, bits: number): Location {
  return at.kind === 'nowhere' ? at : { ...at, bitOffset: at.bitOffset + bits };
}

/** `+8(base)`, `-8(base)`, `+u8(base)`. */
export function dereferenceText(base: string, byteOffset: number, user: boolean): string {
  return `${byteOffset < 0 ? '-' : '+'}${user ? 'u' : ''}${Math.abs(byteOffset)}(${base})`;
}

/** Reads a value of `byteSize` bytes, or of `bitSize` bits, where it lies. Throws `unsupported`. */
export function fetchText(value: Value, byteSize: number, form: WordForm): FetchText {
  const { at, bitSize } = value;
  if (at.kind === 'nowhere') throw new TspaholeError('unsupported', at.why);
  if (at.kind === 'words') return wordText(at, bitSize ?? byteSize * 8, form);
  if (bitSize !== undefined) return bitfieldText(at, bitSize, byteSize, form);
  return { text: dereferenceText(at.base, at.bitOffset / 8, at.user), bits: undefined };
}

type Words = Extract<Location, { readonly kind: 'words' }>;
type Memory = Extract<Location, { readonly kind: 'memory' }>;

/** A bit offset inside a word as shift from its least significant bit. */
function shiftIn(wordBits: number, bit: number, width: number, { bigEndian }: WordForm): number {
  return bigEndian ? wordBits - width - bit : bit;
}

function wordText(at: Words, width: number, form: WordForm): FetchText {
  const wordBits = form.wordSize * 8;
  const index = Math.floor(at.bitOffset / wordBits);
  const bit = at.bitOffset % wordBits;
  const text = at.words[index];
  if (text === undefined)
    throw new TspaholeError('unsupported', 'it lies behind the words that can be fetched');
  // What is smaller than a word stands at its low end, in either byte order.
  const usedBits = Math.min(wordBits, at.byteSize * 8 - index * wordBits);
  const isSmall = at.byteSize <= form.wordSize;
  const shift = shiftIn(form.bigEndian && isSmall ? usedBits : wordBits, bit, width, form);
  if (width >= wordBits) return { text, bits: undefined };
  const isWhole = shift === 0 && [8, 16, 32, 64].includes(width);
  return { text, bits: isWhole ? undefined : `b${width}@${shift}/${wordBits}` };
}

/** The bits of the smallest word, at least as large as the declared type, that holds all of them. */
function bitfieldText(at: Memory, width: number, byteSize: number, form: WordForm): FetchText {
  for (const container of [8, 16, 32, 64]) {
    if (container < byteSize * 8) continue;
    const start = Math.floor(at.bitOffset / container) * container;
    const bit = at.bitOffset - start;
    if (bit + width > container) continue;
    const bits = `b${width}@${shiftIn(container, bit, width, form)}/${container}`;
    return { text: dereferenceText(at.base, start / 8, at.user), bits };
  }
  return packedText(at, width, form);
}

/** A bitfield of a packed structure, across the borders of words. */
function packedText(at: Memory, width: number, form: WordForm): FetchText {
  const start = Math.floor(at.bitOffset / 8) * 8;
  const bit = at.bitOffset - start;
  const container = [8, 16, 32, 64].find((size) => bit + width <= size);
  if (container === undefined) {
    throw new TspaholeError('unsupported', `a bitfield of ${width} bits lies across two words`);
  }
  const bits = `b${width}@${shiftIn(container, bit, width, form)}/${container}`;
  return { text: dereferenceText(at.base, start / 8, at.user), bits };
}

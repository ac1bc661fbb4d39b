/**
 * The layout rules of libbpf 1.8, for headers that equal those of bpftool 7.8. They know packed structs but
 * no packed unions, and no alignment beyond that of members.
 */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';
import { type LayoutRules, Shape } from './layout-rules.ts';
import { MAX_NESTING, nestedTooDeep } from './limits.ts';

/** Steps after which a size is unknown (MAX_RESOLVE_DEPTH). */
const MAX_SIZE_STEPS = 32;
const MAX_SIZE = 0xffff_ffff;

export class BpftoolLayout implements LayoutRules {
  readonly #types: FlatTypes;
  /** Alignment of structs and unions plus one; 0 where it is not known yet. */
  readonly #alignments: Uint8Array;
  #nesting = 0;

  constructor(types: FlatTypes) {
    this.#types = types;
    this.#alignments = new Uint8Array(types.end);
  }

  shapeOf(id: TypeId): Shape {
    const { words, starts } = this.#types;
    const start = starts[id] as number;
    const info = words[start + 1] as number;
    if (((info >>> 24) & 0x7f) === Kind.Union) return Shape.Natural;
    let largest = 1;
    for (let at = start + 3, end = at + 3 * (info & 0x00ff_ffff); at < end; at += 3) {
      const alignment = this.alignmentOf(words[at + 1] as number);
      const offset = words[at + 2] as number;
      const isBitfield = info >>> 31 === 1 && offset >>> 24 !== 0;
      if (alignment !== 0 && !isBitfield && offset % (8 * alignment) !== 0) return Shape.Packed;
      if (alignment > largest) largest = alignment;
    }
    return (words[start + 2] as number) % largest === 0 ? Shape.Natural : Shape.Packed;
  }

  alignmentOf(id: TypeId): number {
    const { words, starts, end, pointerSize } = this.#types;
    for (let step = 0; step <= end; step++) {
      const start = starts[id] as number;
      const kind = ((words[start + 1] as number) >>> 24) & 0x7f;
      if (kind === Kind.Pointer) return pointerSize;
      if (kind === Kind.Struct || kind === Kind.Union) return this.#alignComposite(id);
      if (kind === Kind.Int || kind === Kind.Enum || kind === Kind.Enum64 || kind === Kind.Float) {
        return Math.min(pointerSize, words[start + 2] as number);
      }
      if (kind === Kind.Array) id = words[start + 3] as number;
      else if ((kind >= Kind.Typedef && kind <= Kind.Restrict) || kind === Kind.TypeTag) {
        id = words[start + 2] as number;
      } else return 0;
    }
    return 0;
  }

  legacyBitfieldOf(): number {
    return 0;
  }

  /** Passes through an int of C. */
  offsetOf(word: number): number {
    return word | 0;
  }

  endOf(bitOffset: number, type: TypeId): number {
    return (bitOffset + this.#bitSizeOf(type)) | 0;
  }

  statedAlignmentOf(): number {
    return 0;
  }

  memberAlignmentsOf(): undefined {
    return undefined;
  }

  fillerOf(): number {
    return 0;
  }

  underlyingOf(): string {
    return '';
  }

  #bitSizeOf(id: TypeId): number {
    const { words, starts, pointerSize } = this.#types;
    let count = 1;
    let size = -1;
    for (let step = 0; step < MAX_SIZE_STEPS && size < 0; step++) {
      const start = starts[id] as number;
      const kind = ((words[start + 1] as number) >>> 24) & 0x7f;
      if (kind === Kind.Pointer) size = pointerSize;
      else if (kind === Kind.Array) {
        count *= words[start + 5] as number;
        if (count > MAX_SIZE) return 0;
        id = words[start + 3] as number;
      } else if (isAlias(kind)) id = words[start + 2] as number;
      else if (hasSize(kind)) size = words[start + 2] as number;
      else return 0;
    }
    const bytes = size * count;
    // The size passes through an int of C.
    return size < 0 || bytes > MAX_SIZE ? 0 : ((bytes | 0) * 8) | 0;
  }

  paddedSize(id: TypeId): number {
    const { words, starts } = this.#types;
    return ((words[(starts[id] as number) + 2] as number) * 8) | 0;
  }

  attributesOf(id: TypeId): string {
    return this.shapeOf(id) === Shape.Packed ? ' __attribute__((packed))' : '';
  }

  enumAttributesOf(id: TypeId): string {
    const { words, starts, pointerSize } = this.#types;
    const start = starts[id] as number;
    const info = words[start + 1] as number;
    const size = words[start + 2];
    if (size === 1) return ' __attribute__((mode(byte)))';
    if (size !== 8 || pointerSize !== 8) return '';
    if (((info >>> 24) & 0x7f) === Kind.Enum64) {
      for (let index = info & 0x00ff_ffff; index > 0; index--) {
        if (words[start + 2 + 3 * index] !== 0) return '';
      }
    }
    return ' __attribute__((mode(word)))';
  }

  /** The largest alignment of the members, and 1 where the layout contradicts it. */
  #alignComposite(id: TypeId): number {
    const known = this.#alignments[id] as number;
    if (known !== 0) return known - 1;
    if (++this.#nesting > MAX_NESTING) throw nestedTooDeep(id);
    const alignment = this.#largestAlignment(id);
    this.#nesting--;
    this.#alignments[id] = alignment + 1;
    return alignment;
  }

  #largestAlignment(id: TypeId): number {
    const { words, starts } = this.#types;
    const start = starts[id] as number;
    const info = words[start + 1] as number;
    let largest = 1;
    for (let at = start + 3, end = at + 3 * (info & 0x00ff_ffff); at < end; at += 3) {
      const alignment = this.alignmentOf(words[at + 1] as number);
      if (alignment === 0) return 0;
      if (alignment > largest) largest = alignment;
      const offset = words[at + 2] as number;
      const isBitfield = info >>> 31 === 1 && offset >>> 24 !== 0;
      if (!isBitfield && offset % (8 * alignment) !== 0) return 1;
    }
    return (words[start + 2] as number) % largest === 0 ? largest : 1;
  }
}

function isAlias(kind: number): boolean {
  return (
    (kind >= Kind.Typedef && kind <= Kind.Restrict) ||
    kind === Kind.Var ||
    kind === Kind.DeclTag ||
    kind === Kind.TypeTag
  );
}

function hasSize(kind: number): boolean {
  return (
    kind === Kind.Int ||
    kind === Kind.Struct ||
    kind === Kind.Union ||
    kind === Kind.Enum ||
    kind === Kind.Enum64 ||
    kind === Kind.Datasec ||
    kind === Kind.Float
  );
}

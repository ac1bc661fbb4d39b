/**
 * The layout rules of headers that are right: each struct is laid out as a compiler would, with the padding
 * that would be written, and where the result is not the layout of the file, another way of writing it is
 * chosen. The compilers are GCC and clang for BPF and x86-64, whose rules for bitfields agree
 * (System V ABI, AMD64, 3.1.2; clang's ItaniumRecordLayoutBuilder).
 *
 * 1. As bpftool writes it: with padding where members are further away, packed where members or the size
 *    contradict the alignment.
 * 2. Where that would come out differently: packed, with every gap filled by fields of its very width.
 *
 * Unions have no padding: one that is too small for its members is packed, one that is too large gets an
 * alignment, or a nameless struct of the wanted size.
 */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import { allHoldersAlign } from './alignment-holders.ts';
import {
  baseAlignment,
  bitfieldPlace,
  bitSizeOf,
  hasSize,
  isAlias,
  legacyBitfield,
  roundUp,
} from './compiler-sizes.ts';
import { enumAttributes, underlyingType } from './enum-sizes.ts';
import type { FlatTypes } from './flat-types.ts';
import { type LayoutRules, Shape } from './layout-rules.ts';
import { MAX_NESTING, nestedTooDeep } from './limits.ts';
import {
  emptyPadding,
  findPadding,
  type Gap,
  isLeftByAlignment,
  LARGE_GAP,
  type Padding,
  unitBits,
} from './padding.ts';
import { alignedText, StatedAlignments } from './stated-alignments.ts';

/** The largest alignment that is asked for by an attribute. */
const MAX_ALIGNMENT = 1 << 12;

const MAX_KNOWN_BITS = 0x7fff_ffff;

/** What a member is, in bits from the start. */
interface Member {
  offset: number;
  bitSize: number;
  isBitfield: boolean;
  isNamed: boolean;
  type: TypeId;
}

export class CompilerLayout implements LayoutRules {
  readonly #types: FlatTypes;
  readonly #units: Uint8Array;
  /** Shape of a struct or union plus one; 0 where it is not known yet. */
  readonly #shapes: Uint8Array;
  /** Alignment of a type; 0 where it is not known yet. */
  readonly #alignments: Uint32Array;
  /** Size of a type in bits; 0 where it is not known, or large. */
  readonly #bits: Uint32Array;
  /** 1 for a type that is known to be no bitfield. */
  readonly #isPlain: Uint8Array;
  readonly #stated: StatedAlignments;
  /** Alignments that attributes ask for, and bits that fill unions, by id. */
  readonly #attributes = new Map<TypeId, number>();
  readonly #fillers = new Map<TypeId, number>();
  readonly #gap: Gap = { from: 0, to: 0, alignment: 1, isInBitfield: false };
  readonly #padding: Padding = emptyPadding();
  readonly #member: Member = { offset: 0, bitSize: 0, isBitfield: false, isNamed: false, type: 0 };
  #nesting = 0;

  constructor(types: FlatTypes) {
    this.#types = types;
    this.#stated = new StatedAlignments(types);
    this.#units = unitBits(types.pointerSize);
    this.#shapes = new Uint8Array(types.end);
    this.#alignments = new Uint32Array(types.end);
    this.#bits = new Uint32Array(types.end);
    this.#isPlain = new Uint8Array(types.end);
  }

  shapeOf(id: TypeId): Shape {
    if (this.#shapes[id] === 0) this.#decide(id);
    return ((this.#shapes[id] as number) - 1) as Shape;
  }

  alignmentOf(id: TypeId): number {
    const known = this.#alignments[id] as number;
    if (known !== 0) return known;
    const alignment = this.#align(id);
    this.#alignments[id] = alignment;
    return alignment;
  }

  legacyBitfieldOf(id: TypeId): number {
    if (this.#isPlain[id] === 1) return 0;
    const bitfield = legacyBitfield(this.#types, id);
    if (bitfield === 0) this.#isPlain[id] = 1;
    return bitfield;
  }

  offsetOf(word: number): number {
    return word;
  }

  endOf(bitOffset: number, type: TypeId): number {
    return bitOffset + this.#bitSizeOf(type);
  }

  #bitSizeOf(type: TypeId): number {
    const known = this.#bits[type] as number;
    if (known !== 0) return known;
    const bits = bitSizeOf(this.#types, type);
    if (bits <= MAX_KNOWN_BITS) this.#bits[type] = bits;
    return bits;
  }

  paddedSize(id: TypeId): number {
    const { words, starts } = this.#types;
    return (words[(starts[id] as number) + 2] as number) * 8;
  }

  attributesOf(id: TypeId): string {
    const packed = this.shapeOf(id) === Shape.Natural ? '' : ' __attribute__((packed))';
    const alignment = this.#attributes.get(id) ?? 0;
    return alignment === 0 ? packed : `${packed}${alignedText(alignment)}`;
  }

  statedAlignmentOf(id: TypeId): number {
    return this.#stated.ofType(id);
  }

  memberAlignmentsOf(id: TypeId): ReadonlyMap<number, number> | undefined {
    const members = this.#stated.ofMembers(id);
    return members === undefined || this.shapeOf(id) === Shape.Exact ? undefined : members;
  }

  fillerOf(id: TypeId): number {
    return this.#fillers.get(id) ?? 0;
  }

  underlyingOf(id: TypeId): string {
    return underlyingType(this.#types, id);
  }

  enumAttributesOf(id: TypeId): string {
    return enumAttributes(this.#types, id);
  }

  #align(id: TypeId): number {
    const { words, starts, end, pointerSize } = this.#types;
    for (let step = 0; step <= end; step++) {
      const start = starts[id] as number;
      const kind = ((words[start + 1] as number) >>> 24) & 0x7f;
      if (kind === Kind.Pointer) return pointerSize;
      if (kind === Kind.Struct || kind === Kind.Union) {
        this.#decide(id);
        return this.#alignments[id] as number;
      }
      if (kind === Kind.Typedef && this.#stated.ofType(id) !== 0) return this.#stated.ofType(id);
      if (kind === Kind.Array) id = words[start + 3] as number;
      else if (isAlias(kind)) id = words[start + 2] as number;
      else return hasSize(kind) ? baseAlignment(words[start + 2] as number, pointerSize) : 1;
    }
    return 1;
  }

  /** Chooses the shape of a struct or union, and with it its alignment. */
  #decide(id: TypeId): void {
    if (this.#shapes[id] !== 0) return;
    if (++this.#nesting > MAX_NESTING) throw nestedTooDeep(id);
    const { words, starts } = this.#types;
    const kind = ((words[(starts[id] as number) + 1] as number) >>> 24) & 0x7f;
    // A type that contains itself ends here.
    this.#set(id, Shape.Natural, 1);
    if (kind === Kind.Union) this.#decideUnion(id);
    else this.#decideStruct(id);
    this.#nesting--;
  }

  #set(id: TypeId, shape: Shape, alignment: number): void {
    this.#shapes[id] = shape + 1;
    this.#alignments[id] = alignment;
  }

  #decideStruct(id: TypeId): void {
    const { words, starts, pointerSize } = this.#types;
    const start = starts[id] as number;
    const vlen = (words[start + 1] as number) & 0x00ff_ffff;
    const size = words[start + 2] as number;
    const member = this.#member;
    const attributes = this.#stated.ofMembers(id);
    let attributed = 1;
    let largest = 1;
    let isPacked = false;
    // The end of what lies where C puts it without further ado, as most does; -1 behind anything else.
    let natural = attributes === undefined ? 0 : -1;
    for (let index = 0; index < vlen; index++) {
      const alignment = this.alignmentOf(words[start + 4 + 3 * index] as number);
      this.#read(start, index);
      if (alignment > largest && (member.isNamed || !member.isBitfield)) largest = alignment;
      if (!member.isBitfield && member.offset % (8 * alignment) !== 0) isPacked = true;
      // Larger alignments, as of __int128, differ from compiler to compiler.
      const isSure = !member.isBitfield && alignment <= pointerSize;
      const isNext = isSure && natural >= 0 && roundUp(natural, 8 * alignment) === member.offset;
      natural = isNext ? member.offset + member.bitSize : -1;
      if (attributes !== undefined) attributed = Math.max(attributed, attributes.get(index) ?? 1);
    }
    const stated = this.#statedOf(id, size);
    if (stated === 0 && natural >= 0 && roundUp(natural, 8 * largest) === 8 * size) {
      this.#set(id, Shape.Natural, largest);
      return;
    }
    largest = Math.max(largest, attributed);
    if (size % largest !== 0 || (stated !== 0 && stated < largest)) isPacked = true;
    const shape = isPacked ? Shape.Packed : Shape.Natural;
    const own = isPacked ? attributed : largest;
    const alignment = Math.max(own, stated);
    if (this.#compiledSize(id, isPacked, alignment) === 8 * size) {
      if (alignment > own) this.#attributes.set(id, alignment);
      this.#set(id, shape, alignment);
    } else {
      if (stated > 1) this.#attributes.set(id, stated);
      this.#set(id, Shape.Exact, Math.max(1, stated));
    }
  }

  /** The alignment that is stated of a type; 0 where there is none, or one that its size contradicts. */
  #statedOf(id: TypeId, size: number): number {
    const stated = this.#stated.ofType(id);
    return stated !== 0 && size % stated === 0 ? stated : 0;
  }

  /** The size in bits that a compiler gives a struct written with padding; -1 where a member ends up elsewhere. */
  #compiledSize(id: TypeId, isPacked: boolean, alignment: number): number {
    const { words, starts } = this.#types;
    const start = starts[id] as number;
    const attributes = this.#stated.ofMembers(id);
    const vlen = (words[start + 1] as number) & 0x00ff_ffff;
    const member = this.#member;
    const gap = this.#gap;
    let compiled = 0;
    let end = 0;
    let wasBitfield = false;
    for (let index = 0; index < vlen; index++) {
      const type = words[start + 4 + 3 * index] as number;
      const attribute = attributes?.get(index) ?? 1;
      const unit = 8 * Math.max(attribute, isPacked ? 1 : this.alignmentOf(type));
      this.#read(start, index);
      if (end < member.offset) {
        gap.from = end;
        gap.to = member.offset;
        gap.alignment = unit / 8;
        gap.isInBitfield = wasBitfield && member.isBitfield;
        compiled = this.#placePadding(compiled, isPacked);
      }
      if (attribute > 1) compiled = roundUp(compiled, 8 * attribute);
      if (member.isBitfield) compiled = isPacked ? compiled : bitfieldPlace(compiled, unit, member.bitSize);
      else compiled = roundUp(compiled, unit);
      if (compiled !== member.offset) return -1;
      compiled += member.bitSize;
      end = compiled;
      wasBitfield = member.isBitfield;
    }
    gap.from = end;
    gap.to = 8 * (words[start + 2] as number);
    gap.alignment = alignment;
    gap.isInBitfield = false;
    return roundUp(this.#placePadding(compiled, isPacked), 8 * alignment);
  }

  /** Where a compiler is after the padding of the gap. */
  #placePadding(from: number, isPacked: boolean): number {
    const padding = this.#padding;
    const units = this.#units;
    if (isLeftByAlignment(this.#gap)) return this.#gap.to;
    if (this.#gap.to - this.#gap.from > LARGE_GAP) return this.#gap.to;
    if (!findPadding(this.#gap, units, padding)) return from;
    let at = from;
    if (padding.marker >= 0) {
      const unit = units[padding.marker] as number;
      // It aligns in packed structs too.
      if (padding.markerBits === 0) at = roundUp(at, unit);
      else at = (isPacked ? at : bitfieldPlace(at, unit, padding.markerBits)) + padding.markerBits;
    }
    const unit = units[padding.unit] as number;
    if (padding.unitCount > 0) at = (isPacked ? at : roundUp(at, unit)) + unit * padding.unitCount;
    if (padding.restBits > 0) {
      const rest = units[padding.restUnit] as number;
      at = (isPacked ? at : bitfieldPlace(at, rest, padding.restBits)) + padding.restBits;
    }
    return at;
  }

  #decideUnion(id: TypeId): void {
    const { words, starts } = this.#types;
    const start = starts[id] as number;
    const vlen = (words[start + 1] as number) & 0x00ff_ffff;
    const size = words[start + 2] as number;
    const member = this.#member;
    let alignment = 1;
    let largest = 0;
    for (let index = 0; index < vlen; index++) {
      const attribute = this.#stated.ofMembers(id)?.get(index) ?? 1;
      alignment = Math.max(alignment, attribute, this.alignmentOf(words[start + 4 + 3 * index] as number));
      this.#read(start, index);
      largest = Math.max(largest, Math.ceil(member.bitSize / 8));
    }
    const stated = this.#statedOf(id, size);
    if (stated !== 0 && stated !== alignment && roundUp(largest, stated) === size) {
      this.#attributes.set(id, stated);
      this.#set(id, stated > alignment ? Shape.Natural : Shape.Packed, stated);
    } else if (roundUp(largest, alignment) === size) this.#set(id, Shape.Natural, alignment);
    else if (largest === size) this.#set(id, Shape.Packed, 1);
    else this.#enlarge(id, alignment, largest);
  }

  /** Makes a union larger than its largest member. */
  #enlarge(id: TypeId, alignment: number, largest: number): void {
    const { words, starts } = this.#types;
    const size = words[(starts[id] as number) + 2] as number;
    for (let stated = 2 * alignment; stated <= MAX_ALIGNMENT; stated *= 2) {
      if (roundUp(largest, stated) !== size || !allHoldersAlign(this.#types, id, stated)) continue;
      this.#attributes.set(id, stated);
      this.#set(id, Shape.Natural, stated);
      return;
    }
    this.#fillers.set(id, 8 * size);
    if (size % alignment === 0) this.#set(id, Shape.Natural, alignment);
    else this.#set(id, Shape.Packed, 1);
  }

  #read(start: number, index: number): void {
    const { words } = this.#types;
    const member = this.#member;
    const word = words[start + 5 + 3 * index] as number;
    const hasBitfields = (words[start + 1] as number) >>> 31 === 1;
    member.type = words[start + 4 + 3 * index] as number;
    const legacy = hasBitfields ? 0 : this.legacyBitfieldOf(member.type);
    const bits = hasBitfields ? word >>> 24 : legacy & 0xff;
    member.isNamed = words[start + 3 + 3 * index] !== 0;
    member.isBitfield = bits !== 0;
    member.offset = hasBitfields ? word & 0x00ff_ffff : word + (legacy >>> 8);
    member.bitSize = bits !== 0 ? bits : this.#bitSizeOf(member.type);
  }
}

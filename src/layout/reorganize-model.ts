/**
 * `StructModels`: structs as their source must have declared them, from where their members lie: the units that may be
 * moved, with the alignments that attributes gave them. BTF does not record attributes; a gap that natural
 * alignment does not explain is taken for an attribute. What no declaration in C explains is left alone.
 */

import { Kind } from '../model/kinds.ts';
import { MemberFlag } from '../model/side-columns.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import type { Layouts } from './layouts.ts';
import {
  type BitField,
  isMarker,
  placeField,
  placesOfOrder,
  sizeOfOrder,
  type Unit,
} from './reorganize-place.ts';
import { MAX_TYPE_DEPTH } from './type-facts.ts';
import { lowestBit } from './word-size-place.ts';

/** Bits between two bitfields that are taken for unnamed ones. */
const MAX_BIT_GAP = 4096;

/** A struct whose units may be moved. */
export interface StructModel {
  readonly id: TypeId;
  readonly units: readonly Unit[];
  /** Bytes. */
  readonly alignment: number;
  readonly byteSize: number;
  /** Units at the start and at the end that stay where they are: base classes, flexible arrays. */
  readonly leading: number;
  readonly trailing: number;
}

/** Why a struct is left alone. */
export type Refusal = string;

/** The models of the structs of one table, and the alignments that follow from them. */
export class StructModels {
  readonly layouts: Layouts;
  readonly #alignments: Uint32Array;
  readonly #cachelineSize: number;

  constructor(layouts: Layouts) {
    this.layouts = layouts;
    this.#alignments = new Uint32Array(layouts.table.end);
    this.#cachelineSize = layouts.cachelineSize;
  }

  /** The model of a struct, or why it is left alone. */
  of(id: TypeId): StructModel | Refusal {
    const { table } = this.layouts;
    if (table.kind(id) !== Kind.Struct) return 'it is no struct';
    this.layouts.firstMember(id);
    if (this.#isPacked(id)) return 'it is packed';
    const model = this.#declare(id, 0);
    if (typeof model === 'string') return model;
    if (model.units.some(hasOddAlignment) || !isPowerOfTwo(model.alignment))
      return 'an alignment is no power of two';
    return this.#isAsDeclared(model)
      ? model
      : 'its members lie where no order of declarations in C puts them';
  }

  /** Whether a struct has bytes or bits in plenty: `false` where reordering cannot make it smaller. */
  hasRoom(id: TypeId): boolean {
    const { layouts, start, end } = this.#rangeOf(id);
    const { bitSize, byteSize } = layouts.members;
    let bits = 0;
    for (let at = start; at < end; at++) bits += bitSize[at] || (byteSize[at] as number) * 8;
    const size = layouts.table.sizeOrType(id);
    const alignment = Math.min(layouts.facts.alignmentOf(id), lowestBit(size));
    return Math.ceil(bits / 8 / alignment) * alignment < size;
  }

  /** Bytes that a type is aligned to, as far as the layouts tell. */
  alignmentOf(type: TypeId, depth = 0): number {
    const base = this.#baseOf(type);
    const { facts, table } = this.layouts;
    const kind = table.kind(base);
    if (kind !== Kind.Struct && kind !== Kind.Union) {
      return Math.min(lowestBit(facts.sizeOf(base) || 1), facts.alignmentOf(base) || 1) || 1;
    }
    if (this.#alignments[base] === 0) {
      this.#alignments[base] = 1;
      this.#alignments[base] = this.#alignComposite(base, depth);
    }
    return this.#alignments[base] as number;
  }

  #alignComposite(id: TypeId, depth: number): number {
    const { table, facts } = this.layouts;
    const stated = table.side?.alignment(id) ?? 0;
    const size = table.sizeOrType(id);
    if (depth > MAX_TYPE_DEPTH) return 1;
    if (table.kind(id) === Kind.Union) return Math.max(stated, this.#alignUnion(id, depth));
    this.layouts.firstMember(id);
    if (this.#isPacked(id)) return Math.max(1, stated);
    const model = this.#declare(id, depth + 1);
    if (typeof model !== 'string') return model.alignment;
    return Math.max(stated, lowestBit(Math.min(facts.alignmentOf(id), lowestBit(size))));
  }

  #alignUnion(id: TypeId, depth: number): number {
    const { layouts, start, end } = this.#rangeOf(id);
    let largest = 1;
    let furthest = 0;
    for (let at = start; at < end; at++) {
      const type = layouts.members.typeId[at] as number;
      largest = Math.max(largest, this.alignmentOf(type, depth + 1), layouts.members.alignment[at] as number);
      furthest = Math.max(furthest, layouts.facts.sizeOf(type));
    }
    const size = layouts.table.sizeOrType(id);
    const bound = lowestBit(size);
    return (
      this.#attribute({ end: furthest, place: size, natural: Math.min(largest, bound) }) ??
      Math.min(largest, bound)
    );
  }

  #rangeOf(id: TypeId): { layouts: Layouts; start: number; end: number } {
    const layouts = this.layouts;
    const start = layouts.firstMember(id);
    return { layouts, start, end: start + layouts.memberCount(id) };
  }

  #isPacked(id: TypeId): boolean {
    const { packed, table } = this.layouts;
    return packed.inferStruct(id) || table.side?.alignment(id) === 1;
  }

  /** The declarations that explain a struct, or why there are none. */
  #declare(id: TypeId, depth: number): StructModel | Refusal {
    const { layouts, start, end } = this.#rangeOf(id);
    const { members, table } = layouts;
    const units: Unit[] = [];
    let bit = 0;
    for (let at = start; at < end; ) {
      const isBitfield = members.bitSize[at] !== 0;
      bit = this.#endBefore(id, units, members.bitOffset[at] as number, bit);
      if (isBitfield && !table.kindFlag(id)) return 'its bitfields are those of BTF of 2018';
      const unit = isBitfield
        ? this.#declareRun(at, end, start, bit)
        : this.#declareMember(at, start, bit, depth);
      if (typeof unit === 'string') return unit;
      units.push(unit);
      at = start + unit.end;
      bit = isBitfield
        ? (members.bitOffset[at - 1] as number) + (members.bitSize[at - 1] as number)
        : (members.bitOffset[at - 1] as number) + (members.byteSize[at - 1] as number) * 8;
    }
    const byteSize = table.sizeOrType(id);
    const stated = table.side?.alignment(id) ?? 0;
    const natural = units.reduce((largest, unit) => Math.max(largest, unit.alignment), Math.max(1, stated));
    const alignment = this.#attribute({ end: Math.ceil(bit / 8), place: byteSize, natural }) ?? natural;
    return {
      id,
      units,
      alignment,
      byteSize,
      leading: this.#leading(id, units),
      trailing: this.#trailing(id, units),
    };
  }

  #declareMember(at: number, start: number, bit: number, depth: number): Unit | Refusal {
    const { members, table } = this.layouts;
    const place = (members.bitOffset[at] as number) / 8;
    const end = Math.ceil(bit / 8);
    if (place < end) return 'its members overlap';
    const stated = table.side === undefined ? 0 : (members.alignment[at] as number);
    const type = Math.max(stated, this.alignmentOf(members.typeId[at] as number, depth));
    const natural = Math.min(type, lowestBit(place));
    const alignment = this.#attribute({ end, place, natural });
    if (alignment === undefined && Math.ceil(end / natural) * natural !== place) {
      return 'it has a gap that no alignment explains';
    }
    const index = at - start;
    const byteSize = members.byteSize[at] as number;
    return { first: index, end: index + 1, byteSize, alignment: alignment ?? natural };
  }

  /** The bitfields from `at` on that follow one another, with the unnamed ones that explain gaps between them. */
  #declareRun(at: number, last: number, start: number, from: number): Unit | Refusal {
    const { members } = this.layouts;
    const fields: BitField[] = [];
    const first = at - start;
    let bit = from;
    let alignment = 1;
    for (; at < last && members.bitSize[at] !== 0; at++) {
      const unitSize = members.byteSize[at] as number;
      const bitSize = members.bitSize[at] as number;
      const place = members.bitOffset[at] as number;
      if (place < bit) return 'its bitfields overlap';
      if (place - bit > MAX_BIT_GAP) return 'it has a gap that no alignment explains';
      const field = { member: at - start, bitSize, unitSize };
      fields.push(...gapBefore(bit, place, field), field);
      alignment = Math.max(alignment, unitSize);
      bit = place + bitSize;
    }
    return { first, end: at - start, byteSize: 0, alignment, fields };
  }

  /**
   * The alignment above `natural` that leads from the byte `end` to `place`; a cacheline where that does as well.
   * Undefined where natural alignment leads there, or none does.
   */
  #attribute(gap: { end: number; place: number; natural: number }): number | undefined {
    const { end, place, natural } = gap;
    if (Math.ceil(end / natural) * natural === place) return undefined;
    const line = this.#cachelineSize;
    for (let alignment = natural * 2; alignment <= lowestBit(place); alignment *= 2) {
      if (Math.ceil(end / alignment) * alignment !== place) continue;
      const fitsLine = alignment < line && lowestBit(line) === line && Math.ceil(end / line) * line === place;
      return fitsLine ? line : alignment;
    }
    return undefined;
  }

  /** Where the units end that are there, in bits: what begins earlier lies in the padding of a base class. */
  #endBefore(id: TypeId, units: Unit[], place: number, end: number): number {
    const base = units.at(-1);
    if (place >= end || base === undefined || !this.#isBase(id, base)) return end;
    const byteSize = this.#dataSize(id, base);
    if (byteSize === undefined) return end;
    units[units.length - 1] = { ...base, byteSize };
    return end - (base.byteSize - byteSize) * 8;
  }

  #isBase(id: TypeId, { first, fields }: Unit): boolean {
    const flags = this.layouts.table.side?.memberFlags(id, first) ?? 0;
    return fields === undefined && (flags & MemberFlag.Inheritance) !== 0;
  }

  /** Bytes of a base class before its padding. */
  #dataSize(id: TypeId, base: Unit): number | undefined {
    const { table, facts, members } = this.layouts;
    const type = facts.strip(table.extra(id, 3 * base.first + 1));
    if (table.kind(type) !== Kind.Struct) return undefined;
    const { start, end } = this.#rangeOf(type);
    let bits = 0;
    for (let at = start; at < end; at++) {
      const bitSize = members.bitSize[at] || (members.byteSize[at] as number) * 8;
      bits = Math.max(bits, (members.bitOffset[at] as number) + bitSize);
    }
    return Math.min(base.byteSize, Math.ceil(bits / 8));
  }

  /**
   * Base classes, and the pointer to the table of virtual functions, stay in front. What follows them stays too where it
   * is not to be told whether another member in its place would lie in the padding of the last base.
   */
  #leading(id: TypeId, units: readonly Unit[]): number {
    const { side, vlen } = { side: this.layouts.table.side, vlen: this.layouts.table.vlen(id) };
    if (side === undefined) return 0;
    let count = 0;
    const fixed = MemberFlag.Inheritance | MemberFlag.Artificial;
    for (let index = 0; index < vlen; index++)
      if ((side.memberFlags(id, index) & fixed) !== 0) count = index + 1;
    const [base, next] = units.slice(Math.max(0, count - 1), count + 1);
    if (base === undefined || next === undefined || !this.#isBase(id, base)) return count;
    const size = this.#dataSize(id, base) ?? base.byteSize;
    const isTold =
      size === base.byteSize || Math.ceil(size / next.alignment) * next.alignment < base.byteSize;
    return isTold ? count : count + 1;
  }

  /** What takes no room, or ends in a flexible array, stays at the end. */
  #trailing(id: TypeId, units: readonly Unit[]): number {
    const { layouts, end } = this.#rangeOf(id);
    let count = 0;
    if (units.length > 0 && this.#isFlexible(layouts.members.typeId[end - 1] as number, new Set())) count++;
    while (count < units.length && isMarker(units.at(-1 - count) as Unit)) count++;
    return count;
  }

  /** Whether a type ends in an array without elements. Each composite in it is looked at once. */
  #isFlexible(type: TypeId, seen: Set<TypeId>): boolean {
    const { table, facts } = this.layouts;
    const id = facts.strip(type);
    const kind = table.kind(id);
    const count = table.vlen(id);
    if (kind === Kind.Array) return table.extra(id, 2) === 0;
    if ((kind !== Kind.Struct && kind !== Kind.Union) || seen.has(id) || seen.size > MAX_TYPE_DEPTH)
      return false;
    seen.add(id);
    for (let index = kind === Kind.Struct ? Math.max(0, count - 1) : 0; index < count; index++) {
      if (this.#isFlexible(table.extra(id, 3 * index + 1), seen)) return true;
    }
    return false;
  }

  #isAsDeclared({ id, units, alignment, byteSize }: StructModel): boolean {
    const { layouts, start } = this.#rangeOf(id);
    if (sizeOfOrder(units, alignment) !== byteSize) return false;
    return placesOfOrder(units).every(([index, bit]) => layouts.members.bitOffset[start + index] === bit);
  }

  /** The type behind typedefs, qualifiers, tags and arrays. */
  #baseOf(id: TypeId): TypeId {
    const { table } = this.layouts;
    for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
      const next = behind(table, id);
      if (next === undefined) return id;
      id = next;
    }
    return id;
  }
}

function isPowerOfTwo(value: number): boolean {
  return value === lowestBit(value);
}

function hasOddAlignment({ alignment, fields = [] }: Unit): boolean {
  return !isPowerOfTwo(alignment) || fields.some(({ unitSize }) => !isPowerOfTwo(unitSize));
}

function behind(table: TypeTable, id: TypeId): TypeId | undefined {
  switch (table.kind(id)) {
    case Kind.Typedef:
    case Kind.Const:
    case Kind.Volatile:
    case Kind.Restrict:
    case Kind.Atomic:
    case Kind.TypeTag:
      return table.sizeOrType(id);
    case Kind.Array:
      return table.extra(id, 0);
    default:
      return undefined;
  }
}

/** The unnamed bitfields that lead from `bit` to the place of `field`. */
function gapBefore(bit: number, place: number, field: BitField): BitField[] {
  if (placeField(bit, field) === place) return [];
  const unit = field.unitSize * 8;
  const boundary = Math.ceil(bit / unit) * unit;
  const close: BitField = { member: undefined, bitSize: 0, unitSize: field.unitSize };
  const skip = (bits: number): BitField => ({ member: undefined, bitSize: bits, unitSize: field.unitSize });
  if (place < boundary) return [skip(place - bit)];
  const gap = [close];
  for (let from = boundary; from < place; from += unit) gap.push(skip(Math.min(unit, place - from)));
  return gap;
}

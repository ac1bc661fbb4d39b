/** What a header needs to know of layouts, so that a compiler gives each type the one it has. */

import type { TypeId } from '../../model/table.ts';

/** How a struct or union is written. */
export const Shape = {
  /** As C lays it out, with padding where members are further away. */
  Natural: 0,
  /** With the attribute `packed`, and padding. */
  Packed: 1,
  /** Packed, with every gap filled by fields of its very width. */
  Exact: 2,
} as const;

export type Shape = (typeof Shape)[keyof typeof Shape];

export interface LayoutRules {
  /** How a struct or union is written. */
  shapeOf(id: TypeId): Shape;
  /** Alignment in bytes by which padding in front of a type, or at its end, is chosen. */
  alignmentOf(id: TypeId): number;
  /**
   * Width and, from bit 8 on, first bit of a bitfield whose type says so, as before 2019; 0 for other types.
   */
  legacyBitfieldOf(id: TypeId): number;
  /** The bit offset that a member's word says where no bitfields are. */
  offsetOf(word: number): number;
  /** The bit offset at which a member ends that is no bitfield. */
  endOf(bitOffset: number, type: TypeId): number;
  /** Size in bits up to which a struct is padded. */
  paddedSize(id: TypeId): number;
  /** The attributes behind the brace of a struct or union, empty or with a blank in front. */
  attributesOf(id: TypeId): string;
  /** The alignment that is stated of a type, in bytes; 0 where there is none. */
  statedAlignmentOf(id: TypeId): number;
  /** The alignments that attributes give members, in bytes, by index; undefined where there is none. */
  memberAlignmentsOf(id: TypeId): ReadonlyMap<number, number> | undefined;
  /** Bits that a union must have and its members do not; 0 where they do. */
  fillerOf(id: TypeId): number;
  /** The type behind the name of an enum of C++, with a colon in front. */
  underlyingOf(id: TypeId): string;
  /** The attributes behind the brace of an enum with enumerators, empty or with a blank in front. */
  enumAttributesOf(id: TypeId): string;
}

/** What a layout consists of, in the order in which it lies in a struct or union: see `layoutOf`. */

import type { TypeId } from '../model/table.ts';

/** A member of a struct or union. */
export interface MemberItem {
  readonly kind: 'member';
  /** Position among the members, from 0. */
  readonly index: number;
  /** Empty for an anonymous member. */
  readonly name: string;
  readonly typeId: TypeId;
  /**
   * From the start of the composite to the member's first bit; undefined for what the object itself places, such as
   * a virtual base, which lies in what is called padding here.
   */
  readonly bitOffset: number | undefined;
  /** Start of the member, for a bitfield of its storage unit; undefined as {@link bitOffset} is. */
  readonly byteOffset: number | undefined;
  /** Size of the member's type, for a bitfield of its storage unit; 0 for what has no size. */
  readonly byteSize: number;
  /** Width of a bitfield; undefined for other members. */
  readonly bitSize: number | undefined;
  /** Bits from the start of the storage unit to the bitfield; undefined for other members. */
  readonly bitfieldOffset: number | undefined;
  /** Bytes of the alignment attribute that explains the place; undefined where none is needed. */
  readonly alignment: number | undefined;
}

/** Unused bytes between two members, or before the first one. */
export interface Hole {
  readonly kind: 'hole';
  readonly byteOffset: number;
  readonly byteSize: number;
}

/** Unused bits next to a bitfield. */
export interface BitHole {
  readonly kind: 'bitHole';
  /** From the start of the struct to the first unused bit. */
  readonly bitOffset: number;
  readonly bitSize: number;
}

/** Unused bits behind the last member, a bitfield, up to the end of its storage unit. */
export interface BitPadding {
  readonly kind: 'bitPadding';
  /** From the start of the struct to the first unused bit. */
  readonly bitOffset: number;
  readonly bitSize: number;
}

/** Unused bytes behind the last member. */
export interface Padding {
  readonly kind: 'padding';
  readonly byteOffset: number;
  readonly byteSize: number;
}

/** A cacheline begins with the next member, or began between its start and that of the one before. */
export interface CachelineBoundary {
  readonly kind: 'cachelineBoundary';
  /** Number of the line, from 0; the first one of a type is never an item. */
  readonly cacheline: number;
  /** Where the line begins. */
  readonly byteOffset: number;
  /** Bytes from there to the start of the next member. */
  readonly bytesAgo: number;
}

/** What lies at some place of a struct or union. */
export type LayoutItem = MemberItem | Hole | BitHole | BitPadding | Padding | CachelineBoundary;

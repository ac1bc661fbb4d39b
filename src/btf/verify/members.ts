/**
 * Whether a member fits into its struct or union (linux kernel/bpf/btf.c, the check_member and
 * check_kflag_member functions of each kind).
 */

import { Kind } from '../../model/kinds.ts';
import type { TypeId, TypeTable } from '../../model/table.ts';
import type { BtfProblemCode } from './problems.ts';

/** Where a member lies. */
export interface MemberPlace {
  readonly compositeBytes: number;
  /** Whether the composite stores bitfield sizes; else a bitfield is told by its int type alone. */
  readonly kindFlag: boolean;
  readonly bitOffset: number;
  /** 0 when the member is no bitfield. */
  readonly bitSize: number;
}

/** What a member's type comes down to; `byteSize` is that of the whole array for an array. */
export interface MemberType {
  readonly id: TypeId;
  readonly byteSize: number;
}

export interface MemberProblem {
  readonly code: BtfProblemCode;
  /** Continues `member 3 'x' ...`. */
  readonly message: string;
}

/** Most bits that the kernel reads to get at a bitfield, those before it in its first byte included. */
const MAX_COPY_BITS = 128;
const INT_BITS = 32;
const MAX_U32 = 0xffff_ffff;

/** The first rule that the member breaks. */
export function memberProblem(
  table: TypeTable,
  place: MemberPlace,
  type: MemberType,
): MemberProblem | undefined {
  switch (table.kind(type.id)) {
    case Kind.Int:
      return place.kindFlag ? bitfieldProblem(table, place, type.id) : intProblem(table, place, type.id);
    case Kind.Enum:
    case Kind.Enum64:
      return place.kindFlag ? enumBitfieldProblem(place) : wholeProblem(place, type.byteSize, 1);
    case Kind.Float:
      return wholeProblem(place, type.byteSize, Math.min(table.pointerSize, type.byteSize));
    default:
      return wholeProblem(place, type.byteSize, 1);
  }
}

/** Whether an int is a plain one: whole bytes, none before it, 1, 2, 4, 8 or 16 of them. */
export function isRegularInt(table: TypeTable, id: TypeId): boolean {
  const { bits, bitOffset } = intBits(table, id);
  return bitOffset === 0 && [8, 16, 32, 64, 128].includes(bits);
}

function intBits(table: TypeTable, id: TypeId): { bits: number; bitOffset: number } {
  const data = table.extra(id, 0);
  return { bits: data & 0xff, bitOffset: (data >>> 16) & 0xff };
}

/** An int of a composite without the kind flag: its own bits and bit offset count. */
function intProblem(table: TypeTable, place: MemberPlace, id: TypeId): MemberProblem | undefined {
  const { bits, bitOffset } = intBits(table, id);
  const start = place.bitOffset + bitOffset;
  if (start > MAX_U32) return { code: 'member-offset', message: `starts at bit ${start}` };
  return copyProblem(place, start, bits);
}

/** An int of a composite with the kind flag, bitfield or not. */
function bitfieldProblem(table: TypeTable, place: MemberPlace, id: TypeId): MemberProblem | undefined {
  const { bits } = intBits(table, id);
  if (!isRegularInt(table, id)) {
    return { code: 'bitfield', message: 'has an int type that is not of whole bytes' };
  }
  if (place.bitSize === 0 && place.bitOffset % 8 !== 0) return misaligned(place, 1);
  if (place.bitSize > bits) {
    return { code: 'bitfield', message: `has ${place.bitSize} bits, its type only ${bits}` };
  }
  return copyProblem(place, place.bitOffset, place.bitSize || bits);
}

function copyProblem(place: MemberPlace, start: number, bits: number): MemberProblem | undefined {
  const copied = bits + (start % 8);
  if (copied > MAX_COPY_BITS) {
    return { code: 'bitfield', message: `spans ${copied} bits, more than ${MAX_COPY_BITS}` };
  }
  return endProblem(place, Math.floor(start / 8) + Math.ceil(copied / 8));
}

/** The kernel takes an enum for 32 bits here, whatever its size. */
function enumBitfieldProblem(place: MemberPlace): MemberProblem | undefined {
  const { bitOffset, bitSize } = place;
  if (bitSize === 0 && bitOffset % 8 !== 0) return misaligned(place, 1);
  if (bitSize > INT_BITS) {
    return { code: 'bitfield', message: `has ${bitSize} bits, an enum at most ${INT_BITS}` };
  }
  return endProblem(place, Math.ceil((bitOffset + (bitSize || INT_BITS)) / 8));
}

function wholeProblem(place: MemberPlace, byteSize: number, alignment: number): MemberProblem | undefined {
  if (place.bitSize !== 0) {
    return { code: 'bitfield', message: `is a bitfield of ${place.bitSize} bits, but no int or enum` };
  }
  if (place.bitOffset % (alignment * 8) !== 0) return misaligned(place, alignment);
  return endProblem(place, place.bitOffset / 8 + byteSize);
}

function misaligned({ bitOffset }: MemberPlace, alignment: number): MemberProblem {
  return { code: 'member-alignment', message: `at bit ${bitOffset} is not aligned to ${alignment} bytes` };
}

function endProblem({ compositeBytes }: MemberPlace, end: number): MemberProblem | undefined {
  if (end <= compositeBytes) return undefined;
  return { code: 'member-end', message: `ends at byte ${end} of ${compositeBytes}` };
}

/**
 * The shape of a type record, kind by kind: the one statement of where a record keeps its type ids,
 * its name offsets and its plain values. Decoding, byte swapping, traversal, copying, hashing and
 * remapping all derive from this table.
 *
 * A record is a run of 32-bit words in host order, as BTF lays it out (linux Documentation/bpf/btf.rst):
 *
 *     name offset | info | size or type | extra words | element 0 words | element 1 words | ...
 *
 * The info word is the new one: element count ("vlen") in bits 0-23, kind in bits 24-30, kind flag in
 * bit 31. Old writers left the bits that are new at zero, so their words read the same.
 */

import { Kind } from './kinds.ts';

/** What one word of a record holds. */
export type WordRole = 'name' | 'type' | 'value';

export interface RecordShape {
  /** What the third word is: the type's byte size, another type's id, or unused. */
  readonly third: 'size' | 'type' | 'unused';
  /** Words that follow the three common ones, once. */
  readonly extra: readonly WordRole[];
  /** Words of each of the vlen elements. */
  readonly element: readonly WordRole[];
}

const reference: RecordShape = { third: 'type', extra: [], element: [] };
const bare: RecordShape = { third: 'unused', extra: [], element: [] };
const composite: RecordShape = { third: 'size', extra: [], element: ['name', 'type', 'value'] };

export const RECORD_SHAPES: Readonly<Record<Kind, RecordShape>> = {
  [Kind.Void]: bare,
  [Kind.Int]: { third: 'size', extra: ['value'], element: [] },
  [Kind.Pointer]: reference,
  [Kind.Array]: { third: 'unused', extra: ['type', 'type', 'value'], element: [] },
  [Kind.Struct]: composite,
  [Kind.Union]: composite,
  [Kind.Enum]: { third: 'size', extra: [], element: ['name', 'value'] },
  [Kind.Forward]: bare,
  [Kind.Typedef]: reference,
  [Kind.Volatile]: reference,
  [Kind.Const]: reference,
  [Kind.Restrict]: reference,
  // A function's vlen is its linkage, not a count.
  [Kind.Func]: reference,
  [Kind.FuncProto]: { third: 'type', extra: [], element: ['name', 'type'] },
  [Kind.Var]: { third: 'type', extra: ['value'], element: [] },
  [Kind.Datasec]: { third: 'size', extra: [], element: ['type', 'value', 'value'] },
  [Kind.Float]: { third: 'size', extra: [], element: [] },
  [Kind.DeclTag]: { third: 'type', extra: ['value'], element: [] },
  [Kind.TypeTag]: reference,
  [Kind.Enum64]: { third: 'size', extra: [], element: ['name', 'value', 'value'] },
  [Kind.Reference]: reference,
  [Kind.RvalueReference]: reference,
  // The class follows the type of the member.
  [Kind.MemberPointer]: { third: 'type', extra: ['type'], element: [] },
  [Kind.Atomic]: reference,
  [Kind.Unspecified]: bare,
  [Kind.Subrange]: reference,
  [Kind.VariantPart]: { third: 'unused', extra: [], element: ['name', 'type', 'value'] },
  [Kind.Namespace]: bare,
  [Kind.Complex]: { third: 'size', extra: [], element: [] },
  [Kind.CharString]: { third: 'size', extra: [], element: [] },
  [Kind.TemplateParameter]: reference,
};

/** Words that every record starts with: name offset, info, size or type. */
export const HEADER_WORDS = 3;

const VLEN_MASK = 0x00ff_ffff;
const KIND_MASK = 0x7f;

/** Element count of an info word (for a function: its linkage). */
export function infoVlen(info: number): number {
  return info & VLEN_MASK;
}

/** Kind number of an info word; may be one that {@link Kind} does not list. */
export function infoKind(info: number): number {
  return (info >>> 24) & KIND_MASK;
}

/** Kind flag of an info word; what it means depends on the kind. */
export function infoKindFlag(info: number): boolean {
  return info >>> 31 === 1;
}

/** Builds an info word. */
export function makeInfo(kind: number, vlen: number, kindFlag: boolean): number {
  return ((kindFlag ? 0x8000_0000 : 0) | (kind << 24) | vlen) >>> 0;
}

/** Offset word of a member whose composite has the kind flag: bit offset below, bitfield size above. */
export function memberBitOffset(offsetWord: number, kindFlag: boolean): number {
  return kindFlag ? offsetWord & 0x00ff_ffff : offsetWord;
}

/** Bits that such an offset counts: the next ones are in the side columns. */
export function recordOffsetRange(kindFlag: boolean): number {
  return kindFlag ? 2 ** 24 : 2 ** 32;
}

/** Bitfield size of a member's offset word; 0 when the member is no bitfield. */
export function memberBitSize(offsetWord: number, kindFlag: boolean): number {
  return kindFlag ? offsetWord >>> 24 : 0;
}

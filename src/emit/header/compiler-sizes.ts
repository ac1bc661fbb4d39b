/** Sizes, alignments and places that compilers give: GCC and clang, for x86-64 and BPF. */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';

/** The widest alignment of a base type: that of `__int128` and `long double`. */
const MAX_BASE_ALIGNMENT = 16;
/** Sizes above are not told apart, in bits. */
const MAX_BITS = 2 ** 52;

/** Where a compiler starts a bitfield: in the unit of its type where it fits, else in the next. */
export function bitfieldPlace(at: number, unit: number, bits: number): number {
  return Math.floor(at / unit) === Math.floor((at + bits - 1) / unit) ? at : roundUp(at, unit);
}

export function roundUp(value: number, unit: number): number {
  const rest = value % unit;
  return rest === 0 ? value : value + unit - rest;
}

/** Alignment of an int, float or enum; one of an odd size is written as bytes. */
export function baseAlignment(size: number, pointerSize: number): number {
  const isPower = size > 0 && (size & (size - 1)) === 0;
  if (!isPower) return size % 4 === 0 && size > 0 ? 4 : 1;
  return Math.min(size, pointerSize === 8 ? MAX_BASE_ALIGNMENT : pointerSize);
}

export function isAlias(kind: number): boolean {
  return (
    (kind >= Kind.Typedef && kind <= Kind.Restrict) ||
    kind === Kind.TypeTag ||
    kind === Kind.Atomic ||
    kind === Kind.Subrange
  );
}

export function hasSize(kind: number): boolean {
  return (
    kind === Kind.Int ||
    kind === Kind.Struct ||
    kind === Kind.Union ||
    kind === Kind.Enum ||
    kind === Kind.Enum64 ||
    kind === Kind.Float ||
    kind === Kind.Complex
  );
}

/** Size of a type in bits; that of what has none is 0. */
export function bitSizeOf({ words, starts, end, pointerSize }: FlatTypes, type: TypeId): number {
  let id = type;
  let count = 8;
  for (let step = 0; step <= end; step++) {
    const start = starts[id] as number;
    const kind = ((words[start + 1] as number) >>> 24) & 0x7f;
    if (kind === Kind.Pointer) return count * pointerSize;
    if (kind === Kind.Array) {
      count = Math.min(count * (words[start + 5] as number), MAX_BITS);
      id = words[start + 3] as number;
    } else if (isAlias(kind)) id = words[start + 2] as number;
    else if (hasSize(kind)) return Math.min(count * (words[start + 2] as number), MAX_BITS);
    else return 0;
  }
  return 0;
}

/** See `legacyBitfieldOf` in layout-rules.ts. */
export function legacyBitfield({ words, starts, end }: FlatTypes, type: TypeId): number {
  let id = type;
  for (let step = 0; step <= end; step++) {
    const start = starts[id] as number;
    const kind = ((words[start + 1] as number) >>> 24) & 0x7f;
    if (kind === Kind.Int) {
      const encoding = words[start + 3] as number;
      const bits = encoding & 0xff;
      const isWhole = bits === 0 || bits === 8 * (words[start + 2] as number);
      return isWhole ? 0 : bits | ((encoding >>> 8) & 0xff00);
    }
    if (!isAlias(kind)) return 0;
    id = words[start + 2] as number;
  }
  return 0;
}

/** Sizes, alignments and places that compilers give: GCC and clang, for x86-64 and BPF. Bits are 64-bit numbers. */

import { Kind } from '../kinds';
import { extraOf, HEADER, kindFlagOf, kindOf, thirdOf, vlenOf } from '../table';
import { dimensionOf, elementOf, end, isAlias, pointerSize, recordOf } from './types';

/** The widest alignment of a base type: that of `__int128` and `long double`. */
const MAX_BASE_ALIGNMENT: u32 = 16;
/** Sizes above are not told apart, in bits. */
const MAX_BITS: f64 = 4503599627370496.0;

/** Where a compiler starts a bitfield: in the unit of its type where it fits, else in the next. */
export function bitfieldPlace(at: i64, unit: i64, bits: i64): i64 {
  return at / unit === (at + bits - 1) / unit ? at : roundUp(at, unit);
}

/** The next multiple of `unit`; 0 as a unit gives `value`. */
export function roundUp(value: i64, unit: i64): i64 {
  if (unit === 0) return value;
  const rest = value % unit;
  return rest === 0 ? value : value + unit - rest;
}

/** Alignment of an int, float or enum; one of an odd size is written as bytes. */
export function baseAlignment(size: u32): u32 {
  const isPower = size > 0 && (size & (size - 1)) === 0;
  if (!isPower) return size % 4 === 0 && size > 0 ? 4 : 1;
  return min<u32>(size, pointerSize === 8 ? MAX_BASE_ALIGNMENT : pointerSize);
}

export function hasSize(kind: i32): bool {
  return (
    kind === Kind.Int ||
    kind === Kind.Struct ||
    kind === Kind.Union ||
    kind === Kind.Enum ||
    kind === Kind.Enum64 ||
    kind === Kind.Float
  );
}

/** Size of a type in bits; that of what has none is 0. */
export function bitSizeOf(type: u32): i64 {
  let id = type;
  let count: f64 = 8;
  for (let step: u32 = 0; step <= end; step++) {
    const record = recordOf(id);
    const kind = kindOf(record);
    if (kind === Kind.Pointer) return <i64>(count * <f64>pointerSize);
    if (kind === Kind.Array) {
      count = min<f64>(count * <f64>dimensionOf(record), MAX_BITS);
      id = elementOf(record);
    } else if (isAlias(kind)) id = thirdOf(record);
    else if (hasSize(kind)) return <i64>min<f64>(count * <f64>thirdOf(record), MAX_BITS);
    else return 0;
  }
  return 0;
}

/** Width and, from bit 8 on, first bit of a bitfield whose type says so, as before 2019; 0 for other types. */
export function findLegacyBitfield(type: u32): u32 {
  let id = type;
  for (let step: u32 = 0; step <= end; step++) {
    const record = recordOf(id);
    const kind = kindOf(record);
    if (kind === Kind.Int) {
      const encoding = extraOf(record, 0);
      const bits = encoding & 0xff;
      const isWhole = bits === 0 || <u64>bits === 8 * <u64>thirdOf(record);
      return isWhole ? 0 : bits | ((encoding >>> 8) & 0xff00);
    }
    if (!isAlias(kind)) return 0;
    id = thirdOf(record);
  }
  return 0;
}

/** Size that compilers give an enum without attributes: 8 where its values do not fit 32 bits. */
export function naturalEnumSize(record: usize): u32 {
  if (kindOf(record) === Kind.Enum) return 4;
  const isSigned = kindFlagOf(record);
  let hasNegative = false;
  let hasLarge = false;
  const last = record + HEADER + 12 * <usize>vlenOf(record);
  for (let at = record + HEADER; at < last; at += 12) {
    const low = load<u32>(at, 4);
    const high = load<u32>(at, 8);
    const isNegative = isSigned && high >>> 31 === 1;
    if (isNegative ? high !== 0xffff_ffff || low < 0x8000_0000 : high !== 0) return 8;
    if (isNegative) hasNegative = true;
    else if (low >= 0x8000_0000) hasLarge = true;
  }
  return hasNegative && hasLarge ? 8 : 4;
}

/** Writes the unnamed fields that fill gaps. */

import { line, put, putNumber } from './output';
import {
  fillExactly,
  findPadding,
  isLeftByAlignment,
  LARGE_GAP,
  marker,
  markerBits,
  restBits,
  restUnit,
  unit,
  unitCount,
  widthOf,
} from './padding';
import { EXACT } from './shapes';
import { isCompat } from './style';

/** Fills a gap between two bits in a struct, in front of something with an alignment in bytes. */
export function fillGap(
  from: i64,
  to: i64,
  alignment: i64,
  isInBitfield: bool,
  shape: i32,
  level: u32,
): void {
  if (!isCompat && shape !== EXACT && isLeftByAlignment(from, to, alignment, isInBitfield)) return;
  if (!isCompat && to - from > LARGE_GAP) {
    putArray(from, to, level);
    return;
  }
  const isFilled = shape === EXACT ? fillExactly(from, to) : findPadding(from, to, alignment, isInBitfield);
  if (!isFilled) return;
  if (marker >= 0) putField(marker, markerBits, level);
  for (let count = unitCount; count > 0; count--) putField(unit, widthOf(unit), level);
  if (restBits > 0) putField(restUnit, restBits, level);
}

/** A struct without members that makes the union around it as large as it is. */
export function fillUnion(bits: i64, level: u32): void {
  line(level);
  put('struct {');
  fillGap(0, bits, 1, false, EXACT, level + 1);
  line(level);
  put('} __attribute__((packed));');
}

/** Fills a large gap with one member instead of thousands. */
function putArray(from: i64, to: i64, level: u32): void {
  const start = (from + 7) / 8;
  if (start * 8 > from) putField(3, start * 8 - from, level);
  line(level);
  put('unsigned char __padding_');
  putNumber(start);
  put('[');
  putNumber(to / 8 - start);
  put('];');
  if (to % 8 !== 0) putField(3, to % 8, level);
}

function putField(type: i32, bits: i64, level: u32): void {
  line(level);
  if (type === 0) put('long: ');
  else if (type === 1) put('int: ');
  else if (type === 2) put('short: ');
  else put('char: ');
  putNumber(bits);
  put(';');
}

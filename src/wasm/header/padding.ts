/**
 * The unnamed bitfields that move a member of C to where it belongs: where a compiler would put it by itself none is
 * needed. The choice of fields is that of libbpf 1.8 (btf_dump_emit_bit_padding).
 *
 * A gap lies between two bits. Padding is an aligning field, whole units, and a rest; there is one at a time.
 */

import { roundUp } from './sizes';
import { pointerSize } from './types';

/** Index of the aligning field's type, -1 where there is none, and its width, 0 for `long: 0`. */
export let marker: i32 = -1;
export let markerBits: i64 = 0;
/** Index of the type of whole units, and their number. */
export let unit: i32 = 0;
export let unitCount: i64 = 0;
/** Type and width of the last field; no field where the width is 0. */
export let restUnit: i32 = 0;
export let restBits: i64 = 0;

/** Gaps of more bits than this are filled by an array, where the text may be our own. */
export const LARGE_GAP: i64 = 1 << 20;

const MAX_SPELT_ALIGNMENT: i64 = 16;

/** Width of a type of padding: `long`, `int`, `short` and `char`. */
export function widthOf(index: i32): i64 {
  return index === 0 ? 8 * <i64>pointerSize : 64 >> <i64>index;
}

/**
 * Whether every compiler leaves the gap in front of something with an alignment in bytes by itself: for alignments that
 * only attributes ask for. Fields in front of smaller ones are those of libbpf, which spells out what it could leave
 * away; 16 is an alignment of __int128, which has 8 for BPF with gcc 12.
 */
export function isLeftByAlignment(from: i64, to: i64, alignment: i64, isInBitfield: bool): bool {
  return alignment > MAX_SPELT_ALIGNMENT && !isInBitfield && roundUp(from, 8 * alignment) === to;
}

/** Finds the fields for a gap, between bitfields or not; false where none is needed. */
export function findPadding(from: i64, to: i64, alignment: i64, isInBitfield: bool): bool {
  marker = -1;
  unitCount = 0;
  restBits = 0;
  if (from >= to) return false;
  unit = 0;
  while (unit < 3 && roundUp(from, widthOf(unit)) > to) unit++;
  const width = widthOf(unit);
  const start = roundUp(from, width);
  let at = from;
  if (start > from && start <= to) {
    const isSkipped = start === to && roundUp(from, 8 * alignment) !== start;
    const wouldFit = start !== to && to - start <= start - from;
    if (isInBitfield || isSkipped || wouldFit) {
      marker = unit;
      markerBits = isInBitfield ? start - from : 0;
    }
    at = start;
  }
  unitCount = (to - at) / width;
  restBits = (to - at) % width;
  if (restBits > 0) restUnit = smallestFor(restBits);
  return true;
}

/** Fills a gap with fields of its very width, for packed structs, in which fields lie where the last ends. */
export function fillExactly(from: i64, to: i64): bool {
  const bits = to - from;
  if (bits <= 0) return false;
  marker = -1;
  unit = 0;
  unitCount = bits / widthOf(0);
  restBits = bits % widthOf(0);
  restUnit = smallestFor(restBits);
  return true;
}

function smallestFor(bits: i64): i32 {
  let index = 3;
  while (index > 0 && widthOf(index) < bits) index--;
  return index;
}

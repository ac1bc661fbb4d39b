/** Remarks between the members of a struct, and the statistics behind them: src/emit/remarks.ts and statistics.ts. */

import { hasEmbeddedFlexibleArray, hasFlexibleArray, sizeOf } from './facts';
import { inferStruct } from './packed';
import { BIT_HOLES, BIT_PADDING, cachelineSize, HOLES, PADDING, survey, wasteAt } from './survey';
import { allocate, end, recordOf, thirdOf, vlenOf } from './table';
import {
  bitHoleBits,
  countFlexible,
  countTypeWaste,
  embeddedFlexibleArrays,
  flexibleArrays,
  forcedAlignments,
  forcedHoleBytes,
  forcedHoleCount,
  holeBytes,
  isSpecial,
  memberBits,
  memberBytes,
  typeBitHoles,
  typeHoles,
  typePaddingBits,
  typePaddingBytes,
  typesWithBitHoles,
  typesWithBitPadding,
  typesWithHoles,
  typesWithPadding,
} from './tally';
import { put, putByte, putCounted, putInteger, putTabs } from './text';

/** By id, 1 for a struct that wastes nothing. */
let tight: usize = 0;
let narrowsCounters: bool = false;

/** With `narrows`, counts wrap as pahole's do. */
export function beginRemarks(narrows: bool): void {
  tight = allocate(end);
  narrowsCounters = narrows;
}

/** A count that pahole keeps in 8 bits, or in 16. */
export function narrow8(value: i32): i64 {
  return narrowsCounters ? value & 0xff : value;
}

function narrow16(value: i32): i64 {
  return narrowsCounters ? value & 0xffff : value;
}

/** Whether a member of a struct type certainly needs no remark. */
export function isTight(id: u32): bool {
  return load<u8>(tight + id) !== 0;
}

/** Writes that bytes or bits are unused, on a line of its own; `isFurther` says that a remark precedes. */
export function putHole(at: usize, count: i64, isFurther: bool, level: u32, isBits: bool): usize {
  if (!isFurther) at = putByte(at, 10);
  at = put(putTabs(at, level), '/* XXX ');
  at = putCounted(at, count, isBits ? 'bit' : 'byte');
  return put(at, ' hole, try to pack */\n');
}

/** Writes what the struct type of a member wastes; nothing where that is nothing. Counts it where `counts`. */
export function putTypeRemark(at: usize, id: u32, level: u32, counts: bool): usize {
  const record = recordOf(id);
  // What is known to be packed by its holders need not have been looked at.
  survey(id);
  inferStruct(id);
  const isFlexible = hasFlexibleArray(record);
  const isEmbedded = hasEmbeddedFlexibleArray(id, 0);
  const padding = narrow16(wasteAt(id, PADDING));
  const bitPadding = narrow8(wasteAt(id, BIT_PADDING));
  const holes = narrow8(wasteAt(id, HOLES));
  const bitHoles = narrow8(wasteAt(id, BIT_HOLES));
  const hasWaste = (padding | bitPadding | holes | bitHoles) !== 0;
  if (!hasWaste && !isFlexible && !isEmbedded) {
    store<u8>(tight + id, 1);
    return at;
  }
  if (counts && hasWaste) countTypeWaste(padding, bitPadding, holes, bitHoles);
  if (counts && (isFlexible || isEmbedded)) countFlexible(isFlexible, isEmbedded);
  at = put(putTabs(putByte(at, 10), level), '/* XXX last struct has ');
  if (isFlexible) at = put(at, 'a flexible array, ');
  if (isEmbedded) at = put(at, 'embedded flexible array(s), ');
  if (padding !== 0) at = put(putCounted(at, padding, 'byte'), ' of padding, ');
  if (bitPadding !== 0) at = put(putCounted(at, bitPadding, 'bit'), ' of padding, ');
  if (holes !== 0) at = put(putCounted(at, holes, 'hole'), ', ');
  if (bitHoles !== 0) at = put(putCounted(at, bitHoles, 'bit hole'), ', ');
  return put(at - 2, ' */\n');
}

/** Writes the statistics of a top-level struct; 0 where its members do not add up to its size. */
export function putFooter(at: usize, id: u32): usize {
  const record = recordOf(id);
  const size = <i64>thirdOf(record);
  const count = vlenOf(record);
  const padding = narrow16(wasteAt(id, PADDING));
  const bitPadding = narrow8(wasteAt(id, BIT_PADDING));
  const known = 8 * (memberBytes + holeBytes + padding) + memberBits + bitHoleBits + bitPadding;
  if ((size * 8 !== known && count !== 0) || size > 0x7fff_ffff) return 0;
  at = putInteger(put(at, '\n\t/* size: '), size);
  at = putInteger(put(at, ', cachelines: '), (<i64>sizeOf(id) + cachelineSize - 1) / cachelineSize);
  at = put(putInteger(put(at, ', members: '), count), ' */\n');
  if (holeBytes !== 0 || bitHoleBits !== 0) at = putSums(at, id);
  if (padding > 0) at = putLine(at, 'padding: ', padding);
  if (isSpecial) at = putTypesWithWaste(at);
  if (bitPadding > 0) at = put(putInteger(put(at, '\t/* bit_padding: '), bitPadding), ' bits */\n');
  if (isSpecial) at = putForcedAndFlexible(at);
  const rest = size % cachelineSize;
  return rest === 0 ? at : put(putInteger(put(at, '\t/* last cacheline: '), rest), ' bytes */\n');
}

function putLine(at: usize, text: string, value: i64): usize {
  return put(putInteger(put(put(at, '\t/* '), text), value), ' */\n');
}

function putSums(at: usize, id: u32): usize {
  if (memberBytes > 0) {
    at = putInteger(put(at, '\t/* sum members: '), memberBytes);
    if (holeBytes > 0) {
      at = putInteger(put(at, ', holes: '), narrow8(wasteAt(id, HOLES)));
      at = putInteger(put(at, ', sum holes: '), holeBytes);
    }
    at = put(at, ' */\n');
  }
  if (memberBits > 0) {
    at = put(putInteger(put(at, '\t/* sum bitfield members: '), memberBits), ' bits');
    if (bitHoleBits > 0) {
      at = putInteger(put(at, ', bit holes: '), narrow8(wasteAt(id, BIT_HOLES)));
      at = put(putInteger(put(at, ', sum bit holes: '), bitHoleBits), ' bits');
    } else at = put(putInteger(put(at, ' ('), memberBits / 8), ' bytes)');
    at = put(at, ' */\n');
  }
  return at;
}

/** Writes what the types of members waste. */
function putTypesWithWaste(at: usize): usize {
  if (typesWithHoles + typesWithBitHoles + typesWithBitPadding > 0) {
    at = put(at, '\t/* member types with ');
    if (typesWithHoles > 0) {
      at = putInteger(put(putInteger(put(at, 'holes: '), typesWithHoles), ', total: '), typeHoles);
      at = put(at, ', ');
    }
    if (typesWithBitHoles > 0) {
      at = putInteger(put(putInteger(put(at, 'bit holes: '), typesWithBitHoles), ', total: '), typeBitHoles);
      at = put(at, ', ');
    }
    if (typesWithBitPadding > 0) {
      at = put(putInteger(put(at, 'bit paddings: '), typesWithBitPadding), ', total: ');
      at = put(putInteger(at, typePaddingBits), typePaddingBits > 1 ? ' bits, ' : ' bit, ');
    }
    at = put(at - 2, ' */\n');
  }
  if (typesWithPadding > 0) {
    at = putInteger(put(at, '\t/* paddings: '), typesWithPadding);
    at = put(putInteger(put(at, ', sum paddings: '), typePaddingBytes), ' */\n');
  }
  return at;
}

function putForcedAndFlexible(at: usize): usize {
  if (forcedAlignments > 0) {
    at = putInteger(put(at, '\t/* forced alignments: '), forcedAlignments);
    if (forcedHoleCount > 0) {
      at = putInteger(put(at, ', forced holes: '), forcedHoleCount);
      at = put(at, ', sum forced holes: ');
      at = putInteger(at, narrowsCounters ? forcedHoleBytes & 0xffff_ffff : forcedHoleBytes);
    }
    at = put(at, ' */\n');
  }
  if (flexibleArrays + embeddedFlexibleArrays > 0) {
    at = put(at, '\t/* flexible array members: ');
    if (flexibleArrays > 0) at = put(putInteger(put(at, 'end: '), flexibleArrays), ', ');
    if (embeddedFlexibleArrays > 0) at = put(putInteger(put(at, 'middle: '), embeddedFlexibleArrays), ', ');
    at = put(at - 2, ' */\n');
  }
  return at;
}

/**
 * What a listing must know of all structs and unions before it prints the first one. The rules are those of
 * src/layout/placement.ts and survey.ts; the columns are theirs too, so that the host can go on with them.
 */

import { alignmentOf, alignments, isLegacyBitfield, isScalarBehindAliases, sizeOf, strip } from './facts';
import { Kind } from './kinds';
import {
  allocate,
  end,
  extraOf,
  HEADER,
  kindById,
  kindFlagOf,
  kindOf,
  MEMBER,
  recordOf,
  thirdOf,
  vlenOf,
} from './table';

/** Flags of a type. */
export const CONTRADICTS: u32 = 1;
export const MISPLACES: u32 = 2;
export const HAS_BITFIELDS: u32 = 4;
const SURVEYED: u32 = 8;

/** Bytes of what a type wastes, and where among them each number is. */
const WASTE: u32 = 24;
export const HOLES: usize = 0;
export const BIT_HOLES: usize = 4;
export const PRE_HOLE: usize = 8;
export const PRE_BIT_HOLE: usize = 12;
export const PADDING: usize = 16;
export const BIT_PADDING: usize = 20;

/** Offsets begin anew behind half a gigabyte. */
const OFFSET_RANGE: i64 = 0x2000_0000;

/** By id: flags, waste, inferred alignment of the type itself. */
export let flags: usize = 0;
export let waste: usize = 0;
export let forced: usize = 0;
export let cachelineSize: u32 = 64;

/** Address of what a type wastes. */
export function wasteOf(id: u32): usize {
  return waste + id * WASTE;
}

export function wasteAt(id: u32, field: usize): i32 {
  return load<i32>(wasteOf(id) + field);
}

/** Makes ready to look at structs and unions. */
export function beginSurvey(cacheline: u32): void {
  cachelineSize = cacheline;
  flags = allocate(end);
  waste = allocate(<usize>end * WASTE);
  forced = allocate((<usize>end) << 2);
}

/** Makes room for the members of so many types with bitfields as may be placed at once. */
export function beginPlaces(isForAll: bool): void {
  maxPlaced = isForAll ? max<u32>(FEW_PLACED, mostMembers()) : FEW_PLACED;
  places = allocate(<usize>PLACE * maxPlaced);
}

/** Looks at all structs and unions. */
export function surveyAll(): void {
  for (let id: u32 = 1; id < end; id++) survey(id);
}

/** Sees to it that a struct or union has been looked at; does nothing for another type. */
export function survey(id: u32): void {
  if ((load<u8>(flags + id) & SURVEYED) !== 0) return;
  const kind = kindOf(recordOf(id));
  if (kind === Kind.Struct || kind === Kind.Union) surveyOne(id, kind === Kind.Struct);
}

/** Members of the struct or union that has most. */
function mostMembers(): u32 {
  let most: u32 = 0;
  for (let id: u32 = 1; id < end; id++) {
    const record = recordOf(id);
    const kind = kindOf(record);
    if (kind === Kind.Struct || kind === Kind.Union) most = max(most, vlenOf(record));
  }
  return most;
}

function surveyOne(id: u32, isStruct: bool): void {
  const record = recordOf(id);
  const typeSize = thirdOf(record);
  // A bitfield has its width in the upper bits.
  const bitfield: u32 = kindFlagOf(record) ? 0xff00_0000 : 0;
  let divided = typeSize;
  let flag = SURVEYED;
  let largest: u32 = 1;
  let lastByte: i64 = 0;
  let previousEnd: i64 = 0;
  let holeCount: u32 = 0;
  const first = record + HEADER;
  const last = first + MEMBER * <usize>vlenOf(record);
  for (let at = first; at < last; at += MEMBER) {
    const type = load<u32>(at, 4);
    const offsetWord = load<u32>(at, 8);
    if ((offsetWord & bitfield) !== 0 || isLegacyBitfield(type)) {
      if (place(id, isStruct) !== 0) release(record);
      else isIncomplete = true;
      return;
    }
    const size = sizeOf(type);
    const natural = alignmentOf(type);
    const byte = offsetWord >>> 3;
    if (natural > largest) largest = natural;
    if (isStruct) divided = byte;
    if (divided % natural !== 0) {
      if (byte % natural !== 0) flag |= CONTRADICTS;
      if (kindById(strip(type)) === Kind.Struct) flag |= MISPLACES;
    }
    if (<i64>byte !== lastByte) {
      const unused = <i64>byte - (lastByte % OFFSET_RANGE);
      if (unused > 0) holeCount++;
      if (isStruct && at === first) store<i32>(wasteOf(id) + PRE_HOLE, <i32>unused);
    }
    lastByte = <i64>byte + <i64>size;
    if (size !== 0) previousEnd = lastByte;
  }
  finish(id, largest, flag, typeSize, previousEnd);
  if (!isStruct) return;
  store<i32>(wasteOf(id) + HOLES, holeCount);
  if (<i64>typeSize !== lastByte) {
    store<i32>(wasteOf(id) + PADDING, <i32>((<i64>typeSize - lastByte) % OFFSET_RANGE));
  }
}

/** Notes what all members of a type together say of it. */
function finish(id: u32, largest: u32, flag: u32, typeSize: u32, previousEnd: i64): void {
  const known = alignments + (id << 2);
  if (load<u32>(known) === 0) store<u32>(known, largest);
  if (<i64>typeSize !== previousEnd) {
    store<u32>(forced + (id << 2), inferAlignment(typeSize, largest, <u32>previousEnd));
  }
  store<u8>(flags + id, typeSize % largest !== 0 ? flag | CONTRADICTS : flag);
}

/** See src/layout/alignment.ts. */
export function inferAlignment(offset: u32, natural: u32, previousEnd: u32): u32 {
  const skipped = offset - previousEnd;
  if (skipped === 0 || offset % 2 !== 0) return 0;
  const bits = 32 - clz(skipped);
  const alignment: u32 = bits === 32 ? 1 : (<u32>1) << bits;
  if (alignment <= natural || alignment === 1) return 0;
  const fitsLine =
    alignment < cachelineSize && cachelineSize % alignment === 0 && offset % cachelineSize === 0;
  return fitsLine ? cachelineSize : alignment;
}

/** A placed member: first bit (64 bits), and 32 bits each for what follows. */
export const FIRST_BIT: usize = 0;
export const BYTE_OFFSET: usize = 8;
export const BYTE_SIZE: usize = 12;
export const BIT_SIZE: usize = 16;
export const BITFIELD_OFFSET: usize = 20;
export const ALIGNMENT: usize = 24;
export const HOLE: usize = 28;
export const BIT_HOLE: usize = 32;
export const PLACE: u32 = 40;

/** The members of types with bitfields that are being printed, one type after the other. */
let places: usize = 0;
let placed: u32 = 0;
/** More members in such types, together, are for the host; of all types those of one always have room. */
let maxPlaced: u32 = 0;
/** Whether what is known of some type is not all, for want of that room. Nothing may be printed then. */
export let isIncomplete: bool = false;
const FEW_PLACED: u32 = 0x1000;

/** Places the members of a type; 0 where there is no room. {@link release} gives the room back. */
export function place(id: u32, isStruct: bool): usize {
  const record = recordOf(id);
  const count = vlenOf(record);
  if (count > maxPlaced - placed) return 0;
  const first = places + placed * PLACE;
  placed += count;
  placeMembers(id, record, first, isStruct);
  if (isStruct) findHoles(id, record, first);
  return first;
}

export function release(record: usize): void {
  placed -= vlenOf(record);
}

function placeMembers(id: u32, record: usize, first: usize, isStruct: bool): void {
  const hasWidths = kindFlagOf(record);
  const typeSize = thirdOf(record);
  const last = record + HEADER + MEMBER * <usize>vlenOf(record);
  let flag = SURVEYED;
  let largest: u32 = 1;
  let previousEnd: i64 = 0;
  let to = first;
  for (let at = record + HEADER; at < last; at += MEMBER, to += PLACE) {
    const type = load<u32>(at, 4);
    const offsetWord = load<u32>(at, 8);
    const size = sizeOf(type);
    const natural = alignmentOf(type);
    if (natural > largest) largest = natural;
    const firstBit = hasWidths ? offsetWord & 0x00ff_ffff : offsetWord;
    const width = hasWidths ? offsetWord >>> 24 : 0;
    let byte = firstBit >>> 3;
    let occupied = size;
    store<u64>(to, firstBit, FIRST_BIT);
    store<u32>(to, byte, BYTE_OFFSET);
    store<u32>(to, size, BYTE_SIZE);
    store<u32>(to, 0, BIT_SIZE);
    store<u32>(to, 0, BITFIELD_OFFSET);
    store<u32>(to, 0, ALIGNMENT);
    store<u64>(to, 0, HOLE);
    if (width !== 0 || isLegacyBitfield(type)) {
      flag |= HAS_BITFIELDS;
      placeBitfield(to, type, width);
      byte = load<u32>(to, BYTE_OFFSET);
      occupied = (load<u32>(to, BITFIELD_OFFSET) + load<u32>(to, BIT_SIZE) + 7) >>> 3;
    } else if ((isStruct ? byte : typeSize) % natural !== 0) {
      if (byte % natural !== 0) flag |= CONTRADICTS;
      if (kindById(strip(type)) === Kind.Struct) flag |= MISPLACES;
    }
    if (<i64>byte !== previousEnd) {
      store<u32>(to, inferAlignment(byte, natural, <u32>previousEnd), ALIGNMENT);
    }
    if (size !== 0) previousEnd = <i64>byte + <i64>occupied;
  }
  finish(id, largest, flag, typeSize, previousEnd);
}

/** Before the kind flag, with a width of 0, width and place are those of an int type made for the bitfield. */
function placeBitfield(to: usize, type: u32, width: u32): void {
  let firstBit = load<u64>(to, FIRST_BIT);
  if (width === 0) {
    const legacy = extraOf(recordOf(strip(type)), 0);
    firstBit += (legacy >>> 16) & 0xff;
    width = legacy & 0xff;
    store<u64>(to, firstBit, FIRST_BIT);
    store<u32>(to, <u32>(firstBit >>> 3), BYTE_OFFSET);
  }
  store<u32>(to, width, BIT_SIZE);
  const size = load<u32>(to, BYTE_SIZE);
  if (size === 0 || !isScalarBehindAliases(type)) return;
  const unitStart = (firstBit / (<u64>size * 8)) * <u64>size;
  store<u32>(to, <u32>unitStart, BYTE_OFFSET);
  store<u32>(to, <u32>(firstBit - unitStart * 8), BITFIELD_OFFSET);
}

/** Finds what is unused between the placed members of a struct. */
function findHoles(id: u32, record: usize, first: usize): void {
  const typeSize = <i64>thirdOf(record);
  const last = first + <usize>vlenOf(record) * PLACE;
  const into = wasteOf(id);
  let inBitfield = false;
  // The position behind the last member, and the end and size of the storage unit that is open, in bits.
  let lastBit: i64 = 0;
  let unitEnd = typeSize * 8;
  let unitSize: i64 = 0;
  let holeCount: i32 = 0;
  let bitHoleCount: i32 = 0;
  memory.fill(into, 0, WASTE);
  for (let at = first; at < last; at += PLACE) {
    const firstBit = load<i64>(at, FIRST_BIT);
    const bits = <i64>load<u32>(at, BIT_SIZE);
    const size = <i64>load<u32>(at, BYTE_SIZE) * 8;
    let unusedBytes: i64 = 0;
    let unusedBits: i64 = 0;
    if (inBitfield) {
      const unused = min(firstBit, unitEnd);
      unusedBits = unused - lastBit;
      lastBit = unused;
    }
    if (bits === 0) {
      unusedBytes = (firstBit >> 3) - ((lastBit >> 3) % OFFSET_RANGE);
      lastBit = firstBit + size;
      unitSize = 0;
      unitEnd = lastBit;
    } else {
      const unitStart = <i64>load<u32>(at, BYTE_OFFSET) * 8;
      if (lastBit < unitStart && unitStart <= firstBit) {
        unusedBytes = (unitStart >> 3) - (lastBit >> 3);
        lastBit = unitStart;
      }
      unusedBits += firstBit - lastBit;
      lastBit = firstBit + bits;
      if (lastBit > unitEnd || size > unitSize) {
        unitSize = size;
        unitEnd = unitStart + unitSize;
        if (lastBit > unitEnd) unitEnd += unitSize;
      }
    }
    inBitfield = bits !== 0;
    if (unusedBits !== 0) bitHoleCount++;
    if (unusedBytes > 0) holeCount++;
    if (at === first) {
      store<i32>(into, toInt32(unusedBytes), PRE_HOLE);
      store<i32>(into, toInt32(unusedBits), PRE_BIT_HOLE);
    } else {
      store<i32>(at - PLACE, toInt32(unusedBytes), HOLE);
      store<i32>(at - PLACE, toInt32(unusedBits), BIT_HOLE);
    }
  }
  if (inBitfield) {
    const unused = min(typeSize * 8, unitEnd);
    store<i32>(into, toInt32(unused - lastBit), BIT_PADDING);
    lastBit = unused;
  }
  store<i32>(into, holeCount, HOLES);
  store<i32>(into, bitHoleCount, BIT_HOLES);
  store<i32>(into, toInt32((typeSize - (lastBit >> 3)) % OFFSET_RANGE), PADDING);
}

/** The nearest number that a column holds. */
function toInt32(value: i64): i32 {
  return <i32>max<i64>(-0x8000_0000, min<i64>(0x7fff_ffff, value));
}

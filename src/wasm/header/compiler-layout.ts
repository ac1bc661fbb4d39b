/**
 * The layout rules of headers that are right: each struct is laid out as a compiler would, with the padding that would
 * be written, and where the result is not the layout of the file, another way of writing it is chosen. The compilers
 * are GCC and clang for BPF and x86-64, whose rules for bitfields agree (System V ABI, AMD64, 3.1.2; clang's
 * ItaniumRecordLayoutBuilder).
 *
 * 1. As bpftool writes it: with padding where members are further away, packed where members or the size contradict
 *    the alignment.
 * 2. Where that would come out differently: packed, with every gap filled by fields of its very width.
 *
 * Unions have no padding: one that is too small for its members is packed, one that is too large gets an alignment, or
 * a nameless struct of the wanted size.
 */

import { Kind } from '../kinds';
import { allocate, HEADER, kindFlagOf, kindOf, MEMBER, thirdOf, vlenOf } from '../table';
import { giveUp, MAX_NESTING, TOO_DEEP } from './failure';
import {
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
import { EXACT, NATURAL, PACKED } from './shapes';
import { baseAlignment, bitfieldPlace, bitSizeOf, findLegacyBitfield, hasSize, roundUp } from './sizes';
import { beginStatedAlignments, statedOfMembers, statedOfType } from './stated-alignments';
import { elementOf, end, isAlias, isComposite, pointerSize, recordOf } from './types';

/** The largest alignment that is asked for by an attribute. */
const MAX_ALIGNMENT: u32 = 1 << 12;
const MAX_KNOWN_BITS: i64 = 0x7fff_ffff;

/** Bits beside a shape: few types have what they say, so that the columns are not looked at. */
const SHAPE: u32 = 3;
const IS_ATTRIBUTED: u32 = 4;
const IS_FILLED: u32 = 8;

/**
 * By id: shape of a struct or union plus one; alignment; size in bits; 0 where it is not known yet, or the size large.
 * Then 1 for a type that is known to be no bitfield.
 */
let shapes: usize = 0;
let alignments: usize = 0;
let bits: usize = 0;
let isPlain: usize = 0;
/** By id: the alignment that an attribute asks for, and bytes that fill a union, where the shape says that they do. */
let attributes: usize = 0;
let fillers: usize = 0;
let nesting: i32 = 0;

/** The member that was read last: its first bit, its width, and whether it is a bitfield. */
let memberOffset: i64 = 0;
let memberBits: i64 = 0;
let isBitfield: bool = false;

export function beginLayout(): void {
  const count = <usize>end + 1;
  shapes = allocate(count);
  alignments = allocate(count << 2);
  bits = allocate(count << 2);
  isPlain = allocate(count);
  attributes = allocate(count << 2);
  fillers = allocate(count << 2);
  beginStatedAlignments();
}

/** How a struct or union is written. */
export function shapeOf(id: u32): i32 {
  if (load<u8>(shapes + id) === 0) decide(id);
  return <i32>(load<u8>(shapes + id) & SHAPE) - 1;
}

/** Alignment of a type in bytes, by which padding in front of it, or at its end, is chosen. */
export function alignmentOf(id: u32): u32 {
  if (id >= end) return 1;
  const found = load<u32>(alignments + (id << 2));
  if (found !== 0) return found;
  const alignment = align(id);
  store<u32>(alignments + (id << 2), alignment);
  return alignment;
}

/** Width and, from bit 8 on, first bit of a bitfield whose type says so, as before 2019; 0 for other types. */
export function legacyBitfieldOf(id: u32): u32 {
  if (id >= end || load<u8>(isPlain + id) === 1) return 0;
  const bitfield = findLegacyBitfield(id);
  if (bitfield === 0) store<u8>(isPlain + id, 1);
  return bitfield;
}

/** Size of a type in bits. */
export function bitsOf(id: u32): i64 {
  if (id >= end) return 0;
  const found = load<u32>(bits + (id << 2));
  if (found !== 0) return found;
  const size = bitSizeOf(id);
  if (size <= MAX_KNOWN_BITS) store<u32>(bits + (id << 2), <u32>size);
  return size;
}

/** The alignment that an attribute behind the brace asks for; 0 for none. */
export function attributeOf(id: u32): u32 {
  return (load<u8>(shapes + id) & IS_ATTRIBUTED) !== 0 ? load<u32>(attributes + (id << 2)) : 0;
}

/** Bits that a union must have and its members do not; 0 where they do. */
export function fillerOf(id: u32): i64 {
  return (load<u8>(shapes + id) & IS_FILLED) !== 0 ? 8 * <i64>load<u32>(fillers + (id << 2)) : 0;
}

/** Address of the alignments that attributes give members; 0 where there are none. */
export function memberAlignmentsOf(id: u32): usize {
  const members = statedOfMembers(id);
  return members === 0 || shapeOf(id) === EXACT ? 0 : members;
}

function align(type: u32): u32 {
  let id = type;
  for (let step: u32 = 0; step <= end; step++) {
    const record = recordOf(id);
    const kind = kindOf(record);
    if (kind === Kind.Pointer) return pointerSize;
    if (isComposite(kind)) {
      decide(id);
      return load<u32>(alignments + (id << 2));
    }
    if (kind === Kind.Typedef && statedOfType(id) !== 0) return statedOfType(id);
    if (kind === Kind.Array) id = elementOf(record);
    else if (isAlias(kind)) id = thirdOf(record);
    else return hasSize(kind) ? baseAlignment(thirdOf(record)) : 1;
  }
  return 1;
}

/** Chooses the shape of a struct or union, and with it its alignment. */
function decide(id: u32): void {
  if (load<u8>(shapes + id) !== 0) return;
  if (++nesting > MAX_NESTING) giveUp(TOO_DEEP, id);
  // A type that contains itself ends here.
  set(id, NATURAL, 1);
  if (kindOf(recordOf(id)) === Kind.Union) decideUnion(id);
  else decideStruct(id);
  nesting--;
}

function set(id: u32, shape: i32, alignment: u32): void {
  store<u8>(shapes + id, shape + 1);
  store<u32>(alignments + (id << 2), alignment);
}

/** Notes the attribute of a type whose shape is set. */
function attribute(id: u32, alignment: u32): void {
  store<u8>(shapes + id, load<u8>(shapes + id) | IS_ATTRIBUTED);
  store<u32>(attributes + (id << 2), alignment);
}

function decideStruct(id: u32): void {
  const record = recordOf(id);
  const hasWidths = kindFlagOf(record);
  const size = thirdOf(record);
  const stated = statedFor(id, size);
  const stating = statedOfMembers(id);
  let attributed: u32 = 1;
  let largest: u32 = 1;
  let isPacked: bool = false;
  // The end of what lies where C puts it without further ado, as most does; -1 behind anything else.
  let natural: i64 = stating === 0 ? 0 : -1;
  const first = record + HEADER;
  const last = first + MEMBER * <usize>vlenOf(record);
  for (let at = first; at < last; at += MEMBER) {
    const alignment = alignmentOf(load<u32>(at, 4));
    read(at, hasWidths);
    if (alignment > largest && (load<u32>(at) !== 0 || !isBitfield)) largest = alignment;
    if (!isBitfield && memberOffset % (8 * <i64>alignment) !== 0) isPacked = true;
    // Larger alignments, as of __int128, differ from compiler to compiler.
    const isSure = !isBitfield && alignment <= pointerSize;
    const isNext = isSure && natural >= 0 && roundUp(natural, 8 * <i64>alignment) === memberOffset;
    natural = isNext ? memberOffset + memberBits : -1;
    if (stating !== 0) attributed = max<u32>(attributed, load<u32>(stating + (at - first) / 3));
  }
  if (stated === 0 && natural >= 0 && roundUp(natural, 8 * <i64>largest) === 8 * <i64>size) {
    set(id, NATURAL, largest);
    return;
  }
  largest = max<u32>(largest, attributed);
  if (size % largest !== 0 || (stated !== 0 && stated < largest)) isPacked = true;
  const own = isPacked ? attributed : largest;
  const alignment = max<u32>(own, stated);
  if (compiledSize(record, stating, isPacked, alignment) === 8 * <i64>size) {
    set(id, isPacked ? PACKED : NATURAL, alignment);
    if (alignment > own) attribute(id, alignment);
  } else {
    set(id, EXACT, max<u32>(1, stated));
    if (stated > 1) attribute(id, stated);
  }
}

/** The alignment that is stated of a type; 0 where there is none, or one that its size contradicts. */
function statedFor(id: u32, size: u32): u32 {
  const stated = statedOfType(id);
  return stated !== 0 && size % stated === 0 ? stated : 0;
}

/** The size in bits that a compiler gives a struct written with padding; -1 where a member ends up elsewhere. */
function compiledSize(record: usize, stating: usize, isPacked: bool, alignment: u32): i64 {
  const hasWidths = kindFlagOf(record);
  let compiled: i64 = 0;
  let previousEnd: i64 = 0;
  let wasBitfield: bool = false;
  const first = record + HEADER;
  const last = first + MEMBER * <usize>vlenOf(record);
  for (let at = first; at < last; at += MEMBER) {
    const own: u32 = stating === 0 ? 1 : max<u32>(1, load<u32>(stating + (at - first) / 3));
    const natural: u32 = isPacked ? 1 : alignmentOf(load<u32>(at, 4));
    const width = 8 * <i64>max<u32>(own, natural);
    read(at, hasWidths);
    if (previousEnd < memberOffset) {
      const isInBitfield = wasBitfield && isBitfield;
      compiled = placePadding(compiled, previousEnd, memberOffset, width / 8, isInBitfield, isPacked);
    }
    if (own > 1) compiled = roundUp(compiled, 8 * <i64>own);
    if (!isBitfield) compiled = roundUp(compiled, width);
    else if (!isPacked) compiled = bitfieldPlace(compiled, width, memberBits);
    if (compiled !== memberOffset) return -1;
    compiled += memberBits;
    previousEnd = compiled;
    wasBitfield = isBitfield;
  }
  const size = 8 * <i64>thirdOf(record);
  compiled = placePadding(compiled, previousEnd, size, alignment, false, isPacked);
  return roundUp(compiled, 8 * <i64>alignment);
}

/** Where a compiler is after the padding of the gap between `gapStart` and `gapEnd`. */
function placePadding(
  at: i64,
  gapStart: i64,
  gapEnd: i64,
  alignment: i64,
  isInBitfield: bool,
  isPacked: bool,
): i64 {
  if (isLeftByAlignment(gapStart, gapEnd, alignment, isInBitfield)) return gapEnd;
  if (gapEnd - gapStart > LARGE_GAP) return gapEnd;
  if (!findPadding(gapStart, gapEnd, alignment, isInBitfield)) return at;
  if (marker >= 0) {
    const width = widthOf(marker);
    // It aligns in packed structs too.
    if (markerBits === 0) at = roundUp(at, width);
    else at = (isPacked ? at : bitfieldPlace(at, width, markerBits)) + markerBits;
  }
  const width = widthOf(unit);
  if (unitCount > 0) at = (isPacked ? at : roundUp(at, width)) + width * unitCount;
  if (restBits > 0) at = (isPacked ? at : bitfieldPlace(at, widthOf(restUnit), restBits)) + restBits;
  return at;
}

function decideUnion(id: u32): void {
  const record = recordOf(id);
  const hasWidths = kindFlagOf(record);
  const size = thirdOf(record);
  const stating = statedOfMembers(id);
  let alignment: u32 = 1;
  let largest: i64 = 0;
  const first = record + HEADER;
  const last = first + MEMBER * <usize>vlenOf(record);
  for (let at = first; at < last; at += MEMBER) {
    alignment = max<u32>(alignment, alignmentOf(load<u32>(at, 4)));
    if (stating !== 0) alignment = max<u32>(alignment, load<u32>(stating + (at - first) / 3));
    read(at, hasWidths);
    largest = max<i64>(largest, (memberBits + 7) / 8);
  }
  const stated = statedFor(id, size);
  if (stated !== 0 && stated !== alignment && roundUp(largest, stated) === <i64>size) {
    set(id, stated > alignment ? NATURAL : PACKED, stated);
    attribute(id, stated);
  } else if (roundUp(largest, alignment) === <i64>size) set(id, NATURAL, alignment);
  else if (largest === <i64>size) set(id, PACKED, 1);
  else enlarge(id, size, alignment, largest);
}

/** Makes a union larger than its largest member. */
function enlarge(id: u32, size: u32, alignment: u32, largest: i64): void {
  for (let stated: u32 = 2 * alignment; stated <= MAX_ALIGNMENT; stated *= 2) {
    if (roundUp(largest, stated) !== <i64>size || !allHoldersAlign(id, stated)) continue;
    set(id, NATURAL, stated);
    attribute(id, stated);
    return;
  }
  if (size % alignment === 0) set(id, NATURAL, alignment);
  else set(id, PACKED, 1);
  store<u8>(shapes + id, load<u8>(shapes + id) | IS_FILLED);
  store<u32>(fillers + (id << 2), size);
}

/** Whether all structs that hold a type keep to an alignment of it. */
function allHoldersAlign(id: u32, alignment: u32): bool {
  for (let holder: u32 = 1; holder < end; holder++) {
    const record = recordOf(holder);
    if (!isComposite(kindOf(record))) continue;
    const offsetBits: u32 = kindFlagOf(record) ? 0x00ff_ffff : 0xffff_ffff;
    const last = record + HEADER + MEMBER * <usize>vlenOf(record);
    for (let at = record + HEADER; at < last; at += MEMBER) {
      if (heldType(load<u32>(at, 4)) !== id) continue;
      const offset = load<u32>(at, 8) & offsetBits;
      if (offset % (8 * alignment) !== 0 || thirdOf(record) % alignment !== 0) return false;
    }
  }
  return true;
}

/** The type behind arrays and aliases. */
function heldType(type: u32): u32 {
  let id = type;
  for (let step: u32 = 0; step <= end; step++) {
    const record = recordOf(id);
    const kind = kindOf(record);
    if (kind === Kind.Array) id = elementOf(record);
    else if (isAlias(kind)) id = thirdOf(record);
    else return id;
  }
  return 0;
}

function read(at: usize, hasWidths: bool): void {
  const type = load<u32>(at, 4);
  const word = load<u32>(at, 8);
  const legacy = hasWidths ? 0 : legacyBitfieldOf(type);
  const width = hasWidths ? word >>> 24 : legacy & 0xff;
  isBitfield = width !== 0;
  memberOffset = hasWidths ? word & 0x00ff_ffff : <i64>word + (legacy >>> 8);
  memberBits = width !== 0 ? width : bitsOf(type);
}

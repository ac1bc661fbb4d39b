/**
 * Structs and unions in pahole's default layout, for listings of thousands: what src/emit prints, for types that are
 * plain. The others are the host's: {@link list} stops at each of them.
 */

import { alignmentOf, beginFacts, sizeOf } from './facts';
import { Kind } from './kinds';
import {
  beginPacked,
  dropInferences,
  inferAll,
  inferStruct,
  inferUnion,
  isPacked,
  keepInferences,
} from './packed';
import { beginRemarks, isTight, narrow8, putFooter, putHole, putTypeRemark } from './remarks';
import { beginSeen, isRepeat } from './seen';
import {
  ALIGNMENT,
  BIT_HOLE,
  BIT_SIZE,
  BITFIELD_OFFSET,
  BYTE_OFFSET,
  BYTE_SIZE,
  beginPlaces,
  beginSurvey,
  CONTRADICTS,
  cachelineSize,
  flags,
  forced,
  HAS_BITFIELDS,
  HOLE,
  inferAlignment,
  isIncomplete,
  MISPLACES,
  PLACE,
  PRE_BIT_HOLE,
  PRE_HOLE,
  place,
  release,
  survey,
  surveyAll,
  wasteAt,
} from './survey';
import {
  allocate,
  end,
  extraOf,
  HEADER,
  isType,
  kindFlagOf,
  kindOf,
  LONGEST,
  MEMBER,
  nameOf,
  recordOf,
  thirdOf,
  vlenOf,
} from './table';
import { clearTally, countBitHole, countForced, countHole, countMembers } from './tally';
import { nameLength, padTo, put, putByte, putCopy, putInteger, putName, putNumber, putTabs } from './text';
import {
  AFTER_SHIFT,
  beginTexts,
  FLEXIBLE,
  FORM_MASK,
  FUNCTION,
  INLINE,
  INLINE_ARRAY,
  LENGTH_MASK,
  PREFIX_MASK,
  PREFIX_SHIFT,
  STRUCT,
  shapeOf,
  TEXT_SHIFT,
  textOf,
} from './type-texts';

/** What the host calls, and the columns that it goes on with. */
export {
  blobNameBytes,
  blobNames,
  blobStarts,
  blobWordCount,
  blobWords,
  findRecords,
  kindWords,
  openBlob,
  useBlob,
} from './blob';
export { alignments, compositeOf, legacyBitfields, sizes } from './facts';
export { find } from './find';
export { inferFromHolders } from './holders';
export { inferred, packed } from './packed';
export { flags, forced, waste } from './survey';
export { allocate, setNames, setPointerSize, setRecords } from './table';

/** The text, its bytes so far, and where a member may begin at the latest. */
export let text: usize = 0;
export let textLength: usize = 0;
let lastStart: usize = 0;

/** Bytes of the buffer. A struct that needs more is not plain. */
const BUFFER_SIZE: usize = 1 << 18;
/** More than a member takes, together with the ends of all that it may be the last member of. */
const ROOM: usize = 1 << 15;
/** So much is handed over at a time. */
const FLUSH_SIZE: usize = 1 << 16;
/** Inline types within one another. */
const MAX_LEVEL: u32 = 8;

/** Width of the type column at the top, of the name column, and of what pahole counts for a packed attribute. */
const TYPE_SPACING: i32 = 26;
const NAME_SPACING: i32 = 23;
const UNION_NAME_SPACING: i32 = 21;
const PACKED_WIDTH: i32 = 28;

/** Width of the name column of the present type, and offset of the next cacheline. */
let nameSpacing: i32 = 0;
let boundary: u32 = 0;

/** What the host says of a listing. */
const NARROWS_COUNTERS: u32 = 1;
const EMPTY_MEANS_VOID: u32 = 2;
const LAZY_PACKED: u32 = 4;
const READS_LEGACY: u32 = 8;
const IGNORES_KIND: u32 = 16;
const MISPLACES_QUALIFIERS: u32 = 32;
const LARGE_ENUMS_PACKED: u32 = 64;
/** Whether an enum that is larger than an int is called packed. */
let callsLargePacked: bool = false;

/** Makes ready to print some types of the table. */
export function begin(cacheline: u32, options: u32): void {
  beginTypes(cacheline, options);
  beginPlaces(false);
}

/** Makes ready to print all types of the table. Returns false where it holds what only the host can list. */
export function beginAll(cacheline: u32, options: u32): bool {
  beginTypes(cacheline, options);
  beginPlaces(true);
  surveyAll();
  if ((options & LAZY_PACKED) === 0) inferAll();
  return beginSeen((options & IGNORES_KIND) !== 0);
}

function beginTypes(cacheline: u32, options: u32): void {
  beginFacts((options & READS_LEGACY) !== 0);
  beginSurvey(cacheline);
  beginPacked();
  beginTexts((options & EMPTY_MEANS_VOID) !== 0, (options & MISPLACES_QUALIFIERS) !== 0);
  beginRemarks((options & NARROWS_COUNTERS) !== 0);
  callsLargePacked = (options & LARGE_ENUMS_PACKED) !== 0;
  text = allocate(BUFFER_SIZE);
  lastStart = text + BUFFER_SIZE - ROOM;
}

/** Forgets the text, which has been handed over. */
export function clear(): void {
  textLength = 0;
}

/**
 * Lists the named structs and unions from the id `next` on, each that has no equal before it. Returns the id to go on
 * with, once there is much text to be handed over: 0 at the end, and with the highest bit set, the id of a type that the
 * host must print behind the text.
 */
export function list(next: u32): u32 {
  for (let id = next; id < end; id++) {
    const record = recordOf(id);
    const kind = kindOf(record);
    if ((kind !== Kind.Struct && kind !== Kind.Union) || nameOf(record) === 0 || isRepeat(id)) continue;
    if (!print(id)) return id | 0x8000_0000;
    if (textLength > FLUSH_SIZE) return id + 1;
  }
  return 0;
}

/** Prints one struct or union, and an empty line. The same otherwise as {@link print}. */
export function printAlone(id: u32): bool {
  if (!isType(id) || !print(id)) return false;
  store<u8>(text + textLength++, 10);
  return true;
}

/** Prints one struct or union behind the text; false where the host must. */
export function print(id: u32): bool {
  const record = recordOf(id);
  const kind = kindOf(record);
  if ((kind !== Kind.Struct && kind !== Kind.Union) || nameOf(record) === 0) return false;
  keepInferences();
  const behind = putType(text + textLength, id, record, kind);
  if (behind === 0 || isIncomplete) {
    dropInferences();
    return false;
  }
  textLength = behind - text;
  return true;
}

function putType(at: usize, id: u32, record: usize, kind: i32): usize {
  clearTally();
  boundary = cachelineSize;
  nameSpacing = kind === Kind.Union ? UNION_NAME_SPACING : NAME_SPACING;
  at = putAggregate(at, id, record, 1, 0, false);
  return at === 0 ? 0 : put(putOwnAlignment(at, id, record), ';\n');
}

/** Writes a struct or union up to and with its closing brace, and that it is packed. */
function putAggregate(at: usize, id: u32, record: usize, level: u32, base: u32, isInUnion: bool): usize {
  const isStruct = kindOf(record) === Kind.Struct;
  const name = nameOf(record);
  survey(id);
  const flag = <u32>load<u8>(flags + id);
  if (isStruct) {
    if (wasteAt(id, PRE_HOLE) !== 0 || wasteAt(id, PRE_BIT_HOLE) !== 0) return 0;
    if ((flag & (CONTRADICTS | MISPLACES)) !== 0) inferStruct(id);
  } else if ((flag & (CONTRADICTS | MISPLACES)) !== 0) inferUnion(id);
  const start = at;
  at = isStruct ? put(at, 'struct ') : put(at, 'union ');
  if (name !== 0) at = putByte(putName(at, name), 32);
  if (at - start >= LONGEST) return 0;
  at = put(at, '{\n');
  isInUnion = isInUnion || !isStruct;
  if ((flag & HAS_BITFIELDS) !== 0) at = putPlacedMembers(at, id, record, level, base, isInUnion);
  else at = putMembers(at, record, level, base, isInUnion);
  if (at !== 0 && isStruct && level === 1) at = putFooter(at, id);
  if (at === 0) return 0;
  at = putByte(putTabs(at, level - 1), 125);
  return isStruct && isPacked(id) ? put(at, ' __attribute__((__packed__))') : at;
}

/** Writes the alignment that a struct itself has by an attribute. */
function putOwnAlignment(at: usize, id: u32, record: usize): usize {
  const alignment = load<u32>(forced + (id << 2));
  if (alignment === 0 || kindOf(record) !== Kind.Struct || isPacked(id)) return at;
  return putAligned(at, alignment);
}

function putAligned(at: usize, alignment: u32): usize {
  return put(putInteger(put(at, ' __attribute__((__aligned__('), alignment), ')))');
}

/** Writes the members of an aggregate without bitfields, each with its newline, and the remarks between them. */
function putMembers(at: usize, record: usize, level: u32, base: u32, isInUnion: bool): usize {
  const isStruct = kindOf(record) === Kind.Struct;
  const counts = level === 1;
  const firstBoundary = boundary;
  const offsetBits: u32 = kindFlagOf(record) ? 0x00ff_ffff : 0xffff_ffff;
  const first = record + HEADER;
  const last = first + MEMBER * <usize>vlenOf(record);
  let pending: bool = false;
  let lastByte: i64 = 0;
  // The same, without regard to members without size.
  let previousEnd: i64 = 0;
  let bytes: i64 = 0;
  for (let member = first; member < last; member += MEMBER) {
    const type = load<u32>(member, 4);
    if (!isType(type) || at > lastStart) return 0;
    const byte = (load<u32>(member, 8) & offsetBits) >>> 3;
    const size = sizeOf(type);
    const attribute =
      <i64>byte === previousEnd ? 0 : inferAlignment(byte, alignmentOf(type), <u32>previousEnd);
    if (isStruct) {
      const unused = <i64>byte - lastByte;
      if (unused !== 0) {
        if (unused < 0) return 0;
        at = putHole(at, unused, pending, level, false);
        pending = true;
        if (counts) countHole(unused);
      }
      if (attribute !== 0 && counts) countForced(unused);
      if (pending) at = putByte(at, 10);
      pending = false;
    }
    const offset = byte + base;
    if (offset >= boundary) at = putBoundary(at, offset, level);
    const shape = shapeOf(type);
    const form = shape & FORM_MASK;
    if (form < INLINE) {
      at = putDeclaration(at, member, shape, level, attribute, 0, isOpenEnd(member, first, last, isInUnion));
      if (at !== 0) at = putPlace(at, offset, size);
    } else if (form === INLINE) {
      at = putBlock(at, member, level, isStruct ? offset : base, attribute, 0, isInUnion);
      if (at !== 0) at = putPlace(at, offset, size);
    } else if (form === INLINE_ARRAY) {
      const isOpen = isOpenEnd(member, first, last, isInUnion);
      at = putArrayOfBlocks(at, member, level, isStruct ? offset : base, attribute, isInUnion, isOpen);
      if (at !== 0) at = putPlace(at, offset, size);
    } else return 0;
    if (at === 0) return 0;
    at = putByte(at, 10);
    if (!isStruct) boundary = firstBoundary;
    else if (
      (form === STRUCT || (form === INLINE && kindOf(recordOf(type)) === Kind.Struct)) &&
      !isTight(type)
    ) {
      const behind = putTypeRemark(at, type, level, counts);
      pending = behind > at;
      at = behind;
    }
    lastByte = <i64>byte + <i64>size;
    if (size !== 0) previousEnd = lastByte;
    bytes += size;
  }
  if (counts) countMembers(bytes, 0);
  return at;
}

/** Whether a member may be an array without a dimension: the last of a struct with others. */
function isOpenEnd(member: usize, first: usize, last: usize, isInUnion: bool): bool {
  return member !== first && member + MEMBER === last && !isInUnion;
}

/**
 * Writes the declaration of a member with its TABs and semicolon, up to where the comment begins; 0 where a name is
 * too long, or there is none.
 */
function putDeclaration(
  at: usize,
  member: usize,
  shape: u32,
  level: u32,
  attribute: u32,
  bits: u32,
  isOpen: bool,
): usize {
  const name = load<u32>(member);
  if (name === 0) return 0;
  const form = shape & FORM_MASK;
  const from = textOf(load<u32>(member, 4));
  const length = (shape >>> TEXT_SHIFT) & LENGTH_MASK;
  const after = (shape >>> AFTER_SHIFT) & LENGTH_MASK;
  const start = putTabs(at, level);
  at = putTypeColumn(start, from, length, (shape >>> PREFIX_SHIFT) & PREFIX_MASK, level);
  at = form === FUNCTION ? put(at, ' (*') : putByte(at, 32);
  at = putName(at, name);
  if (after !== 0) at = putCopy(at, from + length, after);
  if (form === FLEXIBLE) at = put(at, isOpen ? '[]' : '[0]');
  if (bits !== 0) at = putInteger(putByte(at, 58), bits);
  if (attribute !== 0) at = putAligned(at, attribute);
  at = putByte(at, 59);
  if (at - start >= LONGEST) return 0;
  const column = start + spacingAt(level) + nameSpacing;
  return at < column ? padTo(at, column) : putByte(at, 32);
}

/** Writes a text, padded to the width of the type column. A negative width makes C's printf pad as well. */
function putTypeColumn(at: usize, from: usize, length: u32, prefix: u32, level: u32): usize {
  const left = spacingAt(level) - <i32>prefix;
  return padTo(putCopy(at, from, length), at + prefix + abs(left));
}

/** Width of the type column at a nesting level. */
function spacingAt(level: u32): i32 {
  return TYPE_SPACING - 8 * (<i32>level - 1);
}

/** Writes the comment that says where a member is. */
function putPlace(at: usize, offset: u32, size: u32): usize {
  at = putNumber(put(at, '/* '), offset, 5);
  at = putNumber(putByte(at, 32), size, 5);
  return put(at, ' */');
}

function putBitPlace(at: usize, offset: u32, bit: u32, size: u32): usize {
  at = putNumber(put(at, '/* '), offset, 5);
  at = putNumber(putByte(at, 58), bit, 2);
  at = putNumber(putByte(at, 32), size, 2);
  return put(at, ' */');
}

/** Writes a member whose type is written in its place, up to where the comment begins. */
function putBlock(
  at: usize,
  member: usize,
  level: u32,
  base: u32,
  attribute: u32,
  bits: u32,
  isInUnion: bool,
): usize {
  const type = load<u32>(member, 4);
  const record = recordOf(type);
  const name = load<u32>(member);
  const isEnum = kindOf(record) !== Kind.Struct && kindOf(record) !== Kind.Union;
  at = putTabs(at, level);
  if (isEnum) at = putEnum(at, record, level);
  else at = putInner(at, type, record, level, base, isInUnion);
  if (at === 0) return 0;
  if (!isEnum) at = putOwnAlignment(at, type, record);
  // The blank before the name is not counted, and without a name as if it were there.
  let taken: i32 = -1;
  if (name !== 0) {
    taken = <i32>nameLength(name);
    if (<u32>taken >= LONGEST) return 0;
    at = putName(putByte(at, 32), name);
  }
  if (bits !== 0) at = putInteger(putByte(at, 58), bits);
  const before = at;
  if (attribute !== 0) at = putAligned(at, attribute);
  taken += <i32>(at - before);
  if (kindOf(record) === Kind.Struct && isPacked(type)) taken += PACKED_WIDTH;
  at = putByte(at, 59);
  return padTo(at, at + max<i32>(1, abs(spacingAt(level) + nameSpacing - taken - 3)));
}

/** Writes an array of structs or unions that are written in their place, up to where the comment begins. */
function putArrayOfBlocks(
  at: usize,
  member: usize,
  level: u32,
  base: u32,
  attribute: u32,
  isInUnion: bool,
  isOpen: bool,
): usize {
  const name = load<u32>(member);
  const array = recordOf(load<u32>(member, 4));
  const type = extraOf(array, 0);
  const record = recordOf(type);
  const count = extraOf(array, 2);
  if (name === 0) return 0;
  const start = putTabs(at, level);
  at = putInner(start, type, record, level, base, isInUnion);
  if (at === 0 || nameLength(name) >= LONGEST) return 0;
  at = putOwnAlignment(putName(putByte(at, 32), name), type, record);
  at = count === 0 && isOpen ? put(at, '[]') : putByte(putInteger(putByte(at, 91), count), 93);
  if (attribute !== 0) at = putAligned(at, attribute);
  at = putByte(at, 59);
  const column = start + spacingAt(level) + nameSpacing;
  return at < column ? padTo(at, column) : putByte(at, 32);
}

/** Writes a struct or union in its place, where it does not nest too deep. */
function putInner(at: usize, type: u32, record: usize, level: u32, base: u32, isInUnion: bool): usize {
  return level === MAX_LEVEL ? 0 : putAggregate(at, type, record, level + 1, base, isInUnion);
}

/** Writes an enum without a name up to and with its closing brace, and that it is packed. */
function putEnum(at: usize, record: usize, level: u32): usize {
  const isWide = kindOf(record) === Kind.Enum64;
  const isSigned = kindFlagOf(record);
  const stride: usize = isWide ? 12 : 8;
  const first = record + HEADER;
  const last = first + stride * <usize>vlenOf(record);
  let width: u32 = 0;
  for (let value = first; value < last; value += stride) width = max(width, nameLength(load<u32>(value)));
  if (width >= LONGEST) return 0;
  at = put(at, 'enum {\n');
  for (let value = first; value < last; value += stride) {
    if (at > lastStart) return 0;
    at = putTabs(at, level + 1);
    at = put(padTo(putName(at, load<u32>(value)), at + width), ' = ');
    let number: i64 = isSigned ? load<i32>(value, 4) : load<u32>(value, 4);
    if (isWide) number = load<u32>(value, 4) | ((<i64>load<u32>(value, 8)) << 32);
    // What has no place among the signed is for the host.
    if (!isSigned && number < 0) return 0;
    at = put(putInteger(at, number), ',\n');
  }
  at = putByte(putTabs(at, level), 125);
  const size = thirdOf(record) === 0 ? 4 : thirdOf(record);
  const isEnumPacked = callsLargePacked ? size !== 4 : size < 4;
  return isEnumPacked ? put(at, ' __attribute__((__packed__))') : at;
}

/** Writes that a cacheline begins at or before a member. */
function putBoundary(at: usize, offset: u32, level: u32): usize {
  const line = offset / cachelineSize;
  const start = line * cachelineSize;
  boundary = start + cachelineSize;
  at = putInteger(put(putTabs(at, level), '/* --- cacheline '), line);
  at = put(putInteger(put(at, ' boundary ('), start), ' bytes)');
  const past = offset - start;
  if (past !== 0) {
    at = putInteger(put(at, ' was '), past);
    at = put(at, past === 1 ? ' byte ago' : ' bytes ago');
  }
  return put(at, ' --- */\n');
}

/** {@link putMembers} for an aggregate with bitfields. */
function putPlacedMembers(at: usize, id: u32, record: usize, level: u32, base: u32, isInUnion: bool): usize {
  const isStruct = kindOf(record) === Kind.Struct;
  const placed = place(id, isStruct);
  if (placed === 0) return 0;
  const counts = level === 1;
  const firstBoundary = boundary;
  const first = record + HEADER;
  const last = first + MEMBER * <usize>vlenOf(record);
  let pending: bool = false;
  // The size that the members at the present offset take.
  let lastSize: u32 = 0;
  let bytes: i64 = 0;
  let allBits: i64 = 0;
  let into = placed;
  for (let member = first; member < last; member += MEMBER, into += PLACE) {
    const type = load<u32>(member, 4);
    if (!isType(type) || at > lastStart) {
      at = 0;
      break;
    }
    const byte = load<u32>(into, BYTE_OFFSET);
    const size = load<u32>(into, BYTE_SIZE);
    const bits = load<u32>(into, BIT_SIZE);
    const attribute = load<u32>(into, ALIGNMENT);
    if (isStruct) {
      if (attribute !== 0 && counts) countForced(member === first ? 0 : load<i32>(into - PLACE, HOLE));
      if (lastSize !== 0) {
        const behind = putRemarksBefore(at, into, type, lastSize, pending, level);
        if (behind === 0) {
          at = 0;
          break;
        }
        pending = pending || lastWasRemark;
        at = behind;
      }
      if (pending) at = putByte(at, 10);
      pending = false;
    }
    const offset = byte + base;
    if (offset >= boundary) at = putBoundary(at, offset, level);
    const shape = shapeOf(type);
    const form = shape & FORM_MASK;
    if (form < INLINE) {
      at = putDeclaration(
        at,
        member,
        shape,
        level,
        attribute,
        bits,
        isOpenEnd(member, first, last, isInUnion),
      );
    } else if (form === INLINE) {
      at = putBlock(at, member, level, isStruct ? offset : base, attribute, bits, isInUnion);
    } else if (form === INLINE_ARRAY && bits === 0) {
      const isOpen = isOpenEnd(member, first, last, isInUnion);
      at = putArrayOfBlocks(at, member, level, isStruct ? offset : base, attribute, isInUnion, isOpen);
    } else at = 0;
    if (at !== 0 && bits === 0) at = putPlace(at, offset, size);
    else if (at !== 0) at = putBitPlace(at, offset, load<u32>(into, BITFIELD_OFFSET), size);
    if (at === 0) break;
    at = putByte(at, 10);
    if (!isStruct) {
      boundary = firstBoundary;
      continue;
    }
    const isDirect = form === STRUCT || (form === INLINE && kindOf(recordOf(type)) === Kind.Struct);
    if (isDirect && !isTight(type)) {
      const behind = putTypeRemark(at, type, level, counts);
      pending = behind > at;
      at = behind;
    }
    const bitHole = narrow8(load<i32>(into, BIT_HOLE));
    if (bitHole > 0) {
      at = putHole(at, bitHole, pending, level, true);
      pending = true;
      if (counts) countBitHole(bitHole);
    }
    const hole = load<i32>(into, HOLE);
    if (hole > 0) {
      at = putHole(at, hole, pending, level, false);
      pending = true;
      if (counts) countHole(hole);
    }
    if (bits !== 0) allBits += bits;
    else bytes += size;
    const hasMoved = lastSize === 0 || load<u32>(into - PLACE, BYTE_OFFSET) !== byte;
    if (hasMoved || (bits !== 0 && load<u32>(into - PLACE, BIT_SIZE) === 0)) lastSize = size;
  }
  release(record);
  if (counts) countMembers(bytes, allBits);
  return at;
}

/** Whether {@link putRemarksBefore} wrote something that an empty line must follow. */
let lastWasRemark: bool = false;

/**
 * Writes what a bitfield needs before it to land where it is, and that members share bytes; 0 where the type of the
 * bitfield is not plain.
 */
function putRemarksBefore(
  at: usize,
  into: usize,
  type: u32,
  lastSize: u32,
  pending: bool,
  level: u32,
): usize {
  const bits = load<u32>(into, BIT_SIZE);
  const before = into - PLACE;
  const moved = <i64>load<u32>(into, BYTE_OFFSET) - <i64>load<u32>(before, BYTE_OFFSET);
  lastWasRemark = false;
  if (bits === 0 && moved >= <i64>lastSize) return at;
  const bitHole = narrow8(load<i32>(before, BIT_HOLE));
  if (bitHole > 0 && bits !== 0) {
    if (moved !== 0)
      at = put(putTabs(putByte(at, 10), level), '/* Force alignment to the next boundary: */\n');
    const shape = shapeOf(type);
    const length = (shape >>> TEXT_SHIFT) & LENGTH_MASK;
    if ((shape & FORM_MASK) !== 1 || shape >>> AFTER_SHIFT !== 0) return 0;
    at = putTabs(at, level);
    at = putTypeColumn(at, textOf(type), length, (shape >>> PREFIX_SHIFT) & PREFIX_MASK, level);
    at = put(putInteger(put(at, ' :'), moved !== 0 ? 0 : bitHole), ';\n');
  }
  const startsBitfield = load<u32>(before, BIT_SIZE) === 0 && bits !== 0;
  const isBack = moved < 0 || (moved === 0 && startsBitfield);
  if (!isBack && (moved === 0 || moved >= <i64>lastSize)) return at;
  lastWasRemark = true;
  if (!pending) at = putByte(at, 10);
  at = putTabs(at, level);
  return isBack
    ? put(at, '/* Bitfield combined with previous fields */\n')
    : put(at, '/* Bitfield combined with next fields */\n');
}

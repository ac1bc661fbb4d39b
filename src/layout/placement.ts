/**
 * Placement: where the members of structs and unions lie, what is unused between them, and which
 * alignments and packings that betrays. This is the engine below `layoutOf` and the printers. It takes
 * a range of ids, one type or a whole kernel, in two passes that append to columns:
 *
 * 1. `placeRange` finds where each member starts: the byte of its first bit, for a bitfield the storage
 *    unit of its type's size that holds that bit. It infers an alignment attribute where the member lies
 *    further than natural alignment explains, and notes where natural alignment contradicts the place:
 *    then the type, or the member's, is packed.
 * 2. `findHolesInRange` compares each start with the position behind the member before. A bitfield keeps
 *    its storage unit open: bits left in the unit when the next member starts elsewhere are a bit hole,
 *    bytes between the end of the unit and the next member are a hole.
 *
 * The rules are those of pahole, so that its users find the numbers that they know. Each pass is one
 * loop over words and typed arrays, without calls in the common case, because it runs once, while the JIT
 * is cold: as a function per member this took six times as long on a kernel.
 */

import { Kind } from '../model/kinds.ts';
import { HEADER_WORDS } from '../model/records.ts';
import type { TypeTable } from '../model/table.ts';
import { inferAlignment } from './alignment.ts';
import type { MemberColumns } from './member-columns.ts';
import type { TypeFacts } from './type-facts.ts';

/** What is unused in a struct apart from the holes behind its members. Bytes, or bits where it says so. */
export interface Waste {
  /** Number of members that a hole follows, the start of the struct counting as one. */
  holeCount: number;
  bitHoleCount: number;
  /** Unused bytes before the first member. */
  preHole: number;
  preBitHole: number;
  /** Unused bytes after the last member. */
  padding: number;
  bitPadding: number;
}

/** A {@link Waste} to be filled. */
export function emptyWaste(): Waste {
  return { holeCount: 0, bitHoleCount: 0, preHole: 0, preBitHole: 0, padding: 0, bitPadding: 0 };
}

/** Columns of {@link Waste} in {@link Placements.waste}, in its order. */
export const WASTE_FIELDS = 6;

/** Natural alignment contradicts the type's own layout. */
export const CONTRADICTS = 1;
/** The type puts a struct where that struct's natural alignment forbids. */
export const MISPLACES = 2;
/** The type has bitfields. */
export const HAS_BITFIELDS = 4;
/** All but the type's members is known: see survey.ts. */
export const SURVEYED = 8;

/** The placed composites of one table. */
export interface Placements {
  readonly facts: TypeFacts;
  readonly cachelineSize: number;
  /** Index of a type's first member in `members`; 0 for a type that has not been placed. */
  readonly first: Uint32Array;
  readonly members: MemberColumns;
  /** {@link WASTE_FIELDS} numbers for each type. */
  readonly waste: Int32Array;
  /** Inferred alignment of each type in bytes, 0 for none. */
  readonly alignment: Uint32Array;
  /** {@link CONTRADICTS}, {@link MISPLACES}, {@link HAS_BITFIELDS} and {@link SURVEYED} of each type. */
  readonly flags: Uint8Array;
}

/**
 * Places the structs and unions with ids from `from` up to `to`, without it, that have not been placed.
 * All must be own ids of `part`, the table or one of its bases.
 */
export function placeRange(placements: Placements, part: TypeTable, from: number, to: number): void {
  const { facts, first, members, flags, cachelineSize } = placements;
  const { knownSizes, knownAlignments, legacyBitfields } = facts;
  const { words, starts, firstId } = part;
  for (let id = from; id < to; id++) {
    let at = starts[id - firstId] as number;
    const info = words[at + 1] as number;
    const kind = (info >>> 24) & 0x7f;
    if ((kind !== Kind.Struct && kind !== Kind.Union) || first[id] !== 0) continue;
    const count = info & 0x00ff_ffff;
    const kindFlag = info >>> 31 === 1;
    const typeSize = words[at + 2] as number;
    const start = members.append(count);
    first[id] = start;
    const { nameOffset, typeId, bitOffset, bitSize, byteOffset, byteSize, bitfieldOffset, alignment } =
      members;

    let flag = 0;
    let largest = 1;
    let previousEnd = 0;
    at += HEADER_WORDS;
    for (let index = start, end = start + count; index < end; index++, at += 3) {
      const type = words[at + 1] as number;
      const offsetWord = words[at + 2] as number;
      const knownSize = knownSizes[type] as number;
      const size = knownSize > 0 ? knownSize - 1 : facts.sizeOf(type);
      const knownAlignment = knownAlignments[type] as number;
      const natural = knownAlignment > 0 ? knownAlignment : facts.alignmentOf(type);
      if (natural > largest) largest = natural;
      const firstBit = kindFlag ? offsetWord & 0x00ff_ffff : offsetWord;
      let byte = firstBit >>> 3;
      nameOffset[index] = words[at] as number;
      typeId[index] = type;
      bitOffset[index] = firstBit;
      byteOffset[index] = byte;
      byteSize[index] = size;
      let occupied = size;
      if ((kindFlag && offsetWord >>> 24 !== 0) || legacyBitfields[type] === 1) {
        flag |= HAS_BITFIELDS;
        placeBitfield(facts, members, index, kindFlag ? offsetWord >>> 24 : 0);
        byte = byteOffset[index] as number;
        occupied = ((bitfieldOffset[index] as number) + (bitSize[index] as number) + 7) >>> 3;
      } else if ((kind === Kind.Union ? typeSize : byte) % natural !== 0) {
        if (byte % natural !== 0) flag |= CONTRADICTS;
        if (facts.isStructBehindAliases(type)) flag |= MISPLACES;
      }
      if (byte !== previousEnd) alignment[index] = inferAlignment(byte, natural, previousEnd, cachelineSize);
      if (size !== 0) previousEnd = byte + occupied;
    }
    if (knownAlignments[id] === 0) knownAlignments[id] = largest;
    if (typeSize !== previousEnd) {
      placements.alignment[id] = inferAlignment(typeSize, largest, previousEnd, cachelineSize);
    }
    flags[id] = typeSize % largest !== 0 ? flag | CONTRADICTS : flag;
  }
}

/**
 * A bitfield lies in the unit of its type's size that holds its first bit. Before the kind flag (`bits`
 * is 0), width and place within the member are those of an int type made for it.
 */
function placeBitfield(facts: TypeFacts, members: MemberColumns, index: number, bits: number): void {
  const type = members.typeId[index] as number;
  const size = members.byteSize[index] as number;
  let firstBit = members.bitOffset[index] as number;
  if (bits === 0) {
    firstBit += facts.legacyBitOffset(type);
    members.bitOffset[index] = firstBit;
    members.byteOffset[index] = firstBit >>> 3;
  }
  members.bitSize[index] = bits === 0 ? facts.legacyBitSize(type) : bits;
  if (size === 0 || !facts.isScalarBehindAliases(type)) return;
  const unitStart = Math.floor(firstBit / (size * 8)) * size;
  members.byteOffset[index] = unitStart;
  members.bitfieldOffset[index] = firstBit - unitStart * 8;
}

/**
 * Offsets are numbers of bits of 32 bits: behind half a gigabyte they begin anew, and places differ
 * modulo this many bytes.
 */
export const OFFSET_RANGE = 0x2000_0000;

/** Finds what is unused in the placed structs with ids from `from` up to `to`, own ids of `part`. */
export function findHolesInRange(placements: Placements, part: TypeTable, from: number, to: number): void {
  const { first, members, waste, flags } = placements;
  const { bitOffset, byteSize, hole } = members;
  const { words, starts, firstId } = part;
  for (let id = from; id < to; id++) {
    const at = starts[id - firstId] as number;
    const info = words[at + 1] as number;
    if (((info >>> 24) & 0x7f) !== Kind.Struct) continue;
    const typeSize = words[at + 2] as number;
    const start = first[id] as number;
    const end = start + (info & 0x00ff_ffff);
    if (((flags[id] as number) & HAS_BITFIELDS) !== 0) {
      findHolesAtBitfields(placements, id, { typeSize, range: OFFSET_RANGE });
      continue;
    }
    let lastByte = 0;
    let holeCount = 0;
    for (let index = start; index < end; index++) {
      const byte = (bitOffset[index] as number) >>> 3;
      if (byte !== lastByte) {
        const unused = byte - (lastByte % OFFSET_RANGE);
        if (unused > 0) holeCount++;
        if (index === start) waste[id * WASTE_FIELDS + 2] = unused;
        else hole[index - 1] = unused;
      }
      lastByte = byte + (byteSize[index] as number);
    }
    if (holeCount !== 0) waste[id * WASTE_FIELDS] = holeCount;
    if (typeSize !== lastByte) waste[id * WASTE_FIELDS + 4] = (typeSize - lastByte) % OFFSET_RANGE;
  }
}

/** What {@link findHolesAtBitfields} must know of a struct besides its members. */
export interface HoleSearch {
  readonly typeSize: number;
  /** Bytes after which offsets begin anew. */
  readonly range: number;
  /** Has a 1 for each member that does not count. */
  readonly skipped?: Uint8Array | undefined;
}

/** The same for a struct with bitfields, whose members end at bits. */
export function findHolesAtBitfields(
  placements: Placements,
  id: number,
  { typeSize, range, skipped }: HoleSearch,
): void {
  const { facts, first, members, waste } = placements;
  const { bitOffset, bitSize, byteOffset, byteSize, hole, bitHole } = members;
  const start = first[id] as number;
  const end = start + facts.table.vlen(id);
  let last = -1;
  let inBitfield = false;
  // The position behind the last member, and the end and size of the storage unit that is open, in bits.
  let lastBit = 0;
  let unitEnd = typeSize * 8;
  let unitSize = 0;
  let holeCount = 0;
  let bitHoleCount = 0;
  for (let index = start; index < end; index++) {
    if (skipped !== undefined && skipped[index - start] === 1) continue;
    const firstBit = bitOffset[index] as number;
    const bits = bitSize[index] as number;
    const size = (byteSize[index] as number) * 8;
    let unusedBytes = 0;
    let unusedBits = 0;
    if (inBitfield) {
      const unused = Math.min(firstBit, unitEnd);
      unusedBits = unused - lastBit;
      lastBit = unused;
    }
    if (bits === 0) {
      unusedBytes = Math.floor(firstBit / 8) - (Math.floor(lastBit / 8) % range);
      lastBit = firstBit + size;
      unitSize = 0;
      unitEnd = lastBit;
    } else {
      const unitStart = (byteOffset[index] as number) * 8;
      if (lastBit < unitStart && unitStart <= firstBit) {
        unusedBytes = unitStart / 8 - Math.floor(lastBit / 8);
        lastBit = unitStart;
      }
      unusedBits += firstBit - lastBit;
      lastBit = firstBit + bits;
      if (lastBit > unitEnd || size > unitSize) {
        unitSize = size;
        unitEnd = unitStart + unitSize;
        // A bitfield that starts in the unit before reaches into the next one.
        if (lastBit > unitEnd) unitEnd += unitSize;
      }
    }
    inBitfield = bits !== 0;
    if (unusedBits !== 0) bitHoleCount++;
    if (unusedBytes > 0) holeCount++;
    if (last < 0) {
      waste[id * WASTE_FIELDS + 2] = toInt32(unusedBytes);
      waste[id * WASTE_FIELDS + 3] = toInt32(unusedBits);
    } else {
      hole[last] = toInt32(unusedBytes);
      bitHole[last] = toInt32(unusedBits);
    }
    last = index;
  }
  if (inBitfield) {
    const unused = Math.min(typeSize * 8, unitEnd);
    waste[id * WASTE_FIELDS + 5] = toInt32(unused - lastBit);
    lastBit = unused;
  }
  waste[id * WASTE_FIELDS] = holeCount;
  waste[id * WASTE_FIELDS + 1] = bitHoleCount;
  waste[id * WASTE_FIELDS + 4] = toInt32((typeSize - Math.floor(lastBit / 8)) % range);
}

/** The nearest number that the columns hold: only types beyond 2 GiB have larger ones. */
function toInt32(value: number): number {
  return Math.max(-0x8000_0000, Math.min(0x7fff_ffff, value));
}

/**
 * Placement: where the members of a struct or union lie, and what is unused between them. This is
 * the engine below `layoutOf` and the printers.
 *
 * 1. `placeMembers` turns records into members with a byte offset, a size and, for bitfields, the
 *    storage unit that the width is cut from.
 * 2. `findHoles` walks the members of a struct in order, with the position behind the last one seen.
 *    A bitfield keeps its storage unit open: bits left over in the unit when the next member starts
 *    elsewhere are a bit hole, bytes between the end of the unit and the next member are a hole.
 *
 * The rules are those of pahole, so that its users find the numbers that they know.
 */

import { Kind } from '../model/kinds.ts';
import { HEADER_WORDS } from '../model/records.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { memberBitOffset, memberBitSize } from '../model/types.ts';
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

/** Fills `columns` with the members of `id`, apart from their holes and alignments. */
export function placeMembers(facts: TypeFacts, id: TypeId, columns: MemberColumns): void {
  const { table } = facts;
  const vlen = table.kind(id) === Kind.Forward ? 0 : table.vlen(id);
  columns.reset(vlen);
  if (vlen === 0) return;
  const owner = table.owner(id) as TypeTable;
  const { words } = owner;
  const kindFlag = table.kindFlag(id);
  let at = owner.startOf(id) + HEADER_WORDS;
  for (let index = 0; index < vlen; index++, at += 3) {
    columns.nameOffset[index] = words[at] as number;
    columns.typeId[index] = words[at + 1] as number;
    const offsetWord = words[at + 2] as number;
    placeMember(facts, columns, index, memberBitOffset(offsetWord, kindFlag));
    if (kindFlag) placeBitfield(facts, columns, index, memberBitSize(offsetWord, kindFlag));
    else if (facts.legacyBitfields) placeLegacyBitfield(facts, columns, index);
  }
}

function placeMember(facts: TypeFacts, columns: MemberColumns, index: number, bitOffset: number): void {
  columns.bitOffset[index] = bitOffset;
  columns.byteOffset[index] = bitOffset >>> 3;
  columns.byteSize[index] = facts.sizeOf(columns.typeId[index] as number);
  columns.bitSize[index] = 0;
  columns.bitfieldOffset[index] = 0;
}

/** A bitfield lies in the unit of its type's size that holds its first bit. */
function placeBitfield(facts: TypeFacts, columns: MemberColumns, index: number, bitSize: number): void {
  if (bitSize === 0) return;
  columns.bitSize[index] = bitSize;
  const unit = (columns.byteSize[index] as number) * 8;
  if (unit === 0 || !isScalar(facts.table.kind(facts.strip(columns.typeId[index] as number)))) return;
  const bitOffset = columns.bitOffset[index] as number;
  const start = Math.floor(bitOffset / unit) * unit;
  columns.byteOffset[index] = start / 8;
  columns.bitfieldOffset[index] = bitOffset - start;
}

/** Before the kind flag, the width of a bitfield was that of an int type made for it. */
function placeLegacyBitfield(facts: TypeFacts, columns: MemberColumns, index: number): void {
  const type = facts.strip(columns.typeId[index] as number);
  if (!facts.isLegacyBitfield(type)) return;
  const data = facts.table.extra(type, 0);
  columns.bitOffset[index] = (columns.bitOffset[index] as number) + ((data >>> 16) & 0xff);
  placeBitfield(facts, columns, index, data & 0xff);
}

function isScalar(kind: number): boolean {
  return kind === Kind.Int || kind === Kind.Enum || kind === Kind.Enum64 || kind === Kind.Float;
}

/** Sets the holes behind the members in `columns`, placed members of a struct of `byteSize` bytes. */
export function findHoles(columns: MemberColumns, byteSize: number, waste: Waste): void {
  waste.holeCount = 0;
  waste.bitHoleCount = 0;
  waste.preHole = 0;
  waste.preBitHole = 0;
  let inBitfield = false;
  // End and size of the storage unit that is open, in bits.
  let unitEnd = byteSize * 8;
  let unitSize = 0;
  let lastBit = 0;
  for (let index = 0; index < columns.count; index++) {
    const start = columns.bitOffset[index] as number;
    const bitSize = columns.bitSize[index] as number;
    let bitHole = 0;
    let hole = 0;
    if (inBitfield) {
      const end = Math.min(start, unitEnd);
      bitHole = end - lastBit;
      lastBit = end;
    }
    if (bitSize === 0) {
      hole = Math.floor(start / 8) - Math.floor(lastBit / 8);
      lastBit = start + (columns.byteSize[index] as number) * 8;
      unitSize = 0;
      unitEnd = lastBit;
      inBitfield = false;
    } else {
      const byteOffset = columns.byteOffset[index] as number;
      const unitStart = byteOffset * 8;
      if (lastBit < unitStart && unitStart <= start) {
        hole = byteOffset - Math.floor(lastBit / 8);
        lastBit = unitStart;
      }
      bitHole += start - lastBit;
      lastBit = start + bitSize;
      const ownSize = (columns.byteSize[index] as number) * 8;
      if (lastBit > unitEnd || ownSize > unitSize) {
        unitSize = ownSize;
        unitEnd = unitStart + ownSize;
        // A bitfield that starts in the unit before reaches into the next one.
        if (lastBit > unitEnd) unitEnd += ownSize;
      }
      inBitfield = true;
    }
    if (bitHole !== 0) waste.bitHoleCount++;
    if (hole > 0) waste.holeCount++;
    if (index === 0) {
      waste.preHole = hole;
      waste.preBitHole = bitHole;
    } else {
      columns.hole[index - 1] = hole;
      columns.bitHole[index - 1] = bitHole;
    }
  }
  if (columns.count > 0) {
    columns.hole[columns.count - 1] = 0;
    columns.bitHole[columns.count - 1] = 0;
  }
  waste.bitPadding = 0;
  if (inBitfield) {
    const end = Math.min(byteSize * 8, unitEnd);
    waste.bitPadding = end - lastBit;
    lastBit = end;
  }
  waste.padding = byteSize - Math.floor(lastBit / 8);
}

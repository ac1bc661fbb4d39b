/**
 * A survey of structs and unions: what placing them finds, all but the members. It is what a listing must
 * know of all types before it prints the first one, in a third of the time.
 */

import { Kind } from '../model/kinds.ts';
import { HEADER_WORDS } from '../model/records.ts';
import type { TypeTable } from '../model/table.ts';
import { inferAlignment } from './alignment.ts';
import {
  CONTRADICTS,
  findHolesInRange,
  MISPLACES,
  OFFSET_RANGE,
  type Placements,
  placeRange,
  SURVEYED,
  WASTE_FIELDS,
} from './placement.ts';
import type { TypeFacts } from './type-facts.ts';

/**
 * Finds waste, alignment and flags of structs and unions, given by ascending ids; those with bitfields it
 * places. The rules are those of placement.ts, in one loop over words: most types have neither bitfields
 * nor anything between their members.
 */
export function survey(placements: Placements, composites: Uint32Array): void {
  const { facts, first, flags, waste, cachelineSize } = placements;
  const { knownSizes, knownAlignments, legacyBitfields, table } = facts;
  let part = table;
  let { words, starts, firstId, end: partEnd } = part;
  for (let next = 0; next < composites.length; next++) {
    const id = composites[next] as number;
    if (id < firstId || id >= partEnd) {
      part = table.owner(id) as TypeTable;
      ({ words, starts, firstId, end: partEnd } = part);
    }
    const start = starts[id - firstId] as number;
    const info = words[start + 1] as number;
    const kind = (info >>> 24) & 0x7f;
    if (first[id] !== 0) continue;
    const isStruct = kind === Kind.Struct;
    const typeSize = words[start + 2] as number;
    // What natural alignment must divide: in a union the size, in a struct each member's offset.
    let place = typeSize;
    let flag = SURVEYED;
    let largest = 1;
    let lastByte = 0;
    // The same, without regard to members without size.
    let previousEnd = 0;
    let holeCount = 0;
    let at = start + HEADER_WORDS;
    const end = at + 3 * (info & 0x00ff_ffff);
    // A bitfield has its width in the upper bits.
    const bitfield = info >>> 31 === 1 ? 0xff00_0000 | 0 : 0;
    for (; at < end; at += 3) {
      const type = words[at + 1] as number;
      const offsetWord = words[at + 2] as number;
      const size = (knownSizes[type] || facts.sizeOf(type) + 1) - 1;
      const natural = knownAlignments[type] || facts.alignmentOf(type);
      if ((offsetWord & bitfield) !== 0 || legacyBitfields[type] === 1) break;
      const byte = offsetWord >>> 3;
      if (natural > largest) largest = natural;
      if (isStruct) place = byte;
      if (place % natural !== 0) {
        if (byte % natural !== 0) flag |= CONTRADICTS;
        if (facts.isStructBehindAliases(type)) flag |= MISPLACES;
      }
      if (byte !== lastByte) {
        const unused = byte - (lastByte % OFFSET_RANGE);
        if (unused > 0) holeCount++;
        if (isStruct && at === start + HEADER_WORDS) waste[id * WASTE_FIELDS + 2] = unused;
      }
      lastByte = byte + size;
      if (size !== 0) previousEnd = lastByte;
    }
    if (at < end) {
      placeRange(placements, part, id, id + 1);
      findHolesInRange(placements, part, id, id + 1);
      continue;
    }
    if (knownAlignments[id] === 0) knownAlignments[id] = largest;
    if (typeSize !== previousEnd) {
      placements.alignment[id] = inferAlignment(typeSize, largest, previousEnd, cachelineSize);
    }
    if (typeSize % largest !== 0) flag |= CONTRADICTS;
    flags[id] = flag;
    if (!isStruct) continue;
    if (holeCount !== 0) waste[id * WASTE_FIELDS] = holeCount;
    if (typeSize !== lastByte) waste[id * WASTE_FIELDS + 4] = (typeSize - lastByte) % OFFSET_RANGE;
  }
}

/** A multiple, in bytes, of what any type of a table wants to be aligned to: what lies at a multiple of it lies well. */
function naturalUnit({ words, starts, pointerSize }: TypeTable): number {
  let largest = pointerSize;
  for (let index = 0; index < starts.length; index++) {
    const start = starts[index] as number;
    const kind = ((words[start + 1] as number) >>> 24) & 0x7f;
    const isScalar = kind === Kind.Int || kind === Kind.Float || kind === Kind.Complex;
    if (isScalar && (words[start + 2] as number) > largest) largest = words[start + 2] as number;
  }
  return 2 ** Math.ceil(Math.log2(Math.max(8, largest)));
}

/**
 * Of `composites`, own ids of the table, those that may put a struct where its natural alignment forbids: whoever has
 * a member by value, behind aliases, in an odd place. A loop over words, since nothing else of most is needed.
 */
export function possibleMisplacers(facts: TypeFacts, composites: Uint32Array): number[] {
  const { table } = facts;
  const { words, starts, firstId, end } = table;
  const found: number[] = [];
  const unit = naturalUnit(table);
  const mask = 8 * unit - 1;
  for (let next = 0; next < composites.length; next++) {
    const id = composites[next] as number;
    const start = starts[id - firstId] as number;
    const info = words[start + 1] as number;
    const isStruct = ((info >>> 24) & 0x7f) === Kind.Struct;
    const size = words[start + 2] as number;
    if (!isStruct && size % unit === 0) continue;
    const last = start + HEADER_WORDS + 3 * (info & 0x00ff_ffff);
    for (let at = start + HEADER_WORDS; at < last; at += 3) {
      if (isStruct && ((words[at + 2] as number) & mask) === 0) continue;
      const type = words[at + 1] as number;
      if (!(type >= firstId && type < end)) continue;
      const kind = ((words[(starts[type - firstId] as number) + 1] as number) >>> 24) & 0x7f;
      // Most members are pointers and ints.
      if (kind === Kind.Pointer || kind === Kind.Int || !facts.isStructBehindAliases(type)) continue;
      found.push(id);
      break;
    }
  }
  return found;
}

/**
 * Holes between members that pahole has moved, by `-w` or `--reorganize`. As `findHolesInRange`, but in the
 * numbers of C: members may lie before the start of their struct, which is far behind its end.
 */

import type { MemberColumns } from './member-columns.ts';
import { WASTE_FIELDS } from './placement.ts';

/** A struct whose holes are looked for. */
export interface HolesInput {
  readonly members: MemberColumns;
  /** Indexes of its members. */
  readonly start: number;
  readonly end: number;
  readonly byteSize: number;
  /** Columns of {@link Waste}, and where those of this struct begin. */
  readonly waste: Int32Array;
  readonly at: number;
}

/** Sets the holes between the members of a struct, and what it wastes. */
export function findWrappedHoles({ members, start, end, byteSize, waste, at }: HolesInput): void {
  const { bitOffset, bitSize, byteOffset, byteSize: memberSize, hole, bitHole } = members;
  waste.fill(0, at, at + WASTE_FIELDS);
  let holeCount = 0;
  let bitHoleCount = 0;
  let inBitfield = false;
  let lastBit = 0;
  let unitEnd = (byteSize * 8) >>> 0;
  let unitSize = 0;
  for (let index = start; index < end; index++) {
    const firstBit = bitOffset[index] as number;
    const bits = bitSize[index] as number;
    const size = ((memberSize[index] as number) * 8) >>> 0;
    let unusedBytes = 0;
    let unusedBits = 0;
    if (inBitfield) {
      const unused = Math.min(firstBit, unitEnd);
      unusedBits = (unused - lastBit) | 0;
      lastBit = unused;
    }
    if (bits === 0) {
      unusedBytes = (firstBit >>> 3) - (lastBit >>> 3);
      unitSize = 0;
      unitEnd = lastBit = (firstBit + size) >>> 0;
    } else {
      const unitByte = byteOffset[index] as number;
      const unitStart = (unitByte * 8) >>> 0;
      if (lastBit < unitStart && unitStart <= firstBit) {
        unusedBytes = (unitByte - (lastBit >>> 3)) | 0;
        lastBit = unitStart;
      }
      unusedBits = (unusedBits + firstBit - lastBit) | 0;
      lastBit = (firstBit + bits) >>> 0;
      if (lastBit > unitEnd || size > unitSize) {
        unitSize = size;
        unitEnd = (unitStart + size) >>> 0;
        if (lastBit > unitEnd) unitEnd = (unitEnd + size) >>> 0;
      }
    }
    inBitfield = bits !== 0;
    if (unusedBits !== 0) bitHoleCount++;
    if (unusedBytes > 0) holeCount++;
    if (index > start) {
      hole[index - 1] = unusedBytes;
      bitHole[index - 1] = unusedBits & 0xff;
    } else {
      waste[at + 2] = unusedBytes & 0xffff;
      waste[at + 3] = unusedBits & 0xff;
    }
  }
  if (end > start) hole[end - 1] = bitHole[end - 1] = 0;
  if (inBitfield) {
    const unused = Math.min((byteSize * 8) >>> 0, unitEnd);
    waste[at + 5] = (unused - lastBit) & 0xff;
    lastBit = unused;
  }
  waste[at] = holeCount & 0xff;
  waste[at + 1] = bitHoleCount & 0xff;
  waste[at + 4] = (byteSize - (lastBit >>> 3)) & 0xffff;
}

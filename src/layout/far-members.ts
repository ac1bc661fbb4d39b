/**
 * Members that lie further from the start of their type than the offset in its record counts: 512 MiB, or 2 MiB
 * in a composite with bitfields. DWARF has such offsets, and the side columns their upper bits.
 */

import { recordOffsetRange } from '../model/records.ts';
import type { SideColumns } from '../model/side-columns.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import type { MemberColumns } from './member-columns.ts';
import type { Placements } from './placement.ts';

/** Moves the far members of a placed struct or union, an own id of `part`, to their places; whether it has any. */
export function placeFarMembers(
  { first, members }: Placements,
  part: TypeTable,
  side: SideColumns,
  id: TypeId,
): boolean {
  const start = first[id] as number;
  const range = recordOffsetRange(part.kindFlag(id));
  let hasFar = false;
  for (let element = part.vlen(id) - 1; element >= 0; element--) {
    const high = side.highOffset(id, element);
    if (high === 0) continue;
    hasFar = true;
    const low = (members.bitOffset[start + element] as number) % range;
    moveMember(members, start + element, high * range + low);
  }
  return hasFar;
}

/** Storage units do not cross the ranges of offsets, so that a bitfield keeps its place in its unit. */
function moveMember({ bitOffset, byteOffset }: MemberColumns, index: number, place: number): void {
  const bits = place - (bitOffset[index] as number);
  bitOffset[index] = place;
  byteOffset[index] = (byteOffset[index] as number) + bits / 8;
}

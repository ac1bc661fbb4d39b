/**
 * What side columns change in the placement of structs and unions: members may lie further from the start than
 * the offset of a record counts; what the object itself places, such as a virtual base, has no place; and neither
 * it nor a base without size has holes around it.
 */

import { Kind } from '../model/kinds.ts';
import type { SideColumns } from '../model/side-columns.ts';
import type { TypeTable } from '../model/table.ts';
import { placeFarMembers } from './far-members.ts';
import { NO_OFFSET } from './member-columns.ts';
import {
  CONTRADICTS,
  findHolesAtBitfields,
  MISPLACES,
  OFFSET_RANGE,
  type Placements,
  WASTE_FIELDS,
} from './placement.ts';

/** Corrects the placed structs and unions with ids from `from` up to `to`, own ids of `part`. */
export function placeBySide(
  placements: Placements,
  part: TypeTable,
  side: SideColumns,
  from: number,
  to: number,
): void {
  for (let id = from; id < to; id++) {
    const kind = part.kind(id);
    if (kind !== Kind.Struct && kind !== Kind.Union) continue;
    const hasFlags = side.hasMemberFlags(id, part.vlen(id));
    const hasFar = hasFlags && placeFarMembers(placements, part, side, id);
    if (kind === Kind.Union) continue;
    const skipped = hasFlags ? skippedElements(placements, part, side, id) : undefined;
    // Beyond the range placement takes what is unused modulo the range.
    if (skipped === undefined && part.sizeOrType(id) < OFFSET_RANGE && !hasFar) continue;
    resetHoles(placements, id, part.vlen(id));
    findHolesAtBitfields(placements, id, { typeSize: part.sizeOrType(id), skipped, range: Infinity });
  }
}

/** For each element 1 where it does not count, or undefined where all do. What the object places loses its place. */
function skippedElements(
  placements: Placements,
  part: TypeTable,
  side: SideColumns,
  id: number,
): Uint8Array | undefined {
  const { members, first } = placements;
  const start = first[id] as number;
  const skipped = new Uint8Array(part.vlen(id));
  let hasUnplaced = false;
  for (let element = 0; element < skipped.length; element++) {
    if (side.isPlacedByObject(id, element)) {
      hasUnplaced = true;
      unplace(placements, start + element);
    }
    const byteSize = members.byteSize[start + element] as number;
    if (!side.takesSpace(id, element, byteSize)) skipped[element] = 1;
  }
  if (hasUnplaced) inferAgain(placements, part, id);
  return skipped.includes(1) ? skipped : undefined;
}

function unplace({ members }: Placements, index: number): void {
  members.byteOffset[index] = NO_OFFSET;
  members.bitOffset[index] = (NO_OFFSET << 3) >>> 0;
  members.bitSize[index] = 0;
  members.bitfieldOffset[index] = 0;
}

function resetHoles({ members, first, waste }: Placements, id: number, count: number): void {
  const start = first[id] as number;
  members.hole.fill(0, start, start + count);
  members.bitHole.fill(0, start, start + count);
  waste.fill(0, id * WASTE_FIELDS, (id + 1) * WASTE_FIELDS);
}

/** What natural alignment says of a class with virtual bases, which lie where it wants them. */
function inferAgain({ facts, flags, first, members }: Placements, part: TypeTable, id: number): void {
  const start = first[id] as number;
  let flag = (flags[id] as number) & ~(CONTRADICTS | MISPLACES);
  let largest = 1;
  for (let index = start; index < start + part.vlen(id); index++) {
    const type = members.typeId[index] as number;
    const offset = members.byteOffset[index] as number;
    const isUnplaced = offset === NO_OFFSET;
    if (isUnplaced && !facts.paholeClasses) continue;
    const natural = facts.alignmentOf(type);
    if (!isUnplaced) largest = Math.max(largest, natural);
    if (members.bitSize[index] !== 0 || offset % natural === 0) continue;
    if (!isUnplaced) flag |= CONTRADICTS;
    if (facts.isStructBehindAliases(type)) flag |= MISPLACES;
  }
  flags[id] = part.sizeOrType(id) % largest !== 0 ? flag | CONTRADICTS : flag;
}

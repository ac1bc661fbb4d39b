/**
 * What base classes change in the placement of a class: a virtual base has no place that DWARF knows, and
 * neither it nor a base without size has holes around it.
 */

import { Kind } from '../model/kinds.ts';
import { MemberFlag, type SideColumns } from '../model/side-columns.ts';
import type { TypeTable } from '../model/table.ts';
import { NO_OFFSET } from './member-columns.ts';
import { CONTRADICTS, findHolesAtBitfields, MISPLACES, type Placements, WASTE_FIELDS } from './placement.ts';

/** Corrects the placed structs with ids from `from` up to `to`, own ids of `part`, that have bases. */
export function placeBases(
  placements: Placements,
  part: TypeTable,
  side: SideColumns,
  from: number,
  to: number,
): void {
  for (let id = from; id < to; id++) {
    if (part.kind(id) !== Kind.Struct || !side.hasMemberFlags(id, part.vlen(id))) continue;
    const skipped = skippedBases(placements, part, side, id);
    if (skipped === undefined) continue;
    resetHoles(placements, id, skipped.length);
    findHolesAtBitfields(placements, id, part.sizeOrType(id), skipped);
  }
}

/** For each element 1 where it does not count, or undefined where all do. Virtual bases lose their place. */
function skippedBases(
  placements: Placements,
  part: TypeTable,
  side: SideColumns,
  id: number,
): Uint8Array | undefined {
  const { members, first } = placements;
  const start = first[id] as number;
  const skipped = new Uint8Array(part.vlen(id));
  let hasVirtual = false;
  for (let element = 0; element < skipped.length; element++) {
    const flags = side.memberFlags(id, element);
    if ((flags & MemberFlag.Inheritance) === 0) continue;
    const isVirtual = (flags & MemberFlag.Virtual) !== 0;
    if (isVirtual || members.byteSize[start + element] === 0) skipped[element] = 1;
    if (!isVirtual) continue;
    hasVirtual = true;
    unplace(placements, start + element);
  }
  if (hasVirtual) inferAgain(placements, part, id);
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

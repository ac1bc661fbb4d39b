/** The static members of a union, which pahole takes for data members in DWARF 2 to 4: the quirk `staticMembers`. */

import { Kind } from '../model/kinds.ts';
import { type Child, ChildCode } from '../model/side-columns.ts';
import type { TypeId, TypeTable } from '../model/table.ts';

/** Ids of the static members that are written as data members, by the number of data members before them. */
export function staticsByPlace({ side }: TypeTable, id: TypeId): ReadonlyMap<number, readonly TypeId[]> {
  const statics = new Map<number, TypeId[]>();
  let place = 0;
  for (const child of side?.childrenOf(id) ?? []) {
    if (child.code === ChildCode.Member) place = child.value + 1;
    if (!isTakenForMember(child)) continue;
    const here = statics.get(place);
    if (here === undefined) statics.set(place, [child.value]);
    else here.push(child.value);
  }
  return statics;
}

/** The number of members that pahole counts in a struct or union. */
export function paholeMemberCount(table: TypeTable, id: TypeId): number {
  const statics = table.kind(id) === Kind.Union ? table.side?.childrenOf(id)?.filter(isTakenForMember) : [];
  return table.vlen(id) + (statics?.length ?? 0);
}

function isTakenForMember({ code, isWrittenAsMember }: Child): boolean {
  return code === ChildCode.StaticMember && isWrittenAsMember;
}

/** Base classes, as DWARF tells of them: which of them are virtual. */

import { MemberFlag, type SideColumns } from '../model/side-columns.ts';
import type { TypeId, TypeTable } from '../model/table.ts';

/** Classes that are looked at; real hierarchies stay below some tens. */
const MAX_CLASSES = 1_000;

/** Whether a class has a virtual base, itself or by one of its bases. */
export function hasVirtualBases(table: TypeTable, side: SideColumns, id: TypeId): boolean {
  const classes = new Set([id]);
  // What is added while the set is walked is walked too.
  for (const type of classes) {
    for (let index = table.vlen(type) - 1; index >= 0; index--) {
      const flags = side.memberFlags(type, index);
      if ((flags & MemberFlag.Inheritance) === 0) continue;
      if ((flags & MemberFlag.Virtual) !== 0) return true;
      if (classes.size < MAX_CLASSES) classes.add(table.extra(type, 3 * index + 1));
    }
  }
  return false;
}

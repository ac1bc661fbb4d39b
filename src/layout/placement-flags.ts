/** What the places of members say about packing, for members that were placed by something else. */

import type { TypeId } from '../model/table.ts';
import { CONTRADICTS, MISPLACES, type Placements } from './placement.ts';

/** Finds again what the moved members of a struct, or a union, say about packing. */
export function setFlags(
  { facts, first, flags, members }: Placements,
  id: TypeId,
  kind: 'struct' | 'union',
): void {
  const { table } = facts;
  const size = table.sizeOrType(id);
  const start = first[id] as number;
  let largest = 1;
  let flag = 0;
  for (let index = start; index < start + table.vlen(id); index++) {
    const type = members.typeId[index] as number;
    const alignment = facts.alignmentOf(type);
    largest = Math.max(largest, alignment);
    const offset = members.byteOffset[index] as number;
    if (offset % alignment !== 0) flag |= CONTRADICTS;
    if ((kind === 'union' ? size : offset) % alignment !== 0 && facts.isStructBehindAliases(type))
      flag |= MISPLACES;
  }
  flags[id] = size % largest === 0 ? flag : flag | CONTRADICTS;
}

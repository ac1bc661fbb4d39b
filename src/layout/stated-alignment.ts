/** Alignments that a file states, as DWARF does, in place of those that placement infers. */

import { Kind } from '../model/kinds.ts';
import type { SideColumns } from '../model/side-columns.ts';
import type { TypeTable } from '../model/table.ts';
import { CONTRADICTS, type Placements } from './placement.ts';

/** Replaces the inferred alignments of the placed types with ids from `from` up to `to`, own ids of `table`. */
export function applyStatedAlignments(
  placements: Placements,
  table: TypeTable,
  side: SideColumns,
  from: number,
  to: number,
): void {
  const { facts, first, members, alignment, flags } = placements;
  for (let id = from; id < to; id++) {
    const kind = table.kind(id);
    if (kind !== Kind.Struct && kind !== Kind.Union) continue;
    const start = first[id] as number;
    for (let index = table.vlen(id) - 1; index >= 0; index--) {
      members.alignment[start + index] = side.memberAlignment(id, index);
    }
    alignment[id] = side.alignment(id);
    // Who asks for bytes where the members ask for more wants it packed.
    if (alignment[id] === 1 && facts.alignmentOf(id) > 1) flags[id] = (flags[id] as number) | CONTRADICTS;
  }
}

/** The order of `--sort` as pahole has it; sorted-types.ts has the right one. */

import type { TypeId } from '../model/table.ts';
import type { EmitContext } from './context.ts';
import type { PaholeEmitter } from './pahole.ts';
import { compareMember, compareMembers, compareNames } from './same-composite.ts';
import { putTypeName } from './type-text.ts';

/** A type to be sorted, with the emitter of its table. */
export interface SortEntry {
  readonly emitter: PaholeEmitter;
  readonly id: TypeId;
}

/** Longest type name that takes part in the order, as in pahole. */
const COMPARED_NAME_LIMIT = 1023;

/**
 * Sorts as pahole 1.31 does. Types are only told apart by their members' types when two have the same
 * name, size and members; and then a type is dropped whose members begin with those of an earlier one
 * of its name, while one that has fewer members than an earlier one goes before it.
 */
export function sortAsPahole(entries: readonly SortEntry[]): SortEntry[] {
  const bySize = [...entries].sort(compareShallow);
  const needsTypes = bySize.some((entry, index) => {
    const next = bySize[index + 1];
    return next !== undefined && vlenOf(entry) > 0 && compareShallow(entry, next) === 0;
  });
  if (!needsTypes) return sortUnique(entries, compareShallow);
  return groupByName(entries).flatMap((group) => group.reduce(insertAsPahole, []));
}

function vlenOf({ emitter, id }: SortEntry): number {
  return emitter.context.table.vlen(id);
}

/** Entries of one name each, in their order, the groups in the order of the names. */
function groupByName(entries: readonly SortEntry[]): SortEntry[][] {
  const groups: SortEntry[][] = [];
  for (const entry of [...entries].sort(compareByName)) {
    const group = groups.at(-1);
    if (group !== undefined && compareByName(group[0] as SortEntry, entry) === 0) group.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

function insertAsPahole(sorted: SortEntry[], entry: SortEntry): SortEntry[] {
  for (const [index, present] of sorted.entries()) {
    const order = compareByMembers(present, entry);
    if (order === 0 && vlenOf(present) <= vlenOf(entry)) return sorted;
    if (order >= 0) return sorted.toSpliced(index, 0, entry);
  }
  return [...sorted, entry];
}

function sortUnique(
  entries: readonly SortEntry[],
  compare: (a: SortEntry, b: SortEntry) => number,
): SortEntry[] {
  const sorted = [...entries].sort(compare);
  return sorted.filter((entry, index) => index === 0 || compare(sorted[index - 1] as SortEntry, entry) !== 0);
}

function compareShallow(a: SortEntry, b: SortEntry): number {
  const [aTable, bTable] = [a.emitter.context.table, b.emitter.context.table];
  return (
    compareNames(aTable, aTable.nameOffset(a.id), bTable, bTable.nameOffset(b.id)) ||
    aTable.sizeOrType(a.id) - bTable.sizeOrType(b.id) ||
    aTable.vlen(a.id) - bTable.vlen(b.id) ||
    compareMembers(aTable, a.id, bTable, b.id)
  );
}

function compareByName(a: SortEntry, b: SortEntry): number {
  const [aTable, bTable] = [a.emitter.context.table, b.emitter.context.table];
  return compareNames(aTable, aTable.nameOffset(a.id), bTable, bTable.nameOffset(b.id));
}

function compareByMembers(a: SortEntry, b: SortEntry): number {
  const [aTable, bTable] = [a.emitter.context.table, b.emitter.context.table];
  const order = compareByName(a, b);
  if (order !== 0) return order;
  const count = Math.min(aTable.vlen(a.id), bTable.vlen(b.id));
  for (let index = 0; index < count; index++) {
    const memberOrder =
      compareMember(aTable, a.id, bTable, b.id, index) ||
      compareTypeNames(a.emitter.context, a.id, b.emitter.context, b.id, index);
    if (memberOrder !== 0) return memberOrder;
  }
  return 0;
}

function compareTypeNames(a: EmitContext, aId: TypeId, b: EmitContext, bId: TypeId, index: number): number {
  const [aText, bText] = [memberTypeName(a, aId, index), memberTypeName(b, bId, index)];
  return aText < bText ? -1 : aText > bText ? 1 : 0;
}

function memberTypeName(ctx: EmitContext, id: TypeId, index: number): string {
  // The bounds on text count from here: there is one text for each comparison.
  ctx.beginTopLevel(false);
  return ctx.out.capture(() => putTypeName(ctx, ctx.table.extra(id, 3 * index + 1), COMPARED_NAME_LIMIT));
}

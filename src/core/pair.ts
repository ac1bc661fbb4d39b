/** Two types that are compared, one of the object and one of a target, and the steps from a pair to the next. */

import { TspaholeError } from '../model/errors.ts';
import type { TypeId } from '../model/table.ts';
import { underlyingType } from '../model/traverse.ts';
import { kindWord, type TypeAt } from './elements.ts';
import { essentialName } from './names.ts';

/** What differs, in words; undefined where nothing does. */
export type Difference = string | undefined;

/** How deep types may nest. */
export const MAX_DEPTH = 32;

/** What one question may cost: types that hold one another in many ways would take for ever. */
const MAX_STEPS = 2_000_000;

/** Two types, and how much more may be compared. */
export interface Pair {
  readonly local: TypeAt;
  readonly target: TypeAt;
  readonly budget: { steps: number };
}

export function pairOf(local: TypeAt, target: TypeAt): Pair {
  return { local, target, budget: { steps: MAX_STEPS } };
}

/** Counts what a comparison costs. Throws `unsupported` once it is too much. */
export function spend({ budget }: Pair, steps: number): void {
  budget.steps -= steps;
  if (budget.steps < 0) throw new TspaholeError('unsupported', 'the types have too many parts to compare');
}

/** The pair of other types of the same tables. */
export function movedTo(pair: Pair, localId: TypeId, targetId: TypeId): Pair {
  spend(pair, 1);
  const { local, target, budget } = pair;
  return {
    local: { table: local.table, id: localId },
    target: { table: target.table, id: targetId },
    budget,
  };
}

/** The types behind typedefs and qualifiers. */
export function underlying(pair: Pair): Pair {
  const { local, target } = pair;
  return movedTo(pair, strip(local), strip(target));
}

function strip({ table, id }: TypeAt): TypeId {
  const found = underlyingType(table, id);
  if (!table.has(found)) throw new TspaholeError('bad-data', `type ${found} does not exist`);
  return found;
}

export function kindOf({ table, id }: TypeAt): number {
  return table.kind(id);
}

export function kindsDiffer({ local, target }: Pair): string {
  return `${kindWord(kindOf(local))} in the object, ${kindWord(kindOf(target))} in the target`;
}

export function tooDeep(): TspaholeError {
  return new TspaholeError('bad-data', `the types nest more than ${MAX_DEPTH} deep`);
}

export function nameOf({ table, id }: TypeAt): string {
  return essentialName(table.name(id));
}

/** What pointers point to, or functions return. */
export function pointees(pair: Pair): Pair {
  const { local, target } = pair;
  return movedTo(pair, local.table.sizeOrType(local.id), target.table.sizeOrType(target.id));
}

export function parameters(pair: Pair, index: number): Pair {
  const typeOf = ({ table, id }: TypeAt): TypeId => table.extra(id, 2 * index + 1);
  return movedTo(pair, typeOf(pair.local), typeOf(pair.target));
}

export function countsDiffer({ local, target }: Pair, what: string): Difference {
  const [here, there] = [local.table.vlen(local.id), target.table.vlen(target.id)];
  return here === there ? undefined : `${here} ${what} in the object, ${there} in the target`;
}

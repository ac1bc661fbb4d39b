/** A reorganization as moves of one unit each. */

import type { Arrangement } from './reorganize-arrangement.ts';
import { arrangedSize } from './reorganize-arrangement.ts';
import type { StructModels } from './reorganize-model.ts';
import type { Unit } from './reorganize-place.ts';

/** One unit is taken out and put behind another one. */
export interface Move {
  /** What the unit is moved in, from the outside: members by their indexes. Empty for the struct itself. */
  readonly path: readonly number[];
  /** The struct that the unit is moved in, as it is after the move. */
  readonly within: Arrangement;
  readonly unit: Unit;
  /** Undefined: to the front. */
  readonly after: Unit | undefined;
  /** The whole struct after the move. */
  readonly arrangement: Arrangement;
  /** Its size then, in bytes. */
  readonly byteSize: number;
}

/**
 * The moves of a reorganization. Made one after the other they lead to it: those in members first, then those of the
 * struct from the front of the result on. Each unit is put behind the one that precedes it in the result,
 * which is in its place by then.
 */
export function movesOf(models: StructModels, result: Arrangement): Move[] {
  const changes = changesOf(result, []);
  let present = withoutMoves(result);
  return changes.map(({ path, target, index }) => {
    const before = target.order[target.order.indexOf(index) - 1];
    const step = (arrangement: Arrangement): Arrangement => {
      const others = arrangement.order.filter((other) => other !== index);
      const place = before === undefined ? 0 : others.indexOf(before) + 1;
      return {
        ...arrangement,
        order: others.toSpliced(place, 0, index),
        moved: [...arrangement.moved, index],
      };
    };
    present = changedAt(present, path, step);
    const unitAt = (at: number): Unit => target.model?.units[at] as Unit;
    return {
      path,
      within: path.reduce((at, member) => at.inner.get(member) as Arrangement, present),
      unit: unitAt(index),
      after: before === undefined ? undefined : unitAt(before),
      arrangement: present,
      byteSize: arrangedSize(models, present),
    };
  });
}

/** The moves of a result, those inside first: where, towards what, and which unit. */
function changesOf(
  target: Arrangement,
  path: readonly number[],
): { path: readonly number[]; target: Arrangement; index: number }[] {
  const inside = [...target.inner].flatMap(([member, each]) => changesOf(each, [...path, member]));
  return [...inside, ...target.moved.map((index) => ({ path, target, index }))];
}

/** The arrangement before any move. */
function withoutMoves({ id, model, inner }: Arrangement): Arrangement {
  const order = [...(model?.units.keys() ?? [])];
  return {
    id,
    model,
    order,
    moved: [],
    inner: new Map([...inner].map(([at, each]) => [at, withoutMoves(each)])),
  };
}

function changedAt(
  arrangement: Arrangement,
  [member, ...rest]: readonly number[],
  change: (at: Arrangement) => Arrangement,
): Arrangement {
  if (member === undefined) return change(arrangement);
  const inner = new Map(arrangement.inner);
  inner.set(member, changedAt(inner.get(member) as Arrangement, rest, change));
  return { ...arrangement, inner };
}

/** The order that a walk of the search makes. */

import { endOf, type Unit } from './reorganize-place.ts';
import { neutralUnits, type OrderProblem } from './reorganize-problem.ts';

export interface FoundOrder {
  /** Indexes of units. */
  readonly order: readonly number[];
  /** Units that were lifted, in the order of the result. */
  readonly moved: readonly number[];
}

/** Actions of a walk. Any other is the class that was inserted. */
export const LIFT = -1;
export const KEEP = -2;

/** What a walk did, and the unit of the original order that came next then. */
export interface WalkStep {
  readonly action: number;
  readonly index: number;
}

/** The order of a walk: classes are inserted as the units that were lifted, the first one first. */
export function orderOfWalk(
  problem: OrderProblem,
  walk: readonly WalkStep[],
  classOf: ArrayLike<number>,
): FoundOrder {
  const isNeutral = neutralUnits(problem);
  const lifted = walk.filter(({ action }) => action === LIFT).map(({ index }) => index - 1);
  const waiting = lifted.filter((unit) => !isNeutral[unit]);
  const takeOf = (each: number): number => {
    const [unit = 0] = waiting.splice(
      waiting.findIndex((one) => classOf[one] === each),
      1,
    );
    return unit;
  };
  const order: number[] = [];
  const homeless: { unit: number; place: number }[] = [];
  for (const { action, index } of walk) {
    if (action === KEEP) order.push(index - 1);
    else if (action !== LIFT) order.push(takeOf(action));
    else if (isNeutral[index - 1]) homeless.push({ unit: index - 1, place: order.length });
  }
  for (const [before, { unit, place }] of homeless.entries())
    order.splice(gapFor(problem, order, unit, place + before), 0, unit);
  const moved = new Set(lifted);
  return { order, moved: order.filter((unit) => moved.has(unit)) };
}

/** The place nearest to `wanted` in a part of an order where a neutral unit wastes nothing. */
function gapFor(
  { units, rules, trailing }: OrderProblem,
  order: readonly number[],
  unit: number,
  wanted: number,
): number {
  const { alignment } = units[unit] as Unit;
  // Before the units at the end, which are in the order already.
  const last = order.length - trailing;
  let nearest = rules.leading;
  let bit = 0;
  for (let place = 0; place <= last; place++) {
    const fits = place >= rules.leading && bit % (alignment * 8) === 0;
    if (fits && Math.abs(place - wanted) < Math.abs(nearest - wanted)) nearest = place;
    const next = order[place];
    if (next !== undefined) bit = endOf(bit, units[next] as Unit);
  }
  return nearest;
}

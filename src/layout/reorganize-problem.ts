/** What the search for an order is given: units by classes, and what an order must keep to. */

import { endOf, isMarker, type Unit, usedBits } from './reorganize-place.ts';

/** Rules of an order beyond those of the language. Numbers are indexes of units unless they say otherwise. */
export interface OrderRules {
  /** Units that begin at a bit. */
  readonly pins: ReadonlyMap<number, number>;
  /** Units that follow one another directly, in this order. No unit is in two. */
  readonly groups: readonly (readonly number[])[];
  /** Units that lie in one cacheline. */
  readonly sameLine: readonly (readonly number[])[];
  /** Units no two of which share a cacheline. */
  readonly apart: readonly (readonly number[])[];
  /** Units between two markers, without these: `from` up to `to`. Nothing leaves them or comes in. */
  readonly zones: readonly { readonly from: number; readonly to: number }[];
  /** Units at the start that stay. */
  readonly leading: number;
}

/** A struct and the rules of its order. */
export interface OrderProblem {
  readonly units: readonly Unit[];
  /** Of the struct, in bytes. */
  readonly alignment: number;
  readonly trailing: number;
  readonly rules: OrderRules;
  /** Bytes. */
  readonly cachelineSize: number;
}

/** States that searches may still remember, and entries of tables that they may still fill. */
export interface Effort {
  states: number;
  entries: number;
}

/** What a search for an order is to find, and what it may take. */
export interface SearchGoal {
  /** The largest size that will do, in bytes. */
  readonly byteSize: number;
  readonly maxMoves: number;
  /** States that may be remembered. */
  readonly maxStates: number;
  /** What all searches for one struct may take together: each takes from it. */
  readonly effort: Effort;
  /** Entries of the table that bounds what is needed still. */
  readonly maxEntries: number;
  /** How much the moves that are still needed count: 1 finds the fewest, more is faster and finds few. */
  readonly weight: number;
}

/** No rules but that `leading` units stay. */
export function noRules(leading = 0): OrderRules {
  return { pins: new Map(), groups: [], sameLine: [], apart: [], zones: [], leading };
}

/** Whether there are rules but that of the units at the start. */
export function hasRules({ pins, groups, sameLine, apart, zones }: OrderRules): boolean {
  return pins.size + groups.length + sameLine.length + apart.length + zones.length > 0;
}

/** Whether it matters where exactly a unit lies, not only how it is aligned. */
export function asksForPlaces({ rules }: OrderProblem): boolean {
  return rules.pins.size + rules.sameLine.length + rules.apart.length > 0;
}

/** The zone of each unit: 0 outside of all. */
export function zonesOf({ units, rules }: OrderProblem): number[] {
  const zones = units.map(() => 0);
  for (const [index, { from, to }] of rules.zones.entries()) zones.fill(index + 1, from, to);
  return zones;
}

/** Whether a unit must stay where it is among the others. */
export function isFixed({ units, rules, trailing }: OrderProblem, index: number): boolean {
  const isBetween = index >= rules.leading && index < units.length - trailing;
  return !isBetween || isMarker(units[index] as Unit);
}

/**
 * A number of bytes that no order can go below: all bits; and for each alignment, the units of it or a larger one,
 * each of which begins a block of that many bytes that it shares with none of the others.
 */
export function leastSize({ units, alignment }: OrderProblem): number {
  const bits = units.reduce((sum, unit) => sum + usedBits(unit), 0);
  let least = Math.ceil(bits / 8);
  for (let block = 1; block <= alignment; block *= 2) {
    let bytes = 0;
    for (const unit of units) {
      if (unit.fields !== undefined || unit.alignment < block) continue;
      bytes += Math.ceil(unit.byteSize / block) * block;
    }
    least = Math.max(least, bytes);
  }
  return Math.ceil(least / alignment) * alignment;
}

/**
 * For each unit whether it may stand anywhere without any other noticing: its size is a multiple of the struct's alignment,
 * and there are no rules. It always finds a place that wastes nothing, since the units at the start end at such a multiple.
 */
export function neutralUnits(problem: OrderProblem): boolean[] {
  const { units, alignment, rules } = problem;
  const start = units.slice(0, rules.leading).reduce(endOf, 0);
  const canBe = !hasRules(rules) && start % (alignment * 8) === 0;
  return units.map((unit, index) => {
    return canBe && !isFixed(problem, index) && unit.fields === undefined && unit.byteSize % alignment === 0;
  });
}

/**
 * The problem with alignments no larger than the second largest of a unit, which every order of the problem solves that
 * solves the problem itself. Undefined where that would be the same.
 */
export function lessAligned(problem: OrderProblem): OrderProblem | undefined {
  const { units, alignment } = problem;
  const smaller = units.map((unit) => unit.alignment).filter((each) => each < alignment);
  const cap = Math.max(1, ...smaller);
  const isField = units.some(({ fields = [] }) => fields.some(({ unitSize }) => unitSize > cap));
  if (hasRules(problem.rules) || isField || cap === alignment) return undefined;
  const capped = units.map((unit) => ({ ...unit, alignment: Math.min(unit.alignment, cap) }));
  return { ...problem, units: capped, alignment: cap };
}

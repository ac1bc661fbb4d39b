/**
 * An order by filling: behind each unit comes the most aligned one that fits there without a gap. It is found at
 * once and is nearly always the smallest, but moves far more units than it must.
 */

import { endOf, startOf, type Unit } from './reorganize-place.ts';
import { isFixed, type OrderProblem } from './reorganize-problem.ts';

/** Indexes of units in an order without rules; markers come as early as they leave no gap. */
export function filledOrder(problem: OrderProblem): number[] {
  const { units, rules, trailing } = problem;
  const end = units.length - trailing;
  const body = [...units.keys()].slice(rules.leading, end);
  const markers = body.filter((index) => isFixed(problem, index)).reverse();
  const pools = poolsOf(
    units,
    body.filter((index) => !isFixed(problem, index)),
  );
  const order = [...units.keys()].slice(0, rules.leading);
  let bit = order.reduce((at, index) => endOf(at, units[index] as Unit), 0);
  while (order.length < end) {
    const marker = markers.at(-1);
    const pool = fullest(units, pools, bit);
    const isDue = marker !== undefined && startOf(bit, units[marker] as Unit) === bit;
    const next = ((isDue || pool === undefined ? markers : pool).pop() ?? pool?.pop()) as number;
    order.push(next);
    bit = endOf(bit, units[next] as Unit);
  }
  return [...order, ...[...units.keys()].slice(end)];
}

/** Units that may stand for one another, the first of them last, by descending rank. */
function poolsOf(units: readonly Unit[], body: readonly number[]): number[][] {
  const pools = new Map<number, number[]>();
  for (const index of body.toReversed()) {
    const rank = rankOf(units[index] as Unit);
    const pool = pools.get(rank);
    if (pool === undefined) pools.set(rank, [index]);
    else pool.push(index);
  }
  return [...pools].sort(([a], [b]) => b - a).map(([, pool]) => pool);
}

/** Bitfields come last, members whose size is no multiple of their alignment behind those whose is. */
function rankOf({ alignment, byteSize, fields }: Unit): number {
  if (fields !== undefined) return 0;
  return byteSize % alignment === 0 ? alignment : alignment - 0.5;
}

/** The pool whose next unit leaves the smallest gap behind `bit`. */
function fullest(units: readonly Unit[], pools: readonly number[][], bit: number): number[] | undefined {
  let best: number[] | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const pool of pools) {
    const next = pool.at(-1);
    if (next === undefined) continue;
    const gap = startOf(bit, units[next] as Unit) - bit;
    if (gap >= least) continue;
    if (gap === 0) return pool;
    best = pool;
    least = gap;
  }
  return best;
}

/**
 * The units of an order that are moved: those that the longest part of it leaves out that stands in the old order
 * and holds all units that must not move.
 */
export function movedIn(problem: OrderProblem, order: readonly number[]): number[] {
  let passed = 0;
  const before = problem.units.map((_, index) => (isFixed(problem, index) ? passed++ : passed));
  passed = 0;
  const candidates = order.filter((index) => {
    const isPlain = !isFixed(problem, index);
    return before[index] === (isPlain ? passed : passed++);
  });
  const kept = new Set(longestRising(candidates));
  return order.filter((index) => !kept.has(index));
}

/** The longest rising subsequence of distinct numbers. */
function longestRising(numbers: readonly number[]): number[] {
  // The least last number of a subsequence of each length, and what stands before each number in the best one to it.
  const lasts: number[] = [];
  const previous = new Map<number, number | undefined>();
  for (const each of numbers) {
    let low = 0;
    for (let high = lasts.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((lasts[middle] as number) < each) low = middle + 1;
      else high = middle;
    }
    previous.set(each, lasts[low - 1]);
    lasts[low] = each;
  }
  const rising: number[] = [];
  for (let at = lasts.at(-1); at !== undefined; at = previous.get(at)) rising.push(at);
  return rising;
}

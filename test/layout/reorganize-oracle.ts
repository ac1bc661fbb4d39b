/**
 * The order of a struct's members by trying all: what the search is compared with. Knows only where C places
 * members, in a few lines of its own.
 */

import type { Unit } from '../../src/layout/reorganize-place.ts';
import { isFixed, type OrderProblem } from '../../src/layout/reorganize-problem.ts';

export interface Best {
  readonly byteSize: number;
  readonly moves: number;
}

/** Where a unit begins and ends that comes behind `bit`, in bits. */
export function placed(bit: number, { byteSize, alignment, fields }: Unit): { start: number; end: number } {
  if (fields === undefined) {
    while (bit % (alignment * 8) !== 0) bit++;
    return { start: bit, end: bit + byteSize * 8 };
  }
  let start = -1;
  for (const { bitSize, unitSize } of fields) {
    const unitOf = (at: number): number => Math.floor(at / (unitSize * 8));
    if (bitSize === 0) while (bit % (unitSize * 8) !== 0) bit++;
    else while (unitOf(bit) !== unitOf(bit + bitSize - 1)) bit++;
    if (start < 0) start = bit;
    bit += bitSize;
  }
  return { start: Math.max(0, start), end: bit };
}

/** Bytes of a struct with its units in this order, or undefined where a rule forbids it. */
export function sizeIfAllowed(problem: OrderProblem, order: readonly number[]): number | undefined {
  const { units, alignment, rules, cachelineSize } = problem;
  let bit = 0;
  const starts: number[] = [];
  const ends: number[] = [];
  for (const index of order) {
    const { start, end } = placed(bit, units[index] as Unit);
    starts[index] = start;
    ends[index] = end;
    bit = end;
  }
  const at = (index: number): number => order.indexOf(index);
  const lines = (index: number): [number, number] => [
    Math.floor((starts[index] as number) / (cachelineSize * 8)),
    Math.floor(Math.max(starts[index] as number, (ends[index] as number) - 1) / (cachelineSize * 8)),
  ];
  for (const [index, pin] of rules.pins) if (starts[index] !== pin) return undefined;
  for (const group of rules.groups) {
    if (group.some((index, place) => place > 0 && at(index) !== at(group[place - 1] as number) + 1))
      return undefined;
  }
  for (const set of rules.sameLine) {
    if (new Set(set.flatMap(lines)).size > 1) return undefined;
  }
  for (const set of rules.apart) {
    for (const one of set) {
      for (const other of set) {
        if (one === other) continue;
        const [[a, b], [c, d]] = [lines(one), lines(other)];
        if (a <= d && c <= b) return undefined;
      }
    }
  }
  for (const { from, to } of rules.zones) {
    const inside = order.slice(at(from - 1) + 1, at(to));
    if (inside.length !== to - from || inside.some((index) => index < from || index >= to)) return undefined;
  }
  const fixed = units.map((_, index) => index).filter((index) => isFixed(problem, index));
  const { leading } = rules;
  if (order.slice(0, leading).some((index, place) => index !== place)) return undefined;
  const tail = units.length - problem.trailing;
  if (order.slice(tail).some((index, place) => index !== tail + place)) return undefined;
  if (fixed.some((index, place) => place > 0 && at(index) < at(fixed[place - 1] as number))) return undefined;
  return Math.ceil(bit / (alignment * 8)) * alignment;
}

/** How many units an order moves: all that the longest part in the old order leaves out, fixed ones belonging to it. */
export function movesOf(problem: OrderProblem, order: readonly number[]): number {
  const longest: number[] = [];
  for (const [place, index] of order.entries()) {
    let best = 0;
    for (let before = 0; before < place; before++) {
      if ((order[before] as number) < index) best = Math.max(best, longest[before] as number);
    }
    // A unit that must not move is worth more than all others.
    longest[place] = best + (isFixed(problem, index) ? 1000 : 1);
  }
  const kept = Math.max(0, ...longest);
  const fixedCount = problem.units.filter((_, index) => isFixed(problem, index)).length;
  return order.length - fixedCount - (kept - 1000 * fixedCount);
}

/** The least size with at most so many moves, and the fewest moves to it; undefined where no order is allowed. */
export function bestByTrying(
  problem: OrderProblem,
  maxMoves: number = Number.POSITIVE_INFINITY,
): Best | undefined {
  let best: Best | undefined;
  for (const order of permutations(problem.units.map((_, index) => index))) {
    const byteSize = sizeIfAllowed(problem, order);
    if (byteSize === undefined || (best !== undefined && byteSize > best.byteSize)) continue;
    const moves = movesOf(problem, order);
    if (moves > maxMoves) continue;
    if (best === undefined || byteSize < best.byteSize || moves < best.moves) best = { byteSize, moves };
  }
  return best;
}

function* permutations(items: readonly number[]): Generator<number[]> {
  if (items.length === 0) yield [];
  for (const [place, item] of items.entries()) {
    for (const rest of permutations(items.toSpliced(place, 1))) yield [item, ...rest];
  }
}

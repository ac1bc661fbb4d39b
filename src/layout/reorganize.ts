/**
 * `--reorganize`: the order of a struct's members with which it is smallest, and among these orders the one that moves the fewest
 * members. docs/reorganize.md explains and proves it.
 */

import type { TypeId } from '../model/table.ts';
import type { StructModel } from './reorganize-model.ts';
import { sizeOfOrder, type Unit } from './reorganize-place.ts';
import { isFixed, leastSize, noRules, type OrderProblem, type OrderRules } from './reorganize-problem.ts';
import { type FoundOrder, searchOrder } from './reorganize-search.ts';

/** What is asked of a reorganization. */
export interface ReorganizeOptions {
  /** Default: none but those of the language. */
  readonly rules?: OrderRules | undefined;
  /** The moves that may be made; the result is the smallest that they lead to. Default: any number. */
  readonly maxMoves?: number | undefined;
  /** Bytes. Default 64. */
  readonly cachelineSize?: number | undefined;
  /** Whether the size is all that counts and must be found fast, at the price of missing some. Default false. */
  readonly isQuick?: boolean | undefined;
}

/** A struct in another order. */
export interface Reorganization extends FoundOrder {
  readonly id: TypeId;
  readonly model: StructModel;
  /** Bytes. */
  readonly byteSize: number;
  /** Whether no order makes the struct smaller, as the rules and the number of moves have it. */
  readonly isSmallest: boolean;
  /** Whether no order of this size moves fewer units. */
  readonly hasFewestMoves: boolean;
}

/** What a search may remember: states, and entries of the table that bounds what is needed still. */
const THOROUGH = { maxStates: 60_000, maxEntries: 1 << 23 };
const QUICK = { maxStates: 4_000, maxEntries: 1 << 17 };
/** The fallback moves more than it must, and looks at fewer states. */
const GREEDY_WEIGHT = 4;
/** Sizes that are tried for one struct: kernels need ten at most. */
const MAX_TRIES = 20;
/** Units above which nothing is searched: the largest struct of a kernel has some hundreds. */
const MAX_UNITS = 2_000;
/** Cachelines that rules may make a struct grow by. */
const MAX_GROWTH = 16;

/** Reorganizes a struct. Undefined where no order keeps to the rules, or none was found that does. */
export function reorganize(model: StructModel, options: ReorganizeOptions = {}): Reorganization | undefined {
  const { rules = noRules(), cachelineSize = 64 } = options;
  const problem = problemOf(model, rules, cachelineSize);
  const unchanged = keepsRules(problem) ? unmoved(model) : undefined;
  const least = leastSize(problem);
  if (unchanged !== undefined && least >= model.byteSize) return unchanged;
  const { id, alignment } = model;
  const give = (byteSize: number, found: Found, isSmallest: boolean): Reorganization => {
    return { id, model, byteSize, isSmallest, ...found };
  };
  const atLeast = searchSize(problem, least, options);
  if (typeof atLeast === 'object') return give(least, atLeast, true);
  let best = unchanged;
  if (best === undefined) {
    const largest = model.byteSize + MAX_GROWTH * Math.max(cachelineSize, alignment);
    const found = searchSize(problem, largest, options);
    if (typeof found !== 'object') return undefined;
    best = give(largest, found, true);
  }

  // What fits in a size fits in every larger one.
  let isSmallest = atLeast === 'none';
  let tooSmall = least;
  for (let tries = 0; best.byteSize - tooSmall > alignment; tries++) {
    if (tries === MAX_TRIES) return { ...best, isSmallest: false };
    const steps = Math.floor((best.byteSize - tooSmall) / alignment / 2);
    const byteSize = tooSmall + Math.max(1, steps) * alignment;
    const found = searchSize(problem, byteSize, options);
    if (typeof found === 'object') {
      best = give(byteSize, found, true);
      continue;
    }
    tooSmall = byteSize;
    isSmallest = isSmallest && found === 'none';
  }
  return { ...best, isSmallest };
}

function unmoved(model: StructModel): Reorganization {
  const { id, byteSize } = model;
  const order = [...model.units.keys()];
  return { id, model, byteSize, isSmallest: true, hasFewestMoves: true, order, moved: [] };
}

/** The size that {@link reorganize} gives a struct without rules, in bytes, where that is all that is asked. */
export function smallestSize(model: StructModel, options: ReorganizeOptions = {}): number {
  const problem = problemOf(model, noRules(), options.cachelineSize ?? 64);
  const least = leastSize(problem);
  if (least >= model.byteSize || sortedOrder(problem, least) !== undefined)
    return Math.min(least, model.byteSize);
  return reorganize(model, options)?.byteSize ?? model.byteSize;
}

/** The order problem of a struct. */
export function problemOf(model: StructModel, rules: OrderRules, cachelineSize: number): OrderProblem {
  const { units, alignment, trailing } = model;
  const leading = Math.max(rules.leading, model.leading);
  return { units, alignment, trailing, rules: { ...rules, leading }, cachelineSize };
}

/** Whether the original order keeps to the rules. */
function keepsRules(problem: OrderProblem): boolean {
  if (!hasRules(problem.rules)) return true;
  if (problem.units.length > MAX_UNITS) return false;
  const maxStates = 10 * problem.units.length + 10;
  const goal = { byteSize: Number.MAX_SAFE_INTEGER / 16, maxMoves: 0, maxStates, maxEntries: 0, weight: 1 };
  return typeof searchOrder(problem, goal) === 'object';
}

type Found = FoundOrder & Pick<Reorganization, 'hasFewestMoves'>;

function searchSize(
  problem: OrderProblem,
  byteSize: number,
  { maxMoves = problem.units.length, isQuick = false }: ReorganizeOptions,
): Found | 'none' | 'unknown' {
  if (problem.units.length > MAX_UNITS) return sortedOrUnknown(problem, byteSize, maxMoves);
  const goal = { byteSize, maxMoves };
  for (const effort of isQuick ? [] : [QUICK, THOROUGH]) {
    const exact = searchOrder(problem, { ...goal, ...effort, weight: 1 });
    if (exact === 'none') return 'none';
    if (exact !== 'unknown') return { ...exact, hasFewestMoves: true };
  }
  const greedy = searchOrder(problem, { ...goal, ...(isQuick ? QUICK : THOROUGH), weight: GREEDY_WEIGHT });
  if (greedy === 'none') return 'none';
  if (greedy !== 'unknown') return { ...greedy, hasFewestMoves: false };
  return sortedOrUnknown(problem, byteSize, maxMoves);
}

function sortedOrUnknown(problem: OrderProblem, byteSize: number, maxMoves: number): Found | 'unknown' {
  const sorted = sortedOrder(problem, byteSize);
  return sorted !== undefined && sorted.moved.length <= maxMoves
    ? { ...sorted, hasFewestMoves: false }
    : 'unknown';
}

/** The units by descending alignment, where nothing speaks against that and the struct becomes as small as asked for. */
function sortedOrder(problem: OrderProblem, byteSize: number): FoundOrder | undefined {
  const { units, alignment, rules, trailing } = problem;
  const end = units.length - trailing;
  const body = units.slice(rules.leading, end);
  if (hasRules(rules) || body.some((_, index) => isFixed(problem, rules.leading + index))) return undefined;
  const sorted = body
    .map((unit, index) => ({ unit, index: rules.leading + index }))
    .sort((a, b) => rank(b.unit) - rank(a.unit) || a.index - b.index)
    .map(({ index }) => index);
  const order = [...units.keys()];
  order.splice(rules.leading, sorted.length, ...sorted);
  const size = sizeOfOrder(
    order.map((index) => units[index] as Unit),
    alignment,
  );
  return size <= byteSize ? { order, moved: order.filter((unit, place) => unit !== place) } : undefined;
}

function hasRules({ pins, groups, sameLine, apart, zones }: OrderRules): boolean {
  return pins.size + groups.length + sameLine.length + apart.length + zones.length > 0;
}

/** Bitfields come last, members whose size is no multiple of their alignment behind those whose is. */
function rank({ alignment, byteSize, fields }: Unit): number {
  if (fields !== undefined) return 0;
  return byteSize % alignment === 0 ? alignment : alignment - 0.5;
}

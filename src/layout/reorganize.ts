/**
 * `--reorganize`: the order of a struct's members with which it is smallest, and among these orders the one that moves the fewest
 * members. docs/reorganize.md explains and proves it.
 */

import { type Arrangement, asItIs } from './reorganize-arrangement.ts';
import { filledOrder, movedIn } from './reorganize-fill.ts';
import type { StructModel } from './reorganize-model.ts';
import { sizeOfOrder, type Unit } from './reorganize-place.ts';
import {
  hasRules,
  leastSize,
  lessAligned,
  noRules,
  type OrderProblem,
  type OrderRules,
  type SearchGoal,
} from './reorganize-problem.ts';
import { searchOrder } from './reorganize-search.ts';
import type { FoundOrder } from './reorganize-walk.ts';

/** What is asked of a reorganization. */
export interface ReorganizeOptions {
  /** Default: none but those of the language. */
  readonly rules?: OrderRules | undefined;
  /** The moves that may be made; the result is the smallest that they lead to. Default: any number. */
  readonly maxMoves?: number | undefined;
  /** A size in bytes that will do: the result makes the fewest moves to it. Default: the smallest. */
  readonly atMost?: number | undefined;
  /** Bytes. Default 64. */
  readonly cachelineSize?: number | undefined;
  /** Whether the size is all that counts and must be found fast, at the price of missing some. Default false. */
  readonly isQuick?: boolean | undefined;
}

/** A struct in another order. */
export interface Reorganization extends Arrangement {
  readonly model: StructModel;
  /** Bytes. */
  readonly byteSize: number;
  /** Whether no order makes the struct smaller, as the rules and the number of moves have it. */
  readonly isSmallest: boolean;
  /** Whether no order of this size moves fewer units. */
  readonly hasFewestMoves: boolean;
}

/** What a search may remember: states, and entries of the table that bounds what is needed still. */
const THOROUGH = { maxStates: 120_000, maxEntries: 1 << 23 };
const QUICK = { maxStates: 4_000, maxEntries: 1 << 17 };
/** Weights that find orders fast, which move more than they must. */
const GREEDY_WEIGHT = 4;
const BOLD_WEIGHTS = [4, 1.5];
/** Sizes that are tried for one struct: kernels need ten at most. */
const MAX_TRIES = 20;
/** Units above which nothing is searched: the largest struct of a kernel has some hundreds. */
const MAX_UNITS = 2_000;
/** Cachelines that rules may make a struct grow by. */
const MAX_GROWTH = 16;

/** Reorganizes a struct. Undefined where no order keeps to the rules, or none was found that does. */
export function reorganize(model: StructModel, options: ReorganizeOptions = {}): Reorganization | undefined {
  const problem = problemOf(model, options.rules ?? noRules(), options.cachelineSize ?? 64);
  const known = someAllowed(problem, model, options);
  if (typeof known === 'string') return undefined;
  const least = Math.max(options.atMost ?? 0, leastSize(problem));
  if (known.moved.length === 0 && least >= model.byteSize) return known;
  const found = searchSize(problem, least, options);
  if (typeof found === 'object') return reorganizationOf(problem, model, found);
  return smallestAbove({ problem, known, least, options }, found === 'none');
}

/** Whether some order keeps to the rules; undefined where that was not found out. */
export function canKeepRules(model: StructModel, options: ReorganizeOptions): boolean | undefined {
  const problem = problemOf(model, options.rules ?? noRules(), options.cachelineSize ?? 64);
  const some = someAllowed(problem, model, options);
  return some === 'unknown' ? undefined : some !== 'none';
}

/** The order as it is where that keeps to the rules, or one that was found fast. */
function someAllowed(
  problem: OrderProblem,
  model: StructModel,
  { maxMoves = problem.units.length, isQuick = false }: ReorganizeOptions,
): Reorganization | 'none' | 'unknown' {
  if (keepsRules(problem)) return unmoved(model);
  if (problem.units.length > MAX_UNITS) return 'unknown';
  const byteSize = model.byteSize + MAX_GROWTH * Math.max(problem.cachelineSize, model.alignment);
  for (const effort of isQuick ? [QUICK] : [QUICK, THOROUGH]) {
    const found = searchOrder(problem, { byteSize, maxMoves, ...effort, weight: GREEDY_WEIGHT });
    if (found === 'none') return 'none';
    if (found !== 'unknown') return reorganizationOf(problem, model, { ...found, hasFewestMoves: false });
  }
  return 'unknown';
}

/** The smallest above a size that cannot be had, or was not found. What fits in a size fits in every larger one. */
function smallestAbove(
  {
    problem,
    known,
    least,
    options,
  }: { problem: OrderProblem; known: Reorganization; least: number; options: ReorganizeOptions },
  isProven: boolean,
): Reorganization {
  let best = known;
  let isSmallest = isProven;
  let tooSmall = least;
  const { alignment } = problem;
  for (let tries = 0; best.byteSize - tooSmall > alignment; tries++) {
    if (tries === MAX_TRIES) return { ...best, isSmallest: false };
    const steps = Math.floor((best.byteSize - tooSmall) / alignment / 2);
    const byteSize = tooSmall + Math.max(1, steps) * alignment;
    const found = searchSize(problem, byteSize, options);
    if (typeof found === 'object') {
      best = reorganizationOf(problem, known.model, found);
      continue;
    }
    tooSmall = byteSize;
    isSmallest = isSmallest && found === 'none';
  }
  const exact = best.hasFewestMoves ? best : searchSize(problem, best.byteSize, options);
  if (typeof exact === 'object') best = reorganizationOf(problem, known.model, exact);
  return { ...best, isSmallest };
}

function reorganizationOf(problem: OrderProblem, model: StructModel, found: Found): Reorganization {
  const { order, moved, hasFewestMoves } = found;
  const byteSize = sizeIn(problem, order);
  return { id: model.id, model, order, moved, inner: new Map(), byteSize, isSmallest: true, hasFewestMoves };
}

function unmoved(model: StructModel): Reorganization {
  const { id, byteSize } = model;
  return { ...asItIs(id, model), model, byteSize, isSmallest: true, hasFewestMoves: true };
}

/** The size that {@link reorganize} gives a struct without rules, in bytes, where that is all that is asked. */
export function smallestSize(model: StructModel, options: ReorganizeOptions = {}): number {
  const problem = problemOf(model, noRules(), options.cachelineSize ?? 64);
  const least = leastSize(problem);
  if (least >= model.byteSize) return model.byteSize;
  if (sizeIn(problem, filledOrder(problem)) === least) return least;
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
type SizeResult = Found | 'none' | 'unknown';
type Limits = Pick<SearchGoal, 'byteSize' | 'maxMoves'>;

function searchSize(
  problem: OrderProblem,
  byteSize: number,
  { maxMoves = problem.units.length, isQuick = false }: ReorganizeOptions,
): SizeResult {
  const limits = { byteSize, maxMoves };
  if (problem.units.length > MAX_UNITS) return orElse(filled(problem, limits), 'unknown');
  const exact = searchOrder(problem, { ...limits, ...QUICK, weight: 1 });
  if (exact !== 'unknown') return proven(exact);
  const some = someOrder(problem, { ...limits, ...(isQuick ? QUICK : THOROUGH), weight: GREEDY_WEIGHT });
  return isQuick || some === 'none' ? some : fewestMoves(problem, limits, some);
}

/** An order by what is fast. */
function someOrder(problem: OrderProblem, goal: SearchGoal): SizeResult {
  const greedy = searchOrder(problem, goal);
  if (greedy === 'none') return 'none';
  return greedy === 'unknown'
    ? orElse(filled(problem, goal), 'unknown')
    : { ...greedy, hasFewestMoves: false };
}

/** The order of the fewest moves, coming from one that is known; that one with what is proven about it if all else fails. */
function fewestMoves(problem: OrderProblem, limits: Limits, known: Found | 'unknown'): SizeResult {
  const better = betterOrder(
    problem,
    known === 'unknown' ? limits : { ...limits, maxMoves: known.moved.length - 1 },
  );
  if (better === 'unknown') return known;
  if (better === 'none') return known === 'unknown' ? 'none' : { ...known, hasFewestMoves: true };
  return better.hasFewestMoves ? better : fewestMoves(problem, limits, better);
}

/** Any order within the limits, or proof that there is none. */
function betterOrder(problem: OrderProblem, limits: Limits): SizeResult {
  for (const weight of BOLD_WEIGHTS) {
    const some = searchOrder(problem, { ...limits, ...THOROUGH, weight });
    if (some === 'none') return 'none';
    if (some !== 'unknown') return { ...some, hasFewestMoves: false };
  }
  const goal = { ...limits, ...THOROUGH, weight: 1 };
  const simpler = lessAligned(problem);
  if (simpler !== undefined && searchOrder(simpler, goal) === 'none') return 'none';
  const exact = searchOrder(problem, goal);
  return exact === 'unknown' ? 'unknown' : proven(exact);
}

function proven(exact: FoundOrder | 'none'): Found | 'none' {
  return exact === 'none' ? 'none' : { ...exact, hasFewestMoves: true };
}

function orElse<T, U>(value: T | undefined, other: U): T | U {
  return value === undefined ? other : value;
}

/** The order by filling, where no rules speak against it and it does what is asked. */
function filled(problem: OrderProblem, { byteSize, maxMoves }: Limits): Found | undefined {
  if (hasRules(problem.rules)) return undefined;
  const order = filledOrder(problem);
  const moved = movedIn(problem, order);
  const isEnough = sizeIn(problem, order) <= byteSize && moved.length <= maxMoves;
  return isEnough ? { order, moved, hasFewestMoves: false } : undefined;
}

function sizeIn({ units, alignment }: OrderProblem, order: readonly number[]): number {
  return sizeOfOrder(
    order.map((index) => units[index] as Unit),
    alignment,
  );
}

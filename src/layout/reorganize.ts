/**
 * `--reorganize`: the order of a struct's members with which it is smallest, and among these orders the one that moves the fewest
 * members. docs/reorganize.md explains and proves it.
 */

import { type Arrangement, asItIs } from './reorganize-arrangement.ts';
import { filledOrder, movedIn } from './reorganize-fill.ts';
import type { StructModel } from './reorganize-model.ts';
import { sizeOfOrder, type Unit } from './reorganize-place.ts';
import {
  type Effort,
  hasRules,
  isFixed,
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
const BRIEF = { maxStates: 30_000, maxEntries: 1 << 21 };
const QUICK = { maxStates: 4_000, maxEntries: 1 << 17 };
/** What all searches for one struct may take together. */
const EFFORT = { states: 600_000, entries: 1 << 26 };
/** Weights that find orders fast, which move more than they must. */
const GREEDY_WEIGHT = 4;
const BOLD_WEIGHTS = [4, 1.5];
/** Units of the largest alignments that are tried in front, in all combinations. */
const MAX_LARGE = 5;
/** Sizes that are tried for one struct: kernels need ten at most. */
const MAX_TRIES = 20;
/** Units above which nothing is searched: the largest struct of a kernel has some hundreds. */
const MAX_UNITS = 2_000;
/** Cachelines that rules may make a struct grow by. */
const MAX_GROWTH = 16;

/** Reorganizes a struct. Undefined where no order keeps to the rules, or none was found that does. */
export function reorganize(model: StructModel, options: ReorganizeOptions = {}): Reorganization | undefined {
  const task = taskOf(model, options);
  const known = someAllowed(task);
  if (typeof known === 'string') return undefined;
  const least = Math.max(options.atMost ?? 0, leastSize(task.problem));
  if (known.moved.length === 0 && least >= model.byteSize) return known;
  const found = searchSize(task, least);
  return typeof found === 'object'
    ? reorganizationOf(task, found)
    : smallestAbove(task, known, { least, isProven: found === 'none' });
}

/** One reorganization, and what it may take still. */
interface Task {
  readonly model: StructModel;
  readonly problem: OrderProblem;
  readonly maxMoves: number;
  readonly isQuick: boolean;
  readonly effort: Effort;
}

function taskOf(model: StructModel, options: ReorganizeOptions): Task {
  const { rules = noRules(), cachelineSize = 64, maxMoves = model.units.length, isQuick = false } = options;
  const problem = problemOf(model, rules, cachelineSize);
  return { model, problem, maxMoves, isQuick, effort: { ...EFFORT } };
}

/** Whether some order keeps to the rules; undefined where that was not found out. */
export function canKeepRules(model: StructModel, options: ReorganizeOptions): boolean | undefined {
  const some = someAllowed(taskOf(model, options));
  return some === 'unknown' ? undefined : some !== 'none';
}

/** The order as it is where that keeps to the rules, or one that was found fast. */
function someAllowed({
  model,
  problem,
  maxMoves,
  isQuick,
  effort,
}: Task): Reorganization | 'none' | 'unknown' {
  if (keepsRules(problem)) return unmoved(model);
  if (problem.units.length > MAX_UNITS) return 'unknown';
  const byteSize = model.byteSize + MAX_GROWTH * Math.max(problem.cachelineSize, model.alignment);
  for (const most of isQuick ? [QUICK] : [QUICK, THOROUGH]) {
    const found = searchOrder(problem, { byteSize, maxMoves, effort, ...most, weight: GREEDY_WEIGHT });
    if (found === 'none') return 'none';
    if (found !== 'unknown') return reorganizationOf({ model, problem }, { ...found, hasFewestMoves: false });
  }
  return 'unknown';
}

/** The smallest above a size that cannot be had, or was not found. What fits in a size fits in every larger one. */
function smallestAbove(
  task: Task,
  known: Reorganization,
  { least, isProven }: { least: number; isProven: boolean },
): Reorganization {
  let best = known;
  let isSmallest = isProven;
  let tooSmall = least;
  const { alignment } = task.problem;
  for (let tries = 0; best.byteSize - tooSmall > alignment; tries++) {
    if (tries === MAX_TRIES) return { ...best, isSmallest: false };
    const steps = Math.floor((best.byteSize - tooSmall) / alignment / 2);
    const byteSize = tooSmall + Math.max(1, steps) * alignment;
    const found = searchSize(task, byteSize);
    if (typeof found === 'object') {
      best = reorganizationOf(task, found);
      continue;
    }
    tooSmall = byteSize;
    isSmallest = isSmallest && found === 'none';
  }
  const exact = best.hasFewestMoves ? best : searchSize(task, best.byteSize);
  if (typeof exact === 'object') best = reorganizationOf(task, exact);
  return { ...best, isSmallest };
}

function reorganizationOf({ model, problem }: Pick<Task, 'model' | 'problem'>, found: Found): Reorganization {
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
  const limits = { byteSize: Number.MAX_SAFE_INTEGER / 16, maxMoves: 0, maxStates, maxEntries: 0 };
  return typeof searchOrder(problem, { ...limits, effort: { ...EFFORT }, weight: 1 }) === 'object';
}

type Found = FoundOrder & Pick<Reorganization, 'hasFewestMoves'>;
type SizeResult = Found | 'none' | 'unknown';
/** What an order must keep to. */
type Limits = Pick<SearchGoal, 'byteSize' | 'maxMoves' | 'effort'>;

function searchSize({ problem, maxMoves, isQuick, effort }: Task, byteSize: number): SizeResult {
  const limits = { byteSize, maxMoves, effort };
  if (problem.units.length > MAX_UNITS) return filled(problem, limits);
  const exact = searchOrder(problem, { ...limits, ...QUICK, weight: 1 });
  if (exact !== 'unknown') return proven(exact);
  const most = isQuick ? QUICK : THOROUGH;
  const greedy = searchOrder(problem, { ...limits, ...most, weight: GREEDY_WEIGHT });
  if (greedy === 'none') return 'none';
  const some = greedy === 'unknown' ? filled(problem, limits) : { ...greedy, hasFewestMoves: false };
  return isQuick ? some : fewestMoves(problem, limits, some);
}

/** The order of the fewest moves, coming from one that is known; that one with what is proven about it if all else fails. */
function fewestMoves(problem: OrderProblem, limits: Limits, known: Found | 'unknown'): SizeResult {
  const { least, order } = simplerFirst(problem, limits);
  if (least === 'none') return known === 'unknown' ? 'none' : { ...known, hasFewestMoves: true };
  let best = known;
  if (order !== undefined && (best === 'unknown' || order.moved.length < best.moved.length)) best = order;
  for (;;) {
    if (best !== 'unknown' && best.moved.length === least) return { ...best, hasFewestMoves: true };
    const better = betterOrder(
      problem,
      best === 'unknown' ? limits : { ...limits, maxMoves: best.moved.length - 1 },
    );
    if (better === 'unknown') return best;
    if (better === 'none') return best === 'unknown' ? 'none' : { ...best, hasFewestMoves: true };
    if (better.hasFewestMoves) return better;
    best = better;
  }
}

/**
 * What is known by way of the problem with smaller alignments: moves that are needed at least, or that there is no
 * order; and an order that comes of its solution, where putting the units of the largest alignments in front helps.
 */
function simplerFirst(
  problem: OrderProblem,
  limits: Limits,
): { least: number | 'none'; order: Found | undefined } {
  const simpler = lessAligned(problem);
  if (simpler === undefined) return { least: 0, order: undefined };
  const found = searchOrder(simpler, { ...limits, ...BRIEF, weight: 1 });
  if (found === 'none') return { least: 'none', order: undefined };
  if (found === 'unknown') return { least: 0, order: undefined };
  const isLarge = (index: number): boolean =>
    !isFixed(problem, index) && (problem.units[index] as Unit).alignment > simpler.alignment;
  const large = found.order.filter(isLarge).slice(0, MAX_LARGE);
  for (const front of subsetsOf(large)) {
    const others = found.order.filter((index) => !front.includes(index));
    const order = others.toSpliced(problem.rules.leading, 0, ...front);
    const moved = order.filter((index) => front.includes(index) || found.moved.includes(index));
    if (keepsLimits(problem, limits, { order, moved }))
      return { least: found.moved.length, order: { order, moved, hasFewestMoves: false } };
  }
  return { least: found.moved.length, order: undefined };
}

/** All subsets, those of the fewest elements first. */
function subsetsOf(all: readonly number[]): number[][] {
  const subsets = Array.from({ length: 2 ** all.length }, (_, bits) =>
    all.filter((_each, at) => (bits >> at) & 1),
  );
  return subsets.sort((a, b) => a.length - b.length);
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

/** The order by filling, where no rules speak against it and it does what is asked. */
function filled(problem: OrderProblem, limits: Limits): Found | 'unknown' {
  if (hasRules(problem.rules)) return 'unknown';
  const order = filledOrder(problem);
  const moved = movedIn(problem, order);
  return keepsLimits(problem, limits, { order, moved }) ? { order, moved, hasFewestMoves: false } : 'unknown';
}

function keepsLimits(problem: OrderProblem, { byteSize, maxMoves }: Limits, found: FoundOrder): boolean {
  return sizeIn(problem, found.order) <= byteSize && found.moved.length <= maxMoves;
}

function sizeIn({ units, alignment }: OrderProblem, order: readonly number[]): number {
  return sizeOfOrder(
    order.map((index) => units[index] as Unit),
    alignment,
  );
}

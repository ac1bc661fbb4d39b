/**
 * The search for the order of the fewest moves with which a struct is as small as asked for. It is exact:
 * docs/reorganize.md proves it.
 *
 * The original order is walked from the front. At each unit it may be *kept*, or *lifted* to be put in elsewhere;
 * before it, lifted units may be *inserted*, also such as will be lifted only further on. Every order is such a
 * walk, and its moves are the units lifted. Neutral units, which fit anywhere, are lifted and never inserted: they are
 * put in when all else is done. Units that behave alike (a class) stand for one another, so that a state is
 * the unit that the walk has come to, and for each class how many more were lifted than inserted.
 *
 * A* takes the states in the order of `moves so far + moves needed at least`; `RelaxedCosts` bounds the latter.
 * Of two ways to a state, one that has moved no more and wasted no more is better: who starts further to the
 * front never ends further back. Where rules ask for places the place belongs to the state instead.
 */

import { owedIn, withOwed } from './reorganize-balance.ts';
import { LineRules } from './reorganize-lines.ts';
import { endOf, startOf, type Unit, usedBits } from './reorganize-place.ts';
import {
  asksForPlaces,
  isFixed,
  neutralUnits,
  type OrderProblem,
  type SearchGoal,
  zonesOf,
} from './reorganize-problem.ts';
import { RelaxedCosts } from './reorganize-relaxed.ts';
import { type FoundOrder, KEEP, LIFT, orderOfWalk } from './reorganize-walk.ts';

/** An order; `none` where there is none; `unknown` where the search was given up. */
export type SearchResult = FoundOrder | 'none' | 'unknown';

/** The order of the fewest moves that meets the goal and the rules. */
export function searchOrder(problem: OrderProblem, goal: SearchGoal): SearchResult {
  return new Search(problem, goal).run();
}

interface State {
  /** The next unit of the original order. */
  readonly index: number;
  /** Where the next unit may begin, in bits; without rules about places modulo the struct's alignment. */
  readonly bit: number;
  readonly wasted: number;
  /** Units lifted and units inserted. */
  readonly steps: number;
  /** Units lifted less units inserted, as pairs of class and number, for the classes where that is not 0. */
  readonly balance: readonly number[];
  /** Sum of the absolute balances. */
  readonly open: number;
  /** {@link LIFT}, {@link KEEP}, or the class that was inserted. */
  readonly action: number;
  readonly parent: State | undefined;
  /** The unit of a group that must come next, -1 for none. */
  readonly forced: number;
  /** First and last cacheline of the units that rules ask about, as {@link LineRules} has them. */
  readonly lines: readonly number[];
}

class Search {
  readonly #problem: OrderProblem;
  readonly #goal: SearchGoal;
  readonly #units: readonly Unit[];
  /** Class of each unit, and a unit of each class. */
  readonly #classOf: Int16Array;
  readonly #samples: number[] = [];
  readonly #zones: readonly number[];
  readonly #isFixed: readonly boolean[];
  /** Lifting one is a whole move. */
  readonly #isNeutral: readonly boolean[];
  readonly #period: number;
  readonly #budget: number;
  readonly #bodyEnd: number;
  readonly #relaxed: RelaxedCosts;
  readonly #next = new Map<number, number>();
  readonly #isFollower = new Set<number>();
  readonly #lines: LineRules;
  /** States by their cost. */
  readonly #buckets: (State[] | undefined)[] = [];
  #stateCount = 0;
  readonly #maxStates: number;
  readonly #seen = new Map<string, [steps: number, wasted: number][]>();
  /** Units of a class from an index on: `#left[index * classes + class]`. */
  readonly #left: Int16Array;

  constructor(problem: OrderProblem, goal: SearchGoal) {
    this.#problem = problem;
    this.#goal = goal;
    this.#maxStates = Math.min(goal.maxStates, goal.effort.states);
    this.#units = problem.units;
    this.#zones = zonesOf(problem);
    this.#isFixed = problem.units.map((_, index) => isFixed(problem, index));
    this.#isNeutral = neutralUnits(problem);
    this.#period = asksForPlaces(problem) ? Number.POSITIVE_INFINITY : problem.alignment * 8;
    this.#budget = goal.byteSize * 8 - problem.units.reduce((sum, unit) => sum + usedBits(unit), 0);
    this.#bodyEnd = problem.units.length - problem.trailing;
    const { rules } = problem;
    for (const group of rules.groups) {
      for (let at = 1; at < group.length; at++) {
        this.#next.set(group[at - 1] as number, group[at] as number);
        this.#isFollower.add(group[at] as number);
      }
    }
    this.#lines = new LineRules(problem);
    this.#classOf = this.#classify();
    this.#left = this.#countLeft();
    this.#relaxed = new RelaxedCosts({
      units: this.#units,
      samples: this.#samples
        .filter((index) => !this.#isNeutral[index])
        .map((index) => this.#units[index] as Unit),
      isFixed: this.#isFixed,
      isNeutral: this.#isNeutral,
      leading: rules.leading,
      alignment: problem.alignment,
      budget: this.#budget,
      maxEntries: Math.min(goal.maxEntries, goal.effort.entries),
    });
    goal.effort.entries -= this.#relaxed.entries;
  }

  run(): SearchResult {
    const { effort } = this.#goal;
    const result = this.#budget < 0 ? 'none' : this.#search();
    effort.states -= this.#stateCount;
    return result;
  }

  #search(): SearchResult {
    this.#push({
      index: 0,
      bit: 0,
      wasted: 0,
      steps: 0,
      balance: [],
      open: 0,
      action: KEEP,
      parent: undefined,
      forced: -1,
      lines: this.#lines.none(),
    });
    for (let state = this.#pop(); state !== undefined; state = this.#pop()) {
      if (state.index === this.#units.length && state.open === 0)
        return orderOfWalk(this.#problem, this.#walkTo(state), this.#classOf);
      if (this.#stateCount > this.#maxStates) return 'unknown';
      this.#expand(state);
    }
    return 'none';
  }

  #classify(): Int16Array {
    const byKey = new Map<string, number>();
    const { rules, alignment } = this.#problem;
    const special = new Set([...rules.pins.keys(), ...rules.groups.flat(), ...this.#lines.watched]);
    const isExact = this.#period === Number.POSITIVE_INFINITY;
    return Int16Array.from(this.#units, (unit, index) => {
      const { byteSize, fields } = unit;
      const size = isExact ? byteSize : byteSize % alignment;
      const shape =
        fields === undefined
          ? `${unit.alignment}:${size}`
          : fields.map(({ bitSize, unitSize }) => `${bitSize}/${unitSize}`).join();
      const isOwn = special.has(index) || this.#isFixed[index];
      const key = isOwn ? `#${index}` : `${this.#zones[index]} ${shape}`;
      const known = byKey.get(key);
      if (known !== undefined) return known;
      byKey.set(key, this.#samples.length);
      return this.#samples.push(index) - 1;
    });
  }

  #countLeft(): Int16Array {
    const classes = this.#samples.length;
    const left = new Int16Array((this.#units.length + 1) * classes);
    for (let index = this.#units.length - 1; index >= 0; index--) {
      left.copyWithin(index * classes, (index + 1) * classes, (index + 2) * classes);
      if (!this.#isFixed[index] && !this.#isNeutral[index]) {
        const at = index * classes + (this.#classOf[index] as number);
        left[at] = (left[at] as number) + 1;
      }
    }
    return left;
  }

  #expand(state: State): void {
    const { index } = state;
    if (this.#mayInsert(state)) {
      for (let each = 0; each < this.#samples.length; each++) this.#insert(state, each);
    }
    if (index === this.#units.length) return;
    // What comes last is looked at first: where it makes no difference, units are kept.
    if (!this.#isFixed[index]) this.#lift(state);
    this.#keep(state);
  }

  /** Behind a unit that was lifted nothing is inserted: it might as well have been before it. */
  #mayInsert({ index, action }: State): boolean {
    return action !== LIFT && index >= this.#problem.rules.leading && index <= this.#bodyEnd;
  }

  #insert(state: State, each: number): void {
    const { balance, index } = state;
    const sample = this.#samples[each] as number;
    const owed = owedIn(balance, each);
    const left = this.#left[index * this.#samples.length + each] as number;
    if (owed + left <= 0 || this.#zones[sample] !== this.#zoneBefore(index)) return;
    const placed = this.#place(state, sample);
    if (placed === undefined) return;
    const open = state.open + (owed > 0 ? -1 : 1);
    const steps = state.steps + 1;
    const { bit, wasted, forced, lines } = placed;
    // Most lead nowhere: that is seen before anything is made of them.
    if (this.#costOf({ index, bit, wasted, steps, open }) === undefined) return;
    const changed = withOwed(balance, each, owed - 1);
    this.#push({
      index,
      bit,
      wasted,
      steps,
      balance: changed,
      open,
      action: each,
      parent: state,
      forced,
      lines,
    });
  }

  #keep(state: State): void {
    const { index, steps, balance, open } = state;
    // All that was lifted must have found its place before what stays at the end.
    if (index >= this.#bodyEnd && open > 0) return;
    const placed = this.#place(state, index);
    if (placed === undefined) return;
    this.#push({ ...placed, index: index + 1, steps, balance, open, action: KEEP, parent: state });
  }

  #lift(state: State): void {
    if (this.#isNeutral[state.index]) {
      this.#push({ ...state, index: state.index + 1, steps: state.steps + 2, action: LIFT, parent: state });
      return;
    }
    const each = this.#classOf[state.index] as number;
    const owed = owedIn(state.balance, each);
    const balance = withOwed(state.balance, each, owed + 1);
    const open = state.open + (owed < 0 ? -1 : 1);
    this.#push({
      ...state,
      index: state.index + 1,
      steps: state.steps + 1,
      balance,
      open,
      action: LIFT,
      parent: state,
    });
  }

  /** The zone between the unit `index` and the one before. */
  #zoneBefore(index: number): number {
    const { zones } = this.#problem.rules;
    return 1 + zones.findIndex(({ from, to }) => from <= index && index <= to);
  }

  /** What placing a unit behind a state does; undefined where a rule or the size forbids it. */
  #place(state: State, index: number): Pick<State, 'bit' | 'wasted' | 'forced' | 'lines'> | undefined {
    const unit = this.#units[index] as Unit;
    const isNext = state.forced < 0 ? !this.#isFollower.has(index) : state.forced === index;
    if (!isNext) return undefined;
    const end = endOf(state.bit, unit);
    const wasted = state.wasted + end - state.bit - usedBits(unit);
    if (wasted > this.#budget) return undefined;
    const start = startOf(state.bit, unit);
    const pin = this.#problem.rules.pins.get(index);
    if (pin !== undefined && pin !== start) return undefined;
    const lines = this.#lines.with(state.lines, index, { start, end });
    if (lines === undefined) return undefined;
    return { bit: end % this.#period || 0, wasted, forced: this.#next.get(index) ?? -1, lines };
  }

  /** Moves by way of a state, at least; undefined where they are too many, or nothing leads on. */
  #costOf({
    index,
    bit,
    wasted,
    steps,
    open,
  }: Pick<State, 'index' | 'bit' | 'wasted' | 'steps' | 'open'>): number | undefined {
    const needed = Math.max(open, this.#relaxed.from(index, bit, this.#budget - wasted));
    if (needed === Number.POSITIVE_INFINITY || steps + needed > 2 * this.#goal.maxMoves) return undefined;
    return Math.ceil((steps + this.#goal.weight * needed) / 2);
  }

  #push(state: State): void {
    const cost = this.#costOf(state);
    if (cost === undefined || this.#isWorse(state)) return;
    this.#stateCount++;
    let bucket = this.#buckets[cost];
    if (bucket === undefined) {
      bucket = [];
      this.#buckets[cost] = bucket;
    }
    bucket.push(state);
  }

  /** Whether a state was seen that is at least as good; remembers it otherwise. */
  #isWorse({ index, bit, wasted, steps, balance, action, forced, lines }: State): boolean {
    const place = this.#period === Number.POSITIVE_INFINITY ? `${bit} ${lines.join()}` : '';
    const key = `${index} ${action === LIFT ? 1 : 0} ${forced} ${balance.join()} ${place}`;
    const seen = this.#seen.get(key) ?? [];
    if (seen.some((other) => other[0] <= steps && other[1] <= wasted)) return true;
    this.#seen.set(key, [...seen.filter((other) => other[0] < steps || other[1] < wasted), [steps, wasted]]);
    return false;
  }

  #pop(): State | undefined {
    for (const bucket of this.#buckets) {
      const state = bucket?.pop();
      if (state !== undefined) return state;
    }
    return undefined;
  }

  /** The steps that led to a state. */
  #walkTo(end: State): State[] {
    const walk: State[] = [];
    for (let state: State | undefined = end; state?.parent !== undefined; state = state.parent)
      walk.push(state);
    return walk.reverse();
  }
}

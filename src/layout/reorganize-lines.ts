/** The cachelines of units that rules ask about, as a search for an order follows them. */

import type { OrderProblem } from './reorganize-problem.ts';

export class LineRules {
  readonly #problem: OrderProblem;
  /** Units that rules ask about. */
  readonly watched: readonly number[];

  constructor(problem: OrderProblem) {
    const { sameLine, apart } = problem.rules;
    this.#problem = problem;
    this.watched = [...new Set([...sameLine, ...apart].flat())];
  }

  /** First and last cacheline of each watched unit: -1 while none is placed. */
  none(): readonly number[] {
    return this.watched.flatMap(() => [-1, -1]);
  }

  /** The lines with those of one more unit, which lies between two bits; undefined where a rule forbids them. */
  with(
    lines: readonly number[],
    index: number,
    { start, end }: { start: number; end: number },
  ): readonly number[] | undefined {
    const at = this.watched.indexOf(index);
    if (at < 0) return lines;
    const lineBits = this.#problem.cachelineSize * 8;
    const first = Math.floor(start / lineBits);
    const last = Math.floor(Math.max(start, end - 1) / lineBits);
    const { sameLine, apart } = this.#problem.rules;
    const others = (set: readonly number[]): (readonly [from: number, to: number])[] =>
      set.includes(index) ? this.#placed(lines, set, index) : [];
    if (sameLine.some((set) => set.includes(index)) && first !== last) return undefined;
    if (sameLine.some((set) => others(set).some(([from]) => from !== first))) return undefined;
    if (apart.some((set) => others(set).some(([from, to]) => from <= last && first <= to))) return undefined;
    return lines.with(2 * at, first).with(2 * at + 1, last);
  }

  /** Lines of the units of a set that are placed already, but for one. */
  #placed(
    lines: readonly number[],
    set: readonly number[],
    except: number,
  ): (readonly [from: number, to: number])[] {
    return set
      .filter((other) => other !== except)
      .map((other) => 2 * this.watched.indexOf(other))
      .map((slot) => [lines[slot] as number, lines[slot + 1] as number] as const)
      .filter(([from]) => from >= 0);
  }
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filledOrder, movedIn } from '../../src/layout/reorganize-fill.ts';
import { sizeOfOrder, type Unit } from '../../src/layout/reorganize-place.ts';
import { isFixed, lessAligned, noRules, type OrderProblem } from '../../src/layout/reorganize-problem.ts';
import { searchOrder } from '../../src/layout/reorganize-search.ts';
import { bestByTrying, movesOf } from './reorganize-oracle.ts';

const member = fc
  .record({ alignment: fc.constantFrom(1, 2, 4, 8, 8, 16, 64), count: fc.constantFrom(0, 1, 1, 1, 2, 5) })
  .map(({ alignment, count }) => ({ alignment, byteSize: alignment * count }));

const problems = (maxLength: number): fc.Arbitrary<OrderProblem> =>
  fc.array(member, { minLength: 1, maxLength }).map((members) => ({
    units: members.map((each, index): Unit => ({ ...each, first: index, end: index + 1 })),
    alignment: Math.max(...members.map(({ alignment }) => alignment)),
    trailing: 0,
    rules: noRules(),
    cachelineSize: 64,
  }));

function sizeOf({ units, alignment }: OrderProblem, order: readonly number[]): number {
  return sizeOfOrder(
    order.map((index) => units[index] as Unit),
    alignment,
  );
}

describe('an order by filling', () => {
  it('holds every unit once, and leaves in their order those that must not move', () => {
    fc.assert(
      fc.property(problems(20), (problem) => {
        const order = filledOrder(problem);
        expect(order.toSorted((a, b) => a - b)).toEqual([...problem.units.keys()]);
        const fixed = order.filter((index) => isFixed(problem, index));
        expect(fixed).toEqual(fixed.toSorted((a, b) => a - b));
      }),
    );
  });

  it('wastes nothing but the end where sizes are multiples of alignments and nothing must stay', () => {
    fc.assert(
      fc.property(problems(20), (given) => {
        const problem = { ...given, units: given.units.filter(({ byteSize }) => byteSize > 0) };
        const sum = problem.units.reduce((total, { byteSize }) => total + byteSize, 0);
        const rounded = Math.ceil(sum / problem.alignment) * problem.alignment;
        expect(sizeOf(problem, filledOrder(problem))).toBe(rounded);
      }),
    );
  });

  it('counts its moves as they are', () => {
    fc.assert(
      fc.property(problems(12), (problem) => {
        const order = filledOrder(problem);
        expect(movedIn(problem, order)).toHaveLength(movesOf(problem, order));
      }),
    );
  });
});

describe('a problem with smaller alignments', () => {
  it('needs no more moves to the same size', () => {
    fc.assert(
      fc.property(problems(6), (problem) => {
        const simpler = lessAligned(problem);
        const best = bestByTrying(problem);
        if (simpler === undefined || best === undefined) return;
        const found = searchOrder(simpler, {
          byteSize: best.byteSize,
          maxMoves: problem.units.length,
          maxStates: 10_000,
          maxEntries: 1 << 17,
          effort: { states: 10_000, entries: 1 << 17 },
          weight: 1,
        });
        expect(typeof found === 'object' && found.moved.length <= best.moves).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

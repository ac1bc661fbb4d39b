import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemOf, reorganize } from '../../src/layout/reorganize.ts';
import { type StructModel, StructModels } from '../../src/layout/reorganize-model.ts';
import { sizeOfOrder, type Unit } from '../../src/layout/reorganize-place.ts';
import { noRules, type OrderProblem, type OrderRules } from '../../src/layout/reorganize-problem.ts';
import { movesOf as stepsOf } from '../../src/layout/reorganize-steps.ts';
import { layoutsOf } from '../support/types.ts';
import { bestByTrying, movesOf, sizeIfAllowed } from './reorganize-oracle.ts';

/** Struct models of no types: those of the tests come from nowhere. */
const NO_TYPES = new StructModels(layoutsOf([]));

const alignments = fc.constantFrom(1, 1, 2, 4, 4, 8, 8, 16, 64);

/** A member, one in eight without a size, one in eight of more alignment than size. */
const plain = fc
  .record({ alignment: alignments, count: fc.constantFrom(1, 1, 1, 1, 2, 3, 0), odd: fc.nat(7) })
  .map(({ alignment, count, odd }) => ({
    byteSize: odd === 0 ? Math.ceil((alignment * count) / 4) : alignment * count,
    alignment,
  }));

const run = fc
  .array(
    fc.constantFrom(1, 2, 4, 8).chain((unitSize) =>
      fc.record({
        unitSize: fc.constant(unitSize),
        bitSize: fc.integer({ min: 1, max: Math.min(20, unitSize * 8) }),
      }),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((fields) => ({
    byteSize: 0,
    alignment: Math.max(...fields.map(({ unitSize }) => unitSize)),
    fields: fields.map((field) => ({ ...field, member: 0 })),
  }));

function modelOf(parts: readonly Omit<Unit, 'first' | 'end'>[], trailing = 0): StructModel {
  const units = parts.map((part, index) => ({ ...part, first: index, end: index + 1 }));
  const alignment = Math.max(1, ...units.map((unit) => unit.alignment));
  return { id: 1, units, alignment, byteSize: sizeOfOrder(units, alignment), leading: 0, trailing };
}

const models = (maxLength: number): fc.Arbitrary<StructModel> =>
  fc
    .record({
      parts: fc.array(fc.oneof({ weight: 4, arbitrary: plain }, { weight: 1, arbitrary: run }), {
        minLength: 1,
        maxLength,
      }),
      trailing: fc.nat(1),
    })
    .map(({ parts, trailing }) => modelOf(parts, trailing));

function check(model: StructModel, rules: OrderRules, maxMoves?: number): void {
  const problem: OrderProblem = problemOf(model, rules, 64);
  const best = bestByTrying(problem, maxMoves);
  const found = reorganize(model, { rules, maxMoves });
  expect(found && { byteSize: found.byteSize, moves: found.moved.length }).toEqual(best);
  if (found === undefined) return;
  expect(sizeIfAllowed(problem, found.order)).toBe(found.byteSize);
  expect(movesOf(problem, found.order)).toBe(found.moved.length);
  expect(found).toMatchObject({ isSmallest: true, hasFewestMoves: true });
}

/** A model with rules about its units, which may contradict one another. */
const withRules = models(5).chain((model) => {
  const count = model.units.length;
  const unit = fc.nat(count - 1);
  const set = fc.uniqueArray(unit, { minLength: 2, maxLength: 3 });
  const some = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(arbitrary, { maxLength: 1 });
  const pin = fc.tuple(
    unit,
    fc.nat(15).map((bytes) => bytes * 8),
  );
  return fc
    .record({
      pins: some(pin).map((pins) => new Map(pins)),
      groups: count < 2 ? fc.constant([]) : some(set),
      sameLine: count < 2 ? fc.constant([]) : some(set),
      apart: count < 2 ? fc.constant([]) : some(set),
      zones: fc.constant([]),
      leading: fc.constantFrom(0, 0, 0, 1),
    })
    .map((rules) => ({ model, rules }));
});

/** Two markers in a struct, and a zone between them. */
const withZone = fc.tuple(models(2), models(2), models(2)).map(([before, inside, behind]) => {
  const marker = { byteSize: 0, alignment: 1 };
  const parts = [...before.units, marker, ...inside.units, marker, ...behind.units];
  const from = before.units.length + 1;
  const zones = [{ from, to: from + inside.units.length }];
  return { model: modelOf(parts), rules: { ...noRules(), zones } };
});

describe('the order of the least size', () => {
  it('is that of an exhaustive search, in size and in moves, without rules', () => {
    fc.assert(
      fc.property(models(6), (model) => check(model, noRules())),
      { numRuns: 2_000 },
    );
  }, 120_000);

  it('and with rules', () => {
    fc.assert(
      fc.property(withRules, ({ model, rules }) => check(model, rules)),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(withZone, ({ model, rules }) => check(model, rules)),
      { numRuns: 60 },
    );
  });

  it('and with a limit of moves', () => {
    fc.assert(
      fc.property(models(5), fc.nat(3), (model, maxMoves) => check(model, noRules(), maxMoves)),
      { numRuns: 300 },
    );
  });

  it('does not grow when a rule is dropped', () => {
    fc.assert(
      fc.property(withRules, ({ model, rules }) => {
        const sizeWith = (some: OrderRules): number =>
          reorganize(model, { rules: some })?.byteSize ?? Number.POSITIVE_INFINITY;
        const all = sizeWith(rules);
        for (const dropped of [{ pins: new Map() }, { groups: [] }, { sameLine: [] }, { apart: [] }]) {
          expect(sizeWith({ ...rules, ...dropped })).toBeLessThanOrEqual(all);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('is what its moves lead to, one after the other', () => {
    fc.assert(
      fc.property(models(12), (model) => {
        const result = reorganize(model);
        const moves = result === undefined ? [] : stepsOf(NO_TYPES, result);
        const end = moves.at(-1);
        expect(end?.arrangement.order ?? [...model.units.keys()]).toEqual(result?.order);
        expect(end?.byteSize ?? model.byteSize).toBe(result?.byteSize);
      }),
      { numRuns: 60 },
    );
  });

  it('is never larger than the struct was, and no smaller than its bits', () => {
    fc.assert(
      fc.property(models(14), (model) => {
        const result = reorganize(model);
        expect(result?.byteSize).toBeLessThanOrEqual(model.byteSize);
        expect(result?.order.toSorted((a, b) => a - b)).toEqual([...model.units.keys()]);
        if (result?.byteSize === model.byteSize) expect(result.moved).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Reorganization } from '../../src/layout/reorganize.ts';
import { arrangedSize, countMoves } from '../../src/layout/reorganize-arrangement.ts';
import { type StructModel, StructModels } from '../../src/layout/reorganize-model.ts';
import { reorganizeNested, smallestNestedSize } from '../../src/layout/reorganize-nested.ts';
import { sizeOfOrder } from '../../src/layout/reorganize-place.ts';
import { movesOf as stepsOf } from '../../src/layout/reorganize-steps.ts';
import { int, type MemberSpec, struct } from '../support/btf-writer.ts';
import { layoutsOf } from '../support/types.ts';

const BASICS = [int('char', 1), int('short', 2), int('int', 4), int('long', 8)];
const INNER = 5;
const OUTER = 6;

/** A member of a basic type, by its id, whose size is 2 to the power of the id less 1. */
const basics = (maxLength: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength });

interface Sized {
  readonly byteSize: number;
  readonly alignment: number;
}

const sizedBasic = (type: number): Sized => ({ byteSize: 2 ** (type - 1), alignment: 2 ** (type - 1) });

/** The struct with these members in this order, as C has it. */
function laidOut(members: readonly Sized[]): Sized & { offsets: number[] } {
  let end = 0;
  const offsets = members.map(({ byteSize, alignment }) => {
    const offset = Math.ceil(end / alignment) * alignment;
    end = offset + byteSize;
    return offset;
  });
  const alignment = Math.max(...members.map((member) => member.alignment));
  return { byteSize: Math.ceil(end / alignment) * alignment, alignment, offsets };
}

function* orders(count: number, taken: readonly number[] = []): Generator<readonly number[]> {
  if (taken.length === count) yield taken;
  for (let next = 0; next < count; next++) if (!taken.includes(next)) yield* orders(count, [...taken, next]);
}

/** Members that must be taken out for the rest to be in its old order. */
function movesIn(order: readonly number[]): number {
  const longest: number[] = [];
  for (const [place, index] of order.entries()) {
    const before = longest.filter((_, at) => (order[at] as number) < index);
    longest[place] = 1 + Math.max(0, ...before);
  }
  return order.length - Math.max(...longest);
}

/** The least size, and the fewest moves to it, of all orders inside and outside. `outer` has 0 for the inner struct. */
function bestOfAll(inner: readonly number[], outer: readonly number[]): { byteSize: number; moves: number } {
  let best = { byteSize: Number.POSITIVE_INFINITY, moves: 0 };
  for (const inside of orders(inner.length)) {
    const place = laidOut(inside.map((index) => sizedBasic(inner[index] as number)));
    for (const outside of orders(outer.length)) {
      const members = outside.map((index) =>
        outer[index] === 0 ? place : sizedBasic(outer[index] as number),
      );
      const { byteSize } = laidOut(members);
      const moves = movesIn(inside) + movesIn(outside);
      if (byteSize < best.byteSize || (byteSize === best.byteSize && moves < best.moves))
        best = { byteSize, moves };
    }
  }
  return best;
}

function modelsOf(inner: readonly number[], outer: readonly number[]): StructModels {
  const place = laidOut(inner.map(sizedBasic));
  const whole = laidOut(outer.map((type) => (type === 0 ? place : sizedBasic(type))));
  const specs = (types: readonly number[], offsets: readonly number[]): MemberSpec[] =>
    types.map((type, index) => [`m${index}`, type === 0 ? INNER : type, (offsets[index] as number) * 8]);
  return new StructModels(
    layoutsOf([
      ...BASICS,
      struct(0, place.byteSize, specs(inner, place.offsets)),
      struct('outer', whole.byteSize, specs(outer, whole.offsets)),
    ]),
  );
}

it('a struct with one declared in it is as small, by as few moves, as trying all orders of both finds', () => {
  const outers = fc.tuple(basics(3), fc.nat(3)).map(([types, at]) => types.toSpliced(at, 0, 0));
  fc.assert(
    fc.property(basics(4), outers, (inner, outer) => {
      const models = modelsOf(inner, outer);
      const model = models.of(OUTER);
      if (typeof model === 'string') throw new Error(model);
      const found = reorganizeNested(models, model) as Reorganization;
      expect({ byteSize: found.byteSize, moves: countMoves(found) }).toEqual(bestOfAll(inner, outer));
      expect(arrangedSize(models, found)).toBe(found.byteSize);
      expect(smallestNestedSize(models, model)).toBe(found.byteSize);
      expectReplayed(models, found, model);
    }),
    { numRuns: 300 },
  );
});

/** Made one after the other, the moves lead to the result. */
function expectReplayed(models: StructModels, found: Reorganization, model: StructModel): void {
  const steps = stepsOf(models, found);
  expect(steps).toHaveLength(countMoves(found));
  const end = steps.at(-1);
  expect(end?.byteSize ?? sizeOfOrder(model.units, model.alignment)).toBe(found.byteSize);
  expect(end?.arrangement.order ?? found.order).toEqual(found.order);
  for (const [member, inside] of found.inner)
    expect(end?.arrangement.inner.get(member)?.order).toEqual(inside.order);
}

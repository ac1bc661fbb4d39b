import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movedStructOf } from '../../src/emit/reorganize-compat.ts';
import { reorganize, smallestSize } from '../../src/layout/reorganize.ts';
import { reorganizeAsPahole } from '../../src/layout/reorganize-compat.ts';
import { StructModels } from '../../src/layout/reorganize-model.ts';
import { reorganizeNested, smallestNestedSize } from '../../src/layout/reorganize-nested.ts';
import { array, int, type MemberSpec, ptr, struct, union } from '../support/btf-writer.ts';
import { layoutsOf } from '../support/types.ts';

const BASICS = [int('char', 1), int('int', 4), int('odd', 3), int('long', 8), ptr(0), array(1, 2, 0)];

const member: fc.Arbitrary<MemberSpec> = fc.tuple(
  fc.constant('m'),
  fc.nat(12),
  fc.oneof(fc.nat(400), fc.nat(0xff_ffff)),
  fc.oneof(fc.constant(0), fc.nat(70)),
);
const composite = fc.tuple(fc.oneof(fc.nat(64), fc.nat(0xffff_ffff)), fc.array(member, { maxLength: 8 }));

describe('any struct is reorganized or left alone', () => {
  it('whatever its members are and wherever they lie', () => {
    fc.assert(
      fc.property(composite, composite, composite, (first, second, third) => {
        const records = [...BASICS, struct('a', ...first), union('u', ...second), struct('b', ...third)];
        const layouts = layoutsOf(records);
        const models = new StructModels(layouts);
        for (let id = 1; id <= records.length; id++) {
          const model = models.of(id);
          if (typeof model === 'string') continue;
          const options = { isQuick: true };
          expect(smallestSize(model, options)).toBeLessThanOrEqual(model.byteSize);
          expect(smallestNestedSize(models, model, options)).toBeLessThanOrEqual(model.byteSize);
          expect(reorganizeNested(models, model, options)?.byteSize).toBeLessThanOrEqual(model.byteSize);
          reorganizeAsPahole(movedStructOf(layouts, id), 8);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('with types without a name in one another, however often', () => {
    const inside = (type: number, name: string): MemberSpec => [name, type, 0];
    const eight = (type: number): MemberSpec[] => 'abcdefgh'.split('').map((name) => inside(type, name));
    const first = BASICS.length + 1;
    const wasteful = struct(0, 24, [
      ['x', 1, 0],
      ['y', 4, 64],
      ['z', 1, 128],
    ]);
    // Each holds the one before eight times in the same place, and the last two hold themselves and each other.
    const unions = Array.from({ length: 30 }, (_, index) => union(0, 24, eight(first + index)));
    const last = first + unions.length;
    const loop = [
      struct(0, 0, eight(last + 1)),
      struct(0, 0, eight(last + 2)),
      struct(0, 0, eight(last + 1)),
    ];
    const outer = struct('outer', 32, [inside(last, 'u'), ['w', 2, 192]]);
    const endless = struct('endless', 8, [inside(last + 1, 'none'), ['v', 4, 0]]);
    const models = new StructModels(layoutsOf([...BASICS, wasteful, ...unions, ...loop, outer, endless]));
    for (const id of [last + 4, last + 5]) {
      const model = models.of(id);
      if (typeof model === 'string') continue;
      expect(smallestNestedSize(models, model)).toBeLessThanOrEqual(model.byteSize);
      expect(reorganizeNested(models, model)?.byteSize).toBeLessThanOrEqual(model.byteSize);
    }
    expect(typeof models.of(last + 4)).toBe('object');
  });

  it('with 50,000 members', () => {
    const members = Array.from(
      { length: 50_000 },
      (_, index): MemberSpec => [`m${index}`, index % 2 === 0 ? 1 : 4, index * 64],
    );
    const models = new StructModels(layoutsOf([...BASICS, struct('s', 400_000, members)]));
    const model = models.of(BASICS.length + 1);
    expect(typeof model).toBe('object');
    if (typeof model === 'string') return;
    expect(reorganize(model)?.byteSize).toBe(225_000);
  });
});

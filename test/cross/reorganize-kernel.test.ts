/**
 * `--reorganize` on the structs of kernels: the compiler gives the sizes and offsets that are claimed, trying all orders
 * finds none that is better, and neither sorting by alignment nor pahole saves more. A sample of the running kernel's
 * structs; with TSPAHOLE_ALL=1 all of them, and those of the vmlinux of Linux 6.1 that is there.
 */

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { movedStructOf } from '../../src/emit/reorganize-compat.ts';
import { Layouts, loadSync, RUNNING_KERNEL_BTF, type TypeTable } from '../../src/index.ts';
import { problemOf, type Reorganization, reorganize } from '../../src/layout/reorganize.ts';
import { countMoves } from '../../src/layout/reorganize-arrangement.ts';
import { type MovedStruct, reorganizeAsPahole } from '../../src/layout/reorganize-compat.ts';
import { type StructModel, StructModels } from '../../src/layout/reorganize-model.ts';
import { reorganizeNested } from '../../src/layout/reorganize-nested.ts';
import { sizeOfOrder, type Unit } from '../../src/layout/reorganize-place.ts';
import { isFixed, leastSize, noRules } from '../../src/layout/reorganize-problem.ts';
import { movesOf } from '../../src/layout/reorganize-steps.ts';
import { bestByTrying } from '../layout/reorganize-oracle.ts';
import { NO_VMLINUX_61, vmlinux61 } from '../support/kernel-61.ts';
import { Claims, hasCompiler } from './reorganize-judge.ts';

const TIMEOUT = 1_800_000;
const hasKernel = existsSync(RUNNING_KERNEL_BTF);
const isWhole = process.env.TSPAHOLE_ALL === '1';
/** Every so many structs of a kernel are looked at. */
const STEP = isWhole ? 1 : 20;
/** Units that may be moved in structs whose orders are all tried. */
const MAX_TRIED = isWhole ? 8 : 6;

interface Case {
  readonly name: string;
  readonly models: StructModels;
  readonly model: StructModel;
}

function* structsOf(table: TypeTable, step: number): Generator<Case> {
  const models = new StructModels(new Layouts(table));
  for (let id = 1; id < table.end; id++) {
    const model = id % step === 0 ? models.of(id) : '';
    if (typeof model !== 'string') yield { name: `${table.name(id)} (${id})`, models, model };
  }
}

/** All of a file of several units, each struct once. */
function* structsOfUnits(path: string): Generator<Case> {
  const seen = new Set<string>();
  for (const { table } of loadSync(path, { formats: ['dwarf'] }).units()) {
    for (const each of structsOf(table, 1)) {
      const { id, byteSize, units } = each.model;
      const key = `${table.name(id)} ${byteSize} ${table.vlen(id)} ${JSON.stringify(units)}`;
      if (!seen.has(key)) yield each;
      seen.add(key);
    }
  }
}

/** Claims results, and checks what needs no witness. */
function claimAll(cases: Iterable<Case>): Claims {
  const claims = new Claims();
  const unproven: string[] = [];
  for (const { name, models, model } of cases) {
    const plain = reorganize(model) as Reorganization;
    expect(plain.isSmallest, name).toBe(true);
    if (!plain.hasFewestMoves) unproven.push(name);
    const nested = reorganizeNested(models, model) as Reorganization;
    expect(nested.byteSize, name).toBeLessThanOrEqual(plain.byteSize);
    const results = countMoves(nested) === countMoves(plain) ? [plain] : [plain, nested];
    for (const result of results) {
      expect(result.byteSize <= model.byteSize, name).toBe(true);
      expect(countMoves(result) === 0, name).toBe(result.byteSize === model.byteSize);
      expectReplayed(models, result);
      claims.add(models, result);
    }
  }
  console.info(
    `${claims.structCount} structs, ${claims.memberCount} members; moves not proven to be the fewest: ${unproven.join()}`,
  );
  expect(unproven.length).toBeLessThanOrEqual(3);
  return claims;
}

/** What the moves of a result lead to, made one after the other, is the result. */
function expectReplayed(models: StructModels, result: Reorganization): void {
  const end = movesOf(models, result).at(-1);
  if (end === undefined) return;
  expect([end.arrangement.order, end.byteSize]).toEqual([result.order, result.byteSize]);
}

describe.skipIf(!hasCompiler || !hasKernel)(
  'the compiler gives sizes and offsets as claimed (skipped without gcc on x86-64, or types of the kernel)',
  () => {
    it(
      'for structs of the running kernel',
      () => {
        const claims = claimAll(structsOf(loadSync().table(), STEP));
        expect(claims.structCount).toBeGreaterThan(9_000 / STEP);
        expect(claims.judge()).toBe('');
      },
      TIMEOUT,
    );

    it.skipIf(!isWhole || vmlinux61 === undefined)(
      `for structs in DWARF: ${vmlinux61 === undefined ? NO_VMLINUX_61 : vmlinux61}, with TSPAHOLE_ALL=1`,
      () => {
        const claims = claimAll(structsOfUnits(vmlinux61 as string));
        expect(claims.structCount).toBeGreaterThan(6_000);
        expect(claims.judge()).toBe('');
      },
      TIMEOUT,
    );
  },
);

/** The size of a struct with its units by descending alignment, then size; what must stay stays. */
function sizeWhenSorted({ units, alignment, leading, trailing }: StructModel): number {
  const end = units.length - trailing;
  const body = units.slice(leading, end).sort((a, b) => weight(b) - weight(a) || b.byteSize - a.byteSize);
  return sizeOfOrder([...units.slice(0, leading), ...body, ...units.slice(end)], alignment);
}

function weight({ fields, alignment }: Unit): number {
  return fields === undefined ? alignment : 0;
}

/** Whether what pahole makes of a struct could be compiled: aligned, without overlaps, what must be last last. */
function isLegal({ models, model }: Case, { members, byteSize }: MovedStruct): boolean {
  const { table } = models.layouts;
  const from = models.layouts.firstMember(model.id);
  const alignments = new Map<number, number>();
  for (const { first, alignment, fields } of model.units) {
    if (fields !== undefined) continue;
    const name = table.extra(model.id, 3 * first);
    alignments.set(name, Math.max(alignment, alignments.get(name) ?? 1));
  }
  let end = 0;
  for (let index = 0; index < members.count; index++) {
    const bit = members.bitOffset[index] as number;
    const bitSize = members.bitSize[index] as number;
    const alignment = bitSize === 0 ? (alignments.get(members.nameOffset[index] as number) ?? 1) : 1;
    const isKept = bitSize === 0 || bit === models.layouts.members.bitOffset[from + index];
    if (bit < end || (bitSize === 0 && bit % (alignment * 8) !== 0) || !isKept) return false;
    end = bit + (bitSize || (members.byteSize[index] as number) * 8);
  }
  const isLastKept =
    model.trailing === 0 ||
    members.nameOffset[members.count - 1] === table.extra(model.id, 3 * (members.count - 1));
  return isLastKept && end <= byteSize * 8 && byteSize % model.alignment === 0;
}

describe.skipIf(!hasKernel)('for structs of the running kernel (skipped without its types)', () => {
  it(
    `trying all orders of up to ${MAX_TRIED} units finds neither a smaller one nor fewer moves`,
    () => {
      let tried = 0;
      let few = 0;
      for (const { name, model } of structsOf(loadSync().table(), isWhole ? 1 : 3)) {
        const problem = problemOf(model, noRules(), 64);
        const movable = model.units.filter((_, index) => !isFixed(problem, index));
        if (movable.length > MAX_TRIED) continue;
        few++;
        const { byteSize, moved } = reorganize(model) as Reorganization;
        // No order is smaller than this.
        if (leastSize(problem) >= model.byteSize) {
          expect([byteSize, moved], name).toEqual([model.byteSize, []]);
          continue;
        }
        tried++;
        expect({ byteSize, moves: moved.length }, name).toEqual(bestByTrying(problem));
      }
      console.info(`${few} structs, ${tried} of them with room for an order to matter`);
      expect(tried).toBeGreaterThan(isWhole ? 250 : 20);
    },
    TIMEOUT,
  );

  it(
    'sorting by alignment saves no more, and pahole makes none smaller, where what it makes is legal',
    () => {
      const sums = { structs: 0, shrunk: 0, saved: 0, savedBySorting: 0, legal: 0 };
      for (const each of structsOf(loadSync().table(), 1)) {
        const { name, models, model } = each;
        const { byteSize } = reorganize(model, { isQuick: true }) as Reorganization;
        const sorted = sizeWhenSorted(model);
        expect(byteSize, name).toBeLessThanOrEqual(sorted);
        sums.structs++;
        sums.shrunk += byteSize < model.byteSize ? 1 : 0;
        sums.saved += model.byteSize - byteSize;
        sums.savedBySorting += Math.max(0, model.byteSize - sorted);
        const pahole = movedStructOf(models.layouts, model.id);
        if (!reorganizeAsPahole(pahole, 8) || !isLegal(each, pahole)) continue;
        sums.legal++;
        expect(byteSize, name).toBeLessThanOrEqual(pahole.byteSize);
      }
      console.info(JSON.stringify(sums));
      expect(sums.saved).toBeGreaterThanOrEqual(sums.savedBySorting);
      expect(sums.saved).toBeGreaterThan(0);
    },
    TIMEOUT,
  );
});

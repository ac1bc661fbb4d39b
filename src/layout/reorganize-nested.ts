/**
 * `--nested`: structs reorganized together with the structs and unions without a name that are declared in them. Each
 * of these may have several sizes, which cost different numbers of moves; all combinations are tried, so that as few as
 * possible are made for the least size of the whole.
 */

import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import { type Reorganization, type ReorganizeOptions, reorganize, smallestSize } from './reorganize.ts';
import { type Arrangement, asItIs, countMoves, sizeOfUnion } from './reorganize-arrangement.ts';
import type { StructModel, StructModels } from './reorganize-model.ts';
import { sizeOfOrder } from './reorganize-place.ts';
import { MAX_TYPE_DEPTH } from './type-facts.ts';

/** Combinations that are tried for one struct; beyond, members are made as small as they get. */
const MAX_COMBINATIONS = 64;
/** Sizes of one member that are tried between the one that it has and the least. */
const MAX_SIZES = 8;

/** Moves inside of one member that are thought of: a type that stands in others many times multiplies them. */
const MAX_MOVES = 1_000;

/** What a struct or union in place may become. */
interface Variant {
  readonly arrangement: Arrangement;
  readonly byteSize: number;
  readonly moves: number;
  readonly isSmallest: boolean;
  readonly hasFewestMoves: boolean;
}

/** Variants of members by their indexes: one for each. */
type Choice = ReadonlyMap<number, Variant>;

/** Like `reorganize`, with what is declared in place reorganized inside. */
export function reorganizeNested(
  models: StructModels,
  model: StructModel,
  options: ReorganizeOptions = {},
): Reorganization | undefined {
  const visit = { models, options: {}, known: new Map<TypeId, readonly Variant[]>() };
  const { choices, isWhole } = choicesOf(visit, model.id, 0);
  const best = bestOf(model, choices, options);
  return best === undefined ? undefined : { ...best, hasFewestMoves: best.hasFewestMoves && isWhole };
}

/** The best of a struct's reorganizations with each of these choices. */
function bestOf(
  model: StructModel,
  choices: readonly Choice[],
  options: ReorganizeOptions,
): Reorganization | undefined {
  let best: Reorganization | undefined;
  for (const choice of choices) {
    const found = withChoice(model, choice, options);
    if (found !== undefined && isBetter(found, best)) best = found;
  }
  return best;
}

/** The size that {@link reorganizeNested} gives a struct without rules, in bytes. */
export function smallestNestedSize(
  models: StructModels,
  model: StructModel,
  options: ReorganizeOptions = {},
): number {
  const least = leastModel({ models, options, known: new Map() }, model, 0);
  return Math.min(model.byteSize, smallestSize(least, options));
}

/** What a pass over nested types carries: what it has found of each, or takes for found while it looks. */
interface Visit<T> {
  readonly models: StructModels;
  readonly options: ReorganizeOptions;
  readonly known: Map<TypeId, T>;
}

/** The struct with what is declared in it as small as it gets. */
function leastModel(visit: Visit<number>, model: StructModel, depth: number): StructModel {
  const members = nestedMembers(visit.models, model.id);
  if (members.length === 0) return model;
  return resized(
    model,
    new Map(members.map(([index, type]) => [index, leastSizeOf(visit, type, depth + 1)])),
  );
}

function leastSizeOf(visit: Visit<number>, id: TypeId, depth: number): number {
  const { models, options, known } = visit;
  const size = models.layouts.table.sizeOrType(id);
  const found = known.get(id);
  if (found !== undefined || depth > MAX_TYPE_DEPTH) return found ?? size;
  known.set(id, size);
  const model = models.of(id);
  let least = size;
  if (models.layouts.table.kind(id) === Kind.Union) least = leastUnion(visit, id, depth);
  else if (typeof model !== 'string') least = smallestSize(leastModel(visit, model, depth), options);
  known.set(id, Math.min(size, least));
  return Math.min(size, least);
}

function leastUnion(visit: Visit<number>, id: TypeId, depth: number): number {
  const nested = new Map(nestedMembers(visit.models, id));
  return sizeOfUnion(visit.models, id, (index) => {
    const type = nested.get(index);
    return type === undefined ? undefined : leastSizeOf(visit, type, depth + 1);
  });
}

/** Members whose type is a struct or union without a name: index and type. */
function nestedMembers({ layouts }: StructModels, id: TypeId): [index: number, type: TypeId][] {
  const { table } = layouts;
  const start = layouts.firstMember(id);
  const found: [number, TypeId][] = [];
  for (let index = 0; index < layouts.memberCount(id); index++) {
    const type = layouts.members.typeId[start + index] as number;
    const kind = table.kind(type);
    if ((kind === Kind.Struct || kind === Kind.Union) && table.nameOffset(type) === 0)
      found.push([index, type]);
  }
  return found;
}

/** A struct whose members have other sizes, in its old order. */
function resized(model: StructModel, sizes: ReadonlyMap<number, number>): StructModel {
  const units = model.units.map((unit) => {
    const byteSize = unit.fields === undefined ? sizes.get(unit.first) : undefined;
    return byteSize === undefined ? unit : { ...unit, byteSize };
  });
  return { ...model, units, byteSize: sizeOfOrder(units, model.alignment) };
}

function withChoice(
  model: StructModel,
  choice: Choice,
  options: ReorganizeOptions,
): Reorganization | undefined {
  const used = [...choice.values()];
  const spent = used.reduce((sum, { moves }) => sum + moves, 0);
  const { maxMoves } = options;
  if (maxMoves !== undefined && spent > maxMoves) return undefined;
  const sizes = new Map([...choice].map(([index, { byteSize }]) => [index, byteSize]));
  const rest = maxMoves === undefined ? undefined : maxMoves - spent;
  const found = reorganize(resized(model, sizes), { ...options, maxMoves: rest });
  if (found === undefined) return undefined;
  return {
    ...found,
    model,
    inner: arrangedOnes(choice),
    isSmallest: found.isSmallest && used.every((each) => each.isSmallest),
    hasFewestMoves: found.hasFewestMoves && used.every((each) => each.hasFewestMoves),
  };
}

function isBetter(found: Reorganization, best: Reorganization | undefined): boolean {
  if (best === undefined || found.byteSize !== best.byteSize)
    return best === undefined || found.byteSize < best.byteSize;
  return countMoves(found) < countMoves(best);
}

/** The combinations of variants of what is declared in a struct, and whether these are all. */
function choicesOf(
  visit: Visit<readonly Variant[]>,
  id: TypeId,
  depth: number,
): { choices: readonly Choice[]; isWhole: boolean } {
  const nested = nestedMembers(visit.models, id)
    .map(([index, type]) => [index, variantsOf(visit, type, depth + 1)] as const)
    .filter(([, variants]) => variants.length > 1);
  const count = nested.reduce((product, [, variants]) => product * variants.length, 1);
  if (count > MAX_COMBINATIONS) {
    const least = new Map(nested.map(([index, variants]) => [index, variants.at(-1) as Variant]));
    return { choices: [least], isWhole: false };
  }
  let choices: Choice[] = [new Map()];
  for (const [index, variants] of nested) {
    choices = choices.flatMap((choice) => variants.map((each) => new Map([...choice, [index, each]])));
  }
  return { choices, isWhole: true };
}

/** What a struct or union may become: as it is first, then ever smaller, each with the fewest moves. */
function variantsOf(visit: Visit<readonly Variant[]>, id: TypeId, depth: number): readonly Variant[] {
  const { models, known } = visit;
  const byteSize = models.layouts.table.sizeOrType(id);
  const arrangement = asItIs(id, undefined);
  const unchanged = { arrangement, byteSize, moves: 0, isSmallest: true, hasFewestMoves: true };
  const found = known.get(id);
  if (found !== undefined || depth > MAX_TYPE_DEPTH) return found ?? [unchanged];
  known.set(id, [unchanged]);
  const isUnion = models.layouts.table.kind(id) === Kind.Union;
  const smaller = isUnion ? smallerUnions(visit, id, depth) : smallerStructs(visit, id, depth);
  const variants = [unchanged, ...smaller.filter(({ moves }) => moves <= MAX_MOVES)];
  known.set(id, variants);
  return variants;
}

function smallerStructs(visit: Visit<readonly Variant[]>, id: TypeId, depth: number): Variant[] {
  const model = visit.models.of(id);
  if (typeof model === 'string') return [];
  const { choices, isWhole } = choicesOf(visit, id, depth);
  const least = bestOf(model, choices, {});
  if (least === undefined || least.byteSize >= model.byteSize) return [];
  const { alignment } = model;
  const count = Math.min(MAX_SIZES, (model.byteSize - least.byteSize) / alignment);
  const found: Reorganization[] = [];
  for (let left = count - 1; left >= 0; left--) {
    const each = left === 0 ? least : bestOf(model, choices, { atMost: least.byteSize + left * alignment });
    if (each !== undefined && each.byteSize < (found.at(-1)?.byteSize ?? model.byteSize)) found.push(each);
  }
  return found.map((each) => ({
    arrangement: each,
    byteSize: each.byteSize,
    moves: countMoves(each),
    isSmallest: least.isSmallest,
    hasFewestMoves: each.hasFewestMoves && isWhole,
  }));
}

/** Unions as large as one of their members may become, for each of these sizes. */
function smallerUnions(visit: Visit<readonly Variant[]>, id: TypeId, depth: number): Variant[] {
  const { models } = visit;
  const nested = nestedMembers(models, id).map(
    ([index, type]) => [index, variantsOf(visit, type, depth + 1)] as const,
  );
  const most = models.layouts.table.sizeOrType(id);
  const limits = new Set(nested.flatMap(([, variants]) => variants.map(({ byteSize }) => byteSize)));
  const found: Variant[] = [];
  for (const limit of [...limits].sort((a, b) => b - a)) {
    const fitting = nested.map(
      ([index, variants]) => [index, variants.find(({ byteSize }) => byteSize <= limit)] as const,
    );
    if (fitting.some(([, variant]) => variant === undefined)) break;
    const chosen = new Map(fitting as [number, Variant][]);
    const byteSize = sizeOfUnion(models, id, (index) => chosen.get(index)?.byteSize);
    if (byteSize < (found.at(-1)?.byteSize ?? most)) found.push(unionOf(id, byteSize, chosen));
  }
  return found;
}

function unionOf(id: TypeId, byteSize: number, chosen: Choice): Variant {
  const used = [...chosen.values()];
  return {
    arrangement: { ...asItIs(id, undefined), inner: arrangedOnes(chosen) },
    byteSize,
    moves: used.reduce((sum, { moves }) => sum + moves, 0),
    isSmallest: used.every((each) => each.isSmallest),
    hasFewestMoves: used.every((each) => each.hasFewestMoves),
  };
}

/** The members that a choice changes. */
function arrangedOnes(choice: Choice): ReadonlyMap<number, Arrangement> {
  const changed = [...choice].filter(([, { moves }]) => moves > 0);
  return new Map(changed.map(([index, { arrangement }]) => [index, arrangement]));
}

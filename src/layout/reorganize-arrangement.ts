/** Arrangements: a struct with its units in some order, and with structs and unions in it whose own units are in another. */

import type { TypeId } from '../model/table.ts';
import type { Layouts } from './layouts.ts';
import type { StructModel, StructModels } from './reorganize-model.ts';
import { placesOfOrder, sizeOfOrder, type Unit } from './reorganize-place.ts';
import { type CopyPlan, copyStructs } from './struct-copy.ts';

/** The order of a struct's units. The members of a union stay, and may be arranged. */
export interface Arrangement {
  readonly id: TypeId;
  /** As the struct was; undefined for a union. */
  readonly model: StructModel | undefined;
  /** Indexes of units. */
  readonly order: readonly number[];
  /** Units that were moved, in the order of the result. */
  readonly moved: readonly number[];
  /** Arranged members, by their indexes. */
  readonly inner: ReadonlyMap<number, Arrangement>;
}

/** A struct or union as it is. */
export function asItIs(id: TypeId, model: StructModel | undefined): Arrangement {
  return { id, model, order: [...(model?.units.keys() ?? [])], moved: [], inner: new Map() };
}

/** Units that were moved, in all. */
export function countMoves({ moved, inner }: Arrangement): number {
  return [...inner.values()].reduce((sum, each) => sum + countMoves(each), moved.length);
}

/** The units of a struct in their order, with the sizes that arranged members have. */
export function arrangedUnits(models: StructModels, { model, order, inner }: Arrangement): Unit[] {
  return order.map((index) => {
    const unit = model?.units[index] as Unit;
    const arranged = unit.fields === undefined ? inner.get(unit.first) : undefined;
    return arranged === undefined ? unit : { ...unit, byteSize: arrangedSize(models, arranged) };
  });
}

/** Bytes of a struct or union as it is arranged. */
export function arrangedSize(models: StructModels, arrangement: Arrangement): number {
  const { id, model, inner } = arrangement;
  if (model !== undefined) return sizeOfOrder(arrangedUnits(models, arrangement), model.alignment);
  return sizeOfUnion(models, id, (index) => {
    const arranged = inner.get(index);
    return arranged && arrangedSize(models, arranged);
  });
}

/** Bytes of a union some of whose members have other sizes. */
export function sizeOfUnion(
  models: StructModels,
  id: TypeId,
  sizeOf: (index: number) => number | undefined,
): number {
  const { layouts } = models;
  const start = layouts.firstMember(id);
  let largest = 0;
  for (let index = 0; index < layouts.memberCount(id); index++)
    largest = Math.max(largest, sizeOf(index) ?? (layouts.members.byteSize[start + index] as number));
  const alignment = models.alignmentOf(id);
  return Math.ceil(largest / alignment) * alignment;
}

/** A struct as it is arranged: the last type of the layouts that are returned. */
export function layoutsOfArrangement(models: StructModels, arrangement: Arrangement): Layouts {
  const { layouts } = models;
  const planned: Planned[] = [];
  plan(models, arrangement, planned);
  const copies = copyStructs(
    layouts,
    planned.map((each) => each.plan),
  );
  for (const [index, { arrangement: each }] of planned.entries())
    setAlignments(models, copies, layouts.table.end + index, each);
  return copies;
}

interface Planned {
  readonly plan: CopyPlan;
  readonly arrangement: Arrangement;
}

/** Plans what is inside before what it is in, and gives the id that the copy will have. */
function plan(models: StructModels, arrangement: Arrangement, planned: Planned[]): TypeId {
  const { layouts } = models;
  const { id, model, inner } = arrangement;
  const types = new Map([...inner].map(([index, each]) => [index, plan(models, each, planned)]));
  const start = layouts.firstMember(id);
  const places: (readonly [index: number, bit: number])[] =
    model === undefined
      ? Array.from({ length: layouts.memberCount(id) }, (_, index) => [index, 0])
      : placesOfOrder(arrangedUnits(models, arrangement));
  const members = places.map(([index, bitOffset]) => {
    const bitSize = layouts.members.bitSize[start + index] as number;
    return { index, bitOffset, bitSize, typeId: types.get(index) };
  });
  planned.push({ plan: { id, byteSize: arrangedSize(models, arrangement), members }, arrangement });
  return layouts.table.end + planned.length - 1;
}

/** What the struct demands of a member shows wherever the member is. */
function setAlignments(models: StructModels, copies: Layouts, copy: TypeId, arrangement: Arrangement): void {
  const { layouts } = models;
  const { id, model } = arrangement;
  copies.placements.alignment[copy] = layouts.alignment(id);
  if (model === undefined) return;
  const from = layouts.firstMember(id);
  let to = copies.firstMember(copy);
  for (const { first, end, alignment, fields } of arrangedUnits(models, arrangement)) {
    const natural = models.alignmentOf(layouts.members.typeId[from + first] as number);
    const isAttribute = fields === undefined && alignment > natural;
    for (let index = first; index < end; index++, to++)
      copies.members.alignment[to] = isAttribute ? alignment : 0;
  }
}

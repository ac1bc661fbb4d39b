/** A reorganization as moves of one unit each, and as the struct that it leads to. */

import type { TypeId } from '../model/table.ts';
import type { Layouts } from './layouts.ts';
import type { Reorganization } from './reorganize.ts';
import type { StructModel, StructModels } from './reorganize-model.ts';
import { placesOfOrder, sizeOfOrder, type Unit } from './reorganize-place.ts';
import { type CopyPlan, copyStructs } from './struct-copy.ts';

/** One unit is taken out and put behind another one. */
export interface Move {
  readonly unit: Unit;
  /** Undefined: to the front. */
  readonly after: Unit | undefined;
  /** The order of units that the move leads to. */
  readonly order: readonly number[];
  /** Size of the struct then, in bytes. */
  readonly byteSize: number;
}

/**
 * The moves of a reorganization, from the front of the result on. Made one after the other they lead to it: each
 * unit is put behind the one that precedes it in the result, which is in its place by then.
 */
export function movesOf({ model, order, moved }: Reorganization): Move[] {
  const { units, alignment } = model;
  let present = [...units.keys()];
  return moved.map((index) => {
    const before = order[order.indexOf(index) - 1];
    const others = present.filter((other) => other !== index);
    present = others.toSpliced(before === undefined ? 0 : others.indexOf(before) + 1, 0, index);
    const byteSize = sizeOfOrder(
      present.map((each) => units[each] as Unit),
      alignment,
    );
    const after = before === undefined ? undefined : units[before];
    return { unit: units[index] as Unit, after, order: present, byteSize };
  });
}

/** The struct of a model with its units in some order: the last type of the layouts that are returned. */
export function layoutsInOrder(models: StructModels, model: StructModel, order: readonly number[]): Layouts {
  const { layouts } = models;
  const units = order.map((index) => model.units[index] as Unit);
  const copies = copyStructs(layouts, [planOf(layouts, model, units)]);
  const copy: TypeId = copies.table.end - 1;
  const from = layouts.firstMember(model.id);
  let to = copies.firstMember(copy);
  for (const { first, end, alignment, fields } of units) {
    // What the struct demands of a member shows wherever the member is.
    const natural = models.alignmentOf(layouts.members.typeId[from + first] as number);
    const isAttribute = fields === undefined && alignment > natural;
    for (let index = first; index < end; index++, to++) {
      copies.members.alignment[to] = isAttribute ? alignment : 0;
    }
  }
  copies.placements.alignment[copy] = layouts.alignment(model.id);
  return copies;
}

function planOf(layouts: Layouts, { id, alignment }: StructModel, units: readonly Unit[]): CopyPlan {
  const start = layouts.firstMember(id);
  const members = placesOfOrder(units).map(([index, bitOffset]) => {
    return { index, bitOffset, bitSize: layouts.members.bitSize[start + index] as number };
  });
  return { id, byteSize: sizeOfOrder(units, alignment), members };
}

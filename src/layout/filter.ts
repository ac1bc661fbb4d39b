/** Which structs and unions a listing shows. */

import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import type { Layouts } from './layouts.ts';
import { emptyWaste, type Waste } from './placement.ts';

/** Conditions of a listing; a type must meet all that are given. Sizes are bytes. */
export interface TypeFilter {
  readonly structsOnly?: boolean | undefined;
  readonly unionsOnly?: boolean | undefined;
  readonly packedOnly?: boolean | undefined;
  /** Least number of holes, of bit holes. Like all conditions on layout they leave out unions. */
  readonly holesMin?: number | undefined;
  readonly bitHolesMin?: number | undefined;
  /** Some hole has at least this size. */
  readonly holeSizeMin?: number | undefined;
  readonly paddingMin?: number | undefined;
  /** The padding is exactly this. */
  readonly padding?: number | undefined;
  /** Count holes modulo 256 and padding modulo 65536, as pahole does. */
  readonly narrowCounters?: boolean | undefined;
  /** The last member is a flexible array. Does not leave out unions. */
  readonly flexibleArray?: boolean | undefined;
  /** A member is a struct with a flexible array. Does not leave out unions. */
  readonly embeddedFlexibleArray?: boolean | undefined;
}

/** Whether a filter lets all types pass. */
export function passesAll(filter: TypeFilter): boolean {
  const { holesMin = 0, bitHolesMin = 0, holeSizeMin = 0, paddingMin = 0, padding } = filter;
  const hasNumber = holesMin + bitHolesMin + holeSizeMin + paddingMin > 0 || padding !== undefined;
  const hasKind = filter.structsOnly || filter.unionsOnly || filter.packedOnly;
  return !hasNumber && !hasKind && !filter.flexibleArray && !filter.embeddedFlexibleArray;
}

/** Makes the test of one filter over one table's structs and unions. */
export function typeFilter(layouts: Layouts, filter: TypeFilter): (id: TypeId) => boolean {
  const { table, facts } = layouts;
  const waste = emptyWaste();
  const { holesMin = 0, bitHolesMin = 0, holeSizeMin = 0, paddingMin = 0, padding } = filter;
  const asksForWaste =
    holesMin > 0 || bitHolesMin > 0 || holeSizeMin > 0 || paddingMin > 0 || padding !== undefined;

  const wasteFits = (id: TypeId): boolean => {
    layouts.waste(id, waste);
    if (filter.narrowCounters) narrowCounters(waste);
    if (waste.holeCount < holesMin || waste.bitHoleCount < bitHolesMin) return false;
    if (waste.padding < paddingMin || (padding !== undefined && waste.padding !== padding)) return false;
    return holeSizeMin === 0 || hasHole(id);
  };
  const hasHole = (id: TypeId): boolean => {
    if (waste.holeCount === 0) return false;
    const start = layouts.firstMember(id);
    const holes = layouts.members.hole.subarray(start, start + layouts.memberCount(id));
    return holes.some((hole) => hole >= holeSizeMin);
  };

  return (id) => {
    const isUnion = table.kind(id) === Kind.Union;
    if (filter.unionsOnly && !isUnion) return false;
    if (filter.structsOnly && isUnion) return false;
    if (filter.packedOnly && (isUnion || !layouts.packed.inferStruct(id))) return false;
    if (filter.unionsOnly) return true;
    if (isUnion) return !asksForWaste;
    if (asksForWaste && !wasteFits(id)) return false;
    if (filter.flexibleArray && !facts.hasFlexibleArray(id)) return false;
    return !filter.embeddedFlexibleArray || facts.hasEmbeddedFlexibleArray(id);
  };
}

function narrowCounters(waste: Waste): void {
  waste.holeCount &= 0xff;
  waste.bitHoleCount &= 0xff;
  waste.padding &= 0xffff;
}

/** The member that decides a struct's alignment, for the line that names it. */

import type { Layouts } from '../layout/layouts.ts';
import { MemberColumns } from '../layout/member-columns.ts';
import { placeMembers } from '../layout/placement.ts';
import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';

/** A member as the line prints it. */
export interface BiggestMember {
  /** Offset of the name in the string table, 0 for an anonymous member. */
  readonly nameOffset: number;
  readonly byteOffset: number;
  readonly byteSize: number;
}

/**
 * The first member of the largest power-of-two size up to a pointer's, looking into aggregates;
 * a larger scalar ends the search. Undefined when no member has a size.
 */
export function firstBiggestMember(layouts: Layouts, id: TypeId, depth = 0): BiggestMember | undefined {
  const { pointerSize } = layouts.table;
  if (depth > MAX_TYPE_DEPTH) return undefined;
  const columns = new MemberColumns();
  placeMembers(layouts.facts, id, columns);
  let result: BiggestMember | undefined;
  let resultSize = 0;
  for (let index = 0; index < columns.count; index++) {
    const own: BiggestMember = {
      nameOffset: columns.nameOffset[index] as number,
      byteOffset: columns.byteOffset[index] as number,
      byteSize: columns.byteSize[index] as number,
    };
    const base = baseOf(layouts, columns.typeId[index] as number);
    const inner = isComposite(layouts, base) ? firstBiggestMember(layouts, base, depth + 1) : undefined;
    if (isComposite(layouts, base) && inner === undefined) continue;
    const size = inner?.byteSize ?? scalarSize(layouts, base);
    if (size > pointerSize) return own;
    for (let power = pointerSize; power > resultSize; power = Math.floor(power / 2)) {
      if (size < power) continue;
      if (power === pointerSize) return inner ?? own;
      resultSize = power;
      result = inner ?? own;
    }
  }
  return result;
}

function isComposite({ table }: Layouts, id: TypeId): boolean {
  const kind = table.kind(id);
  return kind === Kind.Struct || kind === Kind.Union;
}

/** The element behind arrays, typedefs and qualifiers. */
function baseOf({ table, facts }: Layouts, id: TypeId): TypeId {
  let base = facts.strip(id);
  for (let depth = 0; table.kind(base) === Kind.Array && depth < MAX_TYPE_DEPTH; depth++) {
    base = facts.strip(table.extra(base, 0));
  }
  return base;
}

function scalarSize({ table, facts }: Layouts, id: TypeId): number {
  return table.kind(id) === Kind.FuncProto ? 0 : facts.sizeOf(id);
}

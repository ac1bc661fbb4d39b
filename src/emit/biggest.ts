/** The member that decides a struct's alignment, for the line that names it. */

import type { Layouts } from '../layout/layouts.ts';
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

/** What {@link firstBiggestMember} has answered; undefined while it is being looked for. */
export type KnownBiggest = Map<TypeId, BiggestMember | undefined>;

/**
 * The first member of the largest power-of-two size up to a pointer's, looking into aggregates;
 * a larger scalar ends the search. Undefined when no member has a size.
 */
export function firstBiggestMember(
  layouts: Layouts,
  id: TypeId,
  known: KnownBiggest = new Map(),
): BiggestMember | undefined {
  if (known.has(id) || known.size > MAX_TYPES) return known.get(id);
  known.set(id, undefined);
  const found = search(layouts, id, known);
  known.set(id, found);
  return found;
}

/** Types looked into for one answer: bounds the depth of the search too. */
const MAX_TYPES = 1000;

function search(layouts: Layouts, id: TypeId, known: KnownBiggest): BiggestMember | undefined {
  const { pointerSize } = layouts.table;
  const { members } = layouts;
  const start = layouts.firstMember(id);
  const end = start + layouts.memberCount(id);
  let result: BiggestMember | undefined;
  let resultSize = 0;
  for (let index = start; index < end; index++) {
    const own: BiggestMember = {
      nameOffset: members.nameOffset[index] as number,
      byteOffset: members.byteOffset[index] as number,
      byteSize: members.byteSize[index] as number,
    };
    const base = baseOf(layouts, members.typeId[index] as number);
    const inner = isComposite(layouts, base) ? firstBiggestMember(layouts, base, known) : undefined;
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

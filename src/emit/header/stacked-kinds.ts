/** Kinds of types by the part that they play in a declaration. */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';

/** Kinds of types that are written around others. */
export function isStacked(kind: number): boolean {
  return (
    kind === Kind.Pointer ||
    kind === Kind.Array ||
    (kind >= Kind.Volatile && kind <= Kind.Restrict) ||
    kind === Kind.FuncProto ||
    kind === Kind.TypeTag
  );
}

/** The struct or union behind the aliases of a type; 0 for any other. */
export function compositeBehind({ words, starts, end }: FlatTypes, id: TypeId): TypeId {
  for (let step = 0; step <= end; step++) {
    const start = starts[id] as number;
    const kind = ((words[start + 1] as number) >>> 24) & 0x7f;
    if (kind === Kind.Struct || kind === Kind.Union) return id;
    if (!(kind >= Kind.Typedef && kind <= Kind.Restrict) && kind !== Kind.TypeTag) return 0;
    id = words[start + 2] as number;
  }
  return 0;
}

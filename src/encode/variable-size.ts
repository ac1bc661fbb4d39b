/** How many bytes a variable takes, as pahole counts them. */

import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';

/** Types that only refer to others that are followed. */
const MAX_CHAIN = 256;

/** Bytes of a type; 0 where it has none, or none are known. */
export function variableSize(table: TypeTable, typeId: TypeId): number {
  let count = 1;
  let id = typeId;
  for (let depth = 0; depth < MAX_CHAIN; depth++) {
    switch (table.kind(id)) {
      case Kind.Pointer:
      case Kind.Reference:
      case Kind.FuncProto:
        return count * table.pointerSize;
      case Kind.Struct:
      case Kind.Union:
        // An empty class has a size so that objects of it have addresses of their own.
        return table.sizeOrType(id) === 1 && table.vlen(id) === 0 ? 0 : count * table.sizeOrType(id);
      case Kind.Int:
      case Kind.Float:
      case Kind.Complex:
      case Kind.Enum:
      case Kind.Enum64:
        return count * table.sizeOrType(id);
      case Kind.Array:
        count *= table.extra(id, 2);
        id = table.extra(id, 0);
        break;
      case Kind.Typedef:
      case Kind.Const:
      case Kind.Volatile:
      case Kind.Restrict:
      case Kind.Atomic:
        id = table.sizeOrType(id);
        break;
      default:
        return 0;
    }
  }
  return 0;
}

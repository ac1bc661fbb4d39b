/** What the structs that hold a type say of its alignment. */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import { isAlias } from './compiler-sizes.ts';
import type { FlatTypes } from './flat-types.ts';

/** Whether all structs that hold a type keep to an alignment of it. */
export function allHoldersAlign(types: FlatTypes, id: TypeId, alignment: number): boolean {
  const { words, starts, end } = types;
  for (let holder = 1; holder < end; holder++) {
    const start = starts[holder] as number;
    const info = words[start + 1] as number;
    const kind = (info >>> 24) & 0x7f;
    if (kind !== Kind.Struct && kind !== Kind.Union) continue;
    for (let index = (info & 0x00ff_ffff) - 1; index >= 0; index--) {
      if (heldType(types, words[start + 4 + 3 * index] as number) !== id) continue;
      const word = words[start + 5 + 3 * index] as number;
      const offset = info >>> 31 === 1 ? word & 0x00ff_ffff : word;
      if (offset % (8 * alignment) !== 0 || (words[start + 2] as number) % alignment !== 0) return false;
    }
  }
  return true;
}

/** The type behind arrays and aliases. */
function heldType({ words, starts, end }: FlatTypes, type: TypeId): TypeId {
  let id = type;
  for (let step = 0; step <= end; step++) {
    const start = starts[id] as number;
    const kind = ((words[start + 1] as number) >>> 24) & 0x7f;
    if (kind === Kind.Array) id = words[start + 3] as number;
    else if (isAlias(kind)) id = words[start + 2] as number;
    else return id;
  }
  return 0;
}

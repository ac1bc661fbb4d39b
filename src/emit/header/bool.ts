/** The boolean type that C has had as a header's typedef and enumerators, and as keywords since C23. */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';

/** Whether a typedef is `typedef _Bool bool`. */
export function isBoolTypedef({ words, starts, text }: FlatTypes, id: TypeId): boolean {
  const start = starts[id] as number;
  if (!text.equals(words[start] as number, 'bool')) return false;
  const target = starts[words[start + 2] as number] as number;
  const isInt = (((words[target + 1] as number) >>> 24) & 0x7f) === Kind.Int;
  return isInt && text.equals(words[target] as number, '_Bool');
}

/** Whether an enum has no name and no enumerators but `false` and `true`. */
export function isBoolEnum({ words, starts, text }: FlatTypes, id: TypeId): boolean {
  const start = starts[id] as number;
  const info = words[start + 1] as number;
  const isEnum = ((info >>> 24) & 0x7f) === Kind.Enum;
  const vlen = info & 0x00ff_ffff;
  if (!isEnum || words[start] !== 0 || vlen === 0 || vlen > 2) return false;
  for (let index = 0; index < vlen; index++) {
    const name = words[start + 3 + 2 * index] as number;
    if (!text.equals(name, 'false') && !text.equals(name, 'true')) return false;
  }
  return true;
}

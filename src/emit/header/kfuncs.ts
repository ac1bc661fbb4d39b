/** The functions of a kernel that BPF programs may call. The encoder marks them with tags. */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';
import { sortByText } from './sort-names.ts';

/** A kernel function with its prototype. */
export interface Kfunc {
  readonly nameOffset: number;
  readonly prototype: TypeId;
  /** Keeps the registers that a caller would have to save. */
  readonly isFastcall: boolean;
}

/** All kfuncs, sorted by name; those with equal names in the order of their tags. */
export function findKfuncs({ words, starts, end, text }: FlatTypes): Kfunc[] {
  const functions: TypeId[] = [];
  const voidStart = starts[0] as number;
  const fastcalls = new Set<TypeId>();
  for (let id = 1; id < end; id++) {
    const start = starts[id] as number;
    if ((((words[start + 1] as number) >>> 24) & 0x7f) !== Kind.DeclTag) continue;
    const target = words[start + 2] as number;
    const targetInfo = words[(starts[target] ?? voidStart) + 1] as number;
    if (words[start + 3] !== 0xffff_ffff || ((targetInfo >>> 24) & 0x7f) !== Kind.Func) continue;
    const tag = words[start] as number;
    if (text.equals(tag, 'bpf_kfunc')) functions.push(target);
    if (text.equals(tag, 'bpf_fastcall')) fastcalls.add(target);
  }
  const nameOffsets = Uint32Array.from(functions, (id) => words[starts[id] as number] as number);
  const order = Uint32Array.from(functions, (_, index) => index);
  sortByText(order, nameOffsets, text);
  return Array.from(order, (index) => {
    const id = functions[index] as TypeId;
    return {
      nameOffset: nameOffsets[index] as number,
      prototype: words[(starts[id] as number) + 2] as number,
      isFastcall: fastcalls.has(id),
    };
  });
}

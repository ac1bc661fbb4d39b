/**
 * The types of a file as the same source would have them on a machine with words of another size.
 *
 * Pointers and every spelling of long take the size of a word; typedefs follow, except those whose name
 * promises a width ({@link planTypedefs}). Structs and unions are laid out anew by `layOutAnew`. What
 * depends on the word size in the source itself (conditional compilation, lengths of arrays computed
 * from sizes) is not in the types and stays as it is.
 */

import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { copyTable } from './word-size-copy.ts';
import { layOutAnew } from './word-size-layout.ts';
import { isLongName, planTypedefs } from './word-size-typedefs.ts';

/**
 * A table with the ids of `table` whose types are those of a machine with words of `wordSize` bytes;
 * `table` itself where these are its words. Types may be added behind the last id. Throws
 * `unsupported` for a composite that becomes too large for BTF.
 */
export function withWordSize(table: TypeTable, wordSize: 4 | 8): TypeTable {
  if (table.pointerSize === wordSize) return table;
  const { targets, added } = planTypedefs(table, wordSize);
  const resized = copyTable(table, { pointerSize: wordSize, added });
  for (const [typedef, target] of targets) setThird(resized, typedef, target);
  resizeLongs(resized, wordSize);
  layOutAnew(table, resized);
  return resized;
}

function resizeLongs(table: TypeTable, wordSize: number): void {
  for (let id = 1; id < table.end; id++) {
    if (table.kind(id) !== Kind.Int || !isLongName(table.name(id))) continue;
    const bits = table.extra(id, 0) & 0xff;
    const isWhole = bits === table.sizeOrType(id) * 8;
    const owner = table.owner(id) as TypeTable;
    const at = owner.startOf(id);
    owner.words[at + 2] = wordSize;
    const newBits = isWhole ? wordSize * 8 : Math.min(bits, wordSize * 8);
    owner.words[at + 3] = (((owner.words[at + 3] as number) & ~0xff) | newBits) >>> 0;
  }
}

function setThird(table: TypeTable, id: TypeId, value: number): void {
  const owner = table.owner(id) as TypeTable;
  owner.words[owner.startOf(id) + 2] = value;
}

/** Types of DWARF in the kinds that C and BTF have, so that repeats across units can be found. */

import { Kind } from '../../model/kinds.ts';
import { TypeTable } from '../../model/table.ts';

/**
 * What stands for kinds that BTF lacks: the record keeps its words. Qualifiers that change no layout and
 * names of ranges pass for what is nearest; what C has no word for is kept, and refused by who reads it.
 */
const NEAREST: Readonly<Partial<Record<number, Kind>>> = {
  [Kind.Reference]: Kind.Pointer,
  [Kind.RvalueReference]: Kind.Pointer,
  [Kind.Atomic]: Kind.Volatile,
  [Kind.Unspecified]: Kind.Typedef,
  [Kind.Subrange]: Kind.Typedef,
  [Kind.Complex]: Kind.Float,
};

/** The table itself where it has such kinds only, else a copy. Side columns are left out. */
export function asCTypes(table: TypeTable): TypeTable {
  const { starts, strings, base, pointerSize, endian } = table;
  let { words } = table;
  for (const start of starts) {
    const info = words[start + 1] as number;
    const nearest = NEAREST[(info >>> 24) & 0x7f];
    if (nearest === undefined) continue;
    if (words === table.words) words = words.slice();
    // What has no name cannot be a typedef; like one, a qualifier leads on to its target.
    const kind = nearest === Kind.Typedef && words[start] === 0 ? Kind.Const : nearest;
    words[start + 1] = ((info & 0x80ff_ffff) | (kind << 24)) >>> 0;
  }
  return new TypeTable({ words, starts, strings, base, pointerSize, endian });
}

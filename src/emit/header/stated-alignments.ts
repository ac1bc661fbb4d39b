/**
 * Alignments that attributes state. DWARF has them, and so has BTF whose declaration tags with the kind flag are
 * attributes: `aligned(64)`. The alignments of DWARF become such tags, which deduplication keeps and headers write.
 */

import { WordList } from '../../model/intern.ts';
import { Kind } from '../../model/kinds.ts';
import type { TypeId, TypeTable } from '../../model/table.ts';

/** The component of a tag that is about the type itself. */
const ITSELF = 0xffff_ffff;

/** Records of BTF, and where each begins among their words. */
export interface TagRecords {
  readonly words: Uint32Array;
  readonly starts: Uint32Array;
}

/**
 * The alignments that the side columns of a table state as records of tags. `idOf` gives the id by which a record
 * may refer to a type of the table, `nameOf` the offset of a name.
 */
export function alignmentTags(
  table: TypeTable,
  idOf: (id: TypeId) => number,
  nameOf: (text: string) => number,
): TagRecords {
  const words = new WordList();
  const starts = new WordList();
  const { side } = table;
  const tag = (id: TypeId, component: number, alignment: number): void => {
    if (alignment === 0) return;
    starts.push(words.length);
    words.push(nameOf(`aligned(${alignment})`));
    words.push(((Kind.DeclTag << 24) | 0x8000_0000) >>> 0);
    words.push(idOf(id));
    words.push(component);
  };
  for (let id = table.firstId; side !== undefined && id < table.end; id++) {
    const kind = table.kind(id);
    if (kind === Kind.Typedef) tag(id, ITSELF, side.alignment(id));
    if (kind !== Kind.Struct && kind !== Kind.Union) continue;
    tag(id, ITSELF, side.alignment(id));
    for (let index = 0; index < table.vlen(id); index++) tag(id, index, side.memberAlignment(id, index));
  }
  return { words: words.view(), starts: starts.view() };
}

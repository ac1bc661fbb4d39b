/**
 * Alignments that attributes state. DWARF has them, and so has BTF whose declaration tags with the kind flag are
 * attributes: `aligned(64)`. The alignments of DWARF become such tags, which deduplication keeps.
 */

import { WordList } from '../../model/intern.ts';
import { Kind } from '../../model/kinds.ts';
import type { TypeId, TypeTable } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';

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

/** The attribute, with a blank in front. */
export function alignedText(alignment: number): string {
  return ` __attribute__((aligned(${alignment})))`;
}

/** What the tags of a table say. */
export class StatedAlignments {
  readonly #ofTypes = new Map<TypeId, number>();
  readonly #ofMembers = new Map<TypeId, Map<number, number>>();

  constructor({ words, starts, end, text }: FlatTypes) {
    for (let id = 1; id < end; id++) {
      const start = starts[id] as number;
      // The kind and the kind flag.
      if ((words[start + 1] as number) >>> 24 !== (0x80 | Kind.DeclTag)) continue;
      const [, digits] = /^(?:__)?aligned(?:__)?\((\d+)\)$/.exec(text.at(words[start] as number)) ?? [];
      const alignment = Number(digits);
      const isPower = alignment > 0 && alignment <= MAX_ALIGNMENT && (alignment & (alignment - 1)) === 0;
      if (isPower) this.#note(words[start + 2] as number, words[start + 3] as number, alignment);
    }
  }

  /** The alignment that is stated of a type, in bytes; 0 where there is none. */
  ofType(id: TypeId): number {
    return this.#ofTypes.get(id) ?? 0;
  }

  /** The alignments that are stated of members, by index; undefined where there is none. */
  ofMembers(id: TypeId): ReadonlyMap<number, number> | undefined {
    return this.#ofMembers.get(id);
  }

  #note(id: TypeId, component: number, alignment: number): void {
    if (component === ITSELF) {
      this.#ofTypes.set(id, alignment);
      return;
    }
    const members = this.#ofMembers.get(id) ?? new Map<number, number>();
    this.#ofMembers.set(id, members.set(component, alignment));
  }
}

/** The largest that GCC and clang take for x86-64 and BPF. */
const MAX_ALIGNMENT = 1 << 28;

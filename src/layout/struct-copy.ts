/**
 * Copies of structs: structs of a table again, with other members, orders or sizes, as types of a table split
 * from it. Whatever prints types prints them. The original and all that refer to it stay as they are.
 */

import { HEADER_WORDS } from '../model/records.ts';
import type { SideColumns } from '../model/side-columns.ts';
import { type TypeId, TypeTable } from '../model/table.ts';
import { Layouts } from './layouts.ts';
import { WASTE_FIELDS } from './placement.ts';
import { setFlags } from './placement-flags.ts';
import type { MovedStruct } from './reorganize-compat.ts';

/** A member of a copy, by its index in the original. */
export interface CopiedMember {
  readonly index: number;
  /** Another type in place of the original's. */
  readonly typeId?: TypeId | undefined;
  /** From the start of the struct. */
  readonly bitOffset: number;
  /** Width of a bitfield, 0 for other members. */
  readonly bitSize: number;
}

/** What a struct or union of the table becomes. */
export interface CopyPlan {
  readonly id: TypeId;
  readonly byteSize: number;
  readonly members: readonly CopiedMember[];
}

/**
 * The layouts of `layouts.table` and, with the ids from its `end` on, of the copies that `plans` describe. Names,
 * and what DWARF says besides, are those of the originals. Packedness is inferred when it is asked for.
 */
export function copyStructs(layouts: Layouts, plans: readonly CopyPlan[]): Layouts {
  const { table } = layouts;
  const words: number[] = [];
  const starts = plans.map((plan) => {
    const start = words.length;
    pushRecord(words, table, plan);
    return start;
  });
  const copy = new TypeTable({
    words: Uint32Array.from(words),
    starts: Uint32Array.from(starts),
    strings: table.strings,
    base: table,
    pointerSize: table.pointerSize,
    endian: table.endian,
    side: table.side === undefined ? undefined : copySide(table.side, table.end, plans),
  });
  return new Layouts(copy, { ...layouts.options, lazyPacked: true });
}

function pushRecord(words: number[], table: TypeTable, { id, byteSize, members }: CopyPlan): void {
  const owner = table.owner(id) as TypeTable;
  const start = owner.startOf(id);
  const [name = 0, info = 0] = owner.words.subarray(start, start + 2);
  words.push(name, info, byteSize);
  for (const { index, typeId, bitOffset, bitSize } of members) {
    const at = start + HEADER_WORDS + 3 * index;
    const [memberName = 0, type = 0] = owner.words.subarray(at, at + 2);
    words.push(memberName, typeId ?? type, offsetWord(bitOffset, bitSize, table.kindFlag(id)));
  }
}

/** Where a member lies, in the form of a record with or without the kind flag. */
function offsetWord(bitOffset: number, bitSize: number, kindFlag: boolean): number {
  return kindFlag ? bitSize * 2 ** 24 + (bitOffset & 0xff_ffff) : bitOffset >>> 0;
}

function copySide(side: SideColumns, end: TypeId, plans: readonly CopyPlan[]): SideColumns {
  return side.withCopies(
    end,
    plans.map(({ id, members }) => ({ id, elements: members.map(({ index }) => index) })),
  );
}

/**
 * Sets the copy `id` of `layouts` to what pahole has made of its struct: places that no record could say and
 * no rule would give.
 */
export function setCopy(layouts: Layouts, id: TypeId, { members, byteSize, waste }: MovedStruct): void {
  const { placements, table } = layouts;
  const start = layouts.firstMember(id);
  const at = table.startOf(id);
  table.words[at + 2] = byteSize;
  for (let index = 0; index < members.count; index++) {
    const word = at + HEADER_WORDS + 3 * index;
    table.words[word] = members.nameOffset[index] as number;
    table.words[word + 1] = members.typeId[index] as number;
  }
  placements.members.set(start, members);
  placements.waste.set(waste, id * WASTE_FIELDS);
  placements.flags[id] = 0;
  placements.facts.knownSizes[id] = 0;
  setFlags(placements, id, 'struct');
}

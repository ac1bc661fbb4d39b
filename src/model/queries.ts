/** Questions that a whole table answers: which type has a name, which typedef names a type. */

import { Kind } from './kinds.ts';
import type { TypeId, TypeTable } from './table.ts';

/** Kinds that a user asks for by name. */
function isNamedKind(kind: number): boolean {
  return (
    kind === Kind.Struct ||
    kind === Kind.Union ||
    kind === Kind.Typedef ||
    kind === Kind.Enum ||
    kind === Kind.Enum64
  );
}

/**
 * The first struct, union, enum or typedef of that name, base types before those of a split table, or
 * undefined. Forward declarations count only with `forwards`.
 */
export function findTypeByName(
  table: TypeTable,
  name: string,
  { forwards = false }: { readonly forwards?: boolean } = {},
): TypeId | undefined {
  const offsets = nameOffsets(table, name);
  if (offsets.size === 0) return undefined;
  for (const part of tableChain(table)) {
    const found = findInPart(part, offsets, forwards);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findInPart(part: TypeTable, offsets: ReadonlySet<number>, forwards: boolean): TypeId | undefined {
  const { words, starts, firstId } = part;
  // Nearly always one offset fits, and a comparison is far cheaper than a look into the set.
  const [first] = offsets;
  const isOnly = offsets.size === 1;
  for (let index = 0; index < starts.length; index++) {
    const offset = words[starts[index] as number] as number;
    if (isOnly ? offset !== first : !offsets.has(offset)) continue;
    const id = firstId + index;
    const kind = part.kind(id);
    if (isNamedKind(kind) || (forwards && kind === Kind.Forward)) return id;
  }
  return undefined;
}

/** All offsets at which `name` can be read in the strings of a table and its bases. Empty for ''. */
function nameOffsets(table: TypeTable, name: string): ReadonlySet<number> {
  const offsets = new Set<number>();
  if (name === '') return offsets;
  for (const part of tableChain(table)) {
    for (const offset of part.strings.offsetsOf(name)) offsets.add(offset);
  }
  return offsets;
}

/** The tables that make up `table`, the lowest base first. */
export function tableChain(table: TypeTable): TypeTable[] {
  const chain: TypeTable[] = [];
  for (let part: TypeTable | undefined = table; part !== undefined; part = part.base) chain.unshift(part);
  return chain;
}

/** For each id the first typedef whose target it is, 0 where there is none. */
export function firstTypedefs(table: TypeTable): Uint32Array {
  const typedefs = new Uint32Array(table.end);
  for (let id = table.end - 1; id > 0; id--) {
    if (table.kind(id) === Kind.Typedef) typedefs[table.sizeOrType(id)] = id;
  }
  return typedefs;
}

/** Questions that a whole table answers: which type has a name, which typedef names a type. */

import { Kind } from './kinds.ts';
import type { StringTable } from './strings.ts';
import { type TypeId, type TypeTable, tableChain } from './table.ts';

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

/**
 * The first struct, union, enum or typedef of that name that passes, base types before those of a split table,
 * or undefined.
 */
export function findTypeWhere(
  table: TypeTable,
  name: string,
  passes: (id: TypeId) => boolean,
): TypeId | undefined {
  const offsets = nameOffsets(table, name);
  if (offsets.size === 0) return undefined;
  for (const part of tableChain(table)) {
    const found = findByOffsets(part, offsets, (kind, id) => isNamedKind(kind) && passes(id));
    if (found !== undefined) return found;
  }
  return undefined;
}

function findInPart(part: TypeTable, offsets: ReadonlySet<number>, forwards: boolean): TypeId | undefined {
  const isWanted = (kind: number): boolean => isNamedKind(kind) || (forwards && kind === Kind.Forward);
  if (offsets.size > FEW_OFFSETS) return findByOffsets(part, offsets, isWanted);
  let lowest: TypeId | undefined;
  for (const offset of offsets) {
    const end = lowest === undefined ? part.words.length : part.startOf(lowest);
    for (const { id, word } of wordsWithValue(part, offset, end)) {
      if (word !== 0 || !isWanted(part.kind(id))) continue;
      lowest = id;
      break;
    }
  }
  return lowest;
}

/** Ids of all functions of that name, base tables first, ascending within each. */
export function findFunctions(table: TypeTable, name: string): TypeId[] {
  const offsets = nameOffsets(table, name);
  return tableChain(table).flatMap((part) => {
    const found = [...offsets].flatMap((offset) => [...wordsWithValue(part, offset)]);
    const ids = found.filter(({ id, word }) => word === 0 && part.kind(id) === Kind.Func).map(({ id }) => id);
    return ids.sort((a, b) => a - b);
  });
}

/** A short name is the tail of many: above so many places one loop costs less than a search for each. */
const FEW_OFFSETS = 4;

function findByOffsets(
  part: TypeTable,
  offsets: ReadonlySet<number>,
  isWanted: (kind: number, id: TypeId) => boolean,
): TypeId | undefined {
  const { words, starts, firstId } = part;
  for (let index = 0; index < starts.length; index++) {
    if (!offsets.has(words[starts[index] as number] as number)) continue;
    if (isWanted(part.kind(firstId + index), firstId + index)) return firstId + index;
  }
  return undefined;
}

/** A word of a record. */
export interface RecordWord {
  readonly id: TypeId;
  /** Index of the word in the record: 0 is its name, 2 its size or type. */
  readonly word: number;
}

/**
 * The words of a table's own records, up to the word `end`, that have a value, in the order of ids. The
 * search is the runtime's own code, which takes a tenth of a loop over all records that runs only once.
 */
export function* wordsWithValue(
  part: TypeTable,
  value: number,
  end: number = part.words.length,
): Generator<RecordWord> {
  const { starts, firstId } = part;
  const words = part.words.subarray(0, end);
  for (let at = words.indexOf(value); at >= 0; at = words.indexOf(value, at + 1)) {
    const index = recordAt(starts, at);
    yield { id: firstId + index, word: at - (starts[index] as number) };
  }
}

/** Index of the record that holds a word. */
function recordAt(starts: Uint32Array, word: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] as number) <= word) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * All offsets at which `name` can be read in the strings of a table and its bases. Empty for ''. Whole
 * strings come before tails of longer ones, which writers seldom use as names.
 */
function nameOffsets(table: TypeTable, name: string): ReadonlySet<number> {
  const whole: number[] = [];
  const tails: number[] = [];
  if (name === '') return new Set();
  for (let strings: StringTable | undefined = table.strings; strings !== undefined; strings = strings.base) {
    for (const offset of strings.offsetsOf(name)) {
      const isTail = offset > strings.start && strings.bytes[offset - strings.start - 1] !== 0;
      (isTail ? tails : whole).push(offset);
    }
  }
  return new Set([...whole, ...tails]);
}

/** Ids of all structs and unions of a table and its bases, ascending. */
export function compositeIds(table: TypeTable): Uint32Array {
  const ids = new Uint32Array(table.end);
  let count = 0;
  for (const { words, starts, firstId } of tableChain(table)) {
    for (let index = 0; index < starts.length; index++) {
      const kind = ((words[(starts[index] as number) + 1] as number) >>> 24) & 0x7f;
      if (kind === Kind.Struct || kind === Kind.Union) ids[count++] = firstId + index;
    }
  }
  return ids.subarray(0, count);
}

/** For each id the first typedef whose target it is, 0 where there is none. */
export function firstTypedefs(table: TypeTable): Uint32Array {
  const typedefs = new Uint32Array(table.end);
  for (let id = table.end - 1; id > 0; id--) {
    if (table.kind(id) === Kind.Typedef) typedefs[table.sizeOrType(id)] = id;
  }
  return typedefs;
}

/**
 * The types that a header is made of: those of a table and its bases, by id. Records are words in the host's byte
 * order, as src/model/records.ts describes them.
 *
 * Ids and name offsets come from a file. Id 0 is void; an id that nothing has reads as {@link missing}, a void that no
 * column remembers anything of. A name outside of the names is an empty one.
 */

import { Kind } from '../kinds';
import { allocate, kindOf, thirdOf } from '../table';

/** One past the highest id. It stands for what is missing: each column has an entry for it. */
export let end: u32 = 0;
export let pointerSize: u32 = 8;
/** Address of the names, and their bytes. */
let names: usize = 0;
export let nameBytes: u32 = 0;
/** By id, the address of its record. */
let records: usize = 0;
/** A text without characters, and the record of void: as long as the longest without elements. */
let nothing: usize = 0;
/** Ids of the declaration tags, 4 bytes for each, and their number. */
let tagIds: usize = 0;
export let tagCount: u32 = 0;

/** Makes room for the types below `count`, and `length` bytes of names. Returns where the names belong. */
export function beginTypes(count: u32, pointer: u32, length: u32): usize {
  end = count;
  pointerSize = pointer;
  nameBytes = length;
  nothing = allocate(24);
  records = allocate((<usize>end + 1) << 2);
  store<u32>(records, <u32>nothing);
  store<u32>(records + ((<usize>end) << 2), <u32>nothing);
  // Names are read 8 bytes at a time, and the last may have no end.
  names = allocate(<usize>length + 16);
  return names;
}

/** Where it is to be put where the records of the ids from `first` on start among their words. */
export function startsOf(first: u32): usize {
  return records + (first << 2);
}

/** Says where the words of the records of `count` ids from `first` on lie. */
export function addRecords(words: usize, first: u32, count: u32): void {
  if (tagIds === 0) tagIds = allocate((<usize>end) << 2);
  for (let id = first; id < first + count; id++) {
    const place = records + (id << 2);
    const record = words + (load<u32>(place) << 2);
    store<u32>(place, <u32>record);
    if (kindOf(record) !== Kind.DeclTag) continue;
    store<u32>(tagIds + (tagCount << 2), id);
    tagCount++;
  }
}

/** Address of the record of a declaration tag, by its place among them. */
export function tagAt(index: u32): usize {
  return recordOf(load<u32>(tagIds + (index << 2)));
}

/** The id itself, or that of what is missing. */
export function known(id: u32): u32 {
  return min<u32>(id, end);
}

/** Address of a type's record. */
export function recordOf(id: u32): usize {
  return load<u32>(records + (min<u32>(id, end) << 2));
}

/** Address of the text at a name offset, which ends with a NUL; 0 for no name. */
export function nameAt(offset: u32): usize {
  if (offset === 0) return 0;
  return offset < nameBytes ? names + offset : nothing;
}

/** Address of a type's name, 0 where it has none. */
export function nameOfRecord(record: usize): usize {
  return nameAt(load<u32>(record));
}

/** A text of no characters. */
export function emptyText(): usize {
  return nothing;
}

/** The type that the elements of an array have, and their number. */
export function elementOf(record: usize): u32 {
  return load<u32>(record, 12);
}
export function dimensionOf(record: usize): u32 {
  return load<u32>(record, 20);
}

export function isComposite(kind: i32): bool {
  return kind === Kind.Struct || kind === Kind.Union;
}

export function isEnum(kind: i32): bool {
  return kind === Kind.Enum || kind === Kind.Enum64;
}

export function isQualifier(kind: i32): bool {
  return kind >= Kind.Volatile && kind <= Kind.Restrict;
}

/** Kinds of types that are written around others. */
export function isStacked(kind: i32): bool {
  return (
    kind === Kind.Pointer ||
    kind === Kind.Array ||
    isQualifier(kind) ||
    kind === Kind.FuncProto ||
    kind === Kind.TypeTag
  );
}

/** Kinds that have the layout of what they refer to. */
export function isAlias(kind: i32): bool {
  return (kind >= Kind.Typedef && kind <= Kind.Restrict) || kind === Kind.TypeTag;
}

/** Whether a type of a kind can be asked for by its name. */
export function isDefinition(kind: i32): bool {
  return isComposite(kind) || isEnum(kind) || kind === Kind.Typedef;
}

/** The struct or union behind the aliases of a type; 0 for any other. */
export function compositeBehind(id: u32): u32 {
  for (let step: u32 = 0; step <= end; step++) {
    const record = recordOf(id);
    const kind = kindOf(record);
    if (isComposite(kind)) return id;
    if (!isAlias(kind)) return 0;
    id = thirdOf(record);
  }
  return 0;
}

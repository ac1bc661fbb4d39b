/**
 * The order in which bpftool 7.8 asks for the types of a file. Definitions follow order.ts whatever the order of the
 * roots; the roots decide what comes first where C leaves a choice, so that the header of a rebuilt kernel differs only
 * where its types do.
 *
 * Types are sorted by a rank, the name that they lead to, their own name, a hash and their id. Those of the last rank
 * are most of a file and nearly all reached from others by then, so that only what is left of them is sorted.
 */

import { Kind } from '../kinds';
import { allocate, extraOf, HEADER, kindOf, thirdOf, vlenOf } from '../table';
import { isOrdered, order } from './order';
import { ENTRY, ID, newEntries, setEntry, sortEntries } from './sort';
import { elementOf, emptyText, end, isComposite, isEnum, known, nameAt, recordOf } from './types';

/** Longest chain of references that is followed to a name; what begins a longer one has none. */
const MAX_CHAIN: i32 = 256;

/** Ranks: those that are listed for their own sake, and the last: all else. */
const FIRST_RANKS: u32 = 5;
const LAST_RANK: u32 = 5;
/** In place of a rank: last, and without any name, whose types stand in front of the last rank by id. */
const NAMELESS: u32 = 6;
/** In place of a rank: types that no header has. */
const NEVER: u32 = 7;

/** By id: the rank, and the offset of the name that the type leads to. */
let ranks: usize = 0;
let targets: usize = 0;

/** Orders all types; without the first of the sorted ones, as bpftool 7.8 does, where `dropsFirst`. */
export function orderAll(dropsFirst: bool): void {
  ranks = allocate(<usize>end + 1);
  targets = allocate((<usize>end + 1) << 2);
  for (let id: u32 = 1; id < end; id++) rank(id);
  const entries = newEntries(end);
  let isDropped = !dropsFirst;
  for (let wanted: u32 = 0; wanted < FIRST_RANKS; wanted++) {
    const count = collect(wanted, entries);
    sortEntries(entries, count, true);
    const first: u32 = isDropped ? 0 : 1;
    for (let index = first; index < count; index++) order(load<u32>(entries + index * ENTRY, ID));
    if (count > 0) isDropped = true;
  }
  orderLast(entries);
}

function orderLast(entries: usize): void {
  for (let id: u32 = 1; id < end; id++) {
    if (load<u8>(ranks + id) === NAMELESS) order(id);
  }
  const count = collect(LAST_RANK, entries);
  sortEntries(entries, count, true);
  for (let index: u32 = 0; index < count; index++) order(load<u32>(entries + index * ENTRY, ID));
}

/** Makes entries of the types of a rank, of the last those that lead to something new. Returns their number. */
function collect(wanted: u32, entries: usize): u32 {
  let count: u32 = 0;
  for (let id: u32 = 1; id < end; id++) {
    if (load<u8>(ranks + id) !== wanted || (wanted === LAST_RANK && leadsToOrdered(id))) continue;
    const name = nameAt(load<u32>(targets + (id << 2)));
    setEntry(entries + count * ENTRY, name === 0 ? emptyText() : name, id);
    count++;
  }
  return count;
}

/** Kinds of types that are sorted by what they refer to. */
function isReference(kind: i32): bool {
  return (
    kind === Kind.Pointer ||
    (kind >= Kind.Typedef && kind <= Kind.Restrict) ||
    kind === Kind.DeclTag ||
    kind === Kind.TypeTag
  );
}

/** Finds rank and name of a type: bpftool's btf_type_rank and btf_type_sort_name. */
function rank(id: u32): void {
  const own = recordOf(id);
  const isNamed = load<u32>(own) !== 0;
  let record = own;
  let kind = kindOf(record);
  if (kind >= Kind.Func && kind <= Kind.Datasec && kind !== Kind.FuncProto) {
    store<u8>(ranks + id, NEVER);
    return;
  }
  let isHashed = false;
  let step = 0;
  for (; step < MAX_CHAIN; step++) {
    if (kind === Kind.Array) {
      if (extraOf(record, 2) !== 0) isHashed = true;
      record = recordOf(elementOf(record));
    } else if (isReference(kind)) {
      if (load<u32>(record) !== 0) isHashed = true;
      record = recordOf(thirdOf(record));
    } else break;
    kind = kindOf(record);
  }
  let target = load<u32>(record);
  let found = LAST_RANK;
  if (isEnum(kind)) {
    if (isNamed) found = 1;
    else if (record === own) {
      found = 0;
      if (vlenOf(record) !== 0) target = load<u32>(record + HEADER);
    }
  } else if (kind === Kind.Int || kind === Kind.Float) {
    if (isNamed || record === own) found = 2;
  } else if (isNamed && isComposite(kind)) found = 3;
  else if (isNamed && kind === Kind.FuncProto) found = 4;
  const isHashZero = !isHashed && (kind === Kind.FuncProto || kind === Kind.Void);
  if (found === LAST_RANK && target === 0 && !isNamed && isHashZero) found = NAMELESS;
  store<u8>(ranks + id, step === MAX_CHAIN ? NAMELESS : found);
  store<u32>(targets + (id << 2), target);
}

/** Whether all that a type leads to is ordered, so that asking for it changes nothing. */
function leadsToOrdered(id: u32): bool {
  for (let step = 0; step < MAX_CHAIN; step++) {
    if (isOrdered(id)) return true;
    const record = recordOf(id);
    const kind = kindOf(record);
    if (kind === Kind.Array) id = known(elementOf(record));
    else if (isReference(kind) && kind !== Kind.Typedef) id = known(thirdOf(record));
    else return false;
  }
  return false;
}

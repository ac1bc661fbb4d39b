/**
 * The order in which bpftool 7.8 asks for the types of a file. Definitions follow order.ts whatever the order of the
 * roots; the roots decide what comes first where C leaves a choice, so that the header of a rebuilt kernel differs only
 * where its types do.
 *
 * Types are sorted by a rank, the name that they lead to, their own name, a hash and their id. Those of the last rank
 * are most of a file and nearly all reached from others by then, so that only what is left of them is sorted.
 */

import { Kind } from '../kinds';
import { allocate, HEADER, kindOf, thirdOf, vlenOf } from '../table';
import { isOrdered, order } from './order';
import { ENTRY, ID, newEntries, setEntry, sortEntries } from './sort';
import {
  dimensionOf,
  elementOf,
  emptyText,
  end,
  isComposite,
  isEnum,
  known,
  nameAt,
  recordOf,
} from './types';

/** Longest chain of references that is followed to a name; what begins a longer one has none. */
const MAX_CHAIN: i32 = 256;

/** Ranks above those that are listed for their own sake: all else, and before it what has no name, by id. */
const NAMELESS: u32 = 5;
const LAST: u32 = 6;
/** In place of a rank: types that no header has. */
const NEVER: u32 = 7;

/** By id, the rank. */
let ranks: usize = 0;
/** What the type that was ranked last leads to: the offset of its name. */
let target: u32 = 0;

/** Orders all types; without the first of the sorted ones, as bpftool 7.8 does, where `dropsFirst`. */
export function orderAll(dropsFirst: bool): void {
  const entries = newEntries(end);
  let count: u32 = 0;
  ranks = allocate(<usize>end + 1);
  for (let id: u32 = 1; id < end; id++) {
    const found = rankOf(id);
    store<u8>(ranks + id, found);
    if (found < NAMELESS) addEntry(entries, count++, found, id);
  }
  orderEntries(entries, count, dropsFirst);
  for (let id: u32 = 1; id < end; id++) {
    if (load<u8>(ranks + id) === NAMELESS) order(id);
  }
  count = 0;
  for (let id: u32 = 1; id < end; id++) {
    if (load<u8>(ranks + id) !== LAST || leadsToOrdered(id)) continue;
    rankOf(id);
    addEntry(entries, count++, LAST, id);
  }
  orderEntries(entries, count, false);
}

function addEntry(entries: usize, index: u32, rank: u32, id: u32): void {
  const name = nameAt(target);
  setEntry(entries + index * ENTRY, rank, name === 0 ? emptyText() : name, id);
}

function orderEntries(entries: usize, count: u32, dropsFirst: bool): void {
  sortEntries(entries, count, true);
  for (let index: u32 = dropsFirst ? 1 : 0; index < count; index++)
    order(load<u32>(entries + index * ENTRY, ID));
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
function rankOf(id: u32): u32 {
  const own = recordOf(id);
  const isNamed = load<u32>(own) !== 0;
  let record = own;
  let kind = kindOf(record);
  if (kind >= Kind.Func && kind <= Kind.Datasec && kind !== Kind.FuncProto) return NEVER;
  let isHashed = false;
  let step = 0;
  for (; step < MAX_CHAIN; step++) {
    if (kind === Kind.Array) {
      if (dimensionOf(record) !== 0) isHashed = true;
      record = recordOf(elementOf(record));
    } else if (isReference(kind)) {
      if (load<u32>(record) !== 0) isHashed = true;
      record = recordOf(thirdOf(record));
    } else break;
    kind = kindOf(record);
  }
  target = load<u32>(record);
  if (step === MAX_CHAIN) return NAMELESS;
  const isOwn = record === own;
  if (isEnum(kind)) {
    if (isNamed) return 1;
    if (isOwn && vlenOf(record) !== 0) target = load<u32>(record + HEADER);
    return isOwn ? 0 : LAST;
  }
  if (kind === Kind.Int || kind === Kind.Float) return isNamed || isOwn ? 2 : LAST;
  if (isNamed && isComposite(kind)) return 3;
  if (isNamed && kind === Kind.FuncProto) return 4;
  const isHashZero = !isHashed && (kind === Kind.FuncProto || kind === Kind.Void);
  return target === 0 && !isNamed && isHashZero ? NAMELESS : LAST;
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

/** What the structs and unions that hold a type say of it, for a listing of few types. */

import { alignmentOf, isAlias } from './facts';
import { Kind } from './kinds';
import { inferFrom } from './packed';
import {
  allocate,
  end,
  HEADER,
  kindById,
  kindFlagOf,
  kindOf,
  MEMBER,
  recordOf,
  recordsEnd,
  thirdOf,
} from './table';

/** The type and its aliases, and by id whether it is one of them, or a holder that has been looked at. */
let aliases: usize = 0;
let aliasCount: u32 = 0;
let known: usize = 0;
const ALIAS: u8 = 1;
const HOLDER: u8 = 2;

/** Infers about one struct from all types that hold it, as inferring from all types would. */
export function inferFromHolders(id: u32): void {
  const kind = kindById(id);
  if (kind !== Kind.Struct && kind !== Kind.Union) return;
  const natural = alignmentOf(id);
  aliases = allocate((<usize>end) << 2);
  known = allocate(end);
  aliasCount = 0;
  addAlias(id);
  // What is added while the list is walked is walked too.
  for (let index: u32 = 0; index < aliasCount; index++)
    inferFromUsers(load<u32>(aliases + (index << 2)), natural);
}

function addAlias(id: u32): void {
  if (load<u8>(known + id) !== 0) return;
  store<u8>(known + id, ALIAS);
  store<u32>(aliases + (aliasCount << 2), id);
  aliasCount++;
}

/** Looks at each word that is the type's id: faster than to look at what each record refers to. */
function inferFromUsers(type: u32, natural: u32): void {
  for (let at = nextWord(recordOf(1), type); at < recordsEnd; at = nextWord(at + 4, type)) {
    const user = userAt(at);
    const record = recordOf(user);
    const kind = kindOf(record);
    const place = at - record;
    if (kind === Kind.Struct || kind === Kind.Union) {
      const isMember = place > HEADER && (place - HEADER) % MEMBER === 4;
      // A holder may have the type many times, and says the same each time.
      if (isMember && load<u8>(known + user) !== HOLDER && isMisplaced(record, at, natural)) {
        store<u8>(known + user, HOLDER);
        inferFrom(user);
      }
    } else if (place === 8 && isAlias(kind)) addAlias(user);
  }
}

/** Address of the next word that has a value, from an address on; behind the records where there is none. */
function nextWord(at: usize, value: u32): usize {
  const wanted = i32x4.splat(value);
  while (at + 32 <= recordsEnd) {
    const isFirst = i32x4.eq(v128.load(at), wanted);
    const isSecond = i32x4.eq(v128.load(at, 16), wanted);
    if (v128.any_true(v128.or(isFirst, isSecond))) break;
    at += 32;
  }
  while (at < recordsEnd && load<u32>(at) !== value) at += 4;
  return at;
}

/** Whether the member whose type stands at an address lies where its alignment forbids. */
function isMisplaced(record: usize, at: usize, natural: u32): bool {
  if (kindOf(record) === Kind.Union) return thirdOf(record) % natural !== 0;
  const word = load<u32>(at, 4);
  return ((kindFlagOf(record) ? word & 0x00ff_ffff : word) >>> 3) % natural !== 0;
}

/** Id of the record that holds a word. */
function userAt(at: usize): u32 {
  let low: u32 = 1;
  let high = end;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (recordOf(middle) <= at) low = middle;
    else high = middle;
  }
  return low;
}

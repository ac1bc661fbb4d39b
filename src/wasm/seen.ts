/** Which structs and unions have been listed: by name, size, members' names and places, as src/emit/same-composite.ts. */

import { Kind } from './kinds';
import {
  allocate,
  end,
  HEADER,
  kindFlagOf,
  kindOf,
  LONGEST,
  MEMBER,
  nameBytes,
  nameOf,
  names,
  recordOf,
  thirdOf,
  vlenOf,
} from './table';
import { nameLength } from './text';

/** By hash, with linear probing: ids, 0 for none. */
let slots: usize = 0;
let mask: u32 = 0;
let ignoresKind: bool = false;

/**
 * With `ignores`, a struct and a union may be the same, as for pahole. Returns false where a name is too long to be
 * hashed: names may be tails of one another, so that long ones may take for ever.
 */
export function beginSeen(ignores: bool): bool {
  let capacity: u32 = 1 << 10;
  while (capacity < end) capacity <<= 1;
  slots = allocate((<usize>capacity) << 2);
  mask = capacity - 1;
  ignoresKind = ignores;
  for (let id: u32 = 1; id < end; id++) {
    const record = recordOf(id);
    const kind = kindOf(record);
    if ((kind === Kind.Struct || kind === Kind.Union) && nameLength(nameOf(record)) >= LONGEST) return false;
  }
  return true;
}

/** Whether an equal type has been seen; if not, this one has been now. */
export function isRepeat(id: u32): bool {
  const record = recordOf(id);
  let slot = hashOf(record) & mask;
  for (;;) {
    const other = load<u32>(slots + (slot << 2));
    if (other === 0) break;
    if (isSame(recordOf(other), record)) return true;
    slot = (slot + 1) & mask;
  }
  store<u32>(slots + (slot << 2), id);
  return false;
}

function hashOf(record: usize): u32 {
  let hash = thirdOf(record) * 31 + vlenOf(record);
  for (let at = names + nameOf(record); load<u8>(at) !== 0; at++) hash = hash * 31 + load<u8>(at);
  return hash ^ (hash >>> 15);
}

function isSame(a: usize, b: usize): bool {
  const count = vlenOf(a);
  if (count !== vlenOf(b) || thirdOf(a) !== thirdOf(b)) return false;
  if (!ignoresKind && kindOf(a) !== kindOf(b)) return false;
  if (!isSameName(nameOf(a), nameOf(b))) return false;
  const aHasWidths = kindFlagOf(a);
  const bHasWidths = kindFlagOf(b);
  const last = a + HEADER + MEMBER * <usize>count;
  let bAt = b + HEADER;
  for (let aAt = a + HEADER; aAt < last; aAt += MEMBER, bAt += MEMBER) {
    const aName = load<u32>(aAt);
    const bName = load<u32>(bAt);
    if (aName !== 0 && bName !== 0 && !isSameName(aName, bName)) return false;
    if (placeOf(load<u32>(aAt, 8), aHasWidths) !== placeOf(load<u32>(bAt, 8), bHasWidths)) return false;
  }
  return true;
}

/** Bit offset, and width of a bitfield. */
function placeOf(offsetWord: u32, hasWidths: bool): u64 {
  return hasWidths ? <u64>(offsetWord & 0x00ff_ffff) | ((<u64>(offsetWord >>> 24)) << 32) : <u64>offsetWord;
}

function isSameName(a: u32, b: u32): bool {
  if (a === b) return true;
  if (a >= nameBytes || b >= nameBytes) return false;
  let aAt = names + a;
  let bAt = names + b;
  let byte: u8 = 0;
  do {
    byte = load<u8>(aAt++);
    if (byte !== load<u8>(bAt++)) return false;
  } while (byte !== 0);
  return true;
}

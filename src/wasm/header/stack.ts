/** A stack of entries of 12 bytes, as high as a file likes: for walks that must not end with that of the engine. */

import { allocate } from '../table';

/** Where the entries are; that at a depth is {@link entryAt}. */
let entries: usize = 0;
let room: u32 = 0;

const ENTRY: u32 = 12;
const FIRST_ROOM: u32 = 256;

/** Address of the entry at a depth. It may be another after {@link reserve}. */
export function entryAt(depth: u32): usize {
  return entries + depth * ENTRY;
}

/** Makes room for an entry at a depth, one above the highest at most, and gives its address. */
export function reserve(depth: u32): usize {
  if (depth >= room) {
    const larger = allocate(max(FIRST_ROOM, 2 * room) * ENTRY);
    memory.copy(larger, entries, room * ENTRY);
    entries = larger;
    room = max(FIRST_ROOM, 2 * room);
  }
  return entries + depth * ENTRY;
}

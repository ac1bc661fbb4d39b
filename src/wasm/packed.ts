/** Which structs are packed, by the rules and in the columns of src/layout/packed.ts. */

import { alignmentOf, strip } from './facts';
import { Kind } from './kinds';
import { CONTRADICTS, flags, HOLES, MISPLACES, PADDING, survey, wasteAt } from './survey';
import { allocate, end, kindById, kindFlagOf, kindOf, MEMBER, recordOf, thirdOf, vlenOf } from './table';

/** By id: whether a struct is packed, and whether that has been inferred. */
export let packed: usize = 0;
export let inferred: usize = 0;

/** Addresses of what has been set since {@link keepInferences}, 4 bytes for each, and their number. */
let changes: usize = 0;
let changeCount: u32 = 0;

/** Begins with nothing. */
export function beginPacked(): void {
  packed = allocate(end);
  inferred = allocate(end);
  // Each entry of both is set once.
  changes = allocate((<usize>end) << 3);
  changeCount = 0;
}

/** Keeps what has been inferred so far. */
export function keepInferences(): void {
  changeCount = 0;
}

/** Forgets what has been inferred since: who prints the type instead depends on the order in which that is inferred. */
export function dropInferences(): void {
  for (; changeCount > 0; changeCount--) store<u8>(load<u32>(changes + ((changeCount - 1) << 2)), 0);
}

function set(at: usize): void {
  if (load<u8>(at) !== 0) return;
  store<u8>(at, 1);
  store<u32>(changes + (changeCount << 2), <u32>at);
  changeCount++;
}

/** Infers about every type, so that the answer does not depend on which were looked at before. */
export function inferAll(): void {
  for (let id: u32 = 1; id < end; id++) {
    if ((load<u8>(flags + id) & MISPLACES) !== 0) inferFrom(id);
  }
}

export function isPacked(id: u32): bool {
  return load<u8>(packed + id) !== 0;
}

/** Infers from a struct's own layout, or, where that has holes, what its members are. */
export function inferStruct(id: u32): void {
  if (load<u8>(inferred + id) !== 0) return;
  survey(id);
  if (hasWaste(id)) markMisplaced(id);
  else if ((load<u8>(flags + id) & CONTRADICTS) !== 0) set(packed + id);
  set(inferred + id);
}

/** A struct whose alignment does not divide the size of a union that holds it must be packed. */
export function inferUnion(id: u32): void {
  if (load<u8>(inferred + id) !== 0) return;
  set(inferred + id);
  survey(id);
  markMisplaced(id);
}

/** Infers what a struct or union that may misplace its members says of them, as {@link inferAll} does. */
export function inferFrom(id: u32): void {
  survey(id);
  if (kindById(id) === Kind.Union || hasWaste(id)) markMisplaced(id);
}

function hasWaste(id: u32): bool {
  return wasteAt(id, HOLES) !== 0 || wasteAt(id, PADDING) !== 0;
}

function markMisplaced(id: u32): void {
  if ((load<u8>(flags + id) & MISPLACES) === 0) return;
  const record = recordOf(id);
  const isUnion = kindOf(record) === Kind.Union;
  const offsetBits: u32 = kindFlagOf(record) ? 0x00ff_ffff : 0xffff_ffff;
  for (let at = record + MEMBER * <usize>vlenOf(record); at > record; at -= MEMBER) {
    const struct = strip(load<u32>(at, 4));
    if (kindById(struct) !== Kind.Struct) continue;
    // A struct is no bitfield, so it lies where its first bit does.
    const place = isUnion ? thirdOf(record) : (load<u32>(at, 8) & offsetBits) >>> 3;
    if (place % alignmentOf(struct) === 0) continue;
    set(packed + struct);
    set(inferred + struct);
  }
}

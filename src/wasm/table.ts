/**
 * The table that all of this module reads: records as 32-bit words in the host's byte order, as
 * src/model/records.ts describes them, and names. The host copies them into the memory once.
 *
 * Every id and every name offset comes from a file. What follows one asks {@link isType} or {@link hasName} first:
 * the memory has no fences within.
 */

import { Kind } from './kinds';

/** Address of the records' words, and of the names. */
export let words: usize = 0;
export let names: usize = 0;
/** Bytes of names. */
export let nameBytes: u32 = 0;
/** One past the last id. The first is 1: tables with a base are not for this module. */
export let end: u32 = 0;
export let pointerSize: u32 = 8;
/** By id, the address of its record. */
let records: usize = 0;
/** Where memory is free. */
let free: usize = 0;

/** Zeroed memory, at a multiple of 8. It is never given back: the module is for one table. */
export function allocate(bytes: usize): usize {
  if (free === 0) free = (__heap_base + 7) & ~7;
  const at = free;
  free += (bytes + 7) & ~7;
  const wanted = <i32>((free + 0xffff) >>> 16) - memory.size();
  if (wanted > 0 && memory.grow(wanted) < 0) unreachable();
  return at;
}

/** Says where the host has put the words, where each record starts among them, and the names. */
export function setTable(
  wordsAt: usize,
  starts: usize,
  count: u32,
  namesAt: usize,
  length: u32,
  pointer: u32,
): void {
  words = wordsAt;
  names = namesAt;
  nameBytes = length;
  end = count + 1;
  pointerSize = pointer;
  // An id's record is found a thousand times for each that is listed.
  records = starts - 4;
  for (let id: u32 = 1; id < end; id++) {
    const place = records + (id << 2);
    store<u32>(place, <u32>(words + (load<u32>(place) << 2)));
  }
}

/** Whether a number is the id of a type of the table; void is none. */
export function isType(id: u32): bool {
  return id - 1 < end - 1;
}

/** Whether a name begins at an offset. The table of names ends with a NUL. */
export function hasName(offset: u32): bool {
  return offset < nameBytes;
}

/** Address of a type's record. */
export function recordOf(id: u32): usize {
  return load<u32>(records + (id << 2));
}

export function nameOf(record: usize): u32 {
  return load<u32>(record);
}

export function kindOf(record: usize): i32 {
  return load<u8>(record, 7) & 0x7f;
}

/** The kind of a type, by id; 0 for what is none. */
export function kindById(id: u32): i32 {
  return isType(id) ? kindOf(recordOf(id)) : Kind.Void;
}

export function kindFlagOf(record: usize): bool {
  return load<u8>(record, 7) >>> 7 === 1;
}

export function vlenOf(record: usize): u32 {
  return load<u32>(record, 4) & 0x00ff_ffff;
}

/** Size of a type, or the type that it refers to. */
export function thirdOf(record: usize): u32 {
  return load<u32>(record, 8);
}

/** The word `index` behind the three that every record has. */
export function extraOf(record: usize, index: u32): u32 {
  return load<u32>(record + (index << 2), 12);
}

/** Bytes of what every record starts with, and of a member. */
export const HEADER: usize = 12;
export const MEMBER: usize = 12;

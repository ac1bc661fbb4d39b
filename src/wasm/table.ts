/**
 * The table that all of this module reads: records as 32-bit words in the host's byte order, as
 * src/model/records.ts describes them, and names. The host copies them into the memory once.
 *
 * Every id and every name offset comes from a file. What follows one asks {@link isType} or {@link hasName} first:
 * the memory has no fences within.
 */

import { readNames } from './host';
import { Kind } from './kinds';

/** Addresses of the names, and of what is behind the records. */
export let recordsEnd: usize = 0;
export let names: usize = 0;
/** Bytes of names. */
export let nameBytes: u32 = 0;
let namesReady: u32 = 0;
/** Longest name, and longest line, that is read or written here. Real names stay below a tenth of it. */
export const LONGEST: u32 = 1024;
const NAMES_AT_ONCE: u32 = 1 << 16;
/** One past the last id. The first is 1: tables with a base are not for this module. */
export let end: u32 = 0;
export let pointerSize: u32 = 8;
/** Address of the records' words, and by id, the index of the first word of its record. */
export let words: usize = 0;
let starts: usize = 0;
/** Where memory is free. */
let free: usize = 0;

/** Pages of 64 KiB. Growing is dear, and what is not touched costs nothing. */
const GROWTH = 256;

/** Zeroed memory, at a multiple of 8. It is never given back: the module is for one table. */
export function allocate(bytes: usize): usize {
  if (free === 0) free = (__heap_base + 7) & ~7;
  const at = free;
  free += (bytes + 7) & ~7;
  const wanted = <i32>((free + 0xffff) >>> 16) - memory.size();
  if (free < at || (wanted > 0 && memory.grow(max(wanted, GROWTH)) < 0)) unreachable();
  return at;
}

/** Says where the words are, and where each record starts among them, from that of the first id on. */
export function setRecords(wordsAt: usize, wordCount: u32, startsAt: usize, count: u32): void {
  words = wordsAt;
  recordsEnd = wordsAt + (wordCount << 2);
  starts = startsAt - 4;
  end = count + 1;
}

/** Says where the names are, and how many bytes of them are there; the host has the others. 8 bytes behind them may be read. */
export function setNames(at: usize, byteSize: u32, ready: u32): void {
  names = at;
  nameBytes = byteSize;
  namesReady = ready;
}

/** Sees to it that the name at an offset is there, as far as the longest is read. */
export function needName(offset: u32): void {
  const wanted = min<u32>(nameBytes, offset + LONGEST);
  if (wanted <= namesReady) return;
  const end = min<u32>(nameBytes, wanted + NAMES_AT_ONCE);
  readNames(namesReady, end);
  namesReady = end;
}

/** Bytes in a pointer. */
export function setPointerSize(size: u32): void {
  pointerSize = size;
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
  return words + (load<u32>(starts + (id << 2)) << 2);
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

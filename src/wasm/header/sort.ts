/**
 * Sorts many ids by rank and name: a merge sort of entries that begin with the rank and 7 bytes of the name as a
 * number, so that most names need not be looked at again.
 */

import { allocate } from '../table';
import { hashOfType } from './name-hash';
import { compare, withoutRest, zerosIn } from './texts';
import { emptyText, end, nameOfRecord, recordOf } from './types';

/** An entry: rank and beginning of the name, its address, the id. */
export const ENTRY: u32 = 16;
const NAME: usize = 8;
export const ID: usize = 12;

/** Names that agree so far count as equal: the kernel allows 512 bytes. */
const MAX_COMPARED: usize = 2048;

/** By id, the hash of a type; 0 where it is not known yet. */
let hashes: usize = 0;
/** Whether equal names are told apart by the types' own names and hashes. */
let isThorough: bool = false;

export function newEntries(count: u32): usize {
  return allocate(ENTRY * count);
}

/** Entries of a lower rank, below 256, stand before those of a higher. */
export function setEntry(entry: usize, rank: u64, name: usize, id: u32): void {
  store<u64>(entry, (rank << 56) | (beginningOf(name) >> 8));
  store<u32>(entry, <u32>name, NAME);
  store<u32>(entry, id, ID);
}

/** The first 8 bytes of a text as a number that orders as they do. */
function beginningOf(name: usize): u64 {
  const bytes = load<u64>(name);
  return bswap<u64>(withoutRest(bytes, zerosIn(bytes)));
}

/**
 * Sorts entries by name; where `thoroughly`, those with equal names by the own name, the hash and the id of the type,
 * else they keep their order.
 */
export function sortEntries(entries: usize, count: u32, thoroughly: bool): void {
  isThorough = thoroughly;
  if (hashes === 0) hashes = allocate((<usize>end) << 3);
  let from = entries;
  let into = newEntries(count);
  const bytes = ENTRY * count;
  for (let width: usize = ENTRY; width < bytes; width *= 2) {
    for (let start: usize = 0; start < bytes; start += 2 * width) {
      const middle = min(start + width, bytes);
      merge(from + start, from + middle, from + min(start + 2 * width, bytes), into + start);
    }
    const sorted = into;
    into = from;
    from = sorted;
  }
  if (from !== entries) memory.copy(entries, from, bytes);
}

function merge(left: usize, middle: usize, last: usize, to: usize): void {
  let right = middle;
  while (left < middle && right < last) {
    if (isAfter(left, right)) {
      copyEntry(to, right);
      right += ENTRY;
    } else {
      copyEntry(to, left);
      left += ENTRY;
    }
    to += ENTRY;
  }
  for (; left < middle; left += ENTRY, to += ENTRY) copyEntry(to, left);
  for (; right < last; right += ENTRY, to += ENTRY) copyEntry(to, right);
}

function copyEntry(to: usize, from: usize): void {
  store<u64>(to, load<u64>(from));
  store<u64>(to, load<u64>(from, 8), 8);
}

function isAfter(left: usize, right: usize): bool {
  const beginning = load<u64>(left);
  const other = load<u64>(right);
  if (beginning !== other) return beginning > other;
  const order = compare(load<u32>(left, NAME), load<u32>(right, NAME), MAX_COMPARED);
  if (order !== 0) return order > 0;
  return isThorough && isAfterWithSameName(load<u32>(left, ID), load<u32>(right, ID));
}

function isAfterWithSameName(left: u32, right: u32): bool {
  const order = compare(ownName(left), ownName(right), MAX_COMPARED);
  if (order !== 0) return order > 0;
  const hash = hashOf(left);
  const other = hashOf(right);
  return hash !== other ? hash > other : left > right;
}

function hashOf(id: u32): u64 {
  const at = hashes + ((<usize>id) << 3);
  const found = load<u64>(at);
  if (found !== 0) return found;
  store<u64>(at, hashOfType(id));
  return load<u64>(at);
}

function ownName(id: u32): usize {
  const name = nameOfRecord(recordOf(id));
  return name === 0 ? emptyText() : name;
}

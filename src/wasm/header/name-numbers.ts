/**
 * A number for each name, 0 at first: the state of one of C's name spaces. Names are the same that have the same
 * characters. A space is known by its address.
 */

import { allocate } from '../table';
import { hashText, isSame } from './texts';

const FIRST_SIZE: u32 = 1 << 10;

/** A space: address of its slots, their number less one, how many are taken. */
const SLOTS: usize = 0;
const MASK: usize = 4;
const USED: usize = 8;

/** A slot: address of the name, 0 where it is free; hash; number. */
const SLOT: u32 = 12;
const HASH: usize = 4;
const NUMBER: usize = 8;

export function newSpace(): usize {
  const space = allocate(16);
  store<u32>(space, <u32>allocate(FIRST_SIZE * SLOT), SLOTS);
  store<u32>(space, FIRST_SIZE - 1, MASK);
  return space;
}

/** The number of a name. */
export function numberOf(space: usize, name: usize): u32 {
  return load<u32>(slotOf(space, name), NUMBER);
}

export function setNumber(space: usize, name: usize, number: u32): void {
  store<u32>(slotOf(space, name), number, NUMBER);
}

/** Gives a name that has none a number, and says whether it had none. */
export function claim(space: usize, name: usize, number: u32): bool {
  const slot = slotOf(space, name);
  if (load<u32>(slot, NUMBER) !== 0) return false;
  store<u32>(slot, number, NUMBER);
  return true;
}

/** Adds 1 to the number of a name and gives it. */
export function count(space: usize, name: usize): u32 {
  const slot = slotOf(space, name);
  const number = load<u32>(slot, NUMBER) + 1;
  store<u32>(slot, number, NUMBER);
  return number;
}

function slotOf(space: usize, name: usize): usize {
  const hash = hashText(name);
  const slots = load<u32>(space, SLOTS);
  const mask = load<u32>(space, MASK);
  let index = hash & mask;
  let slot = slots + index * SLOT;
  for (let held = load<u32>(slot); held !== 0; held = load<u32>(slot)) {
    if (held === <u32>name || (load<u32>(slot, HASH) === hash && isSame(held, name))) return slot;
    index = (index + 1) & mask;
    slot = slots + index * SLOT;
  }
  const used = load<u32>(space, USED) + 1;
  if (used > mask >>> 1) {
    grow(space);
    return slotOf(space, name);
  }
  store<u32>(space, used, USED);
  store<u32>(slot, <u32>name);
  store<u32>(slot, hash, HASH);
  return slot;
}

function grow(space: usize): void {
  const slots = load<u32>(space, SLOTS);
  const size = load<u32>(space, MASK) + 1;
  const larger = allocate(2 * size * SLOT);
  const mask = 2 * size - 1;
  for (let slot = slots; slot < slots + size * SLOT; slot += SLOT) {
    if (load<u32>(slot) === 0) continue;
    let index = load<u32>(slot, HASH) & mask;
    while (load<u32>(larger + index * SLOT) !== 0) index = (index + 1) & mask;
    memory.copy(larger + index * SLOT, slot, SLOT);
  }
  store<u32>(space, <u32>larger, SLOTS);
  store<u32>(space, mask, MASK);
}

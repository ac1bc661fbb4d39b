/**
 * Text as bytes. Every function writes at an address and returns the one behind what it wrote; what it writes may be
 * followed by up to 7 bytes of no meaning, which the next one overwrites.
 */

import { LONGEST, nameBytes, names, needName } from './table';

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
const BLANKS: u64 = 0x2020_2020_2020_2020;

/** Writes a text of ASCII. */
export function put(at: usize, text: string): usize {
  const from = changetype<usize>(text);
  const length = <usize>text.length;
  for (let index: usize = 0; index < length; index++) store<u8>(at + index, load<u8>(from + (index << 1)));
  return at + length;
}

/** Writes one character of ASCII. */
export function putByte(at: usize, byte: u32): usize {
  store<u8>(at, byte);
  return at + 1;
}

/**
 * Writes the name at an offset, up to its NUL. What is written of a name that is longer than {@link LONGEST}, or
 * outside of the names, is of no use, and the place returned is at least that far from `at`.
 */
export function putName(at: usize, offset: u32): usize {
  if (offset >= nameBytes) return at + LONGEST;
  needName(offset);
  let from = names + offset;
  const last = at + LONGEST;
  while (at < last) {
    const bytes = load<u64>(from);
    store<u64>(at, bytes);
    const zeros = (bytes - LOW_BITS) & ~bytes & HIGH_BITS;
    if (zeros !== 0) return at + <usize>(ctz(zeros) >>> 3);
    at += 8;
    from += 8;
  }
  return at;
}

/** Bytes of the name at an offset; at least {@link LONGEST} for a longer one or none. */
export function nameLength(offset: u32): u32 {
  if (offset >= nameBytes) return LONGEST;
  needName(offset);
  const start = names + offset;
  const last = start + LONGEST;
  for (let from = start; from < last; from += 8) {
    const bytes = load<u64>(from);
    const zeros = (bytes - LOW_BITS) & ~bytes & HIGH_BITS;
    if (zeros !== 0) return <u32>(from - start + <usize>(ctz(zeros) >>> 3));
  }
  return LONGEST;
}

/** Whether the name at an offset is a text of ASCII. */
export function isName(offset: u32, text: string): bool {
  if (offset >= nameBytes) return false;
  needName(offset);
  const from = changetype<usize>(text);
  const length = <usize>text.length;
  for (let index: usize = 0; index < length; index++) {
    if (load<u8>(names + offset + index) !== load<u8>(from + (index << 1))) return false;
  }
  return load<u8>(names + offset + length) === 0;
}

/** Writes `length` bytes of another text. */
export function putCopy(at: usize, from: usize, length: u32): usize {
  for (let done: u32 = 0; done < length; done += 8) store<u64>(at + done, load<u64>(from + done));
  return at + length;
}

/** Writes blanks up to `column`, an address; none where that has been passed. */
export function padTo(at: usize, column: usize): usize {
  if (at >= column) return at;
  for (; at < column; at += 8) store<u64>(at, BLANKS);
  return column;
}

/** Writes TABs; there are at most 16, as in the printer. */
export function putTabs(at: usize, count: u32): usize {
  store<u64>(at, 0x0909_0909_0909_0909);
  store<u64>(at, 0x0909_0909_0909_0909, 8);
  return at + min<u32>(count, 16);
}

/** Writes a number in decimal, in at least `width` bytes, which are at most 8. */
export function putNumber(at: usize, value: u32, width: u32): usize {
  store<u64>(at, BLANKS);
  let digits: u32 = 1;
  for (let rest = value; rest >= 10; rest /= 10) digits++;
  const last = at + max(digits, width);
  let place = last;
  do {
    store<u8>(--place, 48 + (value % 10));
    value /= 10;
  } while (value !== 0);
  return last;
}

/** Writes a number that may be negative in decimal. */
export function putInteger(at: usize, value: i64): usize {
  if (value < 0) at = putByte(at, 45);
  // The lowest number has no positive counterpart among the signed.
  let left: u64 = value < 0 ? 0 - <u64>value : <u64>value;
  let digits: usize = 1;
  for (let rest = left; rest >= 10; rest /= 10) digits++;
  const last = at + digits;
  let place = last;
  do {
    store<u8>(--place, <u32>(48 + (left % 10)));
    left /= 10;
  } while (left !== 0);
  return last;
}

/** Writes how many there are of a thing. */
export function putCounted(at: usize, count: i64, thing: string): usize {
  at = put(putByte(putInteger(at, count), 32), thing);
  return count === 1 ? at : putByte(at, 115);
}

/** Texts: bytes that end with a NUL, by their address. They are read 8 bytes at a time. */

import { allocate } from '../table';

const LOW_BITS: u64 = 0x0101_0101_0101_0101;
export const HIGH_BITS: u64 = 0x8080_8080_8080_8080;

/** A bit for each zero among 8 bytes; only the lowest is sure. */
export function zerosIn(bytes: u64): u64 {
  return (bytes - LOW_BITS) & ~bytes & HIGH_BITS;
}

/** All bits of the bytes below the lowest zero. */
export function ownBits(zeros: u64): u64 {
  return ((zeros & (0 - zeros)) >> 7) - 1;
}

/** The bytes without those behind the lowest zero. */
export function withoutRest(bytes: u64, zeros: u64): u64 {
  return zeros === 0 ? bytes : bytes & ownBits(zeros);
}

export function lengthOf(text: usize): u32 {
  let at = text;
  while (zerosIn(load<u64>(at)) === 0) at += 8;
  return <u32>(at - text + <usize>(ctz(zerosIn(load<u64>(at))) >>> 3));
}

/** Order of two texts by their bytes, as C's strcmp: negative, 0 or positive. Only `limit` bytes count, or a few more. */
export function compare(left: usize, right: usize, limit: usize): i32 {
  if (left === right) return 0;
  for (let at: usize = 0; at < limit; at += 8) {
    const bytes = load<u64>(left + at);
    const others = load<u64>(right + at);
    const zeros = zerosIn(bytes);
    const differences = bytes ^ others;
    if (differences === 0) {
      if (zeros !== 0) return 0;
      continue;
    }
    const shift = ctz(differences) & 56;
    if (zeros !== 0 && (ctz(zeros) & 56) < shift) return 0;
    return <i32>((bytes >> shift) & 0xff) - <i32>((others >> shift) & 0xff);
  }
  return 0;
}

export function isSame(left: usize, right: usize): bool {
  return compare(left, right, usize.MAX_VALUE - 8) === 0;
}

/** Whether a text has exactly the characters of `wanted`; no name, address 0, has none. */
export function equals(text: usize, wanted: string): bool {
  if (text === 0) return wanted.length === 0;
  const length = <usize>wanted.length;
  return startsWith(text, wanted) && load<u8>(text + length) === 0;
}

export function startsWith(text: usize, wanted: string): bool {
  const from = changetype<usize>(wanted);
  const length = <usize>wanted.length;
  for (let index: usize = 0; index < length; index++) {
    if (load<u8>(text + index) !== load<u8>(from + (index << 1))) return false;
  }
  return true;
}

/** A number that equal texts have in common. */
export function hashText(text: usize): u32 {
  let hash: u64 = 0x9e37_79b9_7f4a_7c15;
  let zeros: u64 = 0;
  for (let at = text; zeros === 0; at += 8) {
    const bytes = load<u64>(at);
    zeros = zerosIn(bytes);
    hash = (hash ^ withoutRest(bytes, zeros)) * 0xff51_afd7_ed55_8ccd;
    hash ^= hash >> 32;
  }
  return <u32>hash;
}

/** Room for a text of `length` characters, which ends with a NUL already. */
export function newText(length: u32): usize {
  return allocate(<usize>length + 16);
}

/** The characters of a literal as a text. */
export function textOf(literal: string): usize {
  const text = newText(literal.length);
  const from = changetype<usize>(literal);
  for (let index = 0; index < literal.length; index++)
    store<u8>(text + index, load<u8>(from + ((<usize>index) << 1)));
  return text;
}

/** A text with a literal behind it. */
export function joined(text: usize, behind: string): usize {
  const length = lengthOf(text);
  const whole = newText(length + behind.length);
  const from = changetype<usize>(behind);
  memory.copy(whole, text, length);
  for (let index = 0; index < behind.length; index++)
    store<u8>(whole + length + index, load<u8>(from + ((<usize>index) << 1)));
  return whole;
}

/** A text with a number behind it. */
export function numbered(text: usize, number: u64): usize {
  const length = lengthOf(text);
  let digits: u32 = 1;
  for (let rest = number; rest >= 10; rest /= 10) digits++;
  const whole = newText(length + digits);
  memory.copy(whole, text, length);
  for (let place = whole + length + digits; digits > 0; digits--, number /= 10)
    store<u8>(--place, <u32>(48 + (number % 10)));
  return whole;
}

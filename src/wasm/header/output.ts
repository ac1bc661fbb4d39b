/** The bytes of a header on their way out. They are handed to the host when there are many. */

import { allocate } from '../table';
import { giveUp, TOO_LARGE } from './failure';
import { zerosIn } from './texts';
import { nameBytes } from './types';

/** Provided by the host: takes what has been written. */
declare function write(at: usize, length: usize): void;

const BUFFER_SIZE: usize = 1 << 16;
/** What may be written between two looks at how much room is left, and more. */
const MARGIN: usize = 1 << 10;
const MAX_TABS: u32 = 13;

/** Bytes that a header may have besides those that its types explain. Real ones have 5 MB. */
const MIN_LIMIT: i64 = 1 << 26;
const LIMIT_PER_BYTE: i64 = 64;

const TABS: u64 = 0x0909_0909_0909_0909;

let buffer: usize = 0;
/** Where the next byte goes, and where the buffer counts as full. */
let pos: usize = 0;
let full: usize = 0;
/** Bytes that may still be handed over. */
let left: i64 = 0;

export function beginOutput(): void {
  buffer = allocate(BUFFER_SIZE + MARGIN);
  pos = buffer;
  full = buffer + BUFFER_SIZE;
  left = MIN_LIMIT + LIMIT_PER_BYTE * <i64>nameBytes;
}

/** Hands over all that is pending. */
export function flush(): void {
  const length = pos - buffer;
  pos = buffer;
  if (length === 0) return;
  left -= <i64>length;
  if (left < 0) giveUp(TOO_LARGE, 0);
  write(buffer, length);
}

/** Writes a text. */
export function putText(text: usize): void {
  let from = text;
  let to = pos;
  for (;;) {
    if (to >= full) {
      pos = to;
      flush();
      to = pos;
    }
    const bytes = load<u64>(from);
    store<u64>(to, bytes);
    const zeros = zerosIn(bytes);
    if (zeros !== 0) {
      pos = to + <usize>(ctz(zeros) >>> 3);
      return;
    }
    from += 8;
    to += 8;
  }
}

/** Writes characters of ASCII, at most some hundred. */
export function put(text: string): void {
  if (pos >= full) flush();
  const from = changetype<usize>(text);
  const length = <usize>text.length;
  // Four of its characters at a time, which have two bytes each.
  for (let index: usize = 0; index < length; index += 4) {
    const pairs = load<u64>(from + (index << 1));
    const packed = (pairs | (pairs >> 8)) & 0x0000_ffff_0000_ffff;
    store<u32>(pos + index, <u32>(packed | (packed >> 16)));
  }
  pos += length;
}

/** Writes one character. */
export function putByte(code: u32): void {
  store<u8>(pos, code);
  pos++;
}

/** Starts a line at a nesting level. */
export function line(level: u32): void {
  if (pos >= full) flush();
  store<u8>(pos, 10);
  store<u64>(pos, TABS, 1);
  store<u64>(pos, TABS, 9);
  pos += 1 + min<u32>(level, MAX_TABS);
}

/** Writes a number in decimal. */
export function putNumber(value: i64): void {
  if (value < 0) {
    putByte(45);
    value = 0 - value;
  }
  putUnsigned(value);
}

export function putUnsigned(value: u64): void {
  let digits: usize = 1;
  for (let rest = value; rest >= 10; rest /= 10) digits++;
  let place = pos + digits;
  pos = place;
  do {
    const rest = value / 10;
    store<u8>(--place, <u32>(48 + (value - 10 * rest)));
    value = rest;
  } while (value !== 0);
}

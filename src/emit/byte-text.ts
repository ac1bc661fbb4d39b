/**
 * Text as bytes: small functions that write into a buffer and return the place behind what they wrote.
 * Small, because then the engine compiles them within a millisecond; the loops over bytes are theirs.
 */

/** Bytes of a text of characters below 256. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Longest name, and longest line, that these functions are used for. */
export const LONGEST = 1024;

/**
 * Writes the name at `from`, up to its NUL. Of a name that is longer than {@link LONGEST}, or outside of
 * `names`, what is written is of no use, and the place returned is at least that far from `at`.
 */
export function putName(out: Buffer, at: number, names: Buffer, from: number): number {
  if (from >= names.length) return at + LONGEST;
  const last = at + LONGEST;
  for (let byte = names[from] as number; byte !== 0 && at < last; byte = names[++from] as number) {
    out[at++] = byte;
  }
  return at;
}

/** Writes the bytes of `source` from `from` up to `to`. */
export function putPart(out: Buffer, at: number, source: Buffer, from: number, to: number): number {
  while (from < to) out[at++] = source[from++] as number;
  return at;
}

/** Writes all bytes of `text`. */
export function putBytes(out: Buffer, at: number, text: Buffer): number {
  for (let index = 0; index < text.length; index++) out[at++] = text[index] as number;
  return at;
}

/** Writes TABs. */
export function putTabs(out: Buffer, at: number, count: number): number {
  for (; count > 0; count--) out[at++] = 9;
  return at;
}

/** Writes a number below 2^32 in decimal, in at least `width` bytes; blanks must be there already. */
export function putNumber(out: Buffer, at: number, value: number, width: number): number {
  let end = at + 1;
  for (let rest = value; rest >= 10; rest = (rest / 10) | 0) end++;
  if (end < at + width) end = at + width;
  let place = end;
  do {
    out[--place] = 48 + (value % 10);
    value = (value / 10) | 0;
  } while (value !== 0);
  return end;
}

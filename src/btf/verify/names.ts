/**
 * Which names the kernel takes (linux kernel/bpf/btf.c). It looks at bytes, with the character classes
 * of its own table (linux lib/ctype.c), in which Latin-1 letters are letters. So do we: names are not
 * decoded here.
 */

import type { StringTable } from '../../model/strings.ts';

/** Largest offset of a name. */
export const MAX_NAME_OFFSET = 0xff_ffff;

/** Longest name (linux KSYM_NAME_LEN). */
export const MAX_NAME_BYTES = 512;

const LETTER = 1;
const DIGIT = 2;
const PRINTABLE = 4;

const CLASSES: Uint8Array = new Uint8Array(256).map((_, byte) => {
  if (isLetter(byte)) return LETTER | PRINTABLE;
  if (byte >= 0x30 && byte <= 0x39) return DIGIT | PRINTABLE;
  return (byte >= 0x20 && byte < 0x7f) || byte >= 0xa0 ? PRINTABLE : 0;
});

/** Whether a name can be read at `offset`. */
export function hasName(strings: StringTable, offset: number): boolean {
  return offset <= MAX_NAME_OFFSET && offset < strings.end;
}

/** Whether a C identifier, in which `.` counts as a letter, is at `offset`. */
export function isIdentifier(strings: StringTable, offset: number): boolean {
  return consistsOf(strings, offset, LETTER, LETTER | DIGIT);
}

/** Whether the name of a section, any printable text, is at `offset`. Kernels before 6.11 want an identifier. */
export function isSectionName(strings: StringTable, offset: number): boolean {
  return consistsOf(strings, offset, PRINTABLE, PRINTABLE);
}

/** Whether the name at `offset` is empty. */
export function isEmptyName(strings: StringTable, offset: number): boolean {
  const { bytes, start } = strings.owner(offset);
  return bytes[offset - start] === 0;
}

function consistsOf(strings: StringTable, offset: number, first: number, rest: number): boolean {
  if (!hasName(strings, offset)) return false;
  const { bytes, start } = strings.owner(offset);
  const from = offset - start;
  if (((CLASSES[bytes[from] as number] as number) & first) === 0) return false;
  const limit = Math.min(bytes.length, from + MAX_NAME_BYTES + 1);
  for (let at = from + 1; at < limit; at++) {
    const byte = bytes[at] as number;
    if (byte === 0) return true;
    if (((CLASSES[byte] as number) & rest) === 0) return false;
  }
  return false;
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return true;
  if (byte === 0x5f || byte === 0x2e) return true;
  // Latin-1 letters; 0xd7 and 0xf7 are the signs for times and division.
  return byte >= 0xc0 && byte !== 0xd7 && byte !== 0xf7;
}

/** The types of fetch arguments: `u32`, `b4@2/16`, `x8[4]`, `string`, `%pd`. */

import type { FetchType } from './definition.ts';
import { refusal } from './refusal.ts';

const PLAIN = new Set([
  ...['u', 's', 'x'].flatMap((sign) => [8, 16, 32, 64].map((bits) => `${sign}${bits}`)),
  ...['char', 'string', 'ustring', 'symbol', 'symstr', '%pd', '%pD'],
]);

/** Most elements that an array may have (MAX_ARRAY_LEN). */
const MAX_ELEMENTS = 64;

/** Reads the text behind the colon. Throws the kernel's refusals. */
export function parseFetchType(text: string): FetchType {
  const [name, count] = splitArray(text);
  const isBits = /^b\d/.test(name);
  if (!isBits && !PLAIN.has(name)) throw refusal('BAD_TYPE', `'${name}' is no type`);
  return { text, name, bits: isBits ? parseBits(name) : undefined, count };
}

/** Whether a type is one of the strings, of either memory. */
export function isStringType(type: FetchType | undefined): boolean {
  return type?.name === 'string' || type?.name === 'ustring';
}

function splitArray(text: string): [name: string, count: number | undefined] {
  const open = text.indexOf('[');
  if (open < 0) return [text, undefined];
  const close = text.indexOf(']', open);
  if (close < 0) throw refusal('ARRAY_NO_CLOSE', `'${text}' has no ]`);
  if (close !== text.length - 1) throw refusal('BAD_ARRAY_SUFFIX', `'${text.slice(close + 1)}' behind ]`);
  const digits = text.slice(open + 1, close);
  const count = parseNumber(digits);
  if (count === undefined || count === 0)
    throw refusal('BAD_ARRAY_NUM', `'${digits}' is no number of 1 or more`);
  if (count > MAX_ELEMENTS) throw refusal('ARRAY_TOO_BIG', `${count} elements, at most ${MAX_ELEMENTS} fit`);
  return [text.slice(0, open), count];
}

function parseBits(text: string): NonNullable<FetchType['bits']> {
  const found = /^b(\w+)@(\w+)\/(\w+)$/.exec(text);
  const [width, shift, container] = (found ?? []).slice(1).map(parseNumber);
  if (width === undefined || shift === undefined || container === undefined) {
    throw refusal('BAD_BITFIELD', `'${text}' is not bWIDTH@SHIFT/CONTAINER`);
  }
  if (![8, 16, 32, 64].includes(container)) throw refusal('BAD_TYPE', `no word has ${container} bits`);
  if (width === 0 || width + shift > container) {
    throw refusal('BAD_BITFIELD', `${width} bits from bit ${shift} on are not in a word of ${container}`);
  }
  return { width, shift, container };
}

/** A number as C writes it, in base 10, 16 or 8, or undefined. */
export function parseNumber(text: string): number | undefined {
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8);
  return /^(\d+|0[xX][0-9a-fA-F]+)$/.test(text) ? Number(text) : undefined;
}

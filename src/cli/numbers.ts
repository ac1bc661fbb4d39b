/** Numbers in option values: checked, or read as C's atoi() reads them. */

import { TspaholeError } from '../index.ts';
import type { ParsedOption } from './argp.ts';

export interface NumberRule {
  /** Bits that pahole keeps of the number. */
  readonly bits: 8 | 16;
  /** Least value accepted by default, 0 unless given. */
  readonly min?: number;
  /** Largest value accepted by default, 2^32 - 1 unless given. */
  readonly max?: number;
}

/**
 * The value of an option as a number. By default decimal or 0x hexadecimal from `min` to `max`, else
 * `usage` is thrown; in pahole's mode the low `bits` of what {@link atoi} makes of it.
 */
export function parseNumber({ option, value = '' }: ParsedOption, compat: boolean, rule: NumberRule): number {
  const { bits, min = 0, max = 0xffff_ffff } = rule;
  if (compat) return atoi(value) & (2 ** bits - 1);
  const number = /^(\d+|0[xX][0-9a-fA-F]+)$/.test(value) ? Number(value) : Number.NaN;
  if (number >= min && number <= max) return number;
  const wanted = rule.max === undefined ? `a number of ${min} or more` : `a number from ${min} to ${max}`;
  throw new TspaholeError('usage', `--${option.name}: '${value}' is not ${wanted}`);
}

/** What atoi() of the GNU C library gives: leading blanks, a sign, digits; 0 without digits; 32 bits. */
export function atoi(text: string): number {
  const digits = /^[ \t\n\v\f\r]*([+-]?\d+)/.exec(text)?.[1];
  if (digits === undefined) return 0;
  const value = BigInt(digits.replace(/^\+/, ''));
  const long = value > LONG_MAX ? LONG_MAX : value < LONG_MIN ? LONG_MIN : value;
  return Number(BigInt.asIntN(32, long));
}

const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -LONG_MAX - 1n;

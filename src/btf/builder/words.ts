/** The words of records that a builder makes, and what they have room for. */

import type { Linkage } from '../../model/types.ts';

/** A word of a record; a string stands for the offset of that name. */
export type Word = number | string;

/** A constant of an enum. */
export interface EnumeratorSpec {
  readonly name: string;
  readonly value: number | bigint;
}

/** `value`, which is an integer from 0 to `max`. Throws `RangeError` for any other. */
export function integer(value: number, max: number, what: string): number {
  if (Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new RangeError(`${what} ${value} is not an integer from 0 to ${max}`);
}

/** A name with a character for each of its bytes in UTF-8. Throws `TypeError` for a NUL, which would end it. */
export function nameBytes(name: string): string {
  if (name.includes('\0')) throw new TypeError('a name cannot hold a NUL');
  return Buffer.from(name, 'utf8').toString('latin1');
}

const LINKAGES: Readonly<Record<Linkage, number>> = { static: 0, global: 1, extern: 2 };

/** The number of a linkage in BTF. */
export function linkageCode(linkage: Linkage): number {
  return LINKAGES[linkage];
}

/** Whether an enum of these constants is signed. */
export function isAnyNegative(enumerators: readonly EnumeratorSpec[]): boolean {
  return enumerators.some(({ value }) => value < 0);
}

/** Name and value of each constant. Throws `RangeError` for a value that is no integer of `bits` bits. */
export function enumeratorWords(
  enumerators: readonly EnumeratorSpec[],
  isSigned: boolean,
  bits: 32 | 64,
): Word[] {
  return enumerators.flatMap(({ name, value }) => {
    const whole = BigInt(value);
    const fits = isSigned ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole);
    if (fits !== whole) throw new RangeError(`${name} = ${value} has no room in ${bits} bits`);
    const [low, high] = [Number(whole & 0xffff_ffffn), Number((whole >> 32n) & 0xffff_ffffn)];
    return bits === 64 ? [name, low, high] : [name, low];
  });
}

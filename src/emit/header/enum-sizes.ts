/** How enums get the sizes that they have. */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';

const ENUM_TYPES: Readonly<Record<number, string>> = { 1: 'char', 2: 'short', 4: 'int', 8: 'long long' };

/** The type behind the name of an enum of C++, with a colon in front. */
export function underlyingType({ words, starts }: FlatTypes, id: TypeId): string {
  const start = starts[id] as number;
  const isSigned = (words[start + 1] as number) >>> 31 === 1;
  return ` : ${isSigned ? 'signed' : 'unsigned'} ${ENUM_TYPES[words[start + 2] as number] ?? 'int'}`;
}

/** The attributes that give an enum its size, empty or with a blank in front. */
export function enumAttributes(types: FlatTypes, id: TypeId): string {
  const { words, starts, pointerSize } = types;
  const size = words[(starts[id] as number) + 2] as number;
  if (size === naturalEnumSize(types, id)) return '';
  if (size === 1) return ' __attribute__((mode(byte)))';
  if (size === 2) return ' __attribute__((mode(HI)))';
  if (size === 8) return ` __attribute__((mode(${pointerSize === 8 ? 'word' : 'DI'})))`;
  return '';
}

/** Size that compilers give an enum without attributes: 8 where its values do not fit 32 bits. */
function naturalEnumSize({ words, starts }: FlatTypes, id: TypeId): number {
  const start = starts[id] as number;
  const info = words[start + 1] as number;
  if (((info >>> 24) & 0x7f) === Kind.Enum) return 4;
  const isSigned = info >>> 31 === 1;
  let hasNegative = false;
  let hasLarge = false;
  for (let at = start + 3, end = at + 3 * (info & 0x00ff_ffff); at < end; at += 3) {
    const low = words[at + 1] as number;
    const high = words[at + 2] as number;
    const isNegative = isSigned && high >>> 31 === 1;
    if (isNegative ? high !== 0xffff_ffff || low < 0x8000_0000 : high !== 0) return 8;
    if (isNegative) hasNegative = true;
    else if (low >= 0x8000_0000) hasLarge = true;
  }
  return hasNegative && hasLarge ? 8 : 4;
}

/** Types that the tests of `-w` begin with. */

import { layoutOf } from '../../src/layout/layout-of.ts';
import { Layouts } from '../../src/layout/layouts.ts';
import type { TypeTable } from '../../src/model/table.ts';
import { array, int, ptr, type TypeRecord } from '../support/btf-writer.ts';
import { items } from '../support/types.ts';

export const CHAR = 1;
export const INT = 2;
export const LONG = 3;
export const WIDE = 4;
export const POINTER = 5;
export const WORDS = 6;
export const FIRST = 7;

/** Types of a machine with 8-byte words, ids 1 to 6. */
export const types64: readonly TypeRecord[] = [
  int('char', 1, 'char'),
  int('int', 4, 'signed'),
  int('long int', 8, 'signed'),
  int('long long int', 8, 'signed'),
  ptr(0),
  array(LONG, INT, 3),
];

/** The same types of a machine with 4-byte words. */
export const types32: readonly TypeRecord[] = types64.with(LONG - 1, int('long int', 4, 'signed'));

/** What lies in a struct or union, and its size. */
export function show(table: TypeTable, id: number): string {
  return `${items(layoutOf(new Layouts(table), id))} size ${table.sizeOrType(id)}`;
}

/** A table without types. */

import { StringTable } from './strings.ts';
import { TypeTable } from './table.ts';

/** Makes a table without types, for places of which none are known. */
export function emptyTable(): TypeTable {
  const strings = new StringTable(new Uint8Array(1));
  const none = new Uint32Array(0);
  return new TypeTable({ words: none, starts: none, strings, pointerSize: 8, endian: 'little' });
}

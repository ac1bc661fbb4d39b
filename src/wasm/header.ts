/**
 * A C header of the types of a table: docs/headers.md says what it holds. The host, src/emit/header, puts the types
 * into the memory, asks for the parts of the header one after the other, and takes the text through `write`.
 */

import { assertLayout, beginAsserts } from './header/asserts';
import { beginBpftoolLayout } from './header/bpftool-layout';
import { beginLayout } from './header/compiler-layout';
import { beginDefinitions, define } from './header/definitions';
import { beginNames } from './header/names';
import { beginOrder, order, queuedAt, queueLength } from './header/order';
import { beginOutput } from './header/output';
import { setStyle } from './header/style';
import { isSame } from './header/texts';
import { end, isDefinition, nameOfRecord, recordOf } from './header/types';
import { kindOf } from './table';

export {
  declareForPrototypes,
  findKfuncs,
  isRepeatedKfunc,
  keepKfuncs,
  kfuncName,
  orderPrototypes,
  putPrototypes,
} from './header/kfuncs';
export { order } from './header/order';
export { flush } from './header/output';
export { orderAll } from './header/roots';
export { addRecords, beginTypes, startsOf } from './header/types';
export { allocate } from './table';

/** Makes ready to write, once all types are there: bpftool's text, or that of C or C++. */
export function begin(compat: bool, scoped: bool): void {
  setStyle(compat, scoped);
  beginOutput();
  beginNames();
  if (compat) beginBpftoolLayout();
  else beginLayout();
  beginDefinitions();
  beginOrder();
}

/** Id of the first definition from `first` on that has a name, given as a text; 0 where there is none. */
export function nextNamed(name: usize, first: u32): u32 {
  for (let id = first; id < end; id++) {
    const record = recordOf(id);
    const own = isDefinition(kindOf(record)) ? nameOfRecord(record) : 0;
    if (own !== 0 && isSame(own, name)) return id;
  }
  return 0;
}

/** Orders all types as the file has them. */
export function orderUnsorted(): void {
  for (let id: u32 = 1; id < end; id++) order(id);
}

/** Writes all that has been ordered. */
export function defineOrdered(): void {
  for (let index: u32 = 0; index < queueLength(); index++) define(queuedAt(index), 0);
}

/** Declares a type that nothing needs the definition of. */
export function declare(id: u32): void {
  // The user is none of the types.
  define(id, end);
}

/** Writes static asserts of all that has been ordered. */
export function assertOrdered(): void {
  beginAsserts();
  for (let index: u32 = 0; index < queueLength(); index++) assertLayout(queuedAt(index));
}

/** Address of a type's name, 0 where it has none. */
export function typeName(id: u32): usize {
  return nameOfRecord(recordOf(id));
}

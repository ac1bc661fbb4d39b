/** Copying a record from one table to another. */

import { TspaholeError } from '../model/errors.ts';
import type { WordList } from '../model/intern.ts';
import type { Kind } from '../model/kinds.ts';
import { RECORD_SHAPES, type WordRole } from '../model/records.ts';
import type { StringPool } from '../model/string-pool.ts';
import type { TypeId, TypeTable } from '../model/table.ts';

/** Where records are copied to. */
export interface RecordTarget {
  readonly words: WordList;
  /** Takes up the names. */
  readonly names: StringPool;
  /** The id there of what a record refers to. */
  readonly idOf: (id: TypeId) => TypeId;
}

/**
 * Appends the record of `id`, with names and ids of the target. The id must have a record of a known kind.
 * Throws `bad-data` for a reference to an id without a type.
 */
export function appendRecord(table: TypeTable, id: TypeId, { words, names, idOf }: RecordTarget): void {
  const owner = table.owner(id) as TypeTable;
  const start = owner.startOf(id);
  forEachRole(owner, id, (role, index) => {
    const word = owner.words[start + index] as number;
    if (role === 'name') words.push(names.offsetOf(owner.strings, word));
    else words.push(role === 'type' ? idOf(checked(table, id, word)) : word);
  });
}

/** Calls `visit` with each word of a table's own record: what it is, and its index in the record. */
function forEachRole(table: TypeTable, id: TypeId, visit: (role: WordRole, index: number) => void): void {
  const { third, extra, element } = RECORD_SHAPES[table.kind(id) as Kind];
  let index = 0;
  visit('name', index++);
  visit('value', index++);
  visit(third === 'type' ? 'type' : 'value', index++);
  for (const role of extra) visit(role, index++);
  if (element.length === 0) return;
  for (let left = table.vlen(id); left > 0; left--) for (const role of element) visit(role, index++);
}

/** The words of a table's own records with other names and ids. Throws `bad-data` for an id without a type. */
export function mapRecords(
  table: TypeTable,
  { idOf, nameOf }: { readonly idOf: (id: TypeId) => TypeId; readonly nameOf: (offset: number) => number },
): Uint32Array {
  const words = table.words.slice();
  for (let id = table.firstId; id < table.end; id++) {
    const start = table.startOf(id);
    forEachRole(table, id, (role, index) => {
      const at = start + index;
      const word = words[at] as number;
      if (role === 'name') words[at] = nameOf(word);
      else if (role === 'type') words[at] = idOf(checked(table, id, word));
    });
  }
  return words;
}

function checked(table: TypeTable, id: TypeId, ref: TypeId): TypeId {
  if (table.has(ref)) return ref;
  throw new TspaholeError('bad-data', `type ${id} refers to type ${ref}, which does not exist`);
}

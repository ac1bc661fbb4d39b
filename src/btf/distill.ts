/**
 * Split BTF that carries what it needs of its base: `distill` cuts the base down to the names and sizes that
 * the split types refer to, `relocate` puts the types onto a base of another build. Both as libbpf does
 * (`btf__distill_base`, `btf__relocate`), whose modules the kernel loads.
 */

import { TspaholeError } from '../model/errors.ts';
import { WordList } from '../model/intern.ts';
import { Kind } from '../model/kinds.ts';
import { makeInfo } from '../model/records.ts';
import { StringPool } from '../model/string-pool.ts';
import { type TypeId, TypeTable } from '../model/table.ts';
import { forEachTypeRef } from '../model/traverse.ts';
import { appendRecord } from './copy.ts';

/** What {@link distill} gives. */
export interface DistilledBtf {
  /** Named types without members, for `.BTF.base`. */
  readonly base: TypeTable;
  /** The types of the table and what else they need, split from `base`. */
  readonly split: TypeTable;
  /** For each id of the table that of the type in `split`; 0 for types of the base that are not needed. */
  readonly ids: Uint32Array;
}

/**
 * Cuts the base of a split table down to what its types refer to. Ints, floats and forward declarations
 * stay; named structs, unions and enums become empty ones of their size; all else moves to the split part, behind
 * its own types. Throws `usage` for a table without a base, `unsupported` for types that refer to a
 * function, variable, section or tag of the base.
 */
export function distill(table: TypeTable): DistilledBtf {
  const source = table.base;
  if (source === undefined) throw new TspaholeError('usage', 'only split BTF has a base to distill');
  const used = usedOfBase(table);
  const ids = new Uint32Array(table.end);
  const names = new StringPool();
  const base = { words: new WordList(), starts: new WordList(), names };
  for (const id of used) {
    if (!staysInBase(table, id)) continue;
    base.starts.push(base.words.length);
    ids[id] = base.starts.length;
    appendDistilled(table, id, base);
  }
  const moved = used.filter((id) => !staysInBase(table, id));
  const newBase = tableOf(base, table, undefined);
  return { base: newBase, split: splitPart(table, { moved, ids, base: newBase }), ids };
}

function splitPart(
  table: TypeTable,
  {
    moved,
    ids,
    base,
  }: { readonly moved: readonly TypeId[]; readonly ids: Uint32Array; readonly base: TypeTable },
): TypeTable {
  const parts = { words: new WordList(), starts: new WordList(), names: new StringPool(base.strings) };
  let next = base.end;
  for (let id = table.firstId; id < table.end; id++) ids[id] = next++;
  for (const id of moved) ids[id] = next++;
  const add = (id: TypeId): void => {
    parts.starts.push(parts.words.length);
    appendRecord(table, id, { ...parts, idOf: (each) => ids[each] as TypeId });
  };
  for (let id = table.firstId; id < table.end; id++) add(id);
  for (const id of moved) add(id);
  return tableOf(parts, table, base);
}

interface Parts {
  readonly words: WordList;
  readonly starts: WordList;
  readonly names: StringPool;
}

function tableOf({ words, starts, names }: Parts, model: TypeTable, base: TypeTable | undefined): TypeTable {
  const { pointerSize, endian } = model;
  return new TypeTable({
    words: words.view(),
    starts: starts.view(),
    strings: names.table(),
    base,
    pointerSize,
    endian,
  });
}

/** Ids of the base that the own types need, ascending; the members of named structs and unions are not. */
function usedOfBase(table: TypeTable): TypeId[] {
  const isUsed = new Uint8Array(table.firstId);
  const reached: TypeId[] = [];
  const reach = (id: TypeId): void => {
    if (id === 0 || id >= table.firstId || isUsed[id] === 1) return;
    if (!CAN_BE_USED.has(table.kind(id))) throw unexpected(id);
    isUsed[id] = 1;
    if (!isNamedComposite(table, id)) reached.push(id);
  };
  for (let id = table.firstId; id < table.end; id++) forEachTypeRef(table, id, reach);
  // The list grows while it is walked.
  for (const id of reached) forEachTypeRef(table, id, reach);
  const used: TypeId[] = [];
  for (let id = 1; id < table.firstId; id++) if (isUsed[id] === 1) used.push(id);
  return used;
}

const CAN_BE_USED: ReadonlySet<number> = new Set([
  Kind.Int,
  Kind.Float,
  Kind.Forward,
  Kind.Array,
  Kind.Struct,
  Kind.Union,
  Kind.Typedef,
  Kind.Enum,
  Kind.Enum64,
  Kind.Pointer,
  Kind.Const,
  Kind.Restrict,
  Kind.Volatile,
  Kind.FuncProto,
  Kind.TypeTag,
]);

function isNamedComposite(table: TypeTable, id: TypeId): boolean {
  const kind = table.kind(id);
  return (kind === Kind.Struct || kind === Kind.Union) && table.nameOffset(id) !== 0;
}

function staysInBase(table: TypeTable, id: TypeId): boolean {
  switch (table.kind(id)) {
    case Kind.Int:
    case Kind.Float:
    case Kind.Forward:
      return true;
    case Kind.Struct:
    case Kind.Union:
    case Kind.Enum:
    case Kind.Enum64:
      return table.nameOffset(id) !== 0;
    default:
      return false;
  }
}

function appendDistilled(table: TypeTable, id: TypeId, { words, names }: Parts): void {
  const kind = table.kind(id);
  if (kind === Kind.Int || kind === Kind.Float || kind === Kind.Forward) {
    appendRecord(table, id, { words, names, idOf: (each) => each });
    return;
  }
  words.push(names.offsetOf(table.strings, table.nameOffset(id)));
  words.push(makeInfo(kind === Kind.Enum64 ? Kind.Enum : kind, 0, false));
  words.push(table.sizeOrType(id));
}

function unexpected(id: TypeId): TspaholeError {
  return new TspaholeError(
    'unsupported',
    `split BTF refers to type ${id} of its base, which no distilled base holds`,
  );
}

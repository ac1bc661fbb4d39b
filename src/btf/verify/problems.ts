/**
 * What the verifier found, as data, and its one-line text.
 */

import { BTF_KIND_NAMES } from '../../model/kinds.ts';
import type { TypeId, TypeTable } from '../../model/table.ts';
import { MAX_NAME_BYTES } from './names.ts';

/** The rule that is broken. Codes up to `unreadable` are about the blob, the others about one type. */
export type BtfProblemCode =
  | 'blob-size'
  | 'magic'
  | 'version'
  | 'flags'
  | 'header-size'
  | 'header-tail'
  | 'sections'
  | 'strings'
  | 'types'
  | 'unreadable'
  | 'type-count'
  | 'info-bits'
  | 'kind'
  | 'vlen'
  | 'kind-flag'
  | 'name'
  | 'type-id'
  | 'unused-word'
  | 'size'
  | 'int-data'
  | 'array-index'
  | 'array-element'
  | 'array-size'
  | 'member-name'
  | 'member-type'
  | 'member-offset'
  | 'member-end'
  | 'member-alignment'
  | 'bitfield'
  | 'enumerator-name'
  | 'linkage'
  | 'parameter'
  | 'return-type'
  | 'variable'
  | 'component-index'
  | 'target'
  | 'unsized'
  | 'loop'
  | 'depth'
  | 'tag-order';

/** One thing that the kernel would reject. */
export interface BtfProblem {
  readonly code: BtfProblemCode;
  /** The type that breaks the rule; 0 when the blob as a whole does. */
  readonly typeId: TypeId;
  /** At most 512 bytes of it; empty for an anonymous type, an unreadable name, and for the blob. */
  readonly typeName: string;
  /** Kind as BTF spells it, e.g. `STRUCT`; empty for the blob. */
  readonly kindName: string;
  /** What is wrong, without saying of which type. One line. */
  readonly message: string;
}

/** Collects problems until `limit` of them are there. */
export interface ProblemList {
  readonly problems: BtfProblem[];
  readonly limit: number;
}

/** One line: `[12] STRUCT foo: member 3 'x' ends at byte 20 of 16`, or `BTF: ...` about the blob. */
export function formatProblem({ typeId, kindName, typeName, message }: BtfProblem): string {
  if (typeId === 0) return `BTF: ${message}`;
  return `[${typeId}] ${kindName} ${typeName === '' ? '(anon)' : printable(typeName)}: ${message}`;
}

/** Whether no more problems are wanted. */
export function isFull({ problems, limit }: ProblemList): boolean {
  return problems.length >= limit;
}

/** Adds a problem of the blob. */
export function reportBlob(list: ProblemList, code: BtfProblemCode, message: string): void {
  if (!isFull(list)) list.problems.push({ code, typeId: 0, typeName: '', kindName: '', message });
}

/** A type as messages name it: `[3] INT int`. */
export function describeType(table: TypeTable, id: TypeId): string {
  if (!table.has(id)) return `type ${id}, which does not exist`;
  if (id === 0) return 'void';
  return `[${id}] ${kindName(table, id)} ${describeName(table, table.nameOffset(id)) || '(anon)'}`;
}

/** The name at `offset` as one printable, not too long word; empty when it cannot be read. */
export function describeName(table: TypeTable, offset: number): string {
  return printable(readName(table, offset));
}

/** Adds a problem of the type `id`. */
export function reportType(
  list: ProblemList,
  { code, message }: { code: BtfProblemCode; message: string },
  table: TypeTable,
  id: TypeId,
): void {
  if (isFull(list)) return;
  const typeName = readName(table, table.nameOffset(id));
  list.problems.push({ code, typeId: id, typeName, kindName: kindName(table, id), message });
}

function kindName(table: TypeTable, id: TypeId): string {
  const kind = table.kind(id);
  return BTF_KIND_NAMES[kind] ?? `kind ${kind}`;
}

/** Names may overlap, so that whole ones could need far more memory than the file. */
function readName({ strings }: TypeTable, offset: number): string {
  if (offset === 0 || offset >= strings.end) return '';
  const { bytes, start } = strings.owner(offset);
  const from = offset - start;
  const part = bytes.subarray(from, from + MAX_NAME_BYTES + 1);
  const nul = part.indexOf(0);
  return part.toString('utf8', 0, nul < 0 ? MAX_NAME_BYTES : nul);
}

const MAX_SHOWN = 64;

/** Hostile names must not reach a terminal as they are. */
function printable(text: string): string {
  const short = text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}...` : text;
  return short.replace(/\p{C}/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}

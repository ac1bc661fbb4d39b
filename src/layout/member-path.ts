/**
 * Member paths: `task_struct.mm.mmap_base`, `pid.numbers[1].ns`. A path starts with the name of a type;
 * each step is a member or an element. Members of anonymous members are found as C finds them, and a
 * step through a pointer starts anew at what it points to, so that `.` and `->` mean the same.
 */

import { TspaholeError } from '../model/errors.ts';
import { Kind } from '../model/kinds.ts';
import { nearestNames } from '../model/nearest.ts';
import { findTypeByName } from '../model/queries.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { underlyingType } from '../model/traverse.ts';
import type { Layouts } from './layouts.ts';
import { MemberColumns, NO_OFFSET } from './member-columns.ts';

/** One step of a path, and where it arrives. */
export interface PathSegment {
  /** As it was written: `mm`, or `[2]` for an element. */
  readonly name: string;
  /** Type of the member or element as declared, typedefs and qualifiers included. */
  readonly typeId: TypeId;
  /** From the start of the object that the last pointer of the path so far points to, or of the root. */
  readonly bitOffset: number;
  /** Size of the type, for a bitfield of its storage unit; 0 for what has no size. */
  readonly byteSize: number;
  /** Width of a bitfield; undefined for other members. */
  readonly bitSize: number | undefined;
  /** Pointers that are followed to get here. */
  readonly derefs: number;
}

/** A path with its steps resolved. */
export interface MemberPath {
  /** The type that the path starts with. */
  readonly rootId: TypeId;
  readonly segments: readonly PathSegment[];
}

/** Members of one type, those of its anonymous members included, that are looked at. */
const MAX_FLAT_MEMBERS = 1 << 17;

/**
 * Resolves a path such as `task_struct.mm.mmap_base`. `[n]` picks an element of an array or of what a
 * pointer points to. A sole type name gives no segments.
 *
 * Throws `usage` for text that is no path; `not-found` for a type, member or element that does not
 * exist, with the nearest names there are; `ambiguous` where several anonymous members have a member of
 * that name; `unsupported` for a member of a virtual base, whose place depends on the object; `bad-data` where
 * the types contradict BTF.
 */
export function resolveMemberPath(layouts: Layouts, path: string): MemberPath {
  const [root = '', ...steps] = splitPath(path);
  const rootId = findTypeByName(layouts.table, root);
  if (rootId === undefined) throw missing(`no type is called '${root}'`, root, typeNames(layouts.table));
  const segments: PathSegment[] = [];
  let at: Place = { typeId: rootId, bitOffset: 0, derefs: 0, text: root };
  for (const name of steps) {
    const segment = name.startsWith('[') ? toElement(layouts, at, name) : toMember(layouts, at, name);
    segments.push(segment);
    const { typeId, bitOffset, derefs } = segment;
    at = { typeId, bitOffset, derefs, text: at.text + (name.startsWith('[') ? name : `.${name}`) };
  }
  return { rootId, segments };
}

/** Where the walk along a path stands. `text` is the path so far. */
interface Place {
  readonly typeId: TypeId;
  readonly bitOffset: number;
  readonly derefs: number;
  readonly text: string;
}

const STEP = /(?:\.|->)([^.[\]\s]+?)(?=\.|->|\[|$)|(\[\d{1,9}\])/y;

function splitPath(path: string): string[] {
  const root = /^[^.[\]\s-]+/.exec(path)?.[0] ?? '';
  const steps = [root];
  STEP.lastIndex = root.length;
  while (STEP.lastIndex < path.length) {
    const at = STEP.lastIndex;
    const match = STEP.exec(path);
    if (match === null) throw malformed(path, at);
    steps.push((match[1] ?? match[2]) as string);
  }
  if (root === '') throw malformed(path, 0);
  return steps;
}

function malformed(path: string, at: number): TspaholeError {
  const rest = at < path.length ? `: '${path.slice(at)}' is neither '.member' nor '[n]'` : '';
  return new TspaholeError('usage', `'${path}' is no path of members${rest}`);
}

/** Steps into an array, or to an element of what a pointer points to. */
function toElement({ table, facts }: Layouts, at: Place, name: string): PathSegment {
  const id = underlyingType(table, at.typeId);
  const kind = table.kind(id);
  const index = Number(name.slice(1, -1));
  const isPointer = kind === Kind.Pointer;
  if (!isPointer && kind !== Kind.Array) throw missing(`'${at.text}' is neither an array nor a pointer`);
  const count = table.extra(id, 2);
  // An array without elements is one of unknown length.
  if (!isPointer && count !== 0 && index >= count) throw missing(`'${at.text}' has ${count} elements`);
  const typeId = isPointer ? table.sizeOrType(id) : table.extra(id, 0);
  const byteSize = facts.sizeOf(typeId);
  const base = isPointer ? 0 : at.bitOffset;
  const derefs = at.derefs + (isPointer ? 1 : 0);
  return { name, typeId, bitOffset: base + index * byteSize * 8, byteSize, bitSize: undefined, derefs };
}

/** Steps into a struct or union, through any pointers to it. */
function toMember(layouts: Layouts, at: Place, name: string): PathSegment {
  const { table } = layouts;
  const { compositeId, bitOffset, derefs } = throughPointers(table, at);
  const kind = table.kind(compositeId);
  if (kind !== Kind.Struct && kind !== Kind.Union) throw notComposite(table, compositeId, at);
  const members = flatMembers(layouts, compositeId);
  const found = members.filter((member) => member.name === name);
  const [member] = found;
  if (member === undefined) {
    const names = members.map((each) => each.name);
    throw missing(`'${at.text}' has no member '${name}'`, name, names);
  }
  if (found.length > 1) {
    throw new TspaholeError('ambiguous', `'${at.text}' has ${found.length} members '${name}'`);
  }
  if (member.bitOffset === undefined) {
    throw new TspaholeError('unsupported', `only the object tells where '${at.text}.${name}' lies in it`);
  }
  return { ...member, bitOffset: bitOffset + member.bitOffset, derefs };
}

function throughPointers(
  table: TypeTable,
  at: Place,
): Omit<Place, 'text' | 'typeId'> & { compositeId: TypeId } {
  let compositeId = underlyingType(table, at.typeId);
  let { bitOffset, derefs } = at;
  const end = at.derefs + table.end;
  while (table.kind(compositeId) === Kind.Pointer && derefs < end) {
    compositeId = underlyingType(table, table.sizeOrType(compositeId));
    bitOffset = 0;
    derefs++;
  }
  return { compositeId, bitOffset, derefs };
}

function notComposite(table: TypeTable, id: TypeId, at: Place): TspaholeError {
  const kind = table.kind(id);
  if (kind === Kind.Array) return missing(`'${at.text}' is an array: name an element, as '${at.text}[0]'`);
  if (kind === Kind.Forward)
    return missing(`'${at.text}' is a '${table.name(id)}', which is not defined here`);
  return missing(`'${at.text}' is no struct or union`);
}

/** A member without an offset lies where the object itself says, such as in a virtual base. */
type FlatMember = Omit<PathSegment, 'derefs' | 'bitOffset'> & { readonly bitOffset: number | undefined };

/** The named members of a composite, with those of anonymous members, as they lie in it. */
function flatMembers(layouts: Layouts, id: TypeId): FlatMember[] {
  const { table } = layouts;
  const columns = new MemberColumns();
  const flat: FlatMember[] = [];
  const pending: { readonly compositeId: TypeId; readonly start: number | undefined }[] = [
    { compositeId: id, start: 0 },
  ];
  let left = MAX_FLAT_MEMBERS;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    layouts.place(next.compositeId, columns);
    left -= 1 + columns.count;
    if (left < 0) throw new TspaholeError('bad-data', `type ${id} has too many members within one another`);
    for (let index = 0; index < columns.count; index++) {
      const member = flatMember(table, columns, index, next.start);
      const compositeId = member.name === '' ? underlyingType(table, member.typeId) : 0;
      const kind = table.kind(compositeId);
      if (member.name !== '') flat.push(member);
      else if (kind === Kind.Struct || kind === Kind.Union)
        pending.push({ compositeId, start: member.bitOffset });
    }
  }
  return flat;
}

function flatMember(
  table: TypeTable,
  columns: MemberColumns,
  index: number,
  start: number | undefined,
): FlatMember {
  const bitSize = columns.bitSize[index] as number;
  const isPlaced = start !== undefined && columns.byteOffset[index] !== NO_OFFSET;
  return {
    name: table.strings.text(columns.nameOffset[index] as number),
    typeId: columns.typeId[index] as number,
    bitOffset: isPlaced ? start + (columns.bitOffset[index] as number) : undefined,
    byteSize: columns.byteSize[index] as number,
    bitSize: bitSize === 0 ? undefined : bitSize,
  };
}

function* typeNames(table: TypeTable): Generator<string> {
  for (let id = 1; id < table.end; id++) {
    const kind = table.kind(id);
    if (kind === Kind.Struct || kind === Kind.Union || kind === Kind.Typedef) yield table.name(id);
  }
}

/** A `not-found` that offers the candidates which `name` may have meant. */
function missing(what: string, name = '', candidates: Iterable<string> = []): TspaholeError {
  const [...nearest] = nearestNames(name, candidates);
  const hint = nearest.length === 0 ? '' : `; did you mean ${nearest.join(', ')}?`;
  return new TspaholeError('not-found', what + hint);
}

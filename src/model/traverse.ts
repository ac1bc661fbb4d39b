/**
 * Where types refer to other types: the references of a record, what can be reached from a type, and
 * what lies behind qualifiers. All of it derives from {@link RECORD_SHAPES}, so that a new kind or a
 * new field needs no change here.
 */

import { TspaholeError } from './errors.ts';
import { isQualifier, Kind } from './kinds.ts';
import { HEADER_WORDS, RECORD_SHAPES, type RecordShape, type WordRole } from './records.ts';
import type { TypeId, TypeTable } from './table.ts';

/**
 * Calls `visit` with each type id in the record of `id`, in the order of the record: a function's
 * prototype, a pointer's target, an array's element and index, a prototype's return type and
 * parameters, members, variables of a section. References to void (0) are included, as are ids that the
 * table does not hold. An id without a record and one of an unknown kind have none.
 */
export function forEachTypeRef(table: TypeTable, id: TypeId, visit: (typeId: TypeId) => void): void {
  if (shapeOf(table, id)?.third === 'type') visit(table.sizeOrType(id));
  forEachWord(table, id, 'type', visit);
}

/** The ids that {@link forEachTypeRef} visits, in its order and with repeats. */
export function typeRefs(table: TypeTable, id: TypeId): TypeId[] {
  const refs: TypeId[] = [];
  forEachTypeRef(table, id, (typeId) => refs.push(typeId));
  return refs;
}

/**
 * The name offsets in the record of `id`, for `table.strings`: its own name, then those of its members,
 * enumerators or parameters. 0 stands for no name.
 */
export function nameRefs(table: TypeTable, id: TypeId): number[] {
  if (table.owner(id) === undefined) return [];
  const refs = [table.nameOffset(id)];
  forEachWord(table, id, 'name', (nameOffset) => refs.push(nameOffset));
  return refs;
}

function shapeOf(table: TypeTable, id: TypeId): RecordShape | undefined {
  return RECORD_SHAPES[table.kind(id) as Kind];
}

/** Visits the words behind the common three that play `role`. */
function forEachWord(table: TypeTable, id: TypeId, role: WordRole, visit: (word: number) => void): void {
  const owner = table.owner(id);
  const shape = shapeOf(table, id);
  if (owner === undefined || shape === undefined) return;
  let at = owner.startOf(id) + HEADER_WORDS;
  const visitRun = (roles: readonly WordRole[]): void => {
    for (const each of roles) {
      if (each === role) visit(owner.words[at] as number);
      at++;
    }
  };
  visitRun(shape.extra);
  // Where elements have no words the vlen is no count of them: a function's is its linkage.
  if (!shape.element.includes(role)) return;
  for (let left = table.vlen(id); left > 0; left--) visitRun(shape.element);
}

/**
 * All types that can be reached from `roots`, each once: the roots first, then what they refer to, and
 * so on outwards. Void and ids that the table does not hold are left out. Takes memory for one byte per
 * type of the table, whatever the types' nesting.
 */
export function walkTypes(table: TypeTable, roots: Iterable<TypeId>): TypeId[] {
  const isSeen = new Uint8Array(table.end);
  const reached: TypeId[] = [];
  const reach = (id: TypeId): void => {
    if (id === 0 || !table.has(id) || isSeen[id] === 1) return;
    isSeen[id] = 1;
    reached.push(id);
  };
  for (const root of roots) reach(root);
  // The list grows while it is walked.
  for (const id of reached) forEachTypeRef(table, id, reach);
  return reached;
}

/** Longest chain of typedefs, qualifiers and type tags that is followed. Real code stays below 20. */
const MAX_CHAIN = 256;

function isQualifierOrTag(kind: number): boolean {
  return isQualifier(kind) || kind === Kind.TypeTag;
}

/**
 * The type behind const, volatile, restrict, atomic and type tags; `id` itself when it is none of these.
 * Throws `bad-data` for a chain of more than 256, as a cycle makes one.
 */
export function skipQualifiers(table: TypeTable, id: TypeId): TypeId {
  return follow(table, id, isQualifierOrTag);
}

/**
 * The type behind typedefs, qualifiers and type tags; `id` itself when it is none of these.
 * Throws `bad-data` for a chain of more than 256, as a cycle makes one.
 */
export function underlyingType(table: TypeTable, id: TypeId): TypeId {
  return follow(table, id, (kind) => kind === Kind.Typedef || isQualifierOrTag(kind));
}

/**
 * The type of which a member holds one or many: what lies behind typedefs, qualifiers, type tags and arrays. Void for
 * a chain of more than 256.
 */
export function heldType(table: TypeTable, member: TypeId): TypeId {
  let id = member;
  for (let depth = 0; depth <= MAX_CHAIN; depth++) {
    const kind = table.kind(id);
    if (kind === Kind.Array) id = table.extra(id, 0);
    else if (kind === Kind.Typedef || isQualifierOrTag(kind)) id = table.sizeOrType(id);
    else return id;
  }
  return 0;
}

function follow(table: TypeTable, id: TypeId, isTransparent: (kind: number) => boolean): TypeId {
  let target = id;
  for (let depth = 0; depth <= MAX_CHAIN; depth++) {
    if (!isTransparent(table.kind(target))) return target;
    target = table.sizeOrType(target);
  }
  throw new TspaholeError(
    'bad-data',
    `type ${id} is a chain of more than ${MAX_CHAIN} typedefs and qualifiers`,
  );
}

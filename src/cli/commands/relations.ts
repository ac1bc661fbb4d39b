/** Which types hold a type: directly as a member, or as a pointer. */

import { Kind, type TypeId } from '../../index.ts';
import { compositeIds } from '../../internal.ts';
import type { Unit } from './renderer.ts';

/** A struct or union with members of a type. */
export interface Container {
  readonly id: TypeId;
  /** Members that have exactly that type. */
  readonly count: number;
  /** 0 for what was asked for, more for what a container itself contains. */
  readonly depth: number;
}

/** A struct or union with pointers to a type, as indexes of its members. */
export interface PointerHolder {
  readonly id: TypeId;
  readonly members: readonly number[];
}

/** Deeper than any type by value; ends structs that contain themselves. */
const MAX_DEPTH = 64;

/** Named structs and unions that pass and have a member of exactly the type `of`. */
export function* containersOf(
  { table }: Unit,
  of: TypeId,
  passes: (id: TypeId) => boolean,
  recursive: boolean,
): Generator<Container> {
  const below = function* (id: TypeId, depth: number): Generator<Container> {
    const members = memberTypes(table, id);
    const count = members.filter((type) => type === of).length;
    if (count === 0) return;
    yield { id, count, depth };
    if (!recursive || depth === MAX_DEPTH) return;
    for (const type of members) {
      if (isComposite(table.kind(type))) yield* below(type, depth + 1);
    }
  };
  for (const id of namedComposites(table)) {
    if (passes(id)) yield* below(id, 0);
  }
}

/** Named structs and unions that pass and have a member that is directly a pointer to the type `to`. */
export function* pointersTo(
  { table }: Unit,
  to: TypeId,
  passes: (id: TypeId) => boolean,
): Generator<PointerHolder> {
  for (const id of namedComposites(table)) {
    if (!passes(id)) continue;
    const members = memberTypes(table, id).flatMap((type, index) =>
      table.kind(type) === Kind.Pointer && table.sizeOrType(type) === to ? [index] : [],
    );
    if (members.length > 0) yield { id, members };
  }
}

function* namedComposites(table: Unit['table']): Generator<TypeId> {
  for (const id of compositeIds(table)) {
    if (table.nameOffset(id) !== 0) yield id;
  }
}

function isComposite(kind: number): boolean {
  return kind === Kind.Struct || kind === Kind.Union;
}

function memberTypes(table: Unit['table'], id: TypeId): TypeId[] {
  return Array.from({ length: table.vlen(id) }, (_, index) => table.extra(id, 3 * index + 1));
}

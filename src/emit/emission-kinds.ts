/** Kinds of types as printing needed types tells them apart, and the types that others are made of. */

import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { Kind } from '../model/kinds.ts';
import { ChildCode } from '../model/side-columns.ts';
import type { TypeId, TypeTable } from '../model/table.ts';

/** What pahole looks behind in a prototype. */
export const PLAIN_PREFIXES: readonly number[] = [
  Kind.Pointer,
  Kind.Const,
  Kind.Volatile,
  Kind.Restrict,
  Kind.Atomic,
];
/** What pahole looks behind where a type is used, besides pointers and references. */
export const PLAIN_INDIRECTIONS: readonly number[] = [Kind.Array, Kind.Const, Kind.Volatile, Kind.Atomic];
/** What types are looked for behind. */
export const PREFIXES: readonly number[] = [
  ...PLAIN_PREFIXES,
  Kind.Array,
  Kind.TypeTag,
  Kind.Reference,
  Kind.RvalueReference,
];

/** Whether a kind is one of enums. */
export function isEnum(kind: number): boolean {
  return kind === Kind.Enum || kind === Kind.Enum64;
}

/** Whether a kind is one of numbers. */
export function isBase(kind: number): boolean {
  return kind === Kind.Int || kind === Kind.Float;
}

/** Whether a kind is a struct or union, or the declaration of one. */
export function isComposite(kind: number): boolean {
  return kind === Kind.Struct || kind === Kind.Union || kind === Kind.Forward;
}

/** Whether types of a kind have definitions. */
export function isDefinable(kind: number): boolean {
  return kind === Kind.Typedef || isEnum(kind) || isComposite(kind);
}

/** The type behind all that is of certain kinds at the head of a type. */
export function behind(table: TypeTable, id: TypeId, passed: readonly number[]): TypeId {
  let type = id;
  for (let depth = 0; passed.includes(table.kind(type)) && depth < MAX_TYPE_DEPTH; depth++) {
    type = table.kind(type) === Kind.Array ? table.extra(type, 0) : table.sizeOrType(type);
  }
  return type;
}

/** The types of the members of a struct or union, as they are printed. */
export function* memberTypes(table: TypeTable, id: TypeId): Generator<TypeId> {
  const kind = table.kind(id);
  if (kind !== Kind.Struct && kind !== Kind.Union) return;
  const children = table.side?.childrenOf(id);
  if (children === undefined) {
    for (let index = 0; index < table.vlen(id); index++) yield table.extra(id, 3 * index + 1);
    return;
  }
  for (const { code, value, isWrittenAsMember } of children) {
    if (code === ChildCode.Member) yield table.extra(id, 3 * value + 1);
    else if (code === ChildCode.StaticMember && isWrittenAsMember) yield table.sizeOrType(value);
  }
}

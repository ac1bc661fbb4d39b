/** Kinds of types as printing needed types tells them apart. */

import { Kind } from '../model/kinds.ts';

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

/** Whether a kind is a struct or union, or the declaration of one. */
export function isComposite(kind: number): boolean {
  return kind === Kind.Struct || kind === Kind.Union || kind === Kind.Forward;
}

/** Whether types of a kind have definitions. */
export function isDefinable(kind: number): boolean {
  return kind === Kind.Typedef || isEnum(kind) || isComposite(kind);
}

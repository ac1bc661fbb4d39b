/** What becomes of the types of a unit in BTF. */

import { Kind } from '../model/kinds.ts';
import { infoKind } from '../model/records.ts';
import { TypeFlag } from '../model/side-columns.ts';
import type { TypeTable } from '../model/table.ts';
import type { EncodeFeatures } from './features.ts';

/** What becomes of a type. */
export const Fate = {
  /** Nothing, because something else says it. */
  Omitted: 0,
  /** A record. The deduplicator knows this one by its number. */
  Encoded: 1,
  /** What it refers to stands for it. */
  Target: 2,
  /** BTF cannot say it: void. */
  Unsupported: 3,
  /** A tag on a declaration, behind the types. */
  Tag: 4,
} as const;

/** The features that decide about types. */
export type TypeFeatures = Pick<EncodeFeatures, 'float' | 'declTag' | 'typeTag' | 'enum64'>;

/** What becomes of each kind. */
export function fatesOf({ float, declTag, typeTag }: TypeFeatures): Uint8Array {
  const fates = new Uint8Array(256).fill(Fate.Unsupported);
  for (const kind of ENCODED) fates[kind] = Fate.Encoded;
  for (const kind of OMITTED) fates[kind] = Fate.Omitted;
  fates[Kind.Atomic] = Fate.Target;
  fates[Kind.TypeTag] = typeTag ? Fate.Encoded : Fate.Target;
  fates[Kind.DeclTag] = declTag ? Fate.Tag : Fate.Omitted;
  // Without the feature all numbers are integers.
  fates[Kind.Complex] = float ? Fate.Unsupported : Fate.Encoded;
  return fates;
}

/** What becomes of each type of a table, by id. */
export function fatesIn(table: TypeTable, byKind: Uint8Array): Uint8Array {
  const { words, starts } = table;
  const fates = new Uint8Array(table.end);
  const flags = table.side?.arrays.flags;
  for (let index = 0; index < starts.length; index++) {
    const kind = infoKind(words[(starts[index] as number) + 1] as number);
    fates[index + 1] = byKind[kind] as number;
    // Dimensions are part of their array, prototypes of their function.
    if (kind !== Kind.Array && kind !== Kind.FuncProto) continue;
    if (((flags?.[index] ?? 0) & TypeFlag.Synthetic) !== 0) fates[index + 1] = Fate.Omitted;
  }
  return fates;
}

const ENCODED: readonly number[] = [
  Kind.Int,
  Kind.Float,
  Kind.Pointer,
  Kind.Array,
  Kind.Struct,
  Kind.Union,
  Kind.Enum,
  Kind.Enum64,
  Kind.Forward,
  Kind.Typedef,
  Kind.Volatile,
  Kind.Const,
  Kind.Restrict,
  Kind.FuncProto,
  Kind.Reference,
  Kind.RvalueReference,
];

/** What is no type. */
const OMITTED: readonly number[] = [
  Kind.Func,
  Kind.Var,
  Kind.Namespace,
  Kind.TemplateParameter,
  Kind.Unspecified,
];

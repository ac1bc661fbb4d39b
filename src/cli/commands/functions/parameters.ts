/** Questions about the parameters of a function. */

import { Kind, type TypeId, type TypeTable } from '../../../index.ts';
import type { FunctionUnit } from './unit.ts';

/** Qualifiers in a row that are looked behind. */
const MAX_QUALIFIERS = 16;
const QUALIFIERS: readonly number[] = [Kind.Const, Kind.Volatile, Kind.Restrict, Kind.Atomic, Kind.TypeTag];

/** A parameter: each byte as one character. */
export interface ParameterText {
  /** Empty where there is none. */
  readonly name: string;
  /** `...` of a variadic function. */
  readonly type: string;
}

/** Names and types of the parameters of a function. */
export function parameterTypes({ table, emitter }: FunctionUnit, id: TypeId): ParameterText[] {
  const { context } = emitter;
  return parameterIds(table, id).map((type, index) => ({
    name: table.strings.latin1At(table.extra(table.sizeOrType(id), 2 * index)),
    type: type === 0 ? '...' : context.texts.name(context, type).trimEnd(),
  }));
}

function parameterIds(table: TypeTable, id: TypeId): TypeId[] {
  const proto = table.sizeOrType(id);
  const count = table.kind(proto) === Kind.FuncProto ? table.vlen(proto) : 0;
  return Array.from({ length: count }, (_, index) => table.extra(proto, 2 * index + 1));
}

/**
 * Whether a parameter of the function `id` points to `target`; unless `isPlain` also where the pointer or
 * what it points to is qualified, as in `const struct file *`.
 */
export function pointsTo(table: TypeTable, id: TypeId, target: TypeId, isPlain: boolean): boolean {
  const bare = (type: TypeId): TypeId => (isPlain ? type : withoutQualifiers(table, type));
  return parameterIds(table, id)
    .map(bare)
    .some((type) => table.kind(type) === Kind.Pointer && bare(table.sizeOrType(type)) === target);
}

function withoutQualifiers(table: TypeTable, id: TypeId): TypeId {
  let type = id;
  for (let depth = 0; depth < MAX_QUALIFIERS && QUALIFIERS.includes(table.kind(type)); depth++) {
    type = table.sizeOrType(type);
  }
  return type;
}

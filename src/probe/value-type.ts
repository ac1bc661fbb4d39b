/** The type with which a value is fetched, from its type in C: its true size and sign. */

import type { TypeFacts } from '../layout/type-facts.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { skipQualifiers, underlyingType } from '../model/traverse.ts';
import type { AbiRule } from './calling-convention.ts';
import { isCompositeKind } from './passed-type.ts';

/**
 * `u32`, `s64`, `x64`: integers and enums by size and sign, `bool` and `char` as the table has them, and a hex
 * word for pointers and for what has no single value, whose first bytes it shows. By the rule `kernel` what
 * the kernel takes for it.
 */
export function valueType(facts: TypeFacts, typeId: TypeId, rule: AbiRule = 'slots'): string {
  const { table } = facts;
  const id = underlyingType(table, typeId);
  const kind = table.kind(id);
  const bits = facts.sizeOf(id) * 8;
  if (rule === 'kernel' && kind !== Kind.Int) return kernelType(table, kind);
  if (![8, 16, 32, 64].includes(bits)) return `x${8 * table.pointerSize}`;
  if (kind === Kind.Int) return `${isSignedInt(table, id) ? 's' : 'u'}${bits}`;
  if (kind === Kind.Enum || kind === Kind.Enum64) return `${table.kindFlag(id) ? 's' : 'u'}${bits}`;
  return isCompositeKind(kind) || kind === Kind.Float ? `x${bits}` : `x${8 * table.pointerSize}`;
}

/** As the kernel's own types: enums are signed, and of one size. */
function kernelType(table: TypeTable, kind: number): string {
  if (kind === Kind.Enum) return 's32';
  return kind === Kind.Enum64 ? 's64' : `x${8 * table.pointerSize}`;
}

function isSignedInt(table: TypeTable, id: TypeId): boolean {
  return ((table.extra(id, 0) >>> 24) & 1) !== 0;
}

/** Whether a type is an integer of eight bits: what strings are made of, whatever sign `char` has. */
export function isCharacter(facts: TypeFacts, typeId: TypeId): boolean {
  const { table } = facts;
  const id = underlyingType(table, typeId);
  return table.kind(id) === Kind.Int && facts.sizeOf(id) === 1 && !table.name(id).includes('ool');
}

/** What a string can be read from: the characters of an array in place, those behind a pointer, or nothing. */
export function stringForm(facts: TypeFacts, typeId: TypeId): 'array' | 'pointer' | undefined {
  const { table } = facts;
  const id = underlyingType(table, typeId);
  if (table.kind(id) === Kind.Array) return isCharacter(facts, table.extra(id, 0)) ? 'array' : undefined;
  if (table.kind(id) !== Kind.Pointer) return undefined;
  return isCharacter(facts, table.sizeOrType(id)) ? 'pointer' : undefined;
}

/** Whether a pointer is known to point to the memory of user space: a type tag `user` behind it. */
export function isUserPointer(table: TypeTable, typeId: TypeId): boolean {
  const pointer = skipQualifiers(table, typeId);
  if (table.kind(pointer) !== Kind.Pointer) return false;
  let id = table.sizeOrType(pointer);
  for (let depth = 0; depth < 16; depth++) {
    const kind = table.kind(id);
    if (kind === Kind.TypeTag && table.name(id) === 'user') return true;
    if (kind !== Kind.TypeTag && (kind < Kind.Volatile || kind > Kind.Restrict)) return false;
    id = table.sizeOrType(id);
  }
  return false;
}

/** The named struct or union that a pointer points to, qualifiers left out; undefined for other types. */
export function compositePointer(table: TypeTable, typeId: TypeId): TypeId | undefined {
  const pointer = underlyingType(table, typeId);
  if (table.kind(pointer) !== Kind.Pointer) return undefined;
  const id = underlyingType(table, table.sizeOrType(pointer));
  return isCompositeKind(table.kind(id)) && table.nameOffset(id) !== 0 ? id : undefined;
}

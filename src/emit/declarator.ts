/**
 * C declarators: what stands around a name, inside out. Most types need none (the type's text, then
 * the name); this file handles the others: arrays of function pointers, pointers to arrays, functions
 * that return function pointers, qualified pointers to functions.
 */

import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { isQualifier, Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import { isVector } from './array.ts';
import { type EmitContext, MAX_TYPE_TEXT } from './context.ts';
import { isAggregate, putName } from './declaration.ts';
import { putParameters, putTypeName, qualifierText } from './type-text.ts';

/**
 * Whether the plain forms (type, name, dimensions; `RET (*name)(...)`) cannot say the type: an array
 * or a function stands behind a pointer or an array, other than one pointer to a function that
 * returns a plain type; or a qualifier applies to a pointer.
 */
export function needsDeclarator(ctx: EmitContext, id: TypeId): boolean {
  const { table } = ctx;
  const kind = table.kind(id);
  if (kind === Kind.Pointer) return pointeeNeedsDeclarator(ctx, id);
  if (kind === Kind.Array) return elementNeedsDeclarator(ctx, id);
  if (kind === Kind.FuncProto) return hasDerivedPart(ctx, table.sizeOrType(id));
  if (isQualifier(kind)) {
    const target = skipQualifiers(ctx, id);
    const behind = table.kind(target);
    if (behind === Kind.Pointer) return true;
    return (behind === Kind.Array || behind === Kind.FuncProto) && needsDeclarator(ctx, target);
  }
  return false;
}

function pointeeNeedsDeclarator(ctx: EmitContext, id: TypeId): boolean {
  const { table } = ctx;
  const target = table.sizeOrType(id);
  if (table.kind(target) === Kind.FuncProto) return hasDerivedPart(ctx, table.sizeOrType(target));
  return hasDerivedPart(ctx, target);
}

function elementNeedsDeclarator(ctx: EmitContext, id: TypeId): boolean {
  const { table } = ctx;
  let element = table.extra(id, 0);
  for (let depth = 0; depth < MAX_TYPE_DEPTH && table.kind(element) === Kind.Array; depth++) {
    element = table.extra(element, 0);
  }
  const kind = table.kind(element);
  if (isQualifier(kind)) {
    return table.kind(skipQualifiers(ctx, element)) === Kind.Pointer;
  }
  return hasDerivedPart(ctx, element);
}

/** Whether a function or an array (no vector, which has a plain text) stands somewhere behind the pointers and qualifiers of a type. */
function hasDerivedPart(ctx: EmitContext, id: TypeId): boolean {
  const { table } = ctx;
  for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
    const kind = table.kind(id);
    if (kind === Kind.Array) return !isVector(ctx, id);
    if (kind === Kind.FuncProto) return true;
    if (!isChainLink(kind)) return false;
    id = table.sizeOrType(id);
  }
  return false;
}

function isChainLink(kind: number): boolean {
  return kind === Kind.Pointer || isQualifier(kind) || kind === Kind.TypeTag;
}

/** The type behind the qualifiers at the head of a type. */
export function skipQualifiers(ctx: EmitContext, id: TypeId): TypeId {
  const { table } = ctx;
  for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
    if (!isQualifier(table.kind(id))) return id;
    id = table.sizeOrType(id);
  }
  return id;
}

/** Whether a type is an array behind qualifiers. */
export function isQualifiedArray(ctx: EmitContext, id: TypeId): boolean {
  const { table } = ctx;
  return table.kind(id) !== Kind.Array && table.kind(skipQualifiers(ctx, id)) === Kind.Array;
}

/** The qualifiers of the innermost elements of an array behind qualifiers, each as a word and a blank. */
export function elementQualifiers(ctx: EmitContext, id: TypeId): string {
  const { table } = ctx;
  let element = skipQualifiers(ctx, id);
  for (let depth = 0; table.kind(element) === Kind.Array && depth < MAX_TYPE_DEPTH; depth++) {
    element = table.extra(element, 0);
  }
  return qualifierWords(ctx, element);
}

/** The struct, union or enum without a name that a type leads to by pointers, qualifiers, arrays, functions; else void. */
export function namelessBase(ctx: EmitContext, id: TypeId): TypeId {
  const { table } = ctx;
  for (let depth = 0; depth < MAX_PARTS; depth++) {
    const kind = table.kind(id);
    if (isAggregate(kind)) return table.nameOffset(id) === 0 ? id : 0;
    if (!isChainLink(kind) && kind !== Kind.Array && kind !== Kind.FuncProto) return 0;
    id = kind === Kind.Array ? table.extra(id, 0) : table.sizeOrType(id);
  }
  return 0;
}

/** The qualifiers at the head of a type, each as a word and a blank. */
export function qualifierWords(ctx: EmitContext, id: TypeId): string {
  const { table } = ctx;
  const end = skipQualifiers(ctx, id);
  let words = '';
  for (let type = id; type !== end; type = table.sizeOrType(type)) {
    words += `${qualifierText(table.kind(type))} `;
  }
  return words;
}

/** A declaration in two parts: the type whose text comes first, and what stands around the name. */
export interface Declaration {
  readonly baseTypeId: TypeId;
  readonly declarator: string;
}

/** Pointers, arrays and functions in one declarator. Real code stays below 8. */
const MAX_PARTS = 64;

/**
 * Peels pointers, arrays and functions off a type until what remains has a plain text, or is the type `base` behind
 * qualifiers, and builds their declarator around `name`.
 */
export function declare(ctx: EmitContext, id: TypeId, name: string, base: TypeId = 0): Declaration {
  const { table } = ctx;
  let declarator = name;
  let isPointer = false;
  for (let depth = 0; depth < MAX_PARTS; depth++) {
    const kind = table.kind(id);
    const isBase = base === 0 ? !hasDerivedPart(ctx, id) : skipQualifiers(ctx, id) === base;
    if (isBase) return { baseTypeId: id, declarator };
    if (declarator.length > MAX_TYPE_TEXT) return { baseTypeId: 0, declarator: '<error: too long>' };
    const wasPointer = isPointer;
    isPointer = kind === Kind.Pointer || (isPointer && kind === Kind.TypeTag);
    if (kind === Kind.Array) {
      declarator = `${wasPointer ? `(${declarator})` : declarator}[${table.extra(id, 2) || ''}]`;
      id = table.extra(id, 0);
      continue;
    }
    if (kind === Kind.FuncProto) {
      declarator = `${wasPointer ? `(${declarator})` : declarator}${parametersText(ctx, id)}`;
    } else if (kind === Kind.Pointer) {
      declarator = `*${declarator}`;
    } else if (kind !== Kind.TypeTag) {
      declarator = `${qualifierOf(ctx, id, kind)}${declarator}`;
    }
    id = table.sizeOrType(id);
  }
  return { baseTypeId: id, declarator };
}

/** A qualifier behind a star; that of an array or a function belongs to what is behind it and is left out. */
function qualifierOf(ctx: EmitContext, id: TypeId, kind: number): string {
  const isPointer = ctx.table.kind(skipQualifiers(ctx, id)) === Kind.Pointer;
  return isPointer ? ` ${qualifierText(kind)} ` : '';
}

function parametersText(ctx: EmitContext, proto: TypeId): string {
  return ctx.out.capture(() => putParameters(ctx, proto));
}

/** Writes a member or typedef whose type {@link needsDeclarator}: the type padded to `width`, the declarator. */
export function putDeclarator(ctx: EmitContext, id: TypeId, name: string, width: number): void {
  const { baseTypeId, declarator } = declare(ctx, id, name);
  putDeclared(ctx, baseTypeId, declarator, width);
}

/** Writes the two parts of a declaration, the type padded to `width`. */
export function putDeclared(ctx: EmitContext, baseTypeId: TypeId, declarator: string, width: number): void {
  const { out } = ctx;
  const start = out.pos;
  // What is left when the type nests beyond the bound: its own text would begin anew.
  if (hasDerivedPart(ctx, baseTypeId)) {
    out.put(`<error: type ${baseTypeId} is part of a cycle or nests too deep>`);
  } else putTypeName(ctx, baseTypeId);
  out.padFrom(start, width);
  if (declarator === '') return;
  out.put(' ');
  out.put(declarator);
}

/** Writes a type with an array or function in it and no name: `int (*)[4]`. */
export function putAbstractDeclarator(ctx: EmitContext, id: TypeId): void {
  putDeclarator(ctx, id, '', 0);
}

/** Writes a parameter whose type {@link needsDeclarator}. */
export function putParameterDeclarator(ctx: EmitContext, id: TypeId, nameOffset: number): void {
  putDeclarator(ctx, id, nameText(ctx, nameOffset), 0);
}

/** The stars that are due and a name as text. */
export function nameText(ctx: EmitContext, name: number): string {
  return ctx.out.capture(() => putName(ctx, name));
}

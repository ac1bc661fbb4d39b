/**
 * C declarators: what stands around a name, inside out. Most types need none (the type's text, then
 * the name); this file handles the others: arrays of function pointers, pointers to arrays, functions
 * that return function pointers, qualified pointers to functions.
 */

import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import type { EmitContext } from './context.ts';
import { putName } from './declaration.ts';
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
  if (kind === Kind.Const || kind === Kind.Volatile || kind === Kind.Restrict) {
    const target = skipQualifiers(ctx, id);
    return table.kind(target) === Kind.Pointer || needsDeclarator(ctx, target);
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
  if (kind === Kind.Const || kind === Kind.Volatile || kind === Kind.Restrict) {
    return table.kind(skipQualifiers(ctx, element)) === Kind.Pointer;
  }
  return hasDerivedPart(ctx, element);
}

/** Whether a function or an array stands somewhere behind the pointers and qualifiers of a type. */
function hasDerivedPart(ctx: EmitContext, id: TypeId): boolean {
  const { table } = ctx;
  for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
    const kind = table.kind(id);
    if (kind === Kind.FuncProto || kind === Kind.Array) return true;
    if (!isChainLink(kind)) return false;
    id = table.sizeOrType(id);
  }
  return false;
}

function isChainLink(kind: number): boolean {
  return (
    kind === Kind.Pointer ||
    kind === Kind.Const ||
    kind === Kind.Volatile ||
    kind === Kind.Restrict ||
    kind === Kind.TypeTag
  );
}

function skipQualifiers(ctx: EmitContext, id: TypeId): TypeId {
  const { table } = ctx;
  for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
    const kind = table.kind(id);
    if (kind !== Kind.Const && kind !== Kind.Volatile && kind !== Kind.Restrict) return id;
    id = table.sizeOrType(id);
  }
  return id;
}

/** A declaration in two parts: the type whose text comes first, and what stands around the name. */
interface Declaration {
  readonly baseTypeId: TypeId;
  readonly declarator: string;
}

/**
 * Peels pointers, arrays and functions off a type until what remains has a plain text, and builds
 * their declarator around `name`.
 */
function declare(ctx: EmitContext, id: TypeId, name: string): Declaration {
  const { table } = ctx;
  let declarator = name;
  for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
    const kind = table.kind(id);
    if (!hasDerivedPart(ctx, id)) return { baseTypeId: id, declarator };
    const wasPointer = declarator.startsWith('*');
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
  return captured(ctx, () => putParameters(ctx, proto));
}

/** Runs `print` and takes what it wrote back out of the printer. */
function captured(ctx: EmitContext, print: () => void): string {
  const { out } = ctx;
  const start = out.pos;
  print();
  const text = Buffer.from(out.copyFrom(start)).toString('latin1');
  out.truncate(start);
  return text;
}

/** Writes a member or typedef whose type {@link needsDeclarator}: the type padded to `width`, the declarator. */
export function putDeclarator(ctx: EmitContext, id: TypeId, name: string, width: number): void {
  const { out } = ctx;
  const { baseTypeId, declarator } = declare(ctx, id, name);
  const start = out.pos;
  putTypeName(ctx, baseTypeId);
  out.padFrom(start, width);
  out.put(' ');
  out.putBytes(Buffer.from(declarator, 'latin1'));
}

/** Writes a type with an array or function in it and no name: `int (*)[4]`. */
export function putAbstractDeclarator(ctx: EmitContext, id: TypeId): void {
  putDeclarator(ctx, id, '', 0);
}

/** Writes a parameter whose type {@link needsDeclarator}. */
export function putParameterDeclarator(ctx: EmitContext, id: TypeId, nameOffset: number): void {
  putDeclarator(ctx, id, nameText(ctx, nameOffset), 0);
}

/** The stars that are due and a name as latin1 text, byte for byte. */
export function nameText(ctx: EmitContext, name: number): string {
  return captured(ctx, () => putName(ctx, name));
}

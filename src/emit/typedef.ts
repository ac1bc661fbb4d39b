/** Typedefs, as pahole prints them. */

import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import { putArray, putQualifiedArray } from './array.ts';
import { putStruct, putUnion } from './composite.ts';
import type { EmitContext } from './context.ts';
import { isAggregate, putDeclaration, putName } from './declaration.ts';
import { isQualifiedArray, namelessBase, nameText, needsDeclarator, putDeclarator } from './declarator.ts';
import { putEnum } from './enum.ts';
import { putParameters, putTypeName, TYPEDEF_NAME_LIMIT } from './type-text.ts';

/** Writes `typedef TYPE NAME`; an aggregate without a name is printed in place, with statistics if it is TYPE itself. */
export function putTypedef(ctx: EmitContext, id: TypeId): void {
  putUnaligned(ctx, id);
  ctx.compiled?.putTypedefAlignment(ctx, id);
}

/** A typedef without its attribute. */
function putUnaligned(ctx: EmitContext, id: TypeId): void {
  const { out, table } = ctx;
  const name = table.nameOffset(id);
  out.put('typedef ');
  if (!ctx.quirks.declarators && needsDeclarator(ctx, table.sizeOrType(id))) {
    if (namelessBase(ctx, table.sizeOrType(id)) !== 0) return putDeclaration(ctx, table.sizeOrType(id), name);
    return putDeclarator(ctx, table.sizeOrType(id), nameText(ctx, name), 0);
  }
  putNotAtomic(ctx, behindAtomic(ctx, table.sizeOrType(id)), name);
}

/** Writes the word for an atomic type, which stands in front of whatever it is. Gives the type behind it. */
function behindAtomic(ctx: EmitContext, id: TypeId): TypeId {
  const { out, table } = ctx;
  for (let depth = 0; table.kind(id) === Kind.Atomic && depth < MAX_TYPE_DEPTH; depth++) {
    out.put('_Atomic ');
    id = table.sizeOrType(id);
  }
  return id;
}

function putNotAtomic(ctx: EmitContext, target: TypeId, name: number): void {
  const { out, table } = ctx;
  const kind = table.kind(target);
  if (isAggregate(kind)) return putAggregateTypedef(ctx, target, name);
  if (!ctx.quirks.declarators && namelessBase(ctx, target) !== 0) return putDeclaration(ctx, target, name);
  if (!ctx.quirks.declarators && isQualifiedArray(ctx, target)) return putQualifiedArray(ctx, target, name);
  if (kind === Kind.Array) return putArray(ctx, target, name);
  if (kind === Kind.FuncProto) return putFunctionTypedef(ctx, target, name, ' (');
  const pointee = kind === Kind.Pointer ? table.sizeOrType(target) : 0;
  if (table.kind(pointee) === Kind.FuncProto) return putFunctionTypedef(ctx, pointee, name, ' (*');
  putTypeName(ctx, target, TYPEDEF_NAME_LIMIT);
  out.put(' ');
  putName(ctx, name);
}

function putFunctionTypedef(ctx: EmitContext, proto: TypeId, name: number, open: string): void {
  const { out } = ctx;
  putTypeName(ctx, ctx.table.sizeOrType(proto));
  out.put(open);
  putName(ctx, name);
  out.put(')');
  putParameters(ctx, proto);
}

function putAggregateTypedef(ctx: EmitContext, target: TypeId, name: number): void {
  const { out, table } = ctx;
  const kind = table.kind(target);
  const isEnum = kind === Kind.Enum || kind === Kind.Enum64;
  const nameOffset = table.nameOffset(target);
  const isUnion = kind === Kind.Union || (kind === Kind.Forward && table.kindFlag(target));
  if (nameOffset !== 0 && (isEnum || !ctx.expandTypes)) {
    // pahole knows no other word for a class here.
    if (ctx.quirks.typedefKeyword && !isEnum && !isUnion) {
      out.put('struct ');
      out.name(nameOffset);
    } else putTypeName(ctx, target, Number.POSITIVE_INFINITY);
    // A union stands in the type column, as a member would.
    if (isUnion) out.spaces(ctx.typeSpacing - 6 - nameWidth(ctx, nameOffset));
    out.put(' ');
    return putName(ctx, name);
  }
  ctx.suffix = name;
  if (isEnum) return putEnum(ctx, target);
  ctx.typeSpacing -= 8;
  if (isUnion) putUnion(ctx, target);
  else putStruct(ctx, target);
}

function nameWidth({ table }: EmitContext, nameOffset: number): number {
  return Buffer.byteLength(table.strings.text(nameOffset));
}

/** Writes any other type without a name: a function type as `int ()(char)`. */
export function putFunctionType(ctx: EmitContext, id: TypeId): void {
  const { out, table } = ctx;
  if (table.kind(id) !== Kind.FuncProto) return putTypeName(ctx, id);
  putTypeName(ctx, table.sizeOrType(id));
  out.put(' ()');
  putParameters(ctx, id);
}

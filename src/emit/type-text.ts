/**
 * The text of a type without a declarator, as it stands in a type column: `struct file *`,
 * `const char  *`. Also parameter lists of functions.
 *
 * pahole builds these texts in buffers of fixed sizes; `limit` is the bytes that fit. It counts only
 * under the quirk `nameLimit`.
 */

import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { FIRST_OWN_KIND, isQualifier, KIND_MISSING, Kind } from '../model/kinds.ts';
import { TypeFlag } from '../model/side-columns.ts';
import type { TypeId } from '../model/table.ts';
import { isVector, putVectorAttribute } from './array.ts';
import {
  type EmitContext,
  MAX_EXPANDED_MEMBERS,
  MAX_NESTED_PARAMETERS,
  MAX_PARAMETER_NESTING,
  MAX_PENDING,
} from './context.ts';
import { needsDeclarator, putAbstractDeclarator, putParameterDeclarator } from './declarator.ts';

/** Bytes of a type's text in most places. */
export const NAME_LIMIT = 127;
/** Bytes of the text that a typedef of a plain type shows. */
export const TYPEDEF_NAME_LIMIT = 511;
const POINTEE_LIMIT = 1023;

/** Writes the text of a type. */
export function putTypeName(ctx: EmitContext, id: TypeId, limit: number = NAME_LIMIT, depth = 0): void {
  if (!ctx.quirks.nameLimit) return putWholeName(ctx, id, limit, depth);
  // Cut before it joins the rest: cutting the end off a long text would copy all of it.
  ctx.out.put(ctx.out.capture(() => putWholeName(ctx, id, limit, depth)).slice(0, limit));
}

function putWholeName(ctx: EmitContext, id: TypeId, limit: number, depth: number): void {
  const { out, table } = ctx;
  const kind = table.kind(id);
  // Parameters begin to count anew, so the depth of all that is being written counts too.
  ctx.textDepth++;
  if (depth > MAX_TYPE_DEPTH || ctx.textDepth > MAX_TEXT_DEPTH)
    out.put(`<error: type ${id} is part of a cycle or nests too deep>`);
  else if (kind === Kind.Pointer) putPointerName(ctx, id, depth);
  else if (isQualifier(kind)) putQualifiedName(ctx, id, depth);
  else if (kind === Kind.Array) putArrayName(ctx, id, limit, depth);
  else if (kind === Kind.FuncProto) putFunctionName(ctx, id, depth);
  else if (kind === Kind.TypeTag) putTypeName(ctx, table.sizeOrType(id), limit, depth + 1);
  else if (kind >= FIRST_OWN_KIND && kind !== KIND_MISSING) putOwnKindName(ctx, id, depth);
  else putPlainName(ctx, id, kind);
  ctx.textDepth--;
}

/** Texts of types within one another: far from the end of the stack, and from what real code nests. */
const MAX_TEXT_DEPTH = 600;

function putPlainName(ctx: EmitContext, id: TypeId, kind: number): void {
  const { out, table } = ctx;
  const offset = table.nameOffset(id);
  if (kind === Kind.Void) return out.put('void');
  if (kind === KIND_MISSING) return out.put(`<error: type ${id} not found>`);
  if (kind === Kind.Float && ctx.quirks.floatPrefix) out.put('single ');
  else if (kind === Kind.Struct) out.put(structKeyword(ctx, id));
  else if (kind === Kind.Union) out.put('union ');
  else if (kind === Kind.Enum || kind === Kind.Enum64) out.put('enum ');
  else if (kind === Kind.Forward) out.put(table.kindFlag(id) ? 'union ' : structKeyword(ctx, id));
  if (offset !== 0) out.name(offset);
  else if (kind === Kind.Int || kind === Kind.Float) out.put('nameless base type!');
}

/** Writes the text of a type of a kind that BTF does not have. */
function putOwnKindName(ctx: EmitContext, id: TypeId, depth: number): void {
  const { out, table } = ctx;
  const kind = table.kind(id);
  if (kind === Kind.Reference || kind === Kind.RvalueReference) {
    // pahole leaves an rvalue reference blank.
    if (kind === Kind.RvalueReference && ctx.quirks.declarators) return;
    putPointee(ctx, id, depth);
    return out.put(kind === Kind.Reference ? '&' : '&&');
  }
  if (kind === Kind.MemberPointer) {
    putPointee(ctx, id, depth);
    out.name(table.nameOffset(table.extra(id, 0)));
    return out.put('::*');
  }
  if (table.nameOffset(id) !== 0) out.name(table.nameOffset(id));
  // What assembler functions return.
  else if (kind === Kind.Unspecified) out.put('void');
  else if (kind === Kind.Complex) out.put('nameless base type!');
}

/** DW_LANG_C_plus_plus: what g++ says of C++98 in DWARF 4. */
const LANGUAGE_CPLUSPLUS = 4;

/** `struct ` or `class `, as a type's text says it. */
function structKeyword(ctx: EmitContext, id: TypeId): string {
  const { side } = ctx.table;
  if (side === undefined || ctx.classesAsStructs) return 'struct ';
  // pahole calls the structs of such a unit classes where it refers to them.
  const isClass =
    (side.flags(id) & TypeFlag.Class) !== 0 ||
    (ctx.quirks.declarators && side.language === LANGUAGE_CPLUSPLUS);
  return isClass ? 'class ' : 'struct ';
}

function putPointerName(ctx: EmitContext, id: TypeId, depth: number): void {
  putPointee(ctx, id, depth);
  ctx.out.put('*');
}

/**
 * Writes what a pointer or reference leads to, and a blank. A const pointer that is pointed to shows its const
 * behind the star; for pahole, other qualifiers do not.
 */
function putPointee(ctx: EmitContext, id: TypeId, depth: number): void {
  const { out, table } = ctx;
  let target = table.sizeOrType(id);
  if (target === 0) return out.put('void ');
  if (!ctx.quirks.declarators) {
    putTypeName(ctx, target, POINTEE_LIMIT, depth + 1);
    return out.put(' ');
  }
  let isConst = false;
  if (table.kind(target) === Kind.Const && table.kind(table.sizeOrType(target)) === Kind.Pointer) {
    isConst = true;
    target = table.sizeOrType(target);
  }
  putTypeName(ctx, target, POINTEE_LIMIT, depth + 1);
  out.put(isConst ? ' const ' : ' ');
}

const QUALIFIER_TEXT: Readonly<Record<number, string>> = {
  [Kind.Const]: 'const',
  [Kind.Volatile]: 'volatile',
  [Kind.Restrict]: 'restrict',
  [Kind.Atomic]: '_Atomic',
};

/** The word for a qualified type. */
export function qualifierText(kind: number): string {
  return QUALIFIER_TEXT[kind] ?? '';
}

function putQualifiedName(ctx: EmitContext, id: TypeId, depth: number): void {
  const { out, table } = ctx;
  const kind = table.kind(id);
  const target = table.sizeOrType(id);
  const isBehind = ctx.quirks.declarators ? kind === Kind.Restrict : isQualifiedPointer(ctx, target);
  if (!isBehind) {
    out.put(qualifierText(kind));
    out.put(' ');
  }
  putTypeName(ctx, target, NAME_LIMIT, depth + 1);
  if (isBehind) {
    out.put(' ');
    out.put(qualifierText(kind));
    // The blank behind restrict is pahole's and does no harm; behind const it would double.
    if (kind !== Kind.Restrict) return;
  }
  if (ctx.parameterNames) out.put(' ');
}

/** Whether a type is a pointer behind qualifiers, whose text takes a further qualifier behind the star. */
function isQualifiedPointer(ctx: EmitContext, id: TypeId): boolean {
  const { table } = ctx;
  for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
    const kind = table.kind(id);
    if (kind === Kind.Pointer) return true;
    if (!isQualifier(kind)) return false;
    id = table.sizeOrType(id);
  }
  return false;
}

function putArrayName(ctx: EmitContext, id: TypeId, limit: number, depth: number): void {
  const isWhole = !ctx.quirks.declarators && isVector(ctx, id);
  if (!ctx.quirks.declarators && !isWhole) return putAbstractDeclarator(ctx, id);
  putTypeName(ctx, ctx.table.extra(id, 0), limit, depth + 1);
  if (isWhole) putVectorAttribute(ctx, id);
}

function putFunctionName(ctx: EmitContext, id: TypeId, depth: number): void {
  const { out, table } = ctx;
  if (!ctx.quirks.declarators) return putAbstractDeclarator(ctx, id);
  putTypeName(ctx, table.sizeOrType(id), NAME_LIMIT, depth + 1);
  out.put(' ()');
  putParameters(ctx, id, depth + 1);
}

/** Writes `(int, char *)`: the parameters of a function type. */
export function putParameters(ctx: EmitContext, proto: TypeId, depth = 0): void {
  const { out, table } = ctx;
  const count = table.vlen(proto);
  if (!mayNestParameters(ctx, count)) return out.put(`(<error: parameters of type ${proto} nest too deep>)`);
  // Lists within this one are on one line.
  const separator = ctx.parameterSeparator;
  ctx.parameterSeparator = ', ';
  ctx.parameterNesting++;
  out.put('(');
  let isFirst = true;
  let isVariadic = false;
  for (let index = 0; index < count; index++) {
    const type = table.extra(proto, 2 * index + 1);
    // Type 0 stands for the `...` of a variadic function.
    if (type === 0) {
      isVariadic = true;
      continue;
    }
    if (!isFirst) out.put(separator);
    isFirst = false;
    if (out.pos > MAX_PENDING) {
      out.put(`<error: type ${proto} has too much text>`);
      break;
    }
    if (ctx.parameterWords !== undefined) out.put(ctx.parameterWords.get(proto)?.[index] ?? '');
    putParameter(ctx, type, ctx.parameterNames ? table.extra(proto, 2 * index) : 0, depth);
  }
  if (isFirst) out.put(isVariadic && !ctx.quirks.parameters ? '...)' : 'void)');
  else out.put(isVariadic ? ', ...)' : ')');
  ctx.parameterNesting--;
}

/** Bounds parameter lists within parameter lists, whose number can be exponential in their depth. */
function mayNestParameters(ctx: EmitContext, count: number): boolean {
  ctx.expandedMembers += count;
  if (ctx.parameterNesting > 0) ctx.nestedParameters += count + 1;
  return (
    ctx.parameterNesting < MAX_PARAMETER_NESTING &&
    ctx.nestedParameters <= MAX_NESTED_PARAMETERS &&
    ctx.expandedMembers <= MAX_EXPANDED_MEMBERS
  );
}

function putParameter(ctx: EmitContext, id: TypeId, nameOffset: number, depth: number): void {
  const { out, table } = ctx;
  if (depth > MAX_TYPE_DEPTH) return out.put(`<error: type ${id} nests too deep>`);
  if (!ctx.quirks.declarators && needsDeclarator(ctx, id)) return putParameterDeclarator(ctx, id, nameOffset);
  const target = table.kind(id) === Kind.Pointer ? table.sizeOrType(id) : 0;
  if (table.kind(target) === Kind.FuncProto) {
    return putFunction(ctx, target, '*', nameOffset, depth);
  }
  if (table.kind(id) === Kind.FuncProto) {
    return ctx.quirks.parameters
      ? putInlineFunction(ctx, id, nameOffset, depth)
      : putFunction(ctx, id, '', nameOffset, depth);
  }
  out.put(ctx.texts.name(ctx, id));
  if (nameOffset !== 0) {
    out.put(' ');
    out.name(nameOffset);
  }
}

/** Writes `int (*name)(char)`. */
function putFunction(ctx: EmitContext, proto: TypeId, star: string, nameOffset: number, depth: number): void {
  const { out } = ctx;
  putTypeName(ctx, ctx.table.sizeOrType(proto), NAME_LIMIT, depth + 1);
  out.put(' (');
  out.put(star);
  if (nameOffset !== 0) out.name(nameOffset);
  out.put(')');
  putParameters(ctx, proto, depth + 1);
}

/** Writes `inline int name(char)`. */
function putInlineFunction(ctx: EmitContext, proto: TypeId, nameOffset: number, depth: number): void {
  const { out } = ctx;
  out.put('inline ');
  putTypeName(ctx, ctx.table.sizeOrType(proto), NAME_LIMIT, depth + 1);
  out.put(' ');
  if (nameOffset !== 0) out.name(nameOffset);
  putParameters(ctx, proto, depth + 1);
}

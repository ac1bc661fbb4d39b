/** Arrays in declarations: the element's type, the name, the dimensions; vectors, and arrays behind qualifiers. */

import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { Kind } from '../model/kinds.ts';
import { TypeFlag } from '../model/side-columns.ts';
import type { TypeId } from '../model/table.ts';
import { type EmitContext, MAX_NESTING } from './context.ts';
import { putDeclaration } from './declaration.ts';
import { elementQualifiers } from './declarator.ts';
import { qualifierText } from './type-text.ts';

/** Writes the element's declaration with the name, then the dimensions. */
export function putArray(ctx: EmitContext, id: TypeId, name: number): void {
  const { table } = ctx;
  const element = table.extra(id, 0);
  if (ctx.nesting >= MAX_NESTING) return ctx.out.put(`<error: array type ${id} nests too deep>`);
  ctx.nesting++;
  if (isVector(ctx, id)) putVector(ctx, id, name);
  else if (table.kind(element) === Kind.Array && !ctx.quirks.reversedDimensions) {
    putNestedArray(ctx, id, name);
  } else {
    const count = table.extra(id, 2);
    putElement(ctx, element, name, count);
    ctx.out.put(dimensionText(ctx, count));
  }
  ctx.nesting--;
}

/** Nested array types are one array of several dimensions, the outermost first. */
function putNestedArray(ctx: EmitContext, id: TypeId, name: number): void {
  const { table } = ctx;
  const counts: number[] = [];
  let element = id;
  while (table.kind(element) === Kind.Array && counts.length < MAX_TYPE_DEPTH) {
    counts.push(table.extra(element, 2));
    element = table.extra(element, 0);
  }
  putElement(ctx, element, name, counts[0] as number);
  const dimensions = ctx.flatArrays ? [counts.reduce((total, count) => total * count, 1)] : counts;
  for (const count of dimensions) ctx.out.put(dimensionText(ctx, count));
}

/** Whether an array is a vector, which only DWARF says. */
export function isVector({ table }: EmitContext, id: TypeId): boolean {
  return table.side !== undefined && (table.side.flags(id) & TypeFlag.Vector) !== 0;
}

function putVector(ctx: EmitContext, id: TypeId, name: number): void {
  putDeclaration(ctx, ctx.table.extra(id, 0), name);
  putVectorAttribute(ctx, id);
}

/** Writes what makes a vector of the type before it. */
export function putVectorAttribute(ctx: EmitContext, id: TypeId): void {
  ctx.out.put(` __attribute__ ((__vector_size__ (${ctx.layouts.facts.sizeOf(id)})))`);
}

function putElement(ctx: EmitContext, element: TypeId, name: number, count: number): void {
  const { table } = ctx;
  // pahole has printed the const of the array itself.
  const isBareConst = ctx.quirks.declarators && count === 0 && table.kind(element) === Kind.Const;
  putDeclaration(ctx, isBareConst ? table.sizeOrType(element) : element, name);
}

/** One dimension of an array. Only at the end of a struct with other members `[]` must be what was meant. */
export function dimensionText(ctx: EmitContext, count: number): string {
  const isFlexible = count === 0 && ctx.isLastMember && !ctx.isFirstMember && !ctx.isInUnion;
  return isFlexible ? '[]' : `[${count}]`;
}

/** The elements of a qualified array are qualified, which compilers write down too: it is said once. */
export function putQualifiedArray(ctx: EmitContext, id: TypeId, name: number): void {
  const { out, table, typeSpacing } = ctx;
  let array = id;
  const element = elementQualifiers(ctx, id);
  for (let depth = 0; table.kind(array) !== Kind.Array && depth < MAX_TYPE_DEPTH; depth++) {
    const word = `${qualifierText(table.kind(array))} `;
    if (!element.includes(word)) {
      out.put(word);
      ctx.typeSpacing -= word.length;
    }
    array = table.sizeOrType(array);
  }
  putArray(ctx, array, name);
  ctx.typeSpacing = typeSpacing;
}

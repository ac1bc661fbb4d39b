/**
 * What a composite has besides data members, where the file says so (DWARF): base classes, accessibility,
 * and the types, methods and static members that are declared in it.
 */

import { Kind } from '../model/kinds.ts';
import { type Child, ChildCode, MemberFlag, type SideColumns, TypeFlag } from '../model/side-columns.ts';
import type { TypeId } from '../model/table.ts';
import { putStruct, putUnion } from './composite.ts';
import { type EmitContext, NO_NAME } from './context.ts';
import { putDeclaration } from './declaration.ts';
import { putEnum } from './enum.ts';
import { putDeclInfo } from './remarks.ts';
import { putParameters, putTypeName } from './type-text.ts';
import { putTypedef } from './typedef.ts';

/** DW_ACCESS. */
const ACCESSIBILITY = ['', 'public', 'protected', 'private'] as const;

/** The keyword of a struct's definition, without a blank. */
export function definitionKeyword({ table, classesAsStructs }: EmitContext, id: TypeId): 'struct' | 'class' {
  if (table.side === undefined || classesAsStructs) return 'struct';
  return (table.side.flags(id) & TypeFlag.Class) !== 0 ? 'class' : 'struct';
}

/** Writes ` : public Base, virtual Other`, or nothing. */
export function putBaseClasses(ctx: EmitContext, id: TypeId, side: SideColumns): void {
  const { out, table } = ctx;
  let separator = ' :';
  for (let index = 0; index < table.vlen(id); index++) {
    const flags = side.memberFlags(id, index);
    if ((flags & MemberFlag.Inheritance) === 0) continue;
    out.put(separator);
    separator = ',';
    if ((flags & MemberFlag.Virtual) !== 0) out.put(' virtual');
    const accessibility = side.memberAccessibility(id, index);
    if (accessibility !== 0) out.put(` ${ACCESSIBILITY[accessibility]}`);
    const base = table.extra(id, 3 * index + 1);
    out.put(' ');
    if (table.nameOffset(base) !== 0) out.name(table.nameOffset(base));
  }
}

/** Walks the children of a composite along with its data members. */
export class ChildCursor {
  readonly #id: TypeId;
  readonly #side: SideColumns;
  readonly #children: readonly Child[] | undefined;
  #next = 0;
  #accessibility = 0;

  constructor(id: TypeId, side: SideColumns) {
    this.#id = id;
    this.#side = side;
    this.#children = side.childrenOf(id);
  }

  /** Whether all children that are printed are data members. */
  get isPlain(): boolean {
    return this.#children === undefined;
  }

  /** Writes what stands before the data member `element`; with the number of elements, all that is left. */
  putBefore(ctx: EmitContext, element: number): void {
    const children = this.#children ?? [];
    for (; this.#next < children.length; this.#next++) {
      const child = children[this.#next] as Child;
      if (child.code === ChildCode.Member && child.value >= element) break;
      if (child.code === ChildCode.Member) continue;
      this.#putAccessibility(ctx, child.accessibility);
      if (!ctx.onlyDataMembers) putChild(ctx, child);
    }
  }

  /** Writes the accessibility of a data member where it changes. */
  putAccessibilityOf(ctx: EmitContext, element: number): void {
    this.#putAccessibility(ctx, this.#side.memberAccessibility(this.#id, element));
  }

  /** Whether nothing stands behind the data member `element`. */
  isLast(element: number, count: number): boolean {
    if (this.#children === undefined) return element === count - 1;
    const last = this.#children.at(-1);
    return last?.code === ChildCode.Member && last.value === element;
  }

  #putAccessibility(ctx: EmitContext, accessibility: number): void {
    if (accessibility === 0 || accessibility === this.#accessibility) return;
    this.#accessibility = accessibility;
    ctx.out.indent(ctx.indent - 1);
    ctx.out.put(`${ACCESSIBILITY[accessibility as 1 | 2 | 3]}:\n\n`);
  }
}

function putChild(ctx: EmitContext, { code, value }: Child): void {
  const { out, table } = ctx;
  if (code === ChildCode.NestedType) {
    if (ctx.usedAt !== undefined) putDeclInfo(ctx, value, ctx.usedAt);
    out.indent(ctx.indent);
    putNestedType(ctx, value);
  } else if (code === ChildCode.StaticMember) {
    out.indent(ctx.indent);
    out.put('extern ');
    putDeclaration(ctx, table.sizeOrType(value), table.nameOffset(value) || NO_NAME);
  } else if (code === ChildCode.Method) {
    out.indent(ctx.indent);
    putMethod(ctx, value);
  } else return;
  out.put(';\n\n');
}

function putNestedType(ctx: EmitContext, id: TypeId): void {
  const { prefix, suffix, suffixStars } = ctx;
  const kind = ctx.table.kind(id);
  if (!ctx.quirks.nestedSuffix) {
    ctx.prefix = '';
    ctx.suffix = NO_NAME;
    ctx.suffixStars = '';
  }
  if (kind === Kind.Struct || (kind === Kind.Forward && !ctx.table.kindFlag(id))) putStruct(ctx, id);
  else if (kind === Kind.Union || kind === Kind.Forward) putUnion(ctx, id);
  else if (kind === Kind.Enum || kind === Kind.Enum64) putEnum(ctx, id);
  else if (kind === Kind.Typedef) putTypedef(ctx, id);
  else putTypeName(ctx, id);
  ctx.prefix = prefix;
  ctx.suffix = suffix;
  ctx.suffixStars = suffixStars;
}

function putMethod(ctx: EmitContext, id: TypeId): void {
  const { out, table } = ctx;
  const proto = table.sizeOrType(id);
  putTypeName(ctx, table.sizeOrType(proto));
  out.put(' ');
  out.name(table.nameOffset(id));
  putParameters(ctx, proto);
}

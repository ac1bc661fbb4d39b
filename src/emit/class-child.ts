/**
 * What a class contains besides data members: types, methods, static members, imported names, each as a
 * declaration of its own; and its vtable.
 */

import { FunctionFlag, Inlined } from '../model/functions.ts';
import { Kind } from '../model/kinds.ts';
import { type Child, ChildCode, type SideColumns } from '../model/side-columns.ts';
import type { TypeId } from '../model/table.ts';
import { definitionKeyword } from './class.ts';
import { putStruct, putUnion } from './composite.ts';
import { type EmitContext, NO_NAME } from './context.ts';
import { putDeclaration } from './declaration.ts';
import { putEnum } from './enum.ts';
import { putDeclInfo } from './remarks.ts';
import { putParameters, putTypeName } from './type-text.ts';
import { putTypedef } from './typedef.ts';

/** DW_VIRTUALITY_pure_virtual. */
const PURE = 2;

/** Writes a child with its semicolon and an empty line; nothing for one that has no text. */
export function putChild(ctx: EmitContext, side: SideColumns, child: Child): void {
  const { out } = ctx;
  const { code, value } = child;
  if (!isPrinted(ctx, child)) return;
  if (ctx.usedAt !== undefined) putDeclInfo(ctx, value, ctx.usedAt);
  out.indent(ctx.indent);
  if (code === ChildCode.NestedType) putNestedType(ctx, value);
  else if (code === ChildCode.StaticMember) putStaticMember(ctx, child);
  else if (code === ChildCode.Using) putUsing(ctx, value);
  else return putMethod(ctx, side, value);
  out.put(';\n\n');
}

/** Whether a child has a text of its own. */
export function isPrinted(ctx: EmitContext, { code, value }: Child): boolean {
  if (code === ChildCode.NestedType) return ctx.quirks.nestedTypes || isDeclaration(ctx.table.kind(value));
  return code === ChildCode.StaticMember || code === ChildCode.Method || code === ChildCode.Using;
}

/** Whether a type is declared where it stands, and not only used there. */
function isDeclaration(kind: number): boolean {
  return (
    kind === Kind.Struct ||
    kind === Kind.Union ||
    kind === Kind.Forward ||
    kind === Kind.Enum ||
    kind === Kind.Enum64 ||
    kind === Kind.Typedef
  );
}

function putNestedType(ctx: EmitContext, id: TypeId): void {
  const { prefix, suffix, suffixStars, quirks } = ctx;
  if (!quirks.nestedSuffix) {
    ctx.prefix = '';
    ctx.suffix = NO_NAME;
    ctx.suffixStars = '';
  }
  putNested(ctx, id);
  ctx.prefix = prefix;
  ctx.suffix = suffix;
  ctx.suffixStars = suffixStars;
}

function putNested(ctx: EmitContext, id: TypeId): void {
  const { out, quirks, table } = ctx;
  const kind = table.kind(id);
  const isUnion = kind === Kind.Union || (kind === Kind.Forward && table.kindFlag(id));
  if (kind === Kind.Forward && !quirks.nestedTypes) {
    out.put(isUnion ? 'union ' : `${definitionKeyword(ctx, id)} `);
    out.name(table.nameOffset(id));
  } else if (isUnion) putUnion(ctx, id);
  else if (kind === Kind.Struct || kind === Kind.Forward) putStruct(ctx, id);
  else if (kind === Kind.Enum || kind === Kind.Enum64) putEnum(ctx, id);
  else if (kind === Kind.Typedef) putTypedef(ctx, id);
  else if (UNSUPPORTED_TAGS[kind] === undefined) putTypeName(ctx, id);
  else out.put(`/* tag__fprintf: ${UNSUPPORTED_TAGS[kind]} tag not supported! */`);
}

/** DWARF's names of the types that pahole cannot print by themselves. */
const UNSUPPORTED_TAGS: Readonly<Record<number, string>> = {
  [Kind.Int]: 'base_type',
  [Kind.Float]: 'base_type',
  [Kind.Pointer]: 'pointer_type',
  [Kind.Const]: 'const_type',
  [Kind.Volatile]: 'volatile_type',
  [Kind.Restrict]: 'restrict_type',
  [Kind.Atomic]: 'atomic_type',
  [Kind.Reference]: 'reference_type',
  [Kind.RvalueReference]: 'rvalue_reference_type',
  [Kind.MemberPointer]: 'ptr_to_member_type',
};

function putStaticMember(ctx: EmitContext, { value: id, constant }: Child): void {
  const { out, quirks, table } = ctx;
  out.put(quirks.staticMembers ? 'extern ' : 'static ');
  putDeclaration(ctx, table.sizeOrType(id), table.nameOffset(id) || NO_NAME);
  if (constant !== undefined && !quirks.staticMembers) out.put(` = ${constant}`);
}

function putUsing({ out, table }: EmitContext, id: TypeId): void {
  out.put('using ::');
  out.name(table.nameOffset(id));
}

function putMethod(ctx: EmitContext, side: SideColumns, id: TypeId): void {
  const { out, table } = ctx;
  const rows = side.functions;
  const row = rows?.rowOf(id);
  const virtuality = row === undefined ? 0 : (rows?.virtuality(row) ?? 0);
  const inlined = row === undefined ? 0 : (rows?.inlined(row) ?? 0);
  const proto = table.sizeOrType(id);
  if (virtuality !== 0) out.put('virtual ');
  if (inlined >= Inlined.DeclaredNotInlined) out.put('inline ');
  putTypeName(ctx, table.sizeOrType(proto));
  out.put(' ');
  out.name(table.nameOffset(id));
  putParameters(ctx, proto);
  out.put(virtuality === PURE ? ' = 0;' : ';');
  const linkageName = ctx.comments ? linkageNameOf(ctx, side, id) : 0;
  if (linkageName !== 0) {
    out.put(' /* linkage=');
    out.name(linkageName);
    out.put(' */');
  }
  out.put('\n\n');
}

/** Name offset of what the linker calls a method, 0 for none. pahole knows the attribute of DWARF 2 and 3 only. */
function linkageNameOf({ quirks }: EmitContext, { functions }: SideColumns, id: TypeId): number {
  const row = functions?.rowOf(id);
  if (functions === undefined || row === undefined) return 0;
  const isOld = (functions.flags(row) & FunctionFlag.OldLinkageName) !== 0;
  return isOld || !quirks.linkageNames ? functions.linkageName(row) : 0;
}

/** Writes the methods that have entries in the vtable, in the order of the file. */
export function putVtable(ctx: EmitContext, side: SideColumns, children: readonly Child[]): void {
  const { out, quirks } = ctx;
  const entries = children.flatMap(({ code, value }) => {
    const slot = code === ChildCode.Method ? side.vtableSlot(value) : undefined;
    return slot === undefined ? [] : [{ id: value, slot }];
  });
  if (entries.length === 0) return;
  out.indent(ctx.indent);
  out.put(`/* vtable has ${entries.length} entries: {\n`);
  for (const { id, slot } of entries) putVtableEntry(ctx, side, id, slot);
  out.indent(ctx.indent);
  // Without statistics nothing else ends the line.
  out.put(ctx.emitStats || quirks.linkageNames ? '} */' : '} */\n');
}

function putVtableEntry(ctx: EmitContext, side: SideColumns, id: TypeId, slot: number): void {
  const { out, quirks, table } = ctx;
  const linkageName = linkageNameOf(ctx, side, id);
  out.indent(ctx.indent);
  out.put(`   [${slot | 0}] = `);
  out.name(table.nameOffset(id));
  out.put('(');
  if (linkageName !== 0) out.name(linkageName);
  else if (quirks.linkageNames) out.put('(null)');
  out.put('), \n');
}

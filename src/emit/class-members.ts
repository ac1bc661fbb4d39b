/** The body of a class: data members, base classes and everything else in it, in the order of the file. */

import { MemberColumns } from '../layout/member-columns.ts';
import { Kind } from '../model/kinds.ts';
import { type Child, ChildCode, MemberFlag, type SideColumns, TypeFlag } from '../model/side-columns.ts';
import type { TypeId } from '../model/table.ts';
import { ACCESSIBILITY } from './class.ts';
import { isPrinted, putChild, putVtable } from './class-child.ts';
import { type MemberBefore, putBitfieldRemarks, putHoleRemarks, putMissing } from './composite.ts';
import { type EmitContext, MAX_PENDING } from './context.ts';
import { putMember } from './member.ts';
import { countForcedAlignment, putRemark, putTypeRemark } from './remarks.ts';
import type { Tally } from './tally.ts';

/** DW_ACCESS_public, DW_ACCESS_private. */
const PUBLIC = 1;
const PRIVATE = 3;

const DWARF_2 = 2;

/** Whether a struct has more to it than data members without further ado. */
export function isClassLike(side: SideColumns, id: TypeId, count: number): boolean {
  return side.hasChildren(id) || side.hasMemberFlags(id, count);
}

/** Where the printing of a class is. */
interface Walk {
  readonly ctx: EmitContext;
  readonly side: SideColumns;
  readonly id: TypeId;
  /** Index of the first data member in the columns. */
  readonly start: number;
  readonly tally: Tally;
  accessibility: number;
  before: MemberBefore | undefined;
  /** An empty line has to come before the next member. */
  pending: boolean;
}

/** Writes all that is in the class `id`, whose members begin at `start`. Returns the type of the last member. */
export function putClassMembers(
  ctx: EmitContext,
  id: TypeId,
  { start, pending, tally }: { readonly start: number; readonly pending: boolean; readonly tally: Tally },
): TypeId | undefined {
  const side = ctx.table.side as SideColumns;
  const accessibility = firstAccessibility(ctx, id);
  const walk: Walk = { ctx, side, id, start, tally, accessibility, before: undefined, pending };
  const children = side.childrenOf(id) ?? membersOnly(ctx.table.vlen(id));
  let last: TypeId | undefined;
  for (const [position, child] of children.entries()) {
    if (ctx.out.pos > MAX_PENDING) {
      putRemark(ctx, `<error: type ${id} has too much text>\n`);
      return last;
    }
    const isMember = child.code === ChildCode.Member;
    if (child.code === ChildCode.StaticMember) tally.staticMembers += countsAsStatic(ctx, child) ? 1 : 0;
    if (!isMember && !isStaticLine(ctx, child)) {
      putOther(walk, child);
      continue;
    }
    ctx.isLastMember = position === children.length - 1;
    ctx.isFirstMember = walk.before === undefined;
    if (isMember) last = putDataMember(walk, child.value);
    else last = putStaticLine(walk, child);
  }
  return last;
}

/** Writes the vtable of a class that has one. */
export function putClassVtable(ctx: EmitContext, id: TypeId): void {
  const { side } = ctx.table;
  const children = ctx.onlyDataMembers ? undefined : side?.childrenOf(id);
  if (side !== undefined && children !== undefined) putVtable(ctx, side, children);
}

function membersOnly(count: number): Child[] {
  return Array.from({ length: count }, (_, value) => ({
    code: ChildCode.Member,
    value,
    accessibility: 0,
    isWrittenAsMember: true,
    constant: undefined,
  }));
}

/**
 * The accessibility that a class begins with. pahole begins with none, so that members which state none seem
 * to have that of the one before.
 */
function firstAccessibility({ quirks, table }: EmitContext, id: TypeId): number {
  if (quirks.accessibility) return 0;
  return ((table.side?.flags(id) ?? 0) & TypeFlag.Class) !== 0 ? PRIVATE : PUBLIC;
}

/** The accessibility of a member that states none: that of the class, but for g++ public in DWARF 2. */
function unstatedAccessibility(ctx: EmitContext, id: TypeId): number {
  return ctx.table.side?.version === DWARF_2 ? PUBLIC : firstAccessibility(ctx, id);
}

function countsAsStatic({ quirks }: EmitContext, { isWrittenAsMember }: Child): boolean {
  return isWrittenAsMember || !quirks.staticMembers;
}

/** Whether a static member is printed among the data members. */
function isStaticLine({ quirks }: EmitContext, { code, isWrittenAsMember }: Child): boolean {
  return code === ChildCode.StaticMember && isWrittenAsMember && quirks.staticMembers;
}

function putOther(walk: Walk, child: Child): void {
  const { ctx } = walk;
  const isShown = !ctx.onlyDataMembers && isPrinted(ctx, child);
  if (ctx.quirks.accessibility) {
    if (child.code === ChildCode.Method) putAccessibility(walk, child.accessibility);
  } else if (isShown) {
    // Compilers do not always say that of types and of static members.
    const unstated = child.code === ChildCode.Method ? unstatedAccessibility(ctx, walk.id) : 0;
    putAccessibility(walk, child.accessibility || unstated);
  }
  if (isShown) putChild(ctx, walk.side, child);
}

/** Writes an accessibility where it changes. */
function putAccessibility(walk: Walk, accessibility: number): void {
  if (accessibility === 0 || accessibility === walk.accessibility) return;
  const { ctx } = walk;
  walk.accessibility = accessibility;
  ctx.out.indent(ctx.indent - 1);
  ctx.out.put(`${ACCESSIBILITY[accessibility as 1 | 2 | 3]}:\n\n`);
}

function putDataMember(walk: Walk, element: number): TypeId {
  const { ctx, id, side, start } = walk;
  const columns = ctx.layouts.members;
  const index = start + element;
  const flags = side.memberFlags(id, element);
  const isBase = (flags & MemberFlag.Inheritance) !== 0;
  const isPlaced = (flags & MemberFlag.NoConstantOffset) === 0 || ctx.quirks.virtualBases;
  const stated = side.memberAccessibility(id, element);
  if (ctx.quirks.accessibility) putAccessibility(walk, stated);
  else if (!isBase) putAccessibility(walk, stated || unstatedAccessibility(ctx, id));
  if (columns.alignment[index] !== 0) countForcedAlignment(ctx, id, index, walk.tally);
  // A base class may overlap what follows by its own padding.
  const overlap = isBase ? Math.min(0, columns.hole[index] as number) : 0;
  const size = isPlaced ? (columns.byteSize[index] as number) + overlap : 0;
  ctx.memberRole = isBase ? 'base' : 'data';
  putOne(walk, { columns, index, size, isBase, isPlaced });
  return columns.typeId[index] as number;
}

/** Writes a static member as pahole does in DWARF 4: as a data member at offset 0, of size 0. */
function putStaticLine(walk: Walk, child: Child): TypeId {
  const { ctx, side } = walk;
  const columns = staticColumns(ctx, side, child.value);
  putAccessibility(walk, child.accessibility);
  if (columns.alignment[0] !== 0) countForcedAlignment(ctx, walk.id, walk.start, walk.tally);
  ctx.memberRole = 'static';
  ctx.staticValue = child.constant;
  putOne(walk, { columns, index: 0, size: 0, isBase: false, isPlaced: true });
  return columns.typeId[0] as number;
}

/** A static member as a data member at offset 0, of size 0. */
export function staticColumns({ table }: EmitContext, side: SideColumns, id: TypeId): MemberColumns {
  const columns = new MemberColumns(1);
  columns.nameOffset[0] = table.nameOffset(id);
  columns.typeId[0] = table.sizeOrType(id);
  columns.alignment[0] = side.alignment(id);
  return columns;
}

/** A member at `index` of the columns, which takes `size` bytes. */
interface One {
  readonly columns: MemberColumns;
  readonly index: number;
  readonly size: number;
  readonly isBase: boolean;
  readonly isPlaced: boolean;
}

/** Writes one line with the remarks before and behind it, and counts it. */
function putOne(walk: Walk, { columns, index, size, isBase, isPlaced }: One): void {
  const { ctx, tally, before } = walk;
  const { out } = ctx;
  const type = columns.typeId[index] as number;
  const byteOffset = columns.byteOffset[index] as number;
  const bitSize = columns.bitSize[index] as number;
  if (before !== undefined && before.size !== 0 && !isBase) {
    walk.pending = putBitfieldRemarks(ctx, columns, index, before, walk.pending);
  }
  if (walk.pending) out.newline();
  walk.pending = false;
  if (type >= ctx.table.end) putMissing(ctx, type);
  else {
    putMember(ctx, columns, index, false);
    putRemarksBehind(walk, columns, index);
  }
  out.newline();
  if (bitSize !== 0) tally.memberBits += bitSize;
  else tally.memberBytes += size;
  if (!isPlaced) return;
  walk.before = {
    byteOffset,
    bitSize,
    bitHole: columns.bitHole[index] as number,
    size: lastSize(before, byteOffset, bitSize, size),
  };
}

/** The size that the members at the present offset take. */
function lastSize(
  before: MemberBefore | undefined,
  byteOffset: number,
  bitSize: number,
  size: number,
): number {
  if (before === undefined || before.size === 0 || before.byteOffset !== byteOffset) return size;
  return bitSize !== 0 && before.bitSize === 0 ? size : before.size;
}

function putRemarksBehind(walk: Walk, columns: MemberColumns, index: number): void {
  const { ctx, tally } = walk;
  const type = columns.typeId[index] as number;
  if (!ctx.comments) return;
  if (ctx.table.kind(type) === Kind.Struct) walk.pending = putTypeRemark(ctx, type, tally);
  if (columns.bitHole[index] !== 0 || (columns.hole[index] as number) > 0) {
    walk.pending = putHoleRemarks(ctx, columns, index, tally, walk.pending);
  }
}

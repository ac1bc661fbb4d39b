/**
 * Structs and unions, as pahole prints them: header, members with their offsets, comments about
 * holes, statistics.
 */

import type { MemberColumns } from '../layout/member-columns.ts';
import { Kind } from '../model/kinds.ts';
import type { SideColumns } from '../model/side-columns.ts';
import type { TypeId } from '../model/table.ts';
import { definitionKeyword, putBaseClasses } from './class.ts';
import { isClassLike, putClassMembers, putClassVtable, staticColumns } from './class-members.ts';
import { type EmitContext, MAX_EXPANDED_MEMBERS, MAX_NESTING, MAX_PENDING } from './context.ts';
import { putDeclaration, putSuffix } from './declaration.ts';
import { putMember } from './member.ts';
import { putPlainRun } from './plain-member.ts';
import {
  beginRemark,
  countForcedAlignment,
  putForcePadding,
  putHole,
  putPreHoles,
  putRemark,
  putTypeRemark,
} from './remarks.ts';
import { staticsByPlace } from './statics-of-union.ts';
import { narrow8, putFooter } from './statistics.ts';
import type { Tally } from './tally.ts';
import { MIN_PLAIN_SPACING } from './type-texts.ts';

export const PACKED = ' __attribute__((__packed__))';

function putHeader(ctx: EmitContext, id: TypeId, keyword: string): void {
  const { out, prefix } = ctx;
  const nameOffset = ctx.table.nameOffset(id);
  const name = nameOffset === 0 ? '' : ` ${out.nameText(nameOffset)}`;
  out.put(`${prefix === '' ? '' : `${prefix} `}${keyword}${name}`);
  if (ctx.table.side !== undefined) putBaseClasses(ctx, id, ctx.table.side);
  out.put(' {\n');
}

/** Whether the next level of an aggregate may be printed; writes an error where it may not. */
function mayExpand(ctx: EmitContext, id: TypeId, count: number): boolean {
  ctx.expandedMembers += count;
  if (ctx.nesting < MAX_NESTING && ctx.expandedMembers <= MAX_EXPANDED_MEMBERS) return true;
  ctx.out.put(`<error: type ${id} nests too deep or expands to too many members>`);
  return false;
}

/** Writes a struct (or the forward declaration of one) up to and with its closing brace and attributes. */
export function putStruct(ctx: EmitContext, id: TypeId): void {
  const { layouts, out, indent, isLastMember, isFirstMember } = ctx;
  const count = layouts.memberCount(id);
  if (!mayExpand(ctx, id, count)) return;
  const isStruct = ctx.table.kind(id) === Kind.Struct;
  const start = layouts.firstMember(id);
  if (isStruct) layouts.packed.inferStruct(id);
  const tally = ctx.beginTally();

  putHeader(ctx, id, definitionKeyword(ctx, id));
  ctx.indent = indent + 1;
  ctx.nesting++;
  putMembers(ctx, id, start, start + count, tally);
  if (ctx.emitStats) putFooter(ctx, id, count, tally);
  ctx.isLastMember = isLastMember;
  ctx.isFirstMember = isFirstMember;
  ctx.nesting--;
  ctx.indent = indent;

  out.indent(indent);
  out.put('}');
  if (ctx.compiled !== undefined) return ctx.compiled.putAttributes(ctx, id);
  const isPacked = isStruct && layouts.packed.isPacked(id);
  if (isPacked && !ctx.suppressPacked) out.put(PACKED);
  putSuffix(ctx);
  const alignment = layouts.alignment(id);
  if (alignment !== 0 && !ctx.suppressAligned && !isPacked) putAligned(ctx, alignment);
}

/** Writes an alignment attribute, with the blank before it. */
export function putAligned(ctx: EmitContext, alignment: number): void {
  const { out } = ctx;
  out.put(' __attribute__((__aligned__(');
  out.number(alignment);
  out.put(')))');
}

/** Writes a union up to and with its closing brace. Every member starts at the same cacheline. */
export function putUnion(ctx: EmitContext, id: TypeId): void {
  const { layouts, out, table, indent, nextBoundary, isInUnion } = ctx;
  const count = layouts.memberCount(id);
  if (!mayExpand(ctx, id, count)) return;
  const start = layouts.firstMember(id);
  const columns = layouts.members;
  putHeader(ctx, id, 'union');
  if (table.kind(id) === Kind.Union) layouts.packed.inferUnion(id);
  ctx.indent = indent + 1;
  ctx.isInUnion = true;
  ctx.nesting++;
  const statics = ctx.quirks.staticMembers ? staticsByPlace(table, id) : undefined;
  putStatics(ctx, statics?.get(0));
  for (let index = start; index < start + count && out.pos <= MAX_PENDING; index++) {
    const type = columns.typeId[index] as number;
    if (type < table.end) putMember(ctx, columns, index, true);
    else putMissing(ctx, type);
    out.newline();
    ctx.nextBoundary = nextBoundary;
    putStatics(ctx, statics?.get(index + 1 - start));
  }
  ctx.compiled?.fillUnion(ctx, id);
  ctx.nesting--;
  ctx.isInUnion = isInUnion;
  ctx.indent = indent;
  out.indent(indent);
  out.put('}');
  if (ctx.compiled !== undefined) ctx.compiled.putAttributes(ctx, id);
  else putSuffix(ctx);
}

function putStatics(ctx: EmitContext, ids: readonly TypeId[] = []): void {
  for (const id of ids) {
    const columns = staticColumns(ctx, ctx.table.side as SideColumns, id);
    columns.byteSize[0] = ctx.layouts.facts.sizeOf(columns.typeId[0] as number);
    putMember(ctx, columns, 0, true);
    ctx.out.newline();
  }
}

/** Writes the members of a struct, at `start` up to `end` in the columns, with the remarks between them. */
function putMembers(ctx: EmitContext, id: TypeId, start: number, end: number, tally: Tally): void {
  const pending = ctx.comments && putPreHoles(ctx, id, tally);
  const { side } = ctx.table;
  if (side === undefined || ctx.compiled !== undefined) {
    putDataMembers(ctx, id, { start, end, pending, tally });
    ctx.compiled?.fillEnd(ctx, id, end);
    return;
  }
  const isClass = isClassLike(side, id, end - start);
  let last = end > start ? ctx.layouts.members.typeId[end - 1] : undefined;
  if (isClass) last = putClassMembers(ctx, id, { start, pending, tally });
  else putDataMembers(ctx, id, { start, end, pending, tally });
  if (last !== undefined) putForcePadding(ctx, id, last, side);
  if (isClass) putClassVtable(ctx, id);
}

/** Members in the columns, from `start` up to `end`. */
interface MemberRange {
  readonly start: number;
  readonly end: number;
  /** Remarks were written that an empty line must follow. */
  readonly pending: boolean;
  readonly tally: Tally;
}

/** Writes the members of a struct that has data members only. */
function putDataMembers(ctx: EmitContext, id: TypeId, { start, end, pending, tally }: MemberRange): void {
  const { out, comments, notes } = ctx;
  const columns = ctx.layouts.members;
  const typeCount = ctx.table.end;
  let isPending = pending;
  // The size that the members at the present offset take.
  let lastSize = 0;
  const fillsGaps = ctx.compiled?.formOf(id).fillsGaps === true;
  const mayRun = ctx.usesTexts && ctx.typeSpacing >= MIN_PLAIN_SPACING && !fillsGaps;
  for (let index = start; index < end; index++) {
    if (out.pos > MAX_PENDING) return putRemark(ctx, `<error: type ${id} has too much text>\n`);
    if (mayRun && !isPending && isBehindLast(columns, index, lastSize)) {
      const next = putPlainRun(ctx, columns, index, end, tally);
      if (next > index) lastSize = columns.byteSize[next - 1] as number;
      index = next;
      if (index === end) break;
    }
    const type = columns.typeId[index] as number;
    const byteOffset = columns.byteOffset[index] as number;
    const size = columns.byteSize[index] as number;
    const bitSize = columns.bitSize[index] as number;
    if (columns.alignment[index] !== 0) countForcedAlignment(ctx, id, index, tally);
    if (
      lastSize !== 0 &&
      (bitSize !== 0 || byteOffset - (columns.byteOffset[index - 1] as number) < lastSize)
    ) {
      const before = memberBefore(columns, index, lastSize);
      if (fillsGaps) before.bitHole = 0;
      isPending = putBitfieldRemarks(ctx, columns, index, before, isPending);
    }
    if (isPending) out.newline();
    isPending = false;
    if (fillsGaps) ctx.compiled?.fillBefore(ctx, index, start);
    ctx.isLastMember = index === end - 1;
    ctx.isFirstMember = index === start;
    if (type >= typeCount) {
      putMissing(ctx, type);
      out.newline();
      continue;
    }
    putMember(ctx, columns, index, false);
    if (comments) {
      if (notes[type] !== NO_REMARK) isPending = putTypeRemark(ctx, type, tally);
      if (columns.bitHole[index] !== 0 || (columns.hole[index] as number) > 0) {
        isPending = putHoleRemarks(ctx, columns, index, tally, isPending);
      }
    }
    out.newline();
    if (bitSize !== 0) tally.memberBits += bitSize;
    else tally.memberBytes += size;
    const hasMoved = lastSize === 0 || columns.byteOffset[index - 1] !== byteOffset;
    if (hasMoved || (bitSize !== 0 && columns.bitSize[index - 1] === 0)) lastSize = size;
  }
}

/** What the remarks before a member depend on. */
export interface MemberBefore {
  readonly byteOffset: number;
  readonly bitSize: number;
  bitHole: number;
  /** The size that the members at its offset take. */
  readonly size: number;
}

/** The member before that at `index` of the columns; `size`: {@link MemberBefore.size}. */
export function memberBefore(columns: MemberColumns, index: number, size: number): MemberBefore {
  return {
    byteOffset: columns.byteOffset[index - 1] as number,
    bitSize: columns.bitSize[index - 1] as number,
    bitHole: columns.bitHole[index - 1] as number,
    size,
  };
}

/** Whether a member does not begin within the one before. */
function isBehindLast(columns: MemberColumns, index: number, lastSize: number): boolean {
  if (lastSize === 0) return true;
  return (columns.byteOffset[index] as number) - (columns.byteOffset[index - 1] as number) >= lastSize;
}

/** In {@link EmitContext.notes}: a member of the type needs no remark. */
export const NO_REMARK = 1;

/** Writes that a type is not there, without the newline. */
export function putMissing(ctx: EmitContext, type: TypeId): void {
  putRemark(ctx, `<error: type ${type} not found>`);
}

/**
 * What a bitfield needs before it to land where it is, and where members share bytes. Returns whether
 * an empty line must follow.
 */
export function putBitfieldRemarks(
  ctx: EmitContext,
  columns: MemberColumns,
  index: number,
  before: MemberBefore,
  pending: boolean,
): boolean {
  const bitHole = narrow8(ctx, before.bitHole);
  const isBitfield = columns.bitSize[index] !== 0;
  const moved = (columns.byteOffset[index] as number) - before.byteOffset;
  if (bitHole > 0 && isBitfield) putHoleMarker(ctx, columns.typeId[index] as number, moved, bitHole);
  if (!ctx.comments) return pending;
  const startsBitfield = before.bitSize === 0 && isBitfield;
  const isBack = moved < 0 || (moved === 0 && startsBitfield);
  if (!isBack && (moved === 0 || moved >= before.size)) return pending;
  if (!pending) ctx.out.newline();
  putRemark(
    ctx,
    isBack ? '/* Bitfield combined with previous fields */\n' : '/* Bitfield combined with next fields */\n',
  );
  return true;
}

/** Writes the unnamed bitfield that makes a bit hole explicit, `moved` bytes before the bitfield behind it. */
function putHoleMarker(ctx: EmitContext, type: TypeId, moved: number, bitHole: number): void {
  const { out, table } = ctx;
  const isAtBoundary = moved !== 0;
  if (isAtBoundary) {
    out.newline();
    putRemark(ctx, '/* Force alignment to the next boundary: */\n');
  }
  out.indent(ctx.indent);
  if (type >= table.end) return out.put(`<error: type ${type} not found>`);
  putDeclaration(ctx, type, 0);
  out.put(':');
  out.number(isAtBoundary ? 0 : bitHole);
  out.put(';\n');
}

/**
 * Writes what is unused behind a member. `pending` says that a remark precedes. Returns whether one does
 * now. Bitfields that overlap have a negative number of bits between them.
 */
export function putHoleRemarks(
  ctx: EmitContext,
  columns: MemberColumns,
  index: number,
  tally: Tally,
  pending: boolean,
): boolean {
  const bitHole = narrow8(ctx, columns.bitHole[index] as number);
  if (bitHole > 0) {
    beginRemark(ctx, pending);
    putHole(ctx, bitHole, 'bit');
    tally.isSpecial = true;
    tally.bitHoleBits += bitHole;
  }
  const hole = columns.hole[index] as number;
  if (hole > 0) {
    beginRemark(ctx, pending || bitHole > 0);
    putHole(ctx, hole, 'byte');
    tally.isSpecial = true;
    tally.holeBytes += hole;
  }
  return pending || bitHole > 0 || hole > 0;
}

/**
 * Structs and unions, as pahole prints them: header, members with their offsets, comments about
 * holes, statistics.
 */

import type { MemberColumns } from '../layout/member-columns.ts';
import type { Waste } from '../layout/placement.ts';
import { KIND_MISSING, Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import { type EmitContext, type Frame, MAX_EXPANDED_MEMBERS, MAX_NESTING } from './context.ts';
import { putDeclaration, putSuffix } from './declaration.ts';
import { putMember } from './member.ts';
import { addMemberWaste, narrow8, narrow16, newTally, putFooter, type Tally } from './statistics.ts';

const PACKED = ' __attribute__((__packed__))';

function putHeader(ctx: EmitContext, id: TypeId, keyword: string): void {
  const { out, table } = ctx;
  if (ctx.prefix !== '') {
    out.put(ctx.prefix);
    out.put(' ');
  }
  out.put(keyword);
  const nameOffset = table.nameOffset(id);
  if (nameOffset !== 0) {
    out.put(' ');
    out.name(nameOffset);
  }
  out.put(' {\n');
}

/** Whether the next level of an aggregate may be printed; writes an error where it may not. */
function mayExpand(ctx: EmitContext, id: TypeId): boolean {
  ctx.expandedMembers += ctx.table.vlen(id);
  if (ctx.nesting < MAX_NESTING && ctx.expandedMembers <= MAX_EXPANDED_MEMBERS) return true;
  ctx.out.put(`<error: type ${id} nests too deep or expands to too many members>`);
  return false;
}

/** Writes a struct (or the forward declaration of one) up to and with its closing brace and attributes. */
export function putStruct(ctx: EmitContext, id: TypeId): void {
  if (!mayExpand(ctx, id)) return;
  const { layouts, out, table, indent } = ctx;
  const frame = ctx.frame(ctx.nesting);
  const { columns, waste } = frame;
  layouts.place(id, columns);
  layouts.waste(id, waste);
  const alignment = layouts.inferAlignments(id, columns);
  const isStruct = table.kind(id) === Kind.Struct;
  if (isStruct) layouts.packed.inferStruct(id);

  putHeader(ctx, id, 'struct');
  ctx.indent = indent + 1;
  ctx.nesting++;
  const outer = { isLast: ctx.isLastMember, isFirst: ctx.isFirstMember };
  const tally = newTally();
  putMembers(ctx, frame, tally);
  if (ctx.emitStats) putFooter(ctx, id, { columns, waste, tally });
  ctx.isLastMember = outer.isLast;
  ctx.isFirstMember = outer.isFirst;
  ctx.nesting--;
  ctx.indent = indent;

  out.indent(indent);
  out.put('}');
  const isPacked = isStruct && layouts.packed.isPacked(id);
  if (isPacked && !ctx.suppressPacked) out.put(PACKED);
  putSuffix(ctx);
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
  if (!mayExpand(ctx, id)) return;
  const { layouts, out, table, indent, cacheline } = ctx;
  const { columns } = ctx.frame(ctx.nesting);
  layouts.place(id, columns);
  layouts.inferAlignments(id, columns);
  putHeader(ctx, id, 'union');
  if (table.kind(id) === Kind.Union) layouts.packed.inferUnion(id);
  const wasInUnion = ctx.isInUnion;
  ctx.indent = indent + 1;
  ctx.isInUnion = true;
  ctx.nesting++;
  for (let index = 0; index < columns.count; index++) {
    out.indent(ctx.indent);
    const type = columns.typeId[index] as number;
    if (table.kind(type) === KIND_MISSING) out.put(`<error: type ${type} not found>`);
    else putMember(ctx, columns, index, true);
    out.newline();
    ctx.cacheline = cacheline;
  }
  ctx.nesting--;
  ctx.isInUnion = wasInUnion;
  ctx.indent = indent;
  out.indent(indent);
  out.put('}');
  putSuffix(ctx);
}

/** Where the walk over a struct's members stands. */
interface Walk {
  /** Comments were written that an empty line must follow. */
  pending: boolean;
  /** Size that the members at the present offset take; 0 before the first. */
  lastSize: number;
}

function putMembers(ctx: EmitContext, frame: Frame, tally: Tally): void {
  const { columns, waste } = frame;
  const { table } = ctx;
  const walk: Walk = { pending: false, lastSize: 0 };
  putPreHoles(ctx, waste, tally, walk);
  for (let index = 0; index < columns.count; index++) {
    countForcedAlignment(ctx, frame, index, tally);
    if (index > 0 && walk.lastSize !== 0) putBitfieldRemarks(ctx, columns, index, walk);
    if (walk.pending) {
      ctx.out.newline();
      walk.pending = false;
    }
    ctx.isLastMember = index === columns.count - 1;
    ctx.isFirstMember = index === 0;
    ctx.out.indent(ctx.indent);
    const type = columns.typeId[index] as number;
    if (table.kind(type) === KIND_MISSING) {
      ctx.out.put(`<error: type ${type} not found>\n`);
      continue;
    }
    putMember(ctx, columns, index, false);
    if (ctx.comments) walk.pending = putHoleRemarks(ctx, frame, index, tally);
    ctx.out.newline();
    account(columns, index, tally, walk);
  }
}

function account(columns: MemberColumns, index: number, tally: Tally, walk: Walk): void {
  const size = columns.byteSize[index] as number;
  const bitSize = columns.bitSize[index] as number;
  if (bitSize !== 0) tally.memberBits += bitSize;
  else tally.memberBytes += size;
  const isFirst = index === 0 || walk.lastSize === 0;
  const hasMoved = isFirst || columns.byteOffset[index - 1] !== columns.byteOffset[index];
  if (hasMoved || (columns.bitSize[index - 1] === 0 && bitSize !== 0)) walk.lastSize = size;
}

function putRemark(ctx: EmitContext, text: string): void {
  ctx.out.indent(ctx.indent);
  ctx.out.put(text);
}

/** Writes `/* XXX N bytes hole, try to pack` for `count` things. */
function putHole(ctx: EmitContext, count: number, unit: 'bit' | 'byte'): void {
  const { out } = ctx;
  putRemark(ctx, '/* XXX ');
  out.number(count);
  out.put(` ${unit}`);
  if (count !== 1) out.put('s');
  out.put(' hole, try to pack */');
}

function putPreHoles(ctx: EmitContext, waste: Waste, tally: Tally, walk: Walk): void {
  if (!ctx.comments) return;
  const preBitHole = narrow8(ctx, waste.preBitHole);
  const preHole = narrow16(ctx, waste.preHole);
  if (preBitHole > 0 || preHole > 0) {
    ctx.out.newline();
    walk.pending = true;
  }
  if (preBitHole > 0) {
    putHole(ctx, preBitHole, 'bit');
    ctx.out.newline();
    tally.bitHoleBits += preBitHole;
  }
  if (preHole > 0) {
    putHole(ctx, preHole, 'byte');
    ctx.out.newline();
    tally.holeBytes += preHole;
  }
}

function countForcedAlignment(
  ctx: EmitContext,
  { columns, waste }: Frame,
  index: number,
  tally: Tally,
): void {
  if (ctx.suppressAligned || columns.alignment[index] === 0) return;
  const hole = index > 0 ? (columns.hole[index - 1] as number) : narrow16(ctx, waste.preHole);
  if (hole !== 0) {
    tally.forcedHoleCount++;
    tally.forcedHoleBytes += hole;
  }
  tally.forcedAlignments++;
}

/** What a bitfield needs before it to land where it is, and where members share bytes. */
function putBitfieldRemarks(ctx: EmitContext, columns: MemberColumns, index: number, walk: Walk): void {
  const bitHole = narrow8(ctx, columns.bitHole[index - 1] as number);
  if (bitHole !== 0 && columns.bitSize[index] !== 0) putHoleMarker(ctx, columns, index, bitHole);
  if (!ctx.comments) return;
  const moved = (columns.byteOffset[index] as number) - (columns.byteOffset[index - 1] as number);
  const startsBitfield = columns.bitSize[index - 1] === 0 && columns.bitSize[index] !== 0;
  if (moved < 0 || (moved === 0 && startsBitfield)) {
    putCombined(ctx, '/* Bitfield combined with previous fields */\n', walk);
  } else if (moved > 0 && moved < walk.lastSize) {
    putCombined(ctx, '/* Bitfield combined with next fields */\n', walk);
  }
}

function putCombined(ctx: EmitContext, text: string, walk: Walk): void {
  if (!walk.pending) ctx.out.newline();
  walk.pending = true;
  putRemark(ctx, text);
}

/** Writes the unnamed bitfield that makes a bit hole explicit. */
function putHoleMarker(ctx: EmitContext, columns: MemberColumns, index: number, bitHole: number): void {
  const { out, table } = ctx;
  const isAtBoundary = columns.byteOffset[index - 1] !== columns.byteOffset[index];
  if (isAtBoundary) {
    out.newline();
    putRemark(ctx, '/* Force alignment to the next boundary: */\n');
  }
  out.indent(ctx.indent);
  const type = columns.typeId[index] as number;
  if (table.kind(type) === KIND_MISSING) {
    out.put(`<error: type ${type} not found>`);
    return;
  }
  putDeclaration(ctx, type, 0);
  out.put(':');
  out.number(isAtBoundary ? 0 : bitHole);
  out.put(';\n');
}

/** Remarks behind a member: what its type wastes, then the holes up to the next member. */
function putHoleRemarks(ctx: EmitContext, frame: Frame, index: number, tally: Tally): boolean {
  const { columns } = frame;
  let pending = putTypeRemark(ctx, frame, index, tally);
  const bitHole = narrow8(ctx, columns.bitHole[index] as number);
  if (bitHole !== 0) {
    beginRemark(ctx, pending);
    pending = true;
    putHole(ctx, bitHole, 'bit');
    tally.bitHoleBits += bitHole;
  }
  const hole = columns.hole[index] as number;
  if (hole > 0) {
    beginRemark(ctx, pending);
    pending = true;
    putHole(ctx, hole, 'byte');
    tally.holeBytes += hole;
  }
  return pending;
}

/** A remark begins on a new line, the first one behind an empty line. */
function beginRemark(ctx: EmitContext, isFurther: boolean): void {
  if (!isFurther) ctx.out.newline();
  ctx.out.newline();
}

/** What the type of a struct member wastes. Returns whether there was something to say. */
function putTypeRemark(ctx: EmitContext, frame: Frame, index: number, tally: Tally): boolean {
  const { layouts, out } = ctx;
  const id = frame.columns.typeId[index] as number;
  if (ctx.table.kind(id) !== Kind.Struct) return false;
  const waste = layouts.waste(id, frame.memberWaste);
  layouts.packed.inferStruct(id);
  const parts = addMemberWaste(ctx, id, waste, tally);
  if (parts.length === 0) return false;
  beginRemark(ctx, false);
  putRemark(ctx, '/* XXX last struct has ');
  out.put(parts.join(', '));
  out.put(' */');
  return true;
}

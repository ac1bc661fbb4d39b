/** One member of a struct or union: cacheline boundary, declaration, offset and size in columns. */

import { type MemberColumns, NO_OFFSET } from '../layout/member-columns.ts';
import { Kind } from '../model/kinds.ts';
import { putAligned } from './composite.ts';
import { type EmitContext, NO_NAME } from './context.ts';
import { isAggregate, putDeclaration } from './declaration.ts';
import { putPlainMember } from './plain-member.ts';
import { MIN_PLAIN_SPACING, PLAIN } from './type-texts.ts';

/** Bytes of the packed attribute with the blank before it and a terminating NUL, as pahole counts it. */
export const PACKED_WIDTH = 28;

/** Writes a member with its indent, up to the end of its line without the newline. */
export function putMember(
  ctx: EmitContext,
  columns: MemberColumns,
  index: number,
  isUnionMember: boolean,
): void {
  const { out, table, baseOffset } = ctx;
  const type = columns.typeId[index] as number;
  const nameOffset = columns.nameOffset[index] as number;
  let offset = columns.byteOffset[index] as number;
  const isUnplaced = offset === NO_OFFSET && !ctx.quirks.virtualBases;
  if (!ctx.relativeOffsets && !isUnplaced) {
    offset = (offset + baseOffset) >>> 0;
    if (!isUnionMember) ctx.baseOffset = offset;
  }
  if (ctx.comments && offset >= ctx.nextBoundary && !isUnplaced) putBoundary(ctx, offset);
  out.indent(ctx.indent);
  const isPlain = nameOffset !== 0 && columns.bitSize[index] === 0 && columns.alignment[index] === 0;
  if (isPlain && ctx.usesTexts && ctx.memberRole === 'data') {
    const form = ctx.texts.forms[type] || ctx.texts.learn(ctx, type);
    if (form === PLAIN && nameOffset !== 0 && ctx.typeSpacing >= MIN_PLAIN_SPACING) {
      putPlainMember(ctx, columns, index, offset);
      ctx.baseOffset = baseOffset;
      return;
    }
  }
  const start = out.pos;
  const role = ctx.memberRole;
  const isBase = role === 'base';
  ctx.memberRole = 'data';
  if (isBase) out.put('/* ');
  else if (role === 'static') out.put('static ');
  const isDirect = isAggregate(table.kind(type));
  const isNameless = isDirect && table.nameOffset(type) === 0;
  if (isDirect) putDirect(ctx, type, nameOffset, isNameless);
  else putDeclaration(ctx, type, nameOffset || (isBase ? 0 : NO_NAME));
  if (isBase) out.put(ctx.expandTypes ? ' <ancestor>' : '<ancestor>');
  const bitSize = columns.bitSize[index] as number;
  if (role === 'static') {
    if (ctx.staticValue) out.put(` = ${BigInt.asUintN(64, ctx.staticValue)}`);
  } else if (bitSize !== 0) {
    out.put(':');
    out.number(bitSize);
  }
  const beforeAligned = out.pos;
  const alignment = columns.alignment[index] as number;
  const isHidden = ctx.suppressAligned || ctx.compiled?.hidesAlignment(index) === true;
  if (alignment !== 0 && !isHidden) putAligned(ctx, alignment);
  const alignedWidth = out.pos - beforeAligned;
  out.put(isBase ? '; */' : ';');
  ctx.baseOffset = baseOffset;
  if (!ctx.offsets) return;

  if (isNameless) out.spaces(namelessSpacing(ctx, type, nameOffset, alignedWidth));
  else out.spaces(Math.max(1, ctx.typeSpacing + ctx.nameSpacing - (out.pos - start)));
  if (isUnplaced) out.put(`/*     ? ${sizeText(ctx, columns.byteSize[index] as number)} */`);
  else putPlace(ctx, columns, index, offset);
}

function sizeText({ hex }: EmitContext, size: number): string {
  return (hex && size !== 0 ? `0x${size.toString(16)}` : String(size)).padStart(5);
}

/** The caller prints the name of a member that is directly an aggregate, behind the closing brace. */
function putDirect(ctx: EmitContext, type: number, nameOffset: number, isNameless: boolean): void {
  const { out } = ctx;
  putDeclaration(ctx, type, NO_NAME);
  if (nameOffset === 0) return;
  if (isNameless || ctx.expandTypes) out.put(' ');
  out.name(nameOffset);
}

/** Blanks behind `} name;` of a type without a name. */
function namelessSpacing(ctx: EmitContext, type: number, nameOffset: number, alignedWidth: number): number {
  const { layouts, table } = ctx;
  const nameWidth = nameOffset === 0 ? -1 : nameLength(ctx, nameOffset);
  const isPacked = table.kind(type) === Kind.Struct && layouts.packed.isPacked(type) && !ctx.suppressPacked;
  const taken = alignedWidth + nameWidth + (isPacked ? PACKED_WIDTH : 0);
  // A negative width makes C's printf pad on the other side of a single blank, with as many.
  return Math.max(1, Math.abs(ctx.typeSpacing + ctx.nameSpacing - taken - 3));
}

function nameLength({ out }: EmitContext, nameOffset: number): number {
  return out.nameText(nameOffset).length;
}

/** Writes the offset and the size of a member in a comment. */
function putPlace(ctx: EmitContext, columns: MemberColumns, index: number, offset: number): void {
  const { out } = ctx;
  const isBitfield = columns.bitSize[index] !== 0;
  out.put('/* ');
  putNumber(ctx, offset, 5);
  if (isBitfield) {
    out.put(':');
    putNumber(ctx, columns.bitfieldOffset[index] as number, 2);
  }
  out.put(' ');
  putNumber(ctx, columns.byteSize[index] as number, isBitfield ? 2 : 5);
  out.put(' */');
}

function putNumber(ctx: EmitContext, value: number, width: number): void {
  if (ctx.hex) ctx.out.hex(value, width);
  else ctx.out.number(value, width);
}

/** Writes the line that says where a cacheline begins, before a member that is the first in or behind one. */
export function putBoundary(ctx: EmitContext, offset: number): void {
  const { out, cachelineSize } = ctx;
  const cacheline = Math.floor(offset / cachelineSize);
  const past = offset - cacheline * cachelineSize;
  const ago = past === 0 ? '' : ` was ${past} byte${past > 1 ? 's' : ''} ago`;
  const indent = out.indentText(ctx.indent);
  out.put(`${indent}/* --- cacheline ${cacheline} boundary (${offset - past} bytes)${ago} --- */\n`);
  ctx.nextBoundary = (cacheline + 1) * cachelineSize;
}

/** The lines between the last member of a struct and its closing brace. */

import { hasVirtualBases } from '../layout/bases.ts';
import type { Waste } from '../layout/placement.ts';
import type { TypeId } from '../model/table.ts';
import { firstBiggestMember } from './biggest.ts';
import type { EmitContext } from './context.ts';
import type { Tally } from './tally.ts';

/** A count that pahole keeps in 8 bits. */
export function narrow8(ctx: EmitContext, value: number): number {
  return ctx.quirks.narrowCounters ? value & 0xff : value;
}

/** A number of bytes that pahole keeps in 16 bits. */
export function narrow16(ctx: EmitContext, value: number): number {
  return ctx.quirks.narrowCounters ? value & 0xffff : value;
}

/** A number that pahole keeps in a C int. */
function asInt(ctx: EmitContext, value: number): number {
  return ctx.quirks.narrowCounters ? value | 0 : value;
}

/** A number that pahole keeps in an unsigned int. */
function asUnsigned(ctx: EmitContext, value: number): number {
  return ctx.quirks.narrowCounters ? value >>> 0 : value;
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

const NOTHING: readonly string[] = [];

function isTight({ padding, bitPadding, holeCount, bitHoleCount }: Waste): boolean {
  return padding === 0 && bitPadding === 0 && holeCount === 0 && bitHoleCount === 0;
}

/** Adds the waste of a member's struct type to the tally and returns it as the parts of a remark. */
export function addMemberWaste(ctx: EmitContext, id: TypeId, waste: Waste, tally: Tally): readonly string[] {
  const { facts } = ctx.layouts;
  const isFlexible = facts.hasFlexibleArray(id);
  const isEmbedded = facts.hasEmbeddedFlexibleArray(id);
  if (!isFlexible && !isEmbedded && isTight(waste)) return NOTHING;
  const parts: string[] = [];
  const padding = endsInBases(ctx, id) ? 0 : narrow16(ctx, waste.padding);
  const bitPadding = narrow8(ctx, waste.bitPadding);
  const holes = narrow8(ctx, waste.holeCount);
  const bitHoles = narrow8(ctx, waste.bitHoleCount);
  if (isFlexible) {
    tally.flexibleArrays++;
    parts.push('a flexible array');
  }
  if (isEmbedded) {
    tally.embeddedFlexibleArrays++;
    parts.push('embedded flexible array(s)');
  }
  if (padding !== 0) {
    tally.typesWithPadding++;
    tally.typePaddingBytes += padding;
    parts.push(`${counted(padding, 'byte')} of padding`);
  }
  if (bitPadding !== 0) {
    tally.typesWithBitPadding++;
    tally.typePaddingBits += bitPadding;
    parts.push(`${counted(bitPadding, 'bit')} of padding`);
  }
  if (holes !== 0) {
    tally.typesWithHoles++;
    tally.typeHoles += holes;
    parts.push(counted(holes, 'hole'));
  }
  if (bitHoles !== 0) {
    tally.typesWithBitHoles++;
    tally.typeBitHoles += bitHoles;
    parts.push(counted(bitHoles, 'bit hole'));
  }
  return parts;
}

/** Writes the statistics of a struct, each on a line of its own. */
export function putFooter(ctx: EmitContext, id: TypeId, memberCount: number, tally: Tally): void {
  const { out, cachelineSize } = ctx;
  const size = ctx.table.sizeOrType(id);
  const waste = ctx.layouts.waste(id, ctx.waste);
  const cachelines = Math.ceil(ctx.layouts.facts.sizeOf(id) / cachelineSize);
  const indent = ctx.out.indentText(ctx.indent);
  const statics = tally.staticMembers === 0 ? '' : `, static members: ${tally.staticMembers}`;
  const counts = `cachelines: ${cachelines}, members: ${memberCount}${statics}`;
  out.put(`\n${indent}/* size: ${asInt(ctx, size)}, ${counts} */\n`);
  const padding = narrow16(ctx, waste.padding);
  const bitPadding = narrow8(ctx, waste.bitPadding);
  if (tally.isSpecial || padding !== 0 || bitPadding !== 0) putWaste(ctx, id, tally, waste);
  const lastCacheline = (ctx.baseOffset + size) % cachelineSize;
  if (lastCacheline !== 0) out.put(`${indent}/* last cacheline: ${lastCacheline} bytes */\n`);
  if (ctx.showFirstBiggest) putBiggest(ctx, id);
  const known = tally.memberBytes * 8 + tally.memberBits + tally.holeBytes * 8 + tally.bitHoleBits;
  const difference = asInt(ctx, size * 8 - (known + padding * 8 + bitPadding));
  if (difference !== 0 && memberCount !== 0) putMismatch(ctx, asInt(ctx, size), tally, difference);
}

/** The lines between the size and the last cacheline, which most structs have none of. */
function putWaste(ctx: EmitContext, id: TypeId, tally: Tally, waste: Waste): void {
  if (tally.holeBytes !== 0 || tally.bitHoleBits !== 0) putSums(ctx, tally, waste);
  const padding = narrow16(ctx, waste.padding);
  if (padding > 0) putLine(ctx, `${endsInBases(ctx, id) ? 'virtual bases and ' : ''}padding: ${padding}`);
  if (tally.typesWithHoles + tally.typesWithBitHoles + tally.typesWithBitPadding > 0) {
    putMemberTypes(ctx, tally);
  }
  if (tally.typesWithPadding > 0) {
    putLine(ctx, `paddings: ${tally.typesWithPadding}, sum paddings: ${tally.typePaddingBytes}`);
  }
  const bitPadding = narrow8(ctx, waste.bitPadding);
  if (bitPadding > 0) putLine(ctx, `bit_padding: ${bitPadding} bits`);
  if (tally.forcedAlignments > 0) putForced(ctx, tally);
  if (tally.flexibleArrays + tally.embeddedFlexibleArrays > 0) putFlexible(ctx, tally);
}

/** Where the virtual bases of a class lie DWARF does not say, other than that it is behind all else. */
function endsInBases({ quirks, table }: EmitContext, id: TypeId): boolean {
  return table.side !== undefined && !quirks.virtualBases && hasVirtualBases(table, table.side, id);
}

function putLine(ctx: EmitContext, text: string): void {
  const { out } = ctx;
  out.indent(ctx.indent);
  out.put('/* ');
  out.put(text);
  out.put(' */\n');
}

function putSums(ctx: EmitContext, tally: Tally, waste: Waste): void {
  if (tally.memberBytes > 0) {
    const holes = `, holes: ${narrow8(ctx, waste.holeCount)}, sum holes: ${tally.holeBytes}`;
    putLine(ctx, `sum members: ${tally.memberBytes}${tally.holeBytes > 0 ? holes : ''}`);
  }
  if (tally.memberBits > 0) {
    const { memberBits, bitHoleBits } = tally;
    const holes = `, bit holes: ${narrow8(ctx, waste.bitHoleCount)}, sum bit holes: ${bitHoleBits} bits`;
    const bytes = ` (${Math.floor(memberBits / 8)} bytes)`;
    putLine(ctx, `sum bitfield members: ${memberBits} bits${bitHoleBits > 0 ? holes : bytes}`);
  }
}

function putMemberTypes(ctx: EmitContext, tally: Tally): void {
  const parts: string[] = [];
  if (tally.typesWithHoles > 0) parts.push(`holes: ${tally.typesWithHoles}, total: ${tally.typeHoles}`);
  if (tally.typesWithBitHoles > 0) {
    parts.push(`bit holes: ${tally.typesWithBitHoles}, total: ${tally.typeBitHoles}`);
  }
  if (tally.typesWithBitPadding > 0) {
    const bits = `${tally.typePaddingBits} bit${tally.typePaddingBits > 1 ? 's' : ''}`;
    parts.push(`bit paddings: ${tally.typesWithBitPadding}, total: ${bits}`);
  }
  putLine(ctx, `member types with ${parts.join(', ')}`);
}

function putForced(ctx: EmitContext, tally: Tally): void {
  const holes = `, forced holes: ${tally.forcedHoleCount}, sum forced holes: ${asUnsigned(ctx, tally.forcedHoleBytes)}`;
  putLine(ctx, `forced alignments: ${tally.forcedAlignments}${tally.forcedHoleCount > 0 ? holes : ''}`);
}

function putFlexible(ctx: EmitContext, tally: Tally): void {
  const parts: string[] = [];
  if (tally.flexibleArrays > 0) parts.push(`end: ${tally.flexibleArrays}`);
  if (tally.embeddedFlexibleArrays > 0) parts.push(`middle: ${tally.embeddedFlexibleArrays}`);
  putLine(ctx, `flexible array members: ${parts.join(', ')}`);
}

function putBiggest(ctx: EmitContext, id: TypeId): void {
  const { out } = ctx;
  const member = firstBiggestMember(ctx.layouts, id);
  if (member === undefined) return;
  out.indent(ctx.indent);
  out.put('/* first biggest size base type member: ');
  if (member.nameOffset === 0) out.put('(null)');
  else out.name(member.nameOffset);
  out.put(` ${member.byteOffset} ${member.byteSize} */\n`);
}

/** Says that members, holes and padding do not add up to the size, in pahole's words. */
function putMismatch(ctx: EmitContext, size: number, tally: Tally, difference: number): void {
  const { memberBytes, memberBits, holeBytes, bitHoleBits } = tally;
  ctx.out.newline();
  putLine(
    ctx,
    `BRAIN FART ALERT! ${size} bytes != ${memberBytes} (member bytes) + ${memberBits} (member bits)` +
      ` + ${holeBytes} (byte holes) + ${bitHoleBits} (bit holes), diff = ${difference} bits`,
  );
}

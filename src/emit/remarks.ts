/** Remarks between the members of a struct: holes, and what members' own types waste. */

import { hasVirtualBases } from '../layout/bases.ts';
import { Kind } from '../model/kinds.ts';
import { type SideColumns, TypeFlag } from '../model/side-columns.ts';
import type { TypeId } from '../model/table.ts';
import { NO_REMARK } from './composite.ts';
import type { EmitContext } from './context.ts';
import { putDeclaration } from './declaration.ts';
import { addMemberWaste, narrow8, narrow16 } from './statistics.ts';
import { countForced, type Tally } from './tally.ts';

const HAS_REMARK = 2;

/** Writes a text on a line of its own. */
export function putRemark(ctx: EmitContext, text: string): void {
  ctx.out.indent(ctx.indent);
  ctx.out.put(text);
}

/** Writes which unit a type was read from and where it is declared, each on a line of its own. */
export function putDeclInfo(ctx: EmitContext, id: TypeId, usedAt: string): void {
  const { out, table } = ctx;
  const { side } = table;
  const isZero = ctx.quirks.declFileZero && ((side?.flags(id) ?? 0) & TypeFlag.DeclFileZero) !== 0;
  const file = isZero ? 0 : (side?.declFile(id) ?? 0);
  out.indent(ctx.indent);
  out.putText(`/* Used at: ${usedAt} */\n`);
  out.indent(ctx.indent);
  out.put(`/* <${(side?.dieOffset(id) ?? 0).toString(16)}> `);
  if (file === 0) out.put('(null)');
  else out.name(file);
  out.put(`:${side?.declLine(id) ?? 0} */\n`);
}

/** Begins a remark behind a member: on a new line, the first one behind an empty line. */
export function beginRemark(ctx: EmitContext, isFurther: boolean): void {
  if (!isFurther) ctx.out.newline();
  ctx.out.newline();
}

/** Writes that `count` bits or bytes are unused. */
export function putHole(ctx: EmitContext, count: number, unit: 'bit' | 'byte'): void {
  putRemark(ctx, `/* XXX ${count} ${unit}${count === 1 ? '' : 's'} hole, try to pack */`);
}

/** Writes what is unused before the first member. Returns whether an empty line must follow. */
export function putPreHoles(ctx: EmitContext, id: TypeId, tally: Tally): boolean {
  const waste = ctx.layouts.waste(id, ctx.waste);
  const preBitHole = narrow8(ctx, waste.preBitHole);
  const preHole = narrow16(ctx, waste.preHole);
  if (preBitHole <= 0 && preHole <= 0) return false;
  ctx.out.newline();
  if (preBitHole > 0) {
    putHole(ctx, preBitHole, 'bit');
    ctx.out.newline();
    tally.isSpecial = true;
    tally.bitHoleBits += preBitHole;
  }
  if (preHole > 0) {
    putHole(ctx, preHole, 'byte');
    ctx.out.newline();
    tally.isSpecial = true;
    tally.holeBytes += preHole;
  }
  return true;
}

/** Counts a member with an alignment attribute, and the hole before it as its consequence. */
export function countForcedAlignment(ctx: EmitContext, id: TypeId, index: number, tally: Tally): void {
  if (ctx.suppressAligned) return;
  const isFirst = index === ctx.layouts.firstMember(id);
  const hole = isFirst
    ? narrow16(ctx, ctx.layouts.waste(id, ctx.waste).preHole)
    : (ctx.layouts.members.hole[index - 1] as number);
  countForced(tally, hole);
}

/** Writes what the type of a member wastes, when it is a struct that does. Returns whether it did. */
export function putTypeRemark(ctx: EmitContext, type: TypeId, tally: Tally): boolean {
  const { layouts, notes, out } = ctx;
  if (ctx.table.kind(type) !== Kind.Struct) {
    notes[type] = NO_REMARK;
    return false;
  }
  const waste = layouts.waste(type, ctx.waste);
  layouts.packed.inferStruct(type);
  const parts = addMemberWaste(ctx, type, waste, tally);
  notes[type] = parts.length === 0 ? NO_REMARK : HAS_REMARK;
  if (parts.length === 0) return false;
  tally.isSpecial = true;
  beginRemark(ctx, false);
  putRemark(ctx, '/* XXX last struct has ');
  out.put(parts.join(', '));
  out.put(' */');
  return true;
}

/** Bitfields that one padding is made explicit with. pahole writes millions. */
const MAX_FORCE_PADDING = 1000;

/**
 * Writes the unnamed bitfields that make a padding explicit which no alignment explains, after the type
 * of the last member.
 */
export function putForcePadding(ctx: EmitContext, id: TypeId, type: TypeId, side: SideColumns): void {
  const { layouts, out, table } = ctx;
  if (ctx.suppressForcePaddings || side.alignment(id) !== 0) return;
  if (!ctx.quirks.virtualBases && hasVirtualBases(table, side, id)) return;
  const padding = narrow16(ctx, layouts.waste(id, ctx.waste).padding);
  const size = layouts.facts.sizeOf(type);
  if (padding <= table.pointerSize || size === 0 || (size & (size - 1)) !== 0) return;
  out.newline();
  putRemark(ctx, '/* Force padding: */\n');
  const count = Math.ceil(padding / size);
  const shown = ctx.quirks.narrowCounters ? count : Math.min(count, MAX_FORCE_PADDING);
  for (let index = 0; index < shown; index++) {
    out.indent(ctx.indent);
    putDeclaration(ctx, type, 0);
    out.put(`:${8 * size};\n`);
  }
  if (shown < count) putRemark(ctx, `/* ... ${count - shown} more */\n`);
}

/**
 * The members that print as one line: remembered texts around a name, and two numbers. They are nine in
 * ten, and decide how long a whole kernel takes.
 */

import type { MemberColumns } from '../layout/member-columns.ts';
import { Kind } from '../model/kinds.ts';
import { NO_REMARK } from './composite.ts';
import { type EmitContext, MAX_PENDING } from './context.ts';
import { putBoundary } from './member.ts';
import type { Tally } from './tally.ts';
import { PLAIN } from './type-texts.ts';

/** What follows a name: a semicolon, and blanks up to the comment by the width that is left. */
const TAILS = Array.from({ length: 81 }, (_, width) => `;${' '.repeat(Math.max(1, width - 1))}`);

function tailOf(left: number): string {
  return TAILS[left] ?? (left < 0 ? '; ' : `;${' '.repeat(left - 1)}`);
}

/** Writes the member at `index`, whose type is plain, without its indent and newline. */
export function putPlainMember(
  ctx: EmitContext,
  columns: MemberColumns,
  index: number,
  offset: number,
): void {
  const { out, texts, typeSpacing } = ctx;
  const type = columns.typeId[index] as number;
  const text =
    texts.beforeName(type, typeSpacing) +
    out.nameText(columns.nameOffset[index] as number) +
    texts.after[texts.slots[type] as number];
  const tail = tailOf(typeSpacing + ctx.nameSpacing - text.length);
  out.pending += text + tail + texts.place(offset, columns.byteSize[index] as number);
}

/**
 * Writes the members from `index` on, up to `end`, as long as they are plain and need no remark, each
 * with its newline. Returns the index of the first that was not written. All in one loop: at the start
 * of a program a call is dear.
 */
export function putPlainRun(
  ctx: EmitContext,
  columns: MemberColumns,
  index: number,
  end: number,
  tally: Tally,
): number {
  const { out, texts, notes, typeSpacing } = ctx;
  const { typeId, byteOffset, byteSize, bitSize, alignment, hole, bitHole, nameOffset } = columns;
  const { forms, slots, after } = texts;
  const indent = out.indentText(ctx.indent);
  const width = typeSpacing + ctx.nameSpacing;
  const base = ctx.relativeOffsets ? 0 : ctx.baseOffset;
  let at = index;
  let bytes = 0;
  for (; at < end && out.pos <= MAX_PENDING; at++) {
    const type = typeId[at] as number;
    const start = byteOffset[at] as number;
    if (bitSize[at] !== 0 || alignment[at] !== 0 || hole[at] !== 0 || bitHole[at] !== 0) break;
    if (nameOffset[at] === 0 || (forms[type] || texts.learn(ctx, type)) !== PLAIN) break;
    if (notes[type] !== NO_REMARK && ctx.table.kind(type) === Kind.Struct) break;
    if (at > index && start - (byteOffset[at - 1] as number) < (byteSize[at - 1] as number)) break;
    const offset = (start + base) >>> 0;
    if (offset >= ctx.nextBoundary) putBoundary(ctx, offset);
    const size = byteSize[at] as number;
    const text =
      texts.beforeName(type, typeSpacing) +
      out.nameText(nameOffset[at] as number) +
      after[slots[type] as number];
    out.pending += `${indent}${text}${tailOf(width - text.length)}${texts.place(offset, size)}\n`;
    bytes += size;
  }
  tally.memberBytes += bytes;
  return at;
}

/** Enums, as pahole prints them. */

import { Kind } from '../model/kinds.ts';
import { HEADER_WORDS } from '../model/records.ts';
import { TypeFlag } from '../model/side-columns.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import type { EmitContext } from './context.ts';
import { putSuffix } from './declaration.ts';

const PACKED = ' __attribute__((__packed__))';

/** Writes an enum up to and with its closing brace and suffix; only `enum NAME` when it has no values. */
export function putEnum(ctx: EmitContext, id: TypeId): void {
  const { out, table } = ctx;
  out.put('enum');
  if (table.nameOffset(id) !== 0) {
    out.put(' ');
    out.name(table.nameOffset(id));
  }
  if (table.vlen(id) === 0) return;
  out.put(' {\n');
  putEnumerators(ctx, id);
  out.indent(ctx.indent);
  out.put('}');
  if (isPacked(ctx, id)) out.put(PACKED);
  putSuffix(ctx);
}

function putEnumerators(ctx: EmitContext, id: TypeId): void {
  const { out, table } = ctx;
  const owner = table.owner(id) as TypeTable;
  const { words } = owner;
  const isWide = table.kind(id) === Kind.Enum64;
  const stride = isWide ? 3 : 2;
  const first = owner.startOf(id) + HEADER_WORDS;
  const end = first + stride * table.vlen(id);
  const isSigned = table.kindFlag(id) && !(ctx.quirks.guessedSign && isGuessed(ctx, id));
  const width = longestName(ctx, words, first, end, stride);
  for (let at = first; at < end; at += stride) {
    out.indent(ctx.indent);
    out.put('\t');
    const start = out.pos;
    out.name(words[at] as number);
    out.padFrom(start, width);
    out.put(' = ');
    const high = isWide ? (words[at + 2] as number) : signExtension(ctx, id, words[at + 1] as number);
    putValue(ctx, words[at + 1] as number, high, isSigned);
    out.put(',\n');
  }
}

function isGuessed({ table }: EmitContext, id: TypeId): boolean {
  return ((table.side?.flags(id) ?? 0) & TypeFlag.GuessedSign) !== 0;
}

function signExtension(ctx: EmitContext, id: TypeId, low: number): number {
  return ctx.table.kindFlag(id) && low >>> 31 === 1 ? 0xffff_ffff : 0;
}

/** Writes a 64-bit value. The high word is 0 for nearly all, for which numbers do. */
function putValue(ctx: EmitContext, low: number, high: number, isSigned: boolean): void {
  const { out } = ctx;
  if (high === 0) return ctx.hex ? out.hex(low) : out.number(low);
  const bits = (BigInt(high) << 32n) | BigInt(low);
  out.put(ctx.hex ? `0x${bits.toString(16)}` : String(isSigned ? BigInt.asIntN(64, bits) : bits));
}

/** Bytes of the longest enumerator name. */
function longestName(
  { out }: EmitContext,
  words: Uint32Array,
  first: number,
  end: number,
  stride: number,
): number {
  let longest = 0;
  for (let at = first; at < end; at += stride) {
    longest = Math.max(longest, out.nameText(words[at] as number).length);
  }
  return longest;
}

/** An enum is packed when it is smaller than an int; values that need more make it larger. */
function isPacked(ctx: EmitContext, id: TypeId): boolean {
  const size = ctx.table.sizeOrType(id) || 4;
  return ctx.quirks.enumPacked ? size !== 4 : size < 4;
}

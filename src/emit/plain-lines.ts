/**
 * The lines of a plain listing, as bytes: members, what is remarked between them, and statistics. Every method takes
 * the place to write at and returns the place behind, or a negative one where the line cannot be written.
 *
 * The buffer holds blanks wherever nothing has been written, so that padding is leaving out.
 */

import { WASTE_FIELDS } from '../layout/placement.ts';
import { Kind } from '../model/kinds.ts';
import { bytesOf, LONGEST, putBytes, putName, putNumber, putPart, putTabs } from './byte-text.ts';
import type { EmitContext } from './context.ts';
import { PACKED_WIDTH, putMember } from './member.ts';
import { putTypeRemark } from './remarks.ts';
import { putFooter } from './statistics.ts';
import type { Tally } from './tally.ts';
import {
  AFTER_SHIFT,
  FLEXIBLE,
  FORM_MASK,
  FUNCTION,
  LENGTH_MASK,
  PREFIX_MASK,
  PREFIX_SHIFT,
  TEXT_SHIFT,
  TypeArena,
} from './type-arena.ts';
import { TOP_SPACING } from './type-texts.ts';

/** Bytes of the buffer. A struct that needs more is not plain. */
const BUFFER_SIZE = 1 << 18;
/** More than a member takes, together with the ends of all that it may be the last member of. */
const ROOM = 1 << 15;
/** Where a member may begin at the latest. */
export const LAST_PLACE: number = BUFFER_SIZE - ROOM;

const OPEN_FUNCTION = bytesOf(' (*');
const OPEN_PLACE = bytesOf('/* ');
const CLOSE_PLACE = bytesOf(' */');
const SEMICOLON = 59;
const COLON = 58;

/** A struct or union that is being printed, and the member it has come to. One for each nesting level. */
export interface Frame {
  /** Nesting level of the members: 1 at the top. */
  readonly level: number;
  id: number;
  /** Offset of the aggregate from the start of the top-level one, in bytes. */
  base: number;
  isStruct: boolean;
  /** Whether this or an enclosing aggregate is a union. */
  isInUnion: boolean;
  /** Index of the record's word of its first member, and behind its last. */
  first: number;
  end: number;
  /** Sums of what has been printed. */
  memberBytes: number;
  memberBits: number;
  holeBytes: number;
  readonly tally: Tally;
  /** Whether remarks were written that an empty line must follow. */
  pending: boolean;

  /** The member: the word of its name, its place from the start of the top-level type, its size. */
  word: number;
  offset: number;
  size: number;
  /** Inferred alignment attribute, 0 for none. */
  forced: number;
  /** Width of a bitfield and its first bit in the storage unit; 0 for others. */
  bits: number;
  firstBit: number;
}

/** A frame to be filled. */
export function newFrame(level: number, tally: Tally): Frame {
  const aggregate = { id: 0, base: 0, isStruct: false, isInUnion: false, first: 0, end: 0 };
  const sums = { memberBytes: 0, memberBits: 0, holeBytes: 0, tally, pending: false };
  return { level, ...aggregate, ...sums, word: 0, offset: 0, size: 0, forced: 0, bits: 0, firstBit: 0 };
}

const INDENTS = Array.from({ length: 16 }, (_, level) => '\t'.repeat(level));

/** Width of the type column at a nesting level. */
function spacingAt(level: number): number {
  return TOP_SPACING - 8 * (level - 1);
}

export class PlainLines {
  readonly out: Buffer = Buffer.alloc(BUFFER_SIZE, ' ');
  readonly arena: TypeArena;
  /** Width of the name column. */
  nameSpacing = 0;
  /** Offset from which on a member lies in a cacheline that has not been announced. */
  boundary = 0;
  /** Whether the usual printer has been used for the present top-level type. */
  hasShared = false;
  readonly #ctx: EmitContext;
  readonly #names: Buffer;

  constructor(ctx: EmitContext) {
    this.#ctx = ctx;
    this.#names = ctx.table.strings.bytes;
    this.arena = new TypeArena(ctx);
  }

  /** Writes a member whose name stands between two texts, up to its newline: nine of ten lines of a listing. */
  putMember(frame: Frame, shape: number, at: number): number {
    const { out, arena } = this;
    const { words } = this.#ctx.table;
    const { word, level } = frame;
    const name = words[word] as number;
    if (name === 0) return this.putOdd(frame, at);
    const form = shape & FORM_MASK;
    const from = arena.places[words[word + 1] as number] as number;
    const middle = from + ((shape >>> TEXT_SHIFT) & LENGTH_MASK);
    const to = middle + ((shape >>> AFTER_SHIFT) & LENGTH_MASK);
    const left = TOP_SPACING - 8 * (level - 1) - ((shape >>> PREFIX_SHIFT) & PREFIX_MASK);
    const start = putTabs(out, at, level);
    // A negative width makes C's printf pad as well.
    const column = start + ((shape >>> PREFIX_SHIFT) & PREFIX_MASK) + (left < 0 ? -left : left);
    at = putPart(out, start, arena.bytes, from, middle);
    if (at < column) at = column;
    at = form === FUNCTION ? putBytes(out, at, OPEN_FUNCTION) : at + 1;
    at = putName(out, at, this.#names, name);
    if (to !== middle) at = putPart(out, at, arena.bytes, middle, to);
    if (form === FLEXIBLE || frame.forced !== 0 || frame.bits !== 0)
      at = this.#putAttributes(frame, form, at);
    out[at++] = SEMICOLON;
    // Some name is too long, or none.
    if (at - start >= LONGEST) return -1;
    const comment = start + spacingAt(level) + this.nameSpacing;
    at = at < comment ? comment : at + 1;
    return frame.bits === 0 ? this.#putPlace(frame, at) : this.#putBitPlace(frame, at);
  }

  #putAttributes(frame: Frame, form: number, at: number): number {
    const { first, end, word, forced, bits } = frame;
    if (form === FLEXIBLE) {
      // Only at the end of a struct with other members.
      const isFlexible = word !== first && word + 3 === end && !frame.isInUnion;
      at = this.putText(isFlexible ? '[]' : '[0]', at);
    }
    if (bits !== 0) at = this.putText(`:${bits}`, at);
    return forced === 0 ? at : this.putAligned(forced, at);
  }

  /** Writes the comment that says where a member is. */
  #putPlace(frame: Frame, at: number): number {
    const { out } = this;
    at = putBytes(out, at, OPEN_PLACE);
    at = putNumber(out, at, frame.offset, 5) + 1;
    at = putNumber(out, at, frame.size, 5);
    return putBytes(out, at, CLOSE_PLACE);
  }

  #putBitPlace({ offset, firstBit, size }: Frame, at: number): number {
    const { out } = this;
    at = putBytes(out, at, OPEN_PLACE);
    at = putNumber(out, at, offset, 5);
    out[at++] = COLON;
    at = putNumber(out, at, firstBit, 2) + 1;
    at = putNumber(out, at, size, 2);
    return putBytes(out, at, CLOSE_PLACE);
  }

  /** Writes what follows the closing brace of a member whose type has been written in its place. */
  putInlineEnd(frame: Frame, type: number, at: number): number {
    const { out } = this;
    const { layouts, table } = this.#ctx;
    const start = at;
    const name = table.words[frame.word] as number;
    // The blank before the name is not counted, and without a name as if it were there.
    let taken = -1;
    if (name !== 0) {
      at = putName(out, at + 1, this.#names, name);
      taken = at - start - 1;
      if (taken >= LONGEST) return -1;
    }
    const before = at;
    if (frame.forced !== 0) at = this.putAligned(frame.forced, at);
    taken += at - before;
    if (table.kind(type) === Kind.Struct && layouts.packed.isPacked(type)) taken += PACKED_WIDTH;
    out[at++] = SEMICOLON;
    at += Math.max(1, Math.abs(spacingAt(frame.level) + this.nameSpacing - taken - 3));
    return this.#putPlace(frame, at);
  }

  /** Writes a member, up to its newline, as the usual printer does. */
  putOdd(frame: Frame, at: number): number {
    const ctx = this.#ctx;
    const { id, isStruct, isInUnion, word, first, end } = frame;
    this.#share(frame);
    ctx.isInUnion = isInUnion;
    ctx.isFirstMember = isStruct && word === first;
    ctx.isLastMember = isStruct && word + 3 === end;
    ctx.emitStats = frame.level === 1;
    const index = ctx.layouts.firstMember(id) + (word - first) / 3;
    putMember(ctx, ctx.layouts.members, index, !isStruct);
    this.boundary = ctx.nextBoundary;
    return this.take(at);
  }

  /** Writes what `print` prints at the nesting level of a frame, from the start of a line on. */
  putPrinted(frame: Frame, print: () => void, at: number): number {
    this.#share(frame);
    print();
    return this.take(at);
  }

  /** Tells the usual printer where it is. */
  #share(frame: Frame): void {
    const ctx = this.#ctx;
    // Once for each top-level type: what it expands to counts as a whole.
    if (!this.hasShared) ctx.beginTopLevel(false);
    this.hasShared = true;
    ctx.nameSpacing = this.nameSpacing;
    ctx.typeSpacing = spacingAt(frame.level);
    ctx.indent = frame.level;
    ctx.nesting = frame.level;
    ctx.baseOffset = frame.base;
    ctx.nextBoundary = this.boundary;
  }

  /** Writes what the type of a member wastes, on lines of its own. Returns `at` when it wastes nothing. */
  putTypeRemark(frame: Frame, type: number, at: number): number {
    const ctx = this.#ctx;
    ctx.indent = frame.level;
    if (!putTypeRemark(ctx, type, frame.tally)) return at;
    this.moveNewline();
    return this.take(at);
  }

  /** What is printed behind a member begins with the newline that is there already, and ends without one. */
  moveNewline(): void {
    const { out } = this.#ctx;
    if (out.pending !== '') out.pending = `${out.pending.slice(1)}\n`;
  }

  /** Writes that bytes are unused. `isFurther` says that a remark precedes. */
  putHole(frame: Frame, size: number, isFurther: boolean, at: number): number {
    const empty = isFurther ? '' : '\n';
    const hole = `/* XXX ${size} byte${size === 1 ? '' : 's'} hole, try to pack */`;
    return this.putText(`${empty}${INDENTS[frame.level]}${hole}\n`, at);
  }

  /** Writes that a cacheline begins at or before the member. */
  putBoundary({ level, offset }: Frame, at: number): number {
    const { cachelineSize } = this.#ctx;
    const line = Math.floor(offset / cachelineSize);
    const past = offset - line * cachelineSize;
    const ago = past === 0 ? '' : ` was ${past} byte${past > 1 ? 's' : ''} ago`;
    this.boundary = (line + 1) * cachelineSize;
    const text = `${INDENTS[level]}/* --- cacheline ${line} boundary (${offset - past} bytes)${ago} --- */\n`;
    return this.putText(text, at);
  }

  /** Writes the statistics of a struct; those that few have, as the usual printer does. */
  putFooter(frame: Frame, size: number, at: number): number {
    const ctx = this.#ctx;
    const { waste } = ctx.layouts.placements;
    const { id, tally, memberBytes, holeBytes } = frame;
    const count = (frame.end - frame.first) / 3;
    const holeCount = waste[id * WASTE_FIELDS] as number;
    const padding = waste[id * WASTE_FIELDS + 4] as number;
    const isUsual =
      !tally.isSpecial &&
      frame.memberBits === 0 &&
      memberBytes > 0 &&
      padding >= 0 &&
      size === memberBytes + holeBytes + padding;
    // Larger numbers pahole shows modulo something.
    if (!isUsual || holeCount > 0xff || padding > 0xffff || size > 0x7fff_ffff) {
      tally.isSpecial = true;
      tally.memberBytes = memberBytes;
      tally.memberBits = frame.memberBits;
      tally.holeBytes = holeBytes;
      return this.putPrinted(frame, () => putFooter(ctx, id, count, tally), at);
    }
    const cachelines = Math.ceil(size / ctx.cachelineSize);
    let text = `\n\t/* size: ${size}, cachelines: ${cachelines}, members: ${count} */\n`;
    if (holeBytes !== 0) {
      text += `\t/* sum members: ${memberBytes}, holes: ${holeCount}, sum holes: ${holeBytes} */\n`;
    }
    if (padding !== 0) text += `\t/* padding: ${padding} */\n`;
    const rest = size % ctx.cachelineSize;
    if (rest !== 0) text += `\t/* last cacheline: ${rest} bytes */\n`;
    return this.putText(text, at);
  }

  putAligned(alignment: number, at: number): number {
    return this.putText(` __attribute__((__aligned__(${alignment})))`, at);
  }

  /** Writes a short text. One call of the runtime is less than several of the functions that loop over bytes. */
  putText(text: string, at: number): number {
    return at + this.out.write(text, at, 'latin1');
  }

  /** Moves what the usual printer has pending to `at`; negative, and nothing moved, where it has no room. */
  take(at: number): number {
    const { out } = this.#ctx;
    const { pending } = out;
    if (at + pending.length > BUFFER_SIZE - ROOM / 2) return -1;
    out.pending = '';
    return this.putText(pending, at);
  }
}

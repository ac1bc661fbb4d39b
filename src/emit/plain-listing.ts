/**
 * `PlainListing`: structs and unions in the default layout, for listings of thousands. It writes what
 * {@link PaholeEmitter} writes, and hands to that what it does not know, member by member or as a whole:
 * it knows the common cases only, and correctness does not depend on how many these are.
 *
 * A listing is over before the engine has compiled much, so what counts is how little is done in code that
 * is not compiled yet. Members' places are computed on the way from the records; texts of types are
 * remembered as bytes; the loop over members is one function, and what it calls for each is small.
 */

import { inferAlignment } from '../layout/alignment.ts';
import type { MemberColumns } from '../layout/member-columns.ts';
import type { PackedInference } from '../layout/packed.ts';
import { CONTRADICTS, HAS_BITFIELDS, MISPLACES, WASTE_FIELDS } from '../layout/placement.ts';
import { TspaholeError } from '../model/errors.ts';
import { Kind } from '../model/kinds.ts';
import { HEADER_WORDS } from '../model/records.ts';
import type { TypeId } from '../model/table.ts';
import { bytesOf, LONGEST, putBytes, putName, putTabs } from './byte-text.ts';
import { memberBefore, NO_REMARK, PACKED, putBitfieldRemarks, putHoleRemarks } from './composite.ts';
import { type EmitContext, NAME_SPACING, UNION_NAME_SPACING } from './context.ts';
import type { PaholeEmitter } from './pahole.ts';
import { type Frame, LAST_PLACE, newFrame, PlainLines } from './plain-lines.ts';
import type { Sink } from './printer.ts';
import { clearTally, countForced, newTally, type Tally } from './tally.ts';
import { FORM_MASK, INLINE, STRUCT } from './type-arena.ts';

const FLUSH_SIZE = 1 << 16;
/** Inline types within one another. */
const MAX_LEVEL = 8;

const STRUCT_WORD = bytesOf('struct ');
const UNION_WORD = bytesOf('union ');
const OPEN = bytesOf('{\n');
const PACKED_ATTRIBUTE = bytesOf(PACKED);
const NEWLINE = 10;
const CLOSE = 125;
const BLANK = 32;

/** Whether a {@link PlainListing} writes what the emitter would: default options, types of one BTF blob. */
export function canListPlainly({ context: ctx }: PaholeEmitter): boolean {
  ctx.beginTopLevel(false);
  const { table, layouts } = ctx;
  const isPlainTable = table.base === undefined && table.side === undefined && layouts.followsRules;
  const hidesAttributes = ctx.suppressAligned || ctx.suppressPacked;
  const addsText = ctx.showFirstBiggest || ctx.usedAt !== undefined;
  return isPlainTable && ctx.usesTexts && !ctx.relativeOffsets && !hidesAttributes && !addsText;
}

export class PlainListing {
  readonly #emitter: PaholeEmitter;
  readonly #ctx: EmitContext;
  readonly #sink: Sink;
  readonly #lines: PlainLines;
  readonly #packed: PackedInference;
  readonly #tally: Tally = newTally();
  readonly #frames: readonly Frame[];
  /** Bytes that have been written and not handed to the sink. */
  #end = 0;

  /** For an emitter that {@link canListPlainly}. The sink is the emitter's own. */
  constructor(emitter: PaholeEmitter, sink: Sink) {
    const ctx = emitter.context;
    ctx.layouts.surveyAll();
    this.#emitter = emitter;
    this.#ctx = ctx;
    this.#sink = sink;
    this.#lines = new PlainLines(ctx);
    this.#packed = ctx.layouts.packed;
    // Only the sums of the top-level type are printed.
    const unseen = newTally();
    this.#frames = Array.from({ length: MAX_LEVEL + 1 }, (_, level) =>
      newFrame(level, level === 1 ? this.#tally : unseen),
    );
  }

  /** Writes a struct or union with a name, up to its newline. The emitter's printer must have nothing pending. */
  put(id: TypeId): void {
    const start = this.#end;
    const end = this.#tryPut(id, start);
    if (end < 0) this.#putAsUsual(id, start);
    else this.#end = end;
    if (this.#end > FLUSH_SIZE) this.flush();
  }

  /** Hands what has been written to the sink. */
  flush(): void {
    if (this.#end === 0) return;
    const { out } = this.#lines;
    this.#sink(out.subarray(0, this.#end));
    out.fill(BLANK, 0, this.#end);
    this.#end = 0;
  }

  #tryPut(id: TypeId, start: number): number {
    const lines = this.#lines;
    const ctx = this.#ctx;
    const frame = this.#frames[1] as Frame;
    lines.hasShared = false;
    if (this.#tally.isSpecial) clearTally(this.#tally);
    lines.boundary = ctx.cachelineSize;
    lines.nameSpacing = ctx.table.kind(id) === Kind.Union ? UNION_NAME_SPACING : NAME_SPACING;
    frame.base = 0;
    frame.isInUnion = false;
    try {
      const at = this.#putAggregate(frame, id, start);
      return at < 0 ? at : lines.putText(';\n', at);
    } catch (error) {
      // The usual printer is to meet it too, and to say it behind what comes before.
      if (error instanceof TspaholeError) return -1;
      throw error;
    }
  }

  /** Writes a type that is not plain. */
  #putAsUsual(id: TypeId, start: number): void {
    const { out } = this.#ctx;
    this.#lines.out.fill(BLANK, start);
    out.pending = '';
    this.#emitter.emit(id);
    out.newline();
    this.#end = this.#lines.take(start);
    if (this.#end >= 0) return;
    this.#end = start;
    this.flush();
    out.flush();
  }

  /** Writes a struct or union up to and with its closing brace and attributes. */
  #putAggregate(frame: Frame, id: TypeId, at: number): number {
    const { table, layouts } = this.#ctx;
    const { words, starts, strings } = table;
    const { waste, flags, alignment } = layouts.placements;
    const lines = this.#lines;
    const { out } = lines;
    const record = starts[id - 1] as number;
    const name = words[record] as number;
    const info = words[record + 1] as number;
    const isStruct = ((info >>> 24) & 0x7f) === Kind.Struct;
    const mayInfer = ((flags[id] as number) & (CONTRADICTS | MISPLACES)) !== 0;
    const preHole = id * WASTE_FIELDS + 2;
    if (isStruct) {
      if (waste[preHole] !== 0 || waste[preHole + 1] !== 0) return -1;
      if (mayInfer) this.#packed.inferStruct(id);
    }
    const start = at;
    at = putBytes(out, at, isStruct ? STRUCT_WORD : UNION_WORD);
    if (name !== 0) at = putName(out, at, strings.bytes, name) + 1;
    if (at - start >= LONGEST) return -1;
    at = putBytes(out, at, OPEN);
    if (!isStruct && mayInfer) this.#packed.inferUnion(id);
    frame.id = id;
    frame.isStruct = isStruct;
    frame.isInUnion = frame.isInUnion || !isStruct;
    frame.first = record + HEADER_WORDS;
    frame.end = frame.first + 3 * (info & 0x00ff_ffff);
    const hasBitfields = ((flags[id] as number) & HAS_BITFIELDS) !== 0;
    at = hasBitfields ? this.#putPlacedMembers(frame, at) : this.#putMembers(frame, at);
    if (at >= 0 && isStruct && frame.level === 1)
      at = lines.putFooter(frame, words[record + 2] as number, at);
    if (at < 0) return at;
    at = putTabs(out, at, frame.level - 1);
    out[at++] = CLOSE;
    if (!isStruct) return at;
    if (this.#packed.isPacked(id)) return putBytes(out, at, PACKED_ATTRIBUTE);
    return alignment[id] === 0 ? at : lines.putAligned(alignment[id] as number, at);
  }

  /** Writes the members of an aggregate without bitfields, each with its newline, and the remarks between them. */
  #putMembers(frame: Frame, at: number): number {
    const { cachelineSize, notes, layouts, table } = this.#ctx;
    const { knownSizes, knownAlignments } = layouts.facts;
    const { words, end: typeEnd } = table;
    const lines = this.#lines;
    const { out, arena, boundary } = lines;
    const { shapes } = arena;
    const { isStruct, base, first, end } = frame;
    let pending = false;
    let lastByte = 0;
    // The same, without regard to members without size.
    let previousEnd = 0;
    let memberBytes = 0;
    let holeBytes = 0;
    frame.bits = 0;
    for (let word = first; word < end; word += 3) {
      const type = words[word + 1] as number;
      const byte = (words[word + 2] as number) >>> 3;
      if (type === 0 || type >= typeEnd || at > LAST_PLACE) return -1;
      const size = (knownSizes[type] as number) - 1;
      frame.forced =
        byte === previousEnd
          ? 0
          : inferAlignment(byte, knownAlignments[type] as number, previousEnd, cachelineSize);
      if (isStruct) {
        if (byte !== lastByte) {
          if (byte < lastByte) return -1;
          at = lines.putHole(frame, byte - lastByte, pending, at);
          pending = true;
          holeBytes += byte - lastByte;
        }
        if (frame.forced !== 0) countForced(frame.tally, byte - lastByte);
        if (pending) out[at++] = NEWLINE;
        pending = false;
      }
      frame.word = word;
      frame.offset = (byte + base) >>> 0;
      frame.size = size;
      if (frame.offset >= lines.boundary) at = lines.putBoundary(frame, at);
      const shape = shapes[type] || arena.learn(type);
      const form = shape & FORM_MASK;
      at = form < INLINE ? lines.putMember(frame, shape, at) : this.#putBlock(frame, type, at);
      if (at < 0) return -1;
      out[at++] = NEWLINE;
      if (isStruct) {
        if ((form === STRUCT || form === INLINE) && notes[type] !== NO_REMARK) {
          const behind = lines.putTypeRemark(frame, type, at);
          if (behind < 0) return -1;
          pending = behind > at;
          at = behind;
        }
      } else lines.boundary = boundary;
      lastByte = byte + size;
      if (size !== 0) previousEnd = lastByte;
      memberBytes += size;
    }
    frame.memberBytes = memberBytes;
    frame.memberBits = 0;
    frame.holeBytes = holeBytes;
    return at;
  }

  /** Writes a member that is more than a line, or odd. */
  #putBlock(frame: Frame, type: TypeId, at: number): number {
    const lines = this.#lines;
    const form = (lines.arena.shapes[type] as number) & FORM_MASK;
    if (form !== INLINE || frame.bits !== 0) return lines.putOdd(frame, at);
    if (frame.level === MAX_LEVEL) return -1;
    const inner = this.#frames[frame.level + 1] as Frame;
    inner.base = frame.isStruct ? frame.offset : frame.base;
    inner.isInUnion = frame.isInUnion;
    const end = this.#putAggregate(inner, type, putTabs(lines.out, at, frame.level));
    return end < 0 ? -1 : lines.putInlineEnd(frame, type, end);
  }

  /** {@link #putMembers} for a struct with bitfields, which has been placed. */
  #putPlacedMembers(frame: Frame, at: number): number {
    const { layouts, notes, table } = this.#ctx;
    const lines = this.#lines;
    const { out, arena } = lines;
    // Unions with bitfields are few.
    if (!frame.isStruct) return -1;
    const start = layouts.firstMember(frame.id);
    const end = start + (frame.end - frame.first) / 3;
    const columns = layouts.members;
    const { typeId, byteOffset, byteSize, bitSize } = columns;
    frame.pending = false;
    frame.memberBytes = 0;
    frame.memberBits = 0;
    frame.holeBytes = 0;
    // The size that the members at the present offset take.
    let lastSize = 0;
    for (let index = start; index < end; index++) {
      const type = typeId[index] as number;
      const byte = byteOffset[index] as number;
      const size = byteSize[index] as number;
      const bits = bitSize[index] as number;
      if (type === 0 || type >= table.end || at > LAST_PLACE) return -1;
      setMember(frame, columns, start, index);
      if (lastSize !== 0 && (bits !== 0 || byte - (byteOffset[index - 1] as number) < lastSize)) {
        at = this.#putRemarksBefore(frame, index, lastSize, at);
        if (at < 0) return -1;
      }
      if (frame.pending) out[at++] = NEWLINE;
      frame.pending = false;
      if (frame.offset >= lines.boundary) at = lines.putBoundary(frame, at);
      const shape = arena.shapes[type] || arena.learn(type);
      const form = shape & FORM_MASK;
      at = form < INLINE ? lines.putMember(frame, shape, at) : this.#putBlock(frame, type, at);
      if (at < 0) return -1;
      out[at++] = NEWLINE;
      const needsRemark = (form === STRUCT || form === INLINE) && notes[type] !== NO_REMARK;
      if (needsRemark || columns.hole[index] !== 0 || columns.bitHole[index] !== 0) {
        at = this.#putRemarksBehind(frame, index, needsRemark, at);
        if (at < 0) return -1;
      }
      if (bits !== 0) frame.memberBits += bits;
      else frame.memberBytes += size;
      const hasMoved = lastSize === 0 || byteOffset[index - 1] !== byte;
      if (hasMoved || (bits !== 0 && bitSize[index - 1] === 0)) lastSize = size;
    }
    return at;
  }

  /** Writes what the placed member `index`, which begins in the one before, needs before it. */
  #putRemarksBefore(frame: Frame, index: number, lastSize: number, at: number): number {
    const ctx = this.#ctx;
    const columns = ctx.layouts.members;
    const { byteOffset, bitSize, bitHole } = columns;
    const moved = (byteOffset[index] as number) - (byteOffset[index - 1] as number);
    const startsBitfield = bitSize[index - 1] === 0;
    const isInOrder = moved >= lastSize || (moved === 0 && !startsBitfield);
    // As it is nearly always.
    if (isInOrder && bitHole[index - 1] === 0) return at;
    const print = (): void => {
      const before = memberBefore(columns, index, lastSize);
      frame.pending = putBitfieldRemarks(ctx, columns, index, before, frame.pending);
    };
    return this.#lines.putPrinted(frame, print, at);
  }

  /** Writes what the type of a placed member wastes, and what is unused behind the member. */
  #putRemarksBehind(frame: Frame, index: number, needsRemark: boolean, at: number): number {
    const ctx = this.#ctx;
    const lines = this.#lines;
    const columns = ctx.layouts.members;
    const hole = columns.hole[index] as number;
    const start = at;
    if (needsRemark) at = lines.putTypeRemark(frame, columns.typeId[index] as number, at);
    if (at < 0) return -1;
    frame.pending = at > start;
    if (hole > 0) frame.holeBytes += hole;
    if (columns.bitHole[index] === 0) {
      if (hole <= 0) return at;
      at = lines.putHole(frame, hole, frame.pending, at);
      frame.pending = true;
      return at;
    }
    const print = (): void => {
      frame.pending = putHoleRemarks(ctx, columns, index, frame.tally, frame.pending);
      lines.moveNewline();
    };
    return lines.putPrinted(frame, print, at);
  }
}

/** Fills in what a frame says of its member, from the columns of its type. */
function setMember(frame: Frame, columns: MemberColumns, start: number, index: number): void {
  frame.word = frame.first + 3 * (index - start);
  frame.offset = ((columns.byteOffset[index] as number) + frame.base) >>> 0;
  frame.size = columns.byteSize[index] as number;
  frame.forced = columns.alignment[index] as number;
  frame.bits = columns.bitSize[index] as number;
  frame.firstBit = columns.bitfieldOffset[index] as number;
  const hole = index > start ? (columns.hole[index - 1] as number) : 0;
  if (frame.forced !== 0) countForced(frame.tally, hole);
}

/**
 * pahole 1.31's `--reorganize`: fills holes with members that fit, one move after the other.
 *
 * 1. The padding is guessed anew from the largest member with its hole that fits a word (`#guessPadding`).
 * 2. For each hole: the next member in front of a hole that fits goes there, else the last member where there is padding
 *    (`#fillHoles`). After each move everything starts over.
 * 3. For each hole that is left: the last member that fits goes there (`#fillFromTail`).
 *
 * Offsets wrap at 16 bits where they do in C, alignment is not looked at, and the size becomes what the
 * bookkeeping of one move makes of it. Some structs are moved about without an end: pahole never answers, and
 * {@link reorganizeAsPahole} gives up at the first arrangement that it has seen before.
 */

import { MemberColumns } from './member-columns.ts';
import { WASTE_FIELDS } from './placement.ts';
import { findWrappedHoles } from './wrapped-holes.ts';

/** A struct as pahole moves its members about; the steps change it. */
export interface MovedStruct {
  /** Its members, from index 0. */
  readonly members: MemberColumns;
  byteSize: number;
  /** The columns of `Waste`. */
  readonly waste: Int32Array;
}

/** One move, in the words of `-V`. Names are offsets of the string table. */
export interface CompatMove {
  readonly name: number;
  /** The member that it stood behind, and the one that it stands behind now. */
  readonly from: number;
  readonly to: number;
  /** Bytes that are added to the padding because of the move, where pahole says so. */
  readonly padding: number | undefined;
}

/** Called after each move with what has become of the struct. */
export type OnMove = (move: CompatMove, struct: MovedStruct) => void;

/** Moves after which an answer is not expected any more. No struct of a kernel has a hundredth of it. */
const MAX_MOVES = 20_000;

/** A copy of the members at `start` up to `start + count` of `columns`, to be moved. */
export function movedStruct(
  columns: MemberColumns,
  start: number,
  count: number,
  byteSize: number,
): MovedStruct {
  const members = new MemberColumns(Math.max(1, count));
  members.copy(columns, start, count);
  return { members, byteSize, waste: new Int32Array(WASTE_FIELDS) };
}

/** Moves the members as pahole does, for words of `wordSize` bytes. Returns whether pahole comes to an end. */
export function reorganizeAsPahole(struct: MovedStruct, wordSize: number, onMove?: OnMove): boolean {
  return new Mover(struct, wordSize, onMove).run();
}

class Mover {
  readonly #struct: MovedStruct;
  readonly #members: MemberColumns;
  readonly #wordSize: number;
  readonly #onMove: OnMove | undefined;

  constructor(struct: MovedStruct, wordSize: number, onMove: OnMove | undefined) {
    this.#struct = struct;
    this.#members = struct.members;
    this.#wordSize = wordSize;
    this.#onMove = onMove;
  }

  run(): boolean {
    const seen = new Set<string>();
    this.#findHoles();
    if (this.#members.count === 0) return true;
    for (let moves = 0; moves < MAX_MOVES; moves++) {
      this.#guessPadding();
      if (!this.#fillHoles() && !this.#fillFromTail()) return true;
      const { byteOffset, nameOffset } = this.#members;
      const state = `${this.#struct.byteSize}:${this.#struct.waste.join()}:${nameOffset.join()}:${byteOffset.join()}`;
      if (seen.has(state)) return false;
      seen.add(state);
    }
    return false;
  }

  get #padding(): number {
    return this.#struct.waste[PADDING] as number;
  }

  #findHoles(): void {
    const { members, byteSize, waste } = this.#struct;
    findWrappedHoles({ members, start: 0, end: members.count, byteSize, waste, at: 0 });
  }

  #guessPadding(): void {
    const { byteOffset, byteSize, count, hole } = this.#members;
    let unit = 0;
    for (let index = 0; index < count; index++) {
      const size = (byteSize[index] as number) + (hole[index] as number);
      if (size >= 0 && size <= this.#wordSize) unit = Math.max(unit, size);
    }
    if (unit === 0) return;
    if (unit > 1) unit += unit % 2;
    const end = (byteOffset[count - 1] as number) + (byteSize[count - 1] as number);
    const excess = end % unit;
    const padding = excess === 0 ? 0 : (this.#wordSize - excess) & 0xffff;
    if (padding === this.#padding) return;
    this.#struct.waste[PADDING] = padding;
    this.#setSize(end + padding);
  }

  #fillHoles(): boolean {
    const { hole, count } = this.#members;
    for (let index = 0; index < count; index++) {
      if (hole[index] === 0) continue;
      const filler = this.#nextBeforeHole(index);
      // A member that follows already may be aligned on purpose.
      if (filler > index + 1 && this.#move(filler, index, false)) return true;
      const last = count - 1;
      if (this.#padding > 0 && index !== last && this.#fits(last, index) && this.#move(last, index, true)) {
        return true;
      }
    }
    return false;
  }

  /** The next member behind `index` that a hole follows and that fits the hole at `index`; 0 for none. */
  #nextBeforeHole(index: number): number {
    const { bitSize, hole, count } = this.#members;
    let head = 0;
    for (let at = index + 1; at < count; at++) {
      if (bitSize[at] === 0) head = 0;
      else if (head === 0) head = at;
      if (hole[at] !== 0 && this.#fits(at, index)) return head || at;
    }
    return 0;
  }

  #fillFromTail(): boolean {
    const { hole, count } = this.#members;
    if (this.#struct.waste[HOLE_COUNT] === 0) return false;
    for (let index = 0; index < count; index++) {
      if (hole[index] === 0) continue;
      const filler = this.#lastThatFits(index);
      if (filler > index + 1 && this.#move(filler, index, false)) return true;
    }
    return false;
  }

  /** The last member behind `index` that fits the hole there; 0 for none. */
  #lastThatFits(index: number): number {
    const { bitSize, byteOffset, count } = this.#members;
    for (let at = count - 1; at > index; at--) {
      const isInBitfield = bitSize[at] !== 0 && byteOffset[at] !== 0 && bitSize[at - 1] !== 0;
      if (!isInBitfield && this.#fits(at, index)) return at;
    }
    return 0;
  }

  /** A negative hole counts as a large one. */
  #fits(member: number, index: number): boolean {
    const size = this.#members.byteSize[member] as number;
    const hole = this.#members.hole[index] as number;
    return size !== 0 && (hole < 0 || size <= hole);
  }

  /** Moves the member at `from` behind that at `to`. Returns whether it did: bitfields stay where they are. */
  #move(from: number, to: number, fromPadding: boolean): boolean {
    const members = this.#members;
    const { bitSize, bitOffset, byteOffset, byteSize, bitfieldOffset, hole, nameOffset } = members;
    if (bitSize[from] !== 0) return false;
    const size = byteSize[from] as number;
    const names = [from, from - 1, to].map((index) => nameOffset[index] as number);
    const isLast = from === members.count - 1;
    const oldOffset = (byteOffset[from] as number) & 0xffff;
    const oldHole = (hole[from] as number) & 0xffff;
    const gap = wrappedRemainder(hole[to] as number, Math.min(size, this.#wordSize));
    const place = ((byteOffset[to] as number) + (byteSize[to] as number) + gap) & 0xffff;
    members.move(from, to + 1);
    byteOffset[to + 1] = place;
    bitOffset[to + 1] = place * 8 + (bitfieldOffset[to + 1] as number);

    const addsToPadding = fromPadding && oldOffset % this.#wordSize !== 0;
    // What preceded the member has moved up by one.
    if (fromPadding ? !addsToPadding : isLast) this.#setSize(this.#struct.byteSize - size - this.#padding);
    else if (!fromPadding && oldHole + size >= this.#wordSize) this.#shrinkByWord(from);
    this.#findHoles();
    const [name, before, after] = names as [number, number, number];
    this.#onMove?.(
      { name, from: before, to: after, padding: addsToPadding ? size : undefined },
      this.#struct,
    );
    return true;
  }

  /** Takes a word from the size and from the offsets of all members behind `index`. */
  #shrinkByWord(index: number): void {
    const { bitOffset, byteOffset, count } = this.#members;
    this.#setSize(this.#struct.byteSize - this.#wordSize);
    for (let at = index + 1; at < count; at++) {
      byteOffset[at] = (byteOffset[at] as number) - this.#wordSize;
      bitOffset[at] = (bitOffset[at] as number) - this.#wordSize * 8;
    }
  }

  #setSize(byteSize: number): void {
    this.#struct.byteSize = byteSize >>> 0;
  }
}

const HOLE_COUNT = 0;
const PADDING = 4;

/** The remainder of a number that C takes for one of 64 bits without a sign. */
function wrappedRemainder(value: number, divisor: number): number {
  if (value >= 0) return value % divisor;
  return Number(BigInt.asUintN(64, BigInt(value)) % BigInt(divisor));
}

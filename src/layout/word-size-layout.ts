/**
 * Lays out all structs and unions of a table for another word size: "which layout has the same source
 * there?" The types of words have their new sizes already; what is to be found is sizes and offsets.
 *
 * BTF does not say which attributes the source had, so each composite is laid out twice at a time, by
 * the same rules: once as in the file, where the outcome is known, and once anew. Where the known
 * outcome contradicts the rules, there was an attribute, and it is applied to both.
 *
 * 1. Types nested by value come first, each composite once (`#visit`).
 * 2. A composite that natural alignment contradicts, and in which natural alignment explains no gap
 *    either, is packed (`#isPacked`).
 * 3. Its members are carried over one after the other, then its end (`#layOut`).
 * 4. A container may tell that an alignment was overrated: it puts a struct where that could not be.
 *    Such bounds are noted (`#noteBounds`), and the whole is repeated with them.
 * 5. In files of 4-byte words, whether 8-byte scalars are aligned to 4 (i386) or to 8 bytes (the rest)
 *    is decided by which of both explains more.
 *
 * With the file's own word size the outcome is the file's own layout.
 */

import { TspaholeError } from '../model/errors.ts';
import { Kind } from '../model/kinds.ts';
import { HEADER_WORDS, memberBitOffset } from '../model/records.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { heldType } from '../model/traverse.ts';
import { Layouts } from './layouts.ts';
import { TypeFacts } from './type-facts.ts';
import {
  carryMember,
  carryPlace,
  crossesUnits,
  lowestBit,
  NO_LIMIT,
  type Pair,
  type PlacedMember,
  roundUp,
} from './word-size-place.ts';

/** Bounds follow from bounds only along nesting, which is shallow in real code. */
const MAX_PASSES = 8;

/**
 * Sets the sizes and member offsets of `target`, a copy of `source` in which the types of words have
 * their new sizes. Throws `unsupported` for a composite that becomes too large for its record.
 */
export function layOutAnew(source: TypeTable, target: TypeTable): void {
  const layouts = new Layouts(source);
  layouts.placeAll();
  const natural = settle(layouts, target, NO_LIMIT);
  if (source.pointerSize !== 4) return;
  const capped = settle(layouts, target, 4);
  if (natural <= capped) settle(layouts, target, NO_LIMIT);
}

/** Repeats the layout until no bound is new. Returns how much natural alignment left unexplained. */
function settle(source: Layouts, target: TypeTable, largestAlignment: number): number {
  const bounds = new Map<TypeId, number>();
  let unexplained = 0;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const layout = new LayoutPass({ source, target, largestAlignment, bounds });
    layout.run();
    unexplained = layout.unexplained;
    if (!layout.hasNewBounds) break;
  }
  return unexplained;
}

interface PassInput {
  /** With all types placed. */
  readonly source: Layouts;
  readonly target: TypeTable;
  /** Alignment that no scalar of `source` exceeds, in bytes. */
  readonly largestAlignment: number;
  /** Alignments that composites cannot exceed, in bytes; added to. */
  readonly bounds: Map<TypeId, number>;
}

/** What is known about the types of one of the two tables. */
interface Side {
  readonly table: TypeTable;
  readonly facts: TypeFacts;
  readonly largestAlignment: number;
  /** Alignment of each composite that has been laid out, 0 for the others. */
  readonly alignments: Uint32Array;
}

const NEW = 0;
const OPEN = 1;
const DONE = 2;

class LayoutPass {
  /** Composites and places that natural alignment does not explain. */
  unexplained = 0;
  hasNewBounds = false;
  readonly #layouts: Layouts;
  readonly #source: Side;
  readonly #target: Side;
  readonly #bounds: Map<TypeId, number>;
  /** Alignment of each composite of the source as far as its members' types ask for it. */
  readonly #natural: Uint32Array;
  readonly #state: Uint8Array;

  constructor({ source, target, largestAlignment, bounds }: PassInput) {
    this.#layouts = source;
    this.#source = newSide(source.facts, largestAlignment);
    this.#target = newSide(new TypeFacts(target), NO_LIMIT);
    this.#bounds = bounds;
    this.#natural = new Uint32Array(source.table.end);
    this.#state = new Uint8Array(source.table.end);
  }

  run(): void {
    const { table } = this.#source;
    for (let id = 1; id < table.end; id++) {
      if (this.#state[id] === NEW && isComposite(table.kind(id))) this.#visit(id);
    }
  }

  /** Lays out `root` after everything that it contains. What contains itself counts as empty there. */
  #visit(root: TypeId): void {
    const stack = [root];
    for (let id = stack.at(-1); id !== undefined; id = stack.at(-1)) {
      if (this.#state[id] === NEW) {
        this.#state[id] = OPEN;
        this.#pushNested(id, stack);
        continue;
      }
      stack.pop();
      if (this.#state[id] === DONE) continue;
      this.#state[id] = DONE;
      this.#layOut(id);
    }
  }

  #pushNested(id: TypeId, stack: TypeId[]): void {
    const [start, end] = this.#memberRange(id);
    for (let at = end - 1; at >= start; at--) {
      const type = this.#layouts.members.typeId[at] as number;
      for (const { table } of [this.#source, this.#target]) {
        const base = heldType(table, type);
        if (isComposite(table.kind(base)) && this.#state[base] === NEW) stack.push(base);
      }
    }
  }

  /** Indexes of the members of a composite in the columns of the layouts. */
  #memberRange(id: TypeId): readonly [start: number, end: number] {
    const start = this.#layouts.firstMember(id);
    return [start, start + this.#layouts.memberCount(id)];
  }

  #layOut(id: TypeId): void {
    const { table } = this.#source;
    const [start, last] = this.#memberRange(id);
    const isUnion = table.kind(id) === Kind.Union;
    const isPacked = this.#isPacked(id);
    if (isPacked) this.unexplained++;
    const bound = this.#bounds.get(id) ?? NO_LIMIT;
    const size = table.sizeOrType(id);
    const rules = { isPacked, limit: Math.min(bound, lowestBit(size)) };
    const end: Pair = { source: 0, target: 0 };
    const furthest: Pair = { source: 0, target: 0 };
    const alignment: Pair = { source: 1, target: 1 };
    for (let at = start; at < last; at++) {
      if (isUnion) end.source = end.target = 0;
      const member = this.#member(at);
      const carried = carryMember(end, member, rules);
      this.#setPlace(id, at - start, carried.place);
      end.source = member.place + (member.bitSize || member.byteSize.source * 8);
      end.target = carried.place + (member.bitSize || member.byteSize.target * 8);
      maximise(furthest, end);
      maximise(alignment, carried.alignment);
      if (!carried.isNatural) this.unexplained++;
    }
    const carried = carryPlace(furthest, size * 8, alignment, bound);
    if (!carried.isNatural) this.unexplained++;
    this.#setSize(id, carried.place / 8);
    this.#source.alignments[id] = Math.min(bound, carried.alignment.source);
    this.#target.alignments[id] = Math.min(bound, carried.alignment.target);
    if (!isPacked) this.#noteBounds(id);
  }

  /** Whether a composite is packed. Sets its natural alignment. */
  #isPacked(id: TypeId): boolean {
    const { table } = this.#source;
    const { members } = this.#layouts;
    const [start, last] = this.#memberRange(id);
    const isUnion = table.kind(id) === Kind.Union;
    let largest = 1;
    let end = 0;
    let furthest = 0;
    let isContradicted = false;
    let hasNaturalGap = false;
    for (let at = start; at < last; at++) {
      const natural = this.#naturalOf(members.typeId[at] as number);
      const place = members.bitOffset[at] as number;
      const byteSize = members.byteSize[at] as number;
      const bitSize = members.bitSize[at] as number;
      largest = Math.max(largest, natural);
      if (bitSize !== 0) isContradicted ||= crossesUnits(place, bitSize, byteSize, natural);
      else if (place % (natural * 8) !== 0) isContradicted = true;
      else if (place > end && place === roundUp(end, natural)) hasNaturalGap = true;
      end = isUnion ? 0 : place + (bitSize || byteSize * 8);
      furthest = Math.max(furthest, place + (bitSize || byteSize * 8));
    }
    const size = table.sizeOrType(id) * 8;
    if (size % (largest * 8) !== 0) isContradicted = true;
    else if (size > furthest && size === roundUp(furthest, largest)) hasNaturalGap = true;
    if ((this.#bounds.get(id) ?? NO_LIMIT) < largest) isContradicted = true;
    const isPacked = isContradicted && !hasNaturalGap;
    this.#natural[id] = isPacked ? 1 : largest;
    return isPacked;
  }

  /** Alignment of a type of the source as far as no attribute raised it. */
  #naturalOf(typeId: TypeId): number {
    const base = heldType(this.#source.table, typeId);
    return this.#natural[base] || alignmentOf(this.#source, typeId);
  }

  #member(at: number): PlacedMember {
    const { members } = this.#layouts;
    const type = members.typeId[at] as number;
    return {
      place: members.bitOffset[at] as number,
      bitSize: members.bitSize[at] as number,
      byteSize: { source: members.byteSize[at] as number, target: this.#target.facts.sizeOf(type) },
      alignment: { source: alignmentOf(this.#source, type), target: alignmentOf(this.#target, type) },
    };
  }

  /** Notes what the places of members and the size tell about the alignments of the members' types. */
  #noteBounds(id: TypeId): void {
    const { table, alignments } = this.#source;
    const { members } = this.#layouts;
    const [start, last] = this.#memberRange(id);
    const size = lowestBit(table.sizeOrType(id));
    for (let at = start; at < last; at++) {
      const base = heldType(table, members.typeId[at] as number);
      if (!isComposite(table.kind(base))) continue;
      const bound = Math.min(size, lowestBit((members.bitOffset[at] as number) >>> 3));
      if ((alignments[base] as number) <= bound) continue;
      this.#bounds.set(base, Math.min(bound, this.#bounds.get(base) ?? NO_LIMIT));
      this.hasNewBounds = true;
    }
  }

  #setPlace(id: TypeId, index: number, place: number): void {
    const owner = this.#target.table.owner(id) as TypeTable;
    const at = owner.startOf(id) + HEADER_WORDS + 3 * index + 2;
    const start = this.#layouts.firstMember(id);
    if (owner.kindFlag(id)) {
      const bitSize = this.#layouts.members.bitSize[start + index] as number;
      owner.words[at] = bitSize * 2 ** 24 + this.#inRange(id, place, memberBitOffset(0xffff_ffff, true));
      return;
    }
    // The place of a legacy bitfield within its int is said by the int.
    const word = this.#source.table.extra(id, 3 * index + 2);
    const inInt = ((this.#layouts.members.bitOffset[start + index] as number) - word) % 2 ** 32;
    owner.words[at] = this.#inRange(id, Math.max(0, place - inInt), 0xffff_ffff);
  }

  #setSize(id: TypeId, byteSize: number): void {
    const owner = this.#target.table.owner(id) as TypeTable;
    owner.words[owner.startOf(id) + 2] = this.#inRange(id, byteSize, 0xffff_ffff);
  }

  #inRange(id: TypeId, value: number, largest: number): number {
    if (value <= largest) return value;
    const { table } = this.#source;
    const name = table.nameOffset(id) === 0 ? '(anonymous)' : table.name(id);
    throw new TspaholeError('unsupported', `type ${id} ${name} is too large for words of another size`);
  }
}

function newSide(facts: TypeFacts, largestAlignment: number): Side {
  const { table } = facts;
  return { table, facts, largestAlignment, alignments: new Uint32Array(table.end) };
}

/** Alignment of a type, at least 1. Composites must have been laid out. */
function alignmentOf({ table, facts, alignments, largestAlignment }: Side, id: TypeId): number {
  const base = heldType(table, id);
  if (isComposite(table.kind(base))) return alignments[base] || 1;
  const size = facts.sizeOf(base);
  return size === 0 ? 1 : Math.min(lowestBit(size), largestAlignment);
}

function isComposite(kind: number): boolean {
  return kind === Kind.Struct || kind === Kind.Union;
}

function maximise(into: Pair, pair: Readonly<Pair>): void {
  into.source = Math.max(into.source, pair.source);
  into.target = Math.max(into.target, pair.target);
}

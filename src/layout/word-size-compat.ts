/**
 * What pahole 1.31 makes of `-w`: it moves the members of the file's layout instead of laying them out
 * again, and goes on printing the sizes, alignments and bit offsets that members had before.
 *
 * 1. All types in the order of ids; a struct or union nested by value comes before what holds it, and
 *    each counts once. Longs change their size when their turn comes: what is measured before has them
 *    as they were.
 * 2. A struct shrinks or grows by what its members do, which are pointers, longs, resized aggregates and
 *    arrays of these (`#resizeStruct`). Qualifiers hide a type.
 * 3. Holes are looked for with the old sizes, then "corrected" (`#fixAlignment`).
 * 4. A union takes the size of its largest member (`#resizeUnion`).
 *
 * Numbers wrap where C's do. Where pahole follows a null pointer, the step is left out.
 */

import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { Layouts, type LayoutsOptions } from './layouts.ts';
import { type Placements, WASTE_FIELDS } from './placement.ts';
import { setFlags } from './placement-flags.ts';
import { MAX_TYPE_DEPTH, TypeFacts } from './type-facts.ts';
import { copyTable } from './word-size-copy.ts';
import { findWrappedHoles } from './wrapped-holes.ts';

/** Members that the search for the largest base types may look at; ends what is exponential. */
const MAX_SEARCHED = 1_000_000;

/** The layouts of `table` that pahole shows for words of `wordSize` bytes (any number from 1 to 31). */
export function paholeWordSize(table: TypeTable, wordSize: number, options: LayoutsOptions): Layouts {
  const layouts = new Layouts(table, options);
  layouts.placeAll();
  const before = layouts.placements;
  const resized = copyTable(table, { pointerSize: wordSize });
  new Resizer(before, resized).run();
  const facts = new TypeFacts(resized, options);
  keepAlignments(before.facts, facts);
  const placements = { ...before, facts };
  for (let id = 1; id < resized.end; id++) {
    if (isComposite(resized.kind(id)))
      setFlags(placements, id, resized.kind(id) === Kind.Union ? 'union' : 'struct');
  }
  return new Layouts(resized, { ...options, placements });
}

/** Alignments of composites are those that were found before the types changed. */
function keepAlignments(before: TypeFacts, after: TypeFacts): void {
  after.measureAll();
  for (let id = 1; id < after.table.end; id++) {
    if (after.knownAlignments[id] === 0) after.knownAlignments[id] = before.alignmentOf(id);
  }
}

class Resizer {
  readonly #table: TypeTable;
  readonly #placements: Placements;
  readonly #facts: TypeFacts;
  readonly #wordSize: number;
  /** Bytes that a pointer changes by. */
  readonly #difference: number;
  readonly #shrinks: boolean;
  readonly #isResized: Uint8Array;
  /** Bytes that a resized type lost or, when words grow, gained. */
  readonly #change: Int32Array;
  #searched = 0;

  constructor(placements: Placements, table: TypeTable) {
    const original = placements.facts.table.pointerSize;
    this.#placements = placements;
    this.#table = table;
    this.#facts = new TypeFacts(table, { legacyBitfields: false });
    this.#wordSize = table.pointerSize;
    this.#difference = Math.abs(original - this.#wordSize);
    this.#shrinks = original > this.#wordSize;
    this.#isResized = new Uint8Array(table.end);
    this.#change = new Int32Array(table.end);
  }

  run(): void {
    for (let id = 1; id < this.#table.end; id++) {
      if (this.#isLong(id)) this.#resizeLong(id);
      else this.#resize(id, 0);
    }
  }

  #isLong(id: TypeId): boolean {
    if (this.#table.kind(id) !== Kind.Int) return false;
    const name = this.#table.name(id);
    return name === 'long int' || name === 'long unsigned int';
  }

  #resizeLong(id: TypeId): void {
    const owner = this.#table.owner(id) as TypeTable;
    const at = owner.startOf(id) + 3;
    owner.words[at] = (((owner.words[at] as number) & ~0xff) | Math.min(this.#wordSize * 8, 0xff)) >>> 0;
  }

  #resize(id: TypeId, depth: number): void {
    if (this.#isResized[id] !== 0 || depth > MAX_TYPE_DEPTH) return;
    const kind = this.#table.kind(id);
    if (!isComposite(kind)) return;
    this.#isResized[id] = 1;
    if (kind === Kind.Struct) this.#resizeStruct(id, depth);
    else this.#resizeUnion(id, depth);
  }

  #resizeStruct(id: TypeId, depth: number): void {
    const { byteOffset, bitOffset, typeId } = this.#placements.members;
    const sign = this.#shrinks ? -1 : 1;
    const before = this.#size(id);
    const [start, end] = this.#memberRange(id);
    let moved = 0;
    for (let index = start; index < end; index++) {
      byteOffset[index] = (byteOffset[index] as number) + moved;
      bitOffset[index] = ((bitOffset[index] as number) + moved * 8) >>> 0;
      const change = this.#memberChange(typeId[index] as number, depth);
      this.#setSize(id, this.#size(id) + sign * change);
      // Members are moved by what is left of the number in 16 bits.
      moved += sign * (change & 0xffff);
    }
    this.#change[id] = sign * (this.#size(id) - before);
    const { members, waste } = this.#placements;
    findWrappedHoles({ members, start, end, byteSize: this.#size(id), waste, at: id * WASTE_FIELDS });
    this.#fixAlignment(id);
  }

  /** Bytes that a member changes by, modulo 2^32. */
  #memberChange(type: TypeId, depth: number): number {
    const table = this.#table;
    let count = 1;
    if (table.kind(type) === Kind.Array) {
      count = table.extra(type, 2);
      type = table.extra(type, 0);
    }
    type = this.#behindTypedefs(type);
    if (table.kind(type) === Kind.Pointer || this.#isLong(type)) {
      return Math.imul(this.#difference, count) >>> 0;
    }
    this.#resize(type, depth + 1);
    return Math.imul(this.#change[type] ?? 0, count) >>> 0;
  }

  #resizeUnion(id: TypeId, depth: number): void {
    const [start, end] = this.#memberRange(id);
    let largest = 0;
    for (let index = start; index < end; index++) {
      const type = this.#behindTypedefs(this.#placements.members.typeId[index] as number);
      this.#resize(type, depth + 1);
      largest = Math.max(largest, this.#sizeOf(type));
    }
    this.#change[id] = Math.abs(largest - this.#size(id));
    this.#setSize(id, largest);
  }

  /** Closes holes of a word or more, and moves members of a power of two to a multiple of it. */
  #fixAlignment(id: TypeId): void {
    const { bitOffset, byteOffset, byteSize, hole } = this.#placements.members;
    const [start, end] = this.#memberRange(id);
    // Bytes that all members behind the present one have to move.
    let moved = 0;
    for (let index = start; index < end; index++) {
      this.#move(index, moved);
      const offset = byteOffset[index] as number;
      const size = byteSize[index] as number;
      const before = index === start ? 0 : (hole[index - 1] as number);
      if (index === start) {
        if (offset === 0) continue;
        moved -= (offset - size) & 0xffff;
        this.#shrinkPadding(id, index, moved);
        byteOffset[index] = bitOffset[index] = 0;
      } else if (before >= this.#wordSize) {
        const bytes = before - (before % this.#wordSize);
        this.#changeHole(id, index - 1, -bytes);
        this.#move(index, -bytes);
        this.#setSize(id, this.#size(id) - bytes);
        moved -= bytes & 0xffff;
        this.#shrinkPadding(id, index, moved);
      } else if (this.#isPartOfWord(size) && offset % size !== 0) {
        const excess = offset % size;
        // A negative hole counts as a large one.
        const fits = before < 0 || before >= excess;
        const bytes = fits ? -excess : size - excess;
        this.#changeHole(id, index - 1, bytes);
        this.#move(index, bytes);
        moved += bytes;
        if (fits) this.#shrinkPadding(id, index, moved);
        else this.#setSize(id, this.#size(id) + bytes);
      }
    }
    this.#padToBiggest(id);
  }

  #move(index: number, bytes: number): void {
    const { bitOffset, byteOffset } = this.#placements.members;
    byteOffset[index] = (byteOffset[index] as number) + bytes;
    bitOffset[index] = ((bitOffset[index] as number) + bytes * 8) >>> 0;
  }

  /** Changes the hole behind a member and, where that opens or closes it, the number of holes. */
  #changeHole(id: TypeId, index: number, bytes: number): void {
    const { members, waste } = this.#placements;
    const at = id * WASTE_FIELDS;
    const before = members.hole[index] as number;
    members.hole[index] = before + bytes;
    if (bytes > 0 && before === 0) waste[at] = ((waste[at] as number) + 1) & 0xff;
    if (bytes < 0 && before + bytes === 0) waste[at] = ((waste[at] as number) - 1) & 0xff;
  }

  /** Finds the padding again, unless there was none, when what is behind `index` moves. */
  #shrinkPadding(id: TypeId, index: number, moved: number): void {
    const { members, waste } = this.#placements;
    const at = id * WASTE_FIELDS + 4;
    if (waste[at] === 0) return;
    const last = this.#memberRange(id)[1] - 1;
    const offset = ((members.byteOffset[last] as number) + (index === last ? 0 : moved)) >>> 0;
    const end = offset + (members.byteSize[last] as number);
    waste[at] = Math.max(0, this.#size(id) - end) & 0xffff;
  }

  /** Whether halving the word size, down to 2, gives `size`. */
  #isPartOfWord(size: number): boolean {
    for (let unit = this.#wordSize; unit >= 2; unit >>>= 1) {
      if (unit === size) return true;
    }
    return false;
  }

  /** Rounds the size up to that of the member that is taken for the one of the largest alignment. */
  #padToBiggest(id: TypeId): void {
    const { byteOffset, byteSize } = this.#placements.members;
    const biggest = this.#findBiggest(id, 0);
    const unit = biggest === undefined ? 0 : (byteSize[biggest] as number);
    if (unit === 0) return;
    const last = this.#memberRange(id)[1] - 1;
    const end = (byteOffset[last] as number) + (byteSize[last] as number);
    if (end % unit === 0) return;
    const padding = (unit - (end % unit)) & 0xffff;
    this.#placements.waste[id * WASTE_FIELDS + 4] = padding;
    this.#setSize(id, end + padding);
  }

  /** Index of the first member of the largest size up to a word's; a larger base type ends the search. */
  #findBiggest(id: TypeId, depth: number): number | undefined {
    if (depth > MAX_TYPE_DEPTH) return undefined;
    const { byteSize, typeId } = this.#placements.members;
    const [start, end] = this.#memberRange(id);
    let result: number | undefined;
    let resultSize = 0;
    for (let index = start; index < end; index++) {
      if (++this.#searched > MAX_SEARCHED) return result;
      const base = this.#baseOf(typeId[index] as number);
      const isAggregate = isComposite(this.#table.kind(base));
      const inner = isAggregate ? this.#findBiggest(base, depth + 1) : undefined;
      if (isAggregate && inner === undefined) continue;
      const size = inner === undefined ? this.#scalarSize(base) : (byteSize[inner] as number);
      if (size > this.#wordSize) return index;
      for (let unit = this.#wordSize; unit > resultSize; unit >>>= 1) {
        if (size < unit) continue;
        if (unit === this.#wordSize) return inner ?? index;
        resultSize = unit;
        result = inner ?? index;
      }
    }
    return result;
  }

  /** The type behind arrays, typedefs, const and volatile. */
  #baseOf(id: TypeId): TypeId {
    const table = this.#table;
    for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
      const kind = table.kind(id);
      if (kind === Kind.Array) id = table.extra(id, 0);
      else if (kind === Kind.Typedef || kind === Kind.Const || kind === Kind.Volatile)
        id = table.sizeOrType(id);
      else return id;
    }
    return id;
  }

  #scalarSize(id: TypeId): number {
    const kind = this.#table.kind(id);
    return kind === Kind.FuncProto || kind === Kind.Restrict || kind === Kind.TypeTag ? 0 : this.#sizeOf(id);
  }

  #behindTypedefs(id: TypeId): TypeId {
    for (let depth = 0; this.#table.kind(id) === Kind.Typedef && depth < MAX_TYPE_DEPTH; depth++) {
      id = this.#table.sizeOrType(id);
    }
    return id;
  }

  /** Size of a type as things stand, in bytes. */
  #sizeOf(id: TypeId): number {
    const owner = this.#table.owner(id);
    if (owner === undefined) return 0;
    // What was measured before may have changed.
    this.#facts.measureRange(owner, id, id + 1);
    return this.#facts.sizeOf(id);
  }

  #memberRange(id: TypeId): readonly [start: number, end: number] {
    const start = this.#placements.first[id] as number;
    return [start, start + this.#table.vlen(id)];
  }

  #size(id: TypeId): number {
    return this.#table.sizeOrType(id);
  }

  #setSize(id: TypeId, byteSize: number): void {
    const owner = this.#table.owner(id) as TypeTable;
    owner.words[owner.startOf(id) + 2] = byteSize;
  }
}

function isComposite(kind: number): boolean {
  return kind === Kind.Struct || kind === Kind.Union;
}

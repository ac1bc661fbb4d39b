/**
 * `MemberColumns`: placed members, a column per fact, so that a pass over a kernel allocates nothing
 * per member.
 */

/** Byte offset of what the object itself places, such as a virtual base. */
export const NO_OFFSET = 0xffff_ffff;

const INITIAL_CAPACITY = 256;

const BYTES_PER_MEMBER = 44;

/** Values at one index of the columns describe one member. */
export class MemberColumns {
  /** Members that are described, from index 0. */
  count = 0;
  /** Offset of the name in the string table; 0 for an anonymous member. */
  nameOffset: Uint32Array;
  typeId: Uint32Array;
  /** From the start of the composite to the member's first bit: more than 32 bits beyond 512 MiB. */
  bitOffset: Float64Array;
  /** Width of a bitfield, 0 for other members. */
  bitSize: Uint32Array;
  /** Start of the member, for a bitfield of its storage unit. */
  byteOffset: Uint32Array;
  /** Size of the member's type, for a bitfield of its storage unit; at most 4 GiB - 2. */
  byteSize: Uint32Array;
  /** Bits from the start of the storage unit to the bitfield; 0 for other members. */
  bitfieldOffset: Uint32Array;
  /** Unused bytes between this member and the next; negative where the next one overlaps it. */
  hole: Int32Array;
  /** Unused bits between this member and the next one, or the next byte. */
  bitHole: Int32Array;
  /** Inferred alignment attribute in bytes, 0 for none. */
  alignment: Uint32Array;

  constructor(capacity: number = INITIAL_CAPACITY) {
    // One buffer, since each unit of a file has columns of its own, and a buffer costs more than a view.
    const buffer = new ArrayBuffer(BYTES_PER_MEMBER * capacity);
    const words = (column: number): Uint32Array => new Uint32Array(buffer, 4 * capacity * column, capacity);
    this.bitOffset = new Float64Array(buffer, 0, capacity);
    this.nameOffset = words(2);
    this.typeId = words(3);
    this.bitSize = words(4);
    this.byteOffset = words(5);
    this.byteSize = words(6);
    this.bitfieldOffset = words(7);
    this.alignment = words(8);
    this.hole = new Int32Array(buffer, 36 * capacity, capacity);
    this.bitHole = new Int32Array(buffer, 40 * capacity, capacity);
  }

  /** Makes room for `added` more members and returns the index of the first. May replace the columns. */
  append(added: number): number {
    const start = this.count;
    this.count += added;
    if (this.count > this.nameOffset.length) this.#grow(2 ** Math.ceil(Math.log2(this.count)));
    return start;
  }

  /** Makes room for `added` more members. */
  reserve(added: number): void {
    const wanted = this.count + added;
    if (wanted > this.nameOffset.length) this.#grow(wanted);
  }

  /** Replaces the contents by `count` members of `from`, beginning at `start`. */
  copy(from: MemberColumns, start: number, count: number): void {
    this.count = 0;
    this.append(count);
    for (const column of COLUMNS) this[column].set(from[column].subarray(start, start + count));
  }

  /** Overwrites the members from `start` on by all of `from`. */
  set(start: number, from: MemberColumns): void {
    for (const column of COLUMNS) this[column].set(from[column].subarray(0, from.count), start);
  }

  /** Moves the member at one index to another, before or behind it; those between move up. */
  move(from: number, to: number): void {
    for (const column of COLUMNS) moveValue(this[column], from, to);
  }

  #grow(capacity: number): void {
    const grown = new MemberColumns(capacity);
    for (const column of COLUMNS) grown[column].set(this[column]);
    grown.count = this.count;
    Object.assign(this, grown);
  }
}

function moveValue(column: Uint32Array | Int32Array | Float64Array, from: number, to: number): void {
  const value = column[from] as number;
  if (from > to) column.copyWithin(to + 1, to, from);
  else column.copyWithin(from, from + 1, to + 1);
  column[to] = value;
}

const COLUMNS = [
  'nameOffset',
  'typeId',
  'bitOffset',
  'bitSize',
  'byteOffset',
  'byteSize',
  'bitfieldOffset',
  'hole',
  'bitHole',
  'alignment',
] as const;

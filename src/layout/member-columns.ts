/**
 * `MemberColumns`: the placed members of one struct or union, a column per fact, reused from type to
 * type so that a pass over a kernel allocates nothing per member.
 */

const INITIAL_CAPACITY = 64;

/** Values at index i describe member i; only the first `count` are meaningful. */
export class MemberColumns {
  count = 0;
  /** Offset of the name in the string table; 0 for an anonymous member. */
  nameOffset: Uint32Array = new Uint32Array(INITIAL_CAPACITY);
  typeId: Uint32Array = new Uint32Array(INITIAL_CAPACITY);
  /** From the start of the composite to the member's first bit. */
  bitOffset: Uint32Array = new Uint32Array(INITIAL_CAPACITY);
  /** Width of a bitfield, 0 for other members. */
  bitSize: Uint32Array = new Uint32Array(INITIAL_CAPACITY);
  /** Start of the member, for a bitfield of its storage unit. */
  byteOffset: Uint32Array = new Uint32Array(INITIAL_CAPACITY);
  /** Size of the member's type, for a bitfield of its storage unit. */
  byteSize: Float64Array = new Float64Array(INITIAL_CAPACITY);
  /** Bits from the start of the storage unit to the bitfield; 0 for other members. */
  bitfieldOffset: Uint32Array = new Uint32Array(INITIAL_CAPACITY);
  /** Unused bytes between this member and the next; negative where the next one overlaps it. */
  hole: Float64Array = new Float64Array(INITIAL_CAPACITY);
  /** Unused bits between this member and the next one, or the next byte. */
  bitHole: Int32Array = new Int32Array(INITIAL_CAPACITY);
  /** Inferred alignment attribute in bytes, 0 for none. */
  alignment: Uint32Array = new Uint32Array(INITIAL_CAPACITY);

  /** Makes room for `count` members, whose values are undefined until set. */
  reset(count: number): void {
    this.count = count;
    if (count <= this.nameOffset.length) return;
    const capacity = 2 ** Math.ceil(Math.log2(count));
    this.nameOffset = new Uint32Array(capacity);
    this.typeId = new Uint32Array(capacity);
    this.bitOffset = new Uint32Array(capacity);
    this.bitSize = new Uint32Array(capacity);
    this.byteOffset = new Uint32Array(capacity);
    this.byteSize = new Float64Array(capacity);
    this.bitfieldOffset = new Uint32Array(capacity);
    this.hole = new Float64Array(capacity);
    this.bitHole = new Int32Array(capacity);
    this.alignment = new Uint32Array(capacity);
  }
}

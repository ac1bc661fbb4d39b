/**
 * Places under C's rules, in two layouts at once: that of a file, which is given, and that of another
 * word size, which is wanted. What natural alignment does not explain in the file's layout is taken for
 * an attribute or for unnamed padding of the source, and is carried over.
 */

/** Larger than any alignment: bytes. */
export const NO_LIMIT: number = 2 ** 31;

/** Attributes ask for a whole cacheline more often than for a part of one. */
const CACHELINE = 64;

/** One value of the file's layout and the one that stands for it in the new layout. */
export interface Pair {
  source: number;
  target: number;
}

/** A member as its type and the file describe it. */
export interface PlacedMember {
  /** From the start of the composite in the file's layout, in bits. */
  readonly place: number;
  /** Width of a bitfield, 0 for other members. */
  readonly bitSize: number;
  /** Size and alignment of the type in bytes. */
  readonly byteSize: Readonly<Pair>;
  readonly alignment: Readonly<Pair>;
}

/** What the composite says about the places of its members. */
export interface PlaceRules {
  readonly isPacked: boolean;
  /** The largest alignment that an attribute of a member can have asked for, in bytes. */
  readonly limit: number;
}

/** Where something lies in the new layout, in bits, and its alignment in both, in bytes. */
export interface Carried {
  readonly place: number;
  readonly alignment: Readonly<Pair>;
  /** Whether natural alignment alone explains the place in the file's layout. */
  readonly isNatural: boolean;
}

const BYTE: Readonly<Pair> = { source: 1, target: 1 };

/** The first position from `bits` on that is a multiple of `bytes`. */
export function roundUp(bits: number, bytes: number): number {
  const unit = bytes * 8;
  return Math.ceil(bits / unit) * unit;
}

/** The largest power of two that divides a number of bytes; {@link NO_LIMIT} for 0. */
export function lowestBit(bytes: number): number {
  const low = bytes >>> 0;
  return low === 0 ? NO_LIMIT : (low & -low) >>> 0;
}

/** Carries a member over. `end` is where the member before ends in both layouts, in bits. */
export function carryMember(end: Readonly<Pair>, member: PlacedMember, rules: PlaceRules): Carried {
  if (member.bitSize !== 0) return carryBitfield(end, member, rules.isPacked);
  return carryPlace(end, member.place, rules.isPacked ? BYTE : member.alignment, rules.limit);
}

/**
 * Carries over what lies at bit `place` of the file's layout: a member that is no bitfield, or the end of
 * the whole type. `natural` is the alignment that its type asks for.
 */
export function carryPlace(
  end: Readonly<Pair>,
  place: number,
  natural: Readonly<Pair>,
  limit: number,
): Carried {
  const own = Math.min(natural.source, lowestBit(Math.floor(place / 8)));
  const extra = place - roundUp(end.source, own);
  if (extra === 0 && own === natural.source) {
    return { place: roundUp(end.target, natural.target), alignment: natural, isNatural: true };
  }
  const attribute = extra > 0 ? attributeAlignment(end.source, place, own, limit) : 0;
  if (attribute !== 0) {
    const alignment = { source: attribute, target: Math.max(attribute, natural.target) };
    return { place: roundUp(end.target, alignment.target), alignment, isNatural: false };
  }
  const target = own < natural.source ? Math.min(own, natural.target) : natural.target;
  const moved = roundUp(roundUp(end.target, target) + extra, target);
  return { place: Math.max(0, moved), alignment: { source: own, target }, isNatural: false };
}

/** The alignment that leads from `end` to `place`, both bits, or 0 where none above `natural` does. */
function attributeAlignment(end: number, place: number, natural: number, limit: number): number {
  const largest = Math.min(limit, lowestBit(Math.floor(place / 8)));
  for (let alignment = natural * 2; alignment <= largest; alignment *= 2) {
    if (roundUp(end, alignment) !== place) continue;
    const fitsLine = alignment < CACHELINE && CACHELINE <= largest && roundUp(end, CACHELINE) === place;
    return fitsLine ? CACHELINE : alignment;
  }
  return 0;
}

/**
 * Whether a bitfield at bit `place` would reach over more units of its type's alignment than the type
 * has, which the System V ABIs forbid. `byteSize` and `alignment` are those of the type.
 */
export function crossesUnits(place: number, bitSize: number, byteSize: number, alignment: number): boolean {
  const bits = alignment * 8;
  return Math.ceil(((place % bits) + bitSize) / bits) > byteSize / alignment;
}

function carryBitfield(end: Readonly<Pair>, member: PlacedMember, isPacked: boolean): Carried {
  const { place } = member;
  const alignment = isPacked ? BYTE : member.alignment;
  const settle = (from: number, side: keyof Pair): number =>
    isPacked ? from : afterCrossing(from, member, side);
  const extra = place - settle(end.source, 'source');
  if (extra === 0) return { place: settle(end.target, 'target'), alignment, isNatural: true };
  if (extra < 0) {
    return { place: Math.max(0, end.target + place - end.source), alignment, isNatural: false };
  }
  const boundary = boundaryBefore(end.source, place, member.alignment.source);
  const from =
    boundary === 0
      ? settle(end.target, 'target') + extra
      : roundUp(end.target, boundary === member.alignment.source ? member.alignment.target : boundary);
  return { place: settle(from, 'target'), alignment, isNatural: false };
}

/** Where a bitfield lies that would begin at bit `from` if it crossed no unit. */
function afterCrossing(
  from: number,
  { bitSize, byteSize, alignment }: PlacedMember,
  side: keyof Pair,
): number {
  const crosses = crossesUnits(from, bitSize, byteSize[side], alignment[side]);
  return crosses ? roundUp(from, alignment[side]) : from;
}

/** The unit, in bytes, to whose end an unnamed bitfield of width 0 moves from `end` to `place`; else 0. */
function boundaryBefore(end: number, place: number, largest: number): number {
  for (let unit = 1; unit <= largest; unit *= 2) {
    if (roundUp(end, unit) === place) return unit;
  }
  return 0;
}

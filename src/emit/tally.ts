/** `Tally`: what is summed up while the members of a struct are printed, for its statistics. */

export interface Tally {
  /** Whether anything but members was counted. */
  isSpecial: boolean;
  memberBytes: number;
  memberBits: number;
  staticMembers: number;
  holeBytes: number;
  bitHoleBits: number;
  forcedAlignments: number;
  forcedHoleCount: number;
  forcedHoleBytes: number;
  /** Members whose struct type has holes, and those holes. */
  typesWithHoles: number;
  typeHoles: number;
  typesWithBitHoles: number;
  typeBitHoles: number;
  typesWithPadding: number;
  typePaddingBytes: number;
  typesWithBitPadding: number;
  typePaddingBits: number;
  flexibleArrays: number;
  embeddedFlexibleArrays: number;
}

export function newTally(): Tally {
  return {
    isSpecial: false,
    memberBytes: 0,
    memberBits: 0,
    staticMembers: 0,
    holeBytes: 0,
    bitHoleBits: 0,
    forcedAlignments: 0,
    forcedHoleCount: 0,
    forcedHoleBytes: 0,
    typesWithHoles: 0,
    typeHoles: 0,
    typesWithBitHoles: 0,
    typeBitHoles: 0,
    typesWithPadding: 0,
    typePaddingBytes: 0,
    typesWithBitPadding: 0,
    typePaddingBits: 0,
    flexibleArrays: 0,
    embeddedFlexibleArrays: 0,
  };
}

/** Sets a tally back to nothing. */
export function clearTally(tally: Tally): void {
  tally.memberBytes = 0;
  tally.memberBits = 0;
  tally.staticMembers = 0;
  // Most structs count nothing else.
  if (tally.isSpecial) Object.assign(tally, EMPTY);
}

const EMPTY: Readonly<Tally> = newTally();

/** Counts an alignment attribute, and the hole in front of it as its consequence. */
export function countForced(tally: Tally, hole: number): void {
  tally.isSpecial = true;
  tally.forcedAlignments++;
  if (hole === 0) return;
  tally.forcedHoleCount++;
  tally.forcedHoleBytes += hole;
}

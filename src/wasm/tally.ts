/** What is summed up while the members of a top-level struct are printed, for its statistics. */

export let memberBytes: i64 = 0;
export let memberBits: i64 = 0;
export let holeBytes: i64 = 0;
export let bitHoleBits: i64 = 0;
export let forcedAlignments: i64 = 0;
export let forcedHoleCount: i64 = 0;
export let forcedHoleBytes: i64 = 0;
/** Members whose struct type has holes, and those holes; likewise below. */
export let typesWithHoles: i64 = 0;
export let typeHoles: i64 = 0;
export let typesWithBitHoles: i64 = 0;
export let typeBitHoles: i64 = 0;
export let typesWithPadding: i64 = 0;
export let typePaddingBytes: i64 = 0;
export let typesWithBitPadding: i64 = 0;
export let typePaddingBits: i64 = 0;
export let flexibleArrays: i64 = 0;
export let embeddedFlexibleArrays: i64 = 0;
/** Whether more than members and holes was counted. */
export let isSpecial: bool = false;

/** Counts from nothing. */
export function clearTally(): void {
  memberBytes = 0;
  memberBits = 0;
  holeBytes = 0;
  bitHoleBits = 0;
  if (!isSpecial) return;
  isSpecial = false;
  forcedAlignments = 0;
  forcedHoleCount = 0;
  forcedHoleBytes = 0;
  typesWithHoles = 0;
  typeHoles = 0;
  typesWithBitHoles = 0;
  typeBitHoles = 0;
  typesWithPadding = 0;
  typePaddingBytes = 0;
  typesWithBitPadding = 0;
  typePaddingBits = 0;
  flexibleArrays = 0;
  embeddedFlexibleArrays = 0;
}

export function countMembers(bytes: i64, bits: i64): void {
  memberBytes += bytes;
  memberBits += bits;
}

export function countHole(bytes: i64): void {
  holeBytes += bytes;
}

export function countBitHole(bits: i64): void {
  bitHoleBits += bits;
}

/** Counts an alignment attribute, and the hole in front of it as its consequence. */
export function countForced(hole: i64): void {
  isSpecial = true;
  forcedAlignments++;
  if (hole === 0) return;
  forcedHoleCount++;
  forcedHoleBytes += hole;
}

/** Counts what the struct type of a member wastes. */
export function countTypeWaste(padding: i64, bitPadding: i64, holes: i64, bitHoles: i64): void {
  isSpecial = true;
  if (padding !== 0) typesWithPadding++;
  typePaddingBytes += padding;
  if (bitPadding !== 0) typesWithBitPadding++;
  typePaddingBits += bitPadding;
  if (holes !== 0) typesWithHoles++;
  typeHoles += holes;
  if (bitHoles !== 0) typesWithBitHoles++;
  typeBitHoles += bitHoles;
}

export function countFlexible(isFlexible: bool, isEmbedded: bool): void {
  isSpecial = true;
  if (isFlexible) flexibleArrays++;
  if (isEmbedded) embeddedFlexibleArrays++;
}

/**
 * The unnamed bitfields that move a member of C to where it belongs: where a compiler would put it by
 * itself none is needed. The choice of fields is that of libbpf 1.8 (btf_dump_emit_bit_padding).
 */

/** What stands between two members: an aligning field, whole units, and a rest. */
export interface Padding {
  /** Index in {@link UNIT_BITS} of the aligning field's type; -1 where there is none. */
  marker: number;
  /** Width of the aligning field, 0 for `long: 0`. */
  markerBits: number;
  /** Index in {@link UNIT_BITS} of the type of whole units, and their number. */
  unit: number;
  unitCount: number;
  /** Type and width of the last field; no field where the width is 0. */
  restUnit: number;
  restBits: number;
}

/** Names of the types of padding, the widest first. */
export const UNIT_NAMES = ['long', 'int', 'short', 'char'] as const;

/** Widths of the types of padding for a pointer size. */
export function unitBits(pointerSize: number): Uint8Array {
  return Uint8Array.of(8 * pointerSize, 32, 16, 8);
}

export function emptyPadding(): Padding {
  return { marker: -1, markerBits: 0, unit: 0, unitCount: 0, restUnit: 0, restBits: 0 };
}

/** A gap in bits, and what stands around it. */
export interface Gap {
  /** Where the member before ends. */
  from: number;
  /** Where the next member, or the struct, ends it. */
  to: number;
  /** Alignment in bytes of what comes next. */
  alignment: number;
  /** Whether what is on both sides are bitfields. */
  isInBitfield: boolean;
}

/** Gaps of more bits than this are filled by an array, where the text may be our own. */
export const LARGE_GAP: number = 1 << 20;

/**
 * Whether every compiler leaves the gap by itself: for alignments that only attributes ask for. Fields in front of
 * smaller ones are those of libbpf, which spells out what it could leave away; 16 is an alignment of __int128, which
 * has 8 for BPF with gcc 12.
 */
export function isLeftByAlignment({ from, to, alignment, isInBitfield }: Gap): boolean {
  return alignment > MAX_SPELT_ALIGNMENT && !isInBitfield && roundUp(from, 8 * alignment) === to;
}

const MAX_SPELT_ALIGNMENT = 16;

/** Finds the fields for a gap; false where none is needed. */
export function findPadding(gap: Gap, units: Uint8Array, into: Padding): boolean {
  const { from, to, alignment, isInBitfield } = gap;
  into.marker = -1;
  into.unitCount = 0;
  into.restBits = 0;
  if (from >= to) return false;
  let unit = 0;
  while (unit < 3 && roundUp(from, units[unit] as number) > to) unit++;
  const width = units[unit] as number;
  const start = roundUp(from, width);
  let at = from;
  if (start > from && start <= to) {
    const isSkipped = start === to && roundUp(from, 8 * alignment) !== start;
    const wouldFit = start !== to && to - start <= start - from;
    if (isInBitfield || isSkipped || wouldFit) {
      into.marker = unit;
      into.markerBits = isInBitfield ? start - from : 0;
    }
    at = start;
  }
  into.unit = unit;
  into.unitCount = Math.floor((to - at) / width);
  into.restBits = (to - at) % width;
  if (into.restBits > 0) {
    into.restUnit = 3;
    while ((units[into.restUnit] as number) < into.restBits) into.restUnit--;
  }
  return true;
}

/** Fills a gap with fields of its very width, for packed structs, in which fields lie where the last ends. */
export function fillExactly({ from, to }: Gap, units: Uint8Array, into: Padding): boolean {
  const bits = to - from;
  const unit = units[0] as number;
  if (bits <= 0) return false;
  into.marker = -1;
  into.unit = 0;
  into.unitCount = Math.floor(bits / unit);
  into.restBits = bits % unit;
  into.restUnit = 3;
  while ((units[into.restUnit] as number) < into.restBits) into.restUnit--;
  return true;
}

/** The next multiple of `unit`; 0 as a unit gives `value`. */
function roundUp(value: number, unit: number): number {
  if (unit === 0) return value;
  const rest = value % unit;
  return rest === 0 ? value : value + unit - rest;
}

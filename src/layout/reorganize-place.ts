/**
 * The units that `--reorganize` places, and where C puts them: a unit begins behind the one before, at the next
 * multiple of its alignment. Bitfields follow the System V ABIs: each takes the next bits, unless it would
 * reach over the end of a storage unit of its type.
 */

/** One bitfield of a run. */
export interface BitField {
  /** Index of the member; undefined for bits without a name. */
  readonly member: number | undefined;
  /** 0 closes the storage unit. */
  readonly bitSize: number;
  /** Size of its type, which is that of the storage units, in bytes. */
  readonly unitSize: number;
}

/** What is moved as a whole: a member, or bitfields that follow one another. */
export interface Unit {
  /** Indexes of its members: `first` up to `end`, without it. */
  readonly first: number;
  readonly end: number;
  /** Bytes; 0 for bitfields, whose size depends on the place. */
  readonly byteSize: number;
  /** Bytes; for bitfields what they demand of the struct. */
  readonly alignment: number;
  /** The bitfields of a run. */
  readonly fields?: readonly BitField[] | undefined;
}

/** Whether a unit takes no room. It stands for a place among the others, and stays there. */
export function isMarker({ byteSize, fields }: Unit): boolean {
  return byteSize === 0 && fields === undefined;
}

/** The first position from `bit` on that is a multiple of `unit` bits. */
function roundUp(bit: number, unit: number): number {
  return Math.ceil(bit / unit) * unit;
}

/** Where a bitfield begins that comes behind `bit`. */
export function placeField(bit: number, { bitSize, unitSize }: BitField): number {
  const unit = unitSize * 8;
  if (bitSize === 0) return roundUp(bit, unit);
  return (bit % unit) + bitSize > unit ? roundUp(bit, unit) : bit;
}

/** Where a unit ends that comes behind `bit`, in bits. */
export function endOf(bit: number, { byteSize, alignment, fields }: Unit): number {
  if (fields === undefined) return roundUp(bit, alignment * 8) + byteSize * 8;
  let end = bit;
  for (const field of fields) end = placeField(end, field) + field.bitSize;
  return end;
}

/** Where a unit begins that comes behind `bit`, in bits. */
export function startOf(bit: number, { alignment, fields }: Unit): number {
  const [field] = fields ?? [];
  return field === undefined ? roundUp(bit, alignment * 8) : placeField(bit, field);
}

/** Bits that a unit takes wherever it is. */
export function usedBits({ byteSize, fields }: Unit): number {
  return fields === undefined ? byteSize * 8 : fields.reduce((sum, { bitSize }) => sum + bitSize, 0);
}

/** Bytes from the start of a struct with these units, in this order, to its end. */
export function sizeOfOrder(units: readonly Unit[], alignment: number): number {
  let bit = 0;
  for (const unit of units) bit = endOf(bit, unit);
  return roundUp(bit, alignment * 8) / 8;
}

/** The first bit of each member of these units, in this order: pairs of index and bit. */
export function placesOfOrder(units: readonly Unit[]): [member: number, bit: number][] {
  const places: [number, number][] = [];
  let bit = 0;
  for (const unit of units) {
    if (unit.fields === undefined) places.push([unit.first, startOf(bit, unit)]);
    else pushFields(places, bit, unit.fields);
    bit = endOf(bit, unit);
  }
  return places;
}

function pushFields(places: [number, number][], from: number, fields: readonly BitField[]): void {
  let bit = from;
  for (const field of fields) {
    bit = placeField(bit, field);
    if (field.member !== undefined) places.push([field.member, bit]);
    bit += field.bitSize;
  }
}

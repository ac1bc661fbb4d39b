/**
 * `layoutOf`: the layout of one struct or union as a value. Its items are what lies where, in order:
 * members, what is unused between them, what is unused behind them, and where cachelines begin. In a
 * struct they tile the whole size, so the summary adds up:
 *
 *     8 * memberBytes + memberBits + 8 * holeBytes + bitHoleBits + 8 * padding + bitPadding - overlapBits
 *         = 8 * byteSize
 *
 * Members of C do not overlap, so that overlapBits is 0 but for types that BTF cannot hold: hostile ones, and
 * those with members beyond 512 MiB, whose bit offset wraps there. Of padding above 2 GiB no more is counted. In
 * C++ a member may lie in the padding of the base class before it, and what lies where the object itself says,
 * such as a virtual base, counts as padding and not as a member.
 *
 * Passes over a whole table use `Layouts` and its columns instead, which make no objects.
 */

import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import type { LayoutItem } from './layout-items.ts';
import type { Layouts } from './layouts.ts';
import { MemberColumns, NO_OFFSET } from './member-columns.ts';
import { emptyWaste, type Waste } from './placement.ts';

/** The numbers below a struct: sizes, what is unused, and what its members' own types waste. */
export interface LayoutSummary {
  readonly byteSize: number;
  /** Cachelines that the type touches when it starts at one. */
  readonly cachelines: number;
  readonly memberCount: number;
  /** Bytes of members that are no bitfields and have an offset; in a union, of the largest one. */
  readonly memberBytes: number;
  /** Bits of bitfields; in a union, of the largest one. */
  readonly memberBits: number;
  readonly holeCount: number;
  readonly holeBytes: number;
  /** Places with unused bits. A hole with unused bits on both sides counts once. */
  readonly bitHoleCount: number;
  readonly bitHoleBits: number;
  /** Unused bytes behind the last member; in a union, behind the largest one. */
  readonly padding: number;
  /** Unused bits between the last bitfield and the padding. */
  readonly bitPadding: number;
  /** Bits that members share or take beyond the end. 0 for C, in BTF up to 512 MiB, which its offsets reach. */
  readonly overlapBits: number;
  /** Members with an inferred alignment; the holes before them, in number and in bytes. */
  readonly forcedAlignments: number;
  readonly forcedHoleCount: number;
  readonly forcedHoleBytes: number;
  /** Members that are structs with holes, and those holes in number. Typedefs are not looked through. */
  readonly memberTypesWithHoles: number;
  readonly memberTypeHoles: number;
  readonly memberTypesWithBitHoles: number;
  readonly memberTypeBitHoles: number;
  /** Members that are structs with padding, and its bytes. */
  readonly memberTypesWithPadding: number;
  readonly memberTypePadding: number;
  readonly memberTypesWithBitPadding: number;
  readonly memberTypeBitPadding: number;
  /** Members that are structs ending in a flexible array. */
  readonly flexibleArrays: number;
  /** Members that are structs with such a struct inside. */
  readonly embeddedFlexibleArrays: number;
  /** Bytes in the last cacheline; 0 when the type ends where one does. */
  readonly lastCachelineBytes: number;
}

/** The layout of a struct or union. */
export interface Layout {
  readonly id: TypeId;
  readonly kind: 'struct' | 'union';
  /** Empty for an anonymous type. */
  readonly name: string;
  readonly byteSize: number;
  /** Bytes of the alignment attribute that explains the size; undefined where none is needed. */
  readonly alignment: number | undefined;
  /** Whether the type is packed, as far as layouts tell: BTF does not say. False for a union. */
  readonly isPacked: boolean;
  readonly items: readonly LayoutItem[];
  readonly summary: LayoutSummary;
}

/**
 * The layout of `id`. Throws `TypeError` when it is no struct or union (follow typedefs first) and
 * `bad-data` when a member's name lies outside of the strings.
 */
export function layoutOf(layouts: Layouts, id: TypeId): Layout {
  const { table } = layouts;
  const kind = table.kind(id);
  if (kind !== Kind.Struct && kind !== Kind.Union) throw new TypeError(`type ${id} is no struct or union`);
  const isStruct = kind === Kind.Struct;
  const columns = new MemberColumns(Math.max(1, layouts.memberCount(id)));
  const waste = emptyWaste();
  layouts.place(id, columns);
  layouts.waste(id, waste);
  const alignment = layouts.alignment(id);
  const isPacked = isStruct && layouts.packed.inferStruct(id);

  const draft = newDraft(layouts, id, columns, waste);
  if (isStruct) addStruct(draft);
  else addUnion(draft);
  return {
    id,
    kind: isStruct ? 'struct' : 'union',
    name: table.name(id),
    byteSize: table.sizeOrType(id),
    alignment: isStruct && !isPacked && alignment !== 0 ? alignment : undefined,
    isPacked,
    items: draft.items,
    summary: draft.summary,
  };
}

/** A layout in the making. */
interface Draft {
  readonly id: TypeId;
  readonly layouts: Layouts;
  readonly columns: MemberColumns;
  readonly waste: Waste;
  readonly byteSize: number;
  readonly items: LayoutItem[];
  readonly summary: { -readonly [Field in keyof LayoutSummary]: number };
  /** Cacheline of the last member. */
  cacheline: number;
}

function newDraft(layouts: Layouts, id: TypeId, columns: MemberColumns, waste: Waste): Draft {
  const byteSize = layouts.table.sizeOrType(id);
  const summary = {
    byteSize,
    cachelines: Math.ceil(layouts.facts.sizeOf(id) / layouts.cachelineSize),
    memberCount: columns.count,
    memberBytes: 0,
    memberBits: 0,
    holeCount: 0,
    holeBytes: 0,
    bitHoleCount: 0,
    bitHoleBits: 0,
    padding: 0,
    bitPadding: 0,
    overlapBits: 0,
    forcedAlignments: 0,
    forcedHoleCount: 0,
    forcedHoleBytes: 0,
    memberTypesWithHoles: 0,
    memberTypeHoles: 0,
    memberTypesWithBitHoles: 0,
    memberTypeBitHoles: 0,
    memberTypesWithPadding: 0,
    memberTypePadding: 0,
    memberTypesWithBitPadding: 0,
    memberTypeBitPadding: 0,
    flexibleArrays: 0,
    embeddedFlexibleArrays: 0,
    lastCachelineBytes: byteSize % layouts.cachelineSize,
  };
  return { id, layouts, columns, waste, byteSize, items: [], summary, cacheline: 0 };
}

function addStruct(draft: Draft): void {
  const { columns, layouts, summary, waste } = draft;
  let { preHole: hole, preBitHole: bitHole } = waste;
  for (let index = 0; index < columns.count; index++) {
    const byteSize = columns.byteSize[index] as number;
    if (layouts.table.side?.takesSpace(draft.id, index, byteSize) === false) {
      addMember(draft, index);
      continue;
    }
    addGap(draft, index, hole, bitHole);
    addMember(draft, index);
    countForced(draft, index, hole);
    const bitSize = columns.bitSize[index] as number;
    summary.memberBits += bitSize;
    if (bitSize === 0) summary.memberBytes += byteSize;
    hole = columns.hole[index] as number;
    bitHole = columns.bitHole[index] as number;
  }
  addPadding(draft, waste.padding, waste.bitPadding);
}

/** Of a union's members only the largest counts, as if it were the one member of a struct. */
function addUnion(draft: Draft): void {
  const { byteSize, columns, summary } = draft;
  let largest = 0;
  for (let index = 0; index < columns.count; index++) {
    addMember(draft, index);
    if (memberBits(columns, index) > memberBits(columns, largest)) largest = index;
  }
  // Without members the columns are new and hold zeros.
  const ownBytes = columns.byteSize[largest] as number;
  const bitSize = columns.bitSize[largest] as number;
  const takenBytes = bitSize === 0 ? ownBytes : Math.min(ownBytes, byteSize);
  summary.memberBits = bitSize;
  if (bitSize === 0) summary.memberBytes = ownBytes;
  addPadding(draft, byteSize - takenBytes, bitSize === 0 ? 0 : takenBytes * 8 - bitSize);
}

function memberBits(columns: MemberColumns, index: number): number {
  return (columns.bitSize[index] as number) || (columns.byteSize[index] as number) * 8;
}

/**
 * Adds what is unused before a member. Bits left over in the storage unit before come first, then the
 * hole, then the bits before a bitfield in its own unit. Negative numbers are overlaps.
 */
function addGap(draft: Draft, index: number, hole: number, bitHole: number): void {
  if (hole === 0 && bitHole === 0) return;
  const { columns, items, summary } = draft;
  const start = columns.bitOffset[index] as number;
  const unitOffset =
    columns.bitSize[index] === 0 ? Math.floor(start / 8) : (columns.byteOffset[index] as number);
  const bitsBehind = hole > 0 ? start - unitOffset * 8 : 0;
  const holeOffset = unitOffset - hole;
  const bitsBefore = bitHole - bitsBehind;
  addBits(draft, 'bitHole', (hole > 0 ? holeOffset * 8 : start) - bitsBefore, bitsBefore);
  if (hole > 0) {
    items.push({ kind: 'hole', byteOffset: holeOffset, byteSize: hole });
    summary.holeCount++;
    summary.holeBytes += hole;
  } else {
    summary.overlapBits -= hole * 8;
  }
  addBits(draft, 'bitHole', unitOffset * 8, bitsBehind);
  if (bitHole > 0) summary.bitHoleCount++;
}

function addBits(draft: Draft, kind: 'bitHole' | 'bitPadding', bitOffset: number, bitSize: number): void {
  const { items, summary } = draft;
  if (bitSize < 0) summary.overlapBits -= bitSize;
  if (bitSize <= 0) return;
  items.push({ kind, bitOffset, bitSize });
  if (kind === 'bitHole') summary.bitHoleBits += bitSize;
  else summary.bitPadding = bitSize;
}

function addPadding(draft: Draft, padding: number, bitPadding: number): void {
  const { byteSize, items, summary } = draft;
  addBits(draft, 'bitPadding', (byteSize - padding) * 8 - bitPadding, bitPadding);
  if (padding < 0) summary.overlapBits -= padding * 8;
  if (padding <= 0) return;
  items.push({ kind: 'padding', byteOffset: byteSize - padding, byteSize: padding });
  summary.padding = padding;
}

function addMember(draft: Draft, index: number): void {
  const { columns, items, layouts } = draft;
  const byteOffset = columns.byteOffset[index] as number;
  const isBitfield = columns.bitSize[index] !== 0;
  const isPlaced = byteOffset !== NO_OFFSET;
  if (isPlaced) addBoundary(draft, byteOffset);
  items.push({
    kind: 'member',
    index,
    name: layouts.table.strings.text(columns.nameOffset[index] as number),
    typeId: columns.typeId[index] as number,
    bitOffset: isPlaced ? columns.bitOffset[index] : undefined,
    byteOffset: isPlaced ? byteOffset : undefined,
    byteSize: columns.byteSize[index] as number,
    bitSize: isBitfield ? columns.bitSize[index] : undefined,
    bitfieldOffset: isBitfield ? columns.bitfieldOffset[index] : undefined,
    alignment: columns.alignment[index] || undefined,
  });
  countTypeWaste(draft, columns.typeId[index] as number);
}

function addBoundary(draft: Draft, byteOffset: number): void {
  const { cachelineSize } = draft.layouts;
  const cacheline = Math.floor(byteOffset / cachelineSize);
  if (cacheline <= draft.cacheline) return;
  const bytesAgo = byteOffset % cachelineSize;
  draft.items.push({ kind: 'cachelineBoundary', cacheline, byteOffset: byteOffset - bytesAgo, bytesAgo });
  draft.cacheline = cacheline;
}

function countForced({ columns, summary }: Draft, index: number, hole: number): void {
  if (columns.alignment[index] === 0) return;
  summary.forcedAlignments++;
  if (hole <= 0) return;
  summary.forcedHoleCount++;
  summary.forcedHoleBytes += hole;
}

/** Counts what a member's type wastes when it is directly a struct. */
function countTypeWaste({ layouts, summary }: Draft, id: TypeId): void {
  if (layouts.table.kind(id) !== Kind.Struct) return;
  const waste = layouts.waste(id, emptyWaste());
  if (layouts.facts.hasFlexibleArray(id)) summary.flexibleArrays++;
  if (layouts.facts.hasEmbeddedFlexibleArray(id)) summary.embeddedFlexibleArrays++;
  if (waste.holeCount !== 0) summary.memberTypesWithHoles++;
  summary.memberTypeHoles += waste.holeCount;
  if (waste.bitHoleCount !== 0) summary.memberTypesWithBitHoles++;
  summary.memberTypeBitHoles += waste.bitHoleCount;
  if (waste.padding !== 0) summary.memberTypesWithPadding++;
  summary.memberTypePadding += waste.padding;
  if (waste.bitPadding !== 0) summary.memberTypesWithBitPadding++;
  summary.memberTypeBitPadding += waste.bitPadding;
}

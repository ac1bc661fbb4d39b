/**
 * Alignment attributes that a layout without them would contradict. BTF does not record attributes;
 * what a member skips tells that something pushed it further than its type's natural alignment.
 */

import type { TypeId } from '../model/table.ts';
import type { MemberColumns } from './member-columns.ts';
import type { TypeFacts } from './type-facts.ts';

/**
 * Sets `columns.alignment` for the placed members of `id` and returns the alignment of the type
 * itself; 0 means that natural alignment explains the place.
 */
export function inferAlignments(
  facts: TypeFacts,
  id: TypeId,
  columns: MemberColumns,
  cachelineSize: number,
): number {
  let previousEnd = 0;
  for (let index = 0; index < columns.count; index++) {
    const byteOffset = columns.byteOffset[index] as number;
    const size = columns.byteSize[index] as number;
    columns.alignment[index] =
      byteOffset === previousEnd
        ? 0
        : inferAlignment(byteOffset, memberAlignment(facts, columns, index), previousEnd, cachelineSize);
    if (size !== 0) previousEnd = byteOffset + occupiedBytes(columns, index, size);
  }
  const byteSize = facts.table.sizeOrType(id);
  if (byteSize === previousEnd) return 0;
  return inferAlignment(byteSize, facts.naturalAlignment(id), previousEnd, cachelineSize);
}

function memberAlignment(facts: TypeFacts, columns: MemberColumns, index: number): number {
  return facts.naturalAlignment(facts.strip(columns.typeId[index] as number));
}

function occupiedBytes(columns: MemberColumns, index: number, size: number): number {
  const bitSize = columns.bitSize[index] as number;
  return bitSize === 0 ? size : ((columns.bitfieldOffset[index] as number) + bitSize + 7) >>> 3;
}

/** The smallest power of two above the bytes skipped is what it took to get to `offset`. */
function inferAlignment(offset: number, natural: number, previousEnd: number, cachelineSize: number): number {
  const skipped = (offset - previousEnd) >>> 0;
  if (skipped === 0 || offset % 2 !== 0) return 0;
  const bits = 32 - Math.clz32(skipped);
  const alignment = bits === 32 ? 1 : 2 ** bits;
  if (alignment <= natural || alignment === 1) return 0;
  // A cacheline is the likelier wish wherever it would give the same place.
  const fitsLine =
    alignment < cachelineSize && cachelineSize % alignment === 0 && offset % cachelineSize === 0;
  return fitsLine ? cachelineSize : alignment;
}

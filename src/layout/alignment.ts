/**
 * Alignment attributes that a layout without them would contradict. BTF does not record attributes;
 * what a member skips tells that something pushed it further than its type's natural alignment.
 */

/**
 * The alignment attribute that explains why something lies at `offset` when the member before ends at
 * `previousEnd`, in bytes; 0 where natural alignment explains it. For the end of a type, `offset` is its
 * size. The smallest power of two above the bytes skipped is what it took to get there.
 */
export function inferAlignment(
  offset: number,
  natural: number,
  previousEnd: number,
  cachelineSize: number,
): number {
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

/**
 * Sorting many ids by name. A comparison function called a million times is what a cold start cannot
 * afford, so names are compared four bytes at a time as numbers, by the runtime's own sort.
 */

import type { TextBlob } from './text-blob.ts';

/** Groups up to this size are sorted by comparing whole names. */
const SMALL = 12;

/** An index and four bytes of a name are packed into one exact number. */
const INDEX_RANGE = 2 ** 21;

/** Names that agree so far count as equal: the kernel allows 512 bytes. */
const MAX_COMPARED = 2048;

/** A range of ids whose names agree in their first `skip` bytes. */
interface Group {
  readonly from: number;
  readonly to: number;
  readonly skip: number;
}

/** Sorts ids by the texts at `offsetOf[id]`, bytewise and stably, in place. */
export function sortByText(ids: Uint32Array, offsetOf: Uint32Array, text: TextBlob): void {
  const compare = (a: number, b: number): number =>
    text.compare(offsetOf[a] as number, offsetOf[b] as number);
  if (ids.length >= INDEX_RANGE) {
    ids.sort(compare);
    return;
  }
  const waiting: Group[] = [{ from: 0, to: ids.length, skip: 0 }];
  for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
    const { from, to } = group;
    if (to - from > SMALL) sortGroup(ids.subarray(from, to), group, { offsetOf, text, waiting });
    else insertionSort(ids, group, compare);
  }
}

interface Names {
  readonly offsetOf: Uint32Array;
  readonly text: TextBlob;
  readonly waiting: Group[];
}

/** Sorts by the next four bytes; what agrees in them waits for the four after. */
function sortGroup(ids: Uint32Array, { from, skip }: Group, { offsetOf, text, waiting }: Names): void {
  const { bytes } = text;
  const count = ids.length;
  const keys = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    let at = (offsetOf[ids[index] as number] as number) + skip;
    let prefix = 0;
    for (let taken = 0; taken < 4; taken++) {
      const byte = bytes[at] ?? 0;
      prefix = (prefix << 8) | byte;
      if (byte !== 0) at++;
    }
    keys[index] = (prefix >>> 0) * INDEX_RANGE + index;
  }
  keys.sort();
  const old = ids.slice();
  let start = 0;
  let prefix = -1;
  for (let index = 0; index <= count; index++) {
    const key = index < count ? (keys[index] as number) : Infinity;
    const next = Math.floor(key / INDEX_RANGE);
    if (index < count) ids[index] = old[key - next * INDEX_RANGE] as number;
    if (next === prefix) continue;
    const hasMore = (prefix & 0xff) !== 0 && skip < MAX_COMPARED;
    if (index - start > 1 && hasMore) waiting.push({ from: from + start, to: from + index, skip: skip + 4 });
    start = index;
    prefix = next;
  }
}

function insertionSort(
  ids: Uint32Array,
  { from, to }: Group,
  compare: (a: number, b: number) => number,
): void {
  for (let index = from + 1; index < to; index++) {
    const id = ids[index] as number;
    let at = index;
    while (at > from && compare(ids[at - 1] as number, id) > 0) {
      ids[at] = ids[at - 1] as number;
      at--;
    }
    ids[at] = id;
  }
}

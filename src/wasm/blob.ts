/**
 * A BTF blob to the table, for the blobs that kernels offer: the host's byte order, kinds that are known. What
 * src/btf/decode.ts would refuse, or read in another way, is refused here, and the host's to read.
 */

import { Kind } from './kinds';
import {
  allocate,
  end,
  kindOf,
  nameOf,
  needName,
  recordOf,
  setNames,
  setPointerSize,
  setRecords,
  thirdOf,
} from './table';
import { isName } from './text';

const MAGIC: u32 = 0x0001_eb9f;
const HEADER_BYTES: u32 = 24;
const LONG_HEADER_BYTES: u32 = 32;
const COMMON_WORDS: u32 = 3;
const KNOWN_KINDS: usize = 20;
/** Larger blobs are the host's. */
const MAX_BYTES: u32 = 1 << 26;

/** By kind, the words that follow those that every record has, 255 for no kind, and the words of each element. */
const EXTRA_WORDS: usize = memory.data<u8>([255, 1, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0]);
const ELEMENT_WORDS: usize = memory.data<u8>([0, 0, 0, 0, 3, 3, 2, 0, 0, 0, 0, 0, 0, 2, 0, 3, 0, 0, 0, 3]);
const NO_KIND: u32 = 255;

/** The same for as many kinds as a record may say, one behind the other. */
export let kindWords: usize = 0;
const KINDS: usize = 128;

/** Where the words and the names are, and how many; the room for where each record starts. */
export let blobWords: usize = 0;
export let blobWordCount: u32 = 0;
export let blobStarts: usize = 0;
export let blobNames: usize = 0;
export let blobNameBytes: u32 = 0;

/**
 * Looks at the header of the blob of `size` bytes at an address, a multiple of 8, behind which 8 bytes may be read. More
 * than the header need not be there yet. Returns false, and nothing may be called, where the host must read it. Else the
 * records must be found next, here or there.
 */
export function openBlob(blob: usize, size: u32): bool {
  const isKnown = size >= HEADER_BYTES && size <= MAX_BYTES && load<u32>(blob) === MAGIC;
  const header = load<u32>(blob, 4);
  // The longer one is for a blob that describes its kinds, which some writers leave empty.
  const isPlain = header === HEADER_BYTES || (header === LONG_HEADER_BYTES && load<u32>(blob, 28) === 0);
  if (!isKnown || !isPlain || size < header) return false;
  const body = size - header;
  const typeStart = load<u32>(blob, 8);
  const typeBytes = load<u32>(blob, 12);
  const nameStart = load<u32>(blob, 16);
  blobNameBytes = load<u32>(blob, 20);
  if (typeStart % 4 !== 0 || typeBytes % 4 !== 0 || typeBytes === 0 || blobNameBytes === 0) return false;
  if (<u64>typeStart + typeBytes > nameStart || <u64>nameStart + blobNameBytes > body) return false;
  blobNames = blob + header + nameStart;
  blobWords = blob + header + typeStart;
  blobWordCount = typeBytes >>> 2;
  blobStarts = allocate((blobWordCount / COMMON_WORDS + 1) << 2);
  kindWords = allocate(2 * KINDS);
  memory.fill(kindWords, <u8>NO_KIND, KINDS);
  memory.copy(kindWords, EXTRA_WORDS, KNOWN_KINDS);
  memory.copy(kindWords + KINDS, ELEMENT_WORDS, KNOWN_KINDS);
  return true;
}

/** Writes where each record starts; returns how many there are, 0 where one is not as its kind says. */
export function findRecords(): u32 {
  let next = blobStarts;
  let at: u32 = 0;
  // A blob and an element are so small that no sum overflows.
  while (at < blobWordCount) {
    const info = load<u32>(blobWords + (at << 2), 4);
    const kind = kindWords + ((info >>> 24) & 0x7f);
    const extra = <u32>load<u8>(kind);
    store<u32>(next, at);
    next += 4;
    at += COMMON_WORDS + extra + (info & 0x00ff_ffff) * load<u8>(kind, KINDS);
    if (extra === NO_KIND || at > blobWordCount) return 0;
  }
  return (next - blobStarts) >>> 2;
}

/**
 * Goes on with so many records as have been found in the blob. Of the names the last byte must be there. Returns false, as
 * {@link openBlob}, where names do not begin and end as they should.
 */
export function useBlob(count: u32): bool {
  if (load<u8>(blobNames + blobNameBytes - 1) !== 0) return false;
  setRecords(blobWords, blobWordCount, blobStarts, count);
  setNames(blobNames, blobNameBytes, 0);
  needName(0);
  if (load<u8>(blobNames) !== 0) return false;
  setPointerSize(guessPointerSize());
  return true;
}

/** Bytes in a pointer, as C's `long` tells: libbpf, btf.c. */
function guessPointerSize(): u32 {
  for (let id: u32 = 1; id < end; id++) {
    const record = recordOf(id);
    if (kindOf(record) !== Kind.Int) continue;
    const size = thirdOf(record);
    if ((size === 4 || size === 8) && isLong(nameOf(record))) return size;
  }
  return 8;
}

function isLong(name: u32): bool {
  return (
    isName(name, 'long int') ||
    isName(name, 'long unsigned int') ||
    isName(name, 'long') ||
    isName(name, 'int long') ||
    isName(name, 'unsigned long') ||
    isName(name, 'long unsigned') ||
    isName(name, 'unsigned long int') ||
    isName(name, 'unsigned int long') ||
    isName(name, 'long int unsigned') ||
    isName(name, 'int unsigned long') ||
    isName(name, 'int long unsigned')
  );
}

/**
 * A few types of the running kernel, or of another file of BTF, by name, in the default layout: from the file to the text
 * without a `TypeTable`, which most calls of the command line ask for and which a start should not be felt in.
 */

import { closeSync, openSync, readSync, statSync } from 'node:fs';
import {
  COMMON_WORDS,
  EMPTY_MEANS_VOID,
  KINDS,
  LARGE_ENUMS_PACKED,
  LAZY_PACKED,
  type ListingModule,
  loadListing,
  MISPLACES_QUALIFIERS,
  NAME_SLACK,
  NARROWS_COUNTERS,
  READS_LEGACY,
} from './native/listing-module.ts';
import { mapSysfs, populate, recordIndexer } from './native/map.ts';

/** How {@link listQuickly} prints. */
export interface QuickOptions {
  /** Bytes in a cacheline. */
  readonly cachelineSize: number;
  /** The text of pahole 1.31, quirks and all. */
  readonly compat: boolean;
}

const PAHOLE = NARROWS_COUNTERS | EMPTY_MEANS_VOID | LAZY_PACKED | MISPLACES_QUALIFIERS | LARGE_ENUMS_PACKED;
const OWN = LAZY_PACKED | READS_LEGACY;

/** Bytes of the longest header that says where the rest is. */
const BTF_HEADER_BYTES = 32;
/** Kernels have some MiB. */
const MAX_BLOB_BYTES = 1 << 26;
/** The longest name that is looked for, in bytes, and room for one. */
const MAX_NAME = 500;
const NAME_ROOM = 512;

/**
 * The text of the structs and unions with these names in a file of BTF that has no base, each followed by an empty line. Undefined where not all of them are plain structs and unions of a plain file: then nothing is known, not
 * even that there is an error, and the usual way must be gone. Never throws.
 */
export function listQuickly(
  path: string,
  names: readonly string[],
  options: QuickOptions,
): Uint8Array | undefined {
  let file: TypesFile | undefined;
  try {
    file = openFile(path);
    return isBtf(file) ? listFrom(file, names, options) : undefined;
  } catch {
    return undefined;
  } finally {
    file?.close();
  }
}

/** A file; one of sysfs the kernel maps, or gives a page at a time. */
interface TypesFile {
  readonly byteSize: number;
  /** Reads bytes from an offset on, as many as `into` takes. Throws where there are fewer. */
  read(offset: number, into: Uint8Array): void;
  close(): void;
}

function openFile(path: string): TypesFile {
  const mapped = mapSysfs(path);
  if (mapped !== undefined) {
    const read = (offset: number, into: Uint8Array): void =>
      into.set(mapped.subarray(offset, offset + into.length));
    return { byteSize: mapped.length, read, close: () => undefined };
  }
  const file = statSync(path);
  if (!file.isFile()) throw new Error('what can be read but once is left to others');
  const descriptor = openSync(path, 'r');
  const read = (offset: number, into: Uint8Array): void => {
    for (let done = 0, count = 0; done < into.length; done += count) {
      count = readSync(descriptor, into, done, into.length - done, offset + done);
      if (count === 0) throw new Error('the file is shorter than it said');
    }
  };
  return { byteSize: file.size, read, close: () => closeSync(descriptor) };
}

/** Whether a file may be for the module, which takes the least significant byte first. */
function isBtf(file: TypesFile): boolean {
  const magic = new Uint8Array(2);
  if (file.byteSize > magic.length) file.read(0, magic);
  return magic[0] === 0x9f && magic[1] === 0xeb;
}

function listFrom(
  file: TypesFile,
  names: readonly string[],
  { cachelineSize, compat }: QuickOptions,
): Uint8Array | undefined {
  let blob = 0;
  const module = loadListing((start, end) => {
    const at = (module as ListingModule).blobNames.value + start;
    file.read(at - blob, viewOf(module as ListingModule, at, end - start));
  });
  if (module === undefined || file.byteSize > MAX_BLOB_BYTES) return undefined;
  const room = module.allocate(NAME_ROOM);
  blob = module.allocate(file.byteSize + NAME_SLACK);
  if (!readTypes(module, file, blob)) return undefined;
  module.begin(cachelineSize, compat ? PAHOLE : OWN);
  for (const name of names) {
    const id = find(module, name, room);
    // What is found without looking at all types is found from those that hold this one.
    if (!compat && id !== 0) module.inferFromHolders(id);
    if (id === 0 || module.printAlone(id) === 0) return undefined;
  }
  return viewOf(module, module.text.value, module.textLength.value);
}

function viewOf({ memory }: ListingModule, at: number, byteSize: number): Uint8Array {
  return new Uint8Array(memory.buffer, at, byteSize);
}

/** Reads all but the names, which come when they are needed. Returns whether the module takes it. */
function readTypes(module: ListingModule, file: TypesFile, blob: number): boolean {
  file.read(0, viewOf(module, blob, Math.min(BTF_HEADER_BYTES, file.byteSize)));
  if (module.openBlob(blob, file.byteSize) === 0) return false;
  const { blobWords, blobWordCount, blobNames, blobNameBytes } = module;
  const types = viewOf(module, blobWords.value, 4 * blobWordCount.value);
  populate(types);
  file.read(blobWords.value - blob, types);
  const lastByte = blobNames.value + blobNameBytes.value - 1;
  file.read(lastByte - blob, viewOf(module, lastByte, 1));
  const count = findRecords(module);
  return count > 0 && module.useBlob(count) !== 0;
}

/** Finds the records of the blob, with the addon's help where it is there. Returns how many; none where one is broken. */
function findRecords(module: ListingModule): number {
  const { memory, blobWords, blobWordCount, blobStarts, kindWords } = module;
  const { buffer } = memory;
  const words = new Uint32Array(buffer, blobWords.value, blobWordCount.value);
  const starts = new Uint32Array(buffer, blobStarts.value, Math.floor(words.length / COMMON_WORDS));
  const extraWords = viewOf(module, kindWords.value, KINDS);
  const elementWords = viewOf(module, kindWords.value + KINDS, KINDS);
  return recordIndexer(words.byteLength)?.(words, extraWords, elementWords, starts) ?? module.findRecords();
}

/** Id of the first type of a name, 0 for none. `room` is an address with {@link NAME_ROOM} bytes. */
function find(module: ListingModule, name: string, room: number): number {
  const bytes = Buffer.from(module.memory.buffer, room, NAME_ROOM);
  const length = bytes.write(`${name}\0`) - 1;
  return length > 0 && length <= MAX_NAME ? module.find(room, length) : 0;
}

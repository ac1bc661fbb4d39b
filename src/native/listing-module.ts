/** What src/wasm/listing.ts exports: the listing of structs and unions, for one table. */

import { loadWasm } from './wasm.ts';

/** An address, or a number of bytes, that the module exports. */
export interface Exported {
  readonly value: number;
}

/** An instance of the module. Ids and addresses are numbers; what would be true is not 0. */
export interface ListingModule {
  /** Grows with each {@link allocate}, so views of it last until the next one. */
  readonly memory: { readonly buffer: ArrayBuffer };
  allocate(bytes: number): number;
  setRecords(words: number, wordCount: number, starts: number, count: number): void;
  setNames(names: number, byteSize: number, ready: number): void;
  setPointerSize(bytes: number): void;
  openBlob(blob: number, byteSize: number): number;
  findRecords(): number;
  useBlob(count: number): number;
  begin(cachelineSize: number, options: number): void;
  beginAll(cachelineSize: number, options: number): number;
  list(next: number): number;
  find(name: number, length: number): number;
  inferFromHolders(id: number): void;
  print(id: number): number;
  printAlone(id: number): number;
  clear(): void;
  readonly blobNames: Exported;
  readonly blobNameBytes: Exported;
  readonly blobWords: Exported;
  readonly blobWordCount: Exported;
  readonly blobStarts: Exported;
  readonly kindWords: Exported;
  readonly text: Exported;
  readonly textLength: Exported;
  readonly sizes: Exported;
  readonly alignments: Exported;
  readonly legacyBitfields: Exported;
  readonly compositeOf: Exported;
  readonly flags: Exported;
  readonly waste: Exported;
  readonly forced: Exported;
  readonly packed: Exported;
  readonly inferred: Exported;
}

/** The options of `begin`, as src/wasm/listing.ts has them. */
export const NARROWS_COUNTERS = 1;
export const EMPTY_MEANS_VOID = 2;
export const LAZY_PACKED = 4;
export const READS_LEGACY = 8;
export const IGNORES_KIND = 16;
export const MISPLACES_QUALIFIERS = 32;
export const LARGE_ENUMS_PACKED = 64;

/** Kinds that a record may say, for each of which `kindWords` has a number of words, and behind all another. */
export const KINDS = 128;
/** Words of the least record. */
export const COMMON_WORDS = 3;

/** The module reads names by 8 bytes, so that as many must be behind them. */
export const NAME_SLACK = 8;

/** Copies names of the table to the memory: see src/wasm/host.ts. */
export type ReadNames = (start: number, end: number) => void;

/** A new instance, or undefined: see {@link loadWasm}. Without `readNames` all names must be there. */
export function loadListing(readNames: ReadNames = () => undefined): ListingModule | undefined {
  return loadWasm('listing', { host: { readNames } }) as ListingModule | undefined;
}

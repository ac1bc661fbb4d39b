/** What the addon `tspahole_dwarf` exports; see native/binding.cc. */

import type { EntryPlaces } from '../model/entry-places.ts';

/** An open file; only the addon knows what is in it. */
export type DwarfHandle = object & { readonly handle: unique symbol };

export interface DwarfBindingOptions {
  readonly threads: number;
  readonly functions: boolean;
  readonly variables: boolean;
  readonly bodies: boolean;
  /** What the bodies of functions contain; takes `functions` and `bodies`. */
  readonly outlines: boolean;
  /** The columns `signatures` and `variables` instead of records for functions and variables; takes `bodies`. */
  readonly encoding: boolean;
  /** With `encoding`: parameters as they are passed where clang has changed a signature. */
  readonly trueSignatures: boolean;
  /** With `encoding`: the column `contents`, and of the records of types that it knows from earlier units the kinds alone. */
  readonly omitRepeats: boolean;
  readonly declFiles: boolean;
  readonly kabiPrefix: string;
  /** DW_LANG numbers of units to deliver without types. */
  readonly excludeLanguages: readonly number[];
}

/** Something odd in the input, with what was made of it. */
export interface DwarfNote {
  readonly text: string;
  readonly section: string;
  readonly offset: number;
}

/** One unit: its head, and all its columns in one buffer of 32-bit words. */
export interface DwarfUnitBatch {
  /**
   * Opens with two words for each of {@link DWARF_COLUMNS}: the index of its first word, and its length in
   * words; that of the arena in bytes. A column that is all zero has none.
   */
  readonly buffer: ArrayBuffer;
  readonly nameOffset: number;
  readonly compilationDirectoryOffset: number;
  readonly producerOffset: number;
  readonly language: number;
  readonly version: number;
  readonly addressSize: number;
  readonly dieOffset: number;
  readonly isLittleEndian: boolean;
  readonly isExcluded: boolean;
  readonly notes: readonly DwarfNote[];
}

/** The order of the columns in a batch. */
export const DWARF_COLUMNS = [
  'words',
  'starts',
  'dieOffsets',
  'scopes',
  'flags',
  'alignments',
  'attributes',
  'declFiles',
  'declLines',
  'memberStarts',
  'memberFlags',
  'memberAlignments',
  'childStarts',
  'children',
  'functions',
  'outlines',
  'signatures',
  'variables',
  'contents',
  // New names, behind those of the units before.
  'arena',
] as const;

/** Raised here and in native/binding.cc with every change of what is passed but the number of columns. */
const REVISION = 1;

/** The number of this interface. An addon with another one, which was built before a change, would be misread. */
export const DWARF_INTERFACE: number = 100 * REVISION + DWARF_COLUMNS.length;

export interface DwarfBinding {
  /** Throws an Error with `code`, `section` and `offset`. */
  open(path: string, options: DwarfBindingOptions): DwarfHandle;
  unitCount(handle: DwarfHandle): number;
  /** A NUL and the bytes of `.debug_str`: the names below the arena's. */
  strings(handle: DwarfHandle): ArrayBuffer;
  /**
   * The next unit in the order of the file, or undefined behind the last; in `room` where it fits in there. Throws as
   * `open`.
   */
  next(handle: DwarfHandle, room?: ArrayBuffer): DwarfUnitBatch | undefined;
  /** Where the parameters of the functions of this name are at entry. Throws as `open`. */
  entryPlaces(path: string, name: string): EntryPlaces;
  /** Ends the work; a handle may be closed twice. */
  close(handle: DwarfHandle): void;
}

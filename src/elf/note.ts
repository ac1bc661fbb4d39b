/**
 * Notes (gABI "Note Section"): named and numbered pieces of data, such as the build ID.
 */

import { ByteReader, type Endian } from '../model/bytes.ts';
import type { ErrorPlace } from '../model/errors.ts';
import { NT_GNU_BUILD_ID } from './constants.ts';

/** A note (gABI "Note Section"). */
export interface ElfNote {
  /** Who defines the type, e.g. `GNU`: the bytes up to the first NUL. */
  readonly name: string;
  /** `NT_*`; the meaning depends on the name. */
  readonly type: number;
  /** The data, a view. */
  readonly description: Uint8Array;
}

export interface NoteOptions {
  readonly endian: Endian;
  /** Alignment in bytes of the section or segment. */
  readonly alignment: number;
  /** Names the section or segment in errors. */
  readonly place: ErrorPlace;
}

/**
 * The notes in the bytes of a section or segment, in order. Header fields are 32 bits wide in both
 * classes; name and description are padded to 4 bytes, or to 8 where the alignment is 8 (as GNU
 * property notes are). Throws `bad-data` for a note that does not fit.
 */
export function* decodeNotes(bytes: Uint8Array, options: NoteOptions): Generator<ElfNote> {
  const padTo = options.alignment === 8 ? 8 : 4;
  const reader = new ByteReader(bytes, options);
  while (reader.remaining > 0) {
    const nameSize = reader.u32();
    const descriptionSize = reader.u32();
    const type = reader.u32();
    const name = noteName(reader.take(nameSize));
    skipPadding(reader, padTo);
    const description = reader.take(descriptionSize);
    skipPadding(reader, padTo);
    yield { name, type, description };
  }
}

/** Whether a note holds the build ID. */
export function isBuildId(note: ElfNote): boolean {
  return note.name === 'GNU' && note.type === NT_GNU_BUILD_ID;
}

function noteName(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('utf8');
}

/** The last padding of a section may be missing. */
function skipPadding(reader: ByteReader, padTo: number): void {
  reader.skip(Math.min((padTo - (reader.pos % padTo)) % padTo, reader.remaining));
}

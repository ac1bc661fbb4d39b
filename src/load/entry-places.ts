/** The places of a function's parameters at entry, from the DWARF of a file. */

import { DWARF_INTERFACE, type DwarfBinding } from '../dwarf/binding.ts';
import { translateErrors } from '../dwarf/reader.ts';
import type { EntryPlaces } from '../model/entry-places.ts';
import { TspaholeError, withPlace } from '../model/errors.ts';
import { loadBinding } from '../native/binding.ts';

/**
 * Looks for a function of C: about a second for a kernel, all units of which are looked through. Undefined for a file
 * without DWARF, and where the addon that reads it does not work on this machine. Throws `bad-data` and `io`.
 */
export function loadEntryPlaces(path: string, name: string): EntryPlaces | undefined {
  const binding = loadBinding('tspahole_dwarf', DWARF_INTERFACE) as DwarfBinding | undefined;
  if (binding === undefined) return undefined;
  try {
    return withPlace({ file: path }, () => translateErrors(() => binding.entryPlaces(path, name)));
  } catch (error) {
    if (error instanceof TspaholeError && error.code === 'not-found') return undefined;
    throw error;
  }
}

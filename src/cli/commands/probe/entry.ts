/** What the DWARF of a file says against a probe in it. */

import { openFileSource, parseElf } from '../../../index.ts';
import {
  addressOfFunction,
  entryWarnings,
  loadEntryPlaces,
  type Probe,
  variantBase,
  type Warning,
} from '../../../internal.ts';

/**
 * Warnings about parameters that are not where the calling convention has them; none where the file has no DWARF. Throws
 * what reading the file throws.
 */
export function warningsOfDwarf(probe: Probe, path: string): Warning[] {
  const { function: found, args } = probe;
  if (found === undefined || args.length === 0) return [];
  const places = loadEntryPlaces(path, variantBase(found.name) ?? found.name);
  return places === undefined ? [] : entryWarnings(probe, places, addressIn(path, found.name));
}

function addressIn(path: string, name: string): bigint | undefined {
  const source = openFileSource(path);
  try {
    return addressOfFunction(parseElf(source, { file: path }), name);
  } finally {
    source.close();
  }
}

/** From an ELF file to the types of its DWARF: in itself, in its separate debug file, or fetched from a server. */

import { DWARF_INTERFACE, type DwarfBinding } from '../dwarf/binding.ts';
import { DwarfReader } from '../dwarf/reader.ts';
import type { ElfFile } from '../elf/file.ts';
import type { LoadOptions, TypeSource, TypeUnit } from '../load.ts';
import { TspaholeError, withPlace } from '../model/errors.ts';
import { mergeTables } from '../model/merge.ts';
import type { TypeTable } from '../model/table.ts';
import { loadBinding, whyNoBinding } from '../native/binding.ts';
import { findDebugFile, hasDwarf } from './debug-file.ts';
import { fetchDebugFile } from './debuginfod.ts';

/**
 * The types of the file at `path`, or undefined where it has no DWARF; `notes` are what its own begin with.
 * Throws what the reader throws, and what says that DWARF is there and cannot be had on this machine.
 */
export function loadDwarf(
  path: string,
  elf: ElfFile,
  options: LoadOptions,
  notes: readonly string[],
): TypeSource | undefined {
  const debugPath = hasDwarf(elf) ? path : (findDebugFile(elf, path) ?? fetched(elf, options));
  if (debugPath === undefined) return undefined;
  const binding = loadBinding('tspahole_dwarf', DWARF_INTERFACE) as DwarfBinding | undefined;
  if (binding === undefined) throw new TspaholeError('unsupported', withoutAddon());
  const ownNotes = [...notes];
  const open = (): DwarfReader =>
    new DwarfReader(binding, debugPath, options.dwarf ?? {}, {
      onNote: ({ text, section, offset }) => {
        ownNotes.push(`${section}+0x${offset.toString(16)}: ${text}`);
      },
      onProgress: options.onProgress,
      signal: options.signal,
    });
  return dwarfSource(path, open, { notes: ownNotes, reusesRoom: options.dwarf?.encoding !== undefined });
}

function fetched(elf: ElfFile, { debuginfod }: LoadOptions): string | undefined {
  return debuginfod === true ? fetchDebugFile(elf.buildId()) : undefined;
}

/** A source whose first pass uses the reader that shows whether the file can be opened. */
function dwarfSource(
  path: string,
  open: () => DwarfReader,
  { notes, reusesRoom }: { readonly notes: readonly string[]; readonly reusesRoom: boolean },
): TypeSource {
  let first: DwarfReader | undefined = open();
  const read = (): DwarfReader => {
    const reader = first ?? withPlace({ file: path }, open);
    first = undefined;
    return reader;
  };
  const units = function* (): Generator<TypeUnit> {
    try {
      yield* read().units();
    } catch (error) {
      throw error instanceof TspaholeError ? error.within({ file: path }) : error;
    }
  };
  const table = (): TypeTable => {
    if (reusesRoom) throw new TypeError('what is read to be encoded is given unit by unit');
    return mergeTables([...units()].map((unit) => unit.table));
  };
  return { path, format: 'dwarf', unitCount: first.unitCount, notes, table, units };
}

/** Why the addon for DWARF does not load, and what to install. */
function withoutAddon(): string {
  const reason = whyNoBinding('tspahole_dwarf', DWARF_INTERFACE);
  const problem = 'DWARF cannot be read: ';
  if (reason === undefined) {
    return `${problem}the addon for it is not built (Debian: apt install g++ make python3 libdw-dev; then npm run build:native)`;
  }
  if (!/libdw|libelf/.test(reason)) return `${problem}${reason}`;
  return `${problem}${reason} (Debian: apt install libdw1; Fedora: dnf install elfutils-libs)`;
}

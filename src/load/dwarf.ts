/** From an ELF file to the types of its DWARF: in itself, in its separate debug file, or fetched from a server. */

import type { DwarfBinding } from '../dwarf/binding.ts';
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
 * The types of the file at `path`, or undefined where it has no DWARF. Where it has some that cannot be had,
 * that goes to `failures`: another format may do. Throws what the reader throws.
 */
export function loadDwarf(
  path: string,
  elf: ElfFile,
  options: LoadOptions,
  failures: TspaholeError[],
): TypeSource | undefined {
  try {
    const debugPath = hasDwarf(elf) ? path : (findDebugFile(elf, path) ?? fetched(elf, options));
    return debugPath === undefined ? undefined : dwarfSource(path, debugPath, options);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    failures.push(error.reason);
    return undefined;
  }
}

/** DWARF is there and cannot be had on this machine. */
class Unavailable extends Error {
  readonly reason: TspaholeError;

  constructor(reason: TspaholeError) {
    super();
    this.reason = reason;
  }
}

function fetched(elf: ElfFile, { debuginfod }: LoadOptions): string | undefined {
  if (debuginfod !== true) return undefined;
  const fetched = fetchDebugFile(elf.buildId());
  if (fetched instanceof TspaholeError) throw new Unavailable(fetched);
  return fetched;
}

function dwarfSource(path: string, debugPath: string, options: LoadOptions): TypeSource {
  const binding = loadBinding('tspahole_dwarf') as DwarfBinding | undefined;
  if (binding === undefined) throw new Unavailable(new TspaholeError('unsupported', withoutAddon()));
  const notes: string[] = [];
  const open = (): DwarfReader =>
    new DwarfReader(binding, debugPath, options.dwarf ?? {}, {
      onNote: ({ text, section, offset }) => {
        notes.push(`${section}+0x${offset.toString(16)}: ${text}`);
      },
      onProgress: options.onProgress,
      signal: options.signal,
    });
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
  const table = (): TypeTable => mergeTables([...units()].map((unit) => unit.table));
  return { path, format: 'dwarf', unitCount: first.unitCount, notes, table, units };
}

/** Why the addon for DWARF does not load, and what to install. */
function withoutAddon(): string {
  const reason = whyNoBinding('tspahole_dwarf');
  const problem = 'DWARF cannot be read: ';
  if (reason === undefined) {
    return `${problem}the addon for it is not built (Debian: apt install g++ make python3 libdw-dev; then npm run build:native)`;
  }
  if (!/libdw|libelf/.test(reason)) return `${problem}${reason}`;
  return `${problem}${reason} (Debian: apt install libdw1; Fedora: dnf install elfutils-libs)`;
}

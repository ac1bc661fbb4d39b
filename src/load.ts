/**
 * From a path to types: looks at what the file is, hands its bytes to the reader of that format, finds
 * the base of split BTF. The only module that sees files and several formats.
 */

import { readFileSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { decodeBtf } from './btf/decode.ts';
import { isBtf } from './btf/header.ts';
import { relocate } from './btf/relocate.ts';
import type { DwarfOptions } from './dwarf/reader.ts';
import { type ElfFile, parseElf } from './elf/file.ts';
import { isElf } from './elf/header.ts';
import { type ByteSource, openFileSource } from './elf/source.ts';
import { loadDwarf } from './load/dwarf.ts';
import { openPacked, type Packed } from './load/packed.ts';
import { TspaholeError, withPlace } from './model/errors.ts';
import type { TypeTable } from './model/table.ts';
import { mapSysfs, RUNNING_KERNEL_BTF, recordIndexer } from './native/map.ts';

/** A format that types are read from. */
export type TypeFormat = 'dwarf' | 'btf';

/** What {@link loadSync} is told besides the path. */
export interface LoadOptions {
  /**
   * Table that split BTF continues; BTF with a `.BTF.base` of its own is relocated onto it. Default: that section, and
   * for `/sys/kernel/btf/MODULE` the `vmlinux` beside it.
   */
  readonly base?: TypeTable | undefined;
  /** The formats to look for, the first that a file has is read. Default: DWARF, then BTF. */
  readonly formats?: readonly TypeFormat[] | undefined;
  /** What is read of DWARF besides types. */
  readonly dwarf?: DwarfOptions | undefined;
  /**
   * Whether the DWARF of a file without any may be fetched from a server, by the program debuginfod-find.
   * Default: no.
   */
  readonly debuginfod?: boolean | undefined;
  /** Told after each unit of DWARF how many are done, and how many there are. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Once it is aborted, no more units of DWARF are read: what reads them throws its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The types of one compile unit; a BTF file is one unit. */
export interface TypeUnit {
  /** Name of the unit: the path of its source; for BTF the path of the file. */
  readonly name: string;
  readonly table: TypeTable;
}

/** The types of one file. */
export interface TypeSource {
  readonly path: string;
  readonly format: TypeFormat;
  /** Number of units that {@link units} gives. */
  readonly unitCount: number;
  /** Remarks about what was left out, one line each; those about a unit come while it is read. */
  readonly notes: readonly string[];
  /** All types as one table. */
  table(): TypeTable;
  /** The types unit by unit, in the order of the file. */
  units(): Iterable<TypeUnit>;
}

const DEFAULT_FORMATS: readonly TypeFormat[] = ['dwarf', 'btf'];

/**
 * Loads the types of a file: raw BTF, or an ELF file with DWARF (in itself or in its separate debug file) or
 * a `.BTF` section (a `.BTF.base` section is used as its base); the BTF of a boot image (vmlinuz) or of a compressed
 * file. Without a path: those of the running kernel.
 *
 * Throws `not-found` for a file that does not exist or has no type information, `io` for one that cannot
 * be read, `bad-data` for one that contradicts its format, `unsupported` where DWARF is all that there is
 * and the addon for it does not work on this machine.
 */
export function loadSync(path: string = RUNNING_KERNEL_BTF, options: LoadOptions = {}): TypeSource {
  return withPlace({ file: path }, () => loadSource(path, options));
}

/** As {@link loadSync}, in a promise. */
export async function load(path?: string, options?: LoadOptions): Promise<TypeSource> {
  return loadSync(path, options);
}

const SYSFS_BTF = '/sys/kernel/btf/';

function loadSource(path: string, options: LoadOptions): TypeSource {
  const formats = options.formats ?? DEFAULT_FORMATS;
  if (path.startsWith(SYSFS_BTF)) {
    if (!formats.includes('btf')) throw nothingOf(formats);
    return btfSource(path, decodeSysfs(path, options));
  }
  const source = openFileSource(requireFile(path));
  try {
    const head = source.read(0, Math.min(4, source.size));
    if (isBtf(head) && formats.includes('btf')) {
      const indexer = recordIndexer(source.size);
      return btfSource(path, decodeBtf(source.read(0, source.size), { ...options, indexer }));
    }
    if (isElf(head)) return loadElf(path, source, options);
    if (isBtf(head)) throw nothingOf(formats);
    return loadPacked(path, source, options);
  } finally {
    source.close();
  }
}

/** What is packed has no path that the reader of DWARF could open: its BTF is all that is read. */
function loadPacked(path: string, source: ByteSource, options: LoadOptions): TypeSource {
  const formats = options.formats ?? DEFAULT_FORMATS;
  const packed = openPacked(source);
  if (packed === undefined) throw new TspaholeError('not-found', 'neither an ELF file nor raw BTF');
  const found = formats.includes('btf') ? packedBtf(path, packed, options) : undefined;
  if (found === undefined) throw nothingOf(formats);
  return found;
}

function packedBtf(path: string, packed: Packed, options: LoadOptions): TypeSource | undefined {
  if (packed.kind === 'elf') return loadBtfSection(path, packed.elf, options, []);
  return packed.btf && btfSource(path, decodeBtf(packed.btf, options));
}

function btfSource(path: string, table: TypeTable, notes: readonly string[] = []): TypeSource {
  return {
    path,
    format: 'btf',
    unitCount: 1,
    notes,
    table: () => table,
    units: () => [{ name: path, table }],
  };
}

function nothingOf(formats: readonly TypeFormat[]): TspaholeError {
  const names = { dwarf: 'DWARF', btf: '.BTF section' };
  return new TspaholeError('not-found', `no ${formats.map((format) => names[format]).join(' and no ')}`);
}

function requireFile(path: string): string {
  if (!statFile(path).isFile()) throw new TspaholeError('io', 'not a regular file');
  return path;
}

function statFile(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    throw readFailure(error);
  }
}

function decodeSysfs(path: string, { base }: LoadOptions): TypeTable {
  const needsBase = base === undefined && basename(path) !== 'vmlinux';
  const vmlinux = needsBase ? loadSync(join(dirname(path), 'vmlinux')).table() : base;
  const bytes = mapSysfs(path) ?? readSysfs(path);
  return decodeBtf(bytes, { base: vmlinux, indexer: recordIndexer(bytes.length) });
}

function readSysfs(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw readFailure(error);
  }
}

function readFailure(error: unknown): TspaholeError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new TspaholeError('not-found', 'no such file', {}, error);
  return new TspaholeError('io', `cannot read: ${code}`, {}, error);
}

function loadElf(path: string, source: ByteSource, options: LoadOptions): TypeSource {
  const formats = options.formats ?? DEFAULT_FORMATS;
  const elf = parseElf(source);
  const failures: TspaholeError[] = [];
  for (const format of formats) {
    const notes = failures.map(({ message }) => `${message}; ${FORMAT_NAMES[format]} is read instead`);
    try {
      const loadFormat = format === 'btf' ? loadBtfSection : loadDwarf;
      const found = loadFormat(path, elf, options, notes);
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof TspaholeError)) throw error;
      failures.push(error);
    }
  }
  // What stopped the reading of the first is the reason that counts.
  throw failures[0] ?? nothingOf(formats);
}

const FORMAT_NAMES: Readonly<Record<TypeFormat, string>> = { dwarf: 'DWARF', btf: 'BTF' };

function loadBtfSection(
  path: string,
  elf: ElfFile,
  options: LoadOptions,
  notes: readonly string[],
): TypeSource | undefined {
  const section = elf.section('.BTF');
  if (section === undefined) return undefined;
  const pointerSize = elf.header.wordSize;
  const distilled = decodeDistilledBase(elf, pointerSize);
  const data = section.data();
  const indexer = recordIndexer(data.length);
  const table = decodeBtf(data, { base: distilled ?? options.base, pointerSize, indexer });
  const isMoved = distilled !== undefined && options.base !== undefined;
  return btfSource(path, isMoved ? relocate(table, options.base) : table, notes);
}

function decodeDistilledBase(elf: ElfFile, pointerSize: number): TypeTable | undefined {
  const bytes = elf.section('.BTF.base')?.data();
  if (bytes === undefined) return undefined;
  return decodeBtf(bytes, { pointerSize, place: { section: '.BTF.base' } });
}

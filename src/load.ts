/**
 * From a path to types: looks at what the file is, hands its bytes to the reader of that format, finds
 * the base of split BTF. The only module that sees files and several formats.
 */

import { readFileSync, type Stats, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { decodeBtf } from './btf/decode.ts';
import { isBtf } from './btf/header.ts';
import { type ElfFile, parseElf } from './elf/file.ts';
import { isElf } from './elf/header.ts';
import { type ByteSource, openFileSource } from './elf/source.ts';
import { TspaholeError, withPlace } from './model/errors.ts';
import type { TypeTable } from './model/table.ts';
import { mapSysfs } from './native/map.ts';

/** Where the running kernel offers its types. */
export const RUNNING_KERNEL_BTF = '/sys/kernel/btf/vmlinux';

/** What {@link loadSync} is told besides the path. */
export interface LoadOptions {
  /** Table that split BTF continues. Default: for `/sys/kernel/btf/MODULE` the `vmlinux` beside it. */
  readonly base?: TypeTable | undefined;
}

/** The types of one compile unit; a BTF file is one unit. */
export interface TypeUnit {
  /** Name of the unit; for BTF the path. */
  readonly name: string;
  readonly table: TypeTable;
}

/** The types of one file. */
export interface TypeSource {
  readonly path: string;
  readonly format: 'btf';
  /** Remarks about what was left out, one line each. */
  readonly notes: readonly string[];
  /** All types as one table. */
  table(): TypeTable;
  /** The types unit by unit, in the order of the file. */
  units(): Iterable<TypeUnit>;
}

/**
 * Loads the types of a file: raw BTF, or an ELF file with a `.BTF` section (a `.BTF.base` section is
 * used as its base). Without a path: those of the running kernel.
 *
 * Throws `not-found` for a file that does not exist or has no type information, `io` for one that cannot
 * be read, `bad-data` for one that contradicts its format.
 */
export function loadSync(path: string = RUNNING_KERNEL_BTF, options: LoadOptions = {}): TypeSource {
  const { table, notes } = withPlace({ file: path }, () => loadTable(path, options));
  return {
    path,
    format: 'btf',
    notes,
    table: () => table,
    units: () => [{ name: path, table }],
  };
}

/** As {@link loadSync}, in a promise. */
export async function load(path?: string, options?: LoadOptions): Promise<TypeSource> {
  return loadSync(path, options);
}

interface Loaded {
  readonly table: TypeTable;
  readonly notes: readonly string[];
}

const SYSFS_BTF = '/sys/kernel/btf/';

function loadTable(path: string, options: LoadOptions): Loaded {
  if (path.startsWith(SYSFS_BTF)) return { table: decodeSysfs(path, options), notes: [] };
  const source = openFileSource(requireFile(path));
  try {
    const head = source.read(0, Math.min(4, source.size));
    if (isBtf(head)) return { table: decodeBtf(source.read(0, source.size), options), notes: [] };
    if (isElf(head)) return loadElf(source, options);
    throw new TspaholeError('not-found', 'neither an ELF file nor raw BTF');
  } finally {
    source.close();
  }
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
  return decodeBtf(mapSysfs(path) ?? readSysfs(path), { base: vmlinux });
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

function loadElf(source: ByteSource, options: LoadOptions): Loaded {
  const elf = parseElf(source);
  const section = elf.section('.BTF');
  if (section === undefined) {
    const what = hasDwarf(elf) ? 'no .BTF section, and DWARF is not read by this version' : 'no .BTF section';
    throw new TspaholeError('not-found', what);
  }
  const pointerSize = elf.header.wordSize;
  const base = options.base ?? decodeDistilledBase(elf, pointerSize);
  const table = decodeBtf(section.data(), { base, pointerSize });
  const notes = hasDwarf(elf) ? ['DWARF is not read by this version: types are those of .BTF'] : [];
  return { table, notes };
}

function decodeDistilledBase(elf: ElfFile, pointerSize: number): TypeTable | undefined {
  const bytes = elf.section('.BTF.base')?.data();
  if (bytes === undefined) return undefined;
  return decodeBtf(bytes, { pointerSize, place: { section: '.BTF.base' } });
}

function hasDwarf(elf: ElfFile): boolean {
  return elf.section('.debug_info') !== undefined || elf.section('.zdebug_info') !== undefined;
}

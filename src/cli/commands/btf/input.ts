/** Where the `btf` sub-commands get their types from. */

import { readFileSync } from 'node:fs';
import {
  decodeBtf,
  type ElfFile,
  isElf,
  openFileSource,
  parseElf,
  RUNNING_KERNEL_BTF,
  relocate,
  TspaholeError,
  type TypeTable,
} from '../../../index.ts';
import { openPacked } from '../../../internal.ts';
import type { CommandWords } from '../../command.ts';

/** The BTF of a file. */
export interface BtfInput {
  readonly path: string;
  /** The blob: the file, or its `.BTF` section. */
  readonly bytes: Uint8Array;
  readonly table: TypeTable;
  /** Bytes in a pointer, where the file says it. */
  readonly pointerSize: number | undefined;
}

/**
 * Reads raw BTF, or the `.BTF` section of an ELF file, a boot image or a compressed file. Without `base` that of a module of the running kernel
 * is the kernel, that of a file with a `.BTF.base` section the section; with both the types are relocated.
 * Throws `not-found`, `io` or `bad-data`.
 */
export function readBtf(path: string, base?: TypeTable): BtfInput {
  try {
    return readFrom(path, base);
  } catch (error) {
    throw error instanceof TspaholeError ? error.within({ file: path }) : error;
  }
}

/** The table that `--base` names. */
export function baseOf(words: CommandWords): TypeTable | undefined {
  const path = words.value('base');
  return path === undefined ? undefined : readBtf(path).table;
}

const SYSFS = '/sys/kernel/btf/';

function readFrom(path: string, base: TypeTable | undefined): BtfInput {
  const isModule = path.startsWith(SYSFS) && path !== RUNNING_KERNEL_BTF;
  if (isModule && base === undefined) return readFrom(path, readBtf(RUNNING_KERNEL_BTF).table);
  if (path.startsWith(SYSFS)) return rawInput(path, readSysfs(path), base);
  const source = openFileSource(path);
  try {
    if (isElf(source.read(0, Math.min(4, source.size)))) return elfInput(path, parseElf(source), base);
    const packed = openPacked(source);
    if (packed?.kind === 'elf') return elfInput(path, packed.elf, base);
    const bytes = packed === undefined ? source.read(0, source.size) : packed.btf;
    return rawInput(path, bytes ?? noSection(), base);
  } finally {
    source.close();
  }
}

function noSection(): never {
  throw new TspaholeError('not-found', 'no .BTF section');
}

function elfInput(path: string, elf: ElfFile, base: TypeTable | undefined): BtfInput {
  const bytes = elf.section('.BTF')?.data() ?? noSection();
  const pointerSize = elf.header.wordSize;
  const distilled = elf.section('.BTF.base')?.data();
  if (distilled === undefined) return { ...rawInput(path, bytes, base, pointerSize), pointerSize };
  const own = decodeBtf(distilled, { pointerSize, place: { section: '.BTF.base' } });
  const table = decodeBtf(bytes, { base: own, pointerSize });
  return { path, bytes, pointerSize, table: base === undefined ? table : relocate(table, base) };
}

function rawInput(
  path: string,
  bytes: Uint8Array,
  base: TypeTable | undefined,
  pointerSize?: number,
): BtfInput {
  return { path, bytes, pointerSize, table: decodeBtf(bytes, { base, pointerSize }) };
}

/** The files there have no size that could be asked for. */
function readSysfs(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TspaholeError(code === 'ENOENT' ? 'not-found' : 'io', `cannot read: ${code}`, {}, error);
  }
}

/** The only operand of a command. Throws `usage` where there are none or several. */
export function onlyOperand(command: string, { operands }: CommandWords): string {
  const [path, extra] = operands;
  if (path === undefined) throw new TspaholeError('usage', `${command}: which file?`);
  if (extra !== undefined) throw new TspaholeError('usage', `${command}: unexpected argument ${extra}`);
  return path;
}

/** The value of an option that a command cannot do without. */
export function requiredValue(command: string, words: CommandWords, option: string): string {
  const value = words.value(option);
  if (value === undefined) throw new TspaholeError('usage', `${command}: --${option} is missing`);
  return value;
}

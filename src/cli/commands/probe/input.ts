/** Where definitions and types come from: operands, `--file`, stdin; files, modules, the running kernel. */

import { existsSync, readFileSync } from 'node:fs';
import { arch } from 'node:os';
import { loadSync, TspaholeError, type TypeTable } from '../../../index.ts';
import {
  ANY_TARGET,
  type Architecture,
  architectureOfMachine,
  findArchitecture,
  identityOfFile,
  type KernelLists,
  splitDefinitions,
  type Target,
  targetOfReadme,
  targetOfVersion,
} from '../../../internal.ts';
import type { CommandWords } from '../../command.ts';

const TRACEFS_PLACES = ['/sys/kernel/tracing', '/sys/kernel/debug/tracing'];
const MODULES = '/sys/kernel/btf/';

/** Reads a text file; `-` is stdin. Throws `not-found` and `io`. */
export function readText(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what = code === 'ENOENT' ? 'no such file' : `cannot read: ${code}`;
    throw new TspaholeError(code === 'ENOENT' ? 'not-found' : 'io', what, { file: path }, error);
  }
}

/** The definitions of a command line, and the file of types that its last operand may be. */
export function findDefinitions(words: CommandWords): {
  readonly lines: string[];
  readonly file: string | undefined;
} {
  const operands = [...words.operands];
  const last = operands.at(-1);
  // Every definition has two words, but for those that take no arguments.
  const isFile = last !== undefined && !/\s|^[-s]:/.test(last);
  if (isFile) operands.pop();
  const input = words.value('file');
  const isStdin = input === undefined && operands.length === 0;
  const text = input !== undefined || isStdin ? readText(input ?? '-') : '';
  return {
    lines: [...operands.flatMap(splitDefinitions), ...splitDefinitions(text)],
    file: isFile ? last : undefined,
  };
}

/** The path of tracefs: as given, or where it is mounted. */
export function findTracefs(words: CommandWords): string | undefined {
  return words.value('tracefs') ?? TRACEFS_PLACES.find((path) => existsSync(`${path}/README`));
}

/** Types by place: of a file that was named, or of the running kernel and its modules. */
export class TypesByPlace {
  readonly #path: string | undefined;
  readonly #base: string | undefined;
  readonly #known = new Map<string, TypeTable>();

  constructor(path: string | undefined, base: string | undefined) {
    this.#path = path;
    this.#base = base;
  }

  /** Whether the types are those of the running kernel. */
  get isRunning(): boolean {
    return this.#path === undefined;
  }

  /** The file that holds the types of a module, or of the kernel. */
  pathOf(module: string | undefined): string {
    const loaded = module === undefined ? '' : MODULES + module.replaceAll('-', '_');
    return this.#path ?? (module !== undefined && existsSync(loaded) ? loaded : `${MODULES}vmlinux`);
  }

  /** Its types. Throws what loading them throws. */
  tableOf(module: string | undefined): TypeTable {
    const path = this.pathOf(module);
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const base = this.#base === undefined ? undefined : loadSync(this.#base, { formats: ['btf'] }).table();
    const table = loadSync(path, { base, formats: ['btf', 'dwarf'] }).table();
    this.#known.set(path, table);
    return table;
  }

  /** The machine of the file, where it is an ELF file or a boot image that says so. */
  architecture(): Architecture | undefined {
    const machine = this.#path === undefined ? undefined : identityOfFile(this.#path).machine;
    return machine === undefined ? undefined : architectureOfMachine(machine);
  }
}

/** The machine: as given, as the file of types says, or this one. Throws `usage`. */
export function findMachine(words: CommandWords, types: TypesByPlace): Architecture {
  const given = words.value('arch');
  return given === undefined ? (types.architecture() ?? findArchitecture(arch())) : findArchitecture(given);
}

/** The kernel that the definitions are for. Throws `usage`, and `io` where tracefs cannot be read. */
export function findTarget(words: CommandWords, types: TypesByPlace, tracefs: string | undefined): Target {
  const given = words.value('target');
  if (given !== undefined && given !== 'running') return targetOfVersion(given);
  const readme = readReadme(tracefs);
  if (readme !== undefined && (given === 'running' || types.isRunning)) {
    return targetOfReadme(readme, 'the running kernel');
  }
  if (given === undefined) return ANY_TARGET;
  throw new TspaholeError('io', `--target running: ${tracefs ?? 'tracefs'}/README cannot be read`);
}

function readReadme(tracefs: string | undefined): string | undefined {
  if (tracefs === undefined) return undefined;
  try {
    return readFileSync(`${tracefs}/README`, 'utf8');
  } catch {
    return undefined;
  }
}

/** The lists of functions: those that were named; with `isThorough` those of the running kernel too. */
export function findLists(
  words: CommandWords,
  tracefs: string | undefined,
  isThorough: boolean,
): KernelLists {
  const list = (option: string, path: string): string | undefined => {
    const given = words.value(option);
    if (given !== undefined) return readText(given);
    return isThorough ? readable(path) : undefined;
  };
  return {
    symbols: list('symbols', '/proc/kallsyms'),
    filterFunctions: list('filter-functions', `${tracefs}/available_filter_functions`),
    blacklist: list('blacklist', '/sys/kernel/debug/kprobes/blacklist'),
  };
}

function readable(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

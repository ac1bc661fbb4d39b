/** The programs that uprobes stand in: offsets of functions, machines, and types from their DWARF. */

import { loadSync, openFileSource, parseElf, TspaholeError, type TypeTable } from '../../../index.ts';
import {
  type Architecture,
  architectureOfMachine,
  type Definition,
  emptyTable,
  fileOffsetOf,
  findFunctions,
  variantBase,
} from '../../../internal.ts';

/** A definition in a program, and what it is expanded with. */
export interface InProgram {
  readonly definition: Definition;
  readonly table: TypeTable;
  readonly architecture: Architecture;
}

type FilePlace = Extract<Definition['place'], { readonly kind: 'file' }>;

/**
 * Finds the function that a definition names in its program. Throws `not-found` where there is none, and what reading
 * the file throws. A program without DWARF has an empty table: its parameters have no names.
 */
export function inProgram(definition: Definition, fallback: Architecture): InProgram {
  const place = definition.place as FilePlace;
  const { symbol } = place;
  if (symbol === undefined) return { definition, table: emptyTable(), architecture: fallback };
  const { offset, architecture } = openProgram(place.path, symbol);
  const found: Definition = { ...definition, place: { ...place, offset: `0x${offset.toString(16)}` } };
  return {
    definition: found,
    table: typesOf(place.path, symbol),
    architecture: architecture ?? fallback,
  };
}

function openProgram(
  path: string,
  symbol: string,
): { readonly offset: number; readonly architecture: Architecture | undefined } {
  const source = openFileSource(path);
  try {
    const elf = parseElf(source, { file: path });
    const offset = fileOffsetOf(elf, symbol);
    if (offset === undefined)
      throw new TspaholeError('not-found', `${path} has no symbol of a function ${symbol}`);
    return { offset, architecture: programArchitecture(elf.header.machine) };
  } finally {
    source.close();
  }
}

const EM_386 = 3;

/** Programs of i386 pass parameters on the stack, unlike its kernel. */
function programArchitecture(machine: number): Architecture | undefined {
  if (machine !== EM_386) return architectureOfMachine(machine);
  throw new TspaholeError('unsupported', 'parameters of programs for i386 are not supported');
}

/** The types of the unit that has the function: the first whose parameters have names. */
function typesOf(path: string, symbol: string): TypeTable {
  let found: TypeTable | undefined;
  try {
    for (const { table } of loadSync(path, {
      formats: ['dwarf', 'btf'],
      dwarf: { functions: true },
    }).units()) {
      const [id] = findFunctions(table, variantBase(symbol) ?? symbol);
      if (id === undefined) continue;
      if (hasNames(table, table.sizeOrType(id))) return table;
      found ??= table;
    }
  } catch (error) {
    // A program without types can be probed by registers.
    if (!(error instanceof TspaholeError) || error.code !== 'not-found') throw error;
  }
  return found ?? emptyTable();
}

function hasNames(table: TypeTable, proto: number): boolean {
  for (let index = 0; index < table.vlen(proto); index++) {
    if (table.extra(proto, 2 * index) === 0 && table.extra(proto, 2 * index + 1) !== 0) return false;
  }
  return true;
}

/**
 * What compilers leave to the loader in the types of a BPF object, filled in as libbpf does when it opens one: sizes
 * of sections and places of variables, which the symbols tell; what is extern, which the kernel's verifier refuses;
 * functions and variables that are hidden.
 */

import { TspaholeError } from '../model/errors.ts';
import { Kind } from '../model/kinds.ts';
import { makeInfo } from '../model/records.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { Draft } from './draft.ts';
import { placeOptions } from './kernel-options.ts';
import type { BpfObject } from './object.ts';

/**
 * The types of an object as a kernel takes them with its programs. Ids stay. Variables of `.kconfig` get their places
 * in the order of libbpf: the loader puts the values there. Throws `bad-data` for a section or a symbol that is not
 * there, `unsupported` for variables of types that libbpf does not take.
 */
export function completeTypes(object: BpfObject): TypeTable {
  const draft = new Draft(object.table);
  const sections = sectionsOf(object.table);
  for (const id of sections) if (object.table.name(id) === '.ksyms') fixKernelSymbols(draft, id);
  for (const id of sections) if (object.table.name(id) === '.kconfig') placeOptions(draft, id);
  const variables = variableSymbols(object);
  for (const id of sections) {
    if (!isExternal(object.table.name(id))) placeVariables(object, draft, { id, variables });
    draft.sortVariables(id);
  }
  hideFunctions(object, draft);
  return draft.table();
}

function sectionsOf(table: TypeTable): TypeId[] {
  const found: TypeId[] = [];
  for (let id = 1; id < table.end; id++) if (table.kind(id) === Kind.Datasec) found.push(id);
  return found;
}

function isExternal(name: string): boolean {
  return name === '.ksyms' || name === '.kconfig';
}

/** `BTF_FUNC_STATIC`, `BTF_VAR_STATIC` and so on. */
const LINKAGE = { static: 0, global: 1, extern: 2 } as const;

/** What stands for a function of the kernel in `.ksyms`, and for names that parameters lack. */
const DUMMY = 'dummy_ksym';

/** Bytes that each symbol of the kernel takes in `.ksyms`. */
const SYMBOL_SIZE = 4;

/** Makes symbols of the kernel global variables of 4 bytes, and its functions global. */
function fixKernelSymbols(draft: Draft, section: TypeId): void {
  const { source } = draft;
  const int = findInt(source);
  const ids = draft.variables(section).map(({ id }) => id);
  const hasFunctions = ids.some((id) => source.kind(id) === Kind.Func);
  const dummyName = hasFunctions ? draft.addName(DUMMY) : 0;
  const dummy = hasFunctions
    ? draft.addRecord([dummyName, makeInfo(Kind.Var, 0, false), int, LINKAGE.global])
    : 0;
  for (const [index, id] of ids.entries()) {
    if (source.kind(id) === Kind.Func) {
      nameParameters(draft, source.sizeOrType(id), dummyName);
      draft.set(id, 1, makeInfo(Kind.Func, LINKAGE.global, false));
    } else {
      draft.set(id, 2, int);
      draft.set(id, 3, LINKAGE.global);
    }
    const variable = source.kind(id) === Kind.Func ? dummy : id;
    draft.setVariable(section, index, { id: variable, offset: SYMBOL_SIZE * index, byteSize: SYMBOL_SIZE });
  }
  draft.set(section, 2, SYMBOL_SIZE * ids.length);
}

function findInt(table: TypeTable): TypeId {
  for (let id = 1; id < table.end; id++) {
    if (table.kind(id) === Kind.Int && (table.extra(id, 0) & 0xff) === 32) return id;
  }
  throw new TspaholeError('unsupported', 'no int of 32 bits, which symbols of the kernel need');
}

/** Functions may not have parameters without names. */
function nameParameters(draft: Draft, prototype: TypeId, name: number): void {
  const { source } = draft;
  if (source.kind(prototype) !== Kind.FuncProto) return;
  for (let index = 0; index < source.vlen(prototype); index++) {
    const [nameOffset, type] = [source.extra(prototype, 2 * index), source.extra(prototype, 2 * index + 1)];
    if (nameOffset === 0 && type !== 0) draft.set(prototype, 3 + 2 * index, name);
  }
}

/** A symbol of a variable. */
interface VariableSymbol {
  readonly value: number;
  readonly isHidden: boolean;
}

const STT_FUNC = 2;
const STT_OBJECT = 1;
const STB_LOCAL = 0;
/** `STV_INTERNAL`, `STV_HIDDEN`. */
const HIDDEN: readonly number[] = [1, 2];

/** Global and weak variables by name; of equal ones the first. */
function variableSymbols({ elf }: BpfObject): Map<string, VariableSymbol> {
  const symbols = elf.symbols();
  const found = new Map<string, VariableSymbol>();
  for (let index = 1; index < symbols.length; index++) {
    if (symbols.type(index) !== STT_OBJECT || symbols.binding(index) === STB_LOCAL) continue;
    const name = symbols.name(index);
    const isHidden = HIDDEN.includes(symbols.visibility(index));
    if (!found.has(name)) found.set(name, { value: Number(symbols.value(index)), isHidden });
  }
  return found;
}

/** Compilers leave the size of a section and the places of its global variables 0. A linker has filled them in. */
function placeVariables(
  { elf }: BpfObject,
  draft: Draft,
  { id, variables }: { readonly id: TypeId; readonly variables: ReadonlyMap<string, VariableSymbol> },
): void {
  const { source } = draft;
  const isUnplaced = source.sizeOrType(id) === 0;
  if (isUnplaced) draft.set(id, 2, sectionSize(elf.section(source.name(id)), source.name(id)));
  for (const [index, variable] of draft.variables(id).entries()) {
    if (source.kind(variable.id) !== Kind.Var)
      throw malformed(`section ${source.name(id)} holds no variable`);
    if (source.extra(variable.id, 0) !== LINKAGE.global) continue;
    const symbol = variables.get(source.name(variable.id));
    if (symbol === undefined) throw malformed(`variable ${source.name(variable.id)} has no symbol`);
    if (isUnplaced) draft.setVariable(id, index, { ...variable, offset: symbol.value });
    if (symbol.isHidden) draft.set(variable.id, 3, LINKAGE.static);
  }
}

function sectionSize(section: BpfObject['elf']['sections'][number] | undefined, name: string): number {
  if (section === undefined || section.size === 0) throw malformed(`section ${name} has no size`);
  return section.size;
}

function malformed(what: string): TspaholeError {
  return new TspaholeError('bad-data', what);
}

/** Hidden functions that others call are verified where they are called, as static ones. */
function hideFunctions({ elf, functions }: BpfObject, draft: Draft): void {
  const { source } = draft;
  const hidden = new Set(hiddenFunctions(elf));
  if (hidden.size === 0 || functions.length < 2) return;
  for (let id = 1; id < source.end; id++) {
    if (source.kind(id) !== Kind.Func || !hidden.has(source.name(id))) continue;
    draft.set(id, 1, makeInfo(Kind.Func, LINKAGE.static, false));
  }
}

function hiddenFunctions(elf: BpfObject['elf']): string[] {
  const text = elf.section('.text')?.index;
  const symbols = elf.symbols();
  const names: string[] = [];
  for (let index = 1; index < symbols.length; index++) {
    if (symbols.type(index) !== STT_FUNC || symbols.sectionIndex(index) !== text) continue;
    if (HIDDEN.includes(symbols.visibility(index))) names.push(symbols.name(index));
  }
  return names;
}

/**
 * The variables of a file that have an address in a section, and for each section what lies in it. The rules are
 * pahole's.
 */

import { SHT_NOBITS, SHT_PROGBITS } from '../elf/constants.ts';
import type { ElfFile } from '../elf/file.ts';
import { TspaholeError } from '../model/errors.ts';
import { Kind } from '../model/kinds.ts';
import { type StaticVariable, variablesIn } from '../model/signatures.ts';
import type { TypeId } from '../model/table.ts';
import type { EncodeContext } from './context.ts';
import { toBytes } from './elf-functions.ts';
import type { EncodeUnit } from './encode.ts';
import { RecordList, WHOLE_DECLARATION } from './record-list.ts';
import { variableSize } from './variable-size.ts';

const PERCPU_SECTION = '.data..percpu';
const STT_OBJECT = 1;

/** What begins so is made by macros, and of no use to anybody. */
const USELESS_PREFIXES = [
  '__UNIQUE_ID',
  '__tpstrtab_',
  '__exitcall_',
  '__gendwarfksyms_ptr_',
  '__func_stack_frame_non_standard_',
];

/** Names that the kernel takes, and its limit for symbols. */
const VALID_NAME = /^[A-Za-z_.][A-Za-z0-9_.]{0,127}$/;

const MAX_WORD = 0xffff_ffff;
/** Most variables of a section that older kernels accept. */
const MAX_VARIABLES = 0xffff;
const LINKAGE_STATIC = 0;
const LINKAGE_GLOBAL = 1;

interface SectionVariable {
  readonly id: TypeId;
  readonly offset: number;
  readonly size: number;
}

/** Takes up the variables of units one after the other. */
export class SavedVariables {
  readonly #context: EncodeContext;
  readonly #elf: ElfFile;
  /** By the number of their section; undefined for sections that are left out. */
  readonly #sections: (SectionVariable[] | undefined)[];
  /** Names of objects by the number of their section, made when they are asked for. */
  #objects: ReadonlyMap<number, ReadonlySet<string>> | undefined;

  constructor(elf: ElfFile, context: EncodeContext) {
    this.#context = context;
    this.#elf = elf;
    const { globalVar, var: perCpu } = context.features;
    this.#sections = elf.sections.map((section) => {
      const isData = section.type === SHT_PROGBITS || section.type === SHT_NOBITS;
      return isData && (globalVar || (perCpu && section.name === PERCPU_SECTION)) ? [] : undefined;
    });
  }

  /**
   * Adds the variables of a unit. `ids` are what its types are in the deduplicator. Throws `bad-data` for a name that
   * BTF cannot have and for a variable without a type, unless `encodeForce` is on.
   */
  add(unit: EncodeUnit, ids: Uint32Array): void {
    const { features, log, target } = this.#context;
    if (!features.var && !features.globalVar) return;
    log?.(`search cu '${unit.name}' for percpu global variables.`);
    const rows = unit.table.side?.arrays.variables;
    if (rows === undefined) return;
    const records = new RecordList(target);
    for (const row of variablesIn(rows)) {
      this.#addOne(row, { unit, ids, records });
      // So that the lines of the log alternate.
      if (log !== undefined) records.flush();
    }
    records.flush();
  }

  #addOne(row: StaticVariable, { unit, ids, records }: Destination): void {
    const { names } = this.#context.target;
    const section = this.#sections[row.section];
    if (section === undefined || row.name === 0) return;
    const { strings } = unit.table;
    const name = strings.latin1At(row.name);
    if (!this.#isWanted(row, name, unit)) return;
    const typeId = ids[row.typeId] ?? 0;
    if (typeId === 0) return this.#context.remark(`variable '${name}' has a type that BTF has not: left out`);
    const size = variableSize(unit.table, row.typeId);
    if (size === 0 || size > MAX_WORD || row.offset > MAX_WORD) return;
    const linkage = row.isExternal ? LINKAGE_GLOBAL : LINKAGE_STATIC;
    this.#context.log?.(
      `Variable '${name}' from CU '${unit.name}' at address 0x${row.offset.toString(16)} encoded`,
    );
    const start = { kind: Kind.Var, name: names.offsetOfRare(strings, row.name), sizeOrType: typeId };
    const id = records.add(start, [linkage]);
    section.push({ id, offset: row.offset, size });
    if (!this.#context.features.declTag) return;
    for (const tag of row.tags) {
      records.add({ kind: Kind.DeclTag, name: names.offsetOfRare(strings, tag), sizeOrType: id }, [
        WHOLE_DECLARATION,
      ]);
    }
  }

  #isWanted(row: StaticVariable, name: string, unit: EncodeUnit): boolean {
    if (USELESS_PREFIXES.some((prefix) => name.startsWith(prefix))) return false;
    // What was discarded has the address 0 too.
    if (row.offset === 0 && !this.#isObject(name, row.section)) return false;
    if (!VALID_NAME.test(name))
      return this.#refuse(`Found invalid variable name when encoding btf (sym: '${name}')`);
    if (row.typeId !== 0) return true;
    return this.#refuse(`found variable '${name}' in CU '${unit.name}' that has void type`);
  }

  #refuse(problem: string): false {
    if (!this.#context.features.encodeForce) throw new TspaholeError('bad-data', problem);
    this.#context.remark(`${problem}: left out`);
    return false;
  }

  #isObject(name: string, section: number): boolean {
    this.#objects ??= objectsBySection(this.#elf);
    return this.#objects.get(section)?.has(name) === true;
  }

  /** Hands the sections that hold variables to the deduplicator. */
  writeSections(): void {
    const records = new RecordList(this.#context.target);
    for (const [index, variables] of this.#sections.entries()) {
      if (variables !== undefined && variables.length > 0) this.#writeSection(index, variables, records);
    }
    records.flush();
  }

  #writeSection(index: number, all: SectionVariable[], records: RecordList): void {
    const { remark, target } = this.#context;
    const name = this.#elf.sections[index]?.name ?? '';
    const variables = all.sort((a, b) => a.offset - b.offset).slice(0, MAX_VARIABLES);
    if (variables.length < all.length)
      remark(`${name}: only the first ${MAX_VARIABLES} of ${all.length} variables`);
    const last = variables.at(-1);
    records.add({
      kind: Kind.Datasec,
      name: target.names.add(toBytes(name)),
      vlen: variables.length,
      sizeOrType: last === undefined ? 0 : (last.offset + last.size) >>> 0,
    });
    for (const { id, offset, size } of variables) {
      records.push(id);
      records.push(offset);
      records.push(size);
    }
  }
}

interface Destination {
  readonly unit: EncodeUnit;
  readonly ids: Uint32Array;
  readonly records: RecordList;
}

function objectsBySection(elf: ElfFile): Map<number, Set<string>> {
  const symbols = elf.symbols();
  const objects = new Map<number, Set<string>>();
  for (let index = 0; index < symbols.length; index++) {
    const section = symbols.type(index) === STT_OBJECT ? symbols.sectionIndex(index) : undefined;
    if (section === undefined) continue;
    const names = objects.get(section) ?? new Set();
    objects.set(section, names.add(toBytes(symbols.name(index))));
  }
  return objects;
}

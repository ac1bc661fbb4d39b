/**
 * The functions of a file: those of its units that have a symbol, one for each name, but not those about which
 * the units, or the places of parameters, raise doubts. The rules are pahole's.
 */

import { WordList, WordMap } from '../model/intern.ts';
import {
  SIGNATURE_PARAMETER_WORDS,
  SIGNATURE_TAG_WORDS,
  type Signature,
  SignatureFlag,
  signaturesIn,
} from '../model/signatures.ts';
import type { StringTable } from '../model/strings.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import type { EncodeContext } from './context.ts';
import type { ElfFunction, ElfFunctions, SymbolPlace } from './elf-functions.ts';
import { TypeComparison } from './same-type.ts';
import { StackStructs } from './stack-structs.ts';

/** Bits of {@link FunctionState.flags} beside {@link SignatureFlag}. */
export const StateFlag = {
  /** Two units declare it differently. */
  Inconsistent: 16,
  /** It is not known where a parameter on the stack is. */
  Uncertain: 32,
} as const;

/** What one unit says of a function says so of all. */
const DOUBTS = SignatureFlag.Misplaced | SignatureFlag.Reordered | StateFlag.Inconsistent;
const SHARED_FLAGS = DOUBTS | StateFlag.Uncertain;

/** What one unit says of a function, in terms of the deduplicator. */
export interface FunctionState {
  readonly elf: ElfFunction;
  /** What the symbols with its address say, if there are any. */
  readonly place: SymbolPlace | undefined;
  /** Whether it has an address. */
  readonly hasAddress: boolean;
  /** {@link SignatureFlag}s and {@link StateFlag}s. */
  flags: number;
  readonly resultType: TypeId;
  /** Name and type of each parameter: index of the first word in {@link SavedFunctions.words}, and their number. */
  readonly parameters: number;
  readonly parameterCount: number;
  /** Value and component of each tag, behind the parameters. */
  readonly tagCount: number;
}

/** All that is known of one function. */
export interface SavedFunction {
  readonly first: FunctionState;
  /** Those of all, the first included, that have the address of a symbol. */
  readonly placed: FunctionState[];
  /** The number of units that say something, as far as that matters: one, or several. */
  isMerged: boolean;
  /** How two units differ. */
  mismatch: string | undefined;
}

/** Takes up the functions of units one after the other. */
export class SavedFunctions {
  /** By the index of {@link ElfFunctions.all}. */
  readonly saved: (SavedFunction | undefined)[] = [];
  readonly #words: WordList = new WordList();
  readonly #elf: ElfFunctions;
  readonly #context: EncodeContext;
  readonly #comparison: TypeComparison;
  #strings: StringTable | undefined;
  /** Indexes of functions plus one by the offsets of their names, 0 for names without a symbol. */
  readonly #indexes: WordMap = new WordMap();

  constructor(elf: ElfFunctions, context: EncodeContext) {
    this.#elf = elf;
    this.#context = context;
    this.#comparison = new TypeComparison(context.target.types);
  }

  /** Names and types of parameters, values and components of tags. */
  get words(): Uint32Array {
    return this.#words.words;
  }

  /** Saves the functions of a unit. `ids` are what its types are in the deduplicator, which has them already. */
  add(table: TypeTable, ids: Uint32Array): void {
    const rows = table.side?.arrays.signatures;
    if (rows === undefined) return;
    const unit = { table, ids, stack: new StackStructs(table) };
    for (const row of signaturesIn(rows)) {
      const index = this.#indexOf(table.strings, row.name);
      if (index < 0) this.#logUnknown(table.strings, row.name);
      else this.#save(row, index, unit);
    }
  }

  #indexOf(strings: StringTable, name: number): number {
    if (strings !== this.#strings) {
      this.#strings = strings;
      this.#indexes.clear();
    }
    if (name === 0) return -1;
    const known = this.#indexes.get(name);
    if (known !== undefined) return known - 1;
    const index = this.#elf.find(strings.latin1At(name)) ?? -1;
    this.#indexes.add(name, index + 1);
    return index;
  }

  #logUnknown(strings: StringTable, name: number): void {
    const { log } = this.#context;
    log?.(`could not find function '${strings.latin1At(name)}' in the ELF functions table`);
  }

  #save(row: Signature, index: number, unit: Unit): void {
    const elf = this.#elf.all[index] as ElfFunction;
    const before = this.saved[index];
    if (before === undefined) {
      const first = this.#stateOf(row, elf, unit);
      this.saved[index] = { first, placed: [first], isMerged: false, mismatch: undefined };
      return;
    }
    before.isMerged = true;
    this.#merge(before, row, unit);
    // The names of its parameters are strings of the result even where nothing else of it is.
    const state = this.#stateOf(row, elf, unit);
    if (state.place === undefined) {
      this.#words.length = state.parameters;
      return;
    }
    state.flags |= before.first.flags & SHARED_FLAGS;
    before.placed.push(state);
  }

  /** Lets the first state know what another unit says. */
  #merge(saved: SavedFunction, row: Signature, unit: Unit): void {
    const { first } = saved;
    first.flags |= flagsOf(row, unit) & SHARED_FLAGS;
    if ((first.flags & DOUBTS) !== 0) return;
    saved.mismatch = this.#mismatch(first, row, unit);
    if (saved.mismatch !== undefined) first.flags |= StateFlag.Inconsistent;
  }

  #mismatch(first: FunctionState, row: Signature, { table, ids }: Unit): string | undefined {
    const comparison = this.#comparison;
    if (first.parameterCount !== row.parameterCount) {
      return `param count mismatch; ${first.parameterCount} params != ${row.parameterCount} params`;
    }
    if (!comparison.agree(first.resultType, ids[row.resultType] ?? 0)) return 'return type mismatch';
    for (let index = 0; index < row.parameterCount; index++) {
      const at = row.parameters + SIGNATURE_PARAMETER_WORDS * index;
      const type = this.words[first.parameters + 2 * index + 1] as TypeId;
      if (comparison.agree(type, ids[row.words[at + 2] as TypeId] ?? 0)) continue;
      const name = this.#context.target.names.nameAt(this.words[first.parameters + 2 * index] as number);
      const other = table.strings.latin1At(row.words[at] as number);
      return `param type mismatch for param#${index + 1} ${name} != ${other}`;
    }
    return undefined;
  }

  #stateOf(row: Signature, elf: ElfFunction, unit: Unit): FunctionState {
    const parameters = this.#words.length;
    for (let index = 0; index < row.parameterCount; index++) {
      const at = row.parameters + SIGNATURE_PARAMETER_WORDS * index;
      this.#words.push(this.#parameterName(unit.table.strings, row.words, at));
      this.#words.push(unit.ids[row.words[at + 2] as TypeId] ?? 0);
    }
    const tagCount = this.#context.features.declTag ? row.tagCount : 0;
    for (let index = 0; index < tagCount; index++) {
      const at = row.tags + SIGNATURE_TAG_WORDS * index;
      this.#words.push(this.#context.target.names.offsetOfRare(unit.table.strings, row.words[at] as number));
      this.#words.push(row.words[at + 1] as number);
    }
    return {
      elf,
      place: elf.placeAt(row.addressLow, row.addressHigh),
      hasAddress: row.addressLow !== 0 || row.addressHigh !== 0,
      flags: flagsOf(row, unit),
      resultType: unit.ids[row.resultType] ?? 0,
      parameters,
      parameterCount: row.parameterCount,
      tagCount,
    };
  }

  /** A struct of which one member is passed has the names of both. */
  #parameterName(strings: StringTable, words: Uint32Array, at: number): number {
    const { names } = this.#context.target;
    const name = words[at] as number;
    const member = words[at + 1] as number;
    if (member === 0) return names.offsetOfRare(strings, name);
    return names.add(`${strings.latin1At(name)}__${strings.latin1At(member)}`);
  }
}

/** A unit, and the ids of its types in the deduplicator. */
interface Unit {
  readonly table: TypeTable;
  readonly ids: Uint32Array;
  readonly stack: StackStructs;
}

function flagsOf(row: Signature, { stack }: Unit): number {
  return row.flags | (stack.somePacked(row.stackStructs) ? StateFlag.Uncertain : 0);
}

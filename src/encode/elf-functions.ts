/** The functions of an ELF file by their names without suffixes, as pahole looks them up. */

import type { ElfFile } from '../elf/file.ts';
import type { SymbolTable } from '../elf/symbol.ts';

const STT_FUNC = 2;

/** What all symbols are that are its name, or begin with its name and a dot. Each character of a name is a byte. */
export interface ElfFunction {
  readonly name: string;
  readonly symbols: readonly FunctionSymbol[];
  /** Its symbols have different addresses. */
  readonly isAmbiguous: boolean;
}

/** The symbol of a function. */
export interface FunctionSymbol {
  readonly name: string;
  /** Address as the file says it, in two words. */
  readonly addressLow: number;
  readonly addressHigh: number;
}

/** Functions in the order of their names. */
export class ElfFunctions {
  readonly all: readonly ElfFunction[];
  readonly #indexes: ReadonlyMap<string, number>;

  /** Throws `bad-data` for malformed symbols. */
  constructor(elf: ElfFile) {
    const groups = groupSymbols(elf.symbols());
    const names = [...groups.keys()].sort();
    this.all = names.map((name, index) => {
      const symbols = groups.get(name) as FunctionSymbol[];
      // pahole does not look at the last one.
      return { name, symbols, isAmbiguous: index + 1 < names.length && haveSeveralAddresses(symbols) };
    });
    this.#indexes = new Map(names.map((name, index) => [name, index]));
  }

  /** Index of a function in {@link all}, or undefined. */
  find(name: string): number | undefined {
    return this.#indexes.get(name);
  }
}

function groupSymbols(symbols: SymbolTable): Map<string, FunctionSymbol[]> {
  const groups = new Map<string, FunctionSymbol[]>();
  for (let index = 0; index < symbols.length; index++) {
    if (symbols.type(index) !== STT_FUNC) continue;
    const name = toBytes(symbols.name(index));
    // What compilers split from functions is no function.
    if (name.includes('.cold') || name.includes('.part')) continue;
    const value = symbols.value(index);
    const symbol = { name, addressLow: Number(value & 0xffff_ffffn), addressHigh: Number(value >> 32n) };
    const dot = name.indexOf('.');
    const key = dot < 0 ? name : name.slice(0, dot);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [symbol]);
    else group.push(symbol);
  }
  return groups;
}

/** A text with a character for each byte of its UTF-8, which is what names of types are. */
export function toBytes(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');
}

/** Whether two that follow each other differ; an address of 0 stands for none. */
function haveSeveralAddresses(symbols: readonly FunctionSymbol[]): boolean {
  return symbols.some((symbol, index) => {
    const before = symbols[index - 1];
    if (before === undefined || (before.addressLow === 0 && before.addressHigh === 0)) return false;
    return before.addressLow !== symbol.addressLow || before.addressHigh !== symbol.addressHigh;
  });
}

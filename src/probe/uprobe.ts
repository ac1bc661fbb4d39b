/** Functions of programs: where their code lies in the file. */

import type { ElfFile } from '../elf/file.ts';
import type { SymbolTable } from '../elf/symbol.ts';

/** PT_LOAD of ELF: a part of the file that is mapped. */
const PT_LOAD = 1;
/** STT_FUNC and STT_GNU_IFUNC. */
const STT_FUNC = 2;
const STT_GNU_IFUNC = 10;

/**
 * Offset of a function's first byte in the file, for `PATH:OFFSET`; undefined where the file has no such symbol. Throws
 * `bad-data` for malformed tables.
 */
export function fileOffsetOf(elf: ElfFile, symbol: string): number | undefined {
  const address = addressOfFunction(elf, symbol);
  if (address === undefined) return undefined;
  for (const segment of elf.segments()) {
    const distance = Number(address - segment.address);
    const isInside = segment.type === PT_LOAD && distance >= 0 && distance < segment.fileSize;
    if (isInside) return segment.offset + distance;
  }
  return undefined;
}

/** The address of a function, as the symbols of its file have it. Throws `bad-data` for malformed tables. */
export function addressOfFunction(elf: ElfFile, symbol: string): bigint | undefined {
  return addressOf(elf.symbols(), symbol) ?? addressOf(elf.dynamicSymbols(), symbol);
}

function addressOf(symbols: SymbolTable, name: string): bigint | undefined {
  for (let index = 1; index < symbols.length; index++) {
    const type = symbols.type(index);
    if (type !== STT_FUNC && type !== STT_GNU_IFUNC) continue;
    if (symbols.sectionIndex(index) !== undefined && symbols.name(index) === name)
      return symbols.value(index);
  }
  return undefined;
}

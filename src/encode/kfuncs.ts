/** The functions that BPF programs may call: the sets of `.BTF_ids` that say so (linux include/linux/btf_ids.h). */

import type { ElfFile } from '../elf/file.ts';
import type { SymbolTable } from '../elf/symbol.ts';
import type { EncodeContext } from './context.ts';
import { toBytes } from './elf-functions.ts';

/** Flags of a kfunc (linux include/linux/btf.h) that say how it is encoded. */
export const KfuncFlag = {
  FastCall: 0x1000,
  /** The result, or the first or second parameter, points into an arena. */
  ArenaResult: 0x2000,
  ArenaParameter1: 0x4000,
  ArenaParameter2: 0x8000,
} as const;

const FUNCTION_PREFIX = '__BTF_ID__func__';
const SET_PREFIX = '__BTF_ID__set8__';
/** Flag of a set, in the word behind its count: its members are kfuncs. */
const IS_KFUNC_SET = 1;
/** A member of a set: the id, which comes later, and flags. */
const MEMBER_BYTES = 8;

/** The kfuncs of a file. */
export class Kfuncs {
  readonly #flags: ReadonlyMap<string, number>;

  constructor(flags: ReadonlyMap<string, number>) {
    this.#flags = flags;
  }

  /** The flags of a kfunc; undefined for any other function. */
  flagsOf(name: string): number | undefined {
    return this.#flags.get(name);
  }
}

/** Reads the kfuncs of a file. Throws `bad-data` for malformed symbols, and for members outside of the section. */
export function readKfuncs(elf: ElfFile, { remark }: EncodeContext): Kfuncs {
  const section = elf.section('.BTF_ids');
  const flags = new Map<string, number>();
  if (section === undefined) return new Kfuncs(flags);
  const bytes = section.data();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const littleEndian = elf.header.endian === 'little';
  const symbols = [...symbolsIn(elf.symbols(), section.index, section.address)];
  const sets = symbols.filter(({ name, offset }) => {
    if (!name.startsWith(SET_PREFIX)) return false;
    if (offset + MEMBER_BYTES <= bytes.length)
      return (view.getUint32(offset + 4, littleEndian) & IS_KFUNC_SET) !== 0;
    remark(`symbol '${name}' lies outside of .BTF_ids`);
    return false;
  });
  for (const { name, offset } of symbols) {
    const kfunc = functionNameOf(name);
    if (kfunc === undefined || !sets.some((set) => set.offset <= offset && offset < set.end)) continue;
    if (offset + MEMBER_BYTES <= bytes.length) flags.set(kfunc, view.getUint32(offset + 4, littleEndian));
    else remark(`kfunc '${kfunc}' lies outside of .BTF_ids`);
  }
  return new Kfuncs(flags);
}

interface SectionSymbol {
  readonly name: string;
  /** Bytes from the start of the section. */
  readonly offset: number;
  readonly end: number;
}

function* symbolsIn(symbols: SymbolTable, section: number, address: bigint): Generator<SectionSymbol> {
  for (let index = 0; index < symbols.length; index++) {
    if (symbols.shndx(index) !== section) continue;
    const offset = Number(symbols.value(index) - address);
    if (offset >= 0) yield { name: toBytes(symbols.name(index)), offset, end: offset + symbols.size(index) };
  }
}

/** `f` of `__BTF_ID__func__f__12`; undefined for names of other things. */
function functionNameOf(symbol: string): string | undefined {
  if (!symbol.startsWith(FUNCTION_PREFIX)) return undefined;
  const name = symbol.slice(FUNCTION_PREFIX.length);
  const end = name.lastIndexOf('_');
  return end > 0 && name[end - 1] === '_' ? name.slice(0, end - 1) : undefined;
}

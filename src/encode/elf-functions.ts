/** The functions of an ELF file by their names without suffixes, as pahole looks them up. */

import type { ElfFile } from '../elf/file.ts';
import type { SymbolTable } from '../elf/symbol.ts';

const STT_FUNC = 2;

/** Addresses of one function that are looked through one by one. */
const FEW_PLACES = 8;

/** What the symbols with one address say. Each character of a name is a byte. */
export interface SymbolPlace {
  /** Address as the file says it, in two words. */
  readonly addressLow: number;
  readonly addressHigh: number;
  /** A name says that parameters may be gone. */
  isOptimized: boolean;
  /** The first name with a suffix. */
  suffixedName: string | undefined;
}

/** What all symbols are whose names are that of the function, or begin with it and a dot. */
export class ElfFunction {
  readonly name: string;
  /** Its place among {@link ElfFunctions.all}. */
  index = 0;
  /** Its symbols have different addresses. */
  isAmbiguous = false;
  readonly #places: SymbolPlace[] = [];
  #byAddress: Map<string, SymbolPlace> | undefined;
  /** Of the last symbol. */
  #last: SymbolPlace | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Adds a symbol: its name if that has a suffix, and its address in two words. */
  add(suffixedName: string | undefined, low: number, high: number): void {
    const place = this.placeAt(low, high) ?? this.#newPlace(low, high);
    if (suffixedName !== undefined) {
      if (/\.isra|\.constprop/.test(suffixedName)) place.isOptimized = true;
      place.suffixedName ??= suffixedName;
    }
    const last = this.#last;
    // An address of 0 stands for none.
    if (last !== undefined && last !== place && (last.addressLow !== 0 || last.addressHigh !== 0)) {
      this.isAmbiguous = true;
    }
    this.#last = place;
  }

  /** What the symbols with this address say; undefined where there are none. */
  placeAt(low: number, high: number): SymbolPlace | undefined {
    if (this.#byAddress !== undefined) return this.#byAddress.get(`${high}:${low}`);
    return this.#places.find((place) => place.addressLow === low && place.addressHigh === high);
  }

  #newPlace(addressLow: number, addressHigh: number): SymbolPlace {
    const place: SymbolPlace = { addressLow, addressHigh, isOptimized: false, suffixedName: undefined };
    this.#places.push(place);
    if (this.#places.length > FEW_PLACES) {
      this.#byAddress ??= new Map(
        this.#places.map((each) => [`${each.addressHigh}:${each.addressLow}`, each]),
      );
      this.#byAddress.set(`${addressHigh}:${addressLow}`, place);
    }
    return place;
  }
}

/** Functions in the order of their names. */
export class ElfFunctions {
  readonly all: readonly ElfFunction[];
  readonly #byName: ReadonlyMap<string, ElfFunction>;

  /** Throws `bad-data` for malformed symbols. */
  constructor(elf: ElfFile) {
    this.#byName = functionsIn(elf.symbols());
    this.all = [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const [index, each] of this.all.entries()) each.index = index;
    const last = this.all.at(-1);
    // pahole does not look at the last one.
    if (last !== undefined) last.isAmbiguous = false;
  }

  /** Index of a function in {@link all}, or undefined. */
  find(name: string): number | undefined {
    return this.#byName.get(name)?.index;
  }
}

function functionsIn(symbols: SymbolTable): Map<string, ElfFunction> {
  const functions = new Map<string, ElfFunction>();
  for (let index = 0; index < symbols.length; index++) {
    if (symbols.type(index) !== STT_FUNC) continue;
    const name = symbols.latin1Name(index);
    const dot = name.indexOf('.');
    // What compilers split from functions is no function.
    if (dot >= 0 && /\.cold|\.part/.test(name)) continue;
    const key = dot < 0 ? name : name.slice(0, dot);
    let known = functions.get(key);
    if (known === undefined) {
      known = new ElfFunction(key);
      functions.set(key, known);
    }
    known.add(dot < 0 ? undefined : name, symbols.valueLow(index), symbols.valueHigh(index));
  }
  return functions;
}

/** A text with a character for each byte of its UTF-8, which is what names of types are. */
export function toBytes(text: string): string {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString('latin1');
}

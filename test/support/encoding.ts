/** Units and ELF files for tests of the encoder: types, functions and variables from descriptions in code. */

import { SHT_PROGBITS, SHT_STRTAB, SHT_SYMTAB } from '../../src/elf/constants.ts';
import { type ElfFile, parseElf } from '../../src/elf/file.ts';
import { type EncodeOptions, type EncodeUnit, encode } from '../../src/encode/encode.ts';
import { DEFAULT_FEATURES } from '../../src/encode/features.ts';
import { SideColumns } from '../../src/model/side-columns.ts';
import { StringTable } from '../../src/model/strings.ts';
import { TypeTable } from '../../src/model/table.ts';
import type { Type } from '../../src/model/types.ts';
import type { TypeRecord } from './btf-writer.ts';
import { stringTable, symbolBytes, type Target, writeElf } from './elf-writer.ts';
import { modelTableOf } from './types.ts';

/** A function of a unit. */
export interface SignatureSpec {
  readonly name: string;
  readonly address?: bigint;
  /** Bits of `SignatureFlag`. */
  readonly flags?: number;
  readonly result?: number;
  /** Name, type, and the name of the one member that is passed. */
  readonly parameters?: readonly (readonly [name: string, typeId: number, member?: string])[];
  readonly tags?: readonly (readonly [value: string, component: number])[];
  readonly stackStructs?: readonly number[];
}

/** A variable of a unit. */
export interface StaticVariableSpec {
  readonly name: string;
  readonly section: number;
  readonly offset?: number;
  readonly typeId: number;
  readonly isExternal?: boolean;
  readonly tags?: readonly string[];
}

/** What a unit holds. */
export interface UnitSpec {
  readonly types?: readonly TypeRecord[];
  readonly functions?: readonly SignatureSpec[];
  readonly variables?: readonly StaticVariableSpec[];
}

/** A unit as the reader of DWARF gives it for an encoding. */
export function encodeUnit({ types = [], functions = [], variables = [] }: UnitSpec): EncodeUnit {
  const model = modelTableOf(types);
  const names = new Names(model.strings.bytes);
  const signatures = functions.flatMap((each) => signatureWords(each, names));
  const rows = variables.flatMap((each) => variableWords(each, names));
  const side = new SideColumns({
    signatures: Uint32Array.from(signatures),
    variables: Uint32Array.from(rows),
  });
  const strings = new StringTable(names.bytes());
  const { words, starts, pointerSize, endian } = model;
  return { name: 'unit.c', table: new TypeTable({ words, starts, strings, pointerSize, endian, side }) };
}

class Names {
  readonly #parts: Uint8Array[];
  #length: number;

  constructor(bytes: Uint8Array) {
    this.#parts = [bytes];
    this.#length = bytes.length;
  }

  add(name: string): number {
    if (name === '') return 0;
    const offset = this.#length;
    const bytes = Buffer.from(`${name}\0`);
    this.#parts.push(bytes);
    this.#length += bytes.length;
    return offset;
  }

  bytes(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

function signatureWords(spec: SignatureSpec, names: Names): number[] {
  const { name, address = 0n, flags = 0, result = 0, parameters = [], tags = [], stackStructs = [] } = spec;
  return [
    names.add(name),
    Number(address & 0xffff_ffffn),
    Number(address >> 32n),
    flags,
    result,
    parameters.length,
    tags.length,
    stackStructs.length,
    ...parameters.flatMap(([each, typeId, member = '']) => [names.add(each), names.add(member), typeId]),
    ...tags.flatMap(([value, component]) => [names.add(value), component >>> 0]),
    ...stackStructs,
  ];
}

function variableWords(spec: StaticVariableSpec, names: Names): number[] {
  const { name, section, offset = 0, typeId, isExternal = false, tags = [] } = spec;
  const place = [section, offset % 2 ** 32, Math.floor(offset / 2 ** 32)];
  return [
    names.add(name),
    ...place,
    typeId,
    isExternal ? 1 : 0,
    tags.length,
    ...tags.map((tag) => names.add(tag)),
  ];
}

/** A symbol; by default a function. */
export interface NamedSymbol {
  readonly name: string;
  readonly value?: bigint;
  readonly size?: number;
  readonly type?: number;
  readonly section?: number;
}

/** A section in front of the symbols; the first has the number 1. */
export interface DataSection {
  readonly name: string;
  readonly data?: Uint8Array;
}

const STT_FUNC = 2;

/** An ELF file with these symbols and sections. */
export function elfWith(
  symbols: readonly NamedSymbol[],
  sections: readonly DataSection[] = [],
  target: Target = { wordSize: 8, endian: 'little' },
): ElfFile {
  const { bytes, offsets } = stringTable(symbols.map(({ name }) => name));
  const records = symbols.map(({ name, value = 0n, size = 0, type = STT_FUNC, section = 1 }) => ({
    nameOffset: offsets.get(name) as number,
    value,
    size,
    type,
    shndx: section,
  }));
  const table = symbolBytes(target, records);
  const strings = sections.length + 2;
  return parseElf(
    writeElf({
      ...target,
      sections: [
        ...sections.map(({ name, data = new Uint8Array(8) }) => ({ name, data, type: SHT_PROGBITS })),
        {
          name: '.symtab',
          data: table,
          type: SHT_SYMTAB,
          link: strings,
          entrySize: target.wordSize === 8 ? 24 : 16,
        },
        { name: '.strtab', data: bytes, type: SHT_STRTAB },
      ],
    }),
  );
}

/** What is made of units, by default with the default features. */
export interface EncodedUnits {
  readonly table: TypeTable;
  readonly types: readonly Type[];
  readonly log: readonly string[];
  readonly remarks: readonly string[];
}

/** Encodes units of a file. */
export function encodeUnits(
  units: readonly UnitSpec[],
  elf: ElfFile,
  features: Partial<EncodeOptions['features']> = {},
): EncodedUnits {
  const log: string[] = [];
  const remarks: string[] = [];
  const table = encode(units.map(encodeUnit), elf, {
    features: { ...DEFAULT_FEATURES, ...features },
    onLog: (line) => log.push(line),
    onRemark: (text) => remarks.push(text),
  });
  const types = Array.from({ length: table.end - 1 }, (_, index) => table.type(index + 1));
  return { table, types, log, remarks };
}

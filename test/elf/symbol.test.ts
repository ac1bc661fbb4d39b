/** Symbol tables: their fields, the sections that symbols are in, and tables that are malformed. */

import { describe, expect, it } from 'vitest';
import {
  SHN_ABS,
  SHN_COMMON,
  SHN_XINDEX,
  SHT_DYNSYM,
  SHT_STRTAB,
  SHT_SYMTAB,
  SHT_SYMTAB_SHNDX,
  STB_GLOBAL,
  STT_FUNC,
  STT_OBJECT,
} from '../../src/elf/constants.ts';
import { parseElf } from '../../src/elf/file.ts';
import {
  pack,
  type SectionSpec,
  type SymbolSpec,
  stringTable,
  symbolBytes,
  TARGETS,
  type Target,
  text,
  writeElf,
} from '../support/elf-writer.ts';
import { expectError } from '../support/expect-error.ts';

const TARGET = { wordSize: 8, endian: 'little' } as const;
const NAMES = stringTable(['main', 'jiffies']);

/** Sections 1, the symbols, and 2, their names. */
function sections(target: Target, symbols: readonly SymbolSpec[], changes: SectionSpec = {}): SectionSpec[] {
  const entrySize = target.wordSize === 8 ? 24 : 16;
  return [
    { name: '.symtab', type: SHT_SYMTAB, link: 2, entrySize, data: symbolBytes(target, symbols), ...changes },
    { name: '.strtab', type: SHT_STRTAB, data: NAMES.bytes },
  ];
}

function parse(symbols: readonly SymbolSpec[], changes: SectionSpec = {}): ReturnType<typeof parseElf> {
  return parseElf(writeElf({ ...TARGET, sections: sections(TARGET, symbols, changes) }), { file: 'f.o' });
}

describe.each(TARGETS)('a $wordSize-byte $endian-endian file', (target) => {
  const value = target.wordSize === 8 ? 0xffff_ffff_8100_0000n : 0x8100_0000n;
  const symbol = {
    nameOffset: NAMES.offsets.get('jiffies') ?? 0,
    value,
    size: 0x1234,
    type: STT_OBJECT,
    binding: STB_GLOBAL,
    visibility: 2,
    shndx: 2,
  };

  it('gives the fields of its symbols', () => {
    const table = parseElf(writeElf({ ...target, sections: sections(target, [symbol]) })).symbols();
    expect(table).toHaveLength(2);
    expect(table.visibility(1)).toBe(2);
    expect(table.shndx(1)).toBe(2);
    expect(BigInt(table.valueLow(1)) | (BigInt(table.valueHigh(1)) << 32n)).toBe(value);
    expect(table.symbol(1)).toEqual({
      index: 1,
      name: 'jiffies',
      value,
      size: 0x1234,
      type: STT_OBJECT,
      binding: STB_GLOBAL,
      sectionIndex: 2,
    });
  });

  it('takes section numbers that do not fit from the section for them', () => {
    const shndx = { type: SHT_SYMTAB_SHNDX, link: 1, entrySize: 4, data: pack(target, 'III', 0, 0, 70_000) };
    const symbols = [{ shndx: 2 }, { shndx: SHN_XINDEX }];
    const table = parseElf(
      writeElf({ ...target, sections: [...sections(target, symbols), shndx] }),
    ).symbols();
    expect([table.sectionIndex(1), table.sectionIndex(2)]).toEqual([2, 70_000]);
  });
});

describe('a symbol table', () => {
  it('is empty in a file that has none', () => {
    const elf = parseElf(writeElf(TARGET));
    expect([...elf.symbols()]).toEqual([]);
    expect(elf.dynamicSymbols()).toHaveLength(0);
  });

  it('is iterated in order, the null symbol first', () => {
    const names = [...parse([{ nameOffset: 1, type: STT_FUNC }, { nameOffset: 6 }]).symbols()].map(
      ({ name }) => name,
    );
    expect(names).toEqual(['', 'main', 'jiffies']);
  });

  it('gives names with a character for each byte too', () => {
    const strings = stringTable(['größe']);
    const [symtab = {}] = sections(TARGET, [{ nameOffset: strings.offsets.get('größe') ?? 0 }]);
    const names = { name: '.strtab', type: SHT_STRTAB, data: strings.bytes };
    const table = parseElf(writeElf({ ...TARGET, sections: [symtab, names] })).symbols();
    expect(table.name(1)).toBe('größe');
    expect(table.latin1Name(1)).toBe('gr\u00c3\u00b6\u00c3\u009fe');
    expect(table.latin1Name(0)).toBe('');
  });

  it('is kept', () => {
    const elf = parse([]);
    expect(elf.symbols()).toBe(elf.symbols());
  });

  it('is another one for dynamic linking', () => {
    const elf = parse([{ nameOffset: 1 }], { name: '.dynsym', type: SHT_DYNSYM });
    expect(elf.dynamicSymbols().name(1)).toBe('main');
    expect(elf.symbols()).toHaveLength(0);
  });

  it('may have larger records than today', () => {
    const record = text('\x01\0\0\0'.padEnd(32, '\0'));
    const elf = parse([], { data: Buffer.concat([new Uint8Array(32), record]), entrySize: 32 });
    expect(elf.symbols()).toHaveLength(2);
    expect(elf.symbols().name(1)).toBe('main');
  });

  it.each([
    ['undefined', 0],
    ['absolute', SHN_ABS],
    ['common', SHN_COMMON],
  ])('gives no section for a symbol that is %s', (_, shndx) => {
    const table = parse([{ shndx }]).symbols();
    expect(table.sectionIndex(1)).toBeUndefined();
    expect(table.shndx(1)).toBe(shndx);
  });
});

describe('a malformed symbol table', () => {
  it.each<[string, SectionSpec, string]>([
    ['records without a size', { entrySize: 0 }, '.symtab: records of 0 bytes, expected 24'],
    ['records that are too small', { entrySize: 16 }, '.symtab: records of 16 bytes, expected 24'],
    [
      'a record that is cut short',
      { data: new Uint8Array(40) },
      '0x28 bytes are no whole number of records of 24',
    ],
    [
      'a name section that does not exist',
      { link: 99 },
      '.symtab: section 99, linked for names, is no string table',
    ],
    ['a name section of another type', { link: 1 }, 'section 1, linked for names, is no string table'],
    ['a section outside the file', { size: 24 * 1000 }, '.symtab: 0x5dc0 bytes at'],
  ])('is refused: %s', (_, changes, what) => {
    expectError(() => parse([], changes).symbols(), 'bad-data', what);
  });

  it.each([-1, 2, Number.NaN, 2 ** 32])('has no symbol %d', (index) => {
    const table = parse([{}]).symbols();
    expectError(() => table.name(index), 'bad-data', `f.o: .symtab: symbol ${index} of 2`);
  });

  it('has a name outside the string table', () => {
    const table = parse([{ nameOffset: 0x777 }]).symbols();
    expect(table.value(1)).toBe(0n);
    expectError(() => table.name(1), 'bad-data', 'f.o: .strtab+0x777: name offset lies outside');
    expectError(() => table.latin1Name(1), 'bad-data', 'f.o: .strtab+0x777: name offset lies outside');
  });

  it('lacks the section for a number that does not fit', () => {
    const table = parse([{ shndx: SHN_XINDEX }]).symbols();
    expectError(
      () => table.sectionIndex(1),
      'bad-data',
      '.symtab+0x18: symbol without its extended section index',
    );
  });
});

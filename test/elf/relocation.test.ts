/** ELF relocations: REL and RELA, and the record of 64-bit little-endian MIPS. */

import { describe, expect, it } from 'vitest';
import { EM_MIPS, SHT_REL, SHT_RELA } from '../../src/elf/constants.ts';
import { parseElf } from '../../src/elf/file.ts';
import type { RelocationTable } from '../../src/elf/relocation.ts';
import { type ElfSpec, relocationBytes, type SectionSpec, TARGETS, writeElf } from '../support/elf-writer.ts';
import { expectError } from '../support/expect-error.ts';

const TARGET = { wordSize: 8, endian: 'little' } as const;

/** The relocations of section 1; they are section 2. */
function relocations(spec: ElfSpec, section: SectionSpec): RelocationTable {
  const elf = parseElf(
    writeElf({ ...spec, sections: [{ name: '.text' }, { name: '.rel', info: 1, ...section }] }),
  );
  const [, text] = elf.sections;
  if (text === undefined) throw new Error('the section was not written');
  return elf.relocations(text);
}

describe.each(TARGETS)('a $wordSize-byte $endian-endian file', (target) => {
  const { wordSize } = target;

  it('gives the fields of RELA records', () => {
    const data = relocationBytes(target, [
      { offset: 0x10, symbol: 3, type: 2, addend: -4 },
      { offset: 0x18, symbol: 0x12_3456, type: 0xfe, addend: 0x7fff_ffff },
    ]);
    const table = relocations(target, { type: SHT_RELA, entrySize: 3 * wordSize, data });
    expect(table).toHaveLength(2);
    expect([table.offset(0), table.symbolIndex(0), table.type(0), table.addend(0)]).toEqual([
      0x10n,
      3,
      2,
      -4n,
    ]);
    expect([table.offset(1), table.symbolIndex(1), table.type(1), table.addend(1)]).toEqual([
      0x18n,
      0x12_3456,
      0xfe,
      0x7fff_ffffn,
    ]);
  });

  it('gives the fields of REL records, which have no addend', () => {
    const data = relocationBytes(target, [{ offset: 0x10, symbol: 3, type: 2 }]);
    const table = relocations(target, { type: SHT_REL, entrySize: 2 * wordSize, data });
    expect([table.offset(0), table.symbolIndex(0), table.type(0)]).toEqual([0x10n, 3, 2]);
    expect(table.addend(0)).toBeUndefined();
  });
});

describe('relocations', () => {
  const data = relocationBytes(TARGET, [{ offset: 0, symbol: 0, type: 0, addend: 0 }]);

  it('are none where no section applies to the asked one', () => {
    expect(relocations(TARGET, { type: SHT_RELA, info: 3, entrySize: 24, data })).toHaveLength(0);
  });

  it('are those of the first section that applies', () => {
    const rela = { type: SHT_RELA, info: 1, entrySize: 24 };
    const elf = parseElf(
      writeElf({
        ...TARGET,
        sections: [
          { ...rela, data },
          { ...rela, data: new Uint8Array(0) },
        ],
      }),
    );
    const [, first] = elf.sections;
    expect(first && elf.relocations(first)).toHaveLength(1);
  });

  it.each([0, 23])('are refused with records of %d bytes', (entrySize) => {
    const read = () => relocations(TARGET, { type: SHT_RELA, entrySize, data });
    expectError(read, 'bad-data', `.rel: records of ${entrySize} bytes, expected 24`);
  });

  it('are refused where the last is cut short', () => {
    const read = () => relocations(TARGET, { type: SHT_RELA, entrySize: 24, data: data.subarray(1) });
    expectError(read, 'bad-data', '.rel: 0x17 bytes are no whole number of records of 24');
  });

  it('end after the last', () => {
    const table = relocations(TARGET, { type: SHT_RELA, entrySize: 24, data });
    expectError(() => table.offset(1), 'bad-data', '.rel: relocation 1 of 1');
  });

  it('of 64-bit MIPS keep symbol and type at the same bytes in both byte orders', () => {
    // r_offset 0, r_sym 5, r_ssym 0, r_type3 0, r_type2 0x12, r_type 3
    const little = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0x12, 3);
    const big = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0x12, 3);
    for (const [endian, bytes] of [
      ['little', little],
      ['big', big],
    ] as const) {
      const spec = { wordSize: 8, endian, machine: EM_MIPS } as const;
      const table = relocations(spec, { type: SHT_REL, entrySize: 16, data: bytes });
      expect([table.symbolIndex(0), table.type(0)]).toEqual([5, 0x1203]);
    }
  });
});

/** The ELF header and the two header tables, also where a number does not fit or is a lie. */

import { describe, expect, it } from 'vitest';
import { EM_AARCH64, ET_DYN, PT_LOAD, SHN_XINDEX, SHT_NULL } from '../../src/elf/constants.ts';
import { parseElf } from '../../src/elf/file.ts';
import { decodeElfHeader, isElf } from '../../src/elf/header.ts';
import { type ElfSpec, pack, TARGETS, text, writeElf } from '../support/elf-writer.ts';
import { expectError } from '../support/expect-error.ts';

const TARGET = { wordSize: 8, endian: 'little' } as const;
const HUGE = 0xffff_ffff_ffff_fff0n;

describe.each(TARGETS)('a $wordSize-byte $endian-endian file', (target) => {
  it('gives the fields of its header', () => {
    const { header } = parseElf(
      writeElf({ ...target, type: ET_DYN, machine: EM_AARCH64, entry: 0x1234, flags: 7, sections: [] }),
    );
    expect(header).toMatchObject({ ...target, type: ET_DYN, machine: EM_AARCH64, entry: 0x1234n, flags: 7 });
  });

  it('gives the fields of a section header', () => {
    const fields = {
      type: 0x6fff_fff0,
      flags: 0x3,
      address: 0x8000,
      link: 2,
      info: 9,
      alignment: 16,
      entrySize: 24,
    };
    const section = parseElf(
      writeElf({ ...target, sections: [{ name: '.x', data: text('abc'), ...fields }] }),
    ).section('.x');
    expect(section).toMatchObject({ ...fields, index: 1, name: '.x', address: 0x8000n, size: 3 });
    expect(section?.data()).toEqual(text('abc'));
  });

  it('gives the fields of a program header', () => {
    const segments = [{ type: PT_LOAD, flags: 5, address: 0x40_0000, alignment: 8, data: text('1234') }];
    expect(parseElf(writeElf({ ...target, segments })).segments()).toEqual([
      { type: PT_LOAD, flags: 5, address: 0x40_0000n, alignment: 8, fileSize: 4, offset: expect.any(Number) },
    ]);
  });

  it('finds the numbers of sections and of the name section in section 0', () => {
    const elf = parseElf(writeElf({ ...target, extended: true, sections: [{ name: '.a' }, { name: '.b' }] }));
    expect(elf.header.sectionHeaders.count).toBe(0);
    expect(elf.header.nameSectionIndex).toBe(SHN_XINDEX);
    expect(elf.sections.map(({ name }) => name)).toEqual(['', '.a', '.b', '.shstrtab']);
  });

  it('finds the number of segments in section 0', () => {
    const elf = parseElf(
      writeElf({
        ...target,
        segments: [{ data: text('x') }, { data: text('y') }],
        header: { phnum: 0xffff },
        nullSection: { type: SHT_NULL, info: 2 },
      }),
    );
    expect(elf.segments()).toHaveLength(2);
  });
});

describe('section numbers', () => {
  it('go beyond 16 bits', () => {
    const sections = Array.from({ length: 0xff20 }, (_, index) => ({ name: `.s${index}` }));
    const elf = parseElf(writeElf({ ...TARGET, sections }));
    expect(elf.sections).toHaveLength(0xff22);
    expect(elf.section('.s65310')?.index).toBe(65311);
  });
});

describe('what is not ELF', () => {
  it.each([
    ['an empty file', new Uint8Array(0)],
    ['three bytes of the magic number', text('\x7fEL')],
    ['text', text('#!/bin/sh\n'.repeat(20))],
  ])('is refused: %s', (_, bytes) => {
    expect(isElf(bytes)).toBe(false);
    expectError(() => parseElf(bytes, { file: 'x' }), 'bad-data', 'x: not an ELF file');
  });

  it('is told from ELF by the magic number alone', () => {
    expect(isElf(text('\x7fELF'))).toBe(true);
  });
});

describe('a malformed header', () => {
  const good = writeElf(TARGET);
  const changed = (at: number, value: number): Uint8Array => {
    const bytes = good.slice();
    bytes[at] = value;
    return bytes;
  };

  it('names the unknown class', () => {
    expectError(() => decodeElfHeader(changed(4, 3)), 'bad-data', 'ELF header+0x4: class 3');
  });

  it('names the unknown byte order', () => {
    expectError(() => decodeElfHeader(changed(5, 0)), 'bad-data', 'ELF header+0x5: byte order 0');
  });

  it('is unsupported in another version', () => {
    expectError(() => decodeElfHeader(changed(6, 2)), 'unsupported', 'ELF header+0x6: version 2');
  });

  it('names the offset at which it is cut short', () => {
    expectError(() => parseElf(good.slice(0, 30)), 'bad-data', 'ELF header+0x18: 8 bytes wanted, 6 left');
  });
});

describe('a malformed section header table', () => {
  const parse = (spec: Partial<ElfSpec>) => () => parseElf(writeElf({ ...TARGET, ...spec }));

  it.each<[string, Partial<ElfSpec>, string]>([
    ['more sections than the file has room for', { header: { shnum: 0xfeff } }, '65279 entries of 64 bytes'],
    [
      'more sections by section 0',
      { header: { shnum: 0 }, nullSection: { type: 0, size: 2n ** 40n } },
      'exceed',
    ],
    ['an offset behind the file', { header: { shoff: 0x10_0000 } }, 'at 0x100000 exceed the file'],
    ['headers that are too small', { header: { shentsize: 63 } }, 'entries of 63 bytes, expected 64'],
    ['headers without a size', { header: { shentsize: 0 } }, 'entries of 0 bytes, expected 64'],
    [
      'a section offset near 2^64',
      { sections: [{ offset: HUGE }] },
      '+0x58: 0xfffffffffffffff0 is too large',
    ],
    ['a section size near 2^64', { sections: [{ size: HUGE }] }, '+0x60: 0xfffffffffffffff0 is too large'],
  ])('is refused: %s', (_, spec, what) => {
    const error = expectError(parse(spec), 'bad-data', what);
    expect(error.place.section).toBe('section header table');
  });

  it('is refused at an offset near 2^64, which the ELF header holds', () => {
    expectError(
      parse({ header: { shoff: HUGE } }),
      'bad-data',
      'ELF header+0x28: 0xfffffffffffffff0 is too large',
    );
  });

  it('has larger headers than today where it says so', () => {
    const names = text('\0.x\0');
    const header = (...values: number[]): Uint8Array => pack(TARGET, 'IIQQQQIIQQQ', ...values);
    const base = writeElf({
      ...TARGET,
      hasSections: false,
      header: { shoff: 64, shentsize: 72, shnum: 3, shstrndx: 2 },
    });
    const bytes = Buffer.concat([base, header(), header(1, 1), header(0, 3, 0, 0, 64 + 3 * 72, 4), names]);
    expect(parseElf(bytes).section('.x')?.index).toBe(1);
  });
});

describe('a malformed program header table', () => {
  const segments = [{ data: text('x') }];

  it.each([
    ['more segments than the file has room for', { phnum: 0xfffe }, '65534 entries of 56 bytes'],
    ['headers that are too small', { phentsize: 8 }, 'entries of 8 bytes, expected 56'],
  ])('is refused: %s', (_, header, what) => {
    const elf = parseElf(writeElf({ ...TARGET, segments, header }));
    const error = expectError(() => elf.segments(), 'bad-data', what);
    expect(error.place.section).toBe('program header table');
  });
});

/** Finding sections, and reading no more of them than is asked for. */

import { describe, expect, it } from 'vitest';
import { SHN_UNDEF, SHT_NOBITS, SHT_NOTE } from '../../src/elf/constants.ts';
import { parseElf } from '../../src/elf/file.ts';
import { type ByteSource, memorySource } from '../../src/elf/source.ts';
import { type ElfSpec, type SectionSpec, text, writeElf } from '../support/elf-writer.ts';
import { expectError } from '../support/expect-error.ts';

const TARGET = { wordSize: 8, endian: 'little' } as const;

function parse(sections: readonly SectionSpec[], more: Partial<ElfSpec> = {}): ReturnType<typeof parseElf> {
  return parseElf(writeElf({ ...TARGET, sections, ...more }), { file: 'f.o' });
}

/** A source that notes the size of each read. */
function counting(bytes: Uint8Array): { source: ByteSource; reads: number[] } {
  const reads: number[] = [];
  const memory = memorySource(bytes);
  const source: ByteSource = {
    size: memory.size,
    read(offset, byteSize) {
      reads.push(byteSize);
      return memory.read(offset, byteSize);
    },
  };
  return { source, reads };
}

describe('a section', () => {
  it('is undefined where no section has the name', () => {
    expect(parse([{ name: '.text' }]).section('.BTF')).toBeUndefined();
  });

  it('is not found by a part of its name', () => {
    const elf = parse([{ name: '.BTF.ext' }]);
    expect(elf.section('.BTF')).toBeUndefined();
    expect(elf.section('BTF.ext')).toBeUndefined();
  });

  it('is the first of several with one name', () => {
    expect(parse([{ name: '.x' }, { name: '.x' }]).section('.x')?.index).toBe(1);
  });

  it('is found by a name that is the tail of another', () => {
    const elf = parse([{ name: '.rela.text' }, { nameOffset: 6 }]);
    expect(elf.section('.text')?.index).toBe(2);
  });

  it('has no bytes as NOBITS, whatever its size', () => {
    const section = parse([{ name: '.bss', type: SHT_NOBITS, size: 2 ** 40 }]).section('.bss');
    expect(section?.size).toBe(2 ** 40);
    expect(section?.data()).toHaveLength(0);
  });

  it('has no bytes as section 0, whose size may count sections', () => {
    expect(parse([], { extended: true }).sections[0]?.data()).toHaveLength(0);
  });

  it('has data that is a view of a file in memory', () => {
    const bytes = writeElf({ ...TARGET, sections: [{ name: '.x', data: text('abc') }] });
    expect(parseElf(bytes).section('.x')?.data().buffer).toBe(bytes.buffer);
  });

  it('that reaches past the end of the file is an error naming it, and only when it is read', () => {
    const elf = parse([
      { name: '.BTF', data: text('x'), size: 0x1_0000 },
      { name: '.y', data: text('y') },
    ]);
    expect(elf.section('.y')?.data()).toEqual(text('y'));
    expectError(
      () => elf.section('.BTF')?.data(),
      'bad-data',
      'f.o: .BTF: 0x10000 bytes at 0x40 of a file of',
    );
  });
});

describe('names of sections', () => {
  it('are all empty in a file without a name section', () => {
    const elf = parse([{ nameOffset: 0 }], { header: { shstrndx: SHN_UNDEF } });
    expect(elf.sections[1]?.name).toBe('');
    expect(elf.section('.x')).toBeUndefined();
  });

  it('are an error where the name section does not exist', () => {
    expectError(() => parse([], { header: { shstrndx: 9 } }), 'bad-data', 'f.o: ELF header: section 9 of 2');
  });

  it('are an error where they lie outside the table, which does not stop finding others', () => {
    const elf = parse([{ name: '.x', nameOffset: 0x999 }, { name: '.y' }]);
    expect(elf.section('.y')?.index).toBe(2);
    expectError(
      () => elf.sections[1]?.name,
      'bad-data',
      'section name table+0x999: name offset lies outside',
    );
  });

  it('are an error where the table ends without NUL', () => {
    const elf = parse([{ nameOffset: 1 }], { sectionNames: text('\0.text') });
    expectError(() => elf.sections[1]?.name, 'bad-data', 'section name table+0x1: name is not terminated');
    expect(elf.section('.text')).toBeUndefined();
  });

  it('are an error above 256 KiB', () => {
    const names = new Uint8Array(2 ** 18 + 3).fill(0x61, 1, -1);
    const elf = parse([{ nameOffset: 1 }, { nameOffset: 2 }], { sectionNames: names });
    expectError(() => elf.sections[1]?.name, 'bad-data', 'name is not terminated');
    expect(elf.sections[2]?.name).toHaveLength(2 ** 18);
  });

  it('are replaced by the index in other errors', () => {
    const elf = parse([{ nameOffset: 0x999, size: 0x1_0000 }]);
    expectError(() => elf.sections[1]?.data(), 'bad-data', 'f.o: section 1: ');
  });
});

describe('reading', () => {
  const large = new Uint8Array(0x10_0000);
  const bytes = writeElf({
    ...TARGET,
    sections: [
      { name: '.debug_info', data: large },
      { name: '.BTF', data: text('btf!') },
    ],
  });

  it('one section costs its own bytes and the headers', () => {
    const { source, reads } = counting(bytes);
    parseElf(source).section('.BTF')?.data();
    const names = '\0.debug_info\0.BTF\0.shstrtab\0'.length;
    expect(reads).toEqual([64, 4 * 64, names, 4]);
  });

  it('a section twice reads it once', () => {
    const { source, reads } = counting(bytes);
    const section = parseElf(source).section('.BTF');
    expect(section?.data()).toBe(section?.data());
    expect(reads.filter((size) => size === 4)).toHaveLength(1);
  });
});

describe('sections that overlap', () => {
  it('may not give more bytes than the file has', () => {
    const whole = { name: '.x', offset: 0, size: 300 };
    const elf = parse([whole, whole, whole]);
    expect(elf.sections[1]?.data()).toHaveLength(300);
    expectError(() => elf.sections[2]?.data(), 'bad-data', 'f.o: .x: overlaps other parts of the file');
  });

  it('cannot make the search for notes cost the square of the file', () => {
    const zeros = { data: new Uint8Array(0x4_0000) };
    const notes = Array.from({ length: 5000 }, () => ({ type: SHT_NOTE, offset: 0x40, size: 0x3_fff0 }));
    const elf = parse([zeros, ...notes]);
    expectError(() => elf.buildId(), 'bad-data', 'overlaps');
  });
});

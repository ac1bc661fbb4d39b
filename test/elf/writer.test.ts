/** Adding and replacing sections of ELF files. */

import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHF_ALLOC, SHT_NOBITS, SHT_PROGBITS } from '../../src/elf/constants.ts';
import { parseElf } from '../../src/elf/file.ts';
import { memorySource } from '../../src/elf/source.ts';
import { updateSections, withSections } from '../../src/elf/writer.ts';
import { type ElfSpec, type SectionSpec, TARGETS, writeElf } from '../support/elf-writer.ts';
import { expectError } from '../support/expect-error.ts';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

function put(file: Uint8Array, sections: Record<string, Uint8Array>): Uint8Array {
  const chunks = withSections(memorySource(file), new Map(Object.entries(sections)));
  return new Uint8Array(Buffer.concat([...chunks]));
}

/** All that section headers say, but for the places of sections that move; and the contents. */
function describeSections(file: Uint8Array, without: readonly string[] = []): unknown[] {
  return parseElf(file)
    .sections.filter(({ name }) => !without.includes(name))
    .map((section) => {
      const { name, type, flags, address, link, info, alignment, entrySize } = section;
      const data = Buffer.from(section.data()).toString('latin1');
      return { name, type, flags, address, link, info, alignment, entrySize, data };
    });
}

const NAMES = '.shstrtab';

describe.each(TARGETS)('a file of $wordSize-byte words, $endian endian', (target) => {
  const sections: readonly SectionSpec[] = [
    { name: '.text', data: bytes('code'), flags: SHF_ALLOC, address: 0x1000, alignment: 16 },
    { name: '.bss', type: SHT_NOBITS, size: 4096 },
    { name: '.data', data: bytes('facts'), entrySize: 1, link: 1, info: 2 },
  ];
  const file = writeElf({ ...target, sections, segments: [{ data: bytes('segment') }] });

  it('gets sections, and keeps all else', () => {
    const changed = put(file, { '.BTF': bytes('types'), '.BTF.base': bytes('base') });
    const elf = parseElf(changed);
    expect(describeSections(changed, ['.BTF', '.BTF.base', NAMES])).toEqual(describeSections(file, [NAMES]));
    expect(elf.section('.BTF')).toMatchObject({
      type: SHT_PROGBITS,
      flags: 0,
      address: 0n,
      link: 0,
      alignment: 1,
    });
    expect(Buffer.from(elf.section('.BTF')?.data() ?? []).toString()).toBe('types');
    expect(Buffer.from(elf.section('.BTF.base')?.data() ?? []).toString()).toBe('base');
    expect(elf.segments()).toEqual(parseElf(file).segments());
    for (const { name, offset, size, type } of parseElf(file).sections) {
      if (name === NAMES || type === SHT_NOBITS) continue;
      expect(changed.slice(offset, offset + size)).toEqual(file.slice(offset, offset + size));
    }
  });

  it('does not grow when the same is done again', () => {
    const once = put(file, { '.BTF': bytes('types') });
    expect(put(once, { '.BTF': bytes('types') })).toEqual(once);
    const longer = put(put(once, { '.BTF': bytes('x'.repeat(1000)) }), { '.BTF': bytes('types') });
    expect(longer).toEqual(once);
  });

  it('gets any sections in any order', () => {
    const change = fc.record({
      name: fc.constantFrom('.BTF', '.BTF.base', '.data', '.new'),
      data: fc.uint8Array({ maxLength: 100 }),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 6 }), (changes) => {
        let changed = file;
        for (const { name, data } of changes) changed = put(changed, { [name]: data });
        const wanted = new Map(changes.map(({ name, data }) => [name, Buffer.from(data)]));
        for (const [name, data] of wanted) {
          expect(Buffer.from(parseElf(changed).section(name)?.data() ?? []).equals(data)).toBe(true);
        }
        const touched = [...wanted.keys(), NAMES];
        expect(describeSections(changed, touched)).toEqual(describeSections(file, touched));
      }),
    );
  });

  it('may have so many sections that their number lies elsewhere', () => {
    const extended = writeElf({ ...target, sections, extended: true });
    const changed = put(extended, { '.BTF': bytes('types') });
    expect(parseElf(changed).header.sectionHeaders.count).toBe(0);
    expect(describeSections(changed, ['.BTF', NAMES])).toEqual(describeSections(extended, [NAMES]));
  });
});

describe('a section in the middle of a file', () => {
  const spec = (flags: number): ElfSpec => ({
    wordSize: 8,
    endian: 'little',
    sections: [
      { name: '.BTF', data: bytes('old types'), flags },
      { name: '.data', data: bytes('facts') },
    ],
  });

  it('is replaced in its place where it fits', () => {
    const file = writeElf(spec(SHF_ALLOC));
    const changed = put(file, { '.BTF': bytes('new') });
    expect(changed.length - file.length).toBeLessThan(8);
    expect(parseElf(changed).section('.BTF')).toMatchObject({
      offset: parseElf(file).section('.BTF')?.offset,
      size: 3,
    });
  });

  it('moves to the end where it does not', () => {
    const changed = put(writeElf(spec(0)), { '.BTF': bytes('longer than before') });
    expect(Buffer.from(parseElf(changed).section('.BTF')?.data() ?? []).toString()).toBe(
      'longer than before',
    );
    expect(Buffer.from(parseElf(changed).section('.data')?.data() ?? []).toString()).toBe('facts');
  });

  it('that is loaded cannot grow', () => {
    expectError(
      () => put(writeElf(spec(SHF_ALLOC)), { '.BTF': bytes('longer than before') }),
      'unsupported',
      '.BTF',
    );
  });
});

describe('what no header tells of', () => {
  it('stays at its place', () => {
    const file = writeElf({
      wordSize: 8,
      endian: 'little',
      sections: [{ name: '.data', data: bytes('facts') }],
    });
    const signed = new Uint8Array([...file, ...bytes('~Module signature appended~')]);
    const changed = put(signed, { '.BTF': bytes('types') });
    expect(Buffer.from(changed).indexOf('~Module signature appended~')).toBe(file.length);
  });
});

describe('a file without section headers', () => {
  it('gets none', () => {
    const file = writeElf({ wordSize: 8, endian: 'little', hasSections: false });
    expectError(() => put(file, { '.BTF': bytes('x') }), 'unsupported', 'no section headers');
  });
});

describe('a file on the disk', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tspahole-writer-'));
  const path = join(folder, 'a.o');
  const file = writeElf({
    wordSize: 8,
    endian: 'little',
    sections: [{ name: '.data', data: bytes('facts') }],
  });

  it('is replaced whole and keeps its mode', () => {
    writeFileSync(path, file);
    chmodSync(path, 0o640);
    updateSections(path, new Map([['.BTF', bytes('types')]]));
    expect(Buffer.compare(readFileSync(path), put(file, { '.BTF': bytes('types') }))).toBe(0);
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('that changes while it is read is left alone', () => {
    writeFileSync(path, file);
    // The bytes of the section are asked for between the two looks at the file.
    const sections = new Map<string, Uint8Array>();
    sections.get = () => {
      utimesSync(path, 1, 1);
      return bytes('types');
    };
    sections.set('.BTF', bytes('types'));
    expectError(() => updateSections(path, sections), 'io', 'changed while it was read');
    expect(Buffer.compare(readFileSync(path), file)).toBe(0);
    rmSync(folder, { recursive: true });
  });
});

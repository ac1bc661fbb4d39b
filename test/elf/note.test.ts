/** Notes and the build ID. */

import { describe, expect, it } from 'vitest';
import { NT_GNU_BUILD_ID, SHT_NOTE, SHT_PROGBITS } from '../../src/elf/constants.ts';
import { parseElf } from '../../src/elf/file.ts';
import { concat, noteBytes, pack, type SectionSpec, TARGETS, text, writeElf } from '../support/elf-writer.ts';
import { expectError } from '../support/expect-error.ts';

const TARGET = { wordSize: 8, endian: 'little' } as const;
const ID = Uint8Array.of(0xde, 0xad, 0xbe, 0xef, 1);
const BUILD_ID = { name: 'GNU', type: NT_GNU_BUILD_ID, description: ID };

function parse(data: Uint8Array, changes: SectionSpec = {}): ReturnType<typeof parseElf> {
  const section = { name: '.notes', type: SHT_NOTE, alignment: 4, data, ...changes };
  return parseElf(writeElf({ ...TARGET, sections: [section] }), { file: 'f' });
}

describe.each(TARGETS)('a $wordSize-byte $endian-endian file', (target) => {
  const other = { name: 'Xen', type: 6, description: text('linux') };
  const bytes = concat(noteBytes(target, other), noteBytes(target, BUILD_ID));

  it('gives its notes in order', () => {
    const sections = [
      { type: SHT_NOTE, data: bytes },
      { type: SHT_NOTE, data: noteBytes(target, other) },
    ];
    const notes = [...parseElf(writeElf({ ...target, sections })).notes()];
    expect(notes).toEqual([other, BUILD_ID, other]);
  });

  it('gives its build ID', () => {
    const sections = [{ type: SHT_NOTE, data: bytes }];
    expect(parseElf(writeElf({ ...target, sections })).buildId()).toEqual(ID);
  });

  it('gives the notes of its segments where it has no sections', () => {
    const elf = parseElf(writeElf({ ...target, hasSections: false, segments: [{ data: bytes }] }));
    expect(elf.sections).toEqual([]);
    expect(elf.buildId()).toEqual(ID);
    expect([...elf.notes()]).toHaveLength(2);
  });
});

describe('notes', () => {
  it('are none in a file without them', () => {
    const elf = parse(noteBytes(TARGET, BUILD_ID), { type: SHT_PROGBITS });
    expect([...elf.notes()]).toEqual([]);
    expect(elf.buildId()).toBeUndefined();
  });

  it('are padded to 8 bytes where the section is aligned so', () => {
    const property = { name: 'GNU', type: 5, description: text('1234') };
    const bytes = concat(noteBytes(TARGET, property, 8), noteBytes(TARGET, BUILD_ID, 8));
    expect([...parse(bytes, { alignment: 8 }).notes()]).toEqual([property, BUILD_ID]);
  });

  it('may lack the padding behind the last', () => {
    expect(parse(noteBytes(TARGET, BUILD_ID).subarray(0, -3)).buildId()).toEqual(ID);
  });

  it('may have an empty name', () => {
    expect([...parse(pack(TARGET, 'III', 0, 0, 9)).notes()]).toEqual([
      { name: '', type: 9, description: new Uint8Array(0) },
    ]);
  });

  it('end their name at its first NUL', () => {
    const bytes = noteBytes(TARGET, { name: 'GA\0x', type: 1, description: ID });
    expect([...parse(bytes).notes()][0]?.name).toBe('GA');
  });

  it('are not the build ID with another name or type', () => {
    const bytes = concat(
      noteBytes(TARGET, { ...BUILD_ID, name: 'Go' }),
      noteBytes(TARGET, { ...BUILD_ID, type: 1 }),
    );
    expect(parse(bytes).buildId()).toBeUndefined();
  });
});

describe('a malformed note', () => {
  const good = noteBytes(TARGET, BUILD_ID);

  it.each([
    [
      'a name that is too long',
      pack(TARGET, 'III', 0xffff_ffff, 0, 1),
      '.notes+0xc: 4294967295 bytes wanted, 0 left',
    ],
    [
      'data that is too long',
      pack(TARGET, 'III', 0, 0xffff_ffff, 1),
      '.notes+0xc: 4294967295 bytes wanted, 0 left',
    ],
    ['a header that is cut short', pack(TARGET, 'II', 4, 0), '.notes+0x8: 4 bytes wanted, 0 left'],
    ['one behind a good one', concat(good, Uint8Array.of(1)), '.notes+0x18: 4 bytes wanted, 1 left'],
  ])('is an error: %s', (_, bytes, what) => {
    expectError(() => [...parse(bytes).notes()], 'bad-data', what);
  });

  it('does not hide a good one before it', () => {
    expect(parse(concat(good, Uint8Array.of(1))).buildId()).toEqual(ID);
  });

  it('in a segment names the segment', () => {
    const elf = parseElf(writeElf({ ...TARGET, hasSections: false, segments: [{ data: text('abc') }] }));
    expectError(() => elf.buildId(), 'bad-data', 'segment 0+0x0: 4 bytes wanted, 3 left');
  });
});

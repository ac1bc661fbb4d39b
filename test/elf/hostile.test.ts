/** Whatever the bytes: a value or a TspaholeError. */

import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ELFCOMPRESS_ZLIB,
  SHF_COMPRESSED,
  SHN_XINDEX,
  SHT_NOTE,
  SHT_RELA,
  SHT_STRTAB,
  SHT_SYMTAB,
  SHT_SYMTAB_SHNDX,
} from '../../src/elf/constants.ts';
import { parseElf } from '../../src/elf/file.ts';
import { TspaholeError } from '../../src/model/errors.ts';
import {
  compressedBytes,
  noteBytes,
  pack,
  relocationBytes,
  symbolBytes,
  TARGETS,
  type Target,
  text,
  writeElf,
} from '../support/elf-writer.ts';

/** A small file with everything that the reader knows. */
function smallElf(target: Target, headersFirst: boolean): Uint8Array {
  const packed = new Uint8Array(deflateSync(text('a'.repeat(100))));
  const note = noteBytes(target, { name: 'GNU', type: 3, description: text('id') });
  return writeElf({
    ...target,
    headersFirst,
    segments: [{ data: note }],
    sections: [
      { name: '.text', data: text('code') },
      {
        name: '.symtab',
        type: SHT_SYMTAB,
        link: 3,
        entrySize: target.wordSize === 8 ? 24 : 16,
        data: symbolBytes(target, [
          { nameOffset: 1, shndx: 1 },
          { nameOffset: 3, shndx: SHN_XINDEX },
        ]),
      },
      { name: '.strtab', type: SHT_STRTAB, data: text('\0f\0g\0') },
      { type: SHT_SYMTAB_SHNDX, link: 2, data: pack(target, 'III', 0, 0, 1) },
      {
        name: '.rela.text',
        type: SHT_RELA,
        info: 1,
        entrySize: target.wordSize * 3,
        data: relocationBytes(target, [{ offset: 0, symbol: 1, type: 2, addend: 3 }]),
      },
      { name: '.note', type: SHT_NOTE, data: note },
      {
        name: '.debug_info',
        flags: SHF_COMPRESSED,
        data: compressedBytes(target, ELFCOMPRESS_ZLIB, 100, packed),
      },
    ],
  });
}

/** Every question that a file can be asked. A TspaholeError is an answer; anything else is thrown on. */
function askEverything(bytes: Uint8Array): { answers: number; errors: number } {
  let answers = 0;
  let errors = 0;
  const ask = <T>(question: () => T): T | undefined => {
    try {
      const answer = question();
      answers++;
      return answer;
    } catch (error) {
      if (!(error instanceof TspaholeError)) throw error;
      errors++;
      return undefined;
    }
  };
  const elf = ask(() => parseElf(bytes, { file: 'f' }));
  if (elf === undefined) return { answers, errors };
  ask(() => elf.section('.text'));
  ask(() => elf.segments());
  ask(() => [...elf.notes()]);
  for (const table of [ask(() => elf.symbols()), ask(() => elf.dynamicSymbols())]) {
    ask(() => table && [...table]);
  }
  for (const section of elf.sections) {
    ask(() => section.name);
    ask(() => section.isCompressed);
    ask(() => section.data());
    const table = ask(() => elf.relocations(section));
    for (let index = 0; index < (table?.length ?? 0); index++) {
      ask(() => [table?.offset(index), table?.symbolIndex(index), table?.type(index), table?.addend(index)]);
    }
  }
  return { answers, errors };
}

describe.each(TARGETS)('a $wordSize-byte $endian-endian file', (target) => {
  const whole = smallElf(target, true);

  it('answers every question when it is whole', () => {
    const { answers, errors } = askEverything(whole);
    expect(errors).toBe(0);
    expect(answers).toBeGreaterThan(40);
  });

  it('cut short anywhere gives errors, and values of what is left', () => {
    let most = 0;
    for (let size = 0; size < whole.length; size++) {
      const { answers, errors } = askEverything(whole.subarray(0, size));
      expect(errors).toBeGreaterThan(0);
      expect(answers).toBeGreaterThanOrEqual(most);
      most = answers;
    }
    expect(most).toBeGreaterThan(40);
  });

  it('with its section headers at the end does not open when cut short', () => {
    const bytes = smallElf(target, false);
    for (let size = 0; size < bytes.length; size++) {
      expect(askEverything(bytes.subarray(0, size))).toEqual({ answers: 0, errors: 1 });
    }
  });

  it('with any bytes changed gives values or errors', () => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const bytes = whole.slice();
        for (const [at, value] of changes) bytes[at] = value;
        askEverything(bytes);
      }),
      { numRuns: 500 },
    );
  });

  it('with any header is read or refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 60, maxLength: 300 }), (tail) => {
        askEverything(Buffer.concat([whole.subarray(0, 16), tail]));
      }),
      { numRuns: 500 },
    );
  });
});

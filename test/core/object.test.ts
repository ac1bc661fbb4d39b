/** BPF objects: what clang compiled, relocated as libbpf does, and nothing worse than an error from hostile files. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { formatAccess } from '../../src/core/access.ts';
import { CoreKind } from '../../src/core/kinds.ts';
import { type BpfObject, lineFinder, readBpfObject } from '../../src/core/object.ts';
import { relocateObject } from '../../src/core/relocate.ts';
import { CoreTarget } from '../../src/core/target.ts';
import { parseElf } from '../../src/elf/file.ts';
import { TspaholeError } from '../../src/model/errors.ts';
import { writeElf } from '../support/elf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { fixturePath } from '../support/fixtures.ts';

const fixture = (name: string): Buffer => readFileSync(fixturePath(`core/${name}`));
const objectBytes = fixture('program.bpf.o');
const object = readBpfObject(parseElf(objectBytes));
const kernelOf = (name: string): CoreTarget =>
  new CoreTarget({ name, table: decodeBtf(fixture(`${name}.btf`)) });

/** The lines of a golden file: what libbpf made of the object. */
function relocated(target: CoreTarget, from: BpfObject = object): string[] {
  const { code, resolutions } = relocateObject(from, { target });
  return resolutions.map(({ relocation, spec, outcome }) => {
    const { sectionName, insnOffset } = relocation;
    const bytes = code.get(sectionName) as Uint8Array;
    const size = bytes[insnOffset] === 0x18 ? 16 : 8;
    const insn = Buffer.from(bytes.subarray(insnOffset, insnOffset + size)).toString('hex');
    const found = outcome.status === 'resolved' ? outcome.spec : undefined;
    const texts = [spec, found].map((each) => (each === undefined ? '' : formatAccess(each)));
    return [sectionName, insnOffset, ...texts, insn].join('\t');
  });
}

/** libbpf also tells the access of a load that it poisons for its size. */
function withoutPoisonedAccess(line: string): string {
  return line.replace(/\t[^\t]*(?=\t850000001023ad0b$)/, '\t');
}

describe('an object', () => {
  it.each(['kernel-new', 'kernel-old'])('relocated for %s is what libbpf 1.8 makes of it', (name) => {
    const golden = fixture(`${name}.golden`).toString().trim().split('\n').slice(1);
    expect(relocated(kernelOf(name)).map(withoutPoisonedAccess)).toEqual(golden.map(withoutPoisonedAccess));
  });

  it('has all kinds of relocations', () => {
    const kinds = new Set(object.relocations.map(({ kind }) => kind));
    expect([...kinds].sort((left, right) => left - right)).toEqual(Object.values(CoreKind));
  });

  it('has functions, to which its relocations belong', () => {
    expect(object.functions.map(({ name, start, section }) => `${section.name}: ${name} ${start}`)).toEqual([
      'raw_tp/enter: on_enter 0',
      'raw_tp/bits: on_bits 0',
      'raw_tp/types: on_types 0',
      'raw_tp/module: on_module 0',
    ]);
    expect(object.relocations[0]).toMatchObject({ insnOffset: 40, function: { name: 'on_enter' } });
  });

  it('has source lines for its instructions', () => {
    const lineAt = lineFinder(object);
    const textAt = (section: string, offset: number): string | undefined => {
      const line = lineAt(section, offset);
      return line && `${line.line}: ${object.table.strings.text(line.textOffset).trim()}`;
    };
    expect(textAt('raw_tp/enter', 40)).toBe('64: results[0] = task->se.vruntime;');
    expect(textAt('raw_tp/module', 0)).toBe('97: return module->members;');
    expect(textAt('raw_tp/none', 0)).toBeUndefined();
  });

  it('leaves out the relocations of functions that a linker dropped', () => {
    const without = {
      ...object,
      relocations: object.relocations.map((each) => ({ ...each, function: undefined })),
    };
    expect(relocated(kernelOf('kernel-new'), without)).toEqual([]);
  });

  it('without types is refused', () => {
    const bare = writeElf({ wordSize: 8, endian: 'little', sections: [] });
    expectError(() => readBpfObject(parseElf(bare)), 'not-found', 'no .BTF section');
  });

  it('of any bytes is read or refused', () => {
    const target = kernelOf('kernel-new');
    const change = fc.tuple(fc.nat(objectBytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 30 }), (changes) => {
        const bytes = new Uint8Array(objectBytes);
        for (const [offset, byte] of changes) bytes[offset] = byte;
        try {
          relocated(target, readBpfObject(parseElf(bytes)));
        } catch (error) {
          expect(error).toBeInstanceOf(TspaholeError);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** What compilers leave to the loader, filled in as libbpf 1.8 does it when it opens an object. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { encodeBtf } from '../../src/btf/encode.ts';
import { verifyBtf } from '../../src/btf/verify.ts';
import { completeTypes } from '../../src/core/complete.ts';
import { type BpfObject, readBpfObject } from '../../src/core/object.ts';
import { parseElf } from '../../src/elf/file.ts';
import type { TypeTable } from '../../src/model/table.ts';
import { datasec, int, ptr, struct, type TypeRecord, variable } from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { fixturePath } from '../support/fixtures.ts';
import { idOf, tableOf } from '../support/types.ts';

const fixture = (name: string): Buffer => readFileSync(fixturePath(`core/${name}`));
const read = (name: string): BpfObject => readBpfObject(parseElf(fixture(name)));
const object = read('variables.bpf.o');

describe('the types of an object', () => {
  // variables.libbpf.btf is what btf__raw_data gives for the object that libbpf 1.8 has opened.
  const opened = decodeBtf(fixture('variables.libbpf.btf'));
  const completed = completeTypes(object);
  const views = (table: TypeTable): unknown[] => Array.from({ length: table.end }, (_, id) => table.type(id));

  it('are those of libbpf, but for hidden functions, which it changes later', () => {
    const isHelper = (type: unknown): boolean => (type as { name?: string }).name === 'helper';
    const own = views(completed);
    expect(own.filter((type) => !isHelper(type))).toEqual(views(opened).filter((type) => !isHelper(type)));
    expect(own.find(isHelper)).toMatchObject({ kind: 'func', linkage: 'static' });
    expect(completed.strings.bytes).toEqual(opened.strings.bytes);
  });

  it('are what a kernel takes, which those of the compiler are not', () => {
    expect(verifyBtf(encodeBtf(object.table))).not.toEqual([]);
    expect(verifyBtf(encodeBtf(completed))).toEqual([]);
  });

  it('keep their ids', () => {
    expect(completed.end).toBe(object.table.end + 1);
    expect(idOf(completed, 'u64')).toBe(idOf(object.table, 'u64'));
  });

  it('are not changed themselves', () => {
    expect(object.table.words).toEqual(read('variables.bpf.o').table.words);
  });

  it('without anything to fill in stay as they are', () => {
    const again = completeTypes({
      ...object,
      table: completeTypes(read('program.bpf.o')),
      elf: read('program.bpf.o').elf,
    });
    expect(encodeBtf(again)).toEqual(encodeBtf(completeTypes(read('program.bpf.o'))));
  });
});

describe('an object is refused', () => {
  const completeWith = (...records: TypeRecord[]): TypeTable =>
    completeTypes({ ...object, table: tableOf([int('int', 4), ...records]) });

  it.each<[string, TypeRecord[], string]>([
    [
      'whose section is not there',
      [variable('v', 1, 'global'), datasec('.nowhere', 0, [[2, 0, 4]])],
      '.nowhere has no size',
    ],
    [
      'whose variable has no symbol',
      [variable('v', 1, 'global'), datasec('.data', 0, [[2, 0, 4]])],
      'v has no symbol',
    ],
    [
      'whose section holds no variable',
      [struct('s', 4), datasec('.data', 0, [[2, 0, 4]])],
      'holds no variable',
    ],
  ])('%s', (_, records, message) => {
    expectError(() => completeWith(...records), 'bad-data', message);
  });

  it.each<[string, TypeRecord[], string]>([
    [
      'with an option that is a pointer',
      [ptr(0), variable('CONFIG_X', 2, 'extern'), datasec('.kconfig', 0, [[3, 0, 8]])],
      'option CONFIG_X',
    ],
    ['with symbols and no int', [int('long', 8), datasec('.ksyms', 0)], 'no int of 32 bits'],
  ])('%s', (_, records, message) => {
    const table = tableOf(records.length === 2 ? records : [int('int', 4), ...records]);
    expectError(() => completeTypes({ ...object, table }), 'unsupported', message);
  });
});

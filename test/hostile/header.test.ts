/** Headers of damaged types: written, or refused with a reason. The module that writes them has no fences within. */

import { describe, expect, it } from 'vitest';
import { corpus, type Seed } from '../../fuzz/corpus.ts';
import { makeRandom, mutate } from '../../fuzz/mutate.ts';
import { decodeBtf } from '../../src/btf/decode.ts';
import { writeBpftoolHeader } from '../../src/emit/header/bpftool-header.ts';
import { type HeaderOptions, writeHeader } from '../../src/emit/header/header.ts';
import { TspaholeError } from '../../src/model/errors.ts';
import type { TypeTable } from '../../src/model/table.ts';
import {
  array,
  btf,
  declTag,
  enum32,
  func,
  funcProto,
  fwd,
  int,
  ptr,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  union,
} from '../support/btf-writer.ts';

const SEEDS = corpus();

/** The code of the error that a header ends with, `written` where there is none. Passes on what is no TspaholeError. */
function outcome(write: () => void): string {
  try {
    write();
    return 'written';
  } catch (error) {
    if (error instanceof TspaholeError) return error.code;
    throw error;
  }
}

/** Writes the headers that differ most. */
function outcomes(table: TypeTable): string[] {
  const ways: HeaderOptions[] = [{ asserts: true }, { language: 'c++', asserts: true }];
  const sink = (): void => {};
  return [
    ...ways.map((options) => outcome(() => writeHeader(table, sink, options))),
    outcome(() => writeBpftoolHeader(table, sink)),
  ];
}

function outcomesOf(records: readonly TypeRecord[]): string[] {
  return outcomes(decodeBtf(btf(records)));
}

const WRITTEN = ['written', 'written', 'written'];
const REFUSED = ['bad-data', 'bad-data', 'bad-data'];

describe('headers of damaged types', () => {
  it('are written or refused', () => {
    const random = makeRandom(20_261_122);
    const [first] = SEEDS as [Seed];
    const seen = new Set<string>();
    for (let index = 0; index < 600; index++) {
      const { bytes, base } = SEEDS[random(SEEDS.length)] as Seed;
      const changed = mutate(bytes, first.bytes, random);
      if (outcome(() => decodeBtf(changed, { base })) !== 'written') continue;
      for (const found of outcomes(decodeBtf(changed, { base }))) seen.add(found);
    }
    expect([...seen].sort()).toEqual(['bad-data', 'written']);
  });

  it('read ids that nothing has as void', () => {
    const missing = 0xffff_fff0;
    const records = [
      int('int', 4),
      ptr(missing),
      array(missing, 1, 2),
      struct('s', 8, [['a', missing, 0]]),
      union('u', 8, [['a', 99, 0]]),
      typedef('t', missing),
      funcProto(missing, [['p', missing]]),
      func('f', missing),
      declTag('bpf_kfunc', missing),
      typeTag('tag', missing),
    ];
    expect(outcomesOf(records)).toEqual(WRITTEN);
  });

  it('read names outside of the names as empty', () => {
    const outside = 0xffff_fff0;
    const records = [
      int(outside, 4),
      struct(outside, 4, [[outside, 1, 0]]),
      enum32(outside, [[outside, 1]]),
      fwd(outside),
      typedef(outside, 1),
    ];
    expect(outcomesOf(records)).toEqual(WRITTEN);
  });
});

it('headers have room for arrays of arrays', () => {
  const dimensions = 500;
  const types = Array.from({ length: 40 }, (_, index) => typedef(`t${index}`, dimensions + 2));
  const wanted = types.map((_, index) => `typedef int t${index}${'[4294967295]'.repeat(dimensions)};`);
  const arrays = Array.from({ length: dimensions }, (_, index) =>
    array(index === 0 ? 1 : index + 2, 1, 0xffff_ffff),
  );
  // What stands in front decides where in the buffer they lie.
  for (const length of [1, 2000, 4000]) {
    const before = [int('int', 4, 'signed'), typedef('p'.repeat(length), 1)];

    const table = decodeBtf(btf([...before, ...arrays, ...types]));
    for (const write of [writeHeader, writeBpftoolHeader]) {
      const chunks: Buffer[] = [];
      write(table, (bytes) => void chunks.push(Buffer.from(bytes)));
      const lines = Buffer.concat(chunks).toString('latin1').split('\n');
      expect(lines.filter((line) => line.startsWith('typedef int t'))).toEqual(wanted);
    }
  }
});

describe('headers that would have no end are refused', () => {
  it.each<[string, TypeRecord[]]>([
    ['a struct in itself', [int('int', 4), struct('s', 8, [['s', 2, 0]])]],
    ['structs in circles', [struct('a', 8, [['b', 2, 0]]), struct('b', 8, [['a', 1, 0]])]],
    ['unnamed structs within one another', nested(600)],
    ['pointers in a circle', [ptr(2), ptr(1), struct('s', 8, [['p', 1, 0]])]],
    ['unnamed structs that double', doubling(40)],
  ])('%s', (_, records) => {
    expect(outcomesOf(records)).toEqual(REFUSED);
  });

  it('but not for being long', () => {
    const pointers = Array.from({ length: 50_000 }, (_, index) => ptr(index));
    expect(outcomesOf([...pointers, typedef('t', 50_000)])).toEqual(WRITTEN);
  });
});

function nested(depth: number): TypeRecord[] {
  const inner = Array.from({ length: depth }, (_, index) => struct('', 4, [['m', index + 1, 0]]));
  return [int('int', 4), ...inner, struct('s', 4, [['m', depth + 1, 0]])];
}

function doubling(depth: number): TypeRecord[] {
  const inner = Array.from({ length: depth }, (_, index) =>
    struct(index === depth - 1 ? 's' : '', 8, [
      ['a', index + 1, 0],
      ['b', index + 1, 0],
    ]),
  );
  return [int('int', 4), ...inner];
}

/** `TypeTable`: records by id, across base and split tables, and what ids without a record give. */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { KIND_MISSING, Kind } from '../../src/model/kinds.ts';
import { func, int, ptr, splitBtf, struct, union } from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { tableOf } from '../support/types.ts';

const table = tableOf([
  int('int', 4, 'signed'),
  ptr(1),
  struct('s', 8, [
    ['a', 1, 0],
    ['b', 1, 32, 3],
  ]),
  union('u', 8, [['p', 2, 0]]),
  func('f', 0, 'extern'),
]);

const blobs = splitBtf(
  [int('int', 4), struct('base', 4, [['a', 1, 0]])],
  [ptr(2), struct('split', 8, [['p', 3, 0]])],
);
const base = decodeBtf(blobs.base);
const split = decodeBtf(blobs.split, { base });

describe('a table', () => {
  it('counts void as type 0', () => {
    expect([table.firstId, table.end]).toEqual([1, 6]);
  });

  it('has the ids from 0 up to its end', () => {
    expect([-1, 0, 5, 6, 1.5, Number.NaN].map((id) => table.has(id))).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('gives the parts of a record', () => {
    expect([table.kind(3), table.name(3), table.vlen(3), table.kindFlag(3), table.sizeOrType(3)]).toEqual([
      Kind.Struct,
      's',
      2,
      true,
      8,
    ]);
    expect([table.kind(2), table.sizeOrType(2), table.kindFlag(4), table.vlen(5)]).toEqual([
      Kind.Pointer,
      1,
      false,
      2,
    ]);
  });

  it('gives the words behind the common three', () => {
    expect([0, 1, 2].map((index) => table.extra(3, index))).toEqual([table.strings.offsetsOf('a')[0], 1, 0]);
  });

  it('gives void an empty record', () => {
    expect([table.kind(0), table.name(0), table.vlen(0), table.sizeOrType(0), table.kindFlag(0)]).toEqual([
      Kind.Void,
      '',
      0,
      0,
      false,
    ]);
  });

  it('gives an id without a record the kind missing and no contents', () => {
    expect([table.kind(6), table.vlen(6), table.sizeOrType(6), table.nameOffset(6), table.owner(6)]).toEqual([
      KIND_MISSING,
      0,
      0,
      0,
      undefined,
    ]);
  });

  it('refuses a name outside of the strings', () => {
    expectError(() => tableOf([struct(0x7777, 4)]).name(1), 'bad-data', 'name offset 0x7777');
  });
});

describe('views', () => {
  it('are made once', () => {
    expect(table.type(3)).toBe(table.type(3));
  });

  it('exist for void, and are a RangeError for an id without a record', () => {
    expect(table.type(0)).toEqual({ kind: 'void', id: 0, name: '' });
    expect(() => table.type(6)).toThrow(new RangeError('type id 6 is not in 0..5'));
    expect(() => table.type(-1)).toThrow(RangeError);
  });
});

describe('a split table', () => {
  it('continues the ids of its base', () => {
    expect([split.firstId, split.end]).toEqual([3, 5]);
    expect([1, 2, 3, 4].map((id) => split.kind(id))).toEqual([
      Kind.Int,
      Kind.Struct,
      Kind.Pointer,
      Kind.Struct,
    ]);
  });

  it('gives the records of its base', () => {
    expect([split.name(2), split.vlen(2), split.sizeOrType(2), split.extra(2, 1)]).toEqual(['base', 1, 4, 1]);
  });

  it('knows the owner of a record', () => {
    expect([0, 2, 4].map((id) => split.owner(id))).toEqual([undefined, base, split]);
  });

  it('shares the views of its base', () => {
    expect(split.type(2)).toBe(base.type(2));
  });

  it('has names in its own strings and in those of its base', () => {
    expect(split.type(4)).toMatchObject({ name: 'split', members: [{ name: 'p', typeId: 3 }] });
  });
});

/** Types by name, typedefs by type. */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { findTypeByName, firstTypedefs } from '../../src/model/queries.ts';
import { tableChain } from '../../src/model/table.ts';
import {
  btf,
  enum32,
  enum64,
  func,
  fwd,
  int,
  splitBtf,
  struct,
  typedef,
  union,
  variable,
} from '../support/btf-writer.ts';
import { tableOf } from '../support/types.ts';

describe('findTypeByName', () => {
  it('finds a name that is the tail of many others, lowest id first', () => {
    const tails = Array.from({ length: 9 }, (_, index) => struct(`${'x'.repeat(index + 1)}e`, 4));
    expect(findTypeByName(tableOf([...tails, struct('e', 4), typedef('e', 1)]), 'e')).toBe(10);
    expect(findTypeByName(tableOf(tails), 'e')).toBeUndefined();
  });

  const table = tableOf([
    int('int', 4),
    fwd('later'),
    func('f', 0),
    variable('v', 1),
    struct('s', 4),
    union('u', 4),
    enum32('e'),
    enum64('wide'),
    typedef('t', 1),
    struct('later', 4),
    typedef('s', 1),
  ]);

  it.each([
    ['s', 5],
    ['u', 6],
    ['e', 7],
    ['wide', 8],
    ['t', 9],
  ])('finds the first struct, union, enum or typedef: %s', (name, id) => {
    expect(findTypeByName(table, name)).toBe(id);
  });

  it.each(['int', 'f', 'v', 'none', '', 'te'])('does not find %j', (name) => {
    expect(findTypeByName(table, name)).toBeUndefined();
  });

  it('passes over forward declarations unless they are wanted', () => {
    expect(findTypeByName(table, 'later')).toBe(10);
    expect(findTypeByName(table, 'later', { forwards: true })).toBe(2);
  });

  it('finds a name that is written as the tail of another, and one that is written twice', () => {
    const strings = ['first_name', 'name', 'name'];
    const tail = 1 + 'first_'.length;
    const blob = btf([struct(tail, 4), struct('first_name', 4)], { strings });
    expect(findTypeByName(decodeBtf(blob), 'name')).toBe(1);
    const last = strings.slice(0, 2).join('\0').length + 2;
    expect(findTypeByName(decodeBtf(btf([struct(last, 4)], { strings })), 'name')).toBe(1);
  });
});

describe('in a split table', () => {
  const { base: baseBlob, split: splitBlob } = splitBtf(
    [struct('both', 4), int('int', 4), struct('base', 4)],
    [struct('both', 8), struct('int', 8), typedef('of_base', 3)],
  );
  const base = decodeBtf(baseBlob);
  const split = decodeBtf(splitBlob, { base });

  it('types of the base come first', () => {
    expect(findTypeByName(split, 'both')).toBe(1);
    expect(findTypeByName(split, 'base')).toBe(3);
  });

  it('types whose name stands in the strings of the base are found', () => {
    expect(findTypeByName(split, 'int')).toBe(5);
  });

  it('the chain begins with the lowest base', () => {
    expect(tableChain(split)).toEqual([base, split]);
  });

  it('typedefs of the split table name types of the base', () => {
    expect(firstTypedefs(split)[3]).toBe(6);
  });
});

describe('firstTypedefs', () => {
  it('gives each type the first typedef of it, and 0 where there is none', () => {
    const table = tableOf([struct('', 4), typedef('first', 1), typedef('second', 1), int('int', 4)]);
    expect([...firstTypedefs(table)]).toEqual([0, 2, 0, 0, 0]);
  });

  it('ignores a typedef of a type that is missing', () => {
    expect([...firstTypedefs(tableOf([typedef('t', 99)]))]).toEqual([0, 0]);
  });
});

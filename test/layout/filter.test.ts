/** What each condition of a listing lets through. */

import { describe, expect, it } from 'vitest';
import { type TypeFilter, typeFilter } from '../../src/layout/filter.ts';
import { array, int, struct, union } from '../support/btf-writer.ts';
import { layoutsOf } from '../support/types.ts';

const CHAR = 1;
const INT = 2;
const FLEXIBLE = 8;
const layouts = layoutsOf([
  int('char', 1, 'char'),
  int('int', 4, 'signed'),
  struct('tight', 8, [
    ['a', INT, 0],
    ['b', INT, 32],
  ]),
  struct('hole', 8, [
    ['a', CHAR, 0],
    ['b', INT, 32],
  ]),
  struct('holes', 32, [
    ['a', CHAR, 0],
    ['b', INT, 32],
    ['c', CHAR, 64],
    ['d', INT, 224],
  ]),
  struct('padded', 8, [
    ['a', INT, 0],
    ['b', CHAR, 32],
  ]),
  struct('packed', 5, [
    ['a', INT, 0],
    ['b', CHAR, 32],
  ]),
  struct('flexible', 4, [
    ['n', INT, 0],
    ['data', 13, 32],
  ]),
  struct('embedding', 8, [
    ['a', INT, 0],
    ['f', FLEXIBLE, 32],
  ]),
  struct('bits', 4, [
    ['a', INT, 0, 3],
    ['b', INT, 8, 24],
  ]),
  union('padded_union', 8, [['a', INT, 0]]),
  struct('wide', 70_008, [
    ['a', INT, 0],
    ['b', CHAR, 32],
    ['c', INT, 64],
  ]),
  array(CHAR, INT, 0),
]);

/** Names of what passes, in id order. */
function passing(filter: TypeFilter): string {
  const passes = typeFilter(layouts, filter);
  const ids = Array.from({ length: 10 }, (_, index) => index + 3);
  return ids
    .filter((id) => passes(id))
    .map((id) => layouts.table.name(id))
    .join(' ');
}

describe('a filter', () => {
  it('without conditions lets everything through', () => {
    expect(passing({}).split(' ')).toHaveLength(10);
  });

  it.each<[string, TypeFilter, string]>([
    ['unionsOnly', { unionsOnly: true }, 'padded_union'],
    ['packedOnly, never a union', { packedOnly: true }, 'packed'],
    ['holesMin', { holesMin: 1 }, 'hole holes wide'],
    ['holesMin of two', { holesMin: 2 }, 'holes'],
    ['bitHolesMin', { bitHolesMin: 1 }, 'bits'],
    ['holeSizeMin: some hole has that size', { holeSizeMin: 4 }, 'holes'],
    ['paddingMin, never a union', { paddingMin: 1 }, 'padded wide'],
    ['paddingMin of many', { paddingMin: 4 }, 'wide'],
    ['padding exactly', { padding: 3 }, 'padded'],
    ['several at once', { holesMin: 1, padding: 0 }, 'hole holes'],
    ['embeddedFlexibleArray, and every union', { embeddedFlexibleArray: true }, 'embedding padded_union'],
    ['flexibleArray, and every union', { flexibleArray: true }, 'flexible padded_union'],
  ])('%s', (_, filter, names) => {
    expect(passing(filter)).toBe(names);
  });

  it('structsOnly leaves out unions', () => {
    expect(passing({ structsOnly: true })).not.toContain('union');
    expect(passing({ structsOnly: true }).split(' ')).toHaveLength(9);
  });

  it('structsOnly and unionsOnly leave nothing', () => {
    expect(passing({ structsOnly: true, unionsOnly: true })).toBe('');
  });

  it('padding of 0 is a condition, which tight structs meet and unions do not', () => {
    expect(passing({ padding: 0 })).toBe('tight hole holes packed flexible embedding bits');
  });

  it('narrowCounters counts padding modulo 65536', () => {
    expect(passing({ paddingMin: 65_536 })).toBe('wide');
    expect(passing({ paddingMin: 65_536, narrowCounters: true })).toBe('');
    expect(passing({ padding: 69_996 % 65_536, narrowCounters: true })).toBe('wide');
  });

  it('narrowCounters counts holes modulo 256', () => {
    const many = layoutsOf([
      int('char', 1, 'char'),
      struct(
        's',
        1000,
        Array.from({ length: 257 }, (_, index) => [`m${index}`, 1, index * 16]),
      ),
    ]);
    expect(typeFilter(many, { holesMin: 1 })(2)).toBe(true);
    expect(typeFilter(many, { holesMin: 1, narrowCounters: true })(2)).toBe(false);
  });
});

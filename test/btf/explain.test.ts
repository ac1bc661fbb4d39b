/** Why types of one name are several. */

import { describe, expect, it } from 'vitest';
import { explainDuplicates } from '../../src/btf/dedup/explain.ts';
import {
  array,
  enum32,
  funcProto,
  fwd,
  int,
  ptr,
  struct,
  type TypeRecord,
  typedef,
  union,
} from '../support/btf-writer.ts';
import { tableOf } from '../support/types.ts';

describe('why types stayed apart', () => {
  const explain = (name: string, ...records: TypeRecord[]): string[] =>
    explainDuplicates(tableOf(records), name).map(
      ({ left, right, path, what }) => `${left} ${right} ${path}: ${what.join(' / ')}`,
    );

  it('is the first way on which they differ', () => {
    const found = explain(
      's',
      ...[
        int('int', 4),
        array(1, 1, 3),
        struct('in', 12, [['a', 2, 0]]),
        ptr(3),
        struct('s', 8, [['p', 4, 0]]),
      ],
      ...[array(1, 1, 4), struct('in', 12, [['a', 6, 0]]), ptr(7), struct('s', 8, [['p', 8, 0]])],
    );
    expect(found).toEqual(['5 9 .p*.a: 3 elements / 4 elements']);
  });

  it.each<[string, TypeRecord, TypeRecord, string]>([
    ['size', struct('s', 4), struct('s', 8), '4 bytes / 8 bytes'],
    ['members', struct('s', 4, [['a', 1, 0]]), struct('s', 4), "member 'a' at bit 0 / nothing"],
    [
      'more members',
      struct('s', 4),
      struct('s', 4, [['b', 1, 3, 2]]),
      "nothing / member 'b' at bit 3 of 2 bits",
    ],
    ['values', enum32('s', [['A', 1]]), enum32('s', [['A', 2]]), 'A = 1 / A = 2'],
    ['targets', typedef('s', 1), typedef('s', 0), 'int int / void'],
    ['declarations', struct('s', 4), fwd('s'), 'struct s / forward s'],
  ])('is told for %s', (_, left, right, what) => {
    expect(explain('s', int('int', 4), left, right)).toEqual([`2 3 : ${what}`]);
  });

  it('is told for functions', () => {
    const pair = [
      typedef('f', 2),
      funcProto(3, [['a', 3]]),
      int('int', 4),
      typedef('f', 5),
      funcProto(3, [['a', 6]]),
      int('char', 1),
    ];
    expect(explain('f', ...pair)).toEqual(['1 4 (a): int int / int char']);
  });

  it('is not told for kinds that differ', () => {
    expect(explain('s', struct('s', 4), union('s', 4), typedef('s', 1))).toEqual([]);
  });
});

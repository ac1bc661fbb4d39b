/** Which structs are taken for packed. */

import { describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/layout/layout-of.ts';
import { constOf, int, struct, type TypeRecord, typedef, union } from '../support/btf-writer.ts';
import { layoutsOf } from '../support/types.ts';

const CHAR = 1;
const INT = 2;
const LONG = 3;
const types = [int('char', 1, 'char'), int('int', 4, 'signed'), int('long', 8, 'signed')];
const inner = struct('inner', 4, [['a', INT, 0]]);
const INNER = 4;

/** Whether each struct and union is packed, asked in this order of ids. */
function packed(records: readonly TypeRecord[], order: readonly number[], lazyPacked = false): boolean[] {
  const layouts = layoutsOf([...types, ...records], { lazyPacked });
  return order.map((id) => layoutOf(layouts, id).isPacked);
}

describe('a struct by itself', () => {
  it('is not packed when natural alignment explains it', () => {
    expect(
      packed(
        [
          struct('s', 16, [
            ['a', CHAR, 0],
            ['b', LONG, 64],
          ]),
        ],
        [4],
      ),
    ).toEqual([false]);
    expect(
      packed(
        [
          struct('s', 8, [
            ['a', INT, 0],
            ['b', INT, 32],
          ]),
        ],
        [4],
      ),
    ).toEqual([false]);
  });

  it('is packed when a member lies where its type may not', () => {
    expect(
      packed(
        [
          struct('s', 6, [
            ['a', CHAR, 0],
            ['b', INT, 8],
            ['c', CHAR, 40],
          ]),
        ],
        [4],
      ),
    ).toEqual([true]);
  });

  it('is packed when its size is no multiple of its largest alignment', () => {
    expect(
      packed(
        [
          struct('s', 5, [
            ['a', INT, 0],
            ['b', CHAR, 32],
          ]),
        ],
        [4],
      ),
    ).toEqual([true]);
  });

  it('is not packed when it has a hole or padding, wherever its members lie', () => {
    expect(
      packed(
        [
          struct('s', 8, [
            ['a', CHAR, 0],
            ['b', INT, 8],
          ]),
        ],
        [4],
      ),
    ).toEqual([false]);
    expect(
      packed(
        [
          struct('s', 7, [
            ['a', CHAR, 0],
            ['b', INT, 24],
          ]),
        ],
        [4],
      ),
    ).toEqual([false]);
  });

  it('is not packed because of a bitfield, whose unit is aligned whatever the struct is', () => {
    expect(
      packed(
        [
          struct('s', 4, [
            ['a', CHAR, 0],
            ['b', INT, 8, 24],
          ]),
        ],
        [4],
      ),
    ).toEqual([false]);
  });

  it('is judged by the alignment behind typedefs and qualifiers', () => {
    const members = struct('s', 5, [
      ['a', CHAR, 0],
      ['b', 5, 8],
    ]);
    expect(packed([typedef('t', INT), constOf(4), members], [6])).toEqual([true]);
  });
});

describe('a struct inside of another', () => {
  const outer = struct('outer', 8, [
    ['a', CHAR, 0],
    ['i', INNER, 16],
  ]);

  it('is packed when one with holes or padding puts it where its alignment forbids', () => {
    expect(packed([inner, outer], [INNER, 5])).toEqual([true, false]);
  });

  it('is packed behind a typedef too', () => {
    const aliased = struct('outer', 8, [
      ['a', CHAR, 0],
      ['i', 5, 16],
    ]);
    expect(packed([inner, typedef('t', INNER), aliased], [INNER])).toEqual([true]);
  });

  it('is not packed when the outer one has neither: then that one is', () => {
    const tight = struct('outer', 5, [
      ['a', CHAR, 0],
      ['i', INNER, 8],
    ]);
    expect(packed([inner, tight], [INNER, 5])).toEqual([false, true]);
  });

  it('is packed when its alignment does not divide the size of a union', () => {
    expect(packed([inner, union('u', 6, [['i', INNER, 0]])], [INNER, 5])).toEqual([true, false]);
    expect(packed([inner, union('u', 8, [['i', INNER, 0]])], [INNER, 5])).toEqual([false, false]);
  });
});

describe('by default', () => {
  it('the answer does not depend on the order of asking', () => {
    const outer = struct('outer', 8, [
      ['a', CHAR, 0],
      ['i', INNER, 16],
    ]);
    expect(packed([inner, outer], [INNER, 5])).toEqual([true, false]);
    expect(packed([inner, outer], [5, INNER])).toEqual([false, true]);
  });
});

describe('lazily', () => {
  const outer = struct('outer', 8, [
    ['a', CHAR, 0],
    ['i', INNER, 16],
  ]);

  it('a struct is packed only once the one that shows it has been looked at', () => {
    expect(packed([inner, outer], [INNER, 5], true)).toEqual([false, false]);
    expect(packed([inner, outer], [5, INNER], true)).toEqual([false, true]);
  });

  it('a struct that is packed by itself is so at once', () => {
    expect(
      packed(
        [
          struct('s', 5, [
            ['a', INT, 0],
            ['b', CHAR, 32],
          ]),
        ],
        [4],
        true,
      ),
    ).toEqual([true]);
  });
});

/** The types of a file as its source would have them with words of another size. */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { withWordSize } from '../../src/layout/word-size.ts';
import {
  array,
  constOf,
  float,
  int,
  type MemberSpec,
  splitBtf,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  union,
} from '../support/btf-writer.ts';
import { tableOf } from '../support/types.ts';
import { CHAR, FIRST, INT, LONG, POINTER, show, types32, types64, WIDE, WORDS } from './word-size-types.ts';

/** What lies in the last of `records` behind {@link types64}, for 4-byte words. */
function for4(...records: readonly TypeRecord[]): string {
  return show(withWordSize(tableOf([...types64, ...records]), 4), types64.length + records.length);
}

/** What lies in the last of `records` behind {@link types32}, for 8-byte words. */
function for8(...records: readonly TypeRecord[]): string {
  return show(withWordSize(tableOf([...types32, ...records]), 8), types32.length + records.length);
}

describe('words', () => {
  it('are pointers, longs, and arrays of them', () => {
    const members: MemberSpec[] = [
      ['p', POINTER, 0],
      ['l', LONG, 64],
      ['w', WORDS, 128],
    ];
    expect(for4(struct('s', 40, members))).toBe('p@0+4 l@4+4 w@8+12 size 20');
  });

  it.each(['long', 'long int', 'unsigned long', 'long unsigned int', 'signed long'])(
    'are what is called %s',
    (name) => {
      const table = withWordSize(
        tableOf([
          int(name, 8),
          struct('s', 16, [
            ['a', 1, 0],
            ['b', 1, 64],
          ]),
        ]),
        4,
      );
      expect(show(table, 2)).toBe('a@0+4 b@4+4 size 8');
    },
  );

  it.each(['long long int', 'long long unsigned int', 'int', 'unsigned __int128', 'longer'])(
    'are not what is called %s',
    (name) => {
      const table = withWordSize(tableOf([int(name, 8), struct('s', 8, [['a', 1, 0]])]), 4);
      expect(show(table, 2)).toBe('a@0+8 size 8');
    },
  );

  it('are followed through typedefs, qualifiers and tags', () => {
    const records = [typedef('word', LONG), constOf(FIRST), typeTag('user', FIRST + 1)];
    expect(
      for4(
        ...records,
        struct('s', 16, [
          ['a', FIRST + 2, 0],
          ['b', FIRST, 64],
        ]),
      ),
    ).toBe('a@0+4 b@4+4 size 8');
  });

  it('leave floats and long longs as they are', () => {
    expect(
      for4(
        float('double', 8),
        struct('s', 16, [
          ['d', FIRST, 0],
          ['w', WIDE, 64],
        ]),
      ),
    ).toBe('d@0+8 w@8+8 size 16');
  });

  it('of the size that the file has give the table itself', () => {
    const table = tableOf(types64);
    expect(withWordSize(table, 8)).toBe(table);
  });

  it('leave the table that was given alone', () => {
    const table = tableOf([
      ...types64,
      struct('s', 16, [
        ['p', POINTER, 0],
        ['l', LONG, 64],
      ]),
    ]);
    const before = show(table, FIRST);
    withWordSize(table, 4);
    expect(show(table, FIRST)).toBe(before);
    expect(table.sizeOrType(LONG)).toBe(8);
  });

  it('change types of the base of a split table too', () => {
    const holder = struct('t', 24, [
      ['c', CHAR, 0],
      ['s', FIRST, 64],
    ]);
    const blobs = splitBtf(
      [
        ...types64,
        struct('s', 16, [
          ['p', POINTER, 0],
          ['c', CHAR, 64],
        ]),
      ],
      [holder],
    );
    const base = decodeBtf(blobs.base);
    const table = withWordSize(decodeBtf(blobs.split, { base }), 4);
    expect(show(table, FIRST + 1)).toBe('c@0+1 hole@1+3 s@4+8 size 12');
    expect(base.sizeOrType(FIRST)).toBe(16);
  });
});

describe('typedefs that promise a width', () => {
  it.each(['uint64_t', '__uint64_t', 'off64_t', 'u64', '__s64', 'uintmax_t'])('%s keeps 8 bytes', (name) => {
    expect(for4(typedef(name, LONG), struct('s', 8, [['a', FIRST, 0]]))).toBe('a@0+8 size 8');
  });

  it('follow through typedefs of them', () => {
    const records = [typedef('__uint64_t', LONG), typedef('uint64_t', FIRST), typedef('id', FIRST + 1)];
    expect(for4(...records, struct('s', 8, [['a', FIRST + 2, 0]]))).toBe('a@0+8 size 8');
  });

  it('get a long long of their own where the file has none', () => {
    const table = tableOf([
      int('long unsigned int', 8),
      typedef('uint64_t', 1),
      struct('s', 8, [['a', 2, 0]]),
    ]);
    const resized = withWordSize(table, 4);
    expect(show(resized, 3)).toBe('a@0+8 size 8');
    const target = resized.type(resized.sizeOrType(2));
    expect(target).toMatchObject({
      kind: 'int',
      name: 'long long unsigned int',
      byteSize: 8,
      encoding: 'none',
    });
    expect(resized.name(3)).toBe('s');
  });

  it.each(['size_t', 'ssize_t', '__kernel_size_t', 'ptrdiff_t', 'uintptr_t', 'int_fast32_t'])(
    '%s becomes a word where it was an int',
    (name) => {
      expect(
        for8(
          typedef(name, INT),
          struct('s', 8, [
            ['a', FIRST, 0],
            ['b', INT, 32],
          ]),
        ),
      ).toBe('a@0+8 b@8+4 padding@12+4 size 16');
    },
  );

  it('leave other names of ints and longs alone', () => {
    expect(for8(typedef('count', INT), struct('s', 4, [['a', FIRST, 0]]))).toBe('a@0+4 size 4');
    expect(for4(typedef('time_t', LONG), struct('s', 8, [['a', FIRST, 0]]))).toBe('a@0+4 size 4');
  });

  it('make atomic_long_t the other atomic of the kernel', () => {
    const records = [
      struct('', 4, [['counter', INT, 0]]),
      typedef('atomic_t', FIRST),
      struct('', 8, [['counter', WIDE, 0]]),
      typedef('atomic64_t', FIRST + 2),
      typedef('atomic_long_t', FIRST + 3),
      struct('s', 16, [
        ['a', FIRST + 3, 0],
        ['l', FIRST + 4, 64],
      ]),
    ];
    expect(for4(...records)).toBe('a@0+8 l@8+4 padding@12+4 size 16');
  });
});

describe('structs', () => {
  it('get new holes and padding', () => {
    expect(
      for4(
        struct('s', 24, [
          ['c', CHAR, 0],
          ['p', POINTER, 64],
          ['d', CHAR, 128],
        ]),
      ),
    ).toBe('c@0+1 hole@1+3 p@4+4 d@8+1 padding@9+3 size 12');
    expect(
      for4(
        struct('s', 16, [
          ['p', POINTER, 0],
          ['w', WIDE, 64],
        ]),
      ),
    ).toBe('p@0+4 hole@4+4 w@8+8 size 16');
  });

  it('are laid out after what they hold, wherever it is in the file', () => {
    const outer = struct('outer', 24, [
      ['i', INT, 0],
      ['s', FIRST + 1, 64],
    ]);
    const table = tableOf([
      ...types64,
      outer,
      struct('s', 16, [
        ['p', POINTER, 0],
        ['q', POINTER, 64],
      ]),
    ]);
    expect(show(withWordSize(table, 4), FIRST)).toBe('i@0+4 s@4+8 size 12');
  });

  it('that are packed stay packed', () => {
    expect(
      for4(
        struct('s', 17, [
          ['c', CHAR, 0],
          ['p', POINTER, 8],
          ['l', LONG, 72],
        ]),
      ),
    ).toBe('c@0+1 p@1+4 l@5+4 size 9');
  });

  it('keep an alignment of which a hole tells', () => {
    expect(
      for4(
        struct('s', 128, [
          ['p', POINTER, 0],
          ['l', LONG, 512],
        ]),
      ),
    ).toBe('p@0+4 hole@4+60 line1@64 l@64+4 padding@68+60 size 128');
  });

  it('keep an alignment of which padding tells', () => {
    expect(for4(struct('s', 64, [['p', POINTER, 0]]))).toBe('p@0+4 padding@4+60 size 64');
  });

  it('keep a gap that no alignment explains', () => {
    expect(
      for4(
        struct('s', 40, [
          ['p', POINTER, 0],
          ['i', INT, 224],
          ['j', INT, 256],
        ]),
      ),
    ).toBe('p@0+4 hole@4+20 i@24+4 j@28+4 size 32');
  });

  it('take the alignment back that a container contradicts', () => {
    const inner = struct('inner', 16, [
      ['p', POINTER, 0],
      ['i', INT, 64],
    ]);
    const outer = struct('outer', 28, [
      ['c', CHAR, 0],
      ['s', FIRST, 32],
      ['i', INT, 160],
      ['j', INT, 192],
    ]);
    expect(for4(inner, outer)).toBe('c@0+1 hole@1+3 s@4+8 i@12+4 j@16+4 size 20');
  });

  it('align 8-byte scalars to 8 bytes though the file, of i386, aligns them to 4', () => {
    const records = [
      struct('a', 12, [
        ['i', INT, 0],
        ['w', WIDE, 32],
      ]),
      struct('b', 16, [
        ['c', CHAR, 0],
        ['w', WIDE, 32],
        ['p', POINTER, 96],
      ]),
    ];
    expect(for8(...records)).toBe('c@0+1 hole@1+7 w@8+8 p@16+8 size 24');
  });

  it('may be empty', () => {
    expect(
      for4(
        struct('e', 0),
        struct('s', 8, [
          ['e', FIRST, 0],
          ['p', POINTER, 0],
        ]),
      ),
    ).toBe('e@0+0 p@0+4 size 4');
  });

  it('may end in an array without a length', () => {
    expect(
      for4(
        array(POINTER, INT, 0),
        struct('s', 8, [
          ['n', INT, 0],
          ['a', FIRST, 64],
        ]),
      ),
    ).toBe('n@0+4 a@4+0 size 4');
  });
});

describe('unions', () => {
  it('have the size of the largest member, rounded up', () => {
    expect(
      for4(
        array(CHAR, INT, 10),
        union('u', 16, [
          ['p', POINTER, 0],
          ['a', FIRST, 0],
        ]),
      ),
    ).toMatch(/ size 12$/);
  });
});

describe('bitfields', () => {
  it('of longs have units of the new size', () => {
    const members: MemberSpec[] = [
      ['a', LONG, 0, 20],
      ['b', LONG, 20, 20],
      ['c', CHAR, 40, 3],
    ];
    expect(for4(struct('s', 8, members))).toMatch(/^a@0:20 bitHole@20:12 b@32:20 c@52:3 .* size 8$/);
  });

  it('share the bytes before them', () => {
    expect(
      for4(
        struct('s', 24, [
          ['p', POINTER, 0],
          ['c', CHAR, 64],
          ['a', INT, 72, 7],
          ['q', POINTER, 128],
        ]),
      ),
    ).toMatch(/^p@0\+4 c@4\+1 a@40:7 .* q@8\+4 size 12$/);
  });

  it('keep the width zero that moves them to a boundary', () => {
    expect(
      for4(
        struct('s', 16, [
          ['p', POINTER, 0],
          ['a', INT, 64, 3],
          ['b', INT, 96, 3],
        ]),
      ),
    ).toMatch(/^p@0\+4 a@32:3 bitHole@35:29 b@64:3 .* size 12$/);
  });

  it('keep unnamed bits before them', () => {
    expect(
      for4(
        struct('s', 16, [
          ['p', POINTER, 0],
          ['a', INT, 64, 3],
          ['b', INT, 70, 3],
        ]),
      ),
    ).toMatch(/^p@0\+4 a@32:3 bitHole@35:3 b@38:3 /);
  });

  it('may be ints of their own width, as before the kind flag', () => {
    const bits = int('unsigned int', 4, 'none', { bits: 5, bitOffset: 3 });
    const table = withWordSize(
      tableOf([
        ...types64,
        bits,
        struct('s', 16, [
          ['p', POINTER, 0],
          ['a', FIRST, 64],
        ]),
      ]),
      4,
    );
    expect(show(table, FIRST + 1)).toMatch(/^p@0\+4 .*a@35:5 .* size 8$/);
  });

  it('that other words cannot hold are still placed', () => {
    expect(for4(struct('s', 8, [['a', LONG, 0, 40]]))).toMatch(/^a@0:40 /);
  });
});

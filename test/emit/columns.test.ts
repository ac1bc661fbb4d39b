/** Columns: where names and comments stand, what long names do to them, and cacheline boundaries. */

import { describe, expect, it } from 'vitest';
import { array, ptr, struct, type TypeRecord, typedef, union } from '../support/btf-writer.ts';
import { CHAR, INT, LONG, print, printMembers } from '../support/print.ts';

/** Where the name and the comment of a line begin, the TABs of the indent not counted. */
function columnsOf(line: string, name: string): readonly [name: number, comment: number] {
  const text = line.replace(/^\t+/, '');
  return [text.indexOf(` ${name}`) + 1, text.indexOf('/*')];
}

function member(record: TypeRecord, name: string, options: Parameters<typeof printMembers>[2] = {}): string {
  const [line = ''] = printMembers([record, struct('s', 8, [[name, 4, 0]])], 5, options);
  return line;
}

describe('the columns of a member', () => {
  it('name at 27, comment at 49', () => {
    expect(columnsOf(member(typedef('t', INT), 'a'), 'a')).toEqual([27, 49]);
  });
  it('comment at 81 with expanded types', () => {
    expect(columnsOf(member(ptr(INT), 'a', { expandTypes: true }), 'a')).toEqual([27, 81]);
  });
  it('comment at 47 in a union', () => {
    const [line = ''] = printMembers([union('u', 4, [['a', INT, 0]])], 4);
    expect(columnsOf(line, 'a')).toEqual([27, 47]);
  });
  it('8 less for each level of nesting', () => {
    const inner = struct('', 4, [['b', INT, 0]]);
    const lines = printMembers([inner, struct('s', 4, [['', 4, 0]])], 5);
    expect(columnsOf(lines[1] as string, 'b')).toEqual([19, 41]);
    expect((lines[2] as string).indexOf('/*')).toBe(49);
  });
});

describe('a name that does not fit', () => {
  it('of a type of 25 bytes fits, one of 26 too, and one of 27 moves the name', () => {
    const nameColumn = (length: number): number =>
      columnsOf(member(typedef('t'.repeat(length), INT), 'a'), 'a')[0];
    expect([25, 26, 27, 40].map(nameColumn)).toEqual([27, 27, 28, 41]);
  });
  it('of a member keeps the comment at its place as long as a blank fits between', () => {
    const commentColumn = (length: number): number =>
      columnsOf(member(typedef('t', INT), 'm'.repeat(length)), 'm')[1];
    // With the semicolon and one blank behind the name.
    expect([20, 21, 30].map(commentColumn)).toEqual([49, 50, 59].map((at) => at));
  });
  it('of an inline type pads as C does: with the amount of a negative width', () => {
    const commentOf = (length: number): number => {
      const records = [struct('', 4, [['b', INT, 0]]), struct('s', 4, [['m'.repeat(length), 4, 0]])];
      const line = printMembers(records, 5)[2] as string;
      return line.indexOf('/*') - line.indexOf(';') - 1;
    };
    expect([1, 40, 45, 46, 47, 50].map(commentOf)).toEqual([45, 6, 1, 1, 1, 4]);
  });
});

it('nesting beyond the type column widens it again, as a negative width does', () => {
  const depth = 6;
  const levels = Array.from({ length: depth }, (_, index) =>
    struct(index === depth - 1 ? 's' : '', 4, [['m', index === 0 ? INT : 3 + index, 0]]),
  );
  const line = print(levels, 3 + depth).split('\n')[depth] as string;
  // 26 - 5 * 8 = -14.
  expect(line).toBe(`${'\t'.repeat(depth)}int            m; /*     0     4 */`);
});

it('the indent ends at 16 TABs', () => {
  const depth = 20;
  const levels = Array.from({ length: depth }, (_, index) =>
    struct(index === depth - 1 ? 's' : '', 4, [['m', index === 0 ? INT : 3 + index, 0]]),
  );
  const tabs = print(levels, 3 + depth, { quiet: true })
    .split('\n')
    .map((line) => line.search(/[^\t]/));
  expect(Math.max(...tabs)).toBe(16);
  expect(tabs[depth]).toBe(16);
});

describe('cacheline boundaries', () => {
  const boundaries = (lines: readonly string[]): string[] =>
    lines.filter((line) => line.includes('cacheline'));
  const chars = (count: number): TypeRecord => array(CHAR, INT, count);

  it('before the member that begins there', () => {
    const lines = printMembers(
      [
        chars(64),
        struct('s', 72, [
          ['a', 4, 0],
          ['b', LONG, 512],
        ]),
      ],
      5,
    );
    expect(lines[1]).toBe('/* --- cacheline 1 boundary (64 bytes) --- */');
    expect(lines[2]).toMatch(/^long int +b;/);
  });
  it('before the first member behind it, with the distance', () => {
    const past = (count: number): string | undefined =>
      printMembers(
        [
          chars(count),
          struct('s', 80, [
            ['a', 4, 0],
            ['b', CHAR, 8 * count],
          ]),
        ],
        5,
      )[1];
    expect(past(65)).toBe('/* --- cacheline 1 boundary (64 bytes) was 1 byte ago --- */');
    expect(past(66)).toBe('/* --- cacheline 1 boundary (64 bytes) was 2 bytes ago --- */');
  });
  it('only the last of several that a member skips', () => {
    const lines = printMembers(
      [
        chars(300),
        struct('s', 304, [
          ['a', 4, 0],
          ['b', INT, 2400],
        ]),
      ],
      5,
    );
    expect(boundaries(lines)[0]).toBe('/* --- cacheline 4 boundary (256 bytes) was 44 bytes ago --- */');
  });
  it('of the length that is asked for', () => {
    const records = [
      chars(64),
      struct('s', 72, [
        ['a', 4, 0],
        ['b', LONG, 512],
      ]),
    ];
    const announced = (cachelineSize: number): number =>
      printMembers(records, 5, { cachelineSize }).filter((line) => line.includes('boundary')).length;
    expect([16, 64, 65, 128].map(announced)).toEqual([1, 1, 0, 0]);
  });
  it('by the offset in the outermost struct', () => {
    const inner = struct('', 72, [
      ['b', 4, 0],
      ['c', LONG, 512],
    ]);
    const lines = printMembers(
      [
        chars(60),
        inner,
        struct('s', 132, [
          ['a', 4, 0],
          ['', 5, 480],
        ]),
      ],
      6,
    );
    const [line] = boundaries(lines);
    expect(line).toBe('\t/* --- cacheline 1 boundary (64 bytes) was 60 bytes ago --- */');
  });
  it('once more for each member of a union', () => {
    const inner = struct('', 72, [
      ['b', 4, 0],
      ['c', LONG, 512],
    ]);
    const lines = printMembers(
      [
        chars(64),
        inner,
        union('u', 72, [
          ['x', 5, 0],
          ['y', 5, 0],
        ]),
      ],
      6,
    );
    expect(boundaries(lines)).toHaveLength(2);
  });
  it('not with -q', () => {
    const records = [
      chars(64),
      struct('s', 72, [
        ['a', 4, 0],
        ['b', LONG, 512],
      ]),
    ];
    expect(boundaries(printMembers(records, 5, { quiet: true }))).toEqual([]);
  });
});

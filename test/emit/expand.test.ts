/** Types printed in place: expanded members, what pointers point to, typedefs of types without a name. */

import { describe, expect, it } from 'vitest';
import { funcProto, ptr, struct, typedef } from '../support/btf-writer.ts';
import { CHAR, INT, print, printMembers } from '../support/print.ts';

describe('expanded types', () => {
  const item = struct('item', 4, [['a', INT, 0]]);

  it('have their tag and absolute offsets', () => {
    const lines = printMembers(
      [
        item,
        struct('s', 8, [
          ['x', INT, 0],
          ['y', 4, 32],
        ]),
      ],
      5,
      { expandTypes: true },
    );
    expect(lines[1]).toBe('struct item {');
    expect(lines[2]).toMatch(/^\tint +a; +\/\* +4 +4 \*\/$/);
    expect(lines[3]).toMatch(/^} y; +\/\* +4 +4 \*\/$/);
  });
  it('have offsets of their own with -r', () => {
    const options = { expandTypes: true, relativeOffsets: true };
    const lines = printMembers(
      [
        item,
        struct('s', 8, [
          ['x', INT, 0],
          ['y', 4, 32],
        ]),
      ],
      5,
      options,
    );
    expect(lines[2]).toMatch(/\/\* +0 +4 \*\/$/);
  });
  it('name the typedefs that led to them', () => {
    const records = [item, typedef('t', 4), typedef('u', 5), struct('s', 4, [['x', 6, 0]])];
    expect(printMembers(records, 7, { expandTypes: true })[0]).toBe('/* typedef u -> t */ struct item {');
  });
  it('behind pointers have no offsets, and stars before the name', () => {
    const records = [item, ptr(4), ptr(5), struct('s', 8, [['x', 6, 0]])];
    expect(printMembers(records, 7, { expandPointers: true }).slice(0, 3)).toEqual([
      'struct item {',
      '\tint                a;',
      expect.stringMatching(/^} \*\*x; +\/\* +0 +8 \*\/$/),
    ]);
  });
  it('behind pointers are not followed into themselves', () => {
    const records = [struct('list', 8, [['next', 5, 0]]), ptr(4)];
    expect(printMembers(records, 4, { expandPointers: true, quiet: true })).toEqual([
      'struct list {',
      '\tstruct list        *next;',
      '} *next;',
    ]);
    const both = { expandPointers: true, expandTypes: true, quiet: true };
    expect(printMembers(records, 4, both)).toEqual(['struct list                *next;']);
  });
});

describe('typedefs', () => {
  it('of a struct without a name have its members, of one with a name do not', () => {
    const members = [['a', INT, 0]] as const;
    expect(print([struct('', 4, members), typedef('t', 4)], 5, { quiet: true })).toBe(
      'typedef struct {\n\tint                a;\n} t;',
    );
    expect(print([struct('s', 4, members), typedef('t', 4)], 5)).toBe('typedef struct s t;');
  });
  it('of void, pointers and functions', () => {
    expect(print([typedef('t', 0)], 4)).toBe('typedef void t;');
    expect(print([ptr(INT), typedef('t', 4)], 5)).toBe('typedef int * t;');
    expect(print([funcProto(INT, [['', CHAR]]), ptr(4), typedef('t', 5)], 6)).toBe('typedef int (*t)(char);');
    expect(print([funcProto(INT, [['', CHAR]]), typedef('t', 4)], 5)).toBe('typedef int (t)(char);');
  });
  it('of struct and union names that are cut nowhere', () => {
    const long = 'n'.repeat(700);
    expect(print([struct(long, 4), typedef('t', 4)], 5, { on: ['nameLimit'] })).toBe(
      `typedef struct ${long} t;`,
    );
  });
  it('give a struct without a name theirs in a listing', () => {
    const records = [struct('', 4, [['a', INT, 0]]), typedef('t', 4)];
    expect(print(records, 4, { typedefId: 5, quiet: true })).toMatch(/^typedef struct {[\s\S]*} t;$/);
  });
});

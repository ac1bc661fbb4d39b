/** The rules in which pahole 1.31 is wrong, each off and on. docs/compat.md describes them. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NO_QUIRKS, PAHOLE_QUIRKS, type Quirks } from '../../src/index.ts';
import { commandRules } from '../cross/command-rules.ts';
import {
  array,
  constOf,
  enum32,
  enum64,
  float,
  funcProto,
  int,
  ptr,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  union,
  volatileOf,
} from '../support/btf-writer.ts';
import { CHAR, INT, LONG, type PrintOptions, print, printMembers } from '../support/print.ts';

/** The first line between the braces of a type, by one rule off and on, blanks squeezed. */
function firstMember(
  rule: keyof Quirks,
  records: readonly TypeRecord[],
  id: number,
  options: PrintOptions = {},
): { off: string; on: string } {
  const line = (on: readonly (keyof Quirks)[]): string =>
    (printMembers(records, id, { quiet: true, ...options, on })[0] ?? '').replace(/ +/g, ' ');
  return { off: line([]), on: line([rule]) };
}

describe('floatPrefix: the name of a float type', () => {
  const records = [
    float('double', 8),
    ptr(4),
    struct('s', 16, [
      ['a', 4, 0],
      ['b', 5, 64],
    ]),
  ];
  it('stands alone, or behind `single`', () => {
    expect(firstMember('floatPrefix', records, 6)).toEqual({ off: 'double a;', on: 'single double a;' });
  });
  it('also where it is pointed to', () => {
    expect(printMembers(records, 6, { quiet: true, on: ['floatPrefix'] })[1]).toContain('single double *');
  });
});

describe('reversedDimensions: an array of arrays', () => {
  const records = [array(INT, INT, 3), array(4, INT, 2), struct('s', 24, [['a', 5, 0]])];
  it('has the outer dimension first, or last', () => {
    expect(firstMember('reversedDimensions', records, 6)).toEqual({
      off: 'int a[2][3];',
      on: 'int a[3][2];',
    });
  });
  it('is one array with --flat_arrays, or still of several dimensions', () => {
    expect(firstMember('reversedDimensions', records, 6, { flatArrays: true })).toEqual({
      off: 'int a[6];',
      on: 'int a[3][2];',
    });
  });
});

describe('expandedConst: an expanded type behind const', () => {
  const records = [struct('in', 4, [['a', INT, 0]]), constOf(4), struct('s', 4, [['x', 5, 0]])];
  it('keeps the name of the member and has no statistics, or the other way round', () => {
    expect(printMembers(records, 6, { expandTypes: true })).toContainEqual(
      expect.stringMatching(/^} x; +\/\* +0 +4 \*\/$/),
    );
    const slipped = printMembers(records, 6, { expandTypes: true, on: ['expandedConst'] });
    expect(slipped).toContainEqual(expect.stringMatching(/^}; +\/\* +0 +4 \*\/$/));
    expect(slipped).toContain('\t/* size: 4, cachelines: 1, members: 1 */');
  });
  it('is not said twice of a void that is pointed to', () => {
    const pointers = [constOf(0), ptr(4), struct('s', 8, [['p', 5, 0]])];
    expect(firstMember('expandedConst', pointers, 6, { expandPointers: true })).toEqual({
      off: 'const void *p;',
      on: 'const const void *p;',
    });
  });
  it('or behind a type tag: a void is no error', () => {
    const pointers = [typeTag('user', 0), ptr(4), struct('s', 8, [['p', 5, 0]])];
    expect(firstMember('expandedConst', pointers, 6, { expandPointers: true })).toEqual({
      off: 'void *p;',
      on: '<ERROR > *p;',
    });
  });
});

describe('declarators', () => {
  it.each<[string, string, string, TypeRecord[]]>([
    [
      'arrays of function pointers',
      'int (*a[3])(void);',
      'int (*a)(void)[3];',
      [funcProto(INT), ptr(4), array(5, INT, 3)],
    ],
    ['pointers to arrays', 'int (*a)[4];', 'int * a;', [array(INT, INT, 4), ptr(4)]],
    ['const pointers', 'int * const a;', 'const int * a;', [ptr(INT), constOf(4)]],
    [
      'const arrays of const',
      'const int a[2];',
      'const const int a[2];',
      [constOf(INT), array(4, INT, 2), constOf(5)],
    ],
    [
      'arrays of volatile arrays',
      'volatile int a[2];',
      'volatile volatile int a;',
      [volatileOf(INT), array(4, INT, 2), volatileOf(5)],
    ],
    [
      'pointers to pointers to functions',
      'int (**a)(void);',
      'int ()(void) * * a;',
      [funcProto(INT), ptr(4), ptr(5)],
    ],
  ])('%s', (_, off, on, types) => {
    const id = 3 + types.length;
    const records = [...types, struct('s', 64, [['a', id, 0]])];
    expect(firstMember('declarators', records, id + 1)).toEqual({ off, on });
  });
});

describe('declarators: a struct without a name', () => {
  const NAMELESS = 4;
  const nameless: TypeRecord = struct('', 4, [['a', INT, 0]]);
  const squeezed = (records: readonly TypeRecord[], id: number, on: readonly (keyof Quirks)[]): string =>
    print([nameless, ...records], id, { quiet: true, suppressAligned: true, on }).replace(/\s+/g, ' ');

  it.each<[string, string, string, TypeRecord[]]>([
    ['behind two pointers', 'struct { int a; } **m;', 'struct * * m;', [ptr(NAMELESS), ptr(5)]],
    [
      'behind a pointer to const',
      'const struct { int a; } *m;',
      'const struct * m;',
      [constOf(NAMELESS), ptr(5)],
    ],
    [
      'behind a const pointer',
      'struct { int a; } * const m;',
      'const struct { int a; } * m;',
      [ptr(NAMELESS), constOf(5)],
    ],
    ['behind volatile', 'volatile struct { int a; } m;', 'volatile struct m;', [volatileOf(NAMELESS)]],
    [
      'behind pointers in an array',
      'struct { int a; } **m[2];',
      'struct * * m[2];',
      [ptr(NAMELESS), ptr(5), array(6, INT, 2)],
    ],
    [
      'as the result of a function',
      'struct { int a; } (*m)(void);',
      'struct (*m)(void);',
      [funcProto(NAMELESS), ptr(5)],
    ],
  ])('%s is printed in place, or lost', (_, off, on, types) => {
    const id = NAMELESS + types.length;
    const text = (member: string): string => `struct s { ${member} };`;
    const records = [...types, struct('s', 64, [['m', id, 0]])];
    expect(squeezed(records, id + 1, [])).toBe(text(off));
    expect(squeezed(records, id + 1, ['declarators'])).toBe(text(on));
  });

  it.each<[string, string, string, TypeRecord[]]>([
    ['a pointer', 'struct { int a; } * t;', 'struct * t;', [ptr(NAMELESS)]],
    ['const', 'const struct { int a; } t;', 'const struct t;', [constOf(NAMELESS)]],
    [
      'a pointer to a function',
      'struct { int a; } (*t)(void);',
      'struct (*t)(void);',
      [funcProto(NAMELESS), ptr(5)],
    ],
  ])('behind %s in a typedef is printed in place, or lost', (_, off, on, types) => {
    const records = [...types, typedef('t', NAMELESS + types.length)];
    const id = NAMELESS + records.length;
    expect(squeezed(records, id, [])).toBe(`typedef ${off}`);
    expect(squeezed(records, id, ['declarators'])).toBe(`typedef ${on}`);
  });

  it('that points to itself ends', () => {
    const records = [struct('', 8, [['a', 6, 0]]), ptr(4), ptr(5), typedef('t', 5)];
    expect(print(records, 7)).toMatch(/^typedef struct \{\n/);
  });
});

describe('parameters', () => {
  it('nothing but `...`', () => {
    const records = [funcProto(INT, [['', 0]]), ptr(4), struct('s', 8, [['f', 5, 0]])];
    expect(firstMember('parameters', records, 6)).toEqual({ off: 'int (*f)(...);', on: 'int (*f)(void);' });
  });
  it('of a function type', () => {
    const records = [
      funcProto(0, [['', INT]]),
      funcProto(0, [['fn', 4]]),
      ptr(5),
      struct('s', 8, [['f', 6, 0]]),
    ];
    expect(firstMember('parameters', records, 7)).toEqual({
      off: 'void (*f)(void (fn)(int));',
      on: 'void (*f)(inline void fn(int));',
    });
  });
});

describe('nameLimit', () => {
  const long = 'n'.repeat(200);
  it('cuts the text of a pointer after 127 bytes', () => {
    const records = [struct(long, 4), ptr(4), struct('s', 8, [['p', 5, 0]])];
    expect(firstMember('nameLimit', records, 6)).toEqual({
      off: `struct ${long} * p;`,
      on: `${`struct ${long}`.slice(0, 127)} p;`,
    });
  });
  it('leaves the name of a member that is directly a struct', () => {
    const records = [struct(long, 4), struct('s', 4, [['a', 4, 0]])];
    const whole = `struct ${long} a;`;
    expect(firstMember('nameLimit', records, 5)).toEqual({ off: whole, on: whole });
  });
  it('cuts what a typedef names after 511 bytes', () => {
    const huge = 'n'.repeat(600);
    const records = [struct(huge, 4), ptr(4), typedef('t', 5)];
    expect(print(records, 6)).toBe(`typedef struct ${huge} * t;`);
    expect(print(records, 6, { on: ['nameLimit'] })).toBe(`typedef ${`struct ${huge}`.slice(0, 511)} t;`);
  });
});

describe('narrowCounters', () => {
  const holes = (count: number): TypeRecord =>
    struct(
      's',
      8 * count,
      Array.from({ length: 2 * count }, (_, index) => [
        `m${index}`,
        index % 2 === 0 ? CHAR : INT,
        32 * index,
      ]),
    );

  it('256 holes are 256, or none', () => {
    expect(print([holes(256)], 4)).toContain('holes: 256, sum holes: 768');
    expect(print([holes(256)], 4, { on: ['narrowCounters'] })).toContain('holes: 0, sum holes: 768');
  });
  it('a padding of 65539 bytes is that, or 3 bytes, which do not add up', () => {
    const padded = struct('s', 65_540, [['a', CHAR, 0]]);
    expect(print([padded], 4)).toContain('padding: 65539');
    const narrow = print([padded], 4, { on: ['narrowCounters'] });
    expect(narrow).toContain('padding: 3 ');
    expect(narrow).toContain('BRAIN FART ALERT! 65540 bytes != 1 (member bytes)');
  });
  it('a size of 3 GiB is positive, or negative', () => {
    const huge = [array(CHAR, INT, 0xc000_0000), struct('s', 0xc000_0000, [['a', 4, 0]])];
    expect(print(huge, 5)).toContain('size: 3221225472,');
    expect(print(huge, 5, { on: ['narrowCounters'] })).toContain('size: -1073741824,');
  });
  it('bitfields that overlap have no bits between them, or 254', () => {
    const overlap = struct('s', 4, [
      ['a', INT, 0, 5],
      ['b', INT, 3, 5],
    ]);
    expect(print([overlap], 4)).not.toContain('bits hole');
    expect(print([overlap], 4, { on: ['narrowCounters'] })).toContain('XXX 254 bits hole');
  });
});

describe('printOrderPacked: a struct that only its holder shows to be packed', () => {
  const records = [
    struct('held', 8, [
      ['a', INT, 0],
      ['b', INT, 32],
    ]),
    struct('holder', 16, [
      ['c', CHAR, 0],
      ['h', 4, 8],
      ['l', LONG, 80],
    ]),
  ];
  it('is packed wherever it is printed', () => {
    expect(print(records, 4)).toMatch(/} __attribute__\(\(__packed__\)\);$/);
  });
  it('or only behind its holder', () => {
    expect(print(records, 4, { on: ['printOrderPacked'] })).toMatch(/\n};$/);
    expect(print(records, 4, { on: ['printOrderPacked'], after: [5] })).toMatch(/__packed__\)\);$/);
  });
});

describe('enumPacked: the attribute of an enum', () => {
  const isPacked = (record: TypeRecord, on: readonly (keyof Quirks)[]): boolean =>
    print([record], 4, { on }).includes('__packed__');
  it('of 8 bytes is not there, or is', () => {
    const wide = enum64('e', [['A', 2n ** 40n]]);
    expect([isPacked(wide, []), isPacked(wide, ['enumPacked'])]).toEqual([false, true]);
  });
  it('of 1 byte is there', () => {
    const small = enum32('e', [['A', 1]], { byteSize: 1 });
    expect([isPacked(small, []), isPacked(small, ['enumPacked'])]).toEqual([true, true]);
  });
  it('of 4 bytes is not there', () => {
    const usual = enum32('e', [['A', 1]]);
    expect([isPacked(usual, []), isPacked(usual, ['enumPacked'])]).toEqual([false, false]);
  });
});

describe('legacyBitfields: a member of an int type that is made for a bitfield', () => {
  const bits = int('unsigned int', 4, 'none', { bits: 3, bitOffset: 4 });
  it('has a width, or is an int of whole bytes', () => {
    const records = [bits, struct('s', 4, [['a', 4, 0]])];
    expect(firstMember('legacyBitfields', records, 5)).toEqual({
      off: 'unsigned int a:3;',
      on: 'unsigned int a;',
    });
  });
  it('is no array of bitfields', () => {
    const records = [bits, array(4, INT, 3), struct('s', 12, [['a', 5, 0]])];
    expect(firstMember('legacyBitfields', records, 6).off).toBe('unsigned int a[3];');
  });
  it('is one in a union too', () => {
    expect(firstMember('legacyBitfields', [bits, union('u', 4, [['a', 4, 0]])], 5).off).toBe(
      'unsigned int a:3;',
    );
  });
});

describe('docs/compat.md', () => {
  const text = readFileSync(new URL('../../docs/compat.md', import.meta.url), 'utf8');

  it.each(Object.keys(NO_QUIRKS))('has a section about %s', (rule) => {
    expect(text).toMatch(new RegExp(`^### ${rule}$`, 'm'));
  });
  it.each([...new Set(commandRules.map(({ name }) => name))])('has a row about %s', (rule) => {
    expect(text).toMatch(new RegExp(`^(\\| \`${rule}\` \\||### ${rule}$)`, 'm'));
  });
});

it('all rules are off by default and on in --compat', () => {
  expect(Object.values(NO_QUIRKS)).not.toContain(true);
  expect(Object.values(PAHOLE_QUIRKS)).not.toContain(false);
  expect(Object.keys(PAHOLE_QUIRKS)).toEqual(Object.keys(NO_QUIRKS));
});

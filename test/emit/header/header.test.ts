/** What headers are right in where bpftool's are not, and the choices that they offer: docs/headers.md. */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../../src/btf/decode.ts';
import { type HeaderOptions, writeHeader } from '../../../src/emit/header/header.ts';
import {
  array,
  btf,
  constOf,
  declTag,
  enum32,
  enum64,
  float,
  func,
  funcProto,
  fwd,
  int,
  ptr,
  restrictOf,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  union,
} from '../../support/btf-writer.ts';
import { expectError } from '../../support/expect-error.ts';

function headerOf(records: readonly TypeRecord[], options?: HeaderOptions): string {
  const chunks: Buffer[] = [];
  writeHeader(decodeBtf(btf(records)), (bytes) => void chunks.push(Buffer.from(bytes)), options);
  return Buffer.concat(chunks).toString('latin1');
}

/** The types of a header, without what surrounds them. */
function typesOf(records: readonly TypeRecord[], options?: HeaderOptions): string {
  const text = headerOf(records, options);
  const opening =
    options?.language === 'c++' ? 'extern "C" {\n\n' : '#define __VMLINUX_H_HAS_BOOL__\n#endif\n\n';
  const [, types = ''] = text.split(opening);
  return types.split(/(?:\}\n\n)?#if defined\(__bpf__\)/)[0] ?? '';
}

const INT = int('int', 4, 'signed');
const LONG = int('long int', 8, 'signed');

describe('every type is present', () => {
  it('a lone enum, which bpftool leaves out', () => {
    expect(typesOf([enum32('e', [['a', 1]])])).toBe('enum e {\n\ta = 1,\n};\n\n');
  });

  it('all types of a split table and its base', () => {
    const text = typesOf([INT, struct('a', 4, [['x', 1, 0]]), typedef('t', 2)]);
    expect(text).toContain('struct a {');
    expect(text).toContain('typedef struct a t;');
  });
});

describe('packed and over-aligned types', () => {
  it('packs a union whose size its alignment does not divide', () => {
    const text = typesOf([
      INT,
      array(1, 1, 5),
      union('u', 20, [
        ['l', 4, 0],
        ['a', 2, 0],
      ]),
      LONG,
    ]);
    expect(text).toContain('\tint a[5];\n} __attribute__((packed));');
  });

  it('aligns a union that is larger than its members', () => {
    const text = typesOf([
      INT,
      union('u', 16, [['a', 1, 0]]),
      struct('s', 32, [
        ['x', 2, 0],
        ['y', 2, 128],
      ]),
    ]);
    expect(text).toContain('union u {\n\tint a;\n} __attribute__((aligned(16)));');
  });

  it('fills a union that lies where such an alignment would not allow it', () => {
    const text = typesOf([
      INT,
      union('u', 16, [['a', 1, 0]]),
      struct('s', 20, [
        ['x', 1, 0],
        ['y', 2, 32],
      ]),
    ]);
    expect(text).toContain(
      '\tint a;\n\tstruct {\n\t\tlong: 64;\n\t\tlong: 64;\n\t} __attribute__((packed));\n};',
    );
    expect(text).toContain('struct s {\n\tint x;\n\tunion u y;\n};');
  });

  it('pads as bpftool does where that is right', () => {
    const text = typesOf([
      INT,
      LONG,
      struct('s', 32, [
        ['a', 1, 0],
        ['b', 2, 128],
      ]),
    ]);
    expect(text).toContain(
      '\tint a;\n\tlong: 0;\n\tlong b;'.replace('long b', 'long int b').replace('long: 0', 'long: 64'),
    );
  });

  it('packs a struct with a member between its alignments', () => {
    const text = typesOf([
      INT,
      int('char', 1, 'char'),
      struct('s', 5, [
        ['c', 2, 0],
        ['i', 1, 8],
      ]),
    ]);
    expect(text).toContain('struct s {\n\tchar c;\n\tint i;\n} __attribute__((packed));');
  });

  it('spells out the padding in front of __int128, whose alignment is not 16 on every machine', () => {
    const text = typesOf([
      INT,
      int('__int128', 16, 'signed'),
      struct('s', 32, [
        ['a', 1, 0],
        ['b', 2, 128],
      ]),
    ]);
    expect(text).toContain('struct s {\n\tint a;\n\tlong: 64;\n\t__int128 b;\n};');
  });

  it('writes the alignments that tags state', () => {
    const aligned = (alignment: number, id: number, component = -1): TypeRecord =>
      declTag(`aligned(${alignment})`, id, component, { attribute: true });
    const records = [
      INT,
      LONG,
      struct('whole', 64, [['a', 1, 0]]),
      struct('member', 64, [
        ['a', 1, 0],
        ['b', 1, 256],
      ]),
      typedef('loose', 2),
      struct('lower', 12, [
        ['a', 1, 0],
        ['b', 5, 32],
      ]),
      struct('packed', 16, [
        ['a', 2, 0],
        ['b', 1, 64],
        ['c', 1, 96],
      ]),
      union('both', 16, [['a', 1, 0]]),
      struct('wrong', 4, [['a', 1, 0]]),
    ];
    const tags = [
      aligned(64, 3),
      aligned(32, 4, 1),
      aligned(4, 5),
      aligned(4, 7),
      aligned(16, 8),
      aligned(8, 9),
    ];
    const text = typesOf([...records, ...tags]);
    expect(text).toContain('struct whole {\n\tint a;\n} __attribute__((aligned(64)));');
    expect(text).toContain('struct member {\n\tint a;\n\tint b __attribute__((aligned(32)));\n};');
    expect(text).toContain('typedef long int loose __attribute__((aligned(4)));');
    expect(text).toContain('struct lower {\n\tint a;\n\tloose b;\n};');
    expect(text).toContain('\tint c;\n} __attribute__((packed)) __attribute__((aligned(4)));');
    expect(text).toContain('union both {\n\tint a;\n} __attribute__((aligned(16)));');
    expect(text).toContain('struct wrong {\n\tint a;\n};');
    const asserts = headerOf([...records, ...tags], { asserts: true });
    expect(asserts).toContain('_Static_assert(__alignof__(struct packed) == 4, "struct packed");');
  });

  it('knows that __int128 is aligned to 16 bytes', () => {
    const text = typesOf([
      LONG,
      int('__int128', 16, 'signed'),
      struct('s', 24, [
        ['l', 1, 0],
        ['w', 2, 64],
      ]),
    ]);
    expect(text).toContain('} __attribute__((packed));');
  });

  it('fills a gap of a megabyte with one member', () => {
    const text = typesOf([INT, struct('s', 1 << 20, [['a', 1, 0]])]);
    expect(text).toContain('struct s {\n\tint a;\n\tunsigned char __padding_4[1048572];\n};');
  });

  it('places bitfields of before the kind flag by their types', () => {
    const types: TypeRecord[] = [
      ['int', 0x01000000, 4, 0x01000003],
      ['int', 0x01000000, 4, 0x01030005],
      struct('s', 4, [
        ['a', 1, 0],
        ['b', 2, 0],
      ]),
    ];
    expect(typesOf(types)).toContain('struct s {\n\tint a: 3;\n\tint b: 5;\n};');
  });
});

describe('enums have their size', () => {
  it.each([
    [1, '__attribute__((mode(byte)))'],
    [2, '__attribute__((mode(HI)))'],
    [8, '__attribute__((mode(word)))'],
  ])('of %s bytes', (byteSize, attribute) => {
    expect(typesOf([enum32('e', [['a', 1]], { byteSize })])).toContain(`} ${attribute};`);
  });

  it('also where values of 64 bits are small negative ones', () => {
    expect(typesOf([enum64('e', [['a', -1n]], { signed: true })])).toBe(
      'enum e {\n\ta = -1LL,\n} __attribute__((mode(word)));\n\n',
    );
  });

  it('by themselves where values do not fit 32 bits', () => {
    expect(typesOf([enum64('e', [['a', 1n << 40n]])])).toBe('enum e {\n\ta = 1099511627776ULL,\n};\n\n');
  });

  it('also without enumerators', () => {
    expect(typesOf([enum32('e'), struct('s', 4, [['e', 1, 0]])])).toContain('enum e {\n\t__enum_1,\n};');
  });
});

describe('unnamed members', () => {
  it('that are tagged structs are written with their body', () => {
    const text = typesOf([
      INT,
      struct('inner', 4, [['a', 1, 0]]),
      struct('outer', 8, [
        ['', 2, 0],
        ['b', 1, 32],
      ]),
    ]);
    expect(text).toContain('struct outer {\n\tstruct {\n\t\tint a;\n\t};\n\tint b;\n};');
  });

  it('that are of a typedef too', () => {
    const text = typesOf([INT, union('', 4, [['a', 1, 0]]), typedef('t', 2), struct('s', 4, [['', 3, 0]])]);
    expect(text).toContain('struct s {\n\tunion {\n\t\tint a;\n\t};\n};');
  });

  it('that are no structs get a name', () => {
    expect(
      typesOf([
        INT,
        struct('s', 8, [
          ['', 1, 0],
          ['', 1, 32],
        ]),
      ]),
    ).toContain('\tint __unnamed_0;\n\tint __unnamed_32;');
  });
});

describe('names', () => {
  it('of a declaration that are those of another kind of type get a number', () => {
    const text = typesOf([enum32('x', [['a', 0]]), fwd('x', 'union'), ptr(2), struct('s', 8, [['p', 3, 0]])]);
    expect(text).toContain('enum x {');
    expect(text).toContain('union x___2;\n\nstruct s {\n\tunion x___2 *p;\n};');
  });

  it('of a declaration are those of its definition', () => {
    const text = typesOf([fwd('x'), ptr(1), struct('s', 8, [['p', 2, 0]]), struct('x', 8, [['p', 2, 0]])]);
    expect(text).not.toContain('___2');
  });

  it('with a number are free', () => {
    const types = [INT, typedef('n', 1), typedef('n___2', 1), enum32('', [['n', 1]])];
    const names = typesOf(types).match(/\bn\w*(?=;| =)/g) ?? [];
    expect(new Set(names).size).toBe(3);
  });

  it.each([
    ['int', 'int_'],
    ['0', '_0'],
    ['core::option::Option<u32>', 'core__option__Option_u32_'],
    ['typeof', 'typeof_'],
  ])('that are none in C become some: %s', (name, clean) => {
    expect(typesOf([INT, struct('s', 4, [[name, 1, 0]])])).toContain(`\tint ${clean};`);
  });

  it('that only C++ reserves are kept in C', () => {
    const types = [INT, struct('class', 4, [['new', 1, 0]])];
    expect(typesOf(types)).toContain('struct class {\n\tint new;\n};');
    expect(typesOf(types, { language: 'c++' })).toContain('struct class_ {\n\tint new_;\n};');
  });
});

describe('a header that is large', () => {
  it('comes in parts that are the whole', () => {
    const values = Array.from({ length: 20_000 }, (_, index): [string, number] => [`value_${index}`, index]);
    const parts: Buffer[] = [];
    writeHeader(decodeBtf(btf([enum32('e', values)])), (bytes) => void parts.push(Buffer.from(bytes)));
    const lines = values.map(([name, value]) => `\t${name} = ${value},\n`);
    expect(parts.length).toBeGreaterThan(5);
    expect(Buffer.concat(parts).toString('latin1')).toContain(`enum e {\n${lines.join('')}};\n`);
  });

  it('may have names of any length', () => {
    const name = 'n'.repeat(200_000);
    expect(typesOf([INT, struct(name, 4, [[name, 1, 0]])])).toBe(`struct ${name} {\n\tint ${name};\n};\n\n`);
  });

  it('has 10,000 names more than once', () => {
    const names = Array.from({ length: 10_000 }, (_, index) => `t${index}`);
    const text = typesOf([
      INT,
      ...names.map((name) => typedef(name, 1)),
      ...names.map((name) => typedef(name, 1)),
    ]);
    expect(new Set(text.match(/\bt\w+(?=;)/g)).size).toBe(20_000);
  });
});

describe('types that are not the same everywhere', () => {
  it('bool and its values are left to compilers that have them', () => {
    const types = [
      int('_Bool', 1, 'bool'),
      typedef('bool', 1),
      enum32('', [
        ['false', 0],
        ['true', 1],
      ]),
    ];
    const text = typesOf(types);
    expect(text).toContain('#ifndef __VMLINUX_H_HAS_BOOL__\ntypedef _Bool bool;\n#endif\n');
    expect(text).toContain('#ifndef __VMLINUX_H_HAS_BOOL__\nenum {\n\tfalse = 0,\n\ttrue = 1,\n};\n#endif\n');
    expect(typesOf(types, { language: 'c++' }).trim()).toBe('');
  });

  it("the compiler's va_list is written out", () => {
    const types = [
      LONG,
      struct('__va_list_tag', 8, [['p', 1, 0]]),
      array(2, 1, 1),
      typedef('__builtin_va_list', 3),
      typedef('va_list', 4),
    ];
    const text = typesOf(types);
    expect(text).toContain('typedef struct __va_list_tag __kernel_builtin_va_list[1];');
    expect(text).toContain('typedef __kernel_builtin_va_list va_list;');
  });

  it('long double is one of the same size, or bytes', () => {
    const text = typesOf([float('long double', 16), struct('s', 16, [['d', 1, 0]])]);
    expect(text).toContain('#if __SIZEOF_LONG_DOUBLE__ == 16\ntypedef long double __long_double;\n#else\n');
    expect(text).toContain(
      'typedef struct { unsigned char bytes[16]; } __attribute__((aligned(16))) __long_double;',
    );
    expect(text).toContain('\t__long_double d;');
  });

  it('ints that C has no word for are defined by size and sign', () => {
    const types = [
      int('u8', 1),
      int('isize', 8, 'signed'),
      struct('s', 16, [
        ['a', 1, 0],
        ['b', 2, 64],
      ]),
    ];
    const text = typesOf(types);
    expect(text).toContain('typedef unsigned char u8;\n\n');
    expect(text).toContain('typedef signed long long isize;\n\n');
  });

  it('restrict is spelled as gnu89 knows it, and only behind pointers', () => {
    const types = [
      INT,
      ptr(1),
      restrictOf(2),
      restrictOf(1),
      funcProto(0, [
        ['p', 3],
        ['i', 4],
      ]),
      ptr(5),
      typedef('f', 6),
    ];
    expect(typesOf(types)).toContain('typedef void (*f)(int * __restrict p, int i);');
  });

  it('type tags are macros', () => {
    const types = [INT, typeTag('user', 1), ptr(2), struct('s', 8, [['p', 3, 0]])];
    expect(typesOf(types)).toContain('\tint __btf_type_tag("user") *p;');
    expect(headerOf(types)).toContain('#define __btf_type_tag(tag)\n');
  });
});

describe('a header for C++', () => {
  it('gives enums the type behind them', () => {
    expect(typesOf([enum32('e', [['a', -1]], { byteSize: 1, signed: true })], { language: 'c++' })).toContain(
      'enum e : signed char {\n\ta = -1,\n};',
    );
  });

  it('keeps a struct without members empty', () => {
    expect(typesOf([struct('s', 0, [])], { language: 'c++' })).toContain(
      'struct s {\n\tchar __empty[0];\n};',
    );
  });

  it('names types from the top, where a member has the name of its type', () => {
    expect(
      typesOf([INT, struct('a', 4, [['x', 1, 0]]), struct('b', 4, [['a', 2, 0]])], { language: 'c++' }),
    ).toContain('\tstruct ::a a;');
  });

  it('has one name space', () => {
    const text = typesOf([INT, struct('n', 4, [['x', 1, 0]]), typedef('n', 1)], { language: 'c++' });
    expect(text).toContain('struct n___2 {');
  });

  it('leaves typedef struct n n alone', () => {
    const text = typesOf([INT, struct('n', 4, [['x', 1, 0]]), typedef('n', 2)], { language: 'c++' });
    expect(text).toContain('typedef struct ::n n;');
  });
});

describe('kfuncs', () => {
  const types = [
    INT,
    struct('task', 4, [['x', 1, 0]]),
    ptr(2),
    funcProto(1, [['t', 3]]),
    func('use_task', 4),
    declTag('bpf_kfunc', 5),
    func('other', 4),
    declTag('bpf_kfunc', 7),
  ];

  it('have prototypes, with their macros', () => {
    const text = headerOf(types);
    expect(text).toContain('extern int use_task(struct task *t) __weak __ksym;');
    expect(text).toContain('#define __ksym');
  });

  it('are chosen by name, and declare what they need', () => {
    const text = typesOf(types, { roots: [], keepsKfunc: (name) => name === 'use_task' });
    expect(text).toMatch(/^struct task;\n\n/);
    expect(text).not.toContain('other');
  });

  it('are none where only some types are asked for', () => {
    expect(headerOf(types, { roots: [2] })).not.toContain('ksym');
  });
});

describe('options', () => {
  const types = [
    INT,
    struct('in', 4, [['a', 1, 0]]),
    struct('out', 8, [
      ['in', 2, 0],
      ['p', 1, 32],
    ]),
    struct('no', 4, [['x', 1, 0]]),
  ];

  it('only some types, with what they need and nothing else', () => {
    expect(typesOf(types, { roots: [3] })).toBe(
      'struct in {\n\tint a;\n};\n\nstruct out {\n\tstruct in in;\n\tint p;\n};\n\n',
    );
  });

  it('only the types of some names, by name and id, with what they need', () => {
    const twice = [...types, typedef('in', 1), typedef('in_too', 1)];
    expect(typesOf(twice, { names: ['out', 'in', 'in'] })).toBe(
      'struct in {\n\tint a;\n};\n\ntypedef int in;\n\nstruct out {\n\tstruct in in;\n\tint p;\n};\n\n',
    );
  });

  it('a name that no type has is an error', () => {
    expectError(() => typesOf(types, { names: ['in', 'ou'] }), 'not-found', 'like ou');
  });

  it('types that are only declared', () => {
    expect(typesOf(types, { roots: [], declared: [3] })).toBe('struct out;\n\n');
  });

  it('asserts of sizes and offsets, in unnamed types too', () => {
    const nested = [
      INT,
      struct('', 4, [['a', 1, 0]]),
      struct('s', 8, [
        ['x', 2, 0],
        ['', 2, 32],
      ]),
      constOf(2),
    ];
    const asserts = headerOf(nested, { asserts: true }).match(/^_Static_assert.*$/gm);
    expect(asserts).toEqual([
      '_Static_assert(sizeof(struct s) == 8, "size of struct s");',
      '_Static_assert(__builtin_offsetof(struct s, x) == 0, "struct s.x");',
      '_Static_assert(__builtin_offsetof(struct s, x.a) == 0, "struct s.x.a");',
      '_Static_assert(__builtin_offsetof(struct s, a) == 4, "struct s.a");',
    ]);
  });

  it('another guard, and no pragma', () => {
    const text = headerOf(types, { guard: 'MY_H', preserveAccessIndex: false });
    expect(text).toMatch(/^#ifndef MY_H\n#define MY_H\n/);
    expect(text).toMatch(/#endif \/\* MY_H \*\/\n$/);
    expect(text).not.toContain('pragma');
  });
});

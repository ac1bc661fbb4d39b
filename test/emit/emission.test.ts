/** What types need before them: order, once each, and the rules in which pahole is wrong. */

import { describe, expect, it } from 'vitest';
import { TypeEmission } from '../../src/emit/emission.ts';
import { EmissionMemory } from '../../src/emit/emission-memory.ts';
import {
  type EmissionQuirks,
  NO_EMISSION_QUIRKS,
  PAHOLE_EMISSION_QUIRKS,
} from '../../src/emit/emission-quirks.ts';
import { decodeBtf, Layouts } from '../../src/index.ts';
import {
  array,
  btf,
  constOf,
  enum32,
  func,
  funcProto,
  fwd,
  int,
  ptr,
  restrictOf,
  struct,
  type TypeRecord,
  typedef,
} from '../support/btf-writer.ts';
import { BASICS, INT } from '../support/print.ts';

/** Prints what the prototypes `ids` of the records behind BASICS need, without what is in braces. */
function needs(
  records: readonly TypeRecord[],
  ids: readonly number[],
  rules: readonly (keyof EmissionQuirks)[] = [],
  memory = new EmissionMemory(),
): string {
  const layouts = new Layouts(decodeBtf(btf([...BASICS, ...records])));
  const emissionQuirks = { ...NO_EMISSION_QUIRKS, ...Object.fromEntries(rules.map((rule) => [rule, true])) };
  const emission = new TypeEmission(layouts, { emissionQuirks, quiet: true }, memory);
  const text = ids.map((id) => emission.forPrototype(id, layouts.table.sizeOrType(id))).join('');
  return text.replace(/\{\n[^}]*\}/g, '{}');
}

/** The lines of {@link needs} that are not empty. */
function needed(
  records: readonly TypeRecord[],
  id: number,
  rules: readonly (keyof EmissionQuirks)[] = [],
): string[] {
  return needs(records, [id], rules)
    .split('\n')
    .filter((line) => line !== '');
}

const PAIR = struct('pair', 8, [
  ['a', INT, 0],
  ['b', INT, 32],
]);

describe('needed types', () => {
  it('defines what a parameter points to, and declares what that points to', () => {
    const records = [struct('a', 8, [['b', 5, 0]]), ptr(6), PAIR, ptr(4), funcProto(0, [['p', 7]])];
    expect(needed(records, 8)).toEqual(['struct pair;', 'struct a {};']);
  });

  it('defines a member by value before its struct', () => {
    const records = [struct('a', 8, [['p', 5, 0]]), PAIR, funcProto(0, [['p', 4]])];
    expect(needed(records, 6)).toEqual(['struct pair {};', 'struct a {};']);
  });

  it('defines typedefs before what uses them, and the types that they name before these', () => {
    const records = [struct('a', 8, [['p', 5, 0]]), typedef('t', 6), PAIR, funcProto(4)];
    expect(needed(records, 7)).toEqual(['struct pair {};', 'typedef struct pair t;', 'struct a {};']);
  });

  it('defines what a function type takes', () => {
    const records = [
      enum32('e', [['A', 0]]),
      typedef('f', 6),
      ptr(7),
      funcProto(4),
      funcProto(0, [['p', 5]]),
    ];
    expect(needed(records, 8)).toEqual(['enum e {};', 'typedef enum e (*f)(void);']);
  });

  it('gives a type without a name the name of its typedef', () => {
    const records = [struct(0, 4, [['a', INT, 0]]), typedef('t', 4), enum32(0, [['A', 0]]), typedef('e', 6)];
    const proto = funcProto(5, [['p', 7]]);
    expect(needed([...records, proto], 8)).toEqual(['typedef struct {} t;', 'typedef enum {} e;']);
  });

  it('prints a typedef that its own struct needs before that struct', () => {
    // struct queue { callback f; }; typedef struct queue queue_t; typedef void (*callback)(queue_t *);
    const records = [
      typedef('queue_t', 5),
      struct('queue', 8, [['f', 6, 0]]),
      typedef('callback', 7),
      ptr(8),
      funcProto(0, [['q', 9]]),
      ptr(4),
      funcProto(0, [['q', 9]]),
    ];
    expect(needed(records, 10)).toEqual([
      'typedef struct queue queue_t;',
      'typedef void (*callback)(queue_t * q);',
      'struct queue {};',
    ]);
  });

  it('prints nothing twice, whatever the unit', () => {
    const records = [PAIR, funcProto(4, [['p', 4]])];
    const memory = new EmissionMemory();
    expect(needs(records, [5, 5], [], memory)).toBe('struct pair {};\n');
    expect(needs(records, [5], [], memory)).toBe('');
  });

  it('ends at types that need themselves', () => {
    const records = [
      typedef('t', 5),
      ptr(6),
      funcProto(4, [['p', 4]]),
      struct('s', 8, [['s', 7, 0]]),
      array(8, INT, 2),
      typedef('u', 8),
    ];
    expect(needed([...records, funcProto(4, [['p', 7]])], 10)).toContain('struct s {};');
  });

  it('ends where lists of parameters multiply', () => {
    const protos = Array.from({ length: 200 }, (_, index) => [
      funcProto(
        0,
        Array.from({ length: 20 }, (): [string, number] => ['', 4 + 2 * index + 3]),
      ),
      ptr(4 + 2 * index),
    ]);
    expect(needed([...protos.flat(), PAIR, PAIR], 4)).toEqual(['struct pair {};']);
  });
});

describe('where pahole is wrong', () => {
  const cases: readonly (readonly [
    keyof EmissionQuirks,
    readonly TypeRecord[],
    number,
    readonly string[],
    readonly string[],
  ])[] = [
    [
      'repeatedTypes',
      [struct(0, 4, [['a', INT, 0]]), typedef('t', 4), funcProto(5)],
      6,
      ['typedef struct {} t;', 'typedef struct {} t;'],
      ['typedef struct {} t;'],
    ],
    [
      'plainTypedefs',
      [typedef('c', 5), constOf(6), typedef('t', INT), funcProto(4)],
      7,
      ['typedef const t  c;'],
      ['typedef int t;', 'typedef const t  c;'],
    ],
    [
      'plainNeeds',
      [struct('a', 8, [['p', 5, 0]]), restrictOf(6), ptr(7), PAIR, funcProto(4)],
      8,
      ['struct a {};'],
      ['struct pair;', 'struct a {};'],
    ],
    [
      'plainNeeds',
      [struct('a', 8, [['p', 5, 0]]), ptr(6), array(7, INT, 2), PAIR, funcProto(4)],
      8,
      ['struct pair;', 'struct a {};'],
      ['struct pair {};', 'struct a {};'],
    ],
    ['hollowTypes', [fwd('a'), funcProto(4)], 5, ['struct a {};'], ['struct a;']],
  ];

  it.each(cases)('%s', (rule, records, id, wrong, right) => {
    expect(needed(records, id, [rule])).toEqual(wrong);
    expect(needed(records, id)).toEqual(right);
  });

  it('emptyLines', () => {
    const records = [
      struct('a', 16, [
        ['p', 5, 0],
        ['q', 5, 64],
      ]),
      PAIR,
      funcProto(4),
    ];
    expect(needs(records, [6], ['emptyLines'])).toBe('struct pair {};\n\n\nstruct a {};\n');
    expect(needs(records, [6])).toBe('struct pair {};\n\nstruct a {};\n');
  });

  it('forgottenForwards', () => {
    const records = [struct('a', 8, [['p', 5, 0]]), ptr(4), funcProto(0, [['p', 5]])];
    const again = (rules: readonly (keyof EmissionQuirks)[]): string => {
      const memory = new EmissionMemory();
      needs(records, [6], rules, memory);
      return needs([struct('b', 8, [['p', 5, 0]]), ptr(6), fwd('a'), funcProto(4)], [7], rules, memory);
    };
    expect(again(['forgottenForwards'])).toContain('struct a;\n');
    expect(again([])).toBe('struct b {};\n');
  });

  it('plainLayouts', () => {
    const records = [struct('a', 12, [['x', INT, 32]]), funcProto(4)];
    expect(needs(records, [5], ['plainLayouts'])).toBe('struct a {} __attribute__((__aligned__(8)));\n');
    expect(needs(records, [5])).toBe('struct a {};\n');
  });

  it('builtinVaList', () => {
    const records = [typedef('__builtin_va_list', INT), funcProto(4)];
    expect(needs(records, [5], ['builtinVaList'])).toBe('typedef int __builtin_va_list;\n');
    expect(needs(records, [5])).toBe('');
  });

  // Both columns compile but for what is guessed; the guesses are those of pahole 1.31.
  it.each<[string, number, 'none' | 'signed' | 'bool', string, string]>([
    ['int', 4, 'signed', 'int', 'int'],
    ['schar', 1, 'signed', 'signed char', 'signed char'],
    ['uchar', 1, 'none', 'unsigned char', 'unsigned char'],
    ['short', 2, 'signed', 'short', 'short'],
    ['ushort', 2, 'none', 'unsigned short', 'unsigned short'],
    ['long', 8, 'signed', 'long', 'long'],
    ['ulong', 8, 'none', 'unsigned long', 'unsigned long'],
    ['llong', 8, 'signed', 'long long', 'long long'],
    ['ullong', 8, 'none', 'unsigned long long', 'unsigned long long'],
    ['bool', 1, 'bool', '_Bool', '_Bool'],
    ['int16_t', 2, 'signed', 'signed short', 'short'],
    ['int64_t', 8, 'signed', 'signed long long', 'long'],
    ['uint8_t', 1, 'none', 'unsigned char', 'unsigned char'],
    ['size_t', 8, 'none', 'unsigned long long', 'size_t'],
    ['uintptr_t', 8, 'none', 'unsigned long long', 'unsigned intptr_t'],
    ['uint_least16_t', 2, 'none', 'unsigned short', 'unsigned int_least16_t'],
  ])('guessedAtomics: atomic_%s', (word, size, encoding, right, guessed) => {
    const records = [int(`atomic_${word}`, size, encoding), struct('a', size, [['x', 4, 0]]), funcProto(5)];
    const typedefs = (rules: readonly (keyof EmissionQuirks)[]): string[] =>
      needed(records, 6, rules).slice(0, -1);
    expect(typedefs([])).toEqual([`typedef _Atomic ${right} atomic_${word};`]);
    expect(typedefs(['guessedAtomics'])).toEqual([`typedef _Atomic ${guessed} atomic_${word};`]);
  });

  it('guessedAtomics: a typedef is printed once, and none of a size that C does not have', () => {
    const members: readonly [string, number, number][] = [
      ['x', 4, 0],
      ['y', 4, 32],
      ['z', 5, 128],
    ];
    const records = [
      int('atomic_int', 4, 'signed'),
      int('atomic_odd', 16),
      struct('a', 24, members),
      funcProto(6),
    ];
    const memory = new EmissionMemory();
    expect(needs(records, [7], [], memory)).toBe('typedef _Atomic int atomic_int;\n\nstruct a {};\n');
    expect(
      needs([...records.slice(0, 2), struct('b', 4, [['x', 4, 0]]), funcProto(6)], [7], [], memory),
    ).toBe('struct b {};\n');
  });

  it('has a test for each', () => {
    const others = ['guessedAtomics', 'emptyLines', 'forgottenForwards', 'plainLayouts', 'builtinVaList'];
    const tested = [...cases.map(([rule]) => rule), ...others];
    expect(new Set(tested)).toEqual(new Set(Object.keys(PAHOLE_EMISSION_QUIRKS)));
  });
});

it('needs of a function without a prototype are none', () => {
  expect(needs([func('f', INT)], [INT])).toBe('');
});

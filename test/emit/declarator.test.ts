/** C declarators: what is printed means the type that it was printed from. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  array,
  constOf,
  enum32,
  funcProto,
  ptr,
  restrictOf,
  struct,
  type TypeRecord,
  typedef,
  union,
  volatileOf,
} from '../support/btf-writer.ts';
import { type CType, joinQualifiers, parseDeclaration } from '../support/declarator-parser.ts';
import { BASICS, CHAR, INT, print, printMembers } from '../support/print.ts';

const BASE_WORDS = [
  'void',
  'int',
  'char',
  'long',
  'struct',
  'union',
  'enum',
  'item',
  'either',
  'number',
  'alias',
];

/** Named types behind the basics: ids 4 to 7. */
const NAMED: readonly TypeRecord[] = [
  struct('item', 4, [['a', INT, 0]]),
  union('either', 4, [['a', INT, 0]]),
  enum32('number', [['ZERO', 0]]),
  typedef('alias', INT),
];
const BASES = ['int', 'char', 'long int', 'struct item', 'union either', 'enum number', 'alias'];

/** Adds the records of a type behind those that are there and returns its id. */
function addType(records: TypeRecord[], type: CType): number {
  const add = (record: TypeRecord): number => BASICS.length + records.push(record);
  switch (type.kind) {
    case 'base':
      return addQualifiers(add, type.name === 'void' ? 0 : BASES.indexOf(type.name) + 1, type.qualifiers);
    case 'pointer':
      return addQualifiers(add, add(ptr(addType(records, type.to))), type.qualifiers);
    case 'array':
      return add(array(addType(records, type.of), INT, type.count));
    case 'function': {
      const parameters = type.parameters.map((each, index): [string, number] => [
        index % 2 === 0 ? '' : `p${index}`,
        addType(records, each),
      ]);
      if (type.isVariadic) parameters.push(['', 0]);
      return add(funcProto(addType(records, type.returns), parameters));
    }
  }
}

function addQualifiers(add: (record: TypeRecord) => number, id: number, qualifiers: string): number {
  const makers = { const: constOf, volatile: volatileOf, restrict: restrictOf };
  const words = qualifiers.split(' ').filter(Boolean) as (keyof typeof makers)[];
  return words.reduce((target, word) => add(makers[word](target)), id);
}

function qualifiersOf(...words: string[]): fc.Arbitrary<string> {
  return fc.subarray(words, { maxLength: words.length }).map(joinQualifiers);
}

/** Types that C allows: no array of functions, no function that returns an array or a function. */
const anyType = fc.letrec<{ object: CType; returned: CType; function: CType; pointer: CType; base: CType }>(
  (tie) => ({
    base: fc.record({
      kind: fc.constant('base' as const),
      name: fc.constantFrom(...BASES),
      qualifiers: qualifiersOf('const', 'volatile'),
    }),
    pointer: fc.record({
      kind: fc.constant('pointer' as const),
      to: fc.oneof({ maxDepth: 5 }, tie('base'), tie('object'), tie('function')),
      qualifiers: qualifiersOf('const', 'volatile', 'restrict'),
    }),
    returned: fc.oneof({ maxDepth: 5 }, tie('base'), tie('pointer')),
    function: fc.record({
      kind: fc.constant('function' as const),
      returns: tie('returned'),
      parameters: fc.array(tie('returned'), { maxLength: 3 }),
      isVariadic: fc.boolean(),
    }),
    object: fc.oneof(
      { maxDepth: 5 },
      tie('base'),
      tie('pointer'),
      fc.record({
        kind: fc.constant('array' as const),
        of: tie('object'),
        count: fc.integer({ min: 1, max: 9 }),
      }),
    ),
  }),
);

function withoutPlace(line: string): string {
  return line.replace(/;\s*\/\*.*$|;$/, '');
}

describe('what is printed means the type', () => {
  it('of a member', () => {
    fc.assert(
      fc.property(anyType.object, (type) => {
        const records = [...NAMED];
        const id = addType(records, type);
        records.push(struct('holder', 8, [['name', id, 0]]));
        const [line = ''] = printMembers(records, BASICS.length + records.length);
        expect(parseDeclaration(withoutPlace(line), BASE_WORDS)).toEqual({ name: 'name', type });
      }),
      { numRuns: 500 },
    );
  });

  it('of a typedef', () => {
    fc.assert(
      fc.property(fc.oneof(anyType.object, anyType.function), (type) => {
        const records = [...NAMED];
        records.push(typedef('name', addType(records, type)));
        const text = print(records, BASICS.length + records.length);
        expect(parseDeclaration(text.replace(/^typedef |;$/g, ''), BASE_WORDS)).toEqual({
          name: 'name',
          type,
        });
      }),
      { numRuns: 500 },
    );
  });
});

/** Text of a member `m` of the type that `records` end with. */
function declared(...records: TypeRecord[]): string {
  const holder = struct('holder', 8, [['m', BASICS.length + NAMED.length + records.length, 0]]);
  const all = [...NAMED, ...records, holder];
  const [line = ''] = printMembers(all, BASICS.length + all.length);
  return withoutPlace(line).replace(/ +/g, ' ');
}

/** Id of the first record given to {@link declared}. */
const FIRST = BASICS.length + NAMED.length + 1;

describe('a declarator that needs more than a type and a name', () => {
  it.each<[string, string, TypeRecord[]]>([
    [
      'an array of pointers to functions',
      'int (*m[3])(void)',
      [funcProto(INT), ptr(FIRST), array(FIRST + 1, INT, 3)],
    ],
    ['a pointer to an array', 'int (*m)[4]', [array(INT, INT, 4), ptr(FIRST)]],
    ['a pointer to a pointer to a function', 'int (**m)(void)', [funcProto(INT), ptr(FIRST), ptr(FIRST + 1)]],
    [
      'a pointer to a function that returns one',
      'char (*(*m)(int))(void)',
      [funcProto(CHAR), ptr(FIRST), funcProto(FIRST + 1, [['', INT]]), ptr(FIRST + 2)],
    ],
    ['a const pointer', 'int * const m', [ptr(INT), constOf(FIRST)]],
    [
      'a const pointer to a function',
      'int (* const m)(void)',
      [funcProto(INT), ptr(FIRST), constOf(FIRST + 1)],
    ],
    [
      'a const array of const, said once',
      'const int m[2]',
      [constOf(INT), array(FIRST, INT, 2), constOf(FIRST + 1)],
    ],
    ['a const array of what is not const', 'const int m[2]', [array(INT, INT, 2), constOf(FIRST)]],
    [
      'a volatile const array of arrays',
      'const int m[2][3]',
      [constOf(INT), array(FIRST, INT, 3), array(FIRST + 1, INT, 2), constOf(FIRST + 2)],
    ],
  ])('%s', (_, text, records) => {
    expect(declared(...records)).toBe(text);
  });

  it('a pointer to an array of structs without a name has their members', () => {
    const records = [
      struct('', 4, [['a', INT, 0]]),
      array(4, INT, 3),
      ptr(5),
      struct('holder', 8, [['m', 6, 0]]),
    ];
    expect(printMembers(records, 7, { quiet: true })).toEqual(['struct {', '\tint        a;', '} (*m)[3];']);
  });
});

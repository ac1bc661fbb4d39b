import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import {
  EmitContext,
  MAX_EXPANDED_MEMBERS,
  MAX_NESTING,
  type PaholeOptions,
} from '../../src/emit/context.ts';
import { JsonDocument } from '../../src/emit/json/document.ts';
import { type JsonComposite, type JsonMember, jsonType } from '../../src/emit/json/type.ts';
import { Layouts } from '../../src/layout/layouts.ts';
import {
  array,
  btf,
  constOf,
  enum32,
  enum64,
  funcProto,
  int,
  type MemberSpec,
  ptr,
  restrictOf,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  union,
  volatileOf,
} from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { validateDocument } from '../support/json-schema.ts';

const INT = int('int', 4, 'signed');

function context(records: readonly TypeRecord[], options: PaholeOptions = {}): EmitContext {
  return new EmitContext(new Layouts(decodeBtf(btf(records))), options);
}

/** The object of type `id` as a reader of the document gets it. */
function json(records: readonly TypeRecord[], id: number, options: PaholeOptions = {}): unknown {
  return reread(jsonType(context(records, options), id));
}

function reread(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

function composite(records: readonly TypeRecord[], id: number, options: PaholeOptions = {}): JsonComposite {
  return json(records, id, options) as JsonComposite;
}

function members({ items }: JsonComposite): readonly JsonMember[] {
  return items.filter((item) => item.kind === 'member');
}

/** The one aggregate in the member `index`. */
function inner(outer: JsonComposite, index: number): JsonComposite {
  return members(outer)[index]?.aggregate as JsonComposite;
}

describe('a struct', () => {
  it('is its layout, item by item', () => {
    const records = [
      INT,
      int('char', 1),
      struct('s', 16, [
        ['c', 2, 0],
        ['i', 1, 32],
        ['b', 1, 64, 3],
      ]),
    ];
    expect(json(records, 3)).toMatchObject({
      id: 3,
      kind: 'struct',
      name: 's',
      byteSize: 16,
      isPacked: false,
      items: [
        { kind: 'member', index: 0, name: 'c', type: 'char', typeId: 2, bitOffset: 0, byteSize: 1 },
        { kind: 'hole', byteOffset: 1, byteSize: 3 },
        { kind: 'member', index: 1, name: 'i', type: 'int', byteOffset: 4, byteSize: 4 },
        { kind: 'member', index: 2, name: 'b', type: 'int', byteOffset: 8, bitSize: 3, bitfieldOffset: 0 },
        { kind: 'bitPadding', bitOffset: 67, bitSize: 29 },
        { kind: 'padding', byteOffset: 12, byteSize: 4 },
      ],
      summary: { memberBytes: 5, memberBits: 3, holeBytes: 3, bitPadding: 29, padding: 4, overlapBits: 0 },
    });
  });

  it('leaves out the fields that have nothing to say', () => {
    const [first] = members(composite([INT, struct('s', 4, [['i', 1, 0]])], 2));
    expect(Object.keys(first as object).sort()).toEqual(
      ['bitOffset', 'byteOffset', 'byteSize', 'index', 'kind', 'name', 'type', 'typeId'].sort(),
    );
  });

  it('says at a member what its struct type wastes, and not behind a typedef', () => {
    const records = [
      INT,
      int('char', 1),
      struct('wasteful', 12, [
        ['c', 2, 0],
        ['i', 1, 32],
        ['d', 2, 64],
      ]),
      typedef('wasteful_t', 3),
      struct('s', 24, [
        ['a', 3, 0],
        ['b', 4, 96],
      ]),
    ];
    const [a, b] = members(composite(records, 5));
    expect(a?.typeWaste).toEqual({ holeCount: 1, padding: 3 });
    expect(b?.typeWaste).toBeUndefined();
  });

  it('says that the struct type of a member ends in a flexible array', () => {
    const records = [
      INT,
      array(1, 1, 0),
      struct('flexible', 4, [
        ['n', 1, 0],
        ['x', 2, 32],
      ]),
      struct('s', 4, [['f', 3, 0]]),
      struct('outer', 4, [['s', 4, 0]]),
    ];
    expect(members(composite(records, 4))[0]?.typeWaste).toEqual({ hasFlexibleArray: true });
    expect(members(composite(records, 5))[0]?.typeWaste).toEqual({ hasEmbeddedFlexibleArray: true });
  });
});

describe('the text of a type', () => {
  const records: TypeRecord[] = [
    INT, // 1
    struct('s', 4, [['i', 1, 0]]),
    ptr(2),
    constOf(2),
    ptr(4), // 5
    constOf(3),
    array(1, 1, 4),
    array(7, 1, 2),
    ptr(7),
    funcProto(0, [['x', 1]]), // 10
    ptr(10),
    funcProto(1),
    array(11, 1, 3),
    typedef('s_t', 2),
    volatileOf(14), // 15
    ptr(0),
    restrictOf(16),
    enum32('e', [['A', 1]]),
    typeTag('user', 2),
    ptr(19), // 20
    struct(0, 4, [['i', 1, 0]]),
    array(21, 1, 2),
    ptr(21),
    ptr(12),
    funcProto(1, [
      ['', 17],
      ['', 0],
    ]), // 25
    constOf(14),
    funcProto(0, [
      ['', 26],
      ['x', 1],
    ]),
    ptr(27),
    array(1, 1, 0),
  ];
  it.each([
    [0, 'void'],
    [3, 'struct s *'],
    [5, 'const struct s *'],
    [6, 'struct s * const'],
    [7, 'int [4]'],
    [8, 'int [2][4]'],
    [9, 'int (*)[4]'],
    [11, 'void (*)(int x)'],
    [13, 'void (*[3])(int x)'],
    [15, 'volatile s_t'],
    [17, 'void * restrict'],
    [18, 'enum e'],
    [20, 'struct s *'],
    [21, 'struct'],
    [22, 'struct [2]'],
    [23, 'struct *'],
    [24, 'int (*)(void)'],
    [25, 'int (void * restrict, ...)'],
    [28, 'void (*)(const s_t, int x)'],
    [29, 'int []'],
  ])('of id %i is %s', (id, text) => {
    expect(json([...records, typedef('t', id)], records.length + 1)).toMatchObject({ type: text });
  });
});

describe('an inner aggregate', () => {
  const anonymous = struct(0, 8, [
    ['a', 1, 0],
    ['b', 1, 32],
  ]);

  it('is there when it has no name, and not when it has one', () => {
    const records = [
      INT,
      anonymous,
      struct('named', 4, [['i', 1, 0]]),
      struct('s', 12, [
        ['x', 2, 0],
        ['y', 3, 64],
      ]),
    ];
    const [x, y] = members(composite(records, 4));
    expect(x).toMatchObject({ type: 'struct', aggregate: { id: 2, kind: 'struct', name: '' } });
    expect(y).toMatchObject({ type: 'struct named' });
    expect(y).not.toHaveProperty('aggregate');
  });

  it('is there whatever its name with expandTypes, behind typedefs too, but not behind a pointer', () => {
    const records = [
      INT,
      struct('named', 4, [['i', 1, 0]]),
      typedef('named_t', 2),
      ptr(2),
      struct('s', 16, [
        ['x', 2, 0],
        ['y', 3, 32],
        ['p', 4, 64],
      ]),
    ];
    const [x, y, p] = members(composite(records, 5, { expandTypes: true }));
    expect(x).toMatchObject({ aggregate: { id: 2, name: 'named' } });
    expect(y).toMatchObject({ type: 'named_t', aggregate: { id: 2 } });
    expect(p).not.toHaveProperty('aggregate');
  });

  it('is found behind an array, a qualifier and a pointer, and not behind a typedef', () => {
    const records = [INT, anonymous, array(2, 1, 3), constOf(2), ptr(2), typedef('t', 2)];
    for (const id of [2, 3, 4, 5]) {
      expect(json([...records, typedef('x', id)], 7)).toMatchObject({ aggregate: { id: 2 } });
    }
    expect(json([...records, typedef('x', 6)], 7)).not.toHaveProperty('aggregate');
  });

  it('counts offsets from the start of the outermost type', () => {
    const records = [
      INT,
      anonymous,
      struct(0, 12, [
        ['c', 1, 0],
        ['', 2, 32],
      ]),
      struct('s', 16, [
        ['first', 1, 0],
        ['', 3, 32],
      ]),
    ];
    const b = members(inner(inner(composite(records, 4), 1), 1))[1];
    expect(b).toMatchObject({ name: 'b', bitOffset: 96, byteOffset: 12 });
    const relative = members(inner(inner(composite(records, 4, { relativeOffsets: true }), 1), 1))[1];
    expect(relative).toMatchObject({ name: 'b', bitOffset: 32, byteOffset: 4 });
  });

  it('moves holes, bit holes and paddings with it', () => {
    const records = [
      INT,
      int('char', 1),
      struct(0, 16, [
        ['c', 2, 0],
        ['x', 1, 32, 3],
        ['y', 1, 64, 5],
      ]),
      struct('s', 20, [
        ['first', 1, 0],
        ['', 3, 32],
      ]),
    ];
    const unused = inner(composite(records, 4), 1).items.filter(({ kind }) => kind !== 'member');
    expect(unused).toEqual([
      { kind: 'hole', byteOffset: 5, byteSize: 3 },
      { kind: 'bitHole', bitOffset: 67, bitSize: 29 },
      { kind: 'bitPadding', bitOffset: 101, bitSize: 27 },
      { kind: 'padding', byteOffset: 16, byteSize: 4 },
    ]);
  });

  it('counts from its own start behind a pointer', () => {
    const records = [
      INT,
      anonymous,
      ptr(2),
      struct('s', 16, [
        ['first', 1, 0],
        ['p', 3, 64],
      ]),
    ];
    expect(members(inner(composite(records, 4), 1))[1]).toMatchObject({ name: 'b', byteOffset: 4 });
  });

  it('has the cacheline boundaries of the outermost type', () => {
    const records = [
      int('long', 8),
      array(1, 1, 7),
      struct(0, 72, [
        ['a', 2, 0],
        ['b', 1, 448],
        ['c', 1, 512],
      ]),
      struct('s', 80, [
        ['first', 1, 0],
        ['', 3, 64],
      ]),
    ];
    const boundaries = inner(composite(records, 4), 1).items.filter(({ kind }) => kind !== 'member');
    expect(boundaries).toEqual([{ kind: 'cachelineBoundary', cacheline: 1, byteOffset: 64, bytesAgo: 0 }]);
    const at = inner(composite(records, 4), 1).items.findIndex(({ kind }) => kind !== 'member');
    expect(inner(composite(records, 4), 1).items[at + 1]).toMatchObject({ name: 'b', byteOffset: 64 });
  });
});

describe('an enum', () => {
  it('gives values that a double holds as numbers and others as text', () => {
    const values = [0n, -1n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n), -(2n ** 63n)];
    const records = [
      enum64(
        'e',
        values.map((value, index) => [`V${index}`, value] as const),
        { signed: true },
      ),
    ];
    expect(json(records, 1)).toEqual({
      id: 1,
      kind: 'enum',
      name: 'e',
      byteSize: 8,
      isSigned: true,
      enumerators: [
        { name: 'V0', value: 0 },
        { name: 'V1', value: -1 },
        { name: 'V2', value: 9007199254740991 },
        { name: 'V3', value: '9007199254740992' },
        { name: 'V4', value: '-9007199254740992' },
        { name: 'V5', value: '-9223372036854775808' },
      ],
    });
  });

  it('has every 64-bit value back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (value) => {
        const made = json([enum64('e', [['V', value]])], 1) as { enumerators: { value: number | string }[] };
        expect(BigInt(made.enumerators[0]?.value ?? '')).toBe(value);
      }),
    );
  });
});

describe('names', () => {
  it('are escaped, and replaced where they are no UTF-8', () => {
    const name = 'a"\\\u0001é';
    const [first] = members(composite([INT, struct('s', 4, [[name, 1, 0]])], 2));
    expect(first?.name).toBe(name);
    const stringSection = Buffer.concat([Buffer.from([0]), Buffer.from('in\xfft\0', 'latin1')]);
    const broken = new Layouts(decodeBtf(btf([int(1, 4), typedef(1, 1)], { stringSection })));
    expect(reread(jsonType(new EmitContext(broken, {}), 2))).toMatchObject({
      name: 'in\ufffdt',
      type: 'in\ufffdt',
    });
  });

  it('outside of the strings are refused', () => {
    const ctx = context([INT, struct('s', 4, [[0x1000, 1, 0]])]);
    expectError(() => jsonType(ctx, 2), 'bad-data', 'name offset 0x1000');
  });

  it('that are together longer than 64 MiB are refused', () => {
    const long = 'x'.repeat(1 << 20);
    const many = Array.from({ length: 65 }, (): MemberSpec => [long, 1, 0]);
    expectError(() => jsonType(context([INT, struct('s', 4, many)]), 2), 'bad-data', 'names are longer than');
  });
});

describe('what contradicts itself', () => {
  it('a missing type is an error in its place', () => {
    const records = [
      INT,
      struct('s', 8, [
        ['a', 77, 0],
        ['b', 1, 32],
      ]),
    ];
    const [a, b] = members(composite(records, 2));
    expect(a).toMatchObject({ typeId: 77, type: '<error: type 77 not found>', error: 'type 77 not found' });
    expect(b).not.toHaveProperty('error');
  });

  it.each<[string, TypeRecord[]]>([
    ['a typedef of itself', [typedef('t', 1)]],
    ['two const of each other', [typedef('t', 2), constOf(3), constOf(2)]],
    ['a pointer to itself', [typedef('t', 2), ptr(2)]],
    ['an array of itself', [typedef('t', 2), array(2, 2, 2)]],
    ['a function that returns itself', [typedef('t', 2), funcProto(2)]],
    ['a struct in itself', [struct('s', 8, [['s', 1, 0]])]],
    [
      'an anonymous struct in itself',
      [
        struct(0, 8, [
          ['s', 1, 0],
          ['t', 1, 0],
        ]),
      ],
    ],
    [
      'a pointer to the anonymous struct it is in',
      [
        struct(0, 8, [
          ['p', 2, 0],
          ['q', 2, 0],
        ]),
        ptr(1),
      ],
    ],
  ])('%s ends and is valid', (_, records) => {
    for (const expandTypes of [false, true]) {
      const entry = json(records, 1, { expandTypes });
      expect(validateDocument({ listing: 'layout', types: [entry] })).toEqual([]);
    }
  });

  it('aggregates nest up to a bound', () => {
    const depth = MAX_NESTING + 5;
    const chain = Array.from({ length: depth }, (_, index) =>
      struct(0, 4, [['x', index === 0 ? 1 : index + 1, 0]]),
    );
    let made = composite([INT, ...chain], depth + 1);
    let levels = 1;
    for (; made.items !== undefined; levels++) made = inner(made, 0);
    expect(levels).toBe(MAX_NESTING + 1);
    expect(made).toEqual({
      id: 6,
      kind: 'struct',
      name: '',
      error: 'nests too deep or expands to too many members',
    });
  });

  it('aggregates that double at each level expand up to a bound', () => {
    const doubling = Array.from({ length: 30 }, (_, index) =>
      struct(`s${index}`, 4, [
        ['x', index + 1, 0],
        ['y', index + 1, 0],
      ]),
    );
    const text = JSON.stringify(jsonType(context([INT, ...doubling], { expandTypes: true }), 31));
    expect(text.match(/"kind":"member"/g)?.length).toBeLessThanOrEqual(MAX_EXPANDED_MEMBERS);
    expect(text).toContain('expands to too many members');
  });

  it('arrays of arrays of arrays have sizes that JSON can say', () => {
    const arrays = Array.from({ length: 40 }, (_, index) => array(index + 1, 1, 0xffff_ffff));
    const entry = json([INT, ...arrays, struct('huge', 4, [['x', 41, 0]])], 42);
    expect(validateDocument({ listing: 'layout', types: [entry] })).toEqual([]);
  });

  it('members at any place give a valid document', () => {
    const place = fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 200 }),
      fc.integer({ min: 0, max: 40 }),
    );
    fc.assert(
      fc.property(fc.array(place, { maxLength: 8 }), fc.integer({ min: 0, max: 30 }), (places, byteSize) => {
        const fields = places.map(([type, at, bits], index): MemberSpec => [`m${index}`, type, at, bits]);
        const records = [INT, int('char', 1), int('long', 8), array(2, 1, 3), ptr(1)];
        for (const make of [struct, union]) {
          const entry = json([...records, make('s', byteSize, fields)], 6);
          expect(validateDocument({ listing: 'layout', types: [entry] })).toEqual([]);
        }
      }),
    );
  });
});

describe('the document', () => {
  const header = { toolVersion: '1.2.3', listing: 'name', cachelineSize: 64 };

  function written(fill: (document: JsonDocument) => void): { text: string; pieces: number } {
    const pieces: string[] = [];
    const document = new JsonDocument(header, (bytes) => pieces.push(Buffer.from(bytes).toString()));
    fill(document);
    return { text: pieces.join(''), pieces: pieces.length };
  }

  it('is whole without entries', () => {
    const { text } = written((document) => document.end());
    expect(JSON.parse(text)).toEqual({ schemaVersion: 1, tool: 'tspahole', ...header, types: [] });
  });

  it('has one entry a line, also when it is flushed in between', () => {
    const { text } = written((document) => {
      document.add({ a: 1 });
      document.flush();
      document.flush();
      document.add({ b: 'ü' });
      document.end();
    });
    expect(JSON.parse(text)).toMatchObject({ types: [{ a: 1 }, { b: 'ü' }] });
    expect(text.split('\n').slice(1)).toEqual(['{"a":1},', '{"b":"ü"}', ']}', '']);
  });

  it('is handed on when asked to, and else in pieces of bounded size', () => {
    expect(written((document) => document.add({ a: 1 })).pieces).toBe(0);
    const large = written((document) => {
      for (let index = 0; index < 100; index++) document.add({ text: 'x'.repeat(10_000) });
    });
    expect(large.pieces).toBeGreaterThan(10);
  });
});

/** References between types: that none is forgotten, and what is made of them. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Kind } from '../../src/model/kinds.ts';
import { RECORD_SHAPES, type WordRole } from '../../src/model/records.ts';
import { nameRefs, skipQualifiers, typeRefs, underlyingType, walkTypes } from '../../src/model/traverse.ts';
import {
  array,
  constOf,
  datasec,
  funcProto,
  info,
  int,
  ptr,
  restrictOf,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  variable,
  volatileOf,
  type Word,
} from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { modelTableOf, tableOf } from '../support/types.ts';

const KINDS = Object.values(Kind).filter((kind) => kind !== Kind.Void);

/** A record of a kind, its words of each role taken from the lists in turn. */
function recordOf(kind: Kind, count: number, names: readonly string[], ids: readonly number[]): TypeRecord {
  const shape = RECORD_SHAPES[kind];
  let [name, id] = [0, 0];
  const word = (role: WordRole | 'size' | 'unused'): Word => {
    if (role === 'name') return names[name++ % names.length] as string;
    if (role === 'type') return ids[id++ % ids.length] as number;
    return role === 'unused' ? 0 : 4;
  };
  const vlen = shape.element.length > 0 ? count : 0;
  const elements = Array.from({ length: vlen }, () => shape.element.map(word));
  return [word('name'), info(kind, vlen), word(shape.third), ...shape.extra.map(word), ...elements.flat()];
}

const ascending = (a: number, b: number): number => a - b;

/** The values of all fields of a view, at any depth, whose names pass. */
function fieldsOf(value: unknown, passes: (field: string) => boolean): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([field, inner]) =>
    typeof inner === 'object' ? fieldsOf(inner, passes) : passes(field) ? [inner] : [],
  );
}

describe('the references of a record', () => {
  const names = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1, maxLength: 5 });
  const ids = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 5 });

  it.each(Object.entries(Kind).filter(([, kind]) => kind !== Kind.Void))(
    'are, for %s, the type ids that its view shows',
    (_, kind) => {
      fc.assert(
        fc.property(fc.nat(4), names, ids, (count, someNames, someIds) => {
          const table = modelTableOf([recordOf(kind, count, someNames, someIds)]);
          const shown = fieldsOf(table.type(1), (field) => /(?:Id|^typeId)$/.test(field));
          expect(typeRefs(table, 1).toSorted(ascending)).toEqual(shown.map(Number).toSorted(ascending));
        }),
      );
    },
  );

  it.each(Object.entries(Kind).filter(([, kind]) => kind !== Kind.Void))(
    'by name are, for %s, the names that its view shows',
    (_, kind) => {
      fc.assert(
        fc.property(fc.nat(4), names, ids, (count, someNames, someIds) => {
          const table = modelTableOf([recordOf(kind, count, someNames, someIds)]);
          const texts = nameRefs(table, 1).map((offset) => table.strings.text(offset));
          expect(texts).toEqual(fieldsOf(table.type(1), (field) => field === 'name'));
        }),
      );
    },
  );

  it('are some for every kind that has type ids: the shapes are not empty', () => {
    const referring = KINDS.filter(
      (kind) => typeRefs(modelTableOf([recordOf(kind, 2, ['n'], [7])]), 1).length > 0,
    );
    expect(referring).toHaveLength(21);
  });

  it('keep the order of the record', () => {
    const table = tableOf([
      array(7, 8, 9),
      funcProto(5, [
        ['a', 6],
        ['b', 7],
      ]),
      datasec('.data', 8, [
        [3, 0, 4],
        [2, 4, 4],
      ]),
    ]);
    expect([1, 2, 3].map((id) => typeRefs(table, id))).toEqual([
      [7, 8],
      [5, 6, 7],
      [3, 2],
    ]);
  });

  it('include void, and types that are missing', () => {
    expect(
      typeRefs(
        tableOf([
          funcProto(0, [
            ['a', 99],
            ['', 0],
          ]),
        ]),
        1,
      ),
    ).toEqual([0, 99, 0]);
  });

  it('are none for void, for an id without a record and for a function, whose vlen is its linkage, but one', () => {
    const table = tableOf([[0, info(Kind.Func, 2), 5]]);
    expect([typeRefs(table, 0), typeRefs(table, 9), typeRefs(table, 1)]).toEqual([[], [], [5]]);
    expect([nameRefs(table, 0), nameRefs(table, 9)]).toEqual([[], []]);
  });
});

describe('walkTypes', () => {
  const table = tableOf([
    int('int', 4),
    struct('list', 8, [['next', 3, 0]]),
    ptr(2),
    struct('apart', 4, [['a', 1, 0]]),
    typedef('lost', 99),
    variable('v', 4),
  ]);

  it('gives each type that can be reached once, from the roots outwards', () => {
    expect(walkTypes(table, [2])).toEqual([2, 3]);
    expect(walkTypes(table, [6, 2, 6])).toEqual([6, 2, 4, 3, 1]);
  });

  it('leaves out void and what is missing', () => {
    expect(walkTypes(table, [0, 5, 1000, -1])).toEqual([5]);
  });

  it('reaches the end of chains of any length', () => {
    const depth = 100_000;
    const chain = tableOf(Array.from({ length: depth }, (_, index) => ptr(index + 2)));
    expect(walkTypes(chain, [1])).toHaveLength(depth);
  });

  it('reaches what a plain search by the views reaches', () => {
    const records = fc.array(
      fc.tuple(
        fc.constantFrom(...KINDS),
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
      ),
      {
        minLength: 1,
        maxLength: 10,
      },
    );
    fc.assert(
      fc.property(records, (all) => {
        const random = modelTableOf(all.map(([kind, ids]) => recordOf(kind, ids.length, ['n'], ids)));
        const reached = new Set<number>();
        const search = (id: number): void => {
          if (reached.has(id) || id === 0 || !random.has(id)) return;
          reached.add(id);
          for (const next of fieldsOf(random.type(id), (field) => field.endsWith('Id'))) search(Number(next));
        };
        search(1);
        expect(new Set(walkTypes(random, [1]))).toEqual(reached);
      }),
    );
  });
});

describe('what is behind', () => {
  const table = tableOf([
    int('int', 4),
    typedef('t', 1),
    constOf(2),
    volatileOf(3),
    restrictOf(4),
    typeTag('user', 5),
    ptr(6),
    typedef('a', 9),
    constOf(8),
  ]);

  it('qualifiers and tags: a typedef stops', () => {
    expect([6, 2, 7].map((id) => skipQualifiers(table, id))).toEqual([2, 2, 7]);
  });

  it('typedefs too: a pointer stops', () => {
    expect([6, 2, 7].map((id) => underlyingType(table, id))).toEqual([1, 1, 7]);
  });

  it('void and a missing type is themselves', () => {
    expect([0, 99].map((id) => underlyingType(table, id))).toEqual([0, 99]);
  });

  it('a cycle is bad data', () => {
    expectError(() => underlyingType(table, 8), 'bad-data', 'type 8 is a chain of more than 256');
    expect(skipQualifiers(table, 9)).toBe(8);
  });

  it('256 typedefs is found, 257 are too many', () => {
    const chain = tableOf(Array.from({ length: 257 }, (_, index) => typedef('t', index)));
    expect(underlyingType(chain, 256)).toBe(0);
    expectError(() => underlyingType(chain, 257), 'bad-data', 'type 257');
  });
});

/** The order of `--sort`, and that of equal types one is kept as soon as it comes. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SortEntry } from '../../src/emit/sort.ts';
import { SortedTypes } from '../../src/emit/sorted-types.ts';
import { putTypeName } from '../../src/emit/type-text.ts';
import { decodeBtf, Kind, Layouts, PaholeEmitter } from '../../src/index.ts';
import {
  array,
  btf,
  constOf,
  funcProto,
  fwd,
  ptr,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  union,
  volatileOf,
} from '../support/btf-writer.ts';
import { BASICS, CHAR, INT, LONG } from '../support/print.ts';

/** The structs and unions with names of a table of its own. */
function entriesOf(records: readonly TypeRecord[]): SortEntry[] {
  const layouts = new Layouts(decodeBtf(btf([...BASICS, ...records])));
  const emitter = new PaholeEmitter(layouts);
  const { table } = layouts;
  const isEntry = (id: number): boolean =>
    [Kind.Struct, Kind.Union].includes(table.kind(id) as 4 | 5) && table.nameOffset(id) !== 0;
  return Array.from({ length: table.end }, (_, id) => ({ emitter, id })).filter(({ id }) => isEntry(id));
}

/** What decides about the place of a type, in the order in which it does. */
function keyOf({ emitter: { context: ctx }, id }: SortEntry): (string | number)[] {
  const { table } = ctx;
  const type = table.type(id);
  if (type.kind !== 'struct' && type.kind !== 'union') throw new Error('no composite');
  const members = type.members.flatMap(({ name, typeId, bitOffset = 0 }) => {
    ctx.beginTopLevel(false);
    return [name, bitOffset, ctx.out.capture(() => putTypeName(ctx, typeId))];
  });
  return [type.name, ...members, type.members.length, type.byteSize, table.kind(id)];
}

/** By the first difference; a type whose members another begins with goes before it. */
function compareKeys(a: SortEntry, b: SortEntry): number {
  const [[aName = '', ...aRest], [bName = '', ...bRest]] = [keyOf(a), keyOf(b)];
  const [aMembers, bMembers] = [aRest.slice(0, -3), bRest.slice(0, -3)];
  const shared = Math.min(aMembers.length, bMembers.length);
  const pairs = [aName, ...aMembers.slice(0, shared), ...aRest.slice(-3)].map(
    (value, index) => [value, [bName, ...bMembers.slice(0, shared), ...bRest.slice(-3)][index]] as const,
  );
  const [x = 0, y = 0] = pairs.find(([left, right]) => left !== right) ?? [0, 0];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** All keys in the right order, each once. */
function expectedOf(entries: readonly SortEntry[]): SortEntry[] {
  const sorted = [...entries].sort(compareKeys);
  return sorted.filter(
    (entry, index) => index === 0 || compareKeys(sorted[index - 1] as SortEntry, entry) !== 0,
  );
}

function sortedOf(entries: readonly SortEntry[]): SortEntry[] {
  const types = new SortedTypes<SortEntry>();
  for (const entry of entries) types.add(entry, () => entry);
  return types.sorted();
}

/** Types behind BASICS, some of which read the same: 4 to 19. */
const MEMBER_TYPES: readonly TypeRecord[] = [
  struct('item', 4, [['a', INT, 0]]),
  fwd('item'),
  union('either', 4, [['a', INT, 0]]),
  typedef('alias', INT),
  ptr(4),
  ptr(5),
  ptr(7),
  constOf(8),
  volatileOf(CHAR),
  array(INT, INT, 3),
  funcProto(INT, [['a', CHAR]]),
  ptr(14),
  typeTag('user', INT),
  struct('either', 4, [['a', INT, 0]]),
  ptr(6),
  ptr(17),
];

const member = fc.tuple(
  fc.constantFrom('x', 'y', 'z'),
  fc.constantFrom(INT, CHAR, LONG, 4, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 18, 19),
  fc.constantFrom(0, 32, 64),
);
const composite = fc
  .tuple(fc.constantFrom(struct, union), fc.constantFrom('s', 't'), fc.array(member, { maxLength: 3 }))
  .map(([make, name, members]) => make(name, 16, members));

describe('SortedTypes', () => {
  it('sorts by name, members, their types, number, size and kind, and keeps the first of equal types', () => {
    fc.assert(
      fc.property(fc.array(fc.array(composite, { maxLength: 6 }), { maxLength: 4 }), (units) => {
        const entries = units.flatMap((unit) => entriesOf([...MEMBER_TYPES, ...unit]));
        expect(sortedOf(entries)).toEqual(expectedOf(entries));
      }),
      { numRuns: 200 },
    );
  });

  it('makes nothing of a type that is there, though its ids are others', () => {
    const first = entriesOf([ptr(CHAR), struct('s', 8, [['p', 4, 0]])]);
    const second = entriesOf([
      ptr(INT),
      ptr(CHAR),
      struct('s', 8, [['p', 5, 0]]),
      struct('s', 8, [['p', 4, 0]]),
    ]);
    const made: number[] = [];
    const types = new SortedTypes<number>();
    for (const entry of [...first, ...first, ...second]) {
      types.add(entry, () => {
        made.push(entry.id);
        return entry.id;
      });
    }
    // Of the second table one type is new. That the other is not is told at the end: its strings are others.
    expect(made).toEqual([5, 6, 7]);
    expect(types.sorted()).toEqual([5, 7]);
  });

  it('ends where types contain themselves', () => {
    const [entry] = entriesOf([
      ptr(4),
      constOf(6),
      volatileOf(5),
      struct('s', 16, [
        ['p', 4, 0],
        ['q', 5, 64],
      ]),
    ]);
    expect(sortedOf([entry as SortEntry, entry as SortEntry])).toEqual([entry]);
  });
});

/**
 * Which types are split from a base that only declares what the split tables define. What is expected is what the libbpf of
 * pahole 1.31 makes of the same records.
 */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { dedup } from '../../src/btf/dedup.ts';
import type { TypeTable } from '../../src/model/table.ts';
import { btf, fwd, ptr, struct, type TypeRecord } from '../support/btf-writer.ts';
import { tableOf } from '../support/types.ts';

/**
 * A unit: for each struct that it defines, in order, the structs that its members point to. Those that it does not define it
 * declares.
 */
type Unit = Readonly<Record<string, readonly string[]>>;

/** The records of units, the first of which has the id `first`. */
function recordsOf(units: readonly Unit[], first: number): TypeRecord[] {
  const records: TypeRecord[] = [];
  for (const unit of units) {
    const start = first + records.length;
    const names = [...new Set([...Object.keys(unit), ...Object.values(unit).flat()])];
    const indexes = new Map(names.map((name, index) => [name, index]));
    const pointer = (name: string): number => start + names.length + (indexes.get(name) as number);
    for (const name of names) {
      const members = unit[name]?.map((target, at) => [`m${at}`, pointer(target), 64 * at] as const);
      records.push(members === undefined ? fwd(name) : struct(name, 8 * members.length, members));
    }
    for (const index of names.keys()) records.push(ptr(start + index));
  }
  return records;
}

/** Structs that nothing else is about. */
function fillers(count: number): Unit {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`filler${count}_${index}`, []]));
}

/** Among so many types libbpf's table does not grow on account of a few more. */
const PADDING: Unit = fillers(60);

/** The structs and declarations of the result that are not the base's, each with what it points to. */
function split(base: Unit, ...units: readonly Unit[]): string[] {
  const { table } = dedup([tableOf(recordsOf([base, PADDING], 1))]);
  const bytes = btf(recordsOf(units, table.end), {
    base: { types: table.end, stringBytes: table.strings.end },
  });
  return listing(dedup([decodeBtf(bytes, { base: table })]).table, table.end);
}

function listing(table: TypeTable, first: number): string[] {
  const lines: string[] = [];
  for (let id = first; id < table.end; id++) {
    const type = table.type(id);
    if (type.kind === 'forward') lines.push(`declared ${type.name}`);
    if (type.kind !== 'struct') continue;
    const targets = type.members.map(({ typeId }) => targetOf(table, typeId, first));
    lines.push(`${type.name}: ${targets.join(', ')}`);
  }
  return lines;
}

function targetOf(table: TypeTable, pointerId: number, first: number): string {
  const pointer = table.type(pointerId);
  if (pointer.kind !== 'pointer') throw new TypeError(`${pointerId} is no pointer`);
  const target = table.type(pointer.typeId);
  const words = [pointer.typeId < first ? 'base' : '', target.kind === 'forward' ? 'declared' : ''];
  return [...words, target.name].filter((word) => word !== '').join(' ');
}

describe('a struct that leads to what the base only declares', () => {
  const base: Unit = { s: ['b'] };

  it('stays beside that of the base where the definition is found along it', () => {
    expect(split(base, { s: ['b'], b: [] })).toEqual(['s: b', 'b: ']);
  });

  it('is that of the base where another type bound the name before', () => {
    const before: Unit = { other: ['b'] };
    const own: Unit = { other: ['b'], s: ['b'], b: [] };
    expect(split(base, before, own, { user: ['s'] })).toEqual(['other: b', 'b: ', 'user: base s']);
  });

  it('stays where a declaration of the split tables is found first, and that of the base as well', () => {
    const both: Unit = { s: ['a', 'b'], t: ['a', 'b'] };
    const units: Unit[] = [
      { ...both, a: ['b'] },
      { t: ['a', 'b'], a: ['b'], b: [] },
    ];
    expect(split(both, ...units)).toEqual(['s: a, b', 'a: b', 't: a, b', 'b: ']);
  });

  it('is that of the base where that binds what kept it from being the one beside', () => {
    const own: Unit = { s: ['t', 'a'], t: ['b'], holder: ['t'] };
    const units: Unit[] = [
      { s: ['t', 'a'], a: [], holder: ['t'] },
      { s: ['t', 'a'], t: ['b'], b: [], user: ['s'] },
    ];
    expect(split(own, ...units)).toEqual(['s: base t, a', 'a: ', 'b: ', 'user: base s']);
  });
});

describe('of a struct that stays beside that of the base', () => {
  const base: Unit = { s: ['b'], top: ['s', 'a'] };
  const bindA: Unit = { top: ['s', 'a'], a: [], s: ['b'] };
  const bindB: Unit = { s: ['b'], b: [] };
  const reached: Unit = { top: ['s', 'a'], s: ['b'], user1: ['s'] };
  const alone: Unit = { s: ['b'], user2: ['s'] };

  it('equal ones are what is in their place in the first type that is compared with one around them', () => {
    expect(split(base, bindA, bindB, reached)).toContain('user1: base s');
  });

  it('equal ones that no comparison reaches are the newest', () => {
    expect(split(base, bindA, bindB, alone)).toContain('user2: s');
  });

  it('equal ones are the oldest and the newest in turn, each time that libbpf’s table grows', () => {
    const users = [0, 100, 300].map((count) => split(base, bindA, bindB, fillers(count), alone).at(-1));
    expect(users).toEqual(['user2: s', 'user2: base s', 'user2: s']);
  });

  it('declarations stay', () => {
    const lines = split(base, bindA, bindB, { user3: ['s'] });
    expect(lines.slice(-2)).toEqual(['user3: declared s', 'declared s']);
  });

  it('declarations stay where the comparison ends with a type beside the base’s', () => {
    const outer: Unit = { ...base, outer: ['s', 'c'] };
    const lines = split(outer, bindB, { outer: ['s', 'c'], c: [] });
    expect(lines).toEqual(['s: b', 'b: ', 'outer: declared s, c', 'c: ', 'declared s']);
  });

  it('declarations become what they are found to be', () => {
    const lines = split(base, bindA, { ...bindB, user3: ['s'] }, { user3: ['s'] });
    expect(lines.slice(-2)).toEqual(['b: ', 'user3: s']);
  });
});

describe('does not take long', () => {
  it('where each of many structs that stay leads to all before it', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) => index);
    const base = Object.fromEntries(chain.map((index) => [`s${index}`, [`s${index - 1}`, `d${index}`]]));
    const own = Object.fromEntries(
      chain.flatMap((index) => [
        [`s${index}`, [`s${index - 1}`, `d${index}`]],
        [`d${index}`, []],
      ]),
    );
    expect(split(base, own)).toContain('s1: s0, d1');
  }, 10_000);
});

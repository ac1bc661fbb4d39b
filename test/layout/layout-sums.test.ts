/** The parts of a layout add up to its size: for structs as C lays them out, for hostile ones, for real ones. */

import { existsSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayoutItem } from '../../src/layout/layout-items.ts';
import { type Layout, layoutOf } from '../../src/layout/layout-of.ts';
import { Layouts } from '../../src/layout/layouts.ts';
import { loadSync } from '../../src/load.ts';
import { Kind } from '../../src/model/kinds.ts';
import { compositeIds } from '../../src/model/queries.ts';
import type { TypeTable } from '../../src/model/table.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { RUNNING_KERNEL_BTF } from '../../src/native/map.ts';
import { int, type MemberSpec, struct, union } from '../support/btf-writer.ts';
import { fixtureFiles, fixtureTable } from '../support/fixtures.ts';
import { lastLayout, missingBits } from '../support/types.ts';

const INTS = [
  int('char', 1, 'char'),
  int('short', 2, 'signed'),
  int('int', 4, 'signed'),
  int('long', 8, 'signed'),
];
const CHAR = 1;
const LONG = 4;

/** First bit and size in bits of an item; nothing for a cacheline boundary and for what the object places. */
function span(item: LayoutItem): [number, number] | undefined {
  if (item.kind === 'cachelineBoundary') return undefined;
  if (item.kind === 'bitHole' || item.kind === 'bitPadding') return [item.bitOffset, item.bitSize];
  if (item.kind !== 'member') return [item.byteOffset * 8, item.byteSize * 8];
  if (item.bitOffset === undefined) return undefined;
  return [item.bitOffset, item.bitSize ?? item.byteSize * 8];
}

/** The first item that does not start where the one before it ends, or `end` when the last ends elsewhere. */
function firstGap(layout: Layout): LayoutItem | 'end' | undefined {
  let position = 0;
  for (const item of layout.items) {
    const [start, size] = span(item) ?? [position, 0];
    if (start !== position) return item;
    position += size;
  }
  return position === layout.byteSize * 8 ? undefined : 'end';
}

describe('the parts of a struct', () => {
  it('of C tile its size, whatever its members are', () => {
    fc.assert(
      fc.property(fc.array(declaration, { maxLength: 12 }), (declarations) => {
        const { byteSize, members } = layAsC(declarations);
        const layout = lastLayout([...INTS, struct('s', byteSize, members)]);
        expect(firstGap(layout)).toBeUndefined();
        expect(missingBits(layout)).toBe(0);
        expect(layout.summary.overlapBits).toBe(0);
      }),
    );
  });

  it('of C are members and, for every other bit, something unused', () => {
    fc.assert(
      fc.property(fc.array(declaration, { maxLength: 12 }), (declarations) => {
        const { byteSize, members, used } = layAsC(declarations);
        const { summary } = lastLayout([...INTS, struct('s', byteSize, members)]);
        const unusedBits =
          (summary.holeBytes + summary.padding) * 8 + summary.bitHoleBits + summary.bitPadding;
        expect(unusedBits).toBe(byteSize * 8 - used);
      }),
    );
  });

  it('add up when members overlap or reach beyond the end, thanks to overlapBits', () => {
    const place = fc.tuple(
      fc.integer({ min: 1, max: 4 }),
      fc.nat(30),
      fc.nat(7),
      fc.integer({ min: 0, max: 8 }),
    );
    fc.assert(
      fc.property(fc.nat(40), fc.array(place, { maxLength: 6 }), (byteSize, places) => {
        const members = places.map(([typeId, byte, bit, bitSize], index): MemberSpec => {
          return [`m${index}`, typeId, bitSize === 0 ? byte * 8 : byte * 8 + bit, bitSize];
        });
        expect(missingBits(lastLayout([...INTS, struct('s', byteSize, members)]))).toBe(0);
      }),
    );
  });

  it('overlap where a member lies in another: those are the structs that BTF of C cannot hold', () => {
    const { summary } = lastLayout([
      ...INTS,
      struct('s', 8, [
        ['a', LONG, 0],
        ['b', CHAR, 8],
      ]),
    ]);
    expect(summary.overlapBits).toBe(56);
    const beyond = lastLayout([...INTS, struct('s', 4, [['a', LONG, 0]])]);
    expect(beyond.summary).toMatchObject({ overlapBits: 32, padding: 0 });
  });
});

describe('the parts of a union', () => {
  it('add up: the largest member and what is unused behind it', () => {
    const member = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(8));
    fc.assert(
      fc.property(fc.array(member, { maxLength: 5 }), fc.constantFrom(8, 16), (all, byteSize) => {
        const members = all.map(([typeId, bitSize], index): MemberSpec => [`m${index}`, typeId, 0, bitSize]);
        const layout = lastLayout([...INTS, union('u', byteSize, members)]);
        expect(missingBits(layout)).toBe(0);
        expect(layout.summary.overlapBits).toBe(0);
      }),
    );
  });
});

/** Names of the structs and unions of a table whose parts do not add up or overlap, and of all. */
function checkTable(table: TypeTable): { failures: string[]; count: number } {
  const layouts = new Layouts(table);
  const failures: string[] = [];
  let count = 0;
  for (let id = 1; id < table.end; id++) {
    if (table.kind(id) !== Kind.Struct && table.kind(id) !== Kind.Union) continue;
    const layout = layoutOf(layouts, id);
    const isTiled = layout.kind === 'union' || firstGap(layout) === undefined;
    if (missingBits(layout) !== 0 || layout.summary.overlapBits !== 0 || !isTiled) failures.push(layout.name);
    count++;
  }
  return { failures, count };
}

const hasKernel = existsSync(RUNNING_KERNEL_BTF);

describe.skipIf(!hasKernel)('the running kernel (skipped: it offers no BTF)', () => {
  it('has structs whose parts tile them and unions whose parts add up, without exception', () => {
    const { failures, count } = checkTable(loadSync().table());
    expect(count).toBeGreaterThan(1000);
    expect(failures).toEqual([]);
  });
});

/** Structs whose members overlap. C has none; these are written so, or larger than BTF can say. */
const OVERLAPPING: Readonly<Record<string, readonly string[]>> = {
  'overlaps.btf': [
    'same_place',
    'overlap',
    'backwards',
    'too_small',
    'too_small_bits',
    'outside',
    'bits_overlap',
    'bits_backwards',
    'bits_behind_member',
    'wide_bits',
  ],
  'split.btf': ['in_split'],
  // A bit offset has 32 bits: members beyond 512 MiB seem to lie at the start.
  'huge.btf': ['two_gigabytes', 'three_gigabytes', 'many', 'holds'],
};

describe('the fixtures', () => {
  it.each(fixtureFiles)('%s: parts tile structs, and only those written so overlap', (file) => {
    expect(checkTable(fixtureTable(file)).failures).toEqual(OVERLAPPING[file] ?? []);
  });

  it.each(Object.keys(OVERLAPPING))('%s: parts add up all the same, up to 2 GiB', (file) => {
    const table = fixtureTable(file);
    const layouts = new Layouts(table);
    for (let id = 1; id < table.end; id++) {
      const isSmallStruct = table.kind(id) === Kind.Struct && table.sizeOrType(id) <= 2 ** 31;
      if (isSmallStruct) expect(missingBits(layoutOf(layouts, id)), table.name(id)).toBe(0);
    }
  });
});

const dwarfFolder = new URL('../fixtures/dwarf/', import.meta.url);
const objects = readdirSync(dwarfFolder).filter((name) => name.endsWith('.o'));
const isCxx = (name: string): boolean => /\.(g|clang)xx\d\.o$/.test(name);

function unitTables(object: string): TypeTable[] {
  const source = loadSync(new URL(object, dwarfFolder).pathname, { formats: ['dwarf'] });
  return [...source.units()].map(({ table }) => table);
}

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('DWARF (skipped without the addon)', () => {
  it.each(objects.filter((name) => !isCxx(name)))('%s: parts tile structs of C of any size', (name) => {
    for (const table of unitTables(name)) expect(checkTable(table).failures).toEqual([]);
  });

  it.each(objects.filter(isCxx))('%s: parts of classes add up and lie in them', (name) => {
    for (const table of unitTables(name)) {
      const layouts = new Layouts(table);
      for (const id of compositeIds(table)) {
        const layout = layoutOf(layouts, id);
        expect(missingBits(layout), table.name(id)).toBe(0);
        const starts = layout.items.map(start);
        expect(Math.min(0, ...starts), table.name(id)).toBe(0);
        expect(Math.max(0, ...starts), table.name(id)).toBeLessThanOrEqual(layout.byteSize);
      }
    }
  });
});

/** The first byte of an item; 0 for what the object places. */
function start(item: LayoutItem): number {
  return Math.floor((span(item)?.[0] ?? 0) / 8);
}

/** A member of C: its type's id, and the width of a bitfield (0 ends the unit, as `int : 0` does). */
type Declaration = readonly [typeId: number, width: number | undefined];

const BYTES = [0, 1, 2, 4, 8];

const declaration: fc.Arbitrary<Declaration> = fc
  .integer({ min: 1, max: 4 })
  .chain((typeId) =>
    fc.tuple(fc.constant(typeId), fc.option(fc.nat((BYTES[typeId] ?? 0) * 8), { nil: undefined })),
  );

/** Places members as the System V ABI for x86-64 does. `used` counts their bits. */
function layAsC(declarations: readonly Declaration[]): {
  byteSize: number;
  members: MemberSpec[];
  used: number;
} {
  const members: MemberSpec[] = [];
  let at = 0;
  let used = 0;
  let largest = 1;
  for (const [index, [typeId, width]] of declarations.entries()) {
    const bits = (BYTES[typeId] ?? 0) * 8;
    const crosses = width !== undefined && Math.floor(at / bits) !== Math.floor((at + width - 1) / bits);
    if (width === undefined || width === 0 || crosses) at = Math.ceil(at / bits) * bits;
    if (width === 0) continue;
    largest = Math.max(largest, bits / 8);
    members.push(width === undefined ? [`m${index}`, typeId, at] : [`m${index}`, typeId, at, width]);
    at += width ?? bits;
    used += width ?? bits;
  }
  return { byteSize: Math.ceil(at / 8 / largest) * largest, members, used };
}

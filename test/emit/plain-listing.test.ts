/** The plain listing writes what the emitter writes, byte for byte: real types, odd ones and broken ones. */

import { describe, expect, it, vi } from 'vitest';
import { corpus, type Seed } from '../../fuzz/corpus.ts';
import { makeRandom, mutate } from '../../fuzz/mutate.ts';
import { decodeBtf } from '../../src/btf/decode.ts';
import { PaholeEmitter, type PaholeOptions } from '../../src/emit/pahole.ts';
import { PlainListing } from '../../src/emit/plain-listing.ts';
import { NO_QUIRKS, PAHOLE_QUIRKS } from '../../src/emit/quirks.ts';
import { SeenComposites } from '../../src/emit/same-composite.ts';
import { Layouts } from '../../src/layout/layouts.ts';
import { TspaholeError } from '../../src/model/errors.ts';
import type { TypeTable } from '../../src/model/table.ts';
import {
  array,
  enum64,
  int,
  type MemberSpec,
  splitBtf,
  struct,
  type TypeRecord,
  typedef,
  union,
} from '../support/btf-writer.ts';
import { fixtureFiles, fixtureTable } from '../support/fixtures.ts';
import { BASICS, CHAR, INT, LONG } from '../support/print.ts';
import { tableOf } from '../support/types.ts';

const MODES = [
  { mode: 'own', options: { quirks: NO_QUIRKS }, layout: {} },
  {
    mode: "pahole's",
    options: { quirks: PAHOLE_QUIRKS },
    layout: { lazyPacked: true, legacyBitfields: false },
  },
] as const;
type Mode = (typeof MODES)[number];

interface Listing {
  readonly text: string;
  /** Code of the error that ended it. */
  readonly error: string | undefined;
  /** Types that the emitter printed as a whole. */
  readonly emitted: number;
}

function listing(table: TypeTable, { options, layout }: Mode, isPlain: boolean): Listing {
  const layouts = new Layouts(table, layout);
  const chunks: Buffer[] = [];
  const sink = (bytes: Uint8Array): void => void chunks.push(Buffer.from(bytes));
  const emitter = new PaholeEmitter(layouts, options, sink);
  const emit = vi.spyOn(emitter, 'emit');
  const { out } = emitter.context;
  const plain = isPlain ? PlainListing.begin(emitter, sink) : undefined;
  let error: string | undefined;
  try {
    for (const id of layouts.composites) {
      if (table.nameOffset(id) === 0) continue;
      if (plain !== undefined) plain.put(id);
      else {
        emitter.emit(id);
        out.newline();
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof TspaholeError)) throw thrown;
    error = thrown.code;
  }
  plain?.flush();
  out.flush();
  return { text: Buffer.concat(chunks).toString('latin1'), error, emitted: emit.mock.calls.length };
}

/** Lists both ways, expects the same, and gives how many types the emitter had to print as a whole. */
function expectSame(table: TypeTable, modes: readonly Mode[] = MODES): number {
  let emitted = 0;
  for (const mode of modes) {
    const plain = listing(table, mode, true);
    const usual = listing(table, mode, false);
    // Where one of the bounds cuts a text depends on what was remembered before.
    if (!usual.text.includes('too deep>')) expect(plain.text).toBe(usual.text);
    expect(plain.error).toBe(usual.error);
    emitted += plain.emitted;
  }
  return emitted;
}

function ofRecords(...records: TypeRecord[]): TypeTable {
  return tableOf([...BASICS, ...records]);
}

const plainFixtures = fixtureFiles.filter((file) => fixtureTable(file).base === undefined);

describe('types of compilers', () => {
  it.each(plainFixtures)('%s', (file) => {
    expectSame(fixtureTable(file));
  });

  it('are left to the emitter only where they are rare', () => {
    const tables = plainFixtures.map(fixtureTable);
    const emitted = tables.reduce((sum, table) => sum + expectSame(table), 0);
    const listed = tables.reduce((sum, table) => sum + namedComposites(table).length, 0);
    expect(emitted).toBeGreaterThan(0);
    expect(emitted).toBeLessThan((MODES.length * listed) / 4);
  });
});

describe('equal types are listed once', () => {
  it.each(MODES)('$mode', (mode) => {
    const records = [
      struct('s', 4, [['a', INT, 0]]),
      struct('s', 4, [['a', INT, 0]]),
      struct('s', 8, [['a', INT, 0]]),
      struct('s', 4, [['b', INT, 0]]),
      struct('s', 4, [['', INT, 0]]),
      union('s', 4, [['a', INT, 0]]),
      struct('', 4, [['a', INT, 0]]),
      struct('t', 4, [['a', INT, 0]]),
    ];
    expectSameList(ofRecords(...records), mode);
  });

  it.each(plainFixtures)('of %s', (file) => {
    for (const mode of MODES) expectSameList(fixtureTable(file), mode);
  });
});

/** Expects of a whole listing what the emitter writes of the types that have no equal before them. */
function expectSameList(table: TypeTable, { options, layout }: Mode): void {
  const ignoreKind = options.quirks === PAHOLE_QUIRKS;
  const texts = [true, false].map((isPlain) => {
    const chunks: Buffer[] = [];
    const sink = (bytes: Uint8Array): void => void chunks.push(Buffer.from(bytes));
    const emitter = new PaholeEmitter(new Layouts(table, layout), options, sink);
    if (isPlain) PlainListing.begin(emitter, sink, ignoreKind)?.putAll();
    else {
      const seen = new SeenComposites({ ignoreKind });
      for (const id of namedComposites(table)) {
        if (!seen.add(table, id)) continue;
        emitter.emit(id);
        emitter.context.out.newline();
      }
      emitter.context.out.flush();
    }
    return Buffer.concat(chunks).toString('latin1');
  });
  expect(texts[0]).toBe(texts[1]);
}

function namedComposites(table: TypeTable): number[] {
  return [...new Layouts(table).composites].filter((id) => table.nameOffset(id) !== 0);
}

describe('types with random changes', () => {
  it.each(MODES)('$mode', (mode) => {
    const seeds = corpus().filter((seed) => seed.base === undefined);
    const random = makeRandom(20_260_202);
    let compared = 0;
    for (let round = 0; round < Number(process.env.ROUNDS ?? 3000); round++) {
      const seed = seeds[random(seeds.length)] as Seed;
      const table = decodedOf(mutate(seed.bytes, (seeds[0] as Seed).bytes, random));
      if (table === undefined) continue;
      expectSame(table, [mode]);
      compared++;
    }
    expect(compared).toBeGreaterThan(500);
  });
});

function decodedOf(bytes: Uint8Array): TypeTable | undefined {
  try {
    return decodeBtf(bytes);
  } catch {
    return undefined;
  }
}

describe('bounds', () => {
  const long = 'n'.repeat(5000);

  it.each<[string, TypeRecord[]]>([
    ['a long name of a struct', [struct(long, 4, [['a', INT, 0]])]],
    ['a long name of a member', [struct('s', 4, [[long, INT, 0]])]],
    ['a long name of a type', [typedef(long, INT), struct('s', 4, [['a', 4, 0]])]],
    ['a long name behind an inline type', [struct('', 4, [['a', INT, 0]]), struct('s', 4, [[long, 4, 0]])]],
    ['a large dimension', [array(CHAR, INT, 0xffff_ffff), struct('s', 4, [['a', 4, 0]])]],
    ['a name offset outside of the strings', [struct('s', 4, [[1 << 20, INT, 0]])]],
    [
      'a name offset outside of the strings, of a type',
      [struct('s', 4, [['a', 4, 0]]), typedef(1 << 20, INT)],
    ],
    ['a member whose type is missing', [struct('s', 4, [['a', 99, 0]])]],
    ['a member of type void', [struct('s', 4, [['a', 0, 0]])]],
    ['an offset beyond 2 GiB', [struct('s', 0xffff_fff0, [['a', INT, 0xffff_ff00]])]],
  ])('%s', (_, records) => {
    expectSame(ofRecords(struct('before', 4, [['x', INT, 0]]), ...records.map(shifted), struct('after', 4)));
  });

  /** Ids that were counted without the struct in front. */
  function shifted(record: TypeRecord): TypeRecord {
    return record.map((word, index) => (word === 4 && index === 4 ? 5 : word));
  }

  it('the lowest number of an enum', () => {
    const low = -(2n ** 63n);
    const numbers = enum64(
      '',
      [
        ['low', low],
        ['high', ~low],
      ],
      { signed: true },
    );
    expect(expectSame(ofRecords(numbers, struct('s', 8, [['e', 4, 0]])))).toBe(0);
  });

  it('an int whose number of bits does not fit 32', () => {
    const wide = int('wide', 0x2000_0004, 'signed', { bits: 32 });
    expectSame(ofRecords(wide, struct('s', 0x2000_0004, [['a', 4, 0]])));
  });

  it('a union of the largest size', () => {
    const part = struct('part', 4, [['a', INT, 0]]);
    expectSame(ofRecords(part, union('u', 0xffff_ffff, [['p', 4, 0]])));
  });

  it('what has been inferred of a type that is handed over half printed', () => {
    const inner = struct('', 8, [['a', LONG, 0]]);
    const holder = struct('', 24, [
      ['c', CHAR, 0],
      ['x', 4, 8],
      ['d', CHAR, 160],
    ]);
    const odd = struct('odd', 0, [
      ['first', 4, 0],
      ['second', 5, 64],
    ]);
    expect(expectSame(ofRecords(inner, holder, odd))).toBeGreaterThan(0);
  });

  it('inline types beyond the depth of the fast way', () => {
    const nested = Array.from({ length: 20 }, (_, depth) =>
      depth % 2 === 0
        ? struct('', 4, [['', depth + 3, 0]])
        : union('', 4, [
            ['u', depth + 3, 0],
            ['c', CHAR, 0],
          ]),
    );
    const first = struct('', 4, [['a', INT, 0]]);
    expect(expectSame(ofRecords(first, ...nested.slice(2), struct('s', 4, [['m', 20, 0]])))).toBe(2);
  });

  it('a struct with more text than the buffer holds', () => {
    const members = Array.from({ length: 9000 }, (_, index): MemberSpec => [`m${index}`, INT, index * 32]);
    const large = struct('large', 36_000, members);
    expect(
      expectSame(ofRecords(struct('a', 4, [['x', INT, 0]]), large, struct('z', 4, [['x', INT, 0]]))),
    ).toBe(2);
  });

  it('many structs, whose text is handed on in parts', () => {
    const structs = Array.from({ length: 3000 }, (_, index) =>
      struct(`s${index}`, 16, [
        ['a', CHAR, 0],
        ['b', LONG, 64],
      ]),
    );
    expect(expectSame(ofRecords(...structs))).toBe(0);
  });
});

describe('a plain listing is made only', () => {
  const table = tableOf([...BASICS, struct('s', 4, [['a', INT, 0]])]);
  const isPlain = (options: PaholeOptions, layouts = new Layouts(table)): boolean =>
    PlainListing.begin(new PaholeEmitter(layouts, options), () => undefined) !== undefined;

  it('for the default layout', () => {
    expect(isPlain({})).toBe(true);
    expect(isPlain({ quirks: PAHOLE_QUIRKS })).toBe(true);
  });

  it.each<PaholeOptions>([
    { expandTypes: true },
    { expandPointers: true },
    { hex: true },
    { quiet: true },
    { relativeOffsets: true },
    { suppressAligned: true },
    { suppressPacked: true },
    { showFirstBiggest: true },
    { usedAt: 'unit' },
  ])('without %o', (options) => {
    expect(isPlain(options)).toBe(false);
  });

  it('for types of one blob, with the words that they were compiled for', () => {
    const { base, split } = splitBtf(BASICS, [struct('s', 4, [['a', INT, 0]])]);
    const splitTable = decodeBtf(split, { base: decodeBtf(base) });
    expect(isPlain({}, new Layouts(splitTable))).toBe(false);
    const { placements } = new Layouts(table);
    expect(isPlain({}, new Layouts(table, { placements }))).toBe(false);
  });
});

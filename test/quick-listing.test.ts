/** What the start of the command line prints by itself is what the listing prints, or nothing. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { corpus, type Seed } from '../fuzz/corpus.ts';
import { makeRandom, mutate } from '../fuzz/mutate.ts';
import { decodeBtf } from '../src/btf/decode.ts';
import { PaholeEmitter } from '../src/emit/pahole.ts';
import { NO_QUIRKS, PAHOLE_QUIRKS } from '../src/emit/quirks.ts';
import { Layouts } from '../src/layout/layouts.ts';
import { findTypeByName } from '../src/model/queries.ts';
import type { TypeTable } from '../src/model/table.ts';
import { RUNNING_KERNEL_BTF } from '../src/native/map.ts';
import { listQuickly } from '../src/quick-listing.ts';
import { btf, type MemberSpec, struct, union } from './support/btf-writer.ts';
import { fixtureFiles, fixturePath, fixtureTable } from './support/fixtures.ts';
import { BASICS, CHAR, INT, LONG } from './support/print.ts';

const folder = mkdtempSync(join(tmpdir(), 'tspahole-quick-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a listing of the types with these names prints. */
function listed(table: TypeTable, names: readonly string[], compat: boolean): string {
  const layouts = new Layouts(table, { lazyPacked: true, legacyBitfields: !compat });
  const emitter = new PaholeEmitter(layouts, { quirks: compat ? PAHOLE_QUIRKS : NO_QUIRKS });
  for (const name of names) {
    const id = findTypeByName(table, name) as number;
    if (!compat) layouts.packed.inferFromHolders(id);
    emitter.emit(id);
    emitter.context.out.put('\n\n');
  }
  return emitter.context.out.pending;
}

function quickly(path: string, names: readonly string[], compat: boolean): string | undefined {
  const bytes = listQuickly(path, names, { cachelineSize: 64, compat });
  return bytes && Buffer.from(bytes).toString('latin1');
}

/** Compares types by their names, one by one. Returns how many were printed quickly. */
function compareEach(path: string, table: TypeTable, ids: readonly number[]): number {
  let printed = 0;
  for (const compat of [false, true]) {
    for (const name of ids.map((id) => table.name(id))) {
      const text = quickly(path, [name], compat);
      if (text === undefined) continue;
      expect(text, name).toBe(listed(table, [name], compat));
      printed++;
    }
  }
  return printed;
}

function namedComposites(table: TypeTable): number[] {
  return [...new Layouts(table).composites].filter((id) => table.nameOffset(id) !== 0);
}

describe('types by name are printed as in a listing', () => {
  const plain = fixtureFiles.filter((file) => fixtureTable(file).base === undefined);

  it.each(plain)('of %s', (file) => {
    const table = fixtureTable(file);
    compareEach(fixturePath(file), table, namedComposites(table));
  });

  it('nearly all of them', () => {
    const tables = plain.map((file) => ({ path: fixturePath(file), table: fixtureTable(file) }));
    const little = tables.filter(({ table }) => table.endian === 'little');
    const all = little.flatMap(({ table }) => namedComposites(table)).length;
    const printed = little.reduce(
      (sum, { path, table }) => sum + compareEach(path, table, namedComposites(table)),
      0,
    );
    expect(printed).toBeGreaterThan(1.2 * all);
  });

  it.skipIf(!existsSync(RUNNING_KERNEL_BTF))('of the running kernel, mapped or read', () => {
    const bytes = readFileSync(RUNNING_KERNEL_BTF);
    const path = join(folder, 'vmlinux');
    writeFileSync(path, bytes);
    const table = decodeBtf(bytes);
    const ids = namedComposites(table).filter((_, index) => index % 200 === 0);
    expect(compareEach(RUNNING_KERNEL_BTF, table, ids)).toBeGreaterThan(1.8 * ids.length);
    compareEach(path, table, ids.slice(0, 10));
    const names = ['task_struct', 'sk_buff', 'list_head', 'page'];
    for (const compat of [false, true]) {
      expect(quickly(RUNNING_KERNEL_BTF, names, compat)).toBe(listed(table, names, compat));
    }
  });
});

it('a struct with thousands of bitfields is left to the listing, and so is what holds it', () => {
  const count = 5000;
  const members = Array.from({ length: count }, (_, index): MemberSpec => [`b${index}`, INT, index * 32, 7]);
  const large = struct('large', 4 * count, members);
  const holder = struct('holder', 4 * count + 4, [
    ['large', 4, 0],
    ['last', INT, 32 * count],
  ]);
  const few = struct('few', 8, [['a', INT, 0, 3]]);
  const file = join(folder, 'bitfields');
  writeFileSync(file, btf([...BASICS, large, holder, few]));
  const table = decodeBtf(readFileSync(file));
  for (const name of ['large', 'holder']) expect(quickly(file, [name], false)).toBeUndefined();
  expect(quickly(file, ['few'], false)).toBe(listed(table, ['few'], false));
});

it('what a member wastes is said where its place says that it is packed', () => {
  const file = join(folder, 'wasted');
  const wasteful = struct('wasteful', 16, [
    ['a', CHAR, 0],
    ['b', LONG, 64],
  ]);
  const outer = struct('outer', 20, [
    ['c', CHAR, 0],
    ['w', 4, 8],
  ]);
  const bytes = btf([...BASICS, wasteful, outer]);
  writeFileSync(file, bytes);
  for (const compat of [false, true]) {
    expect(quickly(file, ['outer'], compat)).toBe(listed(decodeBtf(bytes), ['outer'], compat));
  }
});

it('a type that is held very often takes no time', () => {
  const count = 200_000;
  const file = join(folder, 'held');
  const members = Array.from({ length: count }, (): MemberSpec => ['m', 4, 0]);
  // Its size contradicts the alignment of its members.
  const records = [...BASICS, struct('s', 4, [['a', INT, 0]]), union('u', 6, members)];
  const bytes = btf(records);
  writeFileSync(file, bytes);
  expect(quickly(file, ['s'], false)).toBe(listed(decodeBtf(bytes), ['s'], false));
});

describe('nothing is printed', () => {
  const path = fixturePath('holes.btf');
  const names = namedComposites(fixtureTable('holes.btf')).map((id) => fixtureTable('holes.btf').name(id));

  it.each<[string, string, string[]]>([
    ['where a name is missing', path, [names[0] as string, 'no such type']],
    ['for an empty name', path, ['']],
    ['for a name that is longer than all', path, ['n'.repeat(1000)]],
    ['where there is no file', join(folder, 'none'), names],
    ['where the file is a folder', folder, names],
  ])('%s', (_, file, wanted) => {
    expect(quickly(file, wanted, false)).toBeUndefined();
  });

  it('of a blob that is cut anywhere', () => {
    const bytes = readFileSync(path);
    const file = join(folder, 'cut');
    for (let size = 0; size < bytes.length; size += 13) {
      writeFileSync(file, bytes.subarray(0, size));
      expect(quickly(file, names.slice(0, 1), false)).toBeUndefined();
    }
  });
});

describe('of damaged blobs nothing else is printed than by a listing', () => {
  it('with random changes', () => {
    const seeds = corpus().filter((seed) => seed.base === undefined);
    const random = makeRandom(20_261_122);
    const file = join(folder, 'damaged');
    let compared = 0;
    for (let round = 0; round < Number(process.env.ROUNDS ?? 500); round++) {
      const seed = seeds[random(seeds.length)] as Seed;
      const bytes = mutate(seed.bytes, (seeds[0] as Seed).bytes, random);
      writeFileSync(file, bytes);
      const table = decodedOf(bytes);
      const name = table && firstName(table);
      if (name === undefined) {
        expect(quickly(file, ['s'], false)).toBeUndefined();
        continue;
      }
      const text = quickly(file, [name], false);
      if (text === undefined) continue;
      expect(text).toBe(listed(table as TypeTable, [name], false));
      compared++;
    }
    expect(compared).toBeGreaterThan(50);
  });
});

/** Undefined for what no table is made of. */
function decodedOf(bytes: Uint8Array): TypeTable | undefined {
  try {
    return decodeBtf(bytes);
  } catch {
    return undefined;
  }
}

function firstName(table: TypeTable): string | undefined {
  try {
    const id = namedComposites(table)[0];
    return id === undefined ? undefined : table.name(id);
  } catch {
    return undefined;
  }
}

/** `-w` on what compilers for machines of other words made of the same source. */

import { describe, expect, it } from 'vitest';
import { withWordSize } from '../../src/layout/word-size.ts';
import { copyTable } from '../../src/layout/word-size-copy.ts';
import { layOutAnew } from '../../src/layout/word-size-layout.ts';
import { loadSync } from '../../src/load.ts';
import { Kind } from '../../src/model/kinds.ts';
import { memberBitOffset, memberBitSize } from '../../src/model/records.ts';
import type { TypeId, TypeTable } from '../../src/model/table.ts';
import { fixtureFiles, fixturePath, fixtureTable } from '../support/fixtures.ts';

function load(name: string): TypeTable {
  return loadSync(fixturePath(`word-size/${name}.btf`)).table();
}

/** Sizes and places of a type and of everything in it, as far as the word size decides them. */
function shape(table: TypeTable, id: TypeId): unknown {
  const kind = table.kind(id);
  switch (kind) {
    case Kind.Typedef:
    case Kind.Const:
    case Kind.Volatile:
      return shape(table, table.sizeOrType(id));
    case Kind.Pointer:
      return table.pointerSize;
    case Kind.Array:
      return [table.extra(id, 2), shape(table, table.extra(id, 0))];
    case Kind.Struct:
    case Kind.Union:
      return { size: table.sizeOrType(id), members: members(table, id) };
    default:
      return table.sizeOrType(id);
  }
}

function members(table: TypeTable, id: TypeId): unknown[] {
  const flag = table.kindFlag(id);
  return Array.from({ length: table.vlen(id) }, (_, index) => {
    const word = table.extra(id, 3 * index + 2);
    const name = table.strings.text(table.extra(id, 3 * index));
    return [
      name,
      memberBitOffset(word, flag),
      memberBitSize(word, flag),
      shape(table, table.extra(id, 3 * index + 1)),
    ];
  });
}

/** The shapes of all named structs and unions, by name. */
function shapes(table: TypeTable): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (let id = 1; id < table.end; id++) {
    const kind = table.kind(id);
    if ((kind === Kind.Struct || kind === Kind.Union) && table.nameOffset(id) !== 0) {
      found[table.name(id)] = shape(table, id);
    }
  }
  return found;
}

describe.each(['words', 'random'])('%s.c', (source) => {
  it('of 8-byte words is laid out for 4 as the compiler for 32-bit ARM does', () => {
    const want = shapes(load(`${source}-armv7`));
    expect(Object.keys(want).length).toBeGreaterThan(20);
    expect(shapes(withWordSize(load(`${source}-x86_64`), 4))).toEqual(want);
  });

  it.each(['armv7', 'i386'])(
    'of %s is laid out for 8-byte words as the compiler for x86-64 does',
    (target) => {
      expect(shapes(withWordSize(load(`${source}-${target}`), 8))).toEqual(shapes(load(`${source}-x86_64`)));
    },
  );

  it('differs between the targets, or the tests above would show nothing', () => {
    const [arm, x86] = [shapes(load(`${source}-armv7`)), shapes(load(`${source}-x86_64`))];
    const same = Object.keys(arm).filter((name) => JSON.stringify(arm[name]) === JSON.stringify(x86[name]));
    expect(same.length).toBeLessThan(Object.keys(arm).length / 2);
  });
});

describe('laying out anew for the words of the file', () => {
  const own = ['words-x86_64', 'words-armv7', 'random-x86_64', 'random-armv7'];
  // There 8-byte scalars are aligned to 4 bytes, or seem to be; the new layout aligns them to 8.
  const others = fixtureFiles.filter((file) => file !== 'words-32.btf');
  it.each([...others, ...own.map((name) => `word-size/${name}.btf`)])('changes nothing in %s', (file) => {
    const table = fixtureTable(file);
    const copy = copyTable(table, { pointerSize: table.pointerSize });
    layOutAnew(table, copy);
    for (let id = 1; id < table.end; id++) {
      const kind = table.kind(id);
      if (kind === Kind.Struct || kind === Kind.Union) expect(shape(copy, id)).toEqual(shape(table, id));
    }
  });
});

/** Interning of word runs and of names. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WordInterner, WordList, WordMap } from '../../src/model/intern.ts';
import { StringPool } from '../../src/model/string-pool.ts';
import { StringTable } from '../../src/model/strings.ts';

describe('a word interner', () => {
  it('gives equal runs the same number and different runs different ones', () => {
    const runs = fc.array(fc.array(fc.oneof(fc.nat(3), fc.nat(0xffff_ffff)), { maxLength: 4 }), {
      maxLength: 3000,
    });
    fc.assert(
      fc.property(runs, (all) => {
        const interner = new WordInterner();
        const numbers = new Map<string, number>();
        for (const run of all) {
          const key = run.join();
          const expected = numbers.get(key) ?? numbers.size;
          numbers.set(key, expected);
          expect(interner.intern(Uint32Array.from([...run, 99]), run.length)).toBe(expected);
        }
        expect(interner.count).toBe(numbers.size);
      }),
    );
  });

  it('keeps the runs', () => {
    const interner = new WordInterner();
    for (let word = 0; word < 5000; word++) interner.intern(Uint32Array.of(word, word + 1), 1 + (word % 2));
    const [start, end] = [interner.startOf(4001), interner.endOf(4001)];
    expect([...interner.words.subarray(start, end)]).toEqual([4001, 4002]);
  });
});

describe('a word map', () => {
  it('has what was added since it was cleared', () => {
    const key = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 0xffff_ffff }));
    const word = fc.nat(0xffff_ffff);
    fc.assert(
      fc.property(fc.array(fc.tuple(key, word), { maxLength: 3000 }), fc.array(key), (entries, others) => {
        const map = new WordMap();
        map.add(7, 1);
        map.clear();
        const expected = new Map<number, number>();
        for (const [each, value] of entries) {
          if (!expected.has(each)) map.add(each, value);
          if (!expected.has(each)) expected.set(each, value);
        }
        for (const each of [...expected.keys(), ...others]) expect(map.get(each)).toBe(expected.get(each));
      }),
    );
  });
});

describe('a word list', () => {
  it('grows', () => {
    const list = new WordList(1);
    for (let word = 0; word < 100; word++) list.push(word);
    expect([...list.view()]).toEqual([...Array(100).keys()]);
  });
});

const table = (text: string, base?: StringTable): StringTable => new StringTable(Buffer.from(text), base);

describe('a string pool', () => {
  it('has each name once, in the order of first use', () => {
    const pool = new StringPool();
    const names = table('\0a\0bc\0a\0');
    expect([3, 1, 6, 4, 0, 2].map((offset) => pool.offsetOf(names, offset))).toEqual([1, 4, 4, 6, 0, 0]);
    expect(pool.table().bytes.toString()).toBe('\0bc\0a\0c\0');
  });

  it('prefers the names of its base, whole ones only', () => {
    const base = table('\0int\0unsigned int\0int\0');
    const pool = new StringPool(base);
    const own = table('long\0int\0ed int\0', base);
    const at = (name: string): number => own.offsetsOf(name)[0] as number;
    expect(pool.offsetOf(own, at('int'))).toBe(1);
    expect(pool.offsetOf(own, at('ed int'))).toBe(base.end);
    expect(pool.offsetOf(own, at('long'))).toBe(base.end + 7);
    expect(pool.table().bytes.toString()).toBe('ed int\0long\0');
    expect(pool.table().text(1)).toBe('int');
  });

  it('may be given names one by one', () => {
    const pool = new StringPool();
    expect([pool.add('x'), pool.add('y'), pool.add('x')]).toEqual([1, 3, 1]);
  });

  it('reads a source that grows', () => {
    const pool = new StringPool();
    const source = new StringTable(Buffer.from('\0a\0'));
    expect(pool.offsetOf(source, 1)).toBe(1);
    source.append(Buffer.from('b\0a\0'));
    expect([3, 5].map((offset) => pool.offsetOf(source, offset))).toEqual([3, 1]);
  });
});

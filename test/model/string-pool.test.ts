/** A pool of names: each lies in it once, whatever table it comes from. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StringPool } from '../../src/model/string-pool.ts';
import { StringTable } from '../../src/model/strings.ts';

const tableOf = (names: readonly string[], base?: StringTable): StringTable =>
  new StringTable(Buffer.from(`${base === undefined ? '\0' : ''}${names.join('\0')}\0`, 'latin1'), base);

const name = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 4 });

describe('a pool of names', () => {
  it('gives each name one offset, at which it can be read', () => {
    fc.assert(
      fc.property(fc.array(name), fc.array(name), (inBase, names) => {
        const base = tableOf(inBase);
        const pool = new StringPool(base);
        const offsets = new Map(names.map((each) => [each, pool.add(each)]));
        for (const [each, offset] of offsets) {
          expect(pool.nameAt(offset)).toBe(each);
          expect(pool.table().latin1At(offset)).toBe(each);
          expect(pool.add(each)).toBe(offset);
          if (each === '') expect(offset).toBe(0);
          else if (inBase.includes(each))
            expect(offset).toBe(base.offsetsOf(each).find((at) => isWhole(base, at)));
          else expect(offset).toBeGreaterThanOrEqual(base.end);
        }
      }),
    );
  });

  it('takes names of tables by their offsets there, in either way', () => {
    const base = tableOf(['one', 'two']);
    const table = tableOf(['two', 'three'], tableOf(['zero']));
    for (const way of ['offsetOf', 'offsetOfRare'] as const) {
      const pool = new StringPool(base);
      const offset = (text: string): number => 1 + 'zero\0'.length + 'two\0three\0'.indexOf(text);
      expect(pool[way](table, offset('two'))).toBe(5);
      expect(pool[way](table, 1)).toBe(base.end);
      expect(pool[way](table, offset('three'))).toBe(base.end + 'zero\0'.length);
      expect(pool[way](table, 1)).toBe(base.end);
      expect(pool.table().bytes.toString()).toBe('zero\0three\0');
    }
  });

  it('finds a name that lacks its NUL, and no tail of another', () => {
    const pool = new StringPool(new StringTable(Buffer.from('\0name\0last')));
    expect(pool.add('last')).toBe(6);
    expect(pool.add('ame')).toBe(10);
  });

  it('keeps thousands apart', () => {
    const pool = new StringPool();
    const names = Array.from({ length: 5000 }, (_, index) => `name_${index}`);
    const offsets = names.map((each) => pool.add(each));
    expect(names.map((each) => pool.add(each))).toEqual(offsets);
    expect(offsets.map((offset) => pool.nameAt(offset))).toEqual(names);
  });
});

/** Whether a name begins at an offset, and is not the tail of another. */
function isWhole({ bytes }: StringTable, offset: number): boolean {
  return bytes[offset - 1] === 0;
}

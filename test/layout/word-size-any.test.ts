/** `-w` on tables that nobody chose: natural layouts at random, and hostile input. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withWordSize } from '../../src/layout/word-size.ts';
import { TspaholeError } from '../../src/model/errors.ts';
import { array, type MemberSpec, struct, type TypeRecord, typedef, union } from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { idOf, tableOf } from '../support/types.ts';
import { CHAR, FIRST, INT, LONG, POINTER, show, types32, types64, WIDE } from './word-size-types.ts';

describe('a table that is hostile', () => {
  it('may hold structs that contain themselves', () => {
    const table = tableOf([
      ...types64,
      struct('a', 16, [
        ['b', FIRST + 1, 0],
        ['p', POINTER, 64],
      ]),
      struct('b', 16, [
        ['a', FIRST, 0],
        ['p', POINTER, 64],
      ]),
    ]);
    expect(() => withWordSize(table, 4)).not.toThrow();
  });

  it('may nest structs deeply', () => {
    const depth = 20_000;
    const nested = Array.from({ length: depth }, (_, index) =>
      struct('s', 8, [['s', index === depth - 1 ? POINTER : FIRST + index + 1, 0]]),
    );
    const table = withWordSize(tableOf([...types64, ...nested]), 4);
    expect(table.sizeOrType(FIRST)).toBe(4);
  });

  it('is refused where a struct with bitfields outgrows its record', () => {
    const table = tableOf([
      ...types32,
      array(POINTER, INT, 400_000),
      struct('s', 1_600_004, [
        ['a', FIRST, 0],
        ['b', INT, 12_800_000, 3],
      ]),
    ]);
    expectError(() => withWordSize(table, 8), 'unsupported', 'type 8 s is too large');
  });

  it('gives a table or an error', () => {
    const word = fc.oneof(fc.nat(20), fc.nat(0xffff_ffff));
    const member = fc.tuple(fc.constant('m'), fc.nat(14), word) as fc.Arbitrary<MemberSpec>;
    const members = fc.array(member, { maxLength: 5 });
    const record = fc.oneof(
      fc.tuple(word, members).map(([size, each]) => struct('s', size, each)),
      fc.tuple(word, members).map(([size, each]) =>
        struct(
          's',
          size,
          each.map(([n, t, o]) => [n, t, o & 0xffffff, o & 31]),
        ),
      ),
      fc.tuple(word, members).map(([size, each]) => union('u', size, each)),
      fc.tuple(fc.nat(14), word).map(([type, count]) => array(type, 1, count)),
      fc.nat(14).map((type) => typedef('uint64_t', type)),
    );
    const property = fc.property(fc.array(record, { maxLength: 8 }), fc.boolean(), (records, is64) => {
      const table = tableOf([...(is64 ? types64 : types32), ...records]);
      try {
        const resized = withWordSize(table, is64 ? 4 : 8);
        expect(resized.end).toBeGreaterThanOrEqual(table.end);
      } catch (error) {
        expect(error).toBeInstanceOf(TspaholeError);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
});

describe('natural layouts', () => {
  /** Size and alignment by type, for words of a size. */
  const scalars = (word: number): Readonly<Record<number, number>> => ({
    [CHAR]: 1,
    [INT]: 4,
    [LONG]: word,
    [WIDE]: 8,
    [POINTER]: word,
  });

  /** A struct of these members as a compiler lays it out. */
  function natural(members: readonly number[], word: number): TypeRecord {
    const sizes = scalars(word);
    let end = 0;
    let largest = 1;
    const placed = members.map((type, index): MemberSpec => {
      const size = sizes[type] as number;
      const offset = Math.ceil(end / size) * size;
      end = offset + size;
      largest = Math.max(largest, size);
      return [`m${index}`, type, offset * 8];
    });
    return struct('s', Math.ceil(end / largest) * largest, placed);
  }

  const members = fc.array(fc.constantFrom(CHAR, INT, LONG, WIDE, POINTER), { minLength: 1, maxLength: 12 });
  // The table holds more structs of its kind, since one alone may look like one of i386.
  const witness = [WIDE, INT, WIDE, CHAR, WIDE];

  it.each([4, 8] as const)('are those of the other machine, for words of %i bytes', (word) => {
    const from = 12 - word;
    const property = fc.property(members, (types) => {
      const given = tableOf([
        ...(from === 8 ? types64 : types32),
        natural(witness, from),
        natural(types, from),
      ]);
      const wanted = tableOf([
        ...(word === 8 ? types64 : types32),
        natural(witness, word),
        natural(types, word),
      ]);
      expect(show(withWordSize(given, word), FIRST + 1)).toBe(show(wanted, FIRST + 1));
    });
    fc.assert(property);
  });

  it('find their types by name as before', () => {
    const table = tableOf([...types64, natural([POINTER], 8)]);
    expect(idOf(withWordSize(table, 4), 's')).toBe(FIRST);
  });
});

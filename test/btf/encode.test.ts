/** A table to BTF bytes, and back. */

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { encodeBtf } from '../../src/btf/encode.ts';
import { parseBtfHeader } from '../../src/btf/header.ts';
import { verifyBtf } from '../../src/btf/verify.ts';
import { Kind } from '../../src/model/kinds.ts';
import { StringTable } from '../../src/model/strings.ts';
import { TypeTable } from '../../src/model/table.ts';
import { btf, info, int, ptr, splitBtf, struct } from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { fixtureFiles, fixturePath, manifest } from '../support/fixtures.ts';
import { anyRecords } from '../support/random-types.ts';
import { modelTableOf, tableOf } from '../support/types.ts';

const endian = fc.constantFrom('little' as const, 'big' as const);

describe('a decoded blob', () => {
  it('is encoded to the same bytes, in both byte orders, with and without a kind layout', () => {
    fc.assert(
      fc.property(anyRecords(), endian, fc.boolean(), (records, order, layout) => {
        const blob = btf(records, { endian: order, layout });
        expect(Buffer.compare(encodeBtf(decodeBtf(blob), { layout }), blob)).toBe(0);
      }),
    );
  });

  it('is encoded in the other byte order with the same meaning', () => {
    fc.assert(
      fc.property(anyRecords(), endian, (records, order) => {
        const table = tableOf(records);
        const again = decodeBtf(encodeBtf(table, { endian: order }));
        expect(again.endian).toBe(order);
        expect(again.words).toEqual(table.words);
      }),
    );
  });

  it('that continues a base is encoded without the base', () => {
    fc.assert(
      fc.property(anyRecords(), endian, (records, order) => {
        const { base, split } = splitBtf([int('int', 4), ptr(1)], records, { endian: order });
        const table = decodeBtf(split, { base: decodeBtf(base) });
        expect(Buffer.compare(encodeBtf(table), split)).toBe(0);
      }),
    );
  });

  it.each(fixtureFiles.filter((file) => manifest.files[file]?.base === undefined))(
    '%s is encoded to the same bytes',
    (file) => {
      const blob = readFileSync(fixturePath(file));
      const headerSize = parseBtfHeader(blob).headerSize as 24 | 32;
      expect(Buffer.compare(encodeBtf(decodeBtf(blob), { headerSize }), blob)).toBe(0);
    },
  );
});

describe('the header', () => {
  const table = tableOf([int('int', 4)]);

  it.each([24, 32] as const)('may have %i bytes', (headerSize) => {
    const blob = encodeBtf(table, { headerSize });
    expect(parseBtfHeader(blob).headerSize).toBe(headerSize);
    expect(verifyBtf(blob)).toEqual([]);
  });

  it('has the fields of the kind layout where there is one', () => {
    expect(encodeBtf(table, { layout: true, headerSize: 24 })).toEqual(
      Buffer.from(btf([int('int', 4)], { layout: true })),
    );
  });
});

describe('a table', () => {
  const parts = { pointerSize: 8, endian: 'little' } as const;

  it('without names has the empty one in a base blob', () => {
    const strings = new StringTable(new Uint8Array(0));
    const table = new TypeTable({ ...parts, strings, words: new Uint32Array(0), starts: new Uint32Array(0) });
    expect(parseBtfHeader(encodeBtf(table)).strings.byteSize).toBe(1);
  });

  it('with a kind that BTF does not have is refused', () => {
    const table = modelTableOf([int('int', 4), [0, info(Kind.Reference), 1]]);
    expectError(() => encodeBtf(table), 'unsupported', 'type 2 has kind 64');
  });

  it('with a kind that only a kind layout describes is refused', () => {
    const blob = btf([[0, info(20), 0]], { layout: Array.from({ length: 21 }, () => [0, 0] as const) });
    expectError(() => encodeBtf(decodeBtf(blob)), 'unsupported', 'type 1 has kind 20');
  });

  it('whose names do not continue those of its base is a mistake of the caller', () => {
    const { words, starts } = tableOf([struct('s', 4)]);
    const strings = new StringTable(new Uint8Array(1), new StringTable(new Uint8Array(8)));
    expect(() => encodeBtf(new TypeTable({ ...parts, strings, words, starts }))).toThrow(TypeError);
  });

  it('whose records do not lie one after the other is a mistake of the caller', () => {
    const { words, strings } = tableOf([ptr(0), ptr(1)]);
    const shifted = new TypeTable({ ...parts, strings, words, starts: Uint32Array.of(3) });
    const short = new TypeTable({ ...parts, strings, words, starts: Uint32Array.of(0) });
    expect(() => encodeBtf(shifted)).toThrow(TypeError);
    expect(() => encodeBtf(short)).toThrow(TypeError);
  });
});

/** `.BTF.ext`: functions, lines and CO-RE relocations, in both byte orders, and nothing else from hostile bytes. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { type BtfExt, decodeBtfExt } from '../../src/btf/ext.ts';
import type { Endian } from '../../src/model/bytes.ts';
import { TspaholeError } from '../../src/model/errors.ts';
import { type ExtSpec, writeBtfExt } from '../support/btf-ext-writer.ts';
import { btf, int } from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';

const table = decodeBtf(btf([int('int', 4, 'signed')], { strings: ['xdp', 'tc', '0:1', 'a.c', 'x = 1;'] }));
const at = (name: string): number => table.strings.offsetsOf(name)[0] as number;

const SPEC: ExtSpec = {
  functions: [{ section: at('xdp'), records: [[0, 7]] }],
  lines: [
    { section: at('xdp'), records: [[0, at('a.c'), at('x = 1;'), (12 << 10) | 5]] },
    { section: at('tc'), records: [[8, at('a.c'), 0, 1 << 10]] },
  ],
  relocations: [
    {
      section: at('tc'),
      records: [
        [16, 1, at('0:1'), 2],
        [24, 1, at('0:1'), 99],
      ],
    },
  ],
};

const DECODED: Omit<BtfExt, 'endian'> = {
  functions: [{ name: 'xdp', records: [{ insnOffset: 0, typeId: 7 }] }],
  lines: [
    {
      name: 'xdp',
      records: [{ insnOffset: 0, fileNameOffset: at('a.c'), textOffset: at('x = 1;'), line: 12, column: 5 }],
    },
    {
      name: 'tc',
      records: [{ insnOffset: 8, fileNameOffset: at('a.c'), textOffset: 0, line: 1, column: 0 }],
    },
  ],
  relocations: [
    {
      name: 'tc',
      records: [
        { insnOffset: 16, typeId: 1, access: '0:1', kind: 2 },
        { insnOffset: 24, typeId: 1, access: '0:1', kind: 99 },
      ],
    },
  ],
  relocationSizeOffset: 28,
};

describe.each<Endian>(['little', 'big'])('.BTF.ext, %s-endian', (endian) => {
  it('gives the records of each section', () => {
    expect(decodeBtfExt(writeBtfExt(SPEC, { endian }), table)).toEqual({ endian, ...DECODED });
  });

  it('skips what records have beyond the fields that are known', () => {
    const bytes = writeBtfExt(SPEC, { endian, extraWords: 3 });
    expect(decodeBtfExt(bytes, table)).toEqual({ endian, ...DECODED });
  });

  it('has no relocations with the header of 24 bytes', () => {
    const ext = decodeBtfExt(writeBtfExt(SPEC, { endian, headerSize: 24 }), table);
    expect(ext).toEqual({ endian, ...DECODED, relocations: [], relocationSizeOffset: undefined });
  });

  it('finds the parts behind a longer header', () => {
    expect(decodeBtfExt(writeBtfExt(SPEC, { endian, headerSize: 48 }), table)).toEqual({
      endian,
      ...DECODED,
    });
  });
});

describe('.BTF.ext that contradicts its format', () => {
  const good = writeBtfExt(SPEC, { endian: 'little' });
  const changed = (offset: number, value: number): Uint8Array => {
    const bytes = good.slice();
    new DataView(bytes.buffer).setUint32(offset, value, true);
    return bytes;
  };

  it.each([
    ['a magic number', changed(0, 0x0001_0000), 'magic number'],
    ['a version', changed(0, 0x0002_eb9f), 'version 2'],
    ['flags', changed(0, 0x0101_eb9f), 'flags 0x1'],
    ['a short header', changed(4, 16), 'header size 16 is below 24'],
    ['a header longer than the data', changed(4, 0x1000), 'exceeds the data'],
    ['a part that is not aligned', changed(8, 2), 'not aligned'],
    ['a part past the data', changed(12, 0x1000), 'functions reaches past the data'],
    ['a record size below the known one', changed(32, 4), 'have 4 bytes, expected 8'],
    ['a record size that is not whole words', changed(32, 9), 'have 9 bytes, expected 8'],
    ['a part with a record size alone', changed(12, 4), 'no records'],
    ['a section of which only a part is there', changed(12, 8), 'cut off'],
    ['a section without records', changed(40, 0), 'has no records'],
    ['more records than fit', changed(40, 0xffff_ffff), 'do not fit'],
    ['a name outside the strings', changed(36, 0xffff), 'outside the string section'],
  ])('is refused: %s', (_, bytes, message) => {
    expectError(() => decodeBtfExt(bytes, table), 'bad-data', message);
  });

  it('names the section and the offset', () => {
    expect(expectError(() => decodeBtfExt(changed(40, 0), table), 'bad-data', '').place).toEqual({
      section: '.BTF.ext',
      offset: 36,
    });
  });

  it('is refused or read, whatever the bytes are', () => {
    const word = fc.tuple(fc.nat(good.length - 4), fc.oneof(fc.nat(64), fc.nat(0xffff_ffff)));
    fc.assert(
      fc.property(fc.array(word, { maxLength: 4 }), fc.nat(good.length), (words, length) => {
        const bytes = good.slice();
        for (const [offset, value] of words) new DataView(bytes.buffer).setUint32(offset, value, true);
        try {
          decodeBtfExt(bytes.subarray(0, length), table);
        } catch (error) {
          expect(error).toBeInstanceOf(TspaholeError);
        }
      }),
    );
  });
});

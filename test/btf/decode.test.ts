/** BTF bytes to a table: the header's rules, the record index, byte orders, split tables. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DecodeBtfOptions, decodeBtf } from '../../src/btf/decode.ts';
import { isBtf, parseBtfHeader } from '../../src/btf/header.ts';
import { FIRST_OWN_KIND, Kind } from '../../src/model/kinds.ts';
import type { TypeTable } from '../../src/model/table.ts';
import type { Type } from '../../src/model/types.ts';
import {
  array,
  type BtfOptions,
  btf,
  change,
  constOf,
  datasec,
  declTag,
  enum32,
  enum64,
  float,
  func,
  funcProto,
  fwd,
  info,
  int,
  type KindLayoutSpec,
  ptr,
  restrictOf,
  splitBtf,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  union,
  variable,
  volatileOf,
} from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';

/** One record of every kind. */
const EVERY_KIND: readonly TypeRecord[] = [
  int('int', 4, 'signed'),
  ptr(1),
  array(1, 1, 3),
  struct('s', 8, [
    ['a', 1, 0],
    ['b', 1, 35, 4],
  ]),
  union('u', 4, [['a', 1, 0]]),
  enum32('e', [['A', 1]]),
  fwd('f', 'union'),
  typedef('t', 1),
  volatileOf(1),
  constOf(1),
  restrictOf(2),
  funcProto(1, [['a', 1]]),
  func('fn', 12, 'global'),
  variable('v', 1, 'global'),
  datasec('.data', 4, [[14, 0, 4]]),
  float('double', 8),
  declTag('tag', 4, 1),
  typeTag('user', 1),
  enum64('wide', [['B', 2n ** 40n]]),
];

function viewsOf(table: TypeTable): Type[] {
  return Array.from({ length: table.end }, (_, id) => table.type(id));
}

function decode(
  records: readonly TypeRecord[],
  options?: BtfOptions,
  decodeOptions?: DecodeBtfOptions,
): TypeTable {
  return decodeBtf(btf(records, options), decodeOptions);
}

describe('the magic number', () => {
  it('tells BTF of either byte order', () => {
    expect(isBtf(btf([]))).toBe(true);
    expect(isBtf(btf([], { endian: 'big' }))).toBe(true);
    expect([isBtf(new Uint8Array()), isBtf(Uint8Array.of(0x9f)), isBtf(Buffer.from('\x7fELF'))]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe('the header', () => {
  it('says where the sections lie, from the start of the blob', () => {
    const header = parseBtfHeader(btf([int('int', 4)], { layout: true }));
    expect(header).toEqual({
      endian: 'little',
      headerSize: 32,
      flags: 0,
      types: { offset: 32, byteSize: 16 },
      layout: { offset: 48, byteSize: 80 },
      strings: { offset: 128, byteSize: 5 },
    });
  });

  it('of 24 bytes has no kind layout', () => {
    expect(parseBtfHeader(btf([int('int', 4)])).layout.byteSize).toBe(0);
  });

  it('may be longer than we know: what follows is skipped', () => {
    expect(viewsOf(decode(EVERY_KIND, { headerSize: 64 }))).toEqual(viewsOf(decode(EVERY_KIND)));
  });

  it.each<[string, BtfOptions, string]>([
    ['another magic number', { header: { magic: 0x1234 } }, '.BTF+0x0: not BTF'],
    ['another version', { header: { version: 2 } }, '.BTF+0x2: BTF version 2'],
    ['a size below 24', { header: { headerSize: 23 } }, '.BTF+0x4: header size 23 is below 24'],
    [
      'a size beyond the blob',
      { header: { headerSize: 1000 } },
      '.BTF+0x4: header size 1000 exceeds the data',
    ],
    ['types off alignment', { header: { typeOffset: 2 } }, '.BTF+0x8: type section at 0x1a is not aligned'],
    [
      'types beyond the blob',
      { header: { typeBytes: 4096 } },
      '.BTF+0x8: type section (4096 bytes at 0x18) reaches past',
    ],
    [
      'types of an odd size',
      { header: { typeBytes: 14 } },
      '.BTF+0xc: type section of 14 bytes is no whole number',
    ],
    [
      'types too few for a record',
      { header: { typeBytes: 8 } },
      '.BTF+0xc: type section of 8 bytes is no whole number',
    ],
    [
      'strings beyond the blob',
      { header: { stringBytes: 4096 } },
      '.BTF+0x10: string section (4096 bytes at 0x28) reaches past',
    ],
    [
      'strings on the types',
      { header: { stringOffset: 4, stringBytes: 4 } },
      '.BTF+0x8: type section overlaps',
    ],
    [
      'a layout beyond the blob',
      { layout: true, header: { layoutBytes: 4096 } },
      '.BTF+0x18: kind layout section (4096 bytes',
    ],
    [
      'a layout of an odd size',
      { layout: true, header: { layoutBytes: 78 } },
      '.BTF+0x1c: kind layout section of 78 bytes',
    ],
    [
      'a layout on the types',
      { layout: true, header: { layoutOffset: 0 } },
      '.BTF+0x18: kind layout section overlaps',
    ],
    [
      'a layout on the strings',
      { layout: true, header: { layoutBytes: 84 } },
      '.BTF+0x18: kind layout section overlaps',
    ],
  ])('is refused with %s', (_, options, message) => {
    expectError(() => decode([int('int', 4)], options), 'bad-data', message);
  });

  it('is refused when the blob ends inside of it', () => {
    const blob = btf([int('int', 4)]);
    for (let size = 0; size < 24; size++) {
      expectError(() => decodeBtf(blob.subarray(0, size)), 'bad-data', '.BTF+0x');
    }
  });
});

describe('strings', () => {
  it('begin with the empty name', () => {
    expectError(
      () => decode([], { stringSection: Buffer.from('a\0') }),
      'bad-data',
      'does not start with the empty name',
    );
  });

  it('end with NUL', () => {
    expectError(() => decode([], { stringSection: Buffer.from('\0a') }), 'bad-data', 'does not end with NUL');
  });

  it('name their place in the blob', () => {
    const error = expectError(
      () => decode([int(0, 4)], { stringSection: Buffer.from('\0a') }),
      'bad-data',
      '',
    );
    expect(error.place).toMatchObject({ section: '.BTF', offset: 24 + 16 });
  });
});

describe('records', () => {
  it('of every kind are found, one behind the other', () => {
    const table = decode(EVERY_KIND);
    const kinds = EVERY_KIND.map((_, index) => table.kind(index + 1));
    const known = Object.values(Kind).filter((kind) => kind < FIRST_OWN_KIND);
    expect(new Set([Kind.Void, ...kinds])).toEqual(new Set<number>(known));
    expect(table.name(EVERY_KIND.length)).toBe('wide');
  });

  it.each(['little', 'big'] as const)(
    'in a Buffer that is not aligned are read from a copy (%s)',
    (endian) => {
      const blob = btf(EVERY_KIND, { endian });
      const buffer = Buffer.concat([Buffer.alloc(1), blob]).subarray(1);
      expect(viewsOf(decodeBtf(buffer))).toEqual(viewsOf(decode(EVERY_KIND, { endian })));
      expect(buffer.equals(blob)).toBe(true);
    },
  );

  it('that reach beyond the section are refused at their offset', () => {
    const broken = change(struct('s', 4), { vlen: 2 });
    expectError(
      () => decode([int('int', 4), broken]),
      'bad-data',
      '.BTF+0x28: type record of kind 4 with 2 elements',
    );
  });

  it('that lack the words of their kind are refused', () => {
    expectError(
      () => decode([[0, info(Kind.Int), 4]]),
      'bad-data',
      '.BTF+0x18: type record of kind 1 with 0 elements',
    );
  });

  it('that lack even their info word are refused', () => {
    expectError(() => decode([...EVERY_KIND, [0]]), 'bad-data', 'type record has kind 0');
  });

  it('of void or of a kind beyond are refused without a layout', () => {
    expectError(() => decode([[0, info(0), 0]]), 'bad-data', 'kind 0, which no kind layout describes');
    expectError(() => decode([[0, info(20), 0]]), 'bad-data', 'kind 20, which no kind layout describes');
  });

  it('never end a walk later than their words: any words decode or are refused', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xffff_ffff }), { maxLength: 30 }), (words) => {
        const blob = btf([words]);
        try {
          expect(decodeBtf(blob).end).toBeLessThanOrEqual(1 + words.length / 3);
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-data' });
        }
      }),
    );
  });
});

describe('the kind layout', () => {
  const known = Array.from({ length: 20 }, (): KindLayoutSpec => [0, 0]);

  it('lets records of a kind that we do not know be skipped', () => {
    const layout = [...known, [8, 4] as const];
    const table = decode([[0, info(20, 3), 0, 1, 2, 3, 4, 5], struct('s', 4)], { layout });
    expect([table.end, table.kind(1), table.name(2)]).toEqual([3, 20, 's']);
  });

  it('does not change the kinds that we know', () => {
    expect(viewsOf(decode(EVERY_KIND, { layout: known }))).toEqual(viewsOf(decode(EVERY_KIND)));
  });

  it('is not followed where its sizes are no whole words', () => {
    const layout = [...known, [3, 0] as const];
    expectError(() => decode([[0, info(20), 0]], { layout }), 'bad-data', 'kind 20');
  });
});

describe('byte orders', () => {
  it('give the same views', () => {
    const big = decode(EVERY_KIND, { endian: 'big' });
    expect(viewsOf(big)).toEqual(viewsOf(decode(EVERY_KIND)));
    expect([big.endian, decode(EVERY_KIND).endian]).toEqual(['big', 'little']);
  });

  it('give the same records whatever the words are', () => {
    const member = fc.tuple(fc.constant('m'), fc.nat(1000), fc.nat(0xff_ffff), fc.nat(255));
    fc.assert(
      fc.property(fc.array(member, { maxLength: 5 }), fc.nat(), (members, byteSize) => {
        const records = [struct('s', byteSize, members)];
        expect(viewsOf(decode(records, { endian: 'big' }))).toEqual(
          viewsOf(decode(records, { endian: 'little' })),
        );
      }),
    );
  });

  it('do not change the caller’s bytes', () => {
    const blob = btf(EVERY_KIND, { endian: 'big' });
    const before = Uint8Array.from(blob);
    decodeBtf(blob);
    expect(blob).toEqual(before);
    const buffer = Buffer.from(blob);
    decodeBtf(buffer);
    expect(Uint8Array.from(buffer)).toEqual(before);
  });
});

describe('the words', () => {
  it('are the blob’s own where its order and alignment allow', () => {
    const blob = btf(EVERY_KIND);
    expect(decodeBtf(blob).words.buffer === blob.buffer).toBe(decodeBtf(blob).endian === 'little');
  });

  it.each([1, 2, 3])('are a copy where the blob lies %i bytes off a word', (shift) => {
    const blob = btf(EVERY_KIND);
    const shifted = new Uint8Array(blob.length + shift).subarray(shift);
    shifted.set(blob);
    expect(viewsOf(decodeBtf(shifted))).toEqual(viewsOf(decodeBtf(blob)));
  });
});

describe('split BTF', () => {
  const { base: baseBlob, split: splitBlob } = splitBtf(
    [int('int', 4, 'signed'), struct('shared', 4, [['a', 1, 0]])],
    [
      struct('own', 8, [
        ['a', 2, 0],
        ['fresh', 1, 32],
      ]),
    ],
  );
  const base = decodeBtf(baseBlob);

  it('continues ids and strings of its base', () => {
    expect(decodeBtf(splitBlob, { base }).type(3)).toMatchObject({
      id: 3,
      name: 'own',
      members: [
        { name: 'a', typeId: 2 },
        { name: 'fresh', typeId: 1 },
      ],
    });
  });

  it('has strings that need not start with the empty name', () => {
    expectError(() => decodeBtf(splitBlob), 'bad-data', 'does not start with the empty name');
  });

  it('takes the pointer size of its base', () => {
    const narrow = decodeBtf(baseBlob, { pointerSize: 4 });
    expect(decodeBtf(splitBlob, { base: narrow }).pointerSize).toBe(4);
  });
});

describe('the size of a pointer', () => {
  it.each([
    ['long', 4],
    ['long int', 8],
    ['unsigned long', 4],
    ['long unsigned int', 8],
  ])('is that of %s of %i bytes', (name, byteSize) => {
    expect(decode([int('int', 4), int(name, byteSize)]).pointerSize).toBe(byteSize);
  });

  it('is 8 where nothing tells it', () => {
    expect(decode([int('int', 4), int('long long', 4), int('long', 2)]).pointerSize).toBe(8);
  });

  it('is what the container says', () => {
    expect(decode([int('long', 8)], {}, { pointerSize: 4 }).pointerSize).toBe(4);
  });

  it('does not depend on a name that cannot be read', () => {
    expect(decode([int(0x7777, 8), int('long', 4)]).pointerSize).toBe(4);
  });
});

describe('errors', () => {
  it('name the place that the caller gives', () => {
    const place = { file: 'a.ko', section: '.BTF.base' };
    expectError(
      () => decode([[0, info(20), 0]], {}, { place }),
      'bad-data',
      'a.ko: .BTF.base+0x18: type record',
    );
  });
});

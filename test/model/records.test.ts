/** The info word, and that every kind has a shape. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIRST_OWN_KIND, Kind } from '../../src/model/kinds.ts';
import { infoKind, infoKindFlag, infoVlen, makeInfo, RECORD_SHAPES } from '../../src/model/records.ts';

describe('an info word', () => {
  it('has kind, element count and flag in their bits, whatever the others are', () => {
    fc.assert(
      fc.property(fc.nat(0x7f), fc.nat(0xff_ffff), fc.boolean(), (kind, vlen, kindFlag) => {
        const info = makeInfo(kind, vlen, kindFlag);
        expect([infoKind(info), infoVlen(info), infoKindFlag(info)]).toEqual([kind, vlen, kindFlag]);
        expect(info).toBe(info >>> 0);
      }),
    );
  });

  it('of an old writer, with 16 bits of count and 5 of kind, reads the same', () => {
    const info = 0x8400_0003;
    expect([infoKind(info), infoVlen(info), infoKindFlag(info)]).toEqual([Kind.Struct, 3, true]);
  });
});

describe('record shapes', () => {
  it('exist for every kind', () => {
    expect(Object.keys(RECORD_SHAPES).map(Number)).toEqual(Object.values(Kind));
  });

  it('have the sizes that BTF gives them, in bytes behind the common twelve', () => {
    const sizes = Object.entries(RECORD_SHAPES)
      .filter(([kind]) => Number(kind) < FIRST_OWN_KIND)
      .map(([kind, { extra, element }]) => [Number(kind), extra.length * 4, element.length * 4]);
    const plain = [
      Kind.Void,
      Kind.Pointer,
      Kind.Forward,
      Kind.Typedef,
      Kind.Volatile,
      Kind.Const,
      Kind.Restrict,
    ];
    const expected = new Map<number, [number, number]>([
      ...[...plain, Kind.Func, Kind.Float, Kind.TypeTag].map((kind): [number, [number, number]] => [
        kind,
        [0, 0],
      ]),
      [Kind.Int, [4, 0]],
      [Kind.Array, [12, 0]],
      [Kind.Struct, [0, 12]],
      [Kind.Union, [0, 12]],
      [Kind.Enum, [0, 8]],
      [Kind.FuncProto, [0, 8]],
      [Kind.Var, [4, 0]],
      [Kind.Datasec, [0, 12]],
      [Kind.DeclTag, [4, 0]],
      [Kind.Enum64, [0, 12]],
    ]);
    expect(sizes).toEqual(sizes.map(([kind]) => [kind, ...(expected.get(kind as number) ?? [])]));
  });
});

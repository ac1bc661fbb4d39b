/** BTF that is built type by type: what each call writes, what it refuses, and what `build` makes of the whole. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BtfBuilder } from '../../src/btf/builder.ts';
import { decodeBtf } from '../../src/btf/decode.ts';
import { verifyBtf } from '../../src/btf/verify.ts';
import type { TypeTable } from '../../src/model/table.ts';
import type { Type } from '../../src/model/types.ts';
import { btf } from '../support/btf-writer.ts';
import { everyKind } from '../support/every-kind.ts';
import { expectError } from '../support/expect-error.ts';
import { kernelComplaint, noKernel, whereAsked } from '../support/kernel.ts';
import { anyRecords } from '../support/random-types.ts';
import { typesOfC } from '../support/types-of-c.ts';

/** Adds a type with the call for its kind. */
function addView(builder: BtfBuilder, type: Type): number {
  switch (type.kind) {
    case 'int':
      return builder.addInt(type.name, type.byteSize, type);
    case 'float':
      return builder.addFloat(type.name, type.byteSize);
    case 'pointer':
      return builder.addPointer(type.typeId);
    case 'array':
      return builder.addArray(type.elementTypeId, type.indexTypeId, type.count);
    case 'struct':
    case 'union': {
      const members = type.members.map((each) => ({ ...each, bitOffset: each.bitOffset as number }));
      if (type.kind === 'struct') return builder.addStruct(type.name, type.byteSize, members);
      return builder.addUnion(type.name, type.byteSize, members);
    }
    case 'enum':
      if (type.byteSize === 8) return builder.addEnum64(type.name, type.enumerators, type);
      return builder.addEnum(type.name, type.enumerators, type);
    case 'forward':
      return builder.addForward(type.name, type.forwardKind);
    case 'typedef':
      return builder.addTypedef(type.name, type.typeId);
    case 'const':
      return builder.addConst(type.typeId);
    case 'volatile':
      return builder.addVolatile(type.typeId);
    case 'restrict':
      return builder.addRestrict(type.typeId);
    case 'func':
      return builder.addFunc(type.name, type.protoId, type.linkage);
    case 'funcProto':
      return builder.addFuncProto(type.returnTypeId, type.parameters, type);
    case 'var':
      return builder.addVar(type.name, type.typeId, type.linkage);
    case 'datasec':
      return builder.addDatasec(type.name, type.byteSize, type.variables);
    case 'declTag':
      return builder.addDeclTag(type.name, type.typeId, type.componentIndex, type);
    case 'typeTag':
      return builder.addTypeTag(type.name, type.typeId, type);
    default:
      throw new Error(`no kind of BTF: ${type.kind}`);
  }
}

function viewsOf(table: TypeTable): Type[] {
  return Array.from({ length: table.end }, (_, id) => table.type(id));
}

describe('the types that are added', () => {
  const source = decodeBtf(btf(everyKind));

  it('of every kind are those that were said, with ids in the order of the calls', () => {
    const builder = new BtfBuilder();
    const ids = viewsOf(source)
      .slice(1)
      .map((type) => addView(builder, type));
    expect(ids).toEqual([...ids.keys()].map((index) => index + 1));
    // A linkage that BTF does not have is no linkage in a view, and becomes the default.
    const expected = viewsOf(source).map((type) =>
      'linkage' in type && type.linkage === undefined ? { ...type, linkage: 'static' } : type,
    );
    const { bytes, table } = builder.build();
    expect(viewsOf(decodeBtf(bytes))).toEqual(expected);
    expect(viewsOf(table)).toEqual(expected);
  });

  it('are those of any table, whatever they refer to', () => {
    fc.assert(
      fc.property(anyRecords(), (records) => {
        const table = decodeBtf(btf(records));
        const builder = new BtfBuilder();
        for (const type of viewsOf(table).slice(1)) addView(builder, type);
        expect(viewsOf(decodeBtf(builder.build().bytes))).toEqual(viewsOf(table));
      }),
    );
  });

  it('may have names in any script', () => {
    const builder = new BtfBuilder();
    builder.addTypedef('größe_尺寸', builder.addInt('int', 4));
    expect(decodeBtf(builder.build().bytes).name(2)).toBe('größe_尺寸');
  });

  it('may be referred to before they are added', () => {
    const builder = new BtfBuilder();
    const pointer = builder.addPointer(builder.nextId + 1);
    const list = builder.addStruct('list', 8, [{ name: 'next', typeId: pointer, bitOffset: 0 }]);
    expect(builder.build().table.type(pointer)).toMatchObject({ kind: 'pointer', typeId: list });
  });

  it('may go on after a build', () => {
    const builder = new BtfBuilder();
    builder.addInt('int', 4);
    const first = builder.build();
    for (let count = 0; count < 1000; count++) builder.addTypedef(`t${count}`, 1);
    expect([first.table.end, builder.build().table.end]).toEqual([2, 1002]);
    expect(decodeBtf(first.bytes).end).toBe(2);
  });

  it('of an enum are signed where a value is negative', () => {
    const builder = new BtfBuilder();
    builder.addEnum('e', [
      { name: 'A', value: -1 },
      { name: 'B', value: 2 ** 31 - 1 },
    ]);
    builder.addEnum('f', [{ name: 'C', value: 2 ** 32 - 1 }]);
    builder.addEnum64('g', [{ name: 'D', value: -(2n ** 63n) }]);
    builder.addEnum64('h', [{ name: 'E', value: 2n ** 64n - 1n }]);
    expect(viewsOf(builder.build().table).slice(1)).toMatchObject([
      { isSigned: true, enumerators: [{ value: -1n }, { value: 2n ** 31n - 1n }] },
      { isSigned: false, enumerators: [{ value: 2n ** 32n - 1n }] },
      { isSigned: true, enumerators: [{ value: -(2n ** 63n) }] },
      { isSigned: false, enumerators: [{ value: 2n ** 64n - 1n }] },
    ]);
  });
});

describe('what a record has no room for is refused', () => {
  const member = (bitOffset: number, bitSize?: number) => [{ name: 'm', typeId: 1, bitOffset, bitSize }];

  it.each<[string, (builder: BtfBuilder) => void]>([
    ['a size of 4 GiB', (builder) => builder.addStruct('s', 2 ** 32)],
    ['a negative size', (builder) => builder.addFloat('f', -4)],
    ['a size that is no integer', (builder) => builder.addInt('i', 1.5, { bitSize: 8 })],
    ['an int of 256 bits', (builder) => builder.addInt('i', 32)],
    ['a member at 512 MiB', (builder) => builder.addStruct('s', 8, member(2 ** 32))],
    ['a bitfield at 2 MiB', (builder) => builder.addStruct('s', 8, member(2 ** 24, 3))],
    ['a bitfield of 256 bits', (builder) => builder.addUnion('s', 8, member(0, 256))],
    ['an id that is none', (builder) => builder.addPointer(-1)],
    ['a component before the first', (builder) => builder.addDeclTag('t', 1, -2)],
    ['a value of 33 bits', (builder) => builder.addEnum('e', [{ name: 'A', value: 2 ** 32 }])],
    [
      'a value beyond the signed ones',
      (builder) => builder.addEnum('e', [{ name: 'A', value: 2 ** 31 }], { isSigned: true }),
    ],
    ['a value of 65 bits', (builder) => builder.addEnum64('e', [{ name: 'A', value: 2n ** 64n }])],
    ['a value that is no integer', (builder) => builder.addEnum64('e', [{ name: 'A', value: 0.5 }])],
  ])('%s', (_, add) => {
    const builder = new BtfBuilder();
    builder.addInt('int', 4);
    expect(() => add(builder)).toThrow(RangeError);
    // Nothing is left of it.
    expect([builder.nextId, builder.build().table.end]).toEqual([2, 2]);
  });

  it('a name with a NUL', () => {
    const builder = new BtfBuilder();
    expect(() => builder.addTypedef('a\0b', 0)).toThrow(TypeError);
    expect(builder.nextId).toBe(1);
  });

  it('a reference to a type that is never added', () => {
    const builder = new BtfBuilder();
    builder.addPointer(2);
    expect(() => builder.build()).toThrow(new RangeError('type 1 refers to type 2, which was not added'));
  });
});

describe('build', () => {
  const twice = (builder: BtfBuilder): number[] => {
    const ints = [builder.addInt('int', 4), builder.addInt('int', 4)];
    return [...ints, ...ints.map((int) => builder.addPointer(int))];
  };

  it('keeps equal types apart unless it is told otherwise, and says which became which', () => {
    const builder = new BtfBuilder();
    twice(builder);
    const plain = builder.build();
    expect([plain.table.end, ...plain.ids]).toEqual([5, 0, 1, 2, 3, 4]);
    const merged = builder.build({ dedup: true });
    expect([decodeBtf(merged.bytes).end, ...merged.ids]).toEqual([3, 0, 1, 1, 2, 2]);
  });

  it('writes both byte orders, and a kind layout', () => {
    const builder = new BtfBuilder();
    twice(builder);
    const { bytes, table } = builder.build({ endian: 'big', layout: true });
    expect([bytes[0], table.endian, decodeBtf(bytes).endian]).toEqual([0xeb, 'big', 'big']);
    expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(4)).toBe(32);
    expect(viewsOf(decodeBtf(bytes))).toEqual(viewsOf(builder.build().table));
  });

  const base = (() => {
    const builder = new BtfBuilder({ pointerSize: 4 });
    const int = builder.addInt('int', 4);
    builder.addStruct('s', 4, [{ name: 'm', typeId: int, bitOffset: 0 }]);
    builder.addPointer(int);
    return builder.build().table;
  })();

  it('continues a base, whose names and types it may use', () => {
    const builder = new BtfBuilder({ base });
    const pointer = builder.addPointer(2);
    builder.addTypedef('m', pointer);
    const { bytes, table, baseBytes } = builder.build();
    expect([pointer, table.pointerSize, baseBytes]).toEqual([4, 4, undefined]);
    expect(Buffer.from(bytes).toString('latin1')).not.toContain('m\0');
    expect(decodeBtf(bytes, { base }).type(5)).toMatchObject({ kind: 'typedef', name: 'm', typeId: 4 });
  });

  it('leaves out what a base has', () => {
    const builder = new BtfBuilder({ base });
    builder.addConst(builder.addPointer(builder.addInt('int', 4)));
    const { table, ids } = builder.build({ dedup: true });
    expect([table.end, ...ids]).toEqual([5, 0, 1, 2, 3, 1, 3, 4]);
    expect(table.type(4)).toMatchObject({ kind: 'const', typeId: 3 });
  });

  it('puts types that were added without a base behind those of one', () => {
    const builder = new BtfBuilder();
    const pointer = builder.addPointer(builder.addForward('s'));
    builder.addTypedef('handle', pointer);
    const { bytes, ids } = builder.build({ base, dedup: true });
    const table = decodeBtf(bytes, { base });
    expect([...ids]).toEqual([0, 2, 4, 5]);
    expect(table.type(4)).toMatchObject({ kind: 'pointer', typeId: 2 });
    expect(table.type(5)).toMatchObject({ kind: 'typedef', name: 'handle', typeId: 4 });
    expect(builder.build({ base }).table.type(4)).toMatchObject({ kind: 'forward', name: 's' });
  });

  it('has one base only', () => {
    expect(() => new BtfBuilder({ base }).build({ base })).toThrow(TypeError);
  });

  it('distills the base, which then is bytes as well', () => {
    const builder = new BtfBuilder({ base });
    const pointer = builder.addPointer(2);
    const { bytes, baseBytes, ids } = builder.build({ distill: true });
    const small = decodeBtf(baseBytes as Uint8Array);
    expect(viewsOf(small)).toMatchObject([{}, { kind: 'struct', name: 's', byteSize: 4, members: [] }]);
    expect([...ids]).toEqual([0, 0, 1, 0, 2]);
    expect(decodeBtf(bytes, { base: small }).type(ids[pointer] as number)).toMatchObject({ typeId: 1 });
  });

  it('distills nothing without a base', () => {
    expectError(() => new BtfBuilder().build({ distill: true }), 'usage', 'only split BTF');
  });

  it('makes types that the kernel would take', () => {
    const { bytes } = typesOfC().build({ dedup: true });
    expect(verifyBtf(bytes)).toEqual([]);
  });

  it.skipIf(noKernel !== undefined)(`makes types that the running kernel takes${whereAsked}`, () => {
    for (const dedup of [false, true]) expect(kernelComplaint(typesOfC().build({ dedup }).bytes)).toBe('');
    expect(kernelComplaint(typesOfC().build({ headerSize: 32 }).bytes)).toBe('');
  });
});

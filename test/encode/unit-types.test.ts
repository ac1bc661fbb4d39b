/** What becomes of types that BTF says otherwise, or not at all. */

import { describe, expect, it } from 'vitest';
import { Deduplicator } from '../../src/btf/dedup.ts';
import type { TypeFeatures } from '../../src/encode/fates.ts';
import { UnitTypes } from '../../src/encode/unit-types.ts';
import { Kind } from '../../src/model/kinds.ts';
import { SideColumns, TypeFlag } from '../../src/model/side-columns.ts';
import { TypeTable } from '../../src/model/table.ts';
import type { Type } from '../../src/model/types.ts';
import {
  array,
  declTag,
  float,
  fwd,
  info,
  int,
  ptr,
  struct,
  type TypeRecord,
  typedef,
} from '../support/btf-writer.ts';
import { modelTableOf, tableOf } from '../support/types.ts';

/** A unit, some types of which have flags. */
function unit(records: readonly TypeRecord[], flags: readonly number[] = []): { readonly table: TypeTable } {
  const { words, starts, strings, pointerSize, endian } = modelTableOf(records);
  const side = new SideColumns({ flags: Uint32Array.from(flags) });
  return { table: new TypeTable({ words, starts, strings, pointerSize, endian, side }) };
}

const ALL: TypeFeatures = { float: true, declTag: true, typeTag: true, enum64: true };

interface Encoded {
  readonly table: TypeTable;
  readonly types: Type[];
  readonly remarks: string[];
}

function encode(...units: { readonly table: TypeTable }[]): Encoded {
  return encodeWith({}, ...units);
}

function encodeWith(
  { base, ...features }: Partial<TypeFeatures> & { readonly base?: TypeTable },
  ...units: { readonly table: TypeTable }[]
): Encoded {
  const remarks: string[] = [];
  const target = new Deduplicator(base);
  const encoder = new UnitTypes({
    target,
    features: { ...ALL, ...features },
    remark: (text) => remarks.push(text),
  });
  for (const unit of units) encoder.add(unit.table);
  const { table } = target.finish();
  return {
    table,
    types: Array.from({ length: table.end - 1 }, (_, index) => table.type(index + 1)),
    remarks,
  };
}

describe('an array', () => {
  it('of several dimensions has one', () => {
    const { types } = encode(
      unit(
        [int('int', 4), array(1, 1, 3), array(2, 1, 2), array(3, 1, 4)],
        [0, TypeFlag.Synthetic, TypeFlag.Synthetic, 0],
      ),
    );
    expect(types).toMatchObject([
      { kind: 'int' },
      { kind: 'array', elementTypeId: 1, indexTypeId: 1, count: 24 },
    ]);
  });

  it('of a typedef of an array keeps both', () => {
    const { types } = encode(unit([int('int', 4), array(1, 1, 3), typedef('row', 2), array(3, 1, 2)]));
    expect(types).toHaveLength(4);
  });

  it('is indexed by the first int of the file, whatever the compiler says', () => {
    const first = unit([int('long', 8), int('int', 4, 'signed'), array(1, 1, 5)]);
    const second = unit([int('char', 1), array(1, 1, 6)]);
    expect(encode(first, second).types).toMatchObject([
      { name: 'long' },
      { name: 'int', id: 2 },
      { kind: 'array', indexTypeId: 2 },
      { name: 'char' },
      { kind: 'array', elementTypeId: 4, indexTypeId: 2 },
    ]);
  });

  it('is indexed by an int of its own where there is none', () => {
    expect(encode(unit([int('char', 1), array(1, 1, 5), ptr(2)])).types).toMatchObject([
      { name: 'char' },
      { kind: 'array', indexTypeId: 4 },
      { kind: 'pointer', typeId: 2 },
      { kind: 'int', name: 'int', byteSize: 4, encoding: 'signed' },
    ]);
  });
});

describe('what BTF does not have', () => {
  it('_Atomic is left out', () => {
    const records: TypeRecord[] = [
      int('int', 4),
      [0, info(Kind.Atomic), 3],
      [0, info(Kind.Atomic), 1],
      ptr(2),
    ];
    expect(encode(unit(records)).types).toMatchObject([{ kind: 'int' }, { kind: 'pointer', typeId: 1 }]);
  });

  it('an _Atomic that is its own target is void', () => {
    expect(encode(unit([[0, info(Kind.Atomic), 1], ptr(1)])).types).toMatchObject([
      { kind: 'pointer', typeId: 0 },
    ]);
  });

  it.each([Kind.Reference, Kind.RvalueReference])('a reference (%i) is a pointer', (kind) => {
    expect(encode(unit([int('int', 4), [0, info(kind), 1]])).types).toMatchObject([
      { kind: 'int' },
      { kind: 'pointer', typeId: 1 },
    ]);
  });

  it('an unspecified type is void', () => {
    const { types, remarks } = encode(unit([['nullptr', info(Kind.Unspecified), 0], typedef('t', 1)]));
    expect(types).toMatchObject([{ kind: 'typedef', typeId: 0 }]);
    expect(remarks).toEqual([]);
  });

  it('anything else is void, with a remark', () => {
    const { types, remarks } = encode(unit([['cplx', info(Kind.Complex), 8], ptr(1)]));
    expect(types).toMatchObject([{ kind: 'pointer', typeId: 0 }]);
    expect(remarks).toEqual(['.debug_info+0x0: BTF has no Complex: void stands for it']);
  });

  it.each([
    [int('odd', 3), 'int'],
    [int('none', 0), 'int'],
    [float('huge', 32), 'float'],
  ])('a base type of an impossible size is a fake int', (record) => {
    expect(encode(unit([record])).types).toMatchObject([
      { kind: 'int', name: '__SANITIZED_FAKE_INT__', byteSize: 4, encoding: 'none' },
    ]);
  });

  it('an id without a type is void', () => {
    expect(encode(unit([ptr(77)])).types).toMatchObject([{ kind: 'pointer', typeId: 0 }]);
  });
});

describe('tags', () => {
  it('follow the types of their unit', () => {
    expect(encode(unit([declTag('t', 2), struct('s', 4), ptr(2)])).types).toMatchObject([
      { kind: 'struct' },
      { kind: 'pointer' },
      { kind: 'declTag', typeId: 1 },
    ]);
  });

  it('of what is left out are left out', () => {
    expect(encode(unit([declTag('t', 2), ['x', info(Kind.Unspecified), 0]])).types).toEqual([]);
  });
});

describe('units', () => {
  it('share types, and complete one another', () => {
    const { types } = encode(unit([fwd('s'), ptr(1)]), unit([struct('s', 8), ptr(1)]));
    expect(types).toMatchObject([{ kind: 'pointer', typeId: 2 }, { kind: 'struct' }]);
  });

  it('may continue a base', () => {
    const base = tableOf([int('int', 4)]);
    const { table } = encodeWith({ base }, unit([int('int', 4), ptr(1), array(1, 1, 2)]));
    expect([table.type(2), table.type(3)]).toMatchObject([
      { typeId: 1 },
      { elementTypeId: 1, indexTypeId: 1 },
    ]);
  });
});

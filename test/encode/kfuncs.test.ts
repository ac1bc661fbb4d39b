/** Tags of functions that BPF programs may call: which sets and symbols of `.BTF_ids` make them. */

import { describe, expect, it } from 'vitest';
import { int, ptr } from '../support/btf-writer.ts';
import { pack, TARGETS, type Target } from '../support/elf-writer.ts';
import {
  type EncodedUnits,
  elfWith,
  encodeUnits,
  type NamedSymbol,
  type SignatureSpec,
} from '../support/encoding.ts';

const WIDE: Target = { wordSize: 8, endian: 'little' };
const STT_OBJECT = 1;
const SET: NamedSymbol = { name: '__BTF_ID__set8__s', value: 0n, size: 16 };

/** Encodes the function `f` of a file with one set of one member. */
function encodeMember(
  {
    setFlags = 1,
    memberFlags = 0,
    target = WIDE,
    ...spec
  }: {
    readonly setFlags?: number;
    readonly memberFlags?: number;
    readonly target?: Target;
    readonly member?: NamedSymbol;
    readonly set?: NamedSymbol;
    readonly function?: Partial<SignatureSpec>;
  },
  features: Parameters<typeof encodeUnits>[2] = {},
): EncodedUnits {
  const { member = { name: '__BTF_ID__func__f__7', value: 8n }, set = SET } = spec;
  const data = pack(target, 'IIII', 1, setFlags, 0, memberFlags);
  const elf = elfWith(
    [{ name: 'f' }, ...[set, member].map((symbol) => ({ ...symbol, type: STT_OBJECT }))],
    [{ name: '.BTF_ids', data }],
    target,
  );
  const functions = [{ name: 'f', ...spec.function }];
  return encodeUnits([{ types: [int('int', 4), ptr(1)], functions }], elf, features);
}

function tags({ types }: EncodedUnits): string[] {
  return types.flatMap((type) => (type.kind === 'declTag' ? [type.name] : []));
}

describe('a function in a set of kfuncs', () => {
  it.each(TARGETS)('is tagged ($wordSize bytes, $endian endian)', (target) => {
    expect(tags(encodeMember({ target }))).toEqual(['bpf_kfunc']);
  });

  it('that is fast to call has two tags', () => {
    expect(tags(encodeMember({ memberFlags: 0x1000 }))).toEqual(['bpf_kfunc', 'bpf_fastcall']);
  });

  it.each([
    ['without the feature', {}, { declTagKfuncs: false }],
    ['without tags', {}, { declTag: false }],
    ['in a set of others', { setFlags: 2 }, {}],
    ['behind the set', { set: { ...SET, size: 8 } }, {}],
    ['that is a type', { member: { name: '__BTF_ID__struct__f__7', value: 8n } }, {}],
    ['whose symbol has no number', { member: { name: '__BTF_ID__func__f_7', value: 8n } }, {}],
  ])('%s is not', (_, spec, features) => {
    expect(tags(encodeMember(spec, features))).toEqual([]);
  });

  it('outside of the section is not, with a remark', () => {
    const set = { ...SET, size: 64 };
    const { types, remarks } = encodeMember({ set, member: { name: '__BTF_ID__func__f__7', value: 12n } });
    expect(types.some(({ kind }) => kind === 'declTag')).toBe(false);
    expect(remarks).toEqual(["kfunc 'f' lies outside of .BTF_ids"]);
  });
});

describe('pointers into an arena', () => {
  const spec = {
    memberFlags: 0xe000,
    function: {
      result: 2,
      parameters: [
        ['a', 2],
        ['b', 2],
      ],
    },
  } as const;

  it('are tagged by an attribute', () => {
    const { types } = encodeMember(spec, { attributes: true });
    expect(types).toMatchObject([
      { kind: 'int' },
      { kind: 'pointer' },
      { kind: 'typeTag', name: 'address_space(1)', typeId: 1, isAttribute: true },
      { kind: 'pointer', typeId: 3 },
      { kind: 'funcProto', returnTypeId: 4, parameters: [{ typeId: 4 }, { typeId: 4 }] },
      { kind: 'func' },
      { kind: 'declTag' },
    ]);
  });

  it('are not without the feature', () => {
    expect(encodeMember(spec).types.some(({ kind }) => kind === 'typeTag')).toBe(false);
  });

  it('that are no pointers are remarked on', () => {
    const { remarks } = encodeMember({ memberFlags: 0x2000, function: { result: 1 } }, { attributes: true });
    expect(remarks).toEqual(["the kfunc 'f' has no pointer where its flags say that there is one"]);
  });
});

/** Values of relocations, and the choice among the candidates of a target. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import type { CoreRelocation } from '../../src/btf/ext.ts';
import { CoreKind } from '../../src/core/kinds.ts';
import { type CoreOutcome, type ResolveOptions, resolveRelocations } from '../../src/core/resolve.ts';
import { CoreTarget } from '../../src/core/target.ts';
import type { Endian } from '../../src/model/bytes.ts';
import type { TypeTable } from '../../src/model/table.ts';
import {
  array,
  btf,
  enum32,
  enum64,
  int,
  type MemberSpec,
  ptr,
  splitBtf,
  struct,
  type TypeRecord,
} from '../support/btf-writer.ts';
import { tableOf } from '../support/types.ts';

const i32 = int('int', 4, 'signed');
const ALL_KINDS = Object.values(CoreKind);

function targetOf(table: TypeTable): CoreTarget {
  return new CoreTarget({ name: 'vmlinux', table });
}

/** The outcome in one word: the value, `poisoned`, or the code of the failure. */
function word(outcome: CoreOutcome): string {
  switch (outcome.status) {
    case 'resolved':
      return String(outcome.value);
    case 'poisoned':
      return 'poisoned';
    case 'failed':
      return outcome.error.code;
  }
}

function outcomes(
  relocations: readonly Omit<CoreRelocation, 'insnOffset'>[],
  options: ResolveOptions,
): string[] {
  const all = relocations.map((relocation) => ({ ...relocation, insnOffset: 0 }));
  return resolveRelocations(all, options).map(({ outcome }) => word(outcome));
}

/** Relocates the last type of `local` for the types of `target`. */
function values(
  local: readonly TypeRecord[],
  target: readonly TypeRecord[],
  accesses: readonly (readonly [access: string, kind: number])[],
): string[] {
  const relocations = accesses.map(([access, kind]) => ({ typeId: local.length, access, kind }));
  return outcomes(relocations, { local: tableOf(local), target: targetOf(tableOf(target)) });
}

const FIELD_KINDS = [0, 1, 2, 3, 4, 5];

describe('the values of a field', () => {
  const local = [i32, struct('s', 4, [['m', 1, 0]])];
  const at = FIELD_KINDS.map((kind) => ['0:0', kind] as const);

  it('are offset, size, existence, sign and the shifts of a 64-bit load', () => {
    expect(values(local, [i32, struct('s', 8, [['m', 1, 32]])], at)).toEqual([
      '4',
      '4',
      '1',
      '1',
      '32',
      '32',
    ]);
  });

  it('of a bitfield are those of the smallest aligned load that covers it', () => {
    const bits = (offset: number, size: number): string[] =>
      values(local, [i32, struct('s', 16, [['m', 1, offset, size]])], at);
    expect(bits(35, 5)).toEqual(['4', '4', '1', '1', '56', '59']);
    // Across two ints: a load of 8 bytes.
    expect(bits(30, 5)).toEqual(['0', '8', '1', '1', '29', '59']);
    // Across two loads of 8 bytes: none covers it; whether it exists is known all the same.
    expect(bits(62, 5)).toEqual([
      'unsupported',
      'unsupported',
      '1',
      'unsupported',
      'unsupported',
      'unsupported',
    ]);
  });

  it.each<Endian>(['big', 'little'])(
    'of a bitfield of a big-endian object count from the other end, its kernel being stored %s-endian',
    (endian) => {
      const records = [i32, struct('s', 16, [['m', 1, 35, 5]])];
      const [local, target] = [
        decodeBtf(btf(records, { endian: 'big' })),
        decodeBtf(btf(records, { endian })),
      ];
      const relocations = FIELD_KINDS.map((kind) => ({ typeId: 2, access: '0:0', kind }));
      const found = outcomes(relocations, { local, target: targetOf(target) });
      expect(found).toEqual(['4', '4', '1', '1', '35', '59']);
    },
  );

  it('that is not there are 0 for its existence, and else must not be asked for', () => {
    expect(values(local, [i32, struct('s', 4, [['n', 1, 0]])], at)).toEqual([
      'poisoned',
      'poisoned',
      '0',
      'poisoned',
      'poisoned',
      'poisoned',
    ]);
  });

  it('of an element are an offset and a size', () => {
    const withArray = [i32, array(1, 1, 8), struct('s', 32, [['m', 2, 0]])];
    const element = FIELD_KINDS.map((kind) => ['0:0:3', kind] as const);
    expect(values(withArray, withArray, element)).toEqual([
      '12',
      '4',
      '1',
      'bad-data',
      'bad-data',
      'bad-data',
    ]);
  });

  it('that is larger than a register wrap in 32 bits, as in libbpf', () => {
    const withArray = [i32, array(1, 1, 4), struct('s', 16, [['m', 2, 0]])];
    expect(values(withArray, withArray, at).slice(4)).toEqual(['4294967232', '4294967232']);
  });
});

describe('the values of types and enumerators', () => {
  it('are ids, existence, size', () => {
    const kinds = [6, 7, 8, 9, 12].map((kind) => ['0', kind] as const);
    expect(values([struct('s', 4)], [i32, struct('s', 24)], kinds)).toEqual(['1', '2', '1', '24', '1']);
    expect(values([struct('s', 4)], [i32], kinds)).toEqual(['1', '0', '0', '0', '0']);
  });

  it('of 32 bits are extended with their sign, whatever the enum is', () => {
    const kinds = [['0', 10] as const, ['0', 11] as const];
    const local = [enum32('e', [['A', 1]])];
    expect(values(local, [enum32('e', [['A', -1]])], kinds)).toEqual(['1', '18446744073709551615']);
    expect(values(local, [enum64('e', [['A', 0x8000_0000n]])], kinds)).toEqual(['1', '2147483648']);
    expect(values(local, [enum32('e', [])], kinds)).toEqual(['0', 'poisoned']);
  });

  it('of what has no name cannot be had, but for its own id', () => {
    const kinds = [['0', 6] as const, ['0', 8] as const];
    expect(values([i32, ptr(1)], [i32], kinds)).toEqual(['2', 'unsupported']);
  });
});

describe('several candidates', () => {
  const member = (name: string, bitOffset: number): MemberSpec => [name, 1, bitOffset];
  const local = [i32, struct('s', 8, [member('m', 0), member('n', 32)])];
  const both = [
    ['0:0', 0],
    ['0:1', 0],
  ] as const;

  it('are all flavors of the name, and agree', () => {
    const flavors = [i32, struct('s___1', 8, [member('m', 32)]), struct('s___2', 8, [member('m', 32)])];
    expect(values(local, flavors, [['0:0', 0]])).toEqual(['4']);
  });

  it('that do not agree make the relocation fail', () => {
    const flavors = [i32, struct('s', 8, [member('m', 32)]), struct('s___2', 8, [member('m', 0)])];
    expect(values(local, flavors, [['0:0', 0]])).toEqual(['ambiguous']);
    // Both exist, but not at one place.
    expect(values(local, flavors, [['0:0', 2]])).toEqual(['ambiguous']);
  });

  const mixed = [
    i32,
    struct('s', 12, [member('m', 0), member('n', 32)]),
    struct('s', 12, [member('m', 64), member('o', 32)]),
  ];

  it('are dropped once a relocation has found the others, as in libbpf', () => {
    expect(values(local, mixed, [['0:1', 0], ...both])).toEqual(['4', '0', '4']);
    expect(values(local, mixed, [['0:0', 0]])).toEqual(['ambiguous']);
  });

  const consistent = (target: readonly TypeRecord[]): string[] =>
    outcomes(
      both.map(([access, kind]) => ({ typeId: 2, access, kind })),
      { local: tableOf(local), target: targetOf(tableOf(target)), mode: 'consistent' },
    );

  it('are one for all relocations of a type in the consistent mode: that which has the most', () => {
    expect(consistent(mixed)).toEqual(['0', '4']);
    expect(values(local, mixed, both)).toEqual(['ambiguous', '4']);
  });

  it('are never mixed in the consistent mode', () => {
    const halves = [i32, struct('s', 8, [member('m', 32)]), struct('s', 8, [member('n', 0)])];
    expect(values(local, halves, both)).toEqual(['4', 'poisoned']);
    expect(consistent(halves)).toEqual(['ambiguous', 'ambiguous']);
  });
});

describe('modules', () => {
  const { base, split } = splitBtf(
    [i32, struct('of_kernel', 4, [['m', 1, 0]])],
    [struct('of_kernel', 8, [['m', 1, 32]]), struct('of_module', 8, [['m', 1, 32]])],
  );
  const kernel = decodeBtf(base);
  const target = new CoreTarget({ name: 'vmlinux', table: kernel }, [
    { name: 'mod', table: decodeBtf(split, { base: kernel }) },
  ]);

  it('are looked at for types that the kernel does not have', () => {
    const local = tableOf([
      i32,
      struct('of_kernel', 4, [['m', 1, 0]]),
      struct('of_module', 4, [['m', 1, 0]]),
    ]);
    const relocations = [2, 3].flatMap((typeId) => [
      { typeId, access: '0:0', kind: CoreKind.FieldByteOffset },
      { typeId, access: '0', kind: CoreKind.TypeIdTarget },
    ]);
    expect(outcomes(relocations, { local, target })).toEqual(['0', '2', '4', '4']);
    expect(outcomes(relocations, { local, target: targetOf(kernel) })).toEqual(['0', '2', 'poisoned', '0']);
  });
});

describe('for types with names of their own', () => {
  /** Structs `s0`, `s1`, ... of ints, bitfields, arrays and the structs before them. */
  const structs = fc.array(fc.array(fc.nat(4), { minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 5,
  });

  function recordsOf(shapes: readonly (readonly number[])[]): TypeRecord[] {
    const records = [i32, int('long', 8), array(1, 1, 3), ptr(0)];
    for (const [index, shape] of shapes.entries()) {
      let bitOffset = 0;
      const members = shape.map((choice, at): MemberSpec => {
        const place = bitOffset;
        bitOffset += 128;
        if (choice === 4 && index > 0) return [`m${at}`, records.length, place];
        return choice === 3 ? [`m${at}`, 1, place + 3, 7] : [`m${at}`, 1 + (choice % 4), place];
      });
      records.push(struct(`s${index}`, bitOffset / 8, members));
    }
    return records;
  }

  /** All accesses to the members of all structs, and to the structs. */
  function relocationsOf(shapes: readonly (readonly number[])[]): Omit<CoreRelocation, 'insnOffset'>[] {
    return shapes.flatMap((shape, index) => {
      const typeId = 5 + index;
      const types = [6, 7, 8, 9, 12].map((kind) => ({ typeId, access: '0', kind }));
      const fields = shape.flatMap((_, at) =>
        FIELD_KINDS.map((kind) => ({ typeId, access: `0:${at}`, kind })),
      );
      return [...types, ...fields];
    });
  }

  it('relocation for the very same types changes nothing', () => {
    fc.assert(
      fc.property(structs, (shapes) => {
        const local = tableOf(recordsOf(shapes));
        const relocations = relocationsOf(shapes).map((each) => ({ ...each, insnOffset: 0 }));
        for (const { spec, outcome } of resolveRelocations(relocations, { local, target: targetOf(local) })) {
          expect(outcome.status).toBe('resolved');
          if (outcome.status !== 'resolved') continue;
          if (outcome.expected !== undefined) expect(outcome.value).toBe(outcome.expected);
          expect(outcome.load).toBeUndefined();
          if (outcome.spec !== undefined) expect(outcome.spec).toEqual(spec);
        }
      }),
    );
  });

  it('members that the target has at the end change no field', () => {
    fc.assert(
      fc.property(structs, fc.nat(4), (shapes, more) => {
        const records = recordsOf(shapes);
        const local = tableOf(records);
        const last = shapes[shapes.length - 1] as number[];
        const appended = [...shapes.slice(0, -1), [...last, ...Array(more + 1).fill(0)]];
        const fields = relocationsOf(shapes).filter(({ kind }) => FIELD_KINDS.includes(kind));
        const before = outcomes(fields, { local, target: targetOf(local) });
        expect(outcomes(fields, { local, target: targetOf(tableOf(recordsOf(appended))) })).toEqual(before);
      }),
    );
  });

  it('every kind of relocation has an outcome for every access', () => {
    const access = fc.array(fc.nat(6), { maxLength: 4 }).map((indexes) => indexes.join(':'));
    const relocation = fc.record({
      typeId: fc.nat(12),
      access,
      kind: fc.nat(13),
      insnOffset: fc.constant(0),
    });
    fc.assert(
      fc.property(structs, fc.array(relocation), fc.boolean(), (shapes, relocations, isConsistent) => {
        const local = tableOf(recordsOf(shapes));
        const mode = isConsistent ? 'consistent' : 'libbpf';
        const found = resolveRelocations(relocations, { local, target: targetOf(local), mode });
        expect(found).toHaveLength(relocations.length);
      }),
    );
    expect(ALL_KINDS).toHaveLength(13);
  });
});

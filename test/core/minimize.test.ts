/** Minimal BTF: what bpftool makes, and what it cannot make: forward declarations, type tags, modules. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { encodeBtf } from '../../src/btf/encode.ts';
import type { CoreRelocation } from '../../src/btf/ext.ts';
import { verifyBtf } from '../../src/btf/verify.ts';
import { CoreKind } from '../../src/core/kinds.ts';
import { minimize } from '../../src/core/minimize.ts';
import { type BpfObject, readBpfObject } from '../../src/core/object.ts';
import { CoreTarget } from '../../src/core/target.ts';
import { parseElf } from '../../src/elf/file.ts';
import type { TypeTable } from '../../src/model/table.ts';
import type { Type } from '../../src/model/types.ts';
import {
  array,
  constOf,
  enum32,
  funcProto,
  fwd,
  int,
  ptr,
  splitBtf,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
} from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { fixturePath } from '../support/fixtures.ts';
import { tableOf } from '../support/types.ts';

const fixture = (name: string): Buffer => readFileSync(fixturePath(`core/${name}`));
const program = readBpfObject(parseElf(fixture('program.bpf.o')));

describe('minimal BTF', () => {
  it.each(['kernel-new', 'kernel-old'])('of %s has the bytes of bpftool 7.8', (name) => {
    const table = decodeBtf(fixture(`${name}.btf`));
    const minimal = minimize(new CoreTarget({ name, table }), [program]);
    expect(encodeBtf(minimal, { headerSize: 32 })).toEqual(fixture(`${name}.min.btf`));
  });

  it('gives a program the values that the whole gives', () => {
    const table = decodeBtf(fixture('kernel-new.btf'));
    const whole = new CoreTarget({ name: 'whole', table });
    const again = minimize(new CoreTarget({ name: 'minimal', table: minimize(whole, [program]) }), [program]);
    expect(encodeBtf(again)).toEqual(encodeBtf(minimize(whole, [program, program])));
  });
});

/** An object with types and relocations, and no code. */
function objectOf(
  records: readonly TypeRecord[],
  relocations: readonly Omit<CoreRelocation, 'insnOffset'>[],
): BpfObject {
  return {
    ...program,
    table: tableOf(records),
    relocations: relocations.map((each) => ({
      ...each,
      insnOffset: 0,
      sectionName: 'x',
      function: undefined,
    })),
  };
}

/** The types in one line each. */
function listing(table: TypeTable): string[] {
  return Array.from({ length: table.end - 1 }, (_, index) => line(table.type(index + 1)));
}

function line(type: Type): string {
  const name = 'name' in type && type.kind !== 'pointer' ? ` ${type.name}` : '';
  const members = 'members' in type ? ` {${type.members.map((each) => each.name).join(' ')}}` : '';
  return `${type.kind}${name}${members}`.trimEnd();
}

const minimal = (
  target: readonly TypeRecord[],
  local: readonly TypeRecord[],
  relocations: readonly Omit<CoreRelocation, 'insnOffset'>[],
): string[] => {
  const table = minimize(new CoreTarget({ name: 'k', table: tableOf(target) }), [
    objectOf(local, relocations),
  ]);
  expect(
    verifyBtf(encodeBtf(table))
      .map(({ code }) => code)
      .filter((code) => code !== 'types'),
  ).toEqual([]);
  return listing(table);
};

describe('what stays', () => {
  const i32 = int('int', 4, 'signed');
  const local = [i32, struct('s', 4, [['m', 1, 0]])];
  const field = { typeId: 2, access: '0:0', kind: CoreKind.FieldByteOffset };

  it('of a field are the members on the way to it, and what they are, up to a pointer', () => {
    const target = [
      i32,
      struct('other', 4, [['x', 1, 0]]),
      ptr(2),
      constOf(3),
      struct('', 16, [
        ['n', 1, 0],
        ['m', 4, 64],
      ]),
      struct('s', 32, [
        ['a', 1, 0],
        ['', 5, 64],
      ]),
    ];
    const pointing = [ptr(0), struct('s', 8, [['m', 1, 0]])];
    expect(minimal(target, pointing, [field])).toEqual(['pointer', 'const', 'struct  {m}', 'struct s {}']);
  });

  it('of an element are the arrays that hold it', () => {
    const types = [i32, array(1, 1, 4), array(2, 1, 4), struct('s', 64, [['m', 3, 0]])];
    const element = { typeId: 4, access: '0:0:1:2', kind: CoreKind.FieldByteOffset };
    expect(minimal(types, types, [element])).toEqual(['int int', 'array', 'array', 'struct s {m}']);
  });

  it('of a bitfield is its place, and without one the kind flag goes', () => {
    const types = [
      i32,
      struct('s', 8, [
        ['m', 1, 3, 5],
        ['n', 1, 32],
      ]),
    ];
    const target = new CoreTarget({ name: 'k', table: tableOf(types) });
    const kept = (access: string): unknown => {
      const table = minimize(target, [objectOf(types, [{ ...field, access }])]);
      return table.type(table.end - 1);
    };
    expect(kept('0:0')).toMatchObject({ members: [{ name: 'm', bitOffset: 3, bitSize: 5 }] });
    expect(kept('0:1')).toMatchObject({ members: [{ name: 'n', bitOffset: 32 }] });
  });

  it('of a type is what it leads to, structs without members, where bpftool gives up at forward declarations and tags', () => {
    const types = [
      i32,
      struct('hidden', 4, [['m', 1, 0]]),
      fwd('declared'),
      ptr(2),
      ptr(3),
      typeTag('user', 1),
      ptr(6),
      funcProto(4, [
        ['a', 5],
        ['b', 7],
      ]),
      ptr(8),
      typedef('callback', 9),
    ];
    const exists = { typeId: 10, access: '0', kind: CoreKind.TypeExists };
    expect(minimal(types, types, [exists])).toEqual([
      'int int',
      'struct hidden {}',
      'forward declared',
      'pointer',
      'pointer',
      'typeTag user',
      'pointer',
      'funcProto',
      'pointer',
      'typedef callback',
    ]);
  });

  it('of a type that must match are its members, those of structs behind pointers left out', () => {
    const types = [
      i32,
      struct('far', 4, [['m', 1, 0]]),
      ptr(2),
      struct('near', 4, [['m', 1, 0]]),
      struct('s', 16, [
        ['far', 3, 0],
        ['near', 4, 64],
      ]),
    ];
    const matches = { typeId: 5, access: '0', kind: CoreKind.TypeMatches };
    expect(minimal(types, types, [matches])).toEqual([
      'int int',
      'struct far {}',
      'pointer',
      'struct near {m}',
      'struct s {far near}',
    ]);
  });

  it('of an enumerator is its enum', () => {
    const types = [
      enum32('other', [['X', 1]]),
      enum32('e', [
        ['A', 1],
        ['B', 2],
      ]),
    ];
    const value = { typeId: 2, access: '1', kind: CoreKind.EnumeratorValue };
    expect(minimal(types, types, [value])).toEqual(['enum e']);
  });

  it('of what the kernel does not have is nothing', () => {
    expect(minimal([i32], local, [field, { typeId: 2, access: '0', kind: CoreKind.TypeIdLocal }])).toEqual(
      [],
    );
  });

  it('of modules follows the kernel, whose types they share', () => {
    const { base, split } = splitBtf(
      [i32, struct('unused', 4, [['m', 1, 0]]), struct('of_kernel', 4, [['m', 1, 0]])],
      [
        struct('unused', 4, [['m', 1, 0]]),
        struct('s', 8, [
          ['of_kernel', 3, 0],
          ['m', 1, 32],
        ]),
      ],
    );
    const kernel = decodeBtf(base);
    const target = new CoreTarget({ name: 'vmlinux', table: kernel }, [
      { name: 'mod', table: decodeBtf(split, { base: kernel }) },
    ]);
    const object = objectOf(
      [
        i32,
        struct('of_kernel', 4, [['m', 1, 0]]),
        struct('s', 4, [
          ['m', 1, 0],
          ['of_kernel', 2, 0],
        ]),
      ],
      [
        { typeId: 3, access: '0:0', kind: CoreKind.FieldByteOffset },
        { typeId: 3, access: '0:1:0', kind: CoreKind.FieldByteOffset },
      ],
    );
    const table = minimize(target, [object]);
    expect(listing(table)).toEqual(['int int', 'struct of_kernel {m}', 'struct s {of_kernel m}']);
    expect(verifyBtf(encodeBtf(table))).toEqual([]);
  });

  it('is nothing for an object that fails', () => {
    const twice = [i32, struct('s', 4, [['m', 1, 0]]), struct('s', 8, [['m', 1, 32]])];
    const target = new CoreTarget({ name: 'k', table: tableOf(twice) });
    expectError(() => minimize(target, [objectOf(local, [field])]), 'ambiguous', 'x insn 0: <byte_off>');
  });
});

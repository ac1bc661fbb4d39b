/** What becomes of the kinds of BTF that an older kernel does not know, and which version knows what. */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { encodeBtf } from '../../src/btf/encode.ts';
import { type KernelFeatures, kernelFeatures } from '../../src/btf/kernel-features.ts';
import { sanitizeFor } from '../../src/btf/sanitize.ts';
import { verifyBtf } from '../../src/btf/verify.ts';
import { Kind } from '../../src/model/kinds.ts';
import type { TypeTable } from '../../src/model/table.ts';
import type { Type } from '../../src/model/types.ts';
import {
  btf,
  datasec,
  declTag,
  enum32,
  enum64,
  float,
  func,
  funcProto,
  info,
  int,
  ptr,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  variable,
} from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { kernelComplaint, noKernel, whereAsked } from '../support/kernel.ts';
import { modelTableOf, tableOf } from '../support/types.ts';
import { typesOfC } from '../support/types-of-c.ts';

function viewsOf(table: TypeTable): Type[] {
  return Array.from({ length: table.end }, (_, id) => table.type(id));
}

/** Without a feature the types of `input` become `expected`, which can be written; with it they stay. */
function expectWithout(
  feature: keyof KernelFeatures,
  input: readonly TypeRecord[],
  expected: readonly TypeRecord[],
): void {
  const table = tableOf(input);
  const written = encodeBtf(sanitizeFor(table, { [feature]: false }));
  expect(viewsOf(decodeBtf(written))).toEqual(viewsOf(tableOf(expected)));
  expect(viewsOf(sanitizeFor(table, { [feature]: true }))).toEqual(viewsOf(table));
}

const INT = int('int', 4, 'signed');
const BYTE = (name: string): TypeRecord => int(name, 1);

describe('a kernel that does not know', () => {
  it('functions sees typedefs of enums', () => {
    expectWithout(
      'func',
      [
        INT,
        funcProto(1, [
          ['a', 1],
          ['b', 4],
        ]),
        func('f', 2, 'global'),
        ptr(2),
      ],
      [
        INT,
        enum32('', [
          ['a', 1],
          ['b', 4],
        ]),
        typedef('f', 2),
        ptr(2),
      ],
    );
  });

  it('global functions sees static ones', () => {
    const functions = (linkage: 'static' | 'global'): TypeRecord[] => [
      funcProto(0),
      func('f', 1, linkage),
      func('g', 1, 'static'),
    ];
    expectWithout('funcGlobal', functions('global'), functions('static'));
  });

  it('variables and sections sees bytes and structs', () => {
    expectWithout(
      'datasec',
      [
        INT,
        variable('v', 1, 'global'),
        variable('w', 1),
        datasec('?.data.x', 12, [
          [2, 0, 4],
          [3, 8, 4],
        ]),
      ],
      [
        INT,
        BYTE('v'),
        BYTE('w'),
        struct('__data_x', 12, [
          ['v', 2, 0],
          ['w', 3, 64],
        ]),
      ],
    );
  });

  it('optional sections sees others, whose name no other type loses', () => {
    const types = (name: string): TypeRecord[] => [
      INT,
      variable('v', 1),
      datasec(name, 4, [[2, 0, 4]]),
      typedef('?.x', 1),
    ];
    expectWithout('optionalDatasec', types('?.x'), types('_.x'));
    const plain = tableOf(types('.x'));
    expect(viewsOf(sanitizeFor(plain, { optionalDatasec: false }))).toEqual(viewsOf(plain));
  });

  it('floats sees structs of their size', () => {
    expectWithout('float', [float('double', 8), ptr(1)], [struct('', 8), ptr(1)]);
  });

  it('tags on declarations sees bytes', () => {
    expectWithout('declTag', [struct('s', 4), declTag('t', 1, -1)], [struct('s', 4), BYTE('t')]);
  });

  it('tags on types sees const', () => {
    expectWithout('typeTag', [INT, typeTag('user', 1), ptr(2)], [INT, [0, info(Kind.Const), 1], ptr(2)]);
  });

  it('enums of 64 bits sees unions of bytes, and none that is signed', () => {
    expectWithout(
      'enum64',
      [
        enum64('wide', [
          ['A', 1n << 40n],
          ['B', 1],
        ]),
        enum32('e', [['C', -1]], { signed: true }),
        enum64('empty'),
      ],
      [
        ['wide', info(Kind.Union, 2), 8, ...(['A', 4, 0] as const), ...(['B', 4, 0] as const)],
        enum32('e', [['C', 0xffff_ffff]]),
        ['empty', info(Kind.Union, 0), 8],
        BYTE('enum64_placeholder'),
      ],
    );
  });

  it('anything of that sees nothing of it', () => {
    const late: number[] = [
      Kind.Func,
      Kind.FuncProto,
      Kind.Var,
      Kind.Datasec,
      Kind.Float,
      Kind.DeclTag,
      Kind.TypeTag,
      Kind.Enum64,
    ];
    const { table } = typesOfC().build();
    const old = sanitizeFor(table, kernelFeatures('4.18'));
    const kinds = Array.from({ length: old.end }, (_, id) => old.kind(id));
    expect(kinds.filter((kind) => late.includes(kind))).toEqual([]);
    expect(kinds.length).toBeGreaterThanOrEqual(table.end);
  });
});

describe('split types', () => {
  it('keep their base, its names and the ids', () => {
    const base = tableOf([INT, variable('v', 1)]);
    const options = { types: base.end, stringBytes: base.strings.end };
    const table = decodeBtf(btf([datasec('.x', 4, [[2, 0, 4]])], { base: options }), { base });
    const old = sanitizeFor(table, { datasec: false });
    expect(old.base).toBe(base);
    expect(old.type(3)).toMatchObject({ kind: 'struct', name: '_x', members: [{ name: 'v', typeId: 2 }] });
    expect(old.strings.bytes.toString('latin1')).toBe('_x\0');
  });
});

describe('types that cannot be written', () => {
  it('are refused', () => {
    const own = modelTableOf([['r', info(Kind.Reference), 0]]);
    expectError(() => sanitizeFor(own, {}), 'unsupported', 'type 1 has kind 64');
    expectError(() => sanitizeFor(tableOf([ptr(9)]), {}), 'bad-data', 'type 9, which does not exist');
  });
});

const VERSIONS = ['4.18', '5.0', '5.2', '5.6', '5.13', '5.16', '5.17', '6.0', '6.9'];

describe('a version of Linux', () => {
  it.each<[string, number]>([
    ['4.18', 0],
    ['4.20.17', 0],
    ['5.0', 1],
    ['5.4.0-26-generic', 2],
    ['5.10.223', 3],
    ['5.15.0', 4],
    ['5.16-rc1', 5],
    ['5.17', 6],
    ['6.1.0-50-cloud-amd64', 7],
    ['6.9', 8],
    ['6.18.44', 8],
    ['10.0', 8],
  ])('%s knows %i of the features', (version, count) => {
    expect(Object.values(kernelFeatures(version)).filter(Boolean)).toHaveLength(count);
  });

  it.each(['', '6', 'six', '6.x', 'v6.1'])("'%s' is none", (version) => {
    expectError(() => kernelFeatures(version), 'usage', 'is no version of Linux');
  });

  // From 5.0 on: before, the enumerators that stand for parameters needed no names, as they do today.
  it.each(VERSIONS.slice(1))('%s gets types that a newer one takes as well', (version) => {
    const { table } = typesOfC().build();
    expect(verifyBtf(encodeBtf(sanitizeFor(table, kernelFeatures(version))))).toEqual([]);
  });

  it.skipIf(noKernel !== undefined)(`gets types that the running one takes${whereAsked}`, () => {
    const { table } = typesOfC().build();
    for (const version of VERSIONS.slice(1)) {
      expect(kernelComplaint(encodeBtf(sanitizeFor(table, kernelFeatures(version)))), version).toBe('');
    }
  });
});

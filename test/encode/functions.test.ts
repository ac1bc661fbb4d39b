/** Which functions are encoded, and as what: rules that are shown by units made in code. */

import { describe, expect, it } from 'vitest';
import { Kind } from '../../src/model/kinds.ts';
import { SignatureFlag } from '../../src/model/signatures.ts';
import type { FuncType, Type } from '../../src/model/types.ts';
import { fwd, int, ptr, struct } from '../support/btf-writer.ts';
import {
  type EncodedUnits,
  elfWith,
  encodeUnits,
  type SignatureSpec,
  type UnitSpec,
} from '../support/encoding.ts';

const TYPES = [int('int', 4, 'signed'), struct('s', 8, [['a', 1, 0]]), ptr(2)];

/** One unit for each function. */
function unitsOf(functions: readonly SignatureSpec[]): UnitSpec[] {
  return functions.map((each) => ({ types: TYPES, functions: [each] }));
}

function functionNames({ types }: { readonly types: readonly Type[] }): string[] {
  return types.filter((type): type is FuncType => type.kind === 'func').map(({ name }) => name);
}

/** The names of the parameters of the only function. */
function parameterNames({ types }: EncodedUnits): (string | undefined)[] {
  const prototype = types.find((type) => type.kind === 'funcProto');
  return prototype?.kind === 'funcProto' ? prototype.parameters.map(({ name }) => name) : [];
}

describe('a function', () => {
  it('needs a symbol of its name, which may have a suffix', () => {
    const elf = elfWith([{ name: 'with' }, { name: 'suffixed.isra.0' }, { name: 'zzz' }]);
    const functions = ['with', 'without', 'suffixed'].map((name) => ({ name }));
    const { types, log } = encodeUnits([{ functions }], elf);
    expect(functionNames({ types })).toEqual(['suffixed', 'with']);
    expect(log).toContain("could not find function 'without' in the ELF functions table");
  });

  it('is not what was split from one', () => {
    const elf = elfWith([{ name: 'a.cold' }, { name: 'b.part.0' }, { name: 'c.isra.0.cold' }, { name: 'd' }]);
    const functions = ['a', 'b', 'c', 'd'].map((name) => ({ name }));
    expect(functionNames(encodeUnits([{ functions }], elf))).toEqual(['d']);
  });

  it('is not an object', () => {
    expect(
      functionNames(encodeUnits([{ functions: [{ name: 'f' }] }], elfWith([{ name: 'f', type: 1 }]))),
    ).toEqual([]);
  });

  it('comes behind its prototype, in the order of names, with its tags', () => {
    const elf = elfWith([{ name: 'b' }, { name: 'a' }]);
    const functions: SignatureSpec[] = [
      {
        name: 'b',
        result: 1,
        parameters: [
          ['p', 1],
          ['', 0],
        ],
        tags: [
          ['whole', -1],
          ['first', 0],
        ],
      },
      { name: 'a' },
    ];
    const { types } = encodeUnits([{ types: [int('int', 4, 'signed')], functions }], elf);
    expect(types.slice(1)).toMatchObject([
      { kind: 'funcProto', returnTypeId: 0, parameters: [] },
      { kind: 'func', name: 'a', protoId: 2, linkage: 'static' },
      { kind: 'funcProto', returnTypeId: 1, parameters: [{ name: 'p', typeId: 1 }], isVariadic: true },
      { kind: 'func', name: 'b', protoId: 4 },
      { kind: 'declTag', name: 'whole', typeId: 5 },
      { kind: 'declTag', name: 'first', typeId: 5, componentIndex: 0 },
    ]);
  });

  it('has no tags without the feature', () => {
    const { types } = encodeUnits(
      [{ functions: [{ name: 'f', tags: [['t', -1]] }] }],
      elfWith([{ name: 'f' }]),
      {
        declTag: false,
      },
    );
    expect(types.map(({ kind }) => kind)).toEqual(['funcProto', 'func']);
  });
});

describe('a function is left out', () => {
  const skipped = (reason: string): string => `f : skipping BTF encoding of function due to ${reason}`;

  it.each([
    [SignatureFlag.Misplaced, 'unexpected register usage for parameter'],
    [SignatureFlag.Reordered, 'reordered parameters'],
    [SignatureFlag.Misplaced | SignatureFlag.Reordered, 'reordered parameters'],
  ])('where a unit says so (%i)', (flags, reason) => {
    const { types, log } = encodeUnits(
      unitsOf([{ name: 'f' }, { name: 'f', flags }]),
      elfWith([{ name: 'f' }]),
    );
    expect(functionNames({ types })).toEqual([]);
    expect(log).toContain(skipped(reason));
  });

  it('where a parameter on the stack is a packed struct', () => {
    const types = [
      int('char', 1),
      int('long', 8),
      struct('p', 9, [
        ['a', 1, 0],
        ['b', 2, 8],
      ]),
    ];
    const unit: UnitSpec = { types, functions: [{ name: 'f', stackStructs: [3] }] };
    const { log } = encodeUnits([unit], elfWith([{ name: 'f' }]));
    expect(log).toContain(skipped('uncertain parameter location'));
  });

  it('where its name has several addresses', () => {
    const elf = elfWith([{ name: 'f', value: 1n }, { name: 'f', value: 2n }, { name: 'g' }]);
    expect(encodeUnits([{ functions: [{ name: 'f' }] }], elf).log).toContain(skipped('ambiguous address'));
  });

  it('but not for that if it is the last of all, which pahole does not look at', () => {
    const elf = elfWith([{ name: 'f', value: 1n }, { name: 'f', value: 2n }, { name: 'a' }]);
    expect(functionNames(encodeUnits([{ functions: [{ name: 'f' }] }], elf))).toEqual(['f']);
  });

  it.each(['f.isra.0', 'f.constprop.0'])('where it is %s and lacks parameters', (name) => {
    const elf = elfWith([
      { name, value: 16n },
      { name: 'g', value: 1n },
    ]);
    const functions = [{ name: 'f', address: 16n, flags: SignatureFlag.Optimized }];
    expect(encodeUnits([{ functions }], elf).log).toContain(skipped('optimized parameters'));
  });

  it('where the compiler says that it lacks parameters', () => {
    const functions = [{ name: 'f', flags: SignatureFlag.Optimized | SignatureFlag.Changed }];
    const { log } = encodeUnits([{ functions }], elfWith([{ name: 'f' }]));
    expect(log).toContain(skipped('optimized parameters'));
  });

  it('not because a parameter is unused', () => {
    const functions = [{ name: 'f', flags: SignatureFlag.Optimized }];
    expect(functionNames(encodeUnits([{ functions }], elfWith([{ name: 'f' }])))).toEqual(['f']);
  });
});

describe('units that declare a function differently', () => {
  const elf = elfWith([{ name: 'f' }]);
  const differing = unitsOf([
    { name: 'f', parameters: [['a', 1]] },
    { name: 'f', parameters: [['b', 3]] },
  ]);

  it('leave it out, and say how they differ', () => {
    const { types, log } = encodeUnits(differing, elf);
    expect(functionNames({ types })).toEqual([]);
    expect(log.filter((line) => line.startsWith('f :'))).toEqual([
      'f : skipping BTF encoding of function due to param type mismatch for param#1 a != b',
      'f : skipping BTF encoding of function due to inconsistet prototype',
    ]);
  });

  it('take the first without the feature', () => {
    expect(parameterNames(encodeUnits(differing, elf, { consistentFunc: false }))).toEqual(['a']);
  });

  it.each([
    [{}, { parameters: [['a', 1]] }, 'param count mismatch; 0 params != 1 params'],
    [{ result: 1 }, { result: 3 }, 'return type mismatch'],
  ] as const)('differ in %j and %j', (first, second, what) => {
    const units = unitsOf([
      { name: 'f', ...first },
      { name: 'f', ...second },
    ]);
    expect(encodeUnits(units, elf).log).toContain(`f : skipping BTF encoding of function due to ${what}`);
  });

  it('do not, where one knows a struct that the other has only declared', () => {
    const units: UnitSpec[] = [
      { types: [struct('s', 8), ptr(1)], functions: [{ name: 'f', result: 2 }] },
      { types: [fwd('s'), ptr(1)], functions: [{ name: 'f', result: 2 }] },
    ];
    expect(functionNames(encodeUnits(units, elf))).toEqual(['f']);
  });
});

describe('of several units', () => {
  it('the one that has the address of a symbol is taken', () => {
    const units = unitsOf([
      { name: 'f', parameters: [['declared', 1]] },
      { name: 'f', address: 32n, parameters: [['placed', 1]] },
    ]);
    expect(parameterNames(encodeUnits(units, elfWith([{ name: 'f', value: 32n }])))).toEqual(['placed']);
  });

  it('the one that can be called as it says is preferred', () => {
    const units = unitsOf([
      { name: 'f', address: 16n, flags: SignatureFlag.Optimized, parameters: [['changed', 1]] },
      { name: 'f', address: 16n, parameters: [['whole', 1]] },
    ]);
    const elf = elfWith([{ name: 'f.isra.0', value: 16n }, { name: 'g' }]);
    expect(parameterNames(encodeUnits(units, elf))).toEqual(['whole']);
  });

  it('those that are not taken leave the names of their parameters among the strings', () => {
    const units = unitsOf([
      { name: 'f', address: 32n, parameters: [['first', 1]] },
      { name: 'f', address: 48n, parameters: [['second', 1]] },
      { name: 'f', parameters: [['third', 1]] },
    ]);
    const { strings } = encodeUnits(units, elfWith([{ name: 'f', value: 32n }])).table;
    const names = Buffer.from(strings.bytes).toString('latin1').split('\0');
    expect(names).toEqual(expect.arrayContaining(['first', 'second', 'third']));
  });
});

describe('true signatures', () => {
  const elf = elfWith([{ name: 'f.isra.0', value: 16n }, { name: 'g' }]);
  const functions: SignatureSpec[] = [
    { name: 'f', address: 16n, flags: SignatureFlag.Optimized, parameters: [['p', 1, 'x']] },
  ];

  it('have the names of symbols, and those of members that stand for structs', () => {
    const encoded = encodeUnits([{ types: TYPES, functions }], elf, { trueSignature: true });
    expect(functionNames(encoded)).toEqual(['f.isra.0']);
    expect(parameterNames(encoded)).toEqual(['p__x']);
  });

  it('are left out where parameters are elsewhere', () => {
    const flags = SignatureFlag.Misplaced;
    const encoded = encodeUnits(
      [{ types: TYPES, functions: functions.map((each) => ({ ...each, flags })) }],
      elf,
      {
        trueSignature: true,
      },
    );
    expect(functionNames(encoded)).toEqual([]);
  });
});

describe('a comparison of types', () => {
  /** Whether two units with these types, in which the function takes the last, agree. */
  const agree = (first: UnitSpec['types'], second: UnitSpec['types']): boolean => {
    const units = [first, second].map((types = []) => ({
      types,
      functions: [{ name: 'f', parameters: [['p', types.length] as const] }],
    }));
    return functionNames(encodeUnits(units, elfWith([{ name: 'f' }]))).length === 1;
  };

  it('does not mind const where the other is not', () => {
    expect(agree([int('int', 4), [0, Kind.Const << 24, 1]], [int('int', 4)])).toBe(true);
  });

  it('minds volatile', () => {
    expect(agree([int('int', 4), [0, Kind.Volatile << 24, 1]], [int('int', 4)])).toBe(false);
  });

  it('goes by the names of structs, but by all of ints', () => {
    expect(agree([struct('s', 4)], [struct('s', 8)])).toBe(true);
    expect(agree([int('i', 4)], [int('i', 8)])).toBe(false);
    expect(agree([int('i', 4)], [int('j', 4)])).toBe(false);
  });

  it('ends where types only refer to themselves', () => {
    expect(agree([ptr(1)], [ptr(1)])).toBe(false);
  });
});

describe('does not take long', () => {
  const COUNT = 20_000;
  const LIMIT = 30_000;

  it(
    'with a function of very many parameters',
    () => {
      const parameters = Array.from({ length: 0xffff }, (_, index) => [`p${index}`, 1] as const);
      const unit = { types: TYPES, functions: [{ name: 'f', parameters }] };
      expect(parameterNames(encodeUnits([unit, unit], elfWith([{ name: 'f' }])))).toHaveLength(0xffff);
    },
    LIMIT,
  );

  it(
    'with very many symbols and states of one name',
    () => {
      const addresses = Array.from({ length: COUNT }, (_, index) => BigInt(index + 1));
      const elf = elfWith([...addresses.map((value) => ({ name: 'f.isra.0', value })), { name: 'g' }]);
      const functions = addresses.map((address) => ({ name: 'f', address, flags: SignatureFlag.Optimized }));
      const encoded = encodeUnits([{ functions }], elf, { trueSignature: true });
      expect(functionNames(encoded)).toEqual(['f.isra.0']);
    },
    LIMIT,
  );
});

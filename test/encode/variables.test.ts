/** Which variables are encoded, and what their sections hold: rules that are shown by units made in code. */

import { describe, expect, it } from 'vitest';
import { Kind } from '../../src/model/kinds.ts';
import { array, int, ptr, struct, typedef } from '../support/btf-writer.ts';
import {
  type EncodedUnits,
  elfWith,
  encodeUnits,
  type NamedSymbol,
  type StaticVariableSpec,
} from '../support/encoding.ts';

const STT_OBJECT = 1;
const PERCPU = 1;
const DATA = 2;
const TYPES = [
  int('int', 4, 'signed'),
  array(1, 1, 3),
  struct('empty', 0),
  ptr(0),
  typedef('alias', 2),
  array(1, 1, 0x7fff_ffff),
];

function elfOf(symbols: readonly NamedSymbol[] = []): ReturnType<typeof elfWith> {
  return elfWith(
    symbols.map((symbol) => ({ ...symbol, type: STT_OBJECT })),
    [{ name: '.data..percpu' }, { name: '.data' }],
  );
}

function encodeVariables(
  variables: readonly StaticVariableSpec[],
  features: Parameters<typeof encodeUnits>[2] = { globalVar: true },
  elf: ReturnType<typeof elfWith> = elfOf(),
): EncodedUnits {
  return encodeUnits([{ types: TYPES, variables }], elf, features);
}

function names({ types }: EncodedUnits): string[] {
  return types.flatMap((type) => (type.kind === 'var' ? [type.name] : []));
}

const at = (name: string, offset: number, more: Partial<StaticVariableSpec> = {}): StaticVariableSpec => ({
  name,
  section: DATA,
  offset,
  typeId: 1,
  ...more,
});

describe('a variable', () => {
  it('lies behind the types of its unit, with its tags, and in the list of its section', () => {
    const { types } = encodeVariables([
      at('second', 8, { isExternal: true, tags: ['tag'] }),
      at('first', 4, { typeId: 5 }),
    ]);
    expect(types.slice(TYPES.length)).toMatchObject([
      { kind: 'var', name: 'second', typeId: 1, linkage: 'global' },
      { kind: 'declTag', name: 'tag', typeId: 7 },
      { kind: 'var', name: 'first', typeId: 5, linkage: 'static' },
      {
        kind: 'datasec',
        name: '.data',
        byteSize: 12,
        variables: [
          { varId: 9, byteOffset: 4, byteSize: 12 },
          { varId: 7, byteOffset: 8, byteSize: 4 },
        ],
      },
    ]);
  });

  it.each([
    [{ var: true, globalVar: false }, ['per_cpu']],
    [{ var: false, globalVar: true }, ['per_cpu', 'other']],
    [{ var: false, globalVar: false }, []],
  ])('is taken as the features say: %j', (features, expected) => {
    const variables = [at('per_cpu', 4, { section: PERCPU }), at('other', 4)];
    expect(names(encodeVariables(variables, features))).toEqual(expected);
  });

  it.each([
    '__UNIQUE_ID_x',
    '__tpstrtab_x',
    '__exitcall_x',
    '__gendwarfksyms_ptr_x',
    '__func_stack_frame_non_standard_x',
  ])('%s is of no use', (name) => {
    expect(names(encodeVariables([at(name, 4), at('useful', 4)]))).toEqual(['useful']);
  });

  it('at the start of a section needs a symbol there', () => {
    const variables = [at('real', 0), at('discarded', 0)];
    const elf = elfOf([
      { name: 'real', section: DATA },
      { name: 'discarded', section: PERCPU },
    ]);
    expect(names(encodeVariables(variables, { globalVar: true }, elf))).toEqual(['real']);
  });

  it.each([
    ['without a size', { typeId: 3 }],
    ['larger than 4 GiB', { typeId: 6 }],
    ['beyond 4 GiB', { offset: 2 ** 32 }],
    ['without a name', { name: '' }],
  ])('%s is left out', (_, more) => {
    expect(names(encodeVariables([at('v', 4, more)]))).toEqual([]);
  });

  it.each(['a$b', '1a', `a${'b'.repeat(128)}`])('with the name %s is an error, or is left out', (name) => {
    const text = `Found invalid variable name when encoding btf (sym: '${name}')`;
    expect(() => encodeVariables([at(name, 4)], { globalVar: true, encodeForce: false })).toThrow(text);
    expect(encodeVariables([at(name, 4)]).remarks).toEqual([`${text}: left out`]);
  });

  it('of type void is an error, or is left out', () => {
    const text = "found variable 'v' in CU 'unit.c' that has void type";
    const variables = [at('v', 4, { typeId: 0 })];
    expect(() => encodeVariables(variables, { globalVar: true, encodeForce: false })).toThrow(text);
    expect(encodeVariables(variables).remarks).toEqual([`${text}: left out`]);
  });

  it('of a type that BTF does not have is left out', () => {
    const types = [[0, Kind.Subrange << 24, 0]];
    const { remarks } = encodeUnits([{ types, variables: [at('v', 4)] }], elfOf(), { globalVar: true });
    expect(remarks.at(-1)).toBe("variable 'v' has a type that BTF has not: left out");
  });
});

it('a section of too many variables has the first', () => {
  const variables = Array.from({ length: 0x10001 }, (_, index) => at(`v${index}`, 4 * (0x10001 - index)));
  const { types, remarks } = encodeVariables(variables);
  const section = types.at(-1);
  expect(section).toMatchObject({ kind: 'datasec', byteSize: 4 * 0xffff + 4 });
  expect(remarks).toEqual(['.data: only the first 65535 of 65537 variables']);
});

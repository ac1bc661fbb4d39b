/** Where parameters are, by the ABI of each machine; src/probe/architectures.ts names the documents. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ArchitectureName, findArchitecture } from '../../src/probe/architectures.ts';
import { assignParameters, type PassedType, type Passing } from '../../src/probe/calling-convention.ts';

function scalar(byteSize: number, alignment = byteSize): PassedType {
  return { byteSize, alignment, isComposite: false, isUnaligned: false, isFloat: false };
}

function struct(byteSize: number, alignment = 8): PassedType {
  return { ...scalar(byteSize, alignment), isComposite: true };
}

/** `r0`, `r1-2`, `s0`, `s0-2`, `*r1` for a pointer; `r7+1` for one register and one word of the stack. */
function short(passing: Passing): string {
  if (passing.kind === 'float') return 'float';
  if (passing.kind === 'reference') return `*${short(passing.pointer)}`;
  const [letter, first] = passing.kind === 'stack' ? ['s', passing.word] : ['r', passing.first];
  const more = passing.kind === 'registers' && passing.onStack > 0 ? `+${passing.onStack}` : '';
  return `${letter}${first}${passing.count > 1 ? `-${first + passing.count - 1}` : ''}${more}`;
}

function places(name: ArchitectureName, types: readonly PassedType[], returned?: PassedType): string {
  const assignment = assignParameters(findArchitecture(name), types, returned, 'slots');
  return assignment.parameters.map(short).join(' ');
}

const P = scalar(8);
const INT = scalar(4);

describe('x86_64', () => {
  it.each([
    ['scalars take a register each, then the stack', [P, INT, P, P, P, P, INT, P], 'r0 r1 r2 r3 r4 r5 s0 s1'],
    ['two words take two registers', [P, struct(16), INT], 'r0 r1-2 r3'],
    [
      'what does not fit goes whole to the stack, and later ones take the register',
      [P, P, P, P, P, struct(16), P],
      'r0 r1 r2 r3 r4 s0-1 r5',
    ],
    ['a large structure is on the stack', [P, struct(128), P], 'r0 s0-15 r1'],
    ['a packed one too', [{ ...struct(12), isUnaligned: true }, P], 's0-1 r0'],
    ['__int128 on the stack is aligned', [P, P, P, P, P, P, P, scalar(16)], 'r0 r1 r2 r3 r4 r5 s0 s2-3'],
    ['floating point is out of reach', [{ ...P, isFloat: true }, P], 'float r0'],
  ])('%s', (_, types, expected) => {
    expect(places('x86_64', types)).toBe(expected);
  });

  it('returns a large structure through the first register', () => {
    expect(places('x86_64', [P], struct(24))).toBe('r1');
    expect(places('x86_64', [P], struct(16))).toBe('r0');
  });
});

describe('other machines', () => {
  it.each([
    ['i386', 'a long long takes two registers', [scalar(4), scalar(8), scalar(4)], undefined, 'r0 r1-2 s0'],
    [
      'i386',
      'what does not fit closes the registers',
      [scalar(4), scalar(4), scalar(8), scalar(4)],
      undefined,
      'r0 r1 s0-1 s2',
    ],
    ['arm64', 'two words take two registers', [P, struct(16), P], undefined, 'r0 r1-2 r3'],
    ['arm64', 'an aligned pair begins at an even one', [P, scalar(16), P], undefined, 'r0 r2-3 r4'],
    ['arm64', 'a large structure is behind a pointer', [P, struct(128), P], undefined, 'r0 *r1 r2'],
    [
      'arm64',
      'what does not fit closes the registers',
      [P, P, P, P, P, P, P, struct(16), P],
      undefined,
      'r0 r1 r2 r3 r4 r5 r6 s0-1 s2',
    ],
    ['arm64', 'the pointer for a result has a register of its own', [P], struct(24), 'r0'],
    [
      'riscv',
      'what does not fit is split',
      [P, P, P, P, P, P, P, struct(16), P],
      undefined,
      'r0 r1 r2 r3 r4 r5 r6 r7+1 s1',
    ],
    ['riscv', 'a result through a pointer takes a0', [P], struct(24), 'r1'],
    ['loongarch', 'a large structure is behind a pointer', [struct(24), P], undefined, '*r0 r1'],
    [
      's390x',
      'a structure that is no integer in size is behind a pointer',
      [struct(12), struct(8), struct(16)],
      undefined,
      '*r0 r1 *r2',
    ],
    ['s390x', 'five registers', [P, P, P, P, P, P], undefined, 'r0 r1 r2 r3 r4 s0'],
    ['powerpc', 'a large structure goes through registers', [P, struct(24), P], undefined, 'r0 r1-3 r4'],
    [
      'powerpc',
      'words on the stack count from the first parameter',
      [struct(56), struct(16), P],
      undefined,
      'r0-6 r7+1 s9',
    ],
  ] as const)('%s: %s', (name, _, types, returned, expected) => {
    expect(places(name, types, returned)).toBe(expected);
  });
});

describe('any parameters', () => {
  const type = fc.oneof(
    fc.constantFrom(1, 2, 4, 8).map((size) => scalar(size)),
    fc.integer({ min: 1, max: 40 }).map((size) => struct(size)),
    fc.constant(scalar(16)),
  );
  const machines: readonly ArchitectureName[] = [
    'x86_64',
    'i386',
    'arm64',
    'riscv',
    's390x',
    'powerpc',
    'loongarch',
  ];

  it.each(machines)('of %s share no word', (name) => {
    const { registers, shadows } = findArchitecture(name);
    fc.assert(
      fc.property(fc.array(type, { maxLength: 14 }), (types) => {
        const taken = new Set<string>();
        const take = (word: string): void => {
          expect(taken).not.toContain(word);
          taken.add(word);
        };
        for (const passing of assignParameters(findArchitecture(name), types, undefined, 'slots')
          .parameters) {
          const at = passing.kind === 'reference' ? passing.pointer : passing;
          if (at.kind === 'stack') for (let i = 0; i < at.count; i++) take(`s${at.word + i}`);
          if (at.kind !== 'registers') continue;
          expect(at.first + at.count).toBeLessThanOrEqual(registers.length);
          for (let i = 0; i < at.count; i++) take(`r${at.first + i}`);
          const start = shadows === true ? registers.length : 0;
          for (let i = 0; i < at.onStack; i++) take(`s${start + i}`);
        }
      }),
    );
  });

  it('of scalars are where the kernel’s own rule has them', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(1, 2, 4, 8), { maxLength: 12 }), (sizes) => {
        const types = sizes.map((size) => scalar(size));
        const machine = findArchitecture('x86_64');
        expect(assignParameters(machine, types, undefined, 'slots')).toEqual(
          assignParameters(machine, types, undefined, 'kernel'),
        );
      }),
    );
  });
});

describe('names of machines', () => {
  it.each([
    ['aarch64', 'arm64'],
    ['x64', 'x86_64'],
    ['ppc64le', 'powerpc'],
    ['riscv64', 'riscv'],
  ])('%s is %s', (given, name) => {
    expect(findArchitecture(given).name).toBe(name);
  });

  it.each(['vax', 'constructor', '__proto__'])('%s is none', (name) => {
    expect(() => findArchitecture(name)).toThrow(/is none of x86_64/);
  });
});

/** What DWARF says of parameters at entry, against what the calling convention says. */

import { describe, expect, it } from 'vitest';
import type { EntryFunction, EntryParameter } from '../../src/model/entry-places.ts';
import { findArchitecture } from '../../src/probe/architectures.ts';
import { entryWarnings } from '../../src/probe/entry-warnings.ts';
import { expandLine } from '../support/probe.ts';

type Place = readonly [name: string, kind: EntryParameter['kind'], number?: number];

function instance(places: readonly Place[], address = 1n): EntryFunction {
  return { address, parameters: places.map(([name, kind, number = 0]) => ({ name, kind, number })) };
}

function warnings(line: string, places: readonly Place[], arch = 'x86_64'): string[] {
  const probe = expandLine(line, '6.12', { architecture: findArchitecture(arch) });
  const known = { functions: [instance(places)], isKnown: true };
  return entryWarnings(probe, known, undefined).map(({ code, text }) => `${code} ${text}`);
}

const READ: readonly Place[] = [
  ['file', 'register', 5],
  ['buf', 'register', 4],
  ['count', 'register', 1],
  ['pos', 'register', 2],
];

describe('a parameter', () => {
  it('where the calling convention has it has no warning', () => {
    expect(warnings('p vfs_read $$args file->f_pos', READ)).toEqual([]);
    const arm = [0, 1, 2, 3].map((number) => [READ[number]?.[0], 'register', number] as Place);
    expect(warnings('p vfs_read $$args', arm, 'arm64')).toEqual([]);
  });

  it('behind a structure by value is compared in the slot that is left', () => {
    const places: Place[] = [
      ['optval', 'register', 2],
      ['optlen', 'register', 9],
    ];
    expect(warnings('p sk_setsockopt optval optlen', places)).toEqual([]);
    expect(warnings('p sk_setsockopt optlen', [['optlen', 'register', 8]])).toEqual([
      'W3 optlen of sk_setsockopt is in %r8 at entry, not in %r9: the compiler changed how it is passed',
    ]);
  });

  it('on the stack, and one that a register points to, is compared too', () => {
    expect(warnings('p do_sock_setsockopt optlen', [['optlen', 'frame', 0]])).toEqual([]);
    expect(warnings('p do_sock_setsockopt optlen', [['optlen', 'frame', 8]])).toEqual([
      'W3 optlen of do_sock_setsockopt is on the stack at 8 at entry, not on the stack at 0: the compiler changed how it is passed',
    ]);
    expect(warnings('p sk_setsockopt optval', [['optval', 'memory', 5]], 's390x')).toEqual([]);
    expect(warnings('p sk_setsockopt optval', [['optval', 'memory', 4]], 's390x')).toHaveLength(1);
  });

  it('that is optimized away is said to be', () => {
    expect(warnings('p vfs_read count', [['count', 'absent']])).toEqual([
      'W3 count of vfs_read is optimized away: it is nowhere at entry',
    ]);
    expect(warnings('p vfs_read count', [['count', 'constant']])).toEqual([
      'W3 count of vfs_read is optimized away: it is always the same and not passed',
    ]);
  });

  it('that is not read, not named there, or not told in short has none', () => {
    expect(warnings('p vfs_read file', [READ[0] as Place, ['count', 'absent']])).toEqual([]);
    expect(warnings('p vfs_read count', [['other', 'register', 1]])).toEqual([]);
    expect(warnings('p vfs_read count', [['count', 'other']])).toEqual([]);
    // Where code that is not optimized will put it.
    expect(warnings('p vfs_read count', [['count', 'frame', -24]])).toEqual([]);
  });
});

describe('a function', () => {
  const probe = expandLine('p vfs_read count');

  it('of which all calls are inlined has W10, one that is not known nothing', () => {
    const text = entryWarnings(probe, { functions: [], isKnown: true }, 1n);
    expect(text).toEqual([
      { code: 'W10', text: 'all calls of vfs_read are inlined: it has no code of its own' },
    ]);
    expect(entryWarnings(probe, { functions: [], isKnown: false }, 1n)).toEqual([]);
  });

  it('of several of the name is told by its address', () => {
    const functions = [instance(READ, 1n), instance([['count', 'absent']], 2n)];
    const codes = (address: bigint | undefined): number =>
      entryWarnings(probe, { functions, isKnown: true }, address).length;
    expect([codes(1n), codes(2n), codes(3n), codes(undefined)]).toEqual([0, 1, 0, 0]);
  });

  it('that the compiler made of another has the types of that one, and W3', () => {
    const made = expandLine('p vfs_read.isra.0 count');
    expect(made.args.map(({ body }) => body)).toEqual(['$arg3']);
    expect(made.warnings).toEqual([
      {
        code: 'W3',
        text: 'the compiler made vfs_read.isra.0 of vfs_read: its parameters may be elsewhere or be gone',
      },
    ]);
  });
});

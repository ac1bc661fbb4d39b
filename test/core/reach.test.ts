/** What the verifier may come to in relocated code, as far as constants decide. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reachedInsns } from '../../src/core/reach.ts';
import type { Endian } from '../../src/model/bytes.ts';
import { codeOf, type InsnSpec } from '../support/insns.ts';

const R1 = 1;
const R2 = 2;
const EXIT: InsnSpec = { code: 0x95 };
const CALL: InsnSpec = { code: 0x85, immediate: 7 };
const set = (to: number, immediate: number, code = 0xb7): InsnSpec => ({ code, to, immediate });
/** Goes to the last of the instructions, where the one between is skipped. */
const jump = (code: number, to: number, immediate: number): InsnSpec => ({ code, to, immediate, offset: 1 });
const JEQ = 0x15;
const JNE = 0x55;

interface ReachOptions {
  readonly starts?: readonly number[];
  readonly endian?: Endian;
}

/** Whether each instruction is reached: 1 or 0. */
function reached(insns: readonly InsnSpec[], { starts = [0], endian = 'little' }: ReachOptions = {}): string {
  return reachedInsns(codeOf(endian, ...insns), starts)
    .map(Number)
    .join('');
}

/** Behind `condition` an instruction that is jumped over, and one that is jumped to. */
function guarded(...condition: readonly InsnSpec[]): string {
  return reached([...condition, CALL, EXIT]).slice(condition.length - 1);
}
const NEVER = '101';
const MAYBE = '111';

describe('a comparison with an immediate', () => {
  it.each<Endian>(['little', 'big'])('of a known value goes one way, %s-endian', (endian) => {
    expect(reached([set(R1, 0), jump(JEQ, R1, 0), CALL, EXIT], { endian })).toBe('1101');
    expect(reached([set(R1, 1), jump(JEQ, R1, 0), CALL, EXIT], { endian })).toBe('1111');
  });

  it.each([
    ['==', JEQ, 6],
    ['!=', JNE, 7],
    ['>', 0x25, 5],
    ['>=', 0x35, 6],
    ['<', 0xa5, 7],
    ['<=', 0xb5, 6],
  ])('may be %s', (_, code, immediate) => {
    expect(guarded(set(R1, 6), jump(code, R1, immediate))).toBe(NEVER);
  });

  it.each([
    ['==', JEQ, 7],
    ['!=', JNE, 6],
    ['>', 0x25, 6],
    ['>=', 0x35, 7],
    ['<', 0xa5, 6],
    ['<=', 0xb5, 5],
  ])('that is not %s lets the next instruction follow', (_, code, immediate) => {
    expect(reached([set(R1, 6), jump(code, R1, immediate), EXIT, EXIT])).toBe('1110');
  });

  it('of signed values, of single bits, goes both ways', () => {
    expect(guarded(set(R1, 6), jump(0x65, R1, 5))).toBe(MAYBE);
    expect(guarded(set(R1, 6), jump(0x45, R1, 2))).toBe(MAYBE);
  });

  it('is of all bits, or of the lower half', () => {
    expect(guarded(set(R1, -1), jump(JEQ, R1, -1))).toBe(NEVER);
    // w1 = -1 clears the upper half.
    expect(guarded(set(R1, -1, 0xb4), jump(JEQ, R1, -1))).toBe(MAYBE);
    expect(guarded(set(R1, -1, 0xb4), jump(0x16, R1, -1))).toBe(NEVER);
  });

  it('with a register, or of an unknown value, goes both ways', () => {
    expect(guarded(set(R1, 0), set(R2, 0), { code: 0x1d, to: R1, from: R2, offset: 1 })).toBe(MAYBE);
    expect(guarded(jump(JEQ, R1, 0))).toBe(MAYBE);
  });
});

describe('a value stays known', () => {
  const test = jump(JEQ, R1, 6);

  it.each<readonly [string, InsnSpec[]]>([
    ['in another register', [set(R2, 6), { code: 0xbf, to: R1, from: R2 }]],
    ['widened by shifts', [set(R1, 6), set(R1, 32, 0x67), set(R1, 32, 0x77)]],
    ['through + - | &', [set(R1, 1), set(R1, 9, 0x07), set(R1, 8, 0x17), set(R1, 4, 0x47), set(R1, 7, 0x57)]],
    ['in 64 bits', [{ code: 0x18, to: R1, immediate: 6 }, { code: 0 }]],
    [
      'over loads and stores of others',
      [set(R1, 6), { code: 0x79, to: R2, from: 10 }, { code: 0x7b, to: 10, from: R1 }],
    ],
  ])('%s', (_, insns) => {
    expect(guarded(...insns, test)).toBe(NEVER);
  });

  it.each<readonly [string, InsnSpec[]]>([
    ['a call', [CALL]],
    ['a load', [{ code: 0x79, to: R1, from: 10 }]],
    ['a load of a packet', [{ code: 0x30 }]],
    ['an atomic exchange', [{ code: 0xdb, to: 10, from: R1, immediate: 0xe1 }]],
    ['an atomic load', [{ code: 0xdb, to: R1, from: 10, immediate: 0x100 }]],
    ['a multiplication', [set(R1, 1, 0x27)]],
    ['a change of byte order', [set(R1, 16, 0xdc)]],
    ['an extension of the sign', [{ code: 0xbf, to: R1, from: R1, offset: 8 }]],
    ['a shift by too much', [set(R1, 32, 0x64)]],
    ['an address', [{ code: 0x18, to: R1, from: 1, immediate: 6 }, { code: 0 }]],
  ])('but not behind %s', (_, insns) => {
    expect(guarded(set(R1, 6), ...insns, test)).toBe(MAYBE);
  });

  it('over a call in a register that calls keep', () => {
    expect(guarded(set(6, 0), CALL, jump(JEQ, 6, 0))).toBe(NEVER);
  });
});

describe('ways that meet', () => {
  const either = (value: number): InsnSpec[] => [
    jump(JEQ, R2, 0),
    set(R1, value),
    // A loop, which is left where the value is not 3.
    jump(JNE, R1, 3),
    { code: 0x05, offset: -4 },
    EXIT,
  ];

  it('keep a value that is the same on both', () => {
    expect(reached([set(R1, 3), ...either(3)])).toBe('111110');
  });

  it('lose one that is not', () => {
    expect(reached([set(R1, 3), ...either(4)])).toBe('111111');
  });
});

describe('what follows', () => {
  it('a jump without a condition is its target', () => {
    expect(reached([{ code: 0x05, offset: 1 }, CALL, EXIT])).toBe('101');
    expect(reached([{ code: 0x06, immediate: 1 }, CALL, EXIT])).toBe('101');
  });

  it('an exit is nothing, unless a function starts there', () => {
    expect(reached([EXIT, CALL, EXIT])).toBe('100');
    expect(reached([EXIT, CALL, EXIT], { starts: [0, 8] })).toBe('111');
  });

  it('a jump out of the code is nothing', () => {
    expect(
      reached(
        [
          { code: 0x05, offset: -9 },
          { code: 0x05, offset: 0x7fff },
        ],
        { starts: [0, 8, 4000] },
      ),
    ).toBe('11');
  });
});

it('of any bytes ends, and more functions reach more', () => {
  const count = 24;
  const code = fc.uint8Array({ minLength: 8 * count, maxLength: 8 * count });
  const start = fc.nat(count - 1).map((index) => 8 * index);
  fc.assert(
    fc.property(
      code,
      fc.constantFrom<Endian>('little', 'big'),
      start,
      start,
      (bytes, endian, first, second) => {
        const one = reachedInsns({ bytes, endian }, [first]);
        const both = reachedInsns({ bytes, endian }, [first, second]);
        expect(one[first / 8]).toBe(true);
        expect(both).toEqual(one.map((isReached, index) => isReached || both[index]));
      },
    ),
  );
});

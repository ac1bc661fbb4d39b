/** Patched instructions: each class that may be relocated, in both byte orders, and what is refused. */

import { describe, expect, it } from 'vitest';
import { type Code, POISON_CALL } from '../../src/core/insn.ts';
import { patchInsn, poisonInsn } from '../../src/core/patch.ts';
import { relocateCode } from '../../src/core/relocate.ts';
import type { CoreValue, LoadChange } from '../../src/core/resolve.ts';
import { CoreTarget } from '../../src/core/target.ts';
import type { Endian } from '../../src/model/bytes.ts';
import { int, ptr, struct } from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { codeOf, type InsnSpec } from '../support/insns.ts';
import { tableOf } from '../support/types.ts';

function value(value: bigint, expected: bigint | undefined, load?: LoadChange): CoreValue {
  return { status: 'resolved', value, expected, load };
}

const MOV = 0xb7; // r = imm
const ADD32 = 0x04; // w += imm
const MOV_REGISTER = 0xbf;
const LOAD32 = 0x61;
const LOAD64 = 0x79;
const STORE_IMM = 0x7a;
const STORE = 0x7b;
const LDDW = 0x18;
const CALL = 0x85;
const EXIT = 0x95;
const POISON = { code: CALL, immediate: POISON_CALL };

describe.each<Endian>(['little', 'big'])('an instruction, %s-endian', (endian) => {
  const patched = (insns: readonly InsnSpec[], outcome: CoreValue): Code => {
    const code = codeOf(endian, ...insns);
    expect(patchInsn(code, 0, outcome)).toBeUndefined();
    return code;
  };

  it.each([MOV, ADD32])('0x%x gets an immediate', (code) => {
    expect(patched([{ code, to: 1, immediate: 8 }], value(24n, 8n))).toEqual(
      codeOf(endian, { code, to: 1, immediate: 24 }),
    );
  });

  it('gets a negative immediate', () => {
    const minusOne = BigInt.asUintN(64, -1n);
    expect(patched([{ code: MOV, immediate: -2 }], value(minusOne, minusOne - 1n))).toEqual(
      codeOf(endian, { code: MOV, immediate: -1 }),
    );
  });

  it.each([LOAD32, LOAD64, STORE_IMM, STORE])('0x%x gets an offset', (code) => {
    expect(patched([{ code, to: 1, from: 2, offset: 8, immediate: 5 }], value(0x7fffn, 8n))).toEqual(
      codeOf(endian, { code, to: 1, from: 2, offset: 0x7fff, immediate: 5 }),
    );
  });

  it('gets the size of a load', () => {
    const load = { localSize: 8, targetSize: 4, isSafe: true };
    expect(patched([{ code: LOAD64, offset: 8 }], value(16n, 8n, load))).toEqual(
      codeOf(endian, { code: LOAD32, offset: 16 }),
    );
  });

  it('gets both halves of a 64-bit immediate', () => {
    const insns = [{ code: LDDW, to: 1, immediate: 1 }, { code: 0 }];
    expect(patched(insns, value(0xffff_fff0_8000_0001n, 1n))).toEqual(
      codeOf(
        endian,
        { code: LDDW, to: 1, immediate: 0x8000_0001 | 0 },
        { code: 0, immediate: 0xffff_fff0 | 0 },
      ),
    );
  });

  it('is poisoned where its load would give another value', () => {
    const code = codeOf(endian, { code: LOAD64, to: 1, from: 2, offset: 8 });
    const load = { localSize: 8, targetSize: 4, isSafe: false };
    expect(patchInsn(code, 0, value(16n, 8n, load))).toContain(
      '8 bytes in the object, a value of 4 bytes in the target',
    );
    expect(code).toEqual(codeOf(endian, POISON));
  });

  it('is poisoned with both its halves', () => {
    const code = codeOf(endian, { code: LDDW, to: 1, immediate: 1 }, { code: 0 }, { code: EXIT });
    poisonInsn(code, 0);
    expect(code).toEqual(codeOf(endian, POISON, POISON, { code: EXIT }));
  });

  it.each<[string, InsnSpec[], CoreValue, string]>([
    ['another immediate', [{ code: MOV, immediate: 7 }], value(24n, 8n), 'holds 7, expected 8'],
    ['another offset', [{ code: LOAD64, offset: -8 }], value(24n, 8n), 'holds -8, expected 8'],
    ['a register', [{ code: MOV_REGISTER }], value(24n, 0n), '0xbf cannot be relocated'],
    ['a call', [{ code: CALL }], value(24n, 0n), '0x85 cannot be relocated'],
    ['a wide load without its second half', [{ code: LDDW }], value(1n, 0n), 'no instruction at 0x8'],
    ['a wide load of a map', [{ code: LDDW, to: 1, from: 1 }, { code: 0 }], value(1n, 0n), '0x18'],
    ['a wide load before code', [{ code: LDDW }, { code: EXIT }], value(1n, 0n), '0x95'],
    [
      'a load of another size',
      [{ code: LOAD32, offset: 8 }],
      value(8n, 8n, { localSize: 8, targetSize: 4, isSafe: true }),
      'loads 4 bytes, expected 8',
    ],
    [
      'a load of 3 bytes',
      [{ code: LOAD64, offset: 8 }],
      value(8n, 8n, { localSize: 8, targetSize: 3, isSafe: true }),
      'no instruction loads 3 bytes',
    ],
  ])('is refused: %s', (_, insns, outcome, message) => {
    expectError(() => patchInsn(codeOf(endian, ...insns), 0, outcome), 'bad-data', message);
  });

  it('takes no offset above 32767', () => {
    const code = codeOf(endian, { code: LOAD64, offset: 8 });
    expectError(() => patchInsn(code, 0, value(0x8000n, 8n)), 'unsupported', 'offset 32768');
  });
});

describe('an offset that is no instruction', () => {
  it.each([4, 8, 16])('is refused: %i', (offset) => {
    const code = codeOf('little', { code: MOV });
    expectError(() => poisonInsn(code, offset), 'bad-data', 'instruction');
  });
});

describe('code', () => {
  const local = tableOf([
    int('unsigned long', 8),
    ptr(0),
    struct('s', 24, [
      ['n', 1, 0],
      ['p', 2, 64],
      ['gone', 1, 128],
    ]),
  ]);
  const relocations = [
    { insnOffset: 0, typeId: 3, access: '0:0', kind: 0 },
    { insnOffset: 8, typeId: 3, access: '0:1', kind: 0 },
    { insnOffset: 16, typeId: 3, access: '0:2', kind: 0 },
    { insnOffset: 24, typeId: 3, access: '0:9', kind: 0 },
    { insnOffset: 32, typeId: 3, access: '0:0', kind: 0 },
  ];
  // A Buffer, whose slice() is no copy.
  const code = Buffer.from(
    codeOf(
      'little',
      { code: LOAD64, offset: 0 },
      { code: LOAD64, offset: 8 },
      { code: LOAD64, offset: 16 },
      { code: EXIT },
      { code: EXIT },
    ).bytes,
  );

  it('is relocated into a copy, and what fails stays', () => {
    // A kernel of 32 bits: shorter ints and pointers.
    const kernel = tableOf(
      [
        int('unsigned long', 4),
        ptr(0),
        struct('s', 16, [
          ['n', 1, 32],
          ['p', 2, 64],
        ]),
      ],
      { pointerSize: 4 },
    );
    const before = Buffer.from(code);
    const target = new CoreTarget({ name: 'vmlinux', table: kernel });
    const result = relocateCode(relocations, { code, local, target });
    expect(code).toEqual(before);
    expect(result.resolutions.map(({ outcome }) => outcome.status)).toEqual([
      'resolved',
      'resolved',
      'poisoned',
      'failed',
      'failed',
    ]);
    expect(result.code).toEqual(
      codeOf(
        'little',
        { code: LOAD32, offset: 4 },
        { code: LOAD32, offset: 8 },
        POISON,
        { code: EXIT },
        { code: EXIT },
      ).bytes,
    );
  });

  it('is poisoned where an int with a sign changes its size', () => {
    const kernel = tableOf([int('long', 4, 'signed'), struct('s', 4, [['n', 1, 0]])]);
    const target = new CoreTarget({ name: 'vmlinux', table: kernel });
    const { resolutions } = relocateCode(relocations.slice(0, 1), { code, local, target });
    expect(resolutions[0]?.outcome).toMatchObject({ status: 'poisoned' });
  });
});

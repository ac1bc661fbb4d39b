/** The addon that asks the running kernel: what it answers, and what it makes of what is no BTF. */

import { describe, expect, it } from 'vitest';
import { loadBinding } from '../../src/native/binding.ts';
import { askKernel } from '../../src/native/bpf.ts';
import { btf, int, struct } from '../support/btf-writer.ts';
import { noKernel, whereAsked } from '../support/kernel.ts';

const addon = loadBinding('tspahole_bpf') as { loadBtf(...args: unknown[]): number | undefined } | undefined;
const good = btf([int('int', 4, 'signed'), struct('s', 4, [['a', 1, 0]])]);
const bad = btf([int('int', 4, 'signed'), struct('s', 2, [['a', 1, 0]])]);

describe.skipIf(noKernel !== undefined)(`the running kernel${whereAsked}`, () => {
  it('takes good types', () => {
    expect(askKernel(good)).toEqual({ kind: 'accepted' });
  });

  it('refuses others and says in its log why', () => {
    const verdict = askKernel(bad);
    expect(verdict).toMatchObject({ kind: 'refused', error: 'EINVAL' });
    expect(verdict.kind === 'refused' && verdict.log).toMatch(
      /\ta type_id=1 .*Member exceeds struct_size\n$/,
    );
  });

  it('names errors that the C library has no name for', () => {
    expect(askKernel(btf([int('int', 4, 3)]))).toMatchObject({ kind: 'refused', error: 'ENOTSUPP' });
  });

  it('keeps no descriptors', () => {
    for (let count = 0; count < 5000; count++) expect(askKernel(good).kind).toBe('accepted');
  });

  it.each([0, 1, 23, 24])('refuses %i bytes of a blob', (size) => {
    expect(askKernel(good.subarray(0, size)).kind).toBe('refused');
  });
});

describe.skipIf(addon === undefined)('the addon (skipped where it is not built)', () => {
  it('answers undefined to what are not bytes', () => {
    const bytes = new Uint8Array(8);
    for (const args of [[], [bytes], ['x', bytes], [bytes, undefined], [new Uint16Array(4), bytes], [1, 2]]) {
      expect(addon?.loadBtf(...args), String(args)).toBeUndefined();
    }
  });
});

describe('without the addon', () => {
  it('the kernel cannot be asked, and that is said', () => {
    process.env.TSPAHOLE_NO_ADDON = '1';
    try {
      expect(askKernel(good)).toEqual({
        kind: 'unavailable',
        reason: 'the addon tspahole_bpf is missing: TSPAHOLE_NO_ADDON is set',
      });
    } finally {
      delete process.env.TSPAHOLE_NO_ADDON;
    }
  });
});

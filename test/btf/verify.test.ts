import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { formatProblem, verifyBtf } from '../../src/btf/verify.ts';
import { Kind } from '../../src/model/kinds.ts';
import { array, btf, constOf, int, ptr, splitBtf, struct, typedef } from '../support/btf-writer.ts';
import type { VerifyCase } from './verify-case.ts';
import { HEADER_CASES, RECORD_CASES } from './verify-record-cases.ts';
import { REFERENCE_CASES } from './verify-reference-cases.ts';

function each(cases: readonly VerifyCase[]): void {
  for (const { rule, blob, codes } of cases) {
    it(rule, () => {
      for (const endian of ['little', 'big'] as const) {
        expect(verifyBtf(blob(endian)).map((problem) => problem.code)).toEqual(codes);
      }
    });
  }
}

// Each in both byte orders; the kernel was asked about its own.
describe('header and sections (verdicts of Linux 6.18)', () => each(HEADER_CASES));
describe('records (verdicts of Linux 6.18)', () => each(RECORD_CASES));
describe('references (verdicts of Linux 6.18)', () => each(REFERENCE_CASES));

describe('the number of types (verdicts of Linux 6.18)', () => {
  const pointers = (count: number): Uint8Array => {
    const words = new Uint32Array(3 * count);
    for (let index = 0; index < count; index++) words[3 * index + 1] = Kind.Pointer << 24;
    const types = new Uint8Array(words.buffer);
    const header = btf([], { header: { typeBytes: types.length, stringOffset: types.length } });
    return Buffer.concat([header.subarray(0, 24), types, header.subarray(24)]);
  };

  it('may be 1,048,575', () => {
    expect(verifyBtf(pointers(0xf_ffff))).toEqual([]);
  });

  it('may not be more', () => {
    expect(verifyBtf(pointers(0x10_0000)).map(({ code }) => code)).toEqual(['type-count']);
  });
});

describe('problems', () => {
  const selfEmbedding = struct('s', 8, [['a', 2, 0]]);

  it('name the type, its kind and its id', () => {
    const [problem] = verifyBtf(btf([int('int', 4), struct('foo', 4, [['x', 1, 8]])]));
    expect(problem).toMatchObject({ code: 'member-end', typeId: 2, typeName: 'foo', kindName: 'STRUCT' });
    expect(problem && formatProblem(problem)).toBe("[2] STRUCT foo: member 0 'x' ends at byte 5 of 4");
  });

  it('of the blob name no type', () => {
    const [problem] = verifyBtf(new Uint8Array());
    expect(problem && formatProblem(problem)).toBe('BTF: 0 bytes hold no header');
  });

  it('say what a loop goes through', () => {
    const [problem] = verifyBtf(btf([struct('a', 8, [['b', 2, 0]]), struct('b', 8, [['a', 1, 0]])]));
    expect(problem && formatProblem(problem)).toBe('[1] STRUCT a: refers to itself by way of [2] STRUCT b');
  });

  it('of all types are listed, not only the first', () => {
    const problems = verifyBtf(btf([int('i', 4, 3), selfEmbedding, typedef('', 1), ptr(9)]));
    expect(problems.map(({ typeId, code }) => [typeId, code])).toEqual([
      [1, 'int-data'],
      [3, 'name'],
      [2, 'loop'],
      [4, 'target'],
    ]);
  });

  it('of a type are not repeated for the types that depend on it', () => {
    const problems = verifyBtf(
      btf([int('int', 4), struct('s', 8, [['a', 3, 0]]), typedef('t', 9), constOf(3)]),
    );
    expect(problems.map(({ typeId }) => typeId)).toEqual([3]);
  });

  it('are at most as many as asked for', () => {
    const blob = btf(Array.from({ length: 300 }, () => ptr(9999)));
    expect(verifyBtf(blob)).toHaveLength(100);
    expect(verifyBtf(blob, { limit: 7 })).toHaveLength(7);
  });

  it('show control characters of names escaped', () => {
    const [problem] = verifyBtf(btf([struct('a\u001b[31m\nb', 0)]));
    expect(problem && formatProblem(problem)).toBe(
      "[1] STRUCT a\\u{1b}[31m\\u{a}b: name 'a\\u{1b}[31m\\u{a}b' is not an identifier",
    );
  });

  it('cut long names', () => {
    const [problem] = verifyBtf(btf([struct(`${'a'.repeat(10_000)}-`, 0)]));
    expect(problem?.message.length).toBeLessThan(200);
    expect(problem?.typeName.length).toBeLessThanOrEqual(512);
  });
});

describe('split BTF', () => {
  const verifySplit = (...[base, own]: Parameters<typeof splitBtf>): string[] => {
    const blobs = splitBtf(base, own);
    return verifyBtf(blobs.split, { base: decodeBtf(blobs.base) }).map(formatProblem);
  };

  it('may have no types of its own', () => {
    expect(verifySplit([int('int', 4)], [])).toEqual([]);
  });

  it('takes sizes from the base', () => {
    const base = [int('int', 4), array(1, 1, 3), constOf(2), typedef('t', 3)];
    expect(verifySplit(base, [struct('fits', 12, [['a', 4, 0]])])).toEqual([]);
    expect(verifySplit(base, [struct('small', 8, [['a', 4, 0]])])).toEqual([
      "[5] STRUCT small: member 0 'a' ends at byte 12 of 8",
    ]);
  });

  it('reports no problems of the base, nor of those who use its broken types', () => {
    expect(
      verifySplit([int('int', 4), typedef('t', 77)], [struct('s', 4, [['a', 2, 0]]), constOf(2)]),
    ).toEqual([]);
  });

  it('has ids that end with its own types', () => {
    expect(verifySplit([int('int', 4)], [ptr(3)])).toEqual([
      '[2] PTR (anon): refers to type 3, which does not exist',
    ]);
  });
});

const VMLINUX = '/sys/kernel/btf/vmlinux';

describe('the running kernel', () => {
  it.skipIf(!existsSync(VMLINUX))(`verifies ${VMLINUX} without problems, and quickly`, () => {
    const bytes = readFileSync(VMLINUX);
    const start = process.cpuUsage();
    expect(verifyBtf(bytes)).toEqual([]);
    // About 50 ms once compiled; the bound leaves room for a slow machine, and none for a busy one.
    expect(process.cpuUsage(start).user).toBeLessThan(1_000_000);
  });
});

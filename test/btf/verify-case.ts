/**
 * A case of the verifier's tests: a blob and what is wrong with it.
 */

import type { BtfProblemCode } from '../../src/btf/verify.ts';
import type { Endian } from '../../src/model/bytes.ts';
import { type BtfOptions, btf, int, type TypeRecord } from '../support/btf-writer.ts';

export interface VerifyCase {
  readonly rule: string;
  readonly blob: (endian: Endian) => Uint8Array;
  /** Codes of all problems, in order; empty when the kernel accepts. */
  readonly codes: readonly BtfProblemCode[];
}

/** The usual type 1. */
export const INT: TypeRecord = int('int', 4, 'signed');

/** An int that does not fill its bytes. */
export const SHORT_INT: TypeRecord = int('bits', 4, 'none', { bits: 3 });

export function accepted(rule: string, records: readonly TypeRecord[], options: BtfOptions = {}): VerifyCase {
  return rejected(rule, [], records, options);
}

export function rejected(
  rule: string,
  codes: BtfProblemCode | readonly BtfProblemCode[],
  records: readonly TypeRecord[],
  options: BtfOptions = {},
): VerifyCase {
  return {
    rule,
    blob: (endian) => btf(records, { ...options, endian }),
    codes: typeof codes === 'string' ? [codes] : codes,
  };
}

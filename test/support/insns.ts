/** Instructions of BPF from their fields. */

import type { Code } from '../../src/core/insn.ts';
import type { Endian } from '../../src/model/bytes.ts';

/** What is absent is 0. */
export interface InsnSpec {
  readonly code: number;
  /** The register that is changed or compared. */
  readonly to?: number;
  readonly from?: number;
  readonly offset?: number;
  readonly immediate?: number;
}

/** Code of a section. */
export function codeOf(endian: Endian, ...insns: readonly InsnSpec[]): Code {
  const isLittle = endian === 'little';
  const bytes = new Uint8Array(8 * insns.length);
  const view = new DataView(bytes.buffer);
  for (const [index, { code, to = 0, from = 0, offset = 0, immediate = 0 }] of insns.entries()) {
    view.setUint8(8 * index, code);
    view.setUint8(8 * index + 1, isLittle ? to | (from << 4) : (to << 4) | from);
    view.setInt16(8 * index + 2, offset, isLittle);
    view.setInt32(8 * index + 4, immediate, isLittle);
  }
  return { bytes, endian };
}

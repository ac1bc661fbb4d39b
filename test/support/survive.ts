/**
 * Runs bytes through what must withstand anything.
 */

import { decodeBtf } from '../../src/btf/decode.ts';
import { verifyBtf } from '../../src/btf/verify.ts';
import { TspaholeError } from '../../src/model/errors.ts';
import type { TypeTable } from '../../src/model/table.ts';

export interface Survival {
  /** Whether decoding took the bytes. */
  readonly isDecoded: boolean;
  /** Types whose views were refused with a TspaholeError. */
  readonly refusedViews: number;
  /** Codes of the verifier's problems. */
  readonly codes: readonly string[];
}

/** Decodes, makes the view of every type, verifies. Passes on what is no TspaholeError. */
export function survive(bytes: Uint8Array, base?: TypeTable): Survival {
  const table = attempt(() => decodeBtf(bytes, { base }));
  let refusedViews = 0;
  for (let id = 0; id < (table?.end ?? 0); id++) {
    if (attempt(() => table?.type(id)) === undefined) refusedViews++;
  }
  const codes = verifyBtf(bytes, { base }).map((problem) => problem.code);
  return { isDecoded: table !== undefined, refusedViews, codes };
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof TspaholeError) return undefined;
    throw error;
  }
}

/**
 * Runs bytes through what must withstand anything.
 */

import { decodeBtf } from '../../src/btf/decode.ts';
import { verifyBtf } from '../../src/btf/verify.ts';
import { TypeEmission } from '../../src/emit/emission.ts';
import { NO_EMISSION_QUIRKS, PAHOLE_EMISSION_QUIRKS } from '../../src/emit/emission-quirks.ts';
import { PaholeEmitter, type PaholeOptions } from '../../src/emit/pahole.ts';
import { PAHOLE_QUIRKS } from '../../src/emit/quirks.ts';
import { layoutOf } from '../../src/layout/layout-of.ts';
import { Layouts } from '../../src/layout/layouts.ts';
import { TspaholeError } from '../../src/model/errors.ts';
import { Kind } from '../../src/model/kinds.ts';
import type { TypeTable } from '../../src/model/table.ts';

export interface Survival {
  /** Whether decoding took the bytes. */
  readonly isDecoded: boolean;
  /** Types whose views were refused with a TspaholeError. */
  readonly refusedViews: number;
  /** Codes of the verifier's problems. */
  readonly codes: readonly string[];
}

/** Decodes, makes the view of every type, prints all, verifies. Passes on what is no TspaholeError. */
export function survive(bytes: Uint8Array, base?: TypeTable): Survival {
  const table = attempt(() => decodeBtf(bytes, { base }));
  let refusedViews = 0;
  for (let id = 0; id < (table?.end ?? 0); id++) {
    if (attempt(() => table?.type(id)) === undefined) refusedViews++;
  }
  if (table !== undefined) attempt(() => printAll(table));
  const codes = verifyBtf(bytes, { base }).map((problem) => problem.code);
  return { isDecoded: table !== undefined, refusedViews, codes };
}

/** Prints every type in the ways that differ most, and makes the layout of each struct and union. */
export function printAll(table: TypeTable): void {
  const layouts = new Layouts(table);
  const ways: readonly PaholeOptions[] = [
    {},
    { quirks: PAHOLE_QUIRKS, expandTypes: true },
    { expandPointers: true, hex: true, showFirstBiggest: true },
  ];
  for (const options of ways) {
    const emitter = new PaholeEmitter(layouts, options, () => {});
    for (let id = 1; id < Math.min(table.end, MAX_PRINTED); id++) {
      attempt(() => emitter.emit(id));
      emitter.context.out.flush();
    }
  }
  for (let id = 1; id < table.end; id++) {
    const kind = table.kind(id);
    if (kind === Kind.Struct || kind === Kind.Union) attempt(() => layoutOf(layouts, id));
  }
  for (const emissionQuirks of [NO_EMISSION_QUIRKS, PAHOLE_EMISSION_QUIRKS]) {
    const emission = new TypeEmission(layouts, { emissionQuirks });
    for (let id = 1; id < Math.min(table.end, MAX_PRINTED); id++) {
      attempt(() => emission.forPrototype(id, id));
      attempt(() => emission.forDefinition(id));
    }
  }
}

/** Printing each of 100,000 chained types would print them 100,000 times. */
const MAX_PRINTED = 300;

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof TspaholeError) return undefined;
    throw error;
  }
}

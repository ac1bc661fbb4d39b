/** Reorganized structs in the text of pahole 1.31, made by its algorithm. */

import type { Layouts } from '../layout/layouts.ts';
import {
  type MovedStruct,
  movedStruct,
  type OnMove,
  reorganizeAsPahole,
} from '../layout/reorganize-compat.ts';
import { type CopyPlan, copyStructs, setCopy } from '../layout/struct-copy.ts';
import type { TypeId } from '../model/table.ts';
import { PaholeEmitter, type PaholeOptions } from './pahole.ts';
import type { Sink } from './printer.ts';

export interface CompatReportOptions {
  /** How the result is printed; steps are printed with pahole's defaults. */
  readonly print: PaholeOptions;
  /** `-V`: say what is moved. */
  readonly verbose: boolean;
  /** `-S`: say it, and print the layout after each move. */
  readonly steps: boolean;
}

/**
 * Writes the struct `id` of `layouts` as pahole reorganizes it. Returns whether pahole comes to an end; where it
 * does not, nothing is written but the moves up to there.
 */
export function putReorganizedAsPahole(
  layouts: Layouts,
  id: TypeId,
  options: CompatReportOptions,
  sink: Sink,
): boolean {
  const copy = layouts.table.end;
  const copies = copyStructs(layouts, [sameAs(layouts, id)]);
  const struct = movedStructOf(layouts, id);
  const result = new PaholeEmitter(copies, options.print, sink);
  const onMove = moveWriter(copies, options, sink);
  if (!reorganizeAsPahole(struct, layouts.table.pointerSize, onMove)) return false;

  const saved = (layouts.table.sizeOrType(id) - struct.byteSize) | 0;
  setCopy(copies, copy, struct);
  const { out } = result.context;
  if (saved !== 0 && (options.verbose || options.steps)) {
    out.put(options.steps ? '\n/* Final reorganized struct: */\n' : '\n');
  }
  result.emit(copy);
  out.put(saved === 0 ? '\n' : savedRemark(saved, cachelinesOf(layouts, id) - cachelinesOf(copies, copy)));
  out.flush();
  return true;
}

/** The struct `id` of `layouts` as pahole starts to move its members. */
export function movedStructOf(layouts: Layouts, id: TypeId): MovedStruct {
  const start = layouts.firstMember(id);
  return movedStruct(layouts.members, start, layouts.memberCount(id), layouts.table.sizeOrType(id));
}

/** A copy of a struct that is the same. */
function sameAs(layouts: Layouts, id: TypeId): CopyPlan {
  const start = layouts.firstMember(id);
  const members = Array.from({ length: layouts.memberCount(id) }, (_, index) => ({
    index,
    bitOffset: layouts.members.bitOffset[start + index] as number,
    bitSize: layouts.members.bitSize[start + index] as number,
  }));
  return { id, byteSize: layouts.table.sizeOrType(id), members };
}

/** Writes moves as they are made, where that is asked for. The struct is the last type of `copies`. */
function moveWriter(
  copies: Layouts,
  { verbose, steps, print }: CompatReportOptions,
  sink: Sink,
): OnMove | undefined {
  if (!verbose && !steps) return undefined;
  const copy = copies.table.end - 1;
  const emitter = new PaholeEmitter(copies, { quirks: print.quirks }, sink);
  const { out } = emitter.context;
  const nameOf = (offset: number): string => (offset === 0 ? '(null)' : out.nameText(offset));
  return ({ name, from, to, padding }, struct) => {
    out.put(`/* Moving '${nameOf(name)}' from after '${nameOf(from)}' to after '${nameOf(to)}' */\n`);
    if (padding !== undefined) out.put(`/* adding ${padding} bytes from ${nameOf(name)} to the padding */\n`);
    if (steps) {
      setCopy(copies, copy, struct);
      emitter.emitStruct(copy);
      out.newline();
    }
    out.flush();
  };
}

function cachelinesOf({ facts, cachelineSize }: Layouts, id: TypeId): number {
  return Math.ceil(facts.sizeOf(id) / cachelineSize);
}

/** What pahole writes behind a struct whose size has changed, for better or worse. */
function savedRemark(bytes: number, cachelines: number): string {
  const lines = BigInt.asUintN(64, BigInt(cachelines));
  const and = lines === 0n ? '' : ` and ${lines} cacheline${lines === 1n ? '' : 's'}`;
  return `   /* saved ${bytes} byte${bytes === 1 ? '' : 's'}${and}! */\n`;
}

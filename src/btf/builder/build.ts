/** From the types of a builder to what is written: references checked, base, deduplication, distillation, bytes. */

import type { Endian } from '../../model/bytes.ts';
import { StringPool } from '../../model/string-pool.ts';
import { type TypeId, TypeTable } from '../../model/table.ts';
import { forEachTypeRef } from '../../model/traverse.ts';
import { mapRecords } from '../copy.ts';
import { dedup } from '../dedup.ts';
import { distill } from '../distill.ts';
import { type EncodeBtfOptions, encodeBtf } from '../encode.ts';

/** What is made of the types of a builder. Byte order, header and kind layout are those of {@link encodeBtf}. */
export interface BuildBtfOptions extends EncodeBtfOptions {
  /** Keeps equal types once, as {@link dedup} does; with a base, what that has is left out. Default false. */
  readonly dedup?: boolean | undefined;
  /**
   * Types that the result continues, for a builder that was made without a base: its types are given new ids. To refer
   * to types of the base add their like, or forward declarations, and `dedup`.
   */
  readonly base?: TypeTable | undefined;
  /** Splits the result from a base that has only what it needs, as {@link distill} does. Default false. */
  readonly distill?: boolean | undefined;
}

/** What a builder gives. */
export interface BuiltBtf {
  /** The blob; without what the base has. */
  readonly bytes: Uint8Array;
  /** The blob of the distilled base, for a section `.BTF.base`; undefined without `distill`. */
  readonly baseBytes: Uint8Array | undefined;
  /** The types of `bytes`. */
  readonly table: TypeTable;
  /** For each id of the builder that of the same type in `table`. 0 for types of a base that was distilled away. */
  readonly ids: Uint32Array;
}

/** A table of types, whose references may be wrong, as `options` want it. */
export function buildBtf(types: TypeTable, options: BuildBtfOptions): BuiltBtf {
  checkReferences(types);
  const steps: ((table: TypeTable) => Step)[] = [];
  const { base, endian } = options;
  if (base !== undefined) steps.push((table) => continueBase(table, base, endian));
  if (options.dedup === true) steps.push((table) => dedup([table]));
  if (options.distill === true) steps.push(distilled);
  let result: Step = { table: types, ids: Uint32Array.from({ length: types.end }, (_, id) => id) };
  for (const step of steps) {
    const { table, ids } = step(result.table);
    result = { table, ids: result.ids.map((id) => ids[id] as TypeId) };
  }
  const { table, ids } = result;
  const bytes = encodeBtf(table, options);
  const small = options.distill === true ? table.base : undefined;
  const baseBytes = small && encodeBtf(small, options);
  return { bytes, baseBytes, table, ids };
}

/** A table, and the ids in it of the types of the one before. */
interface Step {
  readonly table: TypeTable;
  readonly ids: Uint32Array;
}

function checkReferences(table: TypeTable): void {
  for (let id = table.firstId; id < table.end; id++) {
    forEachTypeRef(table, id, (ref) => {
      if (!table.has(ref)) throw new RangeError(`type ${id} refers to type ${ref}, which was not added`);
    });
  }
}

function distilled(table: TypeTable): Step {
  const { split, ids } = distill(table);
  return { table: split, ids };
}

/** The types of a table without a base behind those of one. */
function continueBase(table: TypeTable, base: TypeTable, endian: Endian = base.endian): Step {
  if (table.base !== undefined) throw new TypeError('the builder has a base already');
  const ids = Uint32Array.from({ length: table.end }, (_, id) => (id === 0 ? 0 : id + base.end - 1));
  const names = new StringPool(base.strings);
  const nameOf = (offset: number): number => names.offsetOf(table.strings, offset);
  const words = mapRecords(table, { idOf: (id) => ids[id] as TypeId, nameOf });
  const { starts } = table;
  const { pointerSize } = base;
  return {
    table: new TypeTable({ words, starts, strings: names.table(), base, pointerSize, endian }),
    ids,
  };
}

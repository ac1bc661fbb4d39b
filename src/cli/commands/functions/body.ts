/** Numbers and text of what functions contain. */

import type { TypeId } from '../../../index.ts';
import {
  countOutline,
  FunctionFlag,
  OutlineCode,
  type OutlineCounts,
  type OutlineRow,
  putOutline,
} from '../../../internal.ts';
import type { FunctionSettings } from './settings.ts';
import type { FunctionUnit, UnitFunction } from './unit.ts';

const NO_COUNTS: OutlineCounts = { variables: 0, labels: 0, inlines: 0, inlineBytes: 0 };

/** What the body of a function contains, in numbers. */
export function countsOf(unit: FunctionUnit, { codeRow }: UnitFunction, outer: boolean): OutlineCounts {
  if (codeRow === undefined || unit.rows === undefined) return NO_COUNTS;
  return countOutline(unit.rows.outline(codeRow), outer);
}

/** The body of a function as text; nothing but its braces for BTF. */
export function bodyText(unit: FunctionUnit, fn: UnitFunction, settings: FunctionSettings): string {
  const { context } = unit.emitter;
  const { compat, verbose, declInfo, quirks } = settings;
  if (fn.codeRow === undefined || unit.rows === undefined) return '{\n}/* size: 0 */\n';
  const isSplit = (unit.rows.flags(fn.codeRow) & FunctionFlag.HasRanges) !== 0;
  const outlined = {
    rows: unit.rows,
    row: fn.codeRow,
    name: fn.name,
    lowPc: isSplit && quirks.singleRanges ? 0n : unit.rows.lowPc(fn.codeRow),
    size: fn.size,
    counts: countsOf(unit, fn, quirks.outerCounts),
    singleRanges: quirks.singleRanges,
    // pfunct reads these only for options that are about them.
    withoutAddresses: compat && !verbose,
    withoutLines: compat && !verbose && !declInfo,
  };
  return context.out.capture(() => putOutline(context, outlined));
}

/** How often a function was inlined, and into how many bytes. */
export interface InlineTotal {
  count: number;
  bytes: number;
}

/** By function, how often it was inlined into those of a unit. */
export function inlineTotals(
  unit: FunctionUnit,
  functions: readonly UnitFunction[],
  outer: boolean,
): Map<TypeId, InlineTotal> {
  const totals = new Map<TypeId, InlineTotal>();
  for (const { codeRow } of functions) {
    const outline = codeRow === undefined ? [] : (unit.rows?.outline(codeRow) ?? []);
    for (const { typeId, size } of outer ? withoutEmptyBlocks(outline) : outline.filter(isInline)) {
      const total = totals.get(typeId) ?? { count: 0, bytes: 0 };
      total.count++;
      total.bytes += size;
      totals.set(typeId, total);
    }
  }
  return totals;
}

function isInline({ code }: OutlineRow): boolean {
  return code === OutlineCode.Inline;
}

/** pfunct does not look into blocks of a block that has no inlined function of its own. */
function withoutEmptyBlocks(outline: readonly OutlineRow[]): OutlineRow[] {
  const root: Block = { own: [], blocks: [] };
  const open = [root];
  for (const row of outline) {
    const block = open.at(-1) as Block;
    if (row.code === OutlineCode.Block) {
      const inner = { own: [], blocks: [] };
      block.blocks.push(inner);
      open.push(inner);
    } else if (row.code === OutlineCode.BlockEnd) {
      if (open.length > 1) open.pop();
    } else if (isInline(row)) block.own.push(row);
  }
  return ownAndInner(root);
}

interface Block {
  readonly own: OutlineRow[];
  readonly blocks: Block[];
}

function ownAndInner({ own, blocks }: Block): OutlineRow[] {
  return own.length === 0 ? [] : [...own, ...blocks.flatMap(ownAndInner)];
}

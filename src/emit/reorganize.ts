/** Reports about reorganized structs: the layout with what was saved, its steps, moves, a diff, data for JSON. */

import type { Reorganization } from '../layout/reorganize.ts';
import {
  type Arrangement,
  asItIs,
  countMoves,
  layoutsOfArrangement,
} from '../layout/reorganize-arrangement.ts';
import type { StructModels } from '../layout/reorganize-model.ts';
import type { Unit } from '../layout/reorganize-place.ts';
import { type Move, movesOf } from '../layout/reorganize-steps.ts';
import { MemberFlag } from '../model/side-columns.ts';
import type { TypeId } from '../model/table.ts';
import { PaholeEmitter, type PaholeOptions } from './pahole.ts';
import type { Sink } from './printer.ts';
import { unifiedDiff } from './unified-diff.ts';

/** What a report is about. */
export interface ReportInput {
  readonly models: StructModels;
  readonly result: Reorganization;
  readonly print: PaholeOptions;
}

/** Writes the struct in its new order, and behind it what that saves. */
export function putReorganized({ models, result, print }: ReportInput, sink: Sink): void {
  const { model, byteSize } = result;
  const copies = layoutsOfArrangement(models, result);
  const emitter = new PaholeEmitter(copies, print, sink);
  const { out } = emitter.context;
  emitter.emit(copies.table.end - 1);
  const saved = model.byteSize - byteSize;
  out.put(
    saved === 0 ? '\n' : `   /* saved ${counted(saved, 'byte')}${cachelinesSaved(models, result)}! */\n`,
  );
  out.flush();
}

/** Writes the layout after each move, each behind a line that says what is moved. */
export function putSteps({ models, result, print }: ReportInput, sink: Sink): void {
  for (const move of movesOf(models, result)) {
    const copies = layoutsOfArrangement(models, move.arrangement);
    const emitter = new PaholeEmitter(copies, print, sink);
    emitter.context.out.putText(`/* Moving ${moveText(models, result, move)} */\n`);
    emitter.emit(copies.table.end - 1);
    emitter.context.out.put('\n\n');
    emitter.context.out.flush();
  }
  if (countMoves(result) > 0) sink(Buffer.from('/* Final reorganized struct: */\n'));
}

/** The moves, one a line, with the size after each. */
export function movesText(models: StructModels, result: Reorganization): string {
  const { model, byteSize } = result;
  const title = `struct ${models.layouts.table.name(model.id)}`;
  const remark = provenText(result);
  const count = countMoves(result);
  if (count === 0) return `${title}: ${model.byteSize} bytes, nothing to gain${remark}\n`;
  const head = `${title}: ${model.byteSize} -> ${byteSize} bytes, ${counted(count, 'move')}${remark}\n`;
  const lines = movesOf(models, result).map(
    (move) => `move ${moveText(models, result, move)}\t/* ${counted(move.byteSize, 'byte')} */\n`,
  );
  return head + lines.join('');
}

function provenText({ isSmallest, hasFewestMoves }: Reorganization): string {
  if (isSmallest && hasFewestMoves) return '';
  return ` (not proven to be the ${isSmallest ? 'fewest' : 'best'})`;
}

function moveText(models: StructModels, result: Reorganization, { path, within, unit, after }: Move): string {
  const names = (each: Unit): string => unitName(models, within.id, each);
  const where = path.length === 0 ? '' : ` in ${pathNames(models, result, path).join('.')}`;
  return `${names(unit)} ${after === undefined ? 'to the front' : `after ${names(after)}`}${where}`;
}

/** The change in the order of the members as a unified diff; empty where there is none. */
export function diffText({ models, result, print }: ReportInput): string {
  const { model } = result;
  const linesOf = (arrangement: Arrangement): string[] => {
    const layouts = layoutsOfArrangement(models, arrangement);
    const emitter = new PaholeEmitter(layouts, { ...print, quiet: true, hex: false });
    emitter.emit(layouts.table.end - 1);
    return emitter.text().split('\n');
  };
  const hunks = unifiedDiff(linesOf(asItIs(model.id, model)), linesOf(result));
  const name = models.layouts.table.name(model.id);
  return hunks === '' ? '' : `--- a/${name}\n+++ b/${name}\n${hunks}`;
}

/** The reorganization as data. */
export function reorganizationData(models: StructModels, result: Reorganization): object {
  const { model, byteSize, isSmallest, hasFewestMoves } = result;
  const moves = movesOf(models, result).map(({ path, within, unit, after, byteSize: size }) => ({
    member: unitName(models, within.id, unit),
    after: after && unitName(models, within.id, after),
    in: path.length === 0 ? undefined : pathNames(models, result, path),
    byteSize: size,
  }));
  return {
    byteSize: model.byteSize,
    newByteSize: byteSize,
    savedBytes: model.byteSize - byteSize,
    isSmallest,
    hasFewestMoves,
    moves,
    order: result.order.map((index) => unitName(models, model.id, model.units[index] as Unit)),
  };
}

function cachelinesSaved({ layouts }: StructModels, { model, byteSize }: Reorganization): string {
  const lines = (size: number): number => Math.ceil(size / layouts.cachelineSize);
  const saved = lines(model.byteSize) - lines(byteSize);
  return saved === 0 ? '' : ` and ${counted(saved, 'cacheline')}`;
}

/** What a unit is called: a member by its name, bitfields by the first and the last. */
function unitName(models: StructModels, id: TypeId, { first, end }: Unit): string {
  const name = memberName(models, id, first);
  return end - first === 1 ? name : `${name}..${memberName(models, id, end - 1)}`;
}

function memberName({ layouts }: StructModels, id: TypeId, index: number): string {
  const { table } = layouts;
  const name = table.strings.text(table.extra(id, 3 * index));
  const isBase = ((table.side?.memberFlags(id, index) ?? 0) & MemberFlag.Inheritance) !== 0;
  if (isBase) return `the base ${table.name(table.extra(id, 3 * index + 1))}`;
  return name === '' ? `the unnamed member ${index}` : name;
}

/** The members that lead to something in a struct. */
function pathNames(models: StructModels, result: Arrangement, path: readonly number[]): string[] {
  let at: Arrangement | undefined = result;
  return path.map((member) => {
    const name = at === undefined ? '' : memberName(models, at.id, member);
    at = at?.inner.get(member);
    return name;
  });
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

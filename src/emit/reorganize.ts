/** Reports about reorganized structs: the layout with what was saved, its steps, moves, a diff, data for JSON. */

import type { Layouts } from '../layout/layouts.ts';
import type { Reorganization } from '../layout/reorganize.ts';
import type { StructModels } from '../layout/reorganize-model.ts';
import type { Unit } from '../layout/reorganize-place.ts';
import { layoutsInOrder, movesOf } from '../layout/reorganize-steps.ts';
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
  const { model, order, byteSize } = result;
  const copies = layoutsInOrder(models, model, order);
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
  const { model } = result;
  const names = namerOf(models, result);
  for (const { unit, after, order } of movesOf(result)) {
    const copies = layoutsInOrder(models, model, order);
    const emitter = new PaholeEmitter(copies, print, sink);
    emitter.context.out.putText(`/* Moving ${names(unit)} ${placeText(names, after)} */\n`);
    emitter.emit(copies.table.end - 1);
    emitter.context.out.put('\n\n');
    emitter.context.out.flush();
  }
  if (result.moved.length > 0) sink(Buffer.from('/* Final reorganized struct: */\n'));
}

/** The moves, one a line, with the size after each. */
export function movesText(models: StructModels, result: Reorganization): string {
  const { model, byteSize, moved, hasFewestMoves, isSmallest } = result;
  const names = namerOf(models, result);
  const title = `struct ${models.layouts.table.name(model.id)}`;
  const isUnproven = !isSmallest || !hasFewestMoves;
  const remark = isUnproven ? ` (not proven to be the ${isSmallest ? 'fewest' : 'best'})` : '';
  if (moved.length === 0) return `${title}: ${model.byteSize} bytes, nothing to gain\n`;
  const head = `${title}: ${model.byteSize} -> ${byteSize} bytes, ${counted(moved.length, 'move')}${remark}\n`;
  const lines = movesOf(result).map(({ unit, after, byteSize: size }) => {
    return `move ${names(unit)} ${placeText(names, after)}\t/* ${counted(size, 'byte')} */\n`;
  });
  return head + lines.join('');
}

/** The change in the order of the members as a unified diff; empty where there is none. */
export function diffText({ models, result, print }: ReportInput): string {
  const { model, order } = result;
  const linesOf = (layouts: Layouts, id: TypeId): string[] => {
    const emitter = new PaholeEmitter(layouts, { ...print, quiet: true, hex: false });
    emitter.emit(id);
    return emitter.text().split('\n');
  };
  const before = layoutsInOrder(models, model, [...model.units.keys()]);
  const after = layoutsInOrder(models, model, order);
  const hunks = unifiedDiff(linesOf(before, before.table.end - 1), linesOf(after, after.table.end - 1));
  const name = models.layouts.table.name(model.id);
  return hunks === '' ? '' : `--- a/${name}\n+++ b/${name}\n${hunks}`;
}

/** The reorganization as data. */
export function reorganizationData(models: StructModels, result: Reorganization): object {
  const { model, byteSize, isSmallest, hasFewestMoves } = result;
  const names = namerOf(models, result);
  const moves = movesOf(result).map(({ unit, after, byteSize: size }) => {
    return { member: names(unit), after: after && names(after), byteSize: size };
  });
  const saved = model.byteSize - byteSize;
  const order = result.order.map((index) => names(model.units[index] as Unit));
  return {
    byteSize: model.byteSize,
    newByteSize: byteSize,
    savedBytes: saved,
    isSmallest,
    hasFewestMoves,
    moves,
    order,
  };
}

function cachelinesSaved({ layouts }: StructModels, { model, byteSize }: Reorganization): string {
  const lines = (size: number): number => Math.ceil(size / layouts.cachelineSize);
  const saved = lines(model.byteSize) - lines(byteSize);
  return saved === 0 ? '' : ` and ${counted(saved, 'cacheline')}`;
}

function placeText(names: (unit: Unit) => string, after: Unit | undefined): string {
  return after === undefined ? 'to the front' : `after ${names(after)}`;
}

/** What units are called: a member by its name, bitfields by the first and the last. */
function namerOf({ layouts }: StructModels, { model }: Reorganization): (unit: Unit) => string {
  const { table } = layouts;
  const nameOf = (index: number): string => {
    const name = table.strings.text(table.extra(model.id, 3 * index));
    return name === '' ? `the unnamed member ${index}` : name;
  };
  return ({ first, end }) => (end - first === 1 ? nameOf(first) : `${nameOf(first)}..${nameOf(end - 1)}`);
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

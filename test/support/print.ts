/** Prints types of a written blob, with chosen rules of pahole. */

import {
  decodeBtf,
  Layouts,
  NO_QUIRKS,
  PaholeEmitter,
  type PaholeOptions,
  type Quirks,
} from '../../src/index.ts';
import { btf, int, type TypeRecord } from './btf-writer.ts';

export interface PrintOptions extends Omit<PaholeOptions, 'quirks'> {
  /** Rules of pahole that are on. Default: none. */
  readonly on?: readonly (keyof Quirks)[] | undefined;
  readonly cachelineSize?: number | undefined;
  /** Types that are printed before, and not shown. */
  readonly after?: readonly number[] | undefined;
  /** A typedef that gives a type without a name one. */
  readonly typedefId?: number | undefined;
}

/** Ids of `int`, `char` and `long int` where {@link BASICS} comes first; the next id is 4. */
export const INT = 1;
export const CHAR = 2;
export const LONG = 3;
export const BASICS: readonly TypeRecord[] = [
  int('int', 4, 'signed'),
  int('char', 1, 'char'),
  int('long int', 8, 'signed'),
];

/** The text of the type `id` of the records behind {@link BASICS}. */
export function print(records: readonly TypeRecord[], id: number, options: PrintOptions = {}): string {
  const { on = [], cachelineSize, after = [], typedefId, ...rest } = options;
  const quirks: Quirks = { ...NO_QUIRKS, ...Object.fromEntries(on.map((rule) => [rule, true])) };
  const layouts = new Layouts(decodeBtf(btf([...BASICS, ...records])), {
    cachelineSize,
    lazyPacked: quirks.printOrderPacked,
    legacyBitfields: !quirks.legacyBitfields,
  });
  const emitter = new PaholeEmitter(layouts, { ...rest, quirks });
  for (const earlier of after) emitter.emit(earlier);
  const skipped = emitter.text().length;
  emitter.emit(id, typedefId);
  return emitter.text().slice(skipped);
}

/** The lines between the braces of the type `id`, without indent. */
export function printMembers(
  records: readonly TypeRecord[],
  id: number,
  options: PrintOptions = {},
): string[] {
  const lines = print(records, id, options).split('\n').slice(1, -1);
  return lines.map((line) => line.replace(/^\t/, ''));
}

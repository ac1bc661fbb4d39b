/** `-w`: the layouts of a unit for words of another size. Loaded only when it is asked for. */

import { Layouts, type LayoutsOptions, type TypeTable } from '../../index.ts';
import { paholeWordSize, withWordSize } from '../../internal.ts';
import type { ListSettings } from '../settings.ts';

/** Makes the layouts of `table` for words of the size that `settings` ask for. */
export type LayoutsForWordSize = (
  table: TypeTable,
  settings: ListSettings,
  options: LayoutsOptions,
) => Layouts;

export const layoutsForWordSize: LayoutsForWordSize = (table, settings, options) => {
  const { compat, wordSize, classNames, contains, findPointersTo } = settings;
  if (!compat && (wordSize === 4 || wordSize === 8))
    return new Layouts(withWordSize(table, wordSize), options);
  // pahole leaves types that are asked for by name as they are.
  const asksByName = classNames.length + contains.length + findPointersTo.length > 0;
  if (wordSize === undefined || asksByName) return new Layouts(table, options);
  return paholeWordSize(table, wordSize, options);
};

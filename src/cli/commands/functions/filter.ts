/** Which functions an invocation is about. */

import type { FunctionSettings } from './settings.ts';
import type { UnitFunction } from './unit.ts';

/** Whether a function is listed. */
export function passesFilters(fn: UnitFunction, settings: FunctionSettings): boolean {
  const { quirks, formats } = settings;
  const isBtf = fn.row === undefined;
  if (isBtf && quirks.unfiltered) return formats?.length === 1;
  return fn.isTopLevel && fn.name !== '' && passesKinds(fn, settings);
}

/** Whether a function is of the kinds that are asked for. */
export function passesKinds(fn: UnitFunction, { externalOnly, inlined }: FunctionSettings): boolean {
  return (!externalOnly || fn.isExternal) && (inlined === undefined || fn.inlined === inlined);
}

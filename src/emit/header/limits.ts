/** Bounds of what a header can hold, for files that nothing else bounds. */

import { TspaholeError } from '../../model/errors.ts';
import type { TypeId } from '../../model/table.ts';

/** Unnamed types, parameter lists and brackets within one another. Compilers accept 256. */
export const MAX_NESTING = 512;

export function nestedTooDeep(id: TypeId): TspaholeError {
  return new TspaholeError('bad-data', `type ${id} is nested more than ${MAX_NESTING} levels deep`);
}

/** Types that were read from DWARF, unit by unit, as one table of BTF. */

import { Deduplicator } from '../btf/dedup.ts';
import type { TypeTable } from '../model/table.ts';
import type { TypeFeatures } from './fates.ts';
import { UnitTypes } from './unit-types.ts';

const ALL_TYPES: TypeFeatures = { float: true, declTag: true, typeTag: true, enum64: true };

/** What {@link encodeTypes} is told besides the units. */
export interface EncodeTypesOptions {
  /** Types that the result continues. */
  readonly base?: TypeTable | undefined;
  /** Is told of each type that BTF cannot express, and what stands for it. */
  readonly onRemark?: ((text: string) => void) | undefined;
}

/**
 * One table with the types of all units, each once, for {@link encodeBtf}: those that pahole 1.31 encodes, with the
 * same ids; with a base that includes typedefs that the base has. Functions and variables are left out. A unit may be forgotten once the next is asked for.
 */
export function encodeTypes(
  units: Iterable<{ readonly table: TypeTable }>,
  { base, onRemark = () => {} }: EncodeTypesOptions = {},
): TypeTable {
  const target = new Deduplicator(base, { ignoreBaseTypedefs: true });
  const types = new UnitTypes({ target, features: ALL_TYPES, remark: onRemark });
  for (const { table } of units) types.add(table);
  return target.finish().table;
}

/** What pahole 1.31 encodes of a file: the types, functions and variables of its units as one table of BTF. */

import { Deduplicator } from '../btf/dedup.ts';
import type { ElfFile } from '../elf/file.ts';
import type { TypeTable } from '../model/table.ts';
import type { EncodeFeatures } from './features.ts';
import { UnitTypes } from './unit-types.ts';

/** A compile unit, read from DWARF with the option `encoding`. */
export interface EncodeUnit {
  /** Path of the source, as the compiler was given it. */
  readonly name: string;
  readonly table: TypeTable;
}

/** How {@link encode} encodes. */
export interface EncodeOptions {
  /** `distilledBase`, `layout` and `reproducibleBuild` say how the table is written, and change nothing in it. */
  readonly features: EncodeFeatures;
  /** Types that the result continues. */
  readonly base?: TypeTable | undefined;
  /** Is given the lines that pahole prints with `-V`, without line ends. */
  readonly onLog?: ((line: string) => void) | undefined;
  /** Is told what BTF cannot express and what stands for it, and what is left out. */
  readonly onRemark?: ((text: string) => void) | undefined;
}

/**
 * The table to write with `encodeBtf`: types, ids and order are those of pahole 1.31. `elf` is the file that the
 * units are from: it has the symbols and sections of functions and variables. A unit may be forgotten once the
 * next is asked for.
 *
 * Throws `bad-data` for malformed input, and where a variable's name cannot be in BTF unless that is forced.
 */
export function encode(
  units: Iterable<EncodeUnit>,
  _elf: ElfFile,
  { base, onRemark = () => {} }: EncodeOptions,
): TypeTable {
  const target = new Deduplicator(base, { ignoreBaseTypedefs: true });
  const types = new UnitTypes(target, onRemark);
  for (const { table } of units) types.add(table);
  return target.finish().table;
}

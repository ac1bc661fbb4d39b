/** What pahole 1.31 encodes of a file: the types, functions and variables of its units as one table of BTF. */

import { Deduplicator } from '../btf/dedup.ts';
import type { DwarfOptions } from '../dwarf/reader.ts';
import type { ElfFile } from '../elf/file.ts';
import type { TypeTable } from '../model/table.ts';
import type { EncodeContext } from './context.ts';
import { ElfFunctions } from './elf-functions.ts';
import type { EncodeFeatures } from './features.ts';
import { FunctionWriter } from './function-writer.ts';
import { SavedFunctions } from './functions.ts';
import { Kfuncs, readKfuncs } from './kfuncs.ts';
import { AddedTypes } from './log.ts';
import { UnitTypes } from './unit-types.ts';
import { SavedVariables } from './variables.ts';

/** A compile unit, read from DWARF with {@link readOptionsFor}. */
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

/** How DWARF is to be read for {@link encode}. */
export function readOptionsFor({ trueSignature }: EncodeFeatures): DwarfOptions {
  return { encoding: trueSignature ? 'true-signatures' : 'signatures' };
}

/**
 * The table to write with `encodeBtf`: types, ids and order are those of pahole 1.31. `elf` is the file that the
 * units are from: it has the symbols and sections of functions and variables. A unit may be forgotten once the
 * next is asked for. Of units that were read with `omitRepeats` all must be given, and no base.
 *
 * Throws `bad-data` for malformed input, and for variables that BTF cannot have unless `encodeForce` is on;
 * `UnclearRepeats` where units must be read without `omitRepeats`, which changes nothing else.
 */
export function encode(
  units: Iterable<EncodeUnit>,
  elf: ElfFile,
  { base, features, onLog, onRemark = () => {} }: EncodeOptions,
): TypeTable {
  const target = new Deduplicator(base, { ignoreBaseTypedefs: true });
  const added = onLog === undefined ? undefined : new AddedTypes(target, onLog);
  const context: EncodeContext = { target, features, log: added?.log, remark: onRemark };
  const types = new UnitTypes(context);
  const functions = new SavedFunctions(new ElfFunctions(elf), context);
  const variables = new SavedVariables(elf, context);
  const kfuncs = features.declTagKfuncs ? readKfuncs(elf, context) : new Kfuncs(new Map());
  for (const unit of units) {
    const ids = types.add(unit.table);
    functions.add(unit.table, ids);
    variables.add(unit, ids);
  }
  new FunctionWriter(functions, kfuncs, context).write();
  variables.writeSections();
  added?.report();
  return target.finish().table;
}

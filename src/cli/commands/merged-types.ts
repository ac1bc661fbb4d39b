/** Types of several files, or of the units of one, as one table in which each is there once. Most headers need none. */

import { Deduplicator, dedup, loadSync, type TypeSource, type TypeTable } from '../../index.ts';
import { alignmentTags, asCTypes } from '../../internal.ts';

/** The types of files with BTF. Without `basePath` the first is the base of the others. */
export function mergedFiles(paths: readonly string[], basePath: string | undefined): TypeTable {
  const [first, ...others] = paths;
  const base = loadBtf(basePath ?? first, undefined);
  const parts = basePath === undefined ? others : paths;
  return dedup(parts.map((path) => loadBtf(path, base))).table;
}

function loadBtf(path: string | undefined, base: TypeTable | undefined): TypeTable {
  return loadSync(path, { formats: ['btf'], base }).table();
}

/** DWARF repeats types in each unit. With `keepsAlignments` what it states of them is in the table, as tags. */
export function mergedUnits(source: TypeSource, keepsAlignments: boolean): TypeTable {
  const deduplicator = new Deduplicator();
  for (const { table } of source.units()) {
    const shift = deduplicator.add(asCTypes(table)) - table.firstId;
    if (!keepsAlignments) continue;
    const nameOf = (name: string): number => deduplicator.names.add(name);
    const { words, starts } = alignmentTags(table, (id) => id + shift, nameOf);
    deduplicator.addRecords(words, starts);
  }
  return deduplicator.finish().table;
}

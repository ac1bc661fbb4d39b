/**
 * Deduplication: the types of many compile units as one table in which each type lies once. The result has
 * the types of libbpf's `btf__dedup`, with the same ids; docs/architecture.md has the algorithm, the files in
 * dedup/ its steps.
 *
 * Two types are the same if everything that can be said of them is: kind, name, size, elements, and the same of
 * all that they refer to. A forward declaration is the struct or union that it declares, if there is one.
 */

import type { Endian } from '../model/bytes.ts';
import { WordList } from '../model/intern.ts';
import type { StringPool } from '../model/string-pool.ts';
import type { TypeId } from '../model/table.ts';
import { TypeTable } from '../model/table.ts';
import { TypeClasses } from './dedup/classes.ts';
import { expand, UnclearRepeats } from './dedup/expand.ts';
import { TypeGraph } from './dedup/graph.ts';
import { refine } from './dedup/refine.ts';
import { chooseRepresentatives } from './dedup/representatives.ts';

export { UnclearRepeats };

/** What {@link Deduplicator.finish} gives. */
export interface DedupResult {
  readonly table: TypeTable;
  /**
   * For each type added, in the order of addition, its id in `table`. Ids below the index of the first
   * own type are those of the base.
   */
  readonly ids: Uint32Array;
}

/** Takes tables one after the other and makes one of them. A table may be forgotten once it is added. */
export class Deduplicator {
  readonly #graph: TypeGraph;
  readonly #ignoreBaseTypedefs: boolean;
  #pointerSize: number | undefined;
  #endian: Endian | undefined;

  /**
   * With a base the result continues it, and has no type that the base has. With `ignoreBaseTypedefs` it has
   * typedefs of its own all the same, and what refers to them: that is what pahole 1.31 writes.
   */
  constructor(
    base?: TypeTable,
    { ignoreBaseTypedefs = false }: { readonly ignoreBaseTypedefs?: boolean } = {},
  ) {
    this.#graph = new TypeGraph(base);
    this.#ignoreBaseTypedefs = ignoreBaseTypedefs;
  }

  /**
   * Adds the own types of a table that continues the base, or has none. Gives the index of its first type
   * in {@link DedupResult.ids}. Throws `bad-data` for a reference to a type that the table does not hold,
   * `unsupported` for a kind that BTF does not have, `TypeError` for a table with another base.
   */
  add(table: TypeTable): number {
    if (table.base !== this.#graph.base) throw new TypeError('the table has another base');
    this.#pointerSize ??= table.pointerSize;
    this.#endian ??= table.endian;
    return this.#graph.add(table);
  }

  /** Takes up the names of records that are given to {@link addRecords}. */
  get names(): StringPool {
    return this.#graph.names;
  }

  /** What was added so far, by the ids that records may refer to. */
  get types(): TypeGraph {
    return this.#graph;
  }

  /** The id by which records may refer to the next type that is added. */
  get nextId(): TypeId {
    return this.#graph.nextId;
  }

  /** From here on, names may stand for other types than before. For {@link addRepeats}; without a base only. */
  beginUnit(): void {
    if (this.#graph.base !== undefined) throw new TypeError('types of a base do not repeat');
    this.#graph.repeats.beginUnit();
  }

  /**
   * Adds types that are known to be those of earlier units, up to the first that is not, and gives its index; the number
   * of `contents` if there is none. Contents are numbers that say of the types of a unit, from `index` on, when they are the
   * same: their records are, but for the types that they refer to; those have the same contents, or are structs, unions
   * or enums of the same kind and name, of which the unit has no other. 0 says nothing. `isAdded` is 1 for types that count.
   */
  addRepeats(contents: Uint32Array, isAdded: Uint8Array, index: number): number {
    return this.#graph.repeats.addRepeats(contents, isAdded, index);
  }

  /** Says what the contents of the type are that was added last. */
  setContents(contents: number): void {
    this.#graph.repeats.setContents(contents);
  }

  /**
   * Adds records whose names are offsets in `names`, and which refer to any types that were added, are among them,
   * or will follow up to the id `end`, by ids that go on from {@link nextId}. Throws as {@link add} does.
   */
  addRecords(words: Uint32Array, starts: Uint32Array, end: TypeId = 0): void {
    const firstId = this.nextId;
    this.#graph.add({ words, starts, firstId, end: Math.max(end, firstId + starts.length) });
  }

  /**
   * Adds one own type of a table of DWARF, the record of which is one of BTF. `ids` are what its type ids are here.
   */
  addFrom(table: TypeTable, id: TypeId, ids: Uint32Array): void {
    this.#graph.addFrom(table, table.startOf(id), ids);
  }

  /** The record of a type that was added: names are offsets in `names`, types the ids by which records refer to them. */
  record(id: TypeId): Uint32Array {
    const words = new WordList(16);
    this.#graph.writeRecord(this.#graph.nodeOf(id), words);
    return words.view();
  }

  /** The one table. Nothing may be added afterwards. Throws {@link UnclearRepeats} where there are repeats. */
  finish(): DedupResult {
    const { classes, nodes } = this.#compare();
    const { graph } = classes;
    const representatives = chooseRepresentatives(classes, { ignoreBaseTypedefs: this.#ignoreBaseTypedefs });
    const ids = idsOf(representatives, graph.firstOwn);
    const words = new WordList();
    const starts = new WordList();
    for (let node = graph.firstOwn; node < graph.count; node++) {
      if (representatives[node] !== node) continue;
      starts.push(words.length);
      graph.writeRecord(node, words, ids);
    }
    const table = this.#table(words.view(), starts.view());
    if (nodes === undefined) return { table, ids };
    return {
      table,
      // There are many more of them than types, and few ask.
      get ids(): Uint32Array {
        return nodes().map((node) => ids[node] as TypeId);
      },
    };
  }

  #compare(): { classes: TypeClasses; nodes?: () => Uint32Array } {
    const graph = this.#graph;
    if (graph.hasRepeats) return expand(graph, graph.repeats);
    const classes = new TypeClasses(graph);
    refine(classes);
    return { classes };
  }

  #table(words: Uint32Array, starts: Uint32Array): TypeTable {
    const { base, names } = this.#graph;
    const pointerSize = this.#pointerSize ?? base?.pointerSize ?? 8;
    const endian = this.#endian ?? base?.endian ?? 'little';
    return new TypeTable({ words, starts, strings: names.table(), base, pointerSize, endian });
  }
}

/** `tables` as one table in which each type lies once. All must have the same base, or none. */
export function dedup(tables: readonly TypeTable[]): DedupResult {
  const deduplicator = new Deduplicator(tables[0]?.base);
  for (const table of tables) deduplicator.add(table);
  return deduplicator.finish();
}

/** Numbers what stays, in order. */
function idsOf(representatives: Uint32Array, firstOwn: number): Uint32Array {
  const ids = new Uint32Array(representatives.length);
  let next: TypeId = firstOwn;
  for (let node = 0; node < ids.length; node++) {
    if (node < firstOwn) ids[node] = node;
    else if (representatives[node] === node) ids[node] = next++;
  }
  for (let node = firstOwn; node < ids.length; node++)
    ids[node] = ids[representatives[node] as number] as TypeId;
  return ids;
}

/**
 * `Layouts`: the layouts of one type table, computed on demand and remembered where several types ask
 * for the same (what a struct wastes is noted at each member of that type).
 */

import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { inferAlignments } from './alignment.ts';
import { MemberColumns } from './member-columns.ts';
import { PackedInference } from './packed.ts';
import { emptyWaste, findHoles, placeMembers, type Waste } from './placement.ts';
import { TypeFacts } from './type-facts.ts';

export interface LayoutsOptions {
  /** Bytes in a cacheline. Default 64. */
  readonly cachelineSize?: number | undefined;
  readonly legacyBitfields?: boolean | undefined;
  /**
   * Whether packedness is inferred only from types looked at so far, which makes it depend on the
   * order of looking. Default false.
   */
  readonly lazyPacked?: boolean | undefined;
}

export const DEFAULT_CACHELINE_SIZE = 64;

/** Columns of {@link Waste} as remembered per type. */
const WASTE_FIELDS = 6;

export class Layouts {
  readonly table: TypeTable;
  readonly cachelineSize: number;
  readonly facts: TypeFacts;
  readonly #lazyPacked: boolean;
  readonly #waste: Float64Array;
  readonly #hasWaste: Uint8Array;
  readonly #scratch = new MemberColumns();
  readonly #scratchWaste: Waste = emptyWaste();
  #packed: PackedInference | undefined;

  constructor(table: TypeTable, options: LayoutsOptions = {}) {
    this.table = table;
    this.cachelineSize = options.cachelineSize ?? DEFAULT_CACHELINE_SIZE;
    this.facts = new TypeFacts(table, options);
    this.#lazyPacked = options.lazyPacked ?? false;
    this.#waste = new Float64Array(table.end * WASTE_FIELDS);
    this.#hasWaste = new Uint8Array(table.end);
  }

  /** Fills `columns` with the members of a struct or union, their holes and alignments included. */
  place(id: TypeId, columns: MemberColumns): void {
    placeMembers(this.facts, id, columns);
    if (this.table.kind(id) === Kind.Struct) this.#findHoles(id, columns);
  }

  /** Sets `columns.alignment` and returns the alignment of the type; 0 where nothing was inferred. */
  inferAlignments(id: TypeId, columns: MemberColumns): number {
    return inferAlignments(this.facts, id, columns, this.cachelineSize);
  }

  /** What a struct wastes outside of its members. All zero for anything but a struct. */
  waste(id: TypeId, into: Waste): Waste {
    if (this.table.kind(id) === Kind.Struct && this.#hasWaste[id] === 0) {
      placeMembers(this.facts, id, this.#scratch);
      this.#findHoles(id, this.#scratch);
    }
    const at = id * WASTE_FIELDS;
    const columns = this.#waste;
    into.holeCount = columns[at] as number;
    into.bitHoleCount = columns[at + 1] as number;
    into.preHole = columns[at + 2] as number;
    into.preBitHole = columns[at + 3] as number;
    into.padding = columns[at + 4] as number;
    into.bitPadding = columns[at + 5] as number;
    return into;
  }

  /** Which structs are packed, as far as the layouts tell. */
  get packed(): PackedInference {
    if (this.#packed === undefined) {
      const waste = emptyWaste();
      this.#packed = new PackedInference(this.facts, (id) => {
        this.waste(id, waste);
        return waste.padding !== 0 || waste.holeCount !== 0;
      });
      if (!this.#lazyPacked) this.#packed.inferAll();
    }
    return this.#packed;
  }

  #findHoles(id: TypeId, columns: MemberColumns): void {
    const waste = this.#scratchWaste;
    findHoles(columns, this.table.sizeOrType(id), waste);
    const at = id * WASTE_FIELDS;
    const remembered = this.#waste;
    remembered[at] = waste.holeCount;
    remembered[at + 1] = waste.bitHoleCount;
    remembered[at + 2] = waste.preHole;
    remembered[at + 3] = waste.preBitHole;
    remembered[at + 4] = waste.padding;
    remembered[at + 5] = waste.bitPadding;
    this.#hasWaste[id] = 1;
  }
}

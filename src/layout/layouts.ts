/**
 * `Layouts`: the layouts of one type table, computed on demand and remembered, since what a struct
 * wastes is noted at each member of that type.
 */

import { Kind } from '../model/kinds.ts';
import { compositeIds } from '../model/queries.ts';
import { type TypeId, type TypeTable, tableChain } from '../model/table.ts';
import { MemberColumns } from './member-columns.ts';
import { PackedInference } from './packed.ts';
import {
  findHolesInRange,
  type Placements,
  placeRange,
  SURVEYED,
  WASTE_FIELDS,
  type Waste,
} from './placement.ts';
import { placeBySide } from './side-placement.ts';
import { applyStatedAlignments } from './stated-alignment.ts';
import { possibleMisplacers, survey } from './survey.ts';
import { type FactColumns, TypeFacts } from './type-facts.ts';

/** What a survey finds, as columns by id, made elsewhere by the same rules. See {@link Placements}, {@link TypeFacts}. */
export interface SurveyColumns extends FactColumns {
  readonly flags: Uint8Array;
  readonly waste: Int32Array;
  readonly alignment: Uint32Array;
  /** Which structs are packed, and of which that has been inferred. */
  readonly isPacked: Uint8Array;
  readonly isInferred: Uint8Array;
}

/** How layouts are computed. */
export interface LayoutsOptions {
  /** Bytes in a cacheline. Default 64. */
  readonly cachelineSize?: number | undefined;
  /** Whether an int narrower than its storage is a bitfield, as BTF of 2018 says it. Default true. */
  readonly legacyBitfields?: boolean | undefined;
  /**
   * Whether what only C++ has is measured as pahole does: rvalue references and pointers to members have the
   * size of what they refer to, references no alignment, and a virtual base has an odd offset. Default false.
   */
  readonly paholeClasses?: boolean | undefined;
  /**
   * Whether packedness is inferred only from types looked at so far, which makes it depend on the
   * order of looking. Default false.
   */
  readonly lazyPacked?: boolean | undefined;
  /**
   * Placements of all types of the table that differ from what the rules give.
   * @internal
   */
  readonly placements?: Placements | undefined;
}

export const DEFAULT_CACHELINE_SIZE = 64;

/**
 * The layouts of one table. Hand it to {@link layoutOf}; keep it, since it remembers what it has computed.
 */
export class Layouts {
  readonly table: TypeTable;
  readonly cachelineSize: number;
  /** @internal */
  readonly facts: TypeFacts;
  /**
   * Whether all places are what the rules give.
   * @internal
   */
  readonly followsRules: boolean;
  /**
   * What a table split from this one is laid out with.
   * @internal
   */
  readonly options: LayoutsOptions;
  /**
   * See {@link LayoutsOptions}.
   * @internal
   */
  readonly lazyPacked: boolean;
  #placements: Placements;
  #hasPlacedAll: boolean;
  #hasSurveyedAll = false;
  #composites: Uint32Array | undefined;
  #packed: PackedInference | undefined;

  constructor(table: TypeTable, options: LayoutsOptions = {}) {
    this.table = table;
    const { cachelineSize, legacyBitfields } = options;
    this.options = { cachelineSize, legacyBitfields };
    this.cachelineSize = options.cachelineSize ?? DEFAULT_CACHELINE_SIZE;
    this.lazyPacked = options.lazyPacked ?? false;
    this.#placements = options.placements ?? newPlacements(new TypeFacts(table, options), this.cachelineSize);
    this.followsRules = options.placements === undefined;
    this.#hasPlacedAll = options.placements !== undefined;
    this.facts = this.#placements.facts;
  }

  /**
   * The columns behind the methods.
   * @internal
   */
  get placements(): Placements {
    return this.#placements;
  }

  /**
   * The members of all types placed so far; {@link firstMember} tells where those of a type begin.
   * @internal
   */
  get members(): MemberColumns {
    return this.#placements.members;
  }

  /**
   * Places a struct or union if need be and returns the index of its first member in {@link members}.
   * @internal
   */
  firstMember(id: TypeId): number {
    const { first } = this.#placements;
    if (first[id] === 0) {
      const part = this.table.owner(id);
      if (part !== undefined) this.#placeRange(part, id, id + 1);
    }
    return first[id] ?? 0;
  }

  /**
   * Number of members of a struct or union; 0 for every other type.
   * @internal
   */
  memberCount(id: TypeId): number {
    const kind = this.table.kind(id);
    return kind === Kind.Struct || kind === Kind.Union ? this.table.vlen(id) : 0;
  }

  /**
   * Places all structs and unions: cheaper than one by one when most of them will be looked at.
   * @internal
   */
  placeAll(): void {
    if (this.#hasPlacedAll) return;
    this.#hasPlacedAll = true;
    this.facts.measureAll();
    for (const part of tableChain(this.table)) {
      this.members.reserve(countMembers(part));
      this.#placeRange(part, part.firstId, part.end);
    }
  }

  /**
   * Finds out about all structs and unions what is needed before the first of them is printed: with side columns
   * whether they put a struct where its alignment forbids, else all but their members. The rest is found when it
   * is asked for.
   * @internal
   */
  surveyAll(): void {
    if (this.#hasPlacedAll || this.#hasSurveyedAll) return;
    // What the survey knows nothing of may be stated there. Of many units little is printed.
    if (this.table.side !== undefined && this.table.base !== undefined) return this.placeAll();
    this.#hasSurveyedAll = true;
    if (this.table.side === undefined) return survey(this.#placements, this.composites);
    for (const id of possibleMisplacers(this.facts, this.composites)) this.firstMember(id);
  }

  /**
   * Goes on with what was found elsewhere, before anything has been laid out.
   * @internal
   */
  adopt({ flags, waste, alignment, isPacked, isInferred, ...facts }: SurveyColumns): void {
    this.#hasSurveyedAll = true;
    this.#placements = { ...this.#placements, flags, waste, alignment };
    this.facts.adopt(facts);
    this.#packed = new PackedInference(this, this.#placements, { isPacked, isInferred });
  }

  /**
   * Ids of all structs and unions, ascending.
   * @internal
   */
  get composites(): Uint32Array {
    this.#composites ??= compositeIds(this.table);
    return this.#composites;
  }

  /**
   * Sees to it that all but the members of a struct or union is known.
   * @internal
   */
  survey(id: TypeId): void {
    if (((this.#placements.flags[id] as number) & SURVEYED) === 0) this.firstMember(id);
  }

  #placeRange(part: TypeTable, from: TypeId, to: TypeId): void {
    placeRange(this.#placements, part, from, to);
    findHolesInRange(this.#placements, part, from, to);
    if (part.side === undefined) return;
    placeBySide(this.#placements, part, part.side, from, to);
    applyStatedAlignments(this.#placements, part, part.side, from, to);
  }

  /**
   * Copies the members of a struct or union into `columns`, from index 0.
   * @internal
   */
  place(id: TypeId, columns: MemberColumns): void {
    const start = this.firstMember(id);
    columns.copy(this.members, start, this.memberCount(id));
  }

  /**
   * Inferred alignment of a struct or union itself in bytes; 0 where none is needed.
   * @internal
   */
  alignment(id: TypeId): number {
    this.survey(id);
    return this.#placements.alignment[id] ?? 0;
  }

  /**
   * What a struct wastes outside of its members. All zero for anything but a struct.
   * @internal
   */
  waste(id: TypeId, into: Waste): Waste {
    this.survey(id);
    const { waste } = this.#placements;
    const at = id * WASTE_FIELDS;
    into.holeCount = waste[at] as number;
    into.bitHoleCount = waste[at + 1] as number;
    into.preHole = waste[at + 2] as number;
    into.preBitHole = waste[at + 3] as number;
    into.padding = waste[at + 4] as number;
    into.bitPadding = waste[at + 5] as number;
    return into;
  }

  /**
   * Which structs are packed, as far as the layouts tell.
   * @internal
   */
  get packed(): PackedInference {
    if (this.#packed === undefined) {
      this.#packed = new PackedInference(this, this.#placements);
      if (!this.lazyPacked) this.#packed.inferAll();
    }
    return this.#packed;
  }
}

function newPlacements(facts: TypeFacts, cachelineSize: number): Placements {
  const members = new MemberColumns();
  // Index 0 says that a type has not been placed.
  members.append(1);
  return {
    facts,
    cachelineSize,
    first: new Uint32Array(facts.table.end),
    members,
    waste: new Int32Array(facts.table.end * WASTE_FIELDS),
    alignment: new Uint32Array(facts.table.end),
    flags: new Uint8Array(facts.table.end),
  };
}

/** Members of all structs and unions of one table. */
function countMembers({ words, starts }: TypeTable): number {
  let count = 0;
  for (let index = 0; index < starts.length; index++) {
    const info = words[(starts[index] as number) + 1] as number;
    const kind = (info >>> 24) & 0x7f;
    if (kind === Kind.Struct || kind === Kind.Union) count += info & 0x00ff_ffff;
  }
  return count;
}

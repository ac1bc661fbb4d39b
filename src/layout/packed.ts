/**
 * Which structs are packed. BTF does not say; a struct is taken for packed when natural alignment
 * contradicts its own layout, or when a struct or union puts it where natural alignment forbids.
 */

import { Kind } from '../model/kinds.ts';
import { wordsWithValue } from '../model/queries.ts';
import { HEADER_WORDS, memberBitOffset } from '../model/records.ts';
import { type TypeId, type TypeTable, tableChain } from '../model/table.ts';
import type { Layouts } from './layouts.ts';
import { NO_OFFSET } from './member-columns.ts';
import { CONTRADICTS, MISPLACES, type Placements, WASTE_FIELDS } from './placement.ts';

/** What has been inferred already, by id. */
interface KnownPacked {
  readonly isPacked: Uint8Array;
  readonly isInferred: Uint8Array;
}

export class PackedInference {
  readonly #layouts: Layouts;
  readonly #placements: Placements;
  readonly #isPacked: Uint8Array;
  readonly #isInferred: Uint8Array;

  constructor(layouts: Layouts, placements: Placements, known?: KnownPacked) {
    this.#layouts = layouts;
    this.#placements = placements;
    this.#isPacked = known?.isPacked ?? new Uint8Array(layouts.table.end);
    this.#isInferred = known?.isInferred ?? new Uint8Array(layouts.table.end);
  }

  /** What has been inferred so far about a struct. */
  isPacked(id: TypeId): boolean {
    return this.#isPacked[id] === 1;
  }

  /**
   * Infers from a struct's own layout; where that has holes or padding, what its members are from
   * where it puts them. Does nothing the second time.
   */
  inferStruct(id: TypeId): boolean {
    if (this.#isInferred[id] === 0) {
      this.#layouts.survey(id);
      const flags = this.#placements.flags[id] as number;
      if (this.#hasWaste(id)) this.#markMisplaced(id);
      else if ((flags & CONTRADICTS) !== 0) this.#isPacked[id] = 1;
      this.#isInferred[id] = 1;
    }
    return this.isPacked(id);
  }

  /** A struct whose alignment does not divide the size of a union that holds it must be packed. */
  inferUnion(id: TypeId): void {
    if (this.#isInferred[id] !== 0) return;
    this.#isInferred[id] = 1;
    this.#layouts.survey(id);
    this.#markMisplaced(id);
  }

  /** Infers what the structs in a struct are from where it puts them, as pahole does before it prints these. */
  inferMembers(id: TypeId): void {
    if (this.#placements.facts.table.kind(id) !== Kind.Struct) return;
    this.#layouts.survey(id);
    this.#markMisplaced(id);
  }

  /**
   * Infers about every type of the table, so that the answer does not depend on which types were
   * looked at before.
   */
  inferAll(): void {
    this.#layouts.surveyAll();
    const { flags, facts } = this.#placements;
    for (const id of this.#layouts.composites) {
      if (((flags[id] as number) & MISPLACES) === 0) continue;
      if (facts.table.kind(id) === Kind.Union || this.#hasWaste(id)) this.#markMisplaced(id);
    }
  }

  /**
   * Infers about one struct from all types that hold it, without looking at the others: what
   * {@link inferAll} would say of it, for a listing of few types.
   */
  inferFromHolders(id: TypeId): void {
    const { facts } = this.#placements;
    const struct = facts.strip(id);
    // Nothing else holds a struct that could be packed.
    if (!isComposite(facts.table.kind(struct))) return;
    for (const holder of misplacersOf(facts.table, struct, facts.alignmentOf(struct))) {
      this.#layouts.survey(holder);
      const isUnion = facts.table.kind(holder) === Kind.Union;
      if (isUnion || this.#hasWaste(holder)) this.#markMisplaced(holder);
    }
  }

  /** Whether a placed struct has holes or padding. */
  #hasWaste(id: TypeId): boolean {
    const { waste } = this.#placements;
    return waste[id * WASTE_FIELDS] !== 0 || waste[id * WASTE_FIELDS + 4] !== 0;
  }

  /** Marks the structs that a placed composite puts where their alignment forbids. */
  #markMisplaced(id: TypeId): void {
    const { facts, flags, members } = this.#placements;
    if (((flags[id] as number) & MISPLACES) === 0) return;
    const isUnion = facts.table.kind(id) === Kind.Union;
    const start = this.#layouts.firstMember(id);
    for (let index = start + facts.table.vlen(id) - 1; index >= start; index--) {
      const place = isUnion ? facts.table.sizeOrType(id) : (members.byteOffset[index] as number);
      if (!isUnion && place === NO_OFFSET && !facts.paholeClasses) continue;
      const struct = facts.strip(members.typeId[index] as number);
      if (facts.table.kind(struct) !== Kind.Struct || place % facts.alignmentOf(struct) === 0) continue;
      this.#isPacked[struct] = 1;
      this.#isInferred[struct] = 1;
    }
  }
}

/**
 * The structs and unions that have a member of the type `id`, behind aliases, where the alignment
 * `natural` forbids it.
 */
function misplacersOf(table: TypeTable, id: TypeId, natural: number): Set<TypeId> {
  const misplacers = new Set<TypeId>();
  const aliases = new Set([id]);
  // What is added while the set is walked is walked too.
  for (const type of aliases) {
    for (const part of tableChain(table)) {
      for (const { id: user, word } of wordsWithValue(part, type)) {
        const kind = part.kind(user);
        const isMember = isComposite(kind) && word % 3 === 1 && word > HEADER_WORDS;
        if (isMember && placeOf(part, user, word) % natural !== 0) misplacers.add(user);
        else if (word === 2 && isAlias(kind)) aliases.add(user);
      }
    }
  }
  return misplacers;
}

/** What natural alignment must divide: the size of a union, in a struct the member's byte offset. */
function placeOf(part: TypeTable, id: TypeId, word: number): number {
  if (part.kind(id) === Kind.Union) return part.sizeOrType(id);
  const offsetWord = part.words[part.startOf(id) + word + 1] as number;
  return memberBitOffset(offsetWord, part.kindFlag(id)) >>> 3;
}

function isComposite(kind: number): boolean {
  return kind === Kind.Struct || kind === Kind.Union;
}

function isAlias(kind: number): boolean {
  return kind === Kind.Typedef || (kind >= Kind.Volatile && kind <= Kind.Restrict);
}

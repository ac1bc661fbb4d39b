/**
 * Which structs are packed. BTF does not say; a struct is taken for packed when natural alignment
 * contradicts its own layout, or when a struct or union puts it where natural alignment forbids.
 */

import { Kind } from '../model/kinds.ts';
import { tableChain } from '../model/queries.ts';
import { HEADER_WORDS } from '../model/records.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import type { Layouts } from './layouts.ts';
import { CONTRADICTS, MISPLACES, type Placements, WASTE_FIELDS } from './placement.ts';

export class PackedInference {
  readonly #layouts: Layouts;
  readonly #placements: Placements;
  readonly #isPacked: Uint8Array;
  readonly #isInferred: Uint8Array;

  constructor(layouts: Layouts, placements: Placements) {
    this.#layouts = layouts;
    this.#placements = placements;
    this.#isPacked = new Uint8Array(layouts.table.end);
    this.#isInferred = new Uint8Array(layouts.table.end);
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
      this.#layouts.firstMember(id);
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
    this.#layouts.firstMember(id);
    this.#markMisplaced(id);
  }

  /**
   * Infers about every type of the table, so that the answer does not depend on which types were
   * looked at before.
   */
  inferAll(): void {
    this.#layouts.placeAll();
    const { flags, facts } = this.#placements;
    for (let id = 1; id < flags.length; id++) {
      if (((flags[id] as number) & MISPLACES) === 0) continue;
      if (facts.table.kind(id) === Kind.Union || this.#hasWaste(id)) this.#markMisplaced(id);
    }
  }

  /**
   * Infers about one struct from all types that hold it, without looking at the others: what
   * {@link inferAll} would say of it, for a listing of few types.
   */
  inferFromHolders(id: TypeId): void {
    for (const holder of holdersOf(this.#layouts.table, this.#placements.facts.strip(id))) {
      this.#layouts.firstMember(holder);
      const isUnion = this.#layouts.table.kind(holder) === Kind.Union;
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
    const { facts, flags, first, members } = this.#placements;
    if (((flags[id] as number) & MISPLACES) === 0) return;
    const isUnion = facts.table.kind(id) === Kind.Union;
    const start = first[id] as number;
    for (let index = start + facts.table.vlen(id) - 1; index >= start; index--) {
      const place = isUnion ? facts.table.sizeOrType(id) : (members.byteOffset[index] as number);
      const struct = facts.strip(members.typeId[index] as number);
      if (facts.table.kind(struct) !== Kind.Struct || place % facts.alignmentOf(struct) === 0) continue;
      this.#isPacked[struct] = 1;
      this.#isInferred[struct] = 1;
    }
  }
}

/** The structs and unions with a member that is, behind aliases, the type `id`. */
function holdersOf(table: TypeTable, id: TypeId): TypeId[] {
  const isWanted = new Uint8Array(table.end);
  isWanted[id] = 1;
  while (markAliases(table, isWanted)) {
    // An alias may come before what it stands for.
  }
  const holders: TypeId[] = [];
  for (const { words, starts, firstId } of tableChain(table)) {
    for (let index = 0; index < starts.length; index++) {
      let at = starts[index] as number;
      const info = words[at + 1] as number;
      const kind = (info >>> 24) & 0x7f;
      if (kind !== Kind.Struct && kind !== Kind.Union) continue;
      const end = at + HEADER_WORDS + 3 * (info & 0x00ff_ffff);
      for (at += HEADER_WORDS + 1; at < end; at += 3) {
        if (isWanted[words[at] as number] !== 1) continue;
        holders.push(firstId + index);
        break;
      }
    }
  }
  return holders;
}

/** Marks the typedefs and qualifiers of marked types. Returns whether there were new ones. */
function markAliases(table: TypeTable, isMarked: Uint8Array): boolean {
  let hasNew = false;
  for (const { words, starts, firstId } of tableChain(table)) {
    for (let index = 0; index < starts.length; index++) {
      const at = starts[index] as number;
      if (isMarked[words[at + 2] as number] !== 1) continue;
      const kind = ((words[at + 1] as number) >>> 24) & 0x7f;
      const isAlias = kind === Kind.Typedef || (kind >= Kind.Volatile && kind <= Kind.Restrict);
      if (!isAlias || isMarked[firstId + index] === 1) continue;
      isMarked[firstId + index] = 1;
      hasNew = true;
    }
  }
  return hasNew;
}

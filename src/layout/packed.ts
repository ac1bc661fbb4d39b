/**
 * Which structs are packed. BTF does not say; a struct is taken for packed when natural alignment
 * contradicts its own layout, or when a struct or union puts it where natural alignment forbids.
 */

import { Kind } from '../model/kinds.ts';
import { HEADER_WORDS } from '../model/records.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { memberBitOffset, memberBitSize } from '../model/types.ts';
import type { TypeFacts } from './type-facts.ts';

/** Tells whether a struct has holes or padding; given by the layout engine. */
export type HasWaste = (id: TypeId) => boolean;

export class PackedInference {
  readonly #facts: TypeFacts;
  readonly #hasWaste: HasWaste;
  readonly #isPacked: Uint8Array;
  readonly #isInferred: Uint8Array;

  constructor(facts: TypeFacts, hasWaste: HasWaste) {
    this.#facts = facts;
    this.#hasWaste = hasWaste;
    this.#isPacked = new Uint8Array(facts.table.end);
    this.#isInferred = new Uint8Array(facts.table.end);
  }

  /** What has been inferred so far about a struct. */
  isPacked(id: TypeId): boolean {
    return this.#isPacked[id] === 1;
  }

  /**
   * Infers from a struct's own layout; where that is explained by natural alignment, what its members
   * are from where it puts them. Does nothing the second time.
   */
  inferStruct(id: TypeId): boolean {
    if (this.#isInferred[id] === 0) {
      if (this.#hasWaste(id)) this.#markMisplaced(id);
      else if (this.#contradictsAlignment(id)) this.#isPacked[id] = 1;
      this.#isInferred[id] = 1;
    }
    return this.isPacked(id);
  }

  /** A struct whose alignment does not divide the size of a union that holds it must be packed. */
  inferUnion(id: TypeId): void {
    if (this.#isInferred[id] !== 0) return;
    this.#isInferred[id] = 1;
    this.#markUnionMembers(id);
  }

  /**
   * Infers about every type of the table, so that the answer does not depend on which types were
   * looked at before.
   */
  inferAll(): void {
    const { table } = this.#facts;
    for (let id = 1; id < table.end; id++) {
      const kind = table.kind(id);
      if (kind === Kind.Union) this.#markUnionMembers(id);
      else if (kind === Kind.Struct && this.#hasMisplacedMember(id) && this.#hasWaste(id))
        this.#markMisplaced(id);
    }
  }

  #contradictsAlignment(id: TypeId): boolean {
    const { table } = this.#facts;
    let largest = 1;
    const packed = this.#someMember(id, (type, byteOffset) => {
      const natural = this.#facts.naturalAlignment(type);
      if (natural > largest) largest = natural;
      return byteOffset % natural !== 0 && !this.#facts.isLegacyBitfield(type);
    });
    return packed || table.sizeOrType(id) % largest !== 0;
  }

  #hasMisplacedMember(id: TypeId): boolean {
    return this.#someMember(id, (type, byteOffset) => this.#isMisplaced(type, byteOffset));
  }

  #markMisplaced(id: TypeId): void {
    this.#someMember(id, (type, byteOffset) => {
      if (this.#isMisplaced(type, byteOffset)) this.#mark(type);
      return false;
    });
  }

  #isMisplaced(type: TypeId, byteOffset: number): boolean {
    const { table } = this.#facts;
    return table.kind(type) === Kind.Struct && byteOffset % this.#facts.naturalAlignment(type) !== 0;
  }

  #markUnionMembers(id: TypeId): void {
    const size = this.#facts.table.sizeOrType(id);
    this.#someMember(id, (type) => {
      if (this.#isMisplaced(type, size)) this.#mark(type);
      return false;
    });
  }

  #mark(id: TypeId): void {
    this.#isPacked[id] = 1;
    this.#isInferred[id] = 1;
  }

  /** Whether `test` holds for the stripped type and the byte offset of some member. */
  #someMember(id: TypeId, test: (type: TypeId, byteOffset: number) => boolean): boolean {
    const { table } = this.#facts;
    const owner = table.owner(id) as TypeTable;
    const { words } = owner;
    const kindFlag = table.kindFlag(id);
    let at = owner.startOf(id) + HEADER_WORDS;
    for (let left = table.vlen(id); left > 0; left--, at += 3) {
      const offsetWord = words[at + 2] as number;
      // The storage unit of a bitfield is aligned whatever its struct is.
      const isBitfield = memberBitSize(offsetWord, kindFlag) !== 0;
      const byteOffset = isBitfield ? 0 : memberBitOffset(offsetWord, kindFlag) >>> 3;
      if (test(this.#facts.strip(words[at + 1] as number), byteOffset)) return true;
    }
    return false;
  }
}

/**
 * Facts about single types that layout rests on: size, natural alignment, flexible arrays. Each is
 * computed at the first call and remembered in a column.
 */

import { Kind } from '../model/kinds.ts';
import { HEADER_WORDS } from '../model/records.ts';
import type { TypeId, TypeTable } from '../model/table.ts';

/**
 * Longest chain of typedefs, qualifiers, pointers and arrays, and deepest nesting of structs, that is
 * followed. Real code stays below 20; the bound ends cycles and hostile chains.
 */
export const MAX_TYPE_DEPTH = 256;

const UNKNOWN = 0;
const NO = 1;
const YES = 2;

export interface TypeFactsOptions {
  /**
   * Whether an int narrower than its storage is a bitfield, as writers before the kind flag said it
   * (BTF of 2018). Default true. Without it the size of such an int is its whole bytes in use.
   */
  readonly legacyBitfields?: boolean | undefined;
}

export class TypeFacts {
  readonly table: TypeTable;
  readonly legacyBitfields: boolean;
  readonly #naturalAlignment: Uint32Array;
  readonly #embeddedFlexible: Uint8Array;

  constructor(table: TypeTable, { legacyBitfields = true }: TypeFactsOptions = {}) {
    this.table = table;
    this.legacyBitfields = legacyBitfields;
    this.#naturalAlignment = new Uint32Array(table.end);
    this.#embeddedFlexible = new Uint8Array(table.end);
  }

  /**
   * The type behind typedefs and const, volatile, restrict; `id` itself when it is none of these.
   * A cycle ends at some type of the cycle.
   */
  strip(id: TypeId): TypeId {
    for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
      const kind = this.table.kind(id);
      const isAlias =
        kind === Kind.Typedef || kind === Kind.Const || kind === Kind.Volatile || kind === Kind.Restrict;
      if (!isAlias) return id;
      id = this.table.sizeOrType(id);
    }
    return id;
  }

  /**
   * Size of a type in bytes: an array's is that of all its elements, a function type's that of a
   * pointer. 0 for void, for a forward declaration and for what has no size.
   */
  sizeOf(id: TypeId): number {
    const { table } = this;
    let count = 1;
    for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
      switch (table.kind(id)) {
        case Kind.Pointer:
        case Kind.FuncProto:
          return count * table.pointerSize;
        case Kind.Array:
          count *= table.extra(id, 2);
          id = table.extra(id, 0);
          break;
        case Kind.Typedef:
        case Kind.Const:
        case Kind.Volatile:
        case Kind.Restrict:
        case Kind.TypeTag:
        case Kind.Var:
          id = table.sizeOrType(id);
          break;
        default:
          return count * this.#ownSize(id);
      }
    }
    return 0;
  }

  /** Size that the record of a composite or enum states, in bytes; 0 for other kinds. */
  declaredSize(id: TypeId): number {
    const kind = this.table.kind(id);
    const hasSize = kind === Kind.Struct || kind === Kind.Union || kind === Kind.Enum || kind === Kind.Enum64;
    return hasSize ? this.table.sizeOrType(id) : 0;
  }

  #ownSize(id: TypeId): number {
    const { table } = this;
    const kind = table.kind(id);
    const size = table.sizeOrType(id);
    if (kind === Kind.Int) return this.legacyBitfields ? size : (table.extra(id, 0) & 0xff) >>> 3;
    if (kind === Kind.Enum || kind === Kind.Enum64) return size === 0 ? 4 : size;
    if (kind === Kind.Float) return size;
    if (kind !== Kind.Struct && kind !== Kind.Union) return 0;
    // An empty class takes one byte that its derived classes may reuse.
    return size === 1 && table.vlen(id) === 0 ? 0 : size;
  }

  /** Whether `id` is an int made for a bitfield, see {@link TypeFactsOptions.legacyBitfields}. */
  isLegacyBitfield(id: TypeId): boolean {
    if (!this.legacyBitfields || this.table.kind(id) !== Kind.Int) return false;
    const bitSize = this.table.extra(id, 0) & 0xff;
    return bitSize !== 0 && bitSize !== this.table.sizeOrType(id) * 8;
  }

  /**
   * Alignment that a type has without attributes, in bytes, at least 1: its size for a scalar, the
   * largest of its members' for a composite.
   */
  naturalAlignment(id: TypeId, depth = 0): number {
    const { table } = this;
    switch (table.kind(id)) {
      case Kind.Pointer:
        return table.pointerSize;
      case Kind.Int:
      case Kind.Enum:
      case Kind.Enum64:
      case Kind.Float:
        return this.#ownSize(id) || 1;
      case Kind.Array:
        return this.#arrayAlignment(id, depth);
      case Kind.Struct:
      case Kind.Union:
        return this.#compositeAlignment(id, depth);
      default:
        return 1;
    }
  }

  #arrayAlignment(id: TypeId, depth: number): number {
    if (depth > MAX_TYPE_DEPTH) return 1;
    return this.naturalAlignment(this.strip(this.table.extra(id, 0)), depth + 1);
  }

  #compositeAlignment(id: TypeId, depth: number): number {
    const known = this.#naturalAlignment[id] as number;
    if (known !== 0) return known;
    if (depth > MAX_TYPE_DEPTH) return 1;
    // Set before the members are walked, so that a struct that contains itself ends here.
    this.#naturalAlignment[id] = 1;
    const owner = this.table.owner(id) as TypeTable;
    const { words } = owner;
    let at = owner.startOf(id) + HEADER_WORDS;
    let largest = 1;
    for (let left = this.table.vlen(id); left > 0; left--, at += 3) {
      const alignment = this.naturalAlignment(this.strip(words[at + 1] as number), depth + 1);
      if (alignment > largest) largest = alignment;
    }
    this.#naturalAlignment[id] = largest;
    return largest;
  }

  /** Whether the last member of a struct or union is directly an array without elements. */
  hasFlexibleArray(id: TypeId): boolean {
    const { table } = this;
    const vlen = table.vlen(id);
    if (vlen === 0) return false;
    const last = table.extra(id, 3 * (vlen - 1) + 1);
    return table.kind(last) === Kind.Array && table.extra(last, 2) === 0;
  }

  /** Whether some member of a struct is, behind typedefs, a struct with a flexible array, at any depth. */
  hasEmbeddedFlexibleArray(id: TypeId, depth = 0): boolean {
    const known = this.#embeddedFlexible[id] as number;
    if (known !== UNKNOWN) return known === YES;
    this.#embeddedFlexible[id] = NO;
    if (depth > MAX_TYPE_DEPTH || this.table.kind(id) !== Kind.Struct) return false;
    for (let index = this.table.vlen(id) - 1; index >= 0; index--) {
      const member = this.strip(this.table.extra(id, 3 * index + 1));
      if (this.table.kind(member) !== Kind.Struct) continue;
      if (this.hasFlexibleArray(member) || this.hasEmbeddedFlexibleArray(member, depth + 1)) {
        this.#embeddedFlexible[id] = YES;
        return true;
      }
    }
    return false;
  }
}

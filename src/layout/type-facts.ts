/**
 * Facts about single types that layout rests on: size, natural alignment, flexible arrays. Sizes and
 * alignments are measured once per type, on demand or for all types at a time, and kept in columns.
 */

import { FIRST_OWN_KIND, Kind } from '../model/kinds.ts';
import { HEADER_WORDS } from '../model/records.ts';
import { type Child, ChildCode, MemberFlag } from '../model/side-columns.ts';
import type { TypeId, TypeTable } from '../model/table.ts';

/**
 * Longest chain of typedefs, qualifiers, pointers and arrays, and deepest nesting of structs, that is
 * followed. Real code stays below 20; the bound ends cycles and hostile chains.
 */
export const MAX_TYPE_DEPTH = 256;

export interface TypeFactsOptions {
  /**
   * Whether an int narrower than its storage is a bitfield, as writers before the kind flag said it
   * (BTF of 2018). Default true. Without it the size of such an int is its whole bytes in use.
   */
  readonly legacyBitfields?: boolean | undefined;
  /**
   * Whether what only C++ has is measured as pahole does: rvalue references and pointers to members have the
   * size of what they refer to, references no alignment, and a virtual base has an odd offset. Default false.
   */
  readonly paholeClasses?: boolean | undefined;
}

/** Largest size that is told apart from others, in bytes. */
const MAX_SIZE = 0xffff_fffe;

/** Size of a type of a kind that BTF does not have. A pointer to a method is two words (Itanium C++ ABI 2.3). */
function ownKindSize(table: TypeTable, id: TypeId, pointerSize: number): number {
  const kind = table.kind(id);
  if (kind === Kind.Reference || kind === Kind.RvalueReference) return pointerSize;
  if (kind === Kind.MemberPointer) {
    return table.kind(table.sizeOrType(id)) === Kind.FuncProto ? 2 * pointerSize : pointerSize;
  }
  if (kind === Kind.Unspecified && NULL_POINTER_NAMES.includes(table.name(id))) return pointerSize;
  return kind === Kind.Complex || kind === Kind.CharString ? table.sizeOrType(id) : 0;
}

/** What compilers call the type of nullptr, of which DWARF gives no size. */
const NULL_POINTER_NAMES = ['decltype(nullptr)', 'nullptr_t', 'std::nullptr_t'];

function isVirtualBase({ side }: TypeTable, id: TypeId, element: number): boolean {
  return side !== undefined && (side.memberFlags(id, element) & MemberFlag.Virtual) !== 0;
}

function isMember({ code, isWrittenAsMember }: Child): boolean {
  return code === ChildCode.Member || (code === ChildCode.StaticMember && isWrittenAsMember);
}

/** Columns of {@link TypeFacts}. */
export interface FactColumns {
  readonly knownSizes: Uint32Array;
  readonly knownAlignments: Uint32Array;
  readonly legacyBitfields: Uint8Array;
  /** For each type made of a struct or union: that composite. */
  readonly compositeOf: Uint32Array;
}

const UNKNOWN = 0;
const NO = 1;
const YES = 2;

export class TypeFacts {
  readonly table: TypeTable;
  /** Size of each measured type plus one, by id; 0 for a type that has not been measured. */
  knownSizes: Uint32Array;
  /** Natural alignment of what is behind the aliases of each type, by id; 0 where it is not known. */
  knownAlignments: Uint32Array;
  /** 1 for each measured type that is, behind aliases, an int made for a bitfield. */
  legacyBitfields: Uint8Array;
  /** See {@link TypeFactsOptions}. */
  readonly paholeClasses: boolean;
  /** For each measured type made of a struct or union (an alias or an array of one): that composite. */
  #compositeOf: Uint32Array;
  readonly #embeddedFlexible: Uint8Array;
  readonly #readsLegacy: boolean;
  readonly #stack: TypeId[] = [];
  readonly #next: number[] = [];

  constructor(table: TypeTable, { legacyBitfields = true, paholeClasses = false }: TypeFactsOptions = {}) {
    this.table = table;
    this.knownSizes = new Uint32Array(table.end);
    this.knownAlignments = new Uint32Array(table.end);
    this.legacyBitfields = new Uint8Array(table.end);
    this.#compositeOf = new Uint32Array(table.end);
    this.#embeddedFlexible = new Uint8Array(table.end);
    this.#readsLegacy = legacyBitfields;
    this.paholeClasses = paholeClasses;
  }

  /** Goes on with what was measured elsewhere. */
  adopt({ knownSizes, knownAlignments, legacyBitfields, compositeOf }: FactColumns): void {
    this.knownSizes = knownSizes;
    this.knownAlignments = knownAlignments;
    this.legacyBitfields = legacyBitfields;
    this.#compositeOf = compositeOf;
  }

  /**
   * Size of a type in bytes: an array's is that of all its elements, a function type's that of a
   * pointer. 0 for void, for a forward declaration and for what has no size; at most 4 GiB - 2.
   */
  sizeOf(id: TypeId): number {
    if (!(id > 0 && id < this.table.end)) return 0;
    if (this.knownSizes[id] === 0) this.#measure(id);
    return (this.knownSizes[id] as number) - 1;
  }

  /**
   * Alignment that a type has without attributes, in bytes, at least 1: its size for a scalar, the
   * largest of its members' for a composite, that of what is behind typedefs and qualifiers.
   */
  alignmentOf(id: TypeId): number {
    if (!(id > 0 && id < this.table.end)) return 1;
    if (this.knownSizes[id] === 0) this.#measure(id);
    if (this.knownAlignments[id] === 0) this.#alignComposite(id);
    return this.knownAlignments[id] as number;
  }

  /** Size that the record of a composite or enum states, in bytes; 0 for other kinds. */
  declaredSize(id: TypeId): number {
    const kind = this.table.kind(id);
    const hasSize = kind === Kind.Struct || kind === Kind.Union || kind === Kind.Enum || kind === Kind.Enum64;
    return hasSize ? this.table.sizeOrType(id) : 0;
  }

  /**
   * The type behind typedefs and const, volatile, restrict, atomic; `id` itself when it is none of these.
   * A cycle ends at some type of the cycle.
   */
  strip(id: TypeId): TypeId {
    for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
      const kind = this.table.kind(id);
      const isAlias =
        kind === Kind.Typedef || kind === Kind.Const || kind === Kind.Volatile || kind === Kind.Restrict;
      if (!isAlias && kind !== Kind.Atomic) return id;
      id = this.table.sizeOrType(id);
    }
    return id;
  }

  /** Bits of a legacy bitfield's type. */
  legacyBitSize(id: TypeId): number {
    return this.table.extra(this.strip(id), 0) & 0xff;
  }

  /** First bit of a legacy bitfield, counted from the start of its member. */
  legacyBitOffset(id: TypeId): number {
    return (this.table.extra(this.strip(id), 0) >>> 16) & 0xff;
  }

  /** Whether a struct is behind the typedefs and qualifiers of a type. */
  isStructBehindAliases(id: TypeId): boolean {
    return this.table.kind(this.strip(id)) === Kind.Struct;
  }

  /** Whether an int, float or enum is behind the typedefs and qualifiers of a type. */
  isScalarBehindAliases(id: TypeId): boolean {
    const kind = this.table.kind(this.strip(id));
    return kind === Kind.Int || kind === Kind.Enum || kind === Kind.Enum64 || kind === Kind.Float;
  }

  /** Measures all types: cheaper than one by one when most of them will be asked for. */
  measureAll(): void {
    for (let part: TypeTable | undefined = this.table; part !== undefined; part = part.base) {
      this.measureRange(part, part.firstId, part.end);
    }
  }

  #measure(id: TypeId): void {
    this.measureRange(this.table.owner(id) as TypeTable, id, id + 1);
  }

  /**
   * Measures the types of a range of own ids of `part`. For what is made of a composite the alignment
   * stays unknown. One loop without calls for the common kinds, since it runs once, with a cold JIT.
   */
  measureRange(part: TypeTable, from: TypeId, to: TypeId): void {
    const { table, knownSizes, knownAlignments, legacyBitfields } = this;
    const compositeOf = this.#compositeOf;
    const readsLegacy = this.#readsLegacy;
    const { paholeClasses } = this;
    const { words, starts, firstId, pointerSize } = part;
    for (let id = from; id < to; id++) {
      let type = id;
      let records = words;
      let at = starts[id - firstId] as number;
      let count = 1;
      let isElement = false;
      let isTarget = false;
      let size = 0;
      let alignment = 1;
      for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
        const info = records[at + 1] as number;
        const third = records[at + 2] as number;
        const kind = (info >>> 24) & 0x7f;
        if (kind === Kind.Pointer || kind === Kind.FuncProto) {
          size = pointerSize;
          alignment = kind === Kind.Pointer ? pointerSize : 1;
          break;
        }
        if (kind === Kind.Struct || kind === Kind.Union) {
          // An empty class takes one byte that its derived classes may reuse.
          size = third === 1 && (info & 0x00ff_ffff) === 0 ? 0 : third;
          compositeOf[id] = type;
          alignment = 0;
          break;
        }
        if (
          kind === Kind.Typedef ||
          (kind >= Kind.Volatile && kind <= Kind.Restrict) ||
          kind === Kind.TypeTag ||
          kind === Kind.Atomic ||
          kind === Kind.Subrange
        ) {
          type = third;
        } else if (kind === Kind.Array) {
          count = Math.min(count * (records[at + 5] as number), MAX_SIZE);
          isElement = true;
          type = records[at + 3] as number;
        } else if (paholeClasses && (kind === Kind.RvalueReference || kind === Kind.MemberPointer)) {
          isTarget = true;
          type = third;
        } else {
          if (kind === Kind.Int) {
            const used = (records[at + 3] as number) & 0xff;
            size = readsLegacy ? third : used >>> 3;
            if (readsLegacy && !isElement && used !== 0 && used !== third * 8) legacyBitfields[id] = 1;
          } else if (kind === Kind.Enum || kind === Kind.Enum64) size = third || 4;
          else if (kind === Kind.Float) size = third;
          else if (kind >= FIRST_OWN_KIND) size = ownKindSize(table, type, pointerSize);
          alignment = kind === Kind.Complex && !paholeClasses ? size >>> 1 || 1 : size || 1;
          if (paholeClasses && (kind === Kind.Reference || kind === Kind.Unspecified)) alignment = 1;
          if (paholeClasses && kind === Kind.Unspecified) size = 0;
          break;
        }
        if (type >= firstId) {
          if (type >= part.end) break;
          records = words;
          at = starts[type - firstId] as number;
        } else {
          const owner = table.owner(type);
          if (owner === undefined) break;
          records = owner.words;
          at = owner.startOf(type);
        }
      }
      if (isTarget) {
        alignment = 1;
        compositeOf[id] = 0;
      }
      knownSizes[id] = Math.min(size * count, MAX_SIZE) + 1;
      knownAlignments[id] = alignment;
    }
  }

  /**
   * Finds the alignment of the composite that `id` is made of, and of all composites in it: depth first
   * with a stack of its own, each composite once. One that contains itself counts as far as it is known.
   */
  #alignComposite(id: TypeId): void {
    const { table, knownSizes, knownAlignments } = this;
    const compositeOf = this.#compositeOf;
    const top = compositeOf[id] as TypeId;
    // Composites that wait for one they contain, and the word of each that is looked at next.
    const stack = this.#stack;
    const next = this.#next;
    let depth = -1;
    let composite = top;
    while (knownAlignments[top] === 0 || depth >= 0) {
      const { words, starts, firstId } =
        composite >= table.firstId ? table : (table.owner(composite) as TypeTable);
      const start = starts[composite - firstId] as number;
      let at = start + HEADER_WORDS;
      const end = at + 3 * ((words[start + 1] as number) & 0x00ff_ffff);
      if (stack[depth] === composite) at = next[depth] as number;
      else {
        depth++;
        stack[depth] = composite;
        knownAlignments[composite] = 1;
      }
      let largest = knownAlignments[composite] as number;
      let child = 0;
      for (; at < end; at += 3) {
        const type = words[at + 1] as number;
        if (!(type > 0 && type < table.end)) continue;
        if (knownSizes[type] === 0) this.#measure(type);
        let alignment = knownAlignments[type] as number;
        if (alignment === 0) {
          child = compositeOf[type] as number;
          alignment = knownAlignments[child] as number;
          if (alignment === 0) break;
        }
        if (alignment > largest) largest = alignment;
      }
      knownAlignments[composite] = largest;
      if (at < end) {
        next[depth] = at;
        composite = child;
      } else {
        depth--;
        if (depth < 0) break;
        composite = stack[depth] as TypeId;
      }
    }
    knownAlignments[id] = knownAlignments[top] as number;
  }

  /** Whether the last member of a struct or union is directly an array without elements. */
  hasFlexibleArray(id: TypeId): boolean {
    const { table } = this;
    const last = this.#lastMemberType(id);
    if (table.kind(last) !== Kind.Array || table.extra(last, 2) !== 0) return false;
    // DWARF has an array of several dimensions as one type; BTF does not tell it from an array of arrays.
    return table.side === undefined || table.kind(table.extra(last, 0)) !== Kind.Array;
  }

  /** pahole counts the static members of DWARF 4 too. */
  #lastMemberType(id: TypeId): TypeId {
    const { paholeClasses, table } = this;
    const last = paholeClasses ? table.side?.childrenOf(id)?.findLast(isMember) : undefined;
    if (last?.code === ChildCode.StaticMember) return table.sizeOrType(last.value);
    const vlen = table.vlen(id);
    return vlen === 0 ? 0 : table.extra(id, 3 * (vlen - 1) + 1);
  }

  /** Whether some member of a struct is, behind typedefs, a struct with a flexible array, at any depth. */
  hasEmbeddedFlexibleArray(id: TypeId, depth = 0): boolean {
    const known = this.#embeddedFlexible[id] as number;
    if (known !== UNKNOWN) return known === YES;
    this.#embeddedFlexible[id] = NO;
    if (depth > MAX_TYPE_DEPTH || this.table.kind(id) !== Kind.Struct) return false;
    for (let index = this.table.vlen(id) - 1; index >= 0; index--) {
      if (isVirtualBase(this.table, id, index)) continue;
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

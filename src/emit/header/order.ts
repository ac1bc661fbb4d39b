/**
 * The order in which C wants types defined.
 *
 * A struct that embeds another needs its definition first; one that only points to another does with a
 * declaration. So the links between types are strong or weak, and definitions are the post-order of a walk
 * along the strong ones:
 *
 *     struct a { struct b *later; struct c first; };      a -weak-> b, a -strong-> c
 *
 * A pointer makes the links behind it weak, up to the first type with a name. What has no name is written
 * in place, pointer or not, and passes its own needs on: `struct { struct c c; } *p` needs c. A typedef is
 * a definition of its own, but one that is reached through a pointer and leads to a weak link may wait.
 *
 * The rules, with their oddities, are libbpf's (btf_dump_order_type), whose order people's headers have.
 * An int is a weak link the first time and a strong one ever after, which decides whether a typedef of it
 * that is reached through a pointer is defined at once.
 *
 * There is one walk for all roots: what has been ordered stays so. It keeps a stack of its own, since
 * types nest as deep as a file likes.
 */

import { TspaholeError } from '../../model/errors.ts';
import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';

const ORDERING = 1;
const ORDERED = 2;

/** Answers of the walk. */
const WEAK = 0;
const STRONG = 1;

/** Steps for each type before a walk is given up: chains of prototypes can fork at every type. */
const MAX_STEPS_PER_TYPE = 64;
const MIN_STEPS = 1 << 20;

/** Bits of a frame besides its position. */
const THROUGH_POINTER = 1;
const IS_STRONG = 2;

export class DefinitionOrder {
  /** Ids in the order of their definition; the first {@link length} count. */
  queue: Uint32Array;
  length = 0;
  readonly #types: FlatTypes;
  readonly #state: Uint8Array;
  /** Made when it is first asked for: few roots do without. */
  #isReferenced: Uint8Array | undefined;
  #steps: number;
  #frameIds: Uint32Array = new Uint32Array(64);
  #frameNext: Uint32Array = new Uint32Array(64);
  #frameFlags: Uint8Array = new Uint8Array(64);

  constructor(types: FlatTypes) {
    this.#types = types;
    this.queue = new Uint32Array(types.end);
    this.#state = new Uint8Array(types.end);
    this.#state[0] = ORDERED;
    this.#steps = MIN_STEPS + MAX_STEPS_PER_TYPE * types.end;
  }

  /** Whether a type needs no further walk. */
  isOrdered(id: TypeId): boolean {
    return this.#state[id] === ORDERED;
  }

  /**
   * Appends to the queue what `root` needs that is not in it, and `root` itself where it is a definition.
   * Throws `bad-data` where a type contains itself.
   */
  add(root: TypeId): void {
    const { words, starts, end } = this.#types;
    const state = this.#state;
    let depth = 0;
    let id = root;
    let throughPointer = false;
    for (;;) {
      // Down to a type whose answer is known, or to a struct, whose members are asked next.
      let answer = -1;
      while (answer < 0) {
        if (--this.#steps < 0) throw tooEntangled(root);
        const start = starts[id] as number;
        const info = words[start + 1] as number;
        const kind = (info >>> 24) & 0x7f;
        if (state[id] === ORDERED) {
          answer = STRONG;
        } else if (kind === Kind.Pointer || kind === Kind.Typedef || kind === Kind.FuncProto) {
          depth = this.#push(depth, id, throughPointer ? THROUGH_POINTER : 0);
          if (kind === Kind.Pointer) throughPointer = true;
          id = words[start + 2] as number;
        } else if (kind === Kind.Array) {
          throughPointer = false;
          id = words[start + 3] as number;
        } else if (kind === Kind.Struct || kind === Kind.Union) {
          const isNamed = words[start] !== 0;
          if (throughPointer && isNamed) answer = WEAK;
          else if (state[id] === ORDERING) throw cycle(id, this.#types);
          else {
            state[id] = ORDERING;
            depth = this.#push(depth, id, 0);
            break;
          }
        } else if (isTransparent(kind)) {
          id = words[start + 2] as number;
        } else {
          answer = this.#orderLeaf(id, kind, words[start] as number);
        }
        if (depth > 2 * end + 2) throw cycle(id, this.#types);
      }

      // Up to the first type that has more to ask.
      for (;;) {
        if (depth === 0) return;
        const top = depth - 1;
        const parent = this.#frameIds[top] as number;
        const start = starts[parent] as number;
        const info = words[start + 1] as number;
        const kind = (info >>> 24) & 0x7f;
        const flags = this.#frameFlags[top] as number;
        if (kind === Kind.Struct || kind === Kind.Union) {
          const next = this.#frameNext[top] as number;
          if (next < (info & 0x00ff_ffff)) {
            this.#frameNext[top] = next + 1;
            id = words[start + 4 + 3 * next] as number;
            throughPointer = false;
            break;
          }
          if (words[start] !== 0) this.queue[this.length++] = parent;
          state[parent] = ORDERED;
          answer = STRONG;
        } else if (kind === Kind.Pointer) {
          state[parent] = ORDERED;
        } else if (kind === Kind.Typedef) {
          if ((flags & THROUGH_POINTER) === 0 || answer === STRONG) {
            this.queue[this.length++] = parent;
            state[parent] = ORDERED;
            answer = STRONG;
          }
        } else {
          const isStrong = answer === STRONG || (flags & IS_STRONG) !== 0;
          const next = this.#frameNext[top] as number;
          if (next < (info & 0x00ff_ffff)) {
            this.#frameNext[top] = next + 1;
            if (isStrong) this.#frameFlags[top] = flags | IS_STRONG;
            id = words[start + 4 + 2 * next] as number;
            throughPointer = (flags & THROUGH_POINTER) !== 0;
            break;
          }
          answer = isStrong ? STRONG : WEAK;
        }
        depth = top;
      }
    }
  }

  /** A type that leads no further. */
  #orderLeaf(id: TypeId, kind: number, nameOffset: number): number {
    this.#state[id] = ORDERED;
    if (kind !== Kind.Enum && kind !== Kind.Enum64 && kind !== Kind.Forward) return WEAK;
    // An anonymous enum that something refers to is written there.
    if (nameOffset === 0) {
      this.#isReferenced ??= referencedTypes(this.#types);
      if (this.#isReferenced[id] === 1) return STRONG;
    }
    this.queue[this.length++] = id;
    return STRONG;
  }

  #push(depth: number, id: TypeId, flags: number): number {
    if (depth === this.#frameIds.length) this.#growStack();
    this.#frameIds[depth] = id;
    this.#frameNext[depth] = 0;
    this.#frameFlags[depth] = flags;
    return depth + 1;
  }

  #growStack(): void {
    const size = 2 * this.#frameIds.length;
    const grown = <T extends Uint32Array | Uint8Array>(larger: T, from: T): T => {
      larger.set(from);
      return larger;
    };
    this.#frameIds = grown(new Uint32Array(size), this.#frameIds);
    this.#frameNext = grown(new Uint32Array(size), this.#frameNext);
    this.#frameFlags = grown(new Uint8Array(size), this.#frameFlags);
  }
}

/** Kinds that pass a link on as it is. */
function isTransparent(kind: number): boolean {
  return (kind >= Kind.Volatile && kind <= Kind.Restrict) || kind === Kind.TypeTag || kind === Kind.Atomic;
}

/** For each id whether a record refers to it. */
function referencedTypes({ words, starts, end }: FlatTypes): Uint8Array {
  const isReferenced = new Uint8Array(end);
  for (let id = 1; id < end; id++) {
    const start = starts[id] as number;
    const info = words[start + 1] as number;
    const kind = (info >>> 24) & 0x7f;
    const vlen = info & 0x00ff_ffff;
    if (kind === Kind.Struct || kind === Kind.Union) {
      for (let at = start + 4, last = at + 3 * vlen; at < last; at += 3)
        isReferenced[words[at] as number] = 1;
    } else if (kind === Kind.FuncProto) {
      for (let at = start + 4, last = at + 2 * vlen; at < last; at += 2)
        isReferenced[words[at] as number] = 1;
    } else if (kind === Kind.Array) {
      isReferenced[words[start + 3] as number] = 1;
      isReferenced[words[start + 4] as number] = 1;
    } else if (kind === Kind.Datasec) {
      for (let at = start + 3, last = at + 3 * vlen; at < last; at += 3)
        isReferenced[words[at] as number] = 1;
    } else if (
      kind === Kind.Pointer ||
      (kind >= Kind.Typedef && kind <= Kind.Func) ||
      kind === Kind.Var ||
      kind === Kind.DeclTag ||
      kind === Kind.TypeTag ||
      kind === Kind.Atomic
    ) {
      isReferenced[words[start + 2] as number] = 1;
    }
  }
  return isReferenced;
}

function cycle(id: TypeId, { words, starts, text }: FlatTypes): TspaholeError {
  const name = text.at(words[starts[id] as number] as number);
  return new TspaholeError('bad-data', `type ${id}${name && ` (${name})`} contains itself`);
}

function tooEntangled(id: TypeId): TspaholeError {
  return new TspaholeError('bad-data', `type ${id} leads to more types than can be followed`);
}

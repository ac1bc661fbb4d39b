/**
 * The order in which C wants types defined.
 *
 * A struct that embeds another needs its definition first; one that only points to another does with a declaration. So
 * the links between types are strong or weak, and definitions are the post-order of a walk along the strong ones:
 *
 *     struct a { struct b *later; struct c first; };      a -weak-> b, a -strong-> c
 *
 * A pointer makes the links behind it weak, up to the first type with a name. What has no name is written in place,
 * pointer or not, and passes its own needs on: `struct { struct c c; } *p` needs c. A typedef is a definition of its
 * own, but one that is reached through a pointer and leads to a weak link may wait.
 *
 * The rules, with their oddities, are libbpf's (btf_dump_order_type), whose order people's headers have. An int is a
 * weak link the first time and a strong one ever after, which decides whether a typedef of it that is reached through a
 * pointer is defined at once.
 *
 * There is one walk for all roots: what has been ordered stays so.
 */

import { Kind } from '../kinds';
import { allocate, HEADER, kindOf, MEMBER, thirdOf, vlenOf } from '../table';
import { CYCLE, giveUp, stepsFor, TOO_ENTANGLED } from './failure';
import { entryAt, reserve } from './stack';
import { elementOf, end, isComposite, isEnum, isQualifier, known, recordOf } from './types';

const ORDERING: u32 = 1;
const ORDERED: u32 = 2;

/** Answers of the walk. */
const UNKNOWN: i32 = -1;
const WEAK: i32 = 0;
const STRONG: i32 = 1;

/** A frame: the type, its next part, and flags. */
const NEXT: usize = 4;
const FLAGS: usize = 8;
const THROUGH_POINTER: u32 = 1;
const IS_STRONG: u32 = 2;

/** Ids in the order of their definition, 4 bytes for each, and their number. */
let queue: usize = 0;
let queued: u32 = 0;
/** By id, the state. */
let states: usize = 0;
/** By id, whether a record refers to it; 0 until that is asked for: few roots do without. */
let referenced: usize = 0;
let steps: i64 = 0;

export function beginOrder(): void {
  queue = allocate((<usize>end + 1) << 2);
  states = allocate(<usize>end + 1);
  store<u8>(states, ORDERED);
  steps = stepsFor(end);
}

export function queueLength(): u32 {
  return queued;
}

export function queuedAt(index: u32): u32 {
  return load<u32>(queue + (index << 2));
}

/** Whether a type needs no further walk. */
export function isOrdered(id: u32): bool {
  return load<u8>(states + id) === ORDERED;
}

/**
 * Appends to the queue what `root` needs that is not in it, and `root` itself where it is a definition. Gives up where
 * a type contains itself.
 */
export function order(root: u32): void {
  let depth: u32 = 0;
  let id = known(root);
  let throughPointer = false;
  for (;;) {
    // Down to a type whose answer is known, or to a struct, whose members are asked next.
    let answer = UNKNOWN;
    while (answer === UNKNOWN) {
      if (--steps < 0) giveUp(TOO_ENTANGLED, root);
      const record = recordOf(id);
      const kind = kindOf(record);
      const state = <u32>load<u8>(states + id);
      if (state === ORDERED) answer = STRONG;
      else if (kind === Kind.Pointer || kind === Kind.Typedef || kind === Kind.FuncProto) {
        depth = push(depth, id, throughPointer ? THROUGH_POINTER : 0);
        if (kind === Kind.Pointer) throughPointer = true;
        id = known(thirdOf(record));
      } else if (kind === Kind.Array) {
        throughPointer = false;
        id = known(elementOf(record));
      } else if (isComposite(kind)) {
        if (throughPointer && load<u32>(record) !== 0) answer = WEAK;
        else {
          if (state === ORDERING) giveUp(CYCLE, id);
          store<u8>(states + id, ORDERING);
          depth = push(depth, id, 0);
          break;
        }
      } else if (isQualifier(kind) || kind === Kind.TypeTag) id = known(thirdOf(record));
      else answer = orderLeaf(id, kind);
      if (depth > 2 * end + 2) giveUp(CYCLE, id);
    }

    // Up to the first type that has more to ask.
    for (;;) {
      if (depth === 0) return;
      const frame = entryAt(depth - 1);
      const parent = load<u32>(frame);
      const next = load<u32>(frame, NEXT);
      const flags = load<u32>(frame, FLAGS);
      const record = recordOf(parent);
      const kind = kindOf(record);
      if (isComposite(kind)) {
        if (next < vlenOf(record)) {
          store<u32>(frame, next + 1, NEXT);
          id = known(load<u32>(record + 12 * <usize>next, 16));
          throughPointer = false;
          break;
        }
        if (load<u32>(record) !== 0) enqueue(parent);
        store<u8>(states + parent, ORDERED);
        answer = STRONG;
      } else if (kind === Kind.Pointer) store<u8>(states + parent, ORDERED);
      else if (kind === Kind.Typedef) {
        if ((flags & THROUGH_POINTER) === 0 || answer === STRONG) {
          enqueue(parent);
          store<u8>(states + parent, ORDERED);
          answer = STRONG;
        }
      } else {
        const isStrong = answer === STRONG || (flags & IS_STRONG) !== 0;
        if (next < vlenOf(record)) {
          store<u32>(frame, next + 1, NEXT);
          if (isStrong) store<u32>(frame, flags | IS_STRONG, FLAGS);
          id = known(load<u32>(record + 8 * <usize>next, 16));
          throughPointer = (flags & THROUGH_POINTER) !== 0;
          break;
        }
        answer = isStrong ? STRONG : WEAK;
      }
      depth--;
    }
  }
}

function enqueue(id: u32): void {
  store<u32>(queue + (queued << 2), id);
  queued++;
}

/** A type that leads no further. */
function orderLeaf(id: u32, kind: i32): i32 {
  if (id === end) return WEAK;
  store<u8>(states + id, ORDERED);
  if (!isEnum(kind) && kind !== Kind.Forward) return WEAK;
  // An anonymous enum that something refers to is written there.
  if (load<u32>(recordOf(id)) === 0) {
    if (referenced === 0) findReferenced();
    if (load<u8>(referenced + id) === 1) return STRONG;
  }
  enqueue(id);
  return STRONG;
}

function push(depth: u32, id: u32, flags: u32): u32 {
  const frame = reserve(depth);
  store<u32>(frame, id);
  store<u32>(frame, 0, NEXT);
  store<u32>(frame, flags, FLAGS);
  return depth + 1;
}

function findReferenced(): void {
  referenced = allocate(<usize>end + 1);
  for (let id: u32 = 1; id < end; id++) {
    const record = recordOf(id);
    const kind = kindOf(record);
    const count = <usize>vlenOf(record);
    if (isComposite(kind)) noteEach(record + HEADER + 4, count, MEMBER);
    else if (kind === Kind.FuncProto) noteEach(record + HEADER + 4, count, 8);
    else if (kind === Kind.Datasec) noteEach(record + HEADER, count, 12);
    else if (kind === Kind.Array) noteEach(record + HEADER, 2, 4);
    else if (refers(kind)) store<u8>(referenced + known(thirdOf(record)), 1);
  }
}

function refers(kind: i32): bool {
  return (
    kind === Kind.Pointer ||
    (kind >= Kind.Typedef && kind <= Kind.Func) ||
    kind === Kind.Var ||
    kind === Kind.DeclTag ||
    kind === Kind.TypeTag
  );
}

function noteEach(first: usize, count: usize, step: usize): void {
  for (let at = first; at < first + count * step; at += step) store<u8>(referenced + known(load<u32>(at)), 1);
}

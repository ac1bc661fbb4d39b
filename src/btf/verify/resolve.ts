/**
 * Second pass: follows references, as the kernel does (linux kernel/bpf/btf.c), to find out what each
 * type comes down to and whether its users may use it so.
 *
 * A type is resolved when all types that it needs are: a struct needs its members, an array its
 * element, a pointer what it points at. Types are resolved in id order, each by a depth-first walk
 * with an explicit stack of at most 32 types; meeting a type that is on the stack is a loop. Not every
 * reference is followed, or no struct could point at itself. Where a walk stops depends on what it met
 * first (`Mode`): behind a pointer it goes only through modifiers and pointers; inside a struct or
 * array only through modifiers, structs and arrays.
 *
 * So what is found depends on the order of ids: a typedef that was resolved on the way from a pointer
 * stops at a struct, and a later struct that embeds itself by way of that typedef passes. The kernel
 * has the same gap, and the verdicts here are the kernel's.
 *
 * The kernel stops at the first problem. We go on with the next type; types that depend on one with a
 * problem are passed over in silence.
 */

import { Kind } from '../../model/kinds.ts';
import { HEADER_WORDS } from '../../model/records.ts';
import type { TypeId, TypeTable } from '../../model/table.ts';
import { isIdentifier } from './names.ts';
import { describeName, describeType, isFull, type ProblemList } from './problems.ts';
import { STEPS, type Step } from './steps.ts';
import {
  DONE,
  FAIL,
  FAILED,
  has,
  isModifier,
  isSourceOnly,
  NOT_VISITED,
  push,
  RESOLVED,
  say,
  sizedType,
  type Walk,
} from './walk.ts';

/** Checks the references of the own types of `table`; `failed` marks those already known to be broken. */
export function verifyReferences(list: ProblemList, table: TypeTable, failed: Uint8Array): void {
  const walk: Walk = {
    table,
    list,
    states: failed.map((isFailed) => (isFailed ? FAILED : NOT_VISITED)),
    targets: new Uint32Array(table.end),
    arrayBytes: new Uint32Array(table.end),
    resolveInBase: (id) => resolve({ ...walk, list: undefined, stack: [], elements: [] }, id),
    stack: [],
    elements: [],
    mode: 'open',
  };
  for (let id = table.firstId; id < table.end && !isFull(list); id++) {
    resolve(walk, id);
    if (table.kind(id) === Kind.FuncProto && walk.states[id] === NOT_VISITED) checkFuncProto(walk, id);
    checkTagOrder(walk, id);
  }
}

/** Resolves `root`, if it is not yet and needs to be, and all that it needs. */
function resolve(walk: Walk, root: TypeId): void {
  const { table, states, stack, elements } = walk;
  if (states[root] !== NOT_VISITED || STEPS[table.kind(root)] === undefined) return;
  walk.mode = 'open';
  let answer: number = push(walk, root) ? DONE : FAIL;
  while (answer !== FAIL && stack.length > 0) {
    const id = stack.at(-1) as TypeId;
    answer = (STEPS[table.kind(id)] as Step)(walk, id);
    if (answer === DONE) {
      states[id] = RESOLVED;
      stack.pop();
      elements.pop();
    } else if (answer !== FAIL && !push(walk, answer)) {
      answer = FAIL;
    }
  }
  if (answer === FAIL) abandon(walk);
}

function abandon({ states, stack, elements }: Walk): void {
  for (const id of stack) states[id] = FAILED;
  stack.length = 0;
  elements.length = 0;
}

/** Return value and parameters must have a size; `...` is a last parameter without type and name. */
function checkFuncProto(walk: Walk, id: TypeId): void {
  const { table } = walk;
  const at = table.startOf(id) + HEADER_WORDS;
  const word = (index: number): number => table.words[at + index] as number;
  const returned = table.sizeOrType(id);
  if (returned !== 0 && !isPassable(walk, returned)) {
    say(walk, id, 'return-type', `returns ${describeType(table, returned)}, which has no size`);
  }
  const vlen = table.vlen(id);
  const isVariadic = vlen > 0 && word(2 * vlen - 1) === 0;
  if (isVariadic && word(2 * vlen - 2) !== 0) {
    say(walk, id, 'parameter', `last parameter '${describeName(table, word(2 * vlen - 2))}' has type void`);
  }
  for (let index = 0; index < (isVariadic ? vlen - 1 : vlen); index++) {
    const name = word(2 * index);
    const typeId = word(2 * index + 1);
    const what = (): string => `parameter ${index} '${describeName(table, name)}'`;
    if (name !== 0 && !isIdentifier(table.strings, name)) {
      say(walk, id, 'parameter', `name of ${what()} is not an identifier`);
    }
    if (!isPassable(walk, typeId)) {
      say(walk, id, 'parameter', `${what()} is ${describeType(table, typeId)}, which has no size`);
    }
  }
}

/** Whether a value of a type can be passed, or whether the type has a problem of its own. */
function isPassable(walk: Walk, id: TypeId): boolean {
  if (!has(walk, id) || isSourceOnly(walk, id)) return false;
  if (id < walk.table.firstId) walk.resolveInBase(id);
  else resolve(walk, id);
  return walk.states[id] === FAILED || sizedType(walk, id) !== 0;
}

/**
 * Type tags must come before other modifiers on the way from a pointer to its pointee. Kernels before
 * 5.17 have no type tags; those after 6.18 drop this rule and limit the length of the way instead.
 */
function checkTagOrder(walk: Walk, id: TypeId): void {
  const { table } = walk;
  if (!isModifier(walk, id) || table.kind(id) === Kind.TypeTag) return;
  const next = table.sizeOrType(id);
  if (table.kind(next) !== Kind.TypeTag) return;
  say(walk, id, 'tag-order', `stands before ${describeType(table, next)}; type tags must come first`);
}

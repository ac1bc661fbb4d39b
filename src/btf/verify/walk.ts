/**
 * The state of the walk that resolves types (see resolve.ts), and the questions that its steps ask.
 */

import { type BtfKind, KIND_MISSING, Kind } from '../../model/kinds.ts';
import type { TypeId, TypeTable } from '../../model/table.ts';
import { type BtfProblemCode, describeType, type ProblemList, reportType } from './problems.ts';

export const NOT_VISITED = 0;
const ON_STACK = 1;
export const RESOLVED = 2;
export const FAILED = 3;

/** Answers of a step, and of {@link follow}, that are no type id to resolve first. */
export const DONE = 0;
export const FAIL = -1;

/** Most types on the stack. */
const MAX_DEPTH = 32;

/** Where a walk stops: `open` until it meets the first pointer, or the first struct, union or array. */
type Mode = 'open' | 'pointer' | 'container';

export interface Walk {
  readonly table: TypeTable;
  /** Undefined while a base's types are resolved: their problems are the base's. */
  readonly list: ProblemList | undefined;
  readonly states: Uint8Array;
  /** What a modifier, pointer, variable or function comes down to, once resolved. */
  readonly targets: Uint32Array;
  /** Sizes of arrays, once resolved. */
  readonly arrayBytes: Uint32Array;
  /** Resolves a base's type, with a stack of its own. */
  readonly resolveInBase: (id: TypeId) => void;
  readonly stack: TypeId[];
  /** For each type on the stack the element to go on with. */
  readonly elements: number[];
  mode: Mode;
}

const MODIFIER = 1;
const CONTAINER = 2;
/** Has its byte size in its record. */
const SIZED = 4;
/** Is about declarations; no type may refer to it. */
const SOURCE_ONLY = 8;
/** Needs no other type. */
const LEAF = 16;

const CLASSES: Readonly<Record<BtfKind, number>> = {
  [Kind.Void]: LEAF,
  [Kind.Int]: SIZED | LEAF,
  [Kind.Pointer]: 0,
  [Kind.Array]: CONTAINER,
  [Kind.Struct]: CONTAINER | SIZED,
  [Kind.Union]: CONTAINER | SIZED,
  [Kind.Enum]: SIZED | LEAF,
  [Kind.Forward]: LEAF,
  [Kind.Typedef]: MODIFIER,
  [Kind.Volatile]: MODIFIER,
  [Kind.Const]: MODIFIER,
  [Kind.Restrict]: MODIFIER,
  [Kind.Func]: 0,
  [Kind.FuncProto]: LEAF,
  [Kind.Var]: SOURCE_ONLY,
  [Kind.Datasec]: SOURCE_ONLY | SIZED,
  [Kind.Float]: SIZED | LEAF,
  [Kind.DeclTag]: SOURCE_ONLY,
  [Kind.TypeTag]: MODIFIER,
  [Kind.Enum64]: SIZED | LEAF,
};

function isOf(kind: number, classes: number): boolean {
  return (((CLASSES as Readonly<Record<number, number>>)[kind] ?? LEAF) & classes) !== 0;
}

/** Whether there is such a type; void is one. */
export function has({ table }: Walk, id: TypeId): boolean {
  return table.kind(id) !== KIND_MISSING;
}

export function isModifier({ table }: Walk, id: TypeId): boolean {
  return isOf(table.kind(id), MODIFIER);
}

export function isSourceOnly({ table }: Walk, id: TypeId): boolean {
  return isOf(table.kind(id), SOURCE_ONLY);
}

/** Whether a type is void, a forward declaration or a function: can be pointed at, but is no value. */
export function hasNoSize({ table }: Walk, id: TypeId): boolean {
  const kind = table.kind(id);
  return kind === Kind.Void || kind === Kind.Forward || kind === Kind.Func || kind === Kind.FuncProto;
}

/** Reports a problem of the type `id`; answers `FAIL`. */
export function say({ list, table }: Walk, id: TypeId, code: BtfProblemCode, message: string): typeof FAIL {
  if (list !== undefined) reportType(list, { code, message }, table, id);
  return FAIL;
}

/**
 * What to do about a reference to the existing type `next`: `DONE` to go on, the id to resolve it
 * first, `FAIL` when it is broken and known to be.
 */
export function follow(walk: Walk, next: TypeId): number {
  const { table, states } = walk;
  if (next < table.firstId && states[next] === NOT_VISITED && walk.list !== undefined) {
    walk.resolveInBase(next);
  }
  const state = states[next];
  const stops = isStop(walk, next);
  if (state === FAILED) return stops && isHarmless(walk, next) ? DONE : FAIL;
  return stops || state === RESOLVED ? DONE : next;
}

/** Whether the walk does not go into a type. */
function isStop({ table, mode }: Walk, id: TypeId): boolean {
  const kind = table.kind(id);
  switch (mode) {
    case 'open':
      return isOf(kind, LEAF);
    case 'pointer':
      return kind !== Kind.Pointer && !isOf(kind, MODIFIER);
    case 'container':
      return !isOf(kind, MODIFIER | CONTAINER);
  }
}

/** Whether a user of the broken type `id` need not be broken: it only points, or is only pointed at. */
function isHarmless({ table, mode }: Walk, id: TypeId): boolean {
  return mode === 'pointer' || table.kind(id) === Kind.Pointer;
}

/** Puts a type on the stack. Answers false, with the problem reported, where it is there or too deep. */
export function push(walk: Walk, id: TypeId): boolean {
  const { table, states, stack } = walk;
  if (stack.length === MAX_DEPTH) {
    const root = stack[0] as TypeId;
    say(
      walk,
      root,
      'depth',
      `needs ${describeType(table, id)} by way of more than ${MAX_DEPTH} unresolved types`,
    );
    return false;
  }
  if (states[id] !== NOT_VISITED) {
    say(walk, id, 'loop', `refers to itself by way of ${describeType(table, stack.at(-1) as TypeId)}`);
    return false;
  }
  states[id] = ON_STACK;
  stack.push(id);
  walk.elements.push(0);
  if (walk.mode === 'open') {
    const kind = table.kind(id);
    if (kind === Kind.Pointer) walk.mode = 'pointer';
    else if (isOf(kind, CONTAINER)) walk.mode = 'container';
  }
  return true;
}

/**
 * The type that gives `id` its size: itself, or what a modifier or variable comes down to. 0 when it
 * has none, or when it is not resolved.
 */
export function sizedType({ table, targets }: Walk, id: TypeId): TypeId {
  const kind = table.kind(id);
  if (hasOwnSize(kind)) return id;
  if (!isOf(kind, MODIFIER) && kind !== Kind.Var) return 0;
  const target = targets[id] as TypeId;
  return hasOwnSize(table.kind(target)) ? target : 0;
}

/** Byte size of a type that {@link sizedType} answered. */
export function byteSizeOf({ table, arrayBytes }: Walk, id: TypeId): number {
  const kind = table.kind(id);
  if (kind === Kind.Array) return arrayBytes[id] as number;
  return kind === Kind.Pointer ? table.pointerSize : table.sizeOrType(id);
}

function hasOwnSize(kind: number): boolean {
  return kind === Kind.Pointer || kind === Kind.Array || isOf(kind, SIZED);
}

/**
 * One step of resolving a type, kind by kind (see resolve.ts): asks for a type that it needs, by
 * answering its id, or says that it is done with all of them, or that something is wrong.
 */

import { Kind } from '../../model/kinds.ts';
import { memberBitOffset, memberBitSize } from '../../model/records.ts';
import type { TypeId } from '../../model/table.ts';
import { isRegularInt, memberProblem } from './members.ts';
import { describeName, describeType } from './problems.ts';
import {
  byteSizeOf,
  DONE,
  FAIL,
  follow,
  has,
  hasNoSize,
  isModifier,
  isSourceOnly,
  RESOLVED,
  say,
  sizedType,
  type Walk,
} from './walk.ts';

/** Answers `DONE`, `FAIL` or the id of a type to resolve first. */
export type Step = (walk: Walk, id: TypeId) => number;

/** The step of each kind that needs other types. */
export const STEPS: Readonly<Partial<Record<number, Step>>> = {
  [Kind.Pointer]: stepPointer,
  [Kind.Array]: stepArray,
  [Kind.Struct]: stepComposite,
  [Kind.Union]: stepComposite,
  [Kind.Typedef]: stepModifier,
  [Kind.Volatile]: stepModifier,
  [Kind.Const]: stepModifier,
  [Kind.Restrict]: stepModifier,
  [Kind.Func]: stepFunc,
  [Kind.Var]: stepVariable,
  [Kind.Datasec]: stepDatasec,
  [Kind.DeclTag]: stepDeclTag,
  [Kind.TypeTag]: stepModifier,
};

const MAX_U32 = 0xffff_ffff;

function stepModifier(walk: Walk, id: TypeId): number {
  const next = walk.table.sizeOrType(id);
  if (!has(walk, next) || isSourceOnly(walk, next)) return badTarget(walk, id, next);
  return follow(walk, next) || settle(walk, id, next);
}

function stepPointer(walk: Walk, id: TypeId): number {
  const next = walk.table.sizeOrType(id);
  if (!has(walk, next) || isSourceOnly(walk, next)) return badTarget(walk, id, next);
  return follow(walk, next) || followTarget(walk, next) || settle(walk, id, next);
}

/** Like a modifier, but what it comes down to must have a size. */
function stepVariable(walk: Walk, id: TypeId): number {
  const next = walk.table.sizeOrType(id);
  if (!has(walk, next) || isSourceOnly(walk, next)) return badTarget(walk, id, next);
  const answer = follow(walk, next) || followTarget(walk, next);
  if (answer !== DONE) return answer;
  const sized = sizedType(walk, next);
  if (sized === 0) return say(walk, id, 'unsized', `is ${describeType(walk.table, next)}, which has no size`);
  walk.targets[id] = sized;
  return DONE;
}

/** A modifier that was resolved inside a struct stopped at a pointer, which is not resolved yet. */
function followTarget(walk: Walk, next: TypeId): number {
  if (!isModifier(walk, next)) return DONE;
  const target = walk.targets[next] as TypeId;
  return walk.table.kind(target) === Kind.Pointer ? follow(walk, target) : DONE;
}

/** Notes what a modifier or pointer comes down to: a type with a size, or void, a forward, a function. */
function settle(walk: Walk, id: TypeId, next: TypeId): number {
  const { table, states, targets } = walk;
  let target = sizedType(walk, next);
  if (target === 0) {
    target = states[next] === RESOLVED ? (targets[next] as TypeId) : next;
    if (!hasNoSize(walk, target) || table.kind(target) === Kind.Func) return badTarget(walk, id, next);
  }
  targets[id] = target;
  return DONE;
}

function badTarget(walk: Walk, id: TypeId, next: TypeId): typeof FAIL {
  return say(walk, id, 'target', `refers to ${describeType(walk.table, next)}`);
}

function stepArray(walk: Walk, id: TypeId): number {
  const { table } = walk;
  const [element, index, count] = [table.extra(id, 0), table.extra(id, 1), table.extra(id, 2)];
  if (!isValue(walk, index)) return badIndex(walk, id, index);
  const indexAnswer = follow(walk, index);
  if (indexAnswer !== DONE) return indexAnswer;
  const sizedIndex = sizedType(walk, index);
  if (table.kind(sizedIndex) !== Kind.Int || !isRegularInt(table, sizedIndex))
    return badIndex(walk, id, index);
  if (!isValue(walk, element)) return badElement(walk, id, element);
  const answer = follow(walk, element);
  if (answer !== DONE) return answer;
  const sized = sizedType(walk, element);
  if (sized === 0) return badElement(walk, id, element);
  if (table.kind(sized) === Kind.Int && !isRegularInt(table, sized)) return badElement(walk, id, element);
  const byteSize = byteSizeOf(walk, sized) * count;
  if (byteSize > MAX_U32) return say(walk, id, 'array-size', `has ${byteSize} bytes, more than ${MAX_U32}`);
  walk.targets[id] = sized;
  walk.arrayBytes[id] = byteSize;
  return DONE;
}

function badIndex(walk: Walk, id: TypeId, index: TypeId): typeof FAIL {
  return say(walk, id, 'array-index', `index type ${describeType(walk.table, index)} is no plain int`);
}

function badElement(walk: Walk, id: TypeId, element: TypeId): typeof FAIL {
  const what = describeType(walk.table, element);
  return say(walk, id, 'array-element', `element type ${what} has no size or is no plain int`);
}

/** Whether members and elements may be of a type, as far as its kind tells. */
function isValue(walk: Walk, id: TypeId): boolean {
  return has(walk, id) && !hasNoSize(walk, id) && !isSourceOnly(walk, id);
}

function stepComposite(walk: Walk, id: TypeId): number {
  const { table, elements } = walk;
  const vlen = table.vlen(id);
  for (let index = elements.at(-1) as number; index < vlen; index++) {
    const typeId = table.extra(id, 3 * index + 1);
    if (!isValue(walk, typeId)) return badMember(walk, id, index);
    const answer = follow(walk, typeId);
    if (answer !== DONE) {
      elements[elements.length - 1] = index;
      return answer;
    }
    if (!checkMember(walk, id, index)) return FAIL;
  }
  return DONE;
}

function badMember(walk: Walk, id: TypeId, index: number): typeof FAIL {
  const { table } = walk;
  const type = describeType(table, table.extra(id, 3 * index + 1));
  return say(walk, id, 'member-type', `${memberName(walk, id, index)} is ${type}, which has no size`);
}

function memberName({ table }: Walk, id: TypeId, index: number): string {
  return `member ${index} '${describeName(table, table.extra(id, 3 * index))}'`;
}

function checkMember(walk: Walk, id: TypeId, index: number): boolean {
  const { table } = walk;
  const sized = sizedType(walk, table.extra(id, 3 * index + 1));
  if (sized === 0) return badMember(walk, id, index) !== FAIL;
  const offsetWord = table.extra(id, 3 * index + 2);
  const kindFlag = table.kindFlag(id);
  const place = {
    compositeBytes: table.sizeOrType(id),
    kindFlag,
    bitOffset: memberBitOffset(offsetWord, kindFlag),
    bitSize: memberBitSize(offsetWord, kindFlag),
  };
  const problem = memberProblem(table, place, { id: sized, byteSize: byteSizeOf(walk, sized) });
  if (problem === undefined) return true;
  say(walk, id, problem.code, `${memberName(walk, id, index)} ${problem.message}`);
  return false;
}

/** A function's type is a prototype whose parameters have names, all but `...`. */
function stepFunc(walk: Walk, id: TypeId): number {
  const { table } = walk;
  const proto = table.sizeOrType(id);
  if (table.kind(proto) !== Kind.FuncProto) return badTarget(walk, id, proto);
  for (let index = 0; index < table.vlen(proto); index++) {
    const isNamed = table.extra(proto, 2 * index) !== 0;
    if (!isNamed && table.extra(proto, 2 * index + 1) !== 0) {
      return say(walk, id, 'parameter', `parameter ${index} of ${describeType(table, proto)} has no name`);
    }
  }
  walk.targets[id] = proto;
  return DONE;
}

/** The place of each variable must be large enough for its type. */
function stepDatasec(walk: Walk, id: TypeId): number {
  const { table, elements } = walk;
  walk.mode = 'open';
  for (let index = elements.at(-1) as number; index < table.vlen(id); index++) {
    const variable = table.extra(id, 3 * index);
    if (table.kind(variable) !== Kind.Var) {
      return say(walk, id, 'variable', `entry ${index} is ${describeType(table, variable)}, not a variable`);
    }
    const answer = follow(walk, variable);
    if (answer !== DONE) {
      // As in the kernel, the size of a variable with a higher id than the section's is not checked.
      elements[elements.length - 1] = index + 1;
      return answer;
    }
    const byteSize = table.extra(id, 3 * index + 2);
    const sized = sizedType(walk, table.sizeOrType(variable));
    if (sized === 0 || byteSize < byteSizeOf(walk, sized)) {
      return say(walk, id, 'variable', `${byteSize} bytes are too few for ${describeType(table, variable)}`);
    }
  }
  return DONE;
}

function stepDeclTag(walk: Walk, id: TypeId): number {
  const { table } = walk;
  const next = table.sizeOrType(id);
  const kind = table.kind(next);
  const isComposite = kind === Kind.Struct || kind === Kind.Union;
  const isFunc = kind === Kind.Func;
  if (!isComposite && !isFunc && kind !== Kind.Var && kind !== Kind.Typedef) return badTarget(walk, id, next);
  const answer = follow(walk, next);
  if (answer !== DONE) return answer;
  const component = table.extra(id, 0) | 0;
  if (component === -1) return DONE;
  const count = isComposite ? table.vlen(next) : isFunc ? table.vlen(table.sizeOrType(next)) : 0;
  if (component < count) return DONE;
  return say(
    walk,
    id,
    'component-index',
    `component ${component} of ${describeType(table, next)}, which has ${count}`,
  );
}

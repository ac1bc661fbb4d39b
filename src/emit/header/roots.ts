/**
 * The order in which bpftool 7.8 asks for the types of a file. Definitions follow {@link DefinitionOrder}
 * whatever the order of the roots; the roots decide what comes first where C leaves a choice, so that the
 * header of a rebuilt kernel differs only where its types do.
 *
 * Types are sorted by a rank, the name that they lead to, their own name, a hash and their id. Those of the
 * last rank are most of a file and nearly all reached from others by then, so that only what is left of
 * them is sorted.
 */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';
import { hashOrder } from './name-hash.ts';
import type { DefinitionOrder } from './order.ts';
import { sortByText } from './sort-names.ts';
import type { TextBlob } from './text-blob.ts';

/** Longest chain of references that is followed to a name; what begins a longer one has none. */
const MAX_CHAIN = 256;

/** The last rank: all that is not listed for its own sake. */
const LAST_RANK = 10;

/** Which types of a file are asked for. */
export interface RootOptions {
  /** In the order of their ids, as `unsorted` of bpftool. */
  readonly unsorted: boolean;
  /** Leaves out the first of the sorted types, as bpftool 7.8 does. */
  readonly dropsFirst: boolean;
}

/** Orders all types of a file. Throws `bad-data` where a type contains itself. */
export function orderAll(types: FlatTypes, order: DefinitionOrder, options: RootOptions): void {
  if (options.unsorted) {
    for (let id = 1; id < types.end; id++) order.add(id);
    return;
  }
  const keys = sortKeys(types);
  const groups = groupsByRank(types, keys);
  let isDropped = !options.dropsFirst;
  for (let rank = 0; rank < LAST_RANK; rank++) {
    const roots = sortRoots(types, keys, groups[rank] as Uint32Array);
    addRoots(order, isDropped ? roots : roots.subarray(1));
    isDropped ||= roots.length > 0;
  }
  addRoots(order, groups[NAMELESS] as Uint32Array);
  const left = (groups[LAST_RANK] as Uint32Array).filter((id) => !leadsToOrdered(types, order, id));
  addRoots(order, sortRoots(types, keys, left));
}

/** A loop that makes no objects, unlike `for of` until it is compiled. */
function addRoots(order: DefinitionOrder, roots: Uint32Array): void {
  for (let index = 0; index < roots.length; index++) order.add(roots[index] as TypeId);
}

/** By id, what types are sorted by. */
interface SortKeys {
  readonly ranks: Uint8Array;
  /** Name offset of what each type leads to. */
  readonly targetNames: Uint32Array;
  readonly ownNames: Uint32Array;
}

/** In place of a rank: last, and without any name, whose types stand in front of the last rank by id. */
const NAMELESS = 11;
/** In place of a rank: types that no header has. */
const NEVER = 12;

/** By kind, 1 for those that are sorted by what they refer to. A table spares a call for each type. */
const IS_REFERENCE: Uint8Array = new Uint8Array(128);
for (const kind of [
  Kind.Pointer,
  Kind.Typedef,
  Kind.Volatile,
  Kind.Const,
  Kind.Restrict,
  Kind.DeclTag,
  Kind.TypeTag,
]) {
  IS_REFERENCE[kind] = 1;
}

/** Finds rank and names of all types: bpftool's btf_type_rank and btf_type_sort_name. */
function sortKeys({ words, starts, end }: FlatTypes): SortKeys {
  const ranks = new Uint8Array(end);
  const targetNames = new Uint32Array(end);
  const ownNames = new Uint32Array(end);
  const voidStart = starts[0] as number;
  for (let id = 1; id < end; id++) {
    const ownStart = starts[id] as number;
    const ownName = words[ownStart] as number;
    let start = ownStart;
    let kind = ((words[start + 1] as number) >>> 24) & 0x7f;
    if (kind >= Kind.Func && kind <= Kind.Datasec && kind !== Kind.FuncProto) {
      ranks[id] = NEVER;
      continue;
    }
    let isHashed = false;
    let step = 0;
    for (; step < MAX_CHAIN; step++) {
      if (kind === Kind.Array) {
        if (words[start + 5] !== 0) isHashed = true;
        start = starts[words[start + 3] as number] ?? voidStart;
      } else if (IS_REFERENCE[kind] === 1) {
        if (words[start] !== 0) isHashed = true;
        start = starts[words[start + 2] as number] ?? voidStart;
      } else break;
      kind = ((words[start + 1] as number) >>> 24) & 0x7f;
    }
    let targetName = words[start] as number;
    const isOwn = start === ownStart;
    const isNamed = ownName !== 0 || (isOwn && targetName !== 0);
    let rank = LAST_RANK;
    if (kind === Kind.Enum || kind === Kind.Enum64) {
      if (isNamed) rank = 1;
      else if (isOwn) {
        rank = 0;
        if (((words[start + 1] as number) & 0x00ff_ffff) !== 0) targetName = words[start + 3] as number;
      }
    } else if (kind === Kind.Int || kind === Kind.Float) {
      if (isNamed || isOwn) rank = 2;
    } else if (kind === Kind.Struct || kind === Kind.Union) {
      if (isNamed) rank = 3;
    } else if (kind === Kind.FuncProto) {
      if (isNamed) rank = 4;
    }
    const isHashZero = !isHashed && (kind === Kind.FuncProto || kind === Kind.Void);
    if (rank === LAST_RANK && targetName === 0 && ownName === 0 && isHashZero) rank = NAMELESS;
    ranks[id] = step === MAX_CHAIN ? NAMELESS : rank;
    targetNames[id] = targetName;
    ownNames[id] = ownName;
  }
  return { ranks, targetNames, ownNames };
}

/** Ids by rank, ascending. */
function groupsByRank({ end }: FlatTypes, { ranks }: SortKeys): Uint32Array[] {
  const counts = new Uint32Array(NEVER + 1);
  for (let id = 1; id < end; id++) counts[ranks[id] as number] = (counts[ranks[id] as number] as number) + 1;
  const groups = Array.from(counts.subarray(0, NEVER), (count) => new Uint32Array(count));
  const filled = new Uint32Array(NEVER + 1);
  for (let id = 1; id < end; id++) {
    const rank = ranks[id] as number;
    if (rank === NEVER) continue;
    const at = filled[rank] as number;
    filled[rank] = at + 1;
    (groups[rank] as Uint32Array)[at] = id;
  }
  return groups;
}

/** Sorts ids of one rank by name, own name, hash and id, in place. */
function sortRoots(types: FlatTypes, keys: SortKeys, ids: Uint32Array): Uint32Array {
  const { text } = types;
  const compareHashes = hashOrder(types);
  sortByText(ids, keys.targetNames, text);
  forEachRun(ids, keys.targetNames, text, (sameTarget) => {
    sortByText(sameTarget, keys.ownNames, text);
    forEachRun(sameTarget, keys.ownNames, text, (sameNames) => sameNames.sort(compareHashes));
  });
  return ids;
}

/** Calls `visit` with each run of two or more ids whose texts are equal. */
function forEachRun(
  ids: Uint32Array,
  offsetOf: Uint32Array,
  text: TextBlob,
  visit: (run: Uint32Array) => void,
): void {
  let start = 0;
  for (let index = 1; index <= ids.length; index++) {
    const first = offsetOf[ids[start] as number] as number;
    if (index < ids.length && text.compare(first, offsetOf[ids[index] as number] as number) === 0) continue;
    if (index - start > 1) visit(ids.subarray(start, index));
    start = index;
  }
}

/** Whether all that a type leads to is ordered, so that asking for it changes nothing. */
function leadsToOrdered({ words, starts }: FlatTypes, order: DefinitionOrder, id: TypeId): boolean {
  for (let step = 0; step < MAX_CHAIN; step++) {
    if (order.isOrdered(id)) return true;
    const start = starts[id] as number;
    const kind = ((words[start + 1] as number) >>> 24) & 0x7f;
    if (kind === Kind.Array) id = words[start + 3] as number;
    else if (IS_REFERENCE[kind] === 1 && kind !== Kind.Typedef) id = words[start + 2] as number;
    else return false;
  }
  return false;
}

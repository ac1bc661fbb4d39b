/** Looking for an access in a candidate of a target: its named members and elements, one after the other. */

import { TspaholeError } from '../model/errors.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import { underlyingType } from '../model/traverse.ts';
import {
  type Accessor,
  type AccessSpec,
  addBits,
  addElement,
  holdsElement,
  MAX_STEPS,
  newSpec,
  type SpecBuilder,
} from './access.ts';
import { fieldDifference, typeDifference } from './compatibility.ts';
import {
  arrayFacts,
  enumeratorName,
  isComposite,
  isEnum,
  kindWord,
  memberBitOffset,
  memberName,
  memberType,
  type TypeAt,
} from './elements.ts';
import { CoreKind, subjectOf } from './kinds.ts';
import { matchDifference } from './matching.ts';
import { essentialName } from './names.ts';

/** The access in a target, or why a candidate does not have it. */
export type Found = { readonly spec: AccessSpec } | { readonly difference: string };

/**
 * Looks for an access in the type `candidate`. Throws `bad-data` or `unsupported` where libbpf gives up the whole
 * object: for types that nest too deep, have no size or do not exist.
 */
export function findAccess(local: AccessSpec, candidate: TypeAt): Found {
  const { table, id } = candidate;
  const spec = newSpec(table, local.kind, id);
  const difference = differenceTo(local, spec);
  return difference === undefined ? { spec } : { difference };
}

function differenceTo(local: AccessSpec, spec: SpecBuilder): string | undefined {
  const here = { table: local.table, id: local.rootId };
  const there = { table: spec.table, id: spec.rootId };
  switch (subjectOf(local.kind)) {
    case 'enumerator':
      return findEnumerator(local, spec);
    case 'field':
      return findFields(local, spec);
    case 'type':
      return local.kind === CoreKind.TypeMatches ? matchDifference(here, there) : typeDifference(here, there);
    case undefined:
      throw new TspaholeError('unsupported', `relocation kind ${local.kind} is not known`);
  }
}

function findEnumerator(local: AccessSpec, spec: SpecBuilder): string | undefined {
  const { table } = spec;
  const id = underlyingType(table, spec.rootId);
  if (!isEnum(table.kind(id))) return `${kindWord(table.kind(id))} in the target`;
  const wanted = essentialName(local.accessors[0]?.name ?? '');
  for (let index = 0; index < table.vlen(id); index++) {
    const name = enumeratorName({ table, id }, index);
    if (essentialName(name) !== wanted) continue;
    spec.accessors.push({ typeId: id, index, name });
    spec.indexes.push(index);
    return undefined;
  }
  return `no enumerator ${wanted}`;
}

function findFields(local: AccessSpec, spec: SpecBuilder): string | undefined {
  let id = underlyingType(spec.table, spec.rootId);
  for (const [step, accessor] of local.accessors.entries()) {
    id = underlyingType(spec.table, id);
    if (!spec.table.has(id)) throw new TspaholeError('bad-data', `type ${id} does not exist`);
    const next =
      accessor.name === undefined
        ? findElement(spec, { id, index: accessor.index, isFirst: step === 0 })
        : findMember(local, accessor, { spec, id });
    if (typeof next === 'string') return next;
    id = next;
  }
  return undefined;
}

function findElement(
  spec: SpecBuilder,
  { id, index, isFirst }: { readonly id: TypeId; readonly index: number; readonly isFirst: boolean },
): TypeId | string {
  const element = isFirst ? id : elementOf(spec, id, index);
  if (typeof element === 'string') return element;
  pushIndex(spec, index);
  addElement(spec, element, index);
  return element;
}

function elementOf(spec: SpecBuilder, id: TypeId, index: number): TypeId | string {
  const { table } = spec;
  if (table.kind(id) !== Kind.Array) return `${kindWord(table.kind(id))} in the target, no array`;
  const array = arrayFacts({ table, id });
  if (!holdsElement(spec, array, index))
    return `no element ${index}: an array of ${array.count} in the target`;
  return underlyingType(table, array.element);
}

function pushIndex({ indexes }: SpecBuilder, index: number): void {
  if (indexes.length === MAX_STEPS) throw tooDeep();
  indexes.push(index);
}

function tooDeep(): TspaholeError {
  return new TspaholeError('unsupported', `the target nests more than ${MAX_STEPS} deep`);
}

/** The type of the member, or why it cannot be read as the object's. */
function findMember(
  local: AccessSpec,
  accessor: Accessor,
  { spec, id }: { readonly spec: SpecBuilder; readonly id: TypeId },
): TypeId | string {
  const { table } = spec;
  if (!isComposite(table.kind(id))) return `${kindWord(table.kind(id))} in the target, no struct or union`;
  const search = { spec, name: accessor.name as string, heights: new Map<TypeId, number>() };
  const found = searchMember(search, id);
  if (found === undefined) return `no member ${search.name}`;
  const here = memberType({ table: local.table, id: accessor.typeId }, accessor.index);
  const difference = fieldDifference({ table: local.table, id: here }, { table, id: found });
  return difference === undefined ? found : `member ${search.name}: ${difference}`;
}

interface Search {
  readonly spec: SpecBuilder;
  readonly name: string;
  /** Structs that do not have the member, and how deep these nest: many may hold the same. */
  readonly heights: Map<TypeId, number>;
}

/** Adds the steps to the first member of that name, those of anonymous members included, and gives its type. */
function searchMember(search: Search, id: TypeId): TypeId | undefined {
  const { spec, name, heights } = search;
  const at = { table: spec.table, id };
  let height = 0;
  for (let index = 0; index < at.table.vlen(id); index++) {
    const before = spec.bitOffset;
    pushIndex(spec, index);
    spec.bitOffset = addBits(before, memberBitOffset(at, index));
    const memberText = memberName(at, index);
    if (memberText === name) {
      spec.accessors.push({ typeId: id, index, name });
      return memberType(at, index);
    }
    if (memberText === '') {
      const inner = underlyingType(at.table, memberType(at, index));
      const found = searchAnonymous(search, inner);
      if (found !== undefined) return found;
      height = Math.max(height, heights.get(inner) ?? 0);
    }
    spec.bitOffset = before;
    spec.indexes.pop();
  }
  heights.set(id, at.table.vlen(id) === 0 ? 0 : height + 1);
  return undefined;
}

function searchAnonymous(search: Search, id: TypeId): TypeId | undefined {
  const { spec, heights } = search;
  if (!isComposite(spec.table.kind(id))) return undefined;
  const height = heights.get(id);
  if (height === undefined) return searchMember(search, id);
  if (spec.indexes.length + height > MAX_STEPS) throw tooDeep();
  return undefined;
}

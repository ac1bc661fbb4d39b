/**
 * Access specs: which member of which type a relocation means. The string `0:1:2` counts through the types of the
 * object; what is looked for in a target are its named members and array elements, the accessors.
 */

import type { CoreRelocation } from '../btf/ext.ts';
import { TspaholeError } from '../model/errors.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { underlyingType } from '../model/traverse.ts';
import {
  type ArrayFacts,
  arrayFacts,
  byteSizeOf,
  enumeratorName,
  enumeratorValue,
  isComposite,
  isEnum,
  kindWord,
  memberBitOffset,
  memberName,
  memberType,
} from './elements.ts';
import { CORE_KIND_NAMES, subjectOf } from './kinds.ts';

/** A step that has a meaning in other kernels, too: a named member, an array element, an enumerator. */
export interface Accessor {
  /** The struct or union that has the member, the type of the element, the enum. */
  readonly typeId: TypeId;
  /** Number of the member, element or enumerator. */
  readonly index: number;
  /** Absent for elements. */
  readonly name: string | undefined;
}

/** An access, in the types of an object or of a target. */
export interface AccessSpec {
  readonly table: TypeTable;
  /** A number of `CoreKind`. */
  readonly kind: number;
  readonly rootId: TypeId;
  /** Empty where the type as a whole is meant. */
  readonly accessors: readonly Accessor[];
  /** All steps, those through anonymous members included. */
  readonly indexes: readonly number[];
  /** Bits from the start of the root type to the field. */
  readonly bitOffset: number;
}

/** Steps that a spec may have. */
export const MAX_STEPS = 64;

/** A spec that grows. */
export interface SpecBuilder extends AccessSpec {
  readonly accessors: Accessor[];
  readonly indexes: number[];
  bitOffset: number;
}

export function newSpec(table: TypeTable, kind: number, rootId: TypeId): SpecBuilder {
  return { table, kind, rootId, accessors: [], indexes: [], bitOffset: 0 };
}

/**
 * The spec of a relocation in the types of its object. Throws `bad-data` for an access that the types do not
 * allow and `unsupported` for an unknown kind.
 */
export function parseAccess(
  table: TypeTable,
  { typeId, access, kind }: Omit<CoreRelocation, 'insnOffset'>,
): AccessSpec {
  if (!table.has(typeId)) throw malformed(`type ${typeId} does not exist`);
  const spec = newSpec(table, kind, typeId);
  const subject = subjectOf(kind);
  if (subject === undefined) throw new TspaholeError('unsupported', `relocation kind ${kind} is not known`);
  if (subject === 'type') {
    if (access !== '0') throw malformed(`the access ${quoted(access)} of a type is not 0`);
    return spec;
  }
  spec.indexes.push(...parseIndexes(access));
  if (subject === 'enumerator') addEnumerator(spec);
  else addFields(spec);
  return spec;
}

const MAX_INDEX = 0x7fff_ffff;

function parseIndexes(access: string): number[] {
  if (!/^\d+(:\d+)*$/.test(access)) throw malformed(`${quoted(access)} is no access`);
  const indexes = access.split(':').map(Number);
  if (indexes.length > MAX_STEPS) throw malformed(`the access has ${indexes.length} steps`);
  const large = indexes.find((index) => index > MAX_INDEX);
  if (large !== undefined) throw malformed(`the access has the index ${large}`);
  return indexes;
}

function addEnumerator(spec: SpecBuilder): void {
  const { table } = spec;
  const id = underlyingType(table, spec.rootId);
  const [index = 0] = spec.indexes;
  if (!isEnum(table.kind(id)) || spec.indexes.length > 1 || index >= table.vlen(id)) {
    throw malformed(`enumerator ${spec.indexes.join(':')} does not exist`);
  }
  spec.accessors.push({ typeId: id, index, name: enumeratorName({ table, id }, index) });
}

function addFields(spec: SpecBuilder): void {
  const { table } = spec;
  const [first = 0, ...rest] = spec.indexes;
  let id = underlyingType(table, spec.rootId);
  addElement(spec, id, first);
  for (const index of rest) {
    id = underlyingType(table, id);
    if (isComposite(table.kind(id))) id = addMember(spec, id, index);
    else if (table.kind(id) === Kind.Array) id = addArrayElement(spec, id, index);
    else throw malformed(`the access goes on behind a type of kind ${kindWord(table.kind(id))}`);
  }
}

function addMember(spec: SpecBuilder, id: TypeId, index: number): TypeId {
  const at = { table: spec.table, id };
  if (index >= at.table.vlen(id)) throw malformed(`type ${id} has no member ${index}`);
  spec.bitOffset = addBits(spec.bitOffset, memberBitOffset(at, index));
  const name = memberName(at, index);
  if (name !== '') spec.accessors.push({ typeId: id, index, name });
  return memberType(at, index);
}

function addArrayElement(spec: SpecBuilder, id: TypeId, index: number): TypeId {
  const array = arrayFacts({ table: spec.table, id });
  const element = underlyingType(spec.table, array.element);
  if (!holdsElement(spec, array, index))
    throw malformed(`an array of ${array.count} has no element ${index}`);
  addElement(spec, element, index);
  return element;
}

/** Adds element `index` of an array of `typeId`. Throws as {@link byteSizeOf}. */
export function addElement(spec: SpecBuilder, typeId: TypeId, index: number): void {
  spec.accessors.push({ typeId, index, name: undefined });
  const bits = index * byteSizeOf(spec.table, typeId) * 8;
  if (!Number.isSafeInteger(bits)) throw malformed(`element ${index} lies too far`);
  spec.bitOffset = addBits(spec.bitOffset, bits);
}

/** In 32 bits, as libbpf counts. */
export function addBits(left: number, right: number): number {
  return (left + right) % 2 ** 32;
}

/** Whether an array that the last accessor led to holds an element: one of a flexible array always is there. */
export function holdsElement(spec: AccessSpec, { count }: ArrayFacts, index: number): boolean {
  return index < count || (count === 0 && endsWithLastMember(spec));
}

function endsWithLastMember({ table, accessors }: AccessSpec): boolean {
  const last = accessors.at(-1);
  return last?.name !== undefined && last.index === table.vlen(last.typeId) - 1;
}

function malformed(what: string): TspaholeError {
  return new TspaholeError('bad-data', what);
}

function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

/**
 * The spec as libbpf prints it: `<byte_off> [17] struct task_struct.se.vruntime (0:19:14 @ offset 248)`.
 */
export function formatAccess(spec: AccessSpec): string {
  const { table, rootId, kind } = spec;
  const type = `[${rootId}] ${kindWord(table.kind(rootId))} ${table.name(rootId) || '<anon>'}`;
  const head = `<${CORE_KIND_NAMES[kind] ?? 'unknown'}> ${type}`;
  if (spec.accessors.length === 0) return head;
  if (subjectOf(kind) === 'enumerator') return `${head}${enumeratorText(spec)}`;
  return `${head}${accessPath(spec)} (${spec.indexes.join(':')} @ offset ${bitOffsetText(spec.bitOffset)})`;
}

function bitOffsetText(bitOffset: number): string {
  const bytes = Math.floor(bitOffset / 8);
  return bitOffset % 8 === 0 ? `${bytes}` : `${bytes}.${bitOffset % 8}`;
}

/** What follows the root type in C: `.se.vruntime`, `[2].a`; of an enumerator `::NAME`. */
export function accessPath(spec: AccessSpec): string {
  const isEnumerator = subjectOf(spec.kind) === 'enumerator';
  return spec.accessors
    .map(({ name, index }, step) => {
      if (name !== undefined) return `${isEnumerator ? '::' : '.'}${name}`;
      return step > 0 || index > 0 ? `[${index}]` : '';
    })
    .join('');
}

function enumeratorText(spec: AccessSpec): string {
  const { table } = spec;
  const id = underlyingType(table, spec.rootId);
  const value = enumeratorValue({ table, id }, spec.indexes[0] as number);
  const bits = table.kind(id) === Kind.Enum ? 32 : 64;
  const shown = table.kindFlag(id) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
  return `${accessPath(spec)} = ${shown}`;
}

/** Variables of the section `.kconfig`: options of the kernel's configuration, whose values a loader puts in. */

import { TspaholeError } from '../model/errors.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { underlyingType } from '../model/traverse.ts';
import type { Draft } from './draft.ts';
import { arrayFacts, byteSizeOf, intFacts, isEnum } from './elements.ts';

interface Option {
  readonly name: string;
  readonly variable: TypeId;
  readonly byteSize: number;
  readonly alignment: number;
}

/** `BTF_VAR_GLOBAL_ALLOCATED`. */
const GLOBAL = 1;

/** Gives the variables their places, by alignment, size and name, and makes them global ones. Throws `unsupported`. */
export function placeOptions(draft: Draft, section: TypeId): void {
  const entries = draft.variables(section);
  const options = entries.map(({ id }) => optionOf(draft.source, id));
  const places = new Map<TypeId, number>();
  let end = 0;
  for (const { variable, byteSize, alignment } of options.sort(inOrder)) {
    const place = Math.ceil(end / alignment) * alignment;
    places.set(variable, place);
    end = place + byteSize;
  }
  for (const [index, entry] of entries.entries()) {
    draft.set(entry.id, 3, GLOBAL);
    draft.setVariable(section, index, { ...entry, offset: places.get(entry.id) ?? 0 });
  }
  draft.set(section, 2, end);
}

function inOrder(left: Option, right: Option): number {
  if (left.alignment !== right.alignment) return right.alignment - left.alignment;
  if (left.byteSize !== right.byteSize) return left.byteSize - right.byteSize;
  return left.name < right.name ? -1 : 1;
}

function optionOf(table: TypeTable, variable: TypeId): Option {
  if (table.kind(variable) !== Kind.Var) throw unsupported(`${table.name(variable)} is no variable`);
  const name = table.name(variable);
  const type = underlyingType(table, table.sizeOrType(variable));
  const isArray = table.kind(type) === Kind.Array;
  const element = isArray ? underlyingType(table, arrayFacts({ table, id: type }).element) : type;
  if (!isOptionType(table, element) || (isArray && !isChar(table, element))) {
    throw unsupported(`option ${name} has a type that no option of the kernel has`);
  }
  const byteSize = byteSizeOf(table, type);
  if (byteSize === 0) throw unsupported(`option ${name} has no size`);
  return { name, variable, byteSize, alignment: Math.min(table.pointerSize, table.sizeOrType(element)) };
}

function unsupported(what: string): TspaholeError {
  return new TspaholeError('unsupported', what);
}

/** A bool, a char, an int of 1 to 8 bytes, a tristate of libbpf's name. */
function isOptionType(table: TypeTable, id: TypeId): boolean {
  const kind = table.kind(id);
  if (isEnum(kind))
    return table.name(id) === 'libbpf_tristate' && (kind === Kind.Enum64 || table.sizeOrType(id) === 4);
  return kind === Kind.Int && [1, 2, 4, 8].includes(table.sizeOrType(id));
}

function isChar(table: TypeTable, id: TypeId): boolean {
  const isInt = table.kind(id) === Kind.Int && table.sizeOrType(id) === 1;
  return isInt && (intFacts({ table, id }).encoding & BOOL) === 0;
}

/** `BTF_INT_BOOL`. */
const BOOL = 4;

/** Members, arrays, enumerators and ints as CO-RE reads them: by type id and index, without views. */

import { TspaholeError } from '../model/errors.ts';
import { BTF_KIND_NAMES, Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';

/** A place in a table. */
export interface TypeAt {
  readonly table: TypeTable;
  readonly id: TypeId;
}

export function isComposite(kind: number): boolean {
  return kind === Kind.Struct || kind === Kind.Union;
}

export function isEnum(kind: number): boolean {
  return kind === Kind.Enum || kind === Kind.Enum64;
}

/** Whether CO-RE takes two kinds for one: the same, or both enums. */
export function sameKind(left: number, right: number): boolean {
  return left === right || (isEnum(left) && isEnum(right));
}

export function memberName({ table, id }: TypeAt, index: number): string {
  return table.strings.text(table.extra(id, 3 * index));
}

export function memberType({ table, id }: TypeAt, index: number): TypeId {
  return table.extra(id, 3 * index + 1);
}

export function memberBitOffset({ table, id }: TypeAt, index: number): number {
  const word = table.extra(id, 3 * index + 2);
  return table.kindFlag(id) ? word & 0x00ff_ffff : word;
}

/** Bits of a bitfield, 0 for other members. */
export function memberBitSize({ table, id }: TypeAt, index: number): number {
  return table.kindFlag(id) ? table.extra(id, 3 * index + 2) >>> 24 : 0;
}

export interface ArrayFacts {
  readonly element: TypeId;
  readonly count: number;
}

/** `id` must be an array. */
export function arrayFacts({ table, id }: TypeAt): ArrayFacts {
  return { element: table.extra(id, 0), count: table.extra(id, 2) };
}

/** Signedness and legacy bit offset of an int. */
export function intFacts({ table, id }: TypeAt): { isSigned: boolean; encoding: number; bitOffset: number } {
  const word = table.extra(id, 0);
  const encoding = (word >>> 24) & 0xf;
  return { isSigned: (encoding & 1) !== 0, encoding, bitOffset: (word >>> 16) & 0xff };
}

export function enumeratorName({ table, id }: TypeAt, index: number): string {
  return table.strings.text(table.extra(id, index * (table.kind(id) === Kind.Enum64 ? 3 : 2)));
}

/** As 64 bits, unsigned. Those of 32 bits are sign-extended, even where the enum is unsigned, as in libbpf. */
export function enumeratorValue({ table, id }: TypeAt, index: number): bigint {
  if (table.kind(id) === Kind.Enum) return BigInt.asUintN(64, BigInt(table.extra(id, 2 * index + 1) | 0));
  return BigInt(table.extra(id, 3 * index + 1)) | (BigInt(table.extra(id, 3 * index + 2)) << 32n);
}

const MAX_DEPTH = 32;
const MAX_U32 = 0xffff_ffff;

/**
 * Bytes of a type, by the rules of libbpf's `btf__resolve_size`. Throws `bad-data` for what has no size and for
 * a chain of more than 32 types, `unsupported` for an array of 4 GiB and more.
 */
export function byteSizeOf(table: TypeTable, typeId: TypeId): number {
  let count = 1;
  let id = typeId;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const size = ownSize(table, id);
    if (size !== undefined) return product(count, size);
    if (table.kind(id) === Kind.Array) {
      const facts = arrayFacts({ table, id });
      count = product(count, facts.count);
      id = facts.element;
    } else if (passesSize(table.kind(id))) id = table.sizeOrType(id);
    else break;
  }
  throw new TspaholeError('bad-data', `${describe({ table, id: typeId })} has no size`);
}

function product(count: number, size: number): number {
  if (count !== 0 && size > Math.floor(MAX_U32 / count)) {
    throw new TspaholeError('unsupported', 'an array of 4 GiB or more');
  }
  return count * size;
}

function ownSize(table: TypeTable, id: TypeId): number | undefined {
  switch (table.kind(id)) {
    case Kind.Int:
    case Kind.Struct:
    case Kind.Union:
    case Kind.Enum:
    case Kind.Enum64:
    case Kind.Datasec:
    case Kind.Float:
      return table.sizeOrType(id);
    case Kind.Pointer:
      return table.pointerSize;
    default:
      return undefined;
  }
}

const SIZE_OF_TARGET: ReadonlySet<number> = new Set([
  Kind.Typedef,
  Kind.Volatile,
  Kind.Const,
  Kind.Restrict,
  Kind.Var,
  Kind.DeclTag,
  Kind.TypeTag,
]);

function passesSize(kind: number): boolean {
  return SIZE_OF_TARGET.has(kind);
}

/** What libbpf calls a kind: `struct`, `ptr`, `func_proto`. */
export function kindWord(kind: number): string {
  return BTF_KIND_NAMES[kind]?.toLowerCase() ?? 'unknown';
}

/** `[17] struct task_struct`, as libbpf writes types. */
export function describe({ table, id }: TypeAt): string {
  return `[${id}] ${kindWord(table.kind(id))} ${table.name(id) || '<anon>'}`;
}

/** What a relocation puts into its instruction: the value of an access, in the object and in a target. */

import type { Endian } from '../model/bytes.ts';
import { TspaholeError } from '../model/errors.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { underlyingType } from '../model/traverse.ts';
import type { Accessor, AccessSpec } from './access.ts';
import {
  arrayFacts,
  byteSizeOf,
  enumeratorValue,
  intFacts,
  isEnum,
  memberBitSize,
  memberType,
} from './elements.ts';
import { asksForExistence, CoreKind, subjectOf } from './kinds.ts';

/** A value, and what is known beside it. */
export interface AccessValue {
  /** 64 bits, unsigned. */
  readonly value: bigint;
  /**
   * Whether an instruction is sure to have it: compilers and linkers may see bitfields and ids otherwise. Counts
   * for values in the object.
   */
  readonly isCertain: boolean;
  /** What a load of the field loads; only of offsets of fields that are no bitfields. */
  readonly load?: { readonly byteSize: number; readonly typeId: TypeId } | undefined;
}

/**
 * The value of an access in the types that it is of. Throws `bad-data` or `unsupported` for what has none: a
 * bitfield that no load of 8 bytes covers, the signedness of an element.
 *
 * `endian` is the byte order of the machine that runs the instruction, which is the object's; BTF of its kernel may be
 * stored in the other one.
 */
export function accessValue(spec: AccessSpec, endian: Endian = spec.table.endian): AccessValue {
  if (asksForExistence(spec.kind)) return certain(1);
  switch (subjectOf(spec.kind)) {
    case 'field':
      return spec.accessors.at(-1)?.name === undefined ? elementValue(spec) : memberValue(spec, endian);
    case 'type':
      return typeValue(spec);
    case 'enumerator':
      return { value: enumerator(spec), isCertain: true };
    case undefined:
      throw new TspaholeError('unsupported', `relocation kind ${spec.kind} is not known`);
  }
}

/** The value where the target has no such access; undefined where an instruction must not be run. */
export function valueOfAbsent(kind: number): bigint | undefined {
  return asksForExistence(kind) || subjectOf(kind) === 'type' ? 0n : undefined;
}

function certain(value: number): AccessValue {
  return { value: BigInt(value), isCertain: true };
}

function enumerator({ table, accessors }: AccessSpec): bigint {
  const [accessor] = accessors;
  if (accessor === undefined) throw new TspaholeError('bad-data', 'no enumerator');
  return enumeratorValue({ table, id: accessor.typeId }, accessor.index);
}

function typeValue({ table, rootId, kind }: AccessSpec): AccessValue {
  if (kind === CoreKind.TypeSize) return certain(byteSizeOf(table, rootId));
  // An id in an instruction may be another one since a linker has renumbered the types.
  return { value: BigInt(rootId), isCertain: false };
}

function elementValue({ table, kind, accessors, bitOffset }: AccessSpec): AccessValue {
  const typeId = accessors.at(-1)?.typeId ?? 0;
  switch (kind) {
    case CoreKind.FieldByteOffset: {
      const load = { byteSize: byteSizeOf(table, elementType(table, typeId)), typeId };
      return { ...certain(Math.floor(bitOffset / 8)), load };
    }
    case CoreKind.FieldByteSize:
      return certain(byteSizeOf(table, typeId));
    default:
      throw new TspaholeError('bad-data', 'an element has an offset and a size only');
  }
}

/** What an array of arrays holds. */
function elementType(table: TypeTable, typeId: TypeId): TypeId {
  let id = underlyingType(table, typeId);
  for (let depth = 0; table.kind(id) === Kind.Array; depth++) {
    if (depth > 256) throw new TspaholeError('bad-data', `array ${typeId} has no end`);
    id = underlyingType(table, arrayFacts({ table, id }).element);
  }
  return id;
}

function memberValue(spec: AccessSpec, endian: Endian): AccessValue {
  const { table, kind, accessors } = spec;
  const { typeId, index } = accessors.at(-1) as Accessor;
  const field = underlyingType(table, memberType({ table, id: typeId }, index));
  const bitSize = memberBitSize({ table, id: typeId }, index);
  const isBitfield = bitSize > 0;
  const load = isBitfield
    ? coveringLoad(spec.bitOffset, bitSize, table.sizeOrType(field))
    : { byteOffset: Math.floor(spec.bitOffset / 8), byteSize: byteSizeOf(table, field) };
  const bits = isBitfield ? bitSize : load.byteSize * 8;
  const uncertain = (value: number): AccessValue => ({ ...certain(value), isCertain: !isBitfield });
  switch (kind) {
    case CoreKind.FieldByteOffset: {
      if (isBitfield) return uncertain(load.byteOffset);
      const byteSize = byteSizeOf(table, elementType(table, field));
      return { ...certain(load.byteOffset), load: { byteSize, typeId: field } };
    }
    case CoreKind.FieldByteSize:
      return uncertain(load.byteSize);
    case CoreKind.FieldSigned:
      return certain(isSigned(table, field) ? 1 : 0);
    case CoreKind.FieldLeftShift:
      return uncertain(leftShift(endian, { ...load, bitOffset: spec.bitOffset, bits }) >>> 0);
    default:
      return certain((64 - bits) >>> 0);
  }
}

interface Load {
  readonly byteOffset: number;
  readonly byteSize: number;
}

/** The smallest aligned load, from the size of the declared type on, that holds all bits. */
function coveringLoad(bitOffset: number, bitSize: number, declaredSize: number): Load {
  if (declaredSize === 0) throw new TspaholeError('bad-data', 'a bitfield of a type without a size');
  const byte = Math.floor(bitOffset / 8);
  let byteSize = declaredSize;
  for (;;) {
    const byteOffset = byte - (byte % byteSize);
    if (bitOffset + bitSize - byteOffset * 8 <= byteSize * 8) return { byteOffset, byteSize };
    if (byteSize >= 8) throw new TspaholeError('unsupported', 'no load of 8 bytes covers the bitfield');
    byteSize *= 2;
  }
}

/** Below 0 where a field is larger than a register; libbpf counts in 32 bits. */
function leftShift(
  endian: Endian,
  { bitOffset, bits, byteOffset, byteSize }: Load & { readonly bitOffset: number; readonly bits: number },
): number {
  const inside = bitOffset - byteOffset * 8;
  return endian === 'little' ? 64 - (inside + bits) : (8 - byteSize) * 8 + inside;
}

function isSigned(table: TypeTable, id: TypeId): boolean {
  const kind = table.kind(id);
  if (kind === Kind.Int) return intFacts({ table, id }).isSigned;
  return isEnum(kind) && table.kindFlag(id);
}

/** Makes the views of types from the records of a table. */

import { Kind } from './kinds.ts';
import { memberBitOffset, memberBitSize, recordOffsetRange } from './records.ts';
import type { TypeId, TypeTable } from './table.ts';
import type {
  ArrayType,
  DatasecType,
  DeclTagType,
  EnumType,
  FuncProtoType,
  IntType,
  Linkage,
  Member,
  Type,
  UnknownType,
} from './types.ts';

/** Makes the view of `id`, an own id of `table` or void. Use {@link TypeTable.type}, which remembers it. */
export function makeType(table: TypeTable, id: TypeId): Type {
  const kind = table.kind(id) as Kind;
  const name = table.name(id);
  const typeId = table.sizeOrType(id);
  switch (kind) {
    case Kind.Void:
      return { kind: 'void', id, name };
    case Kind.Int:
      return intView(table, id, name);
    case Kind.Float:
      return { kind: 'float', id, name, byteSize: typeId };
    case Kind.Pointer:
      return { kind: 'pointer', id, name, typeId };
    case Kind.Array:
      return arrayView(table, id, name);
    case Kind.Struct:
      return { kind: 'struct', id, name, byteSize: typeId, members: memberViews(table, id) };
    case Kind.Union:
      return { kind: 'union', id, name, byteSize: typeId, members: memberViews(table, id) };
    case Kind.Enum:
    case Kind.Enum64:
      return enumView(table, id, name);
    case Kind.Forward:
      return { kind: 'forward', id, name, forwardKind: table.kindFlag(id) ? 'union' : 'struct' };
    case Kind.Typedef:
      return { kind: 'typedef', id, name, typeId };
    case Kind.Const:
      return { kind: 'const', id, name, typeId };
    case Kind.Volatile:
      return { kind: 'volatile', id, name, typeId };
    case Kind.Restrict:
      return { kind: 'restrict', id, name, typeId };
    case Kind.Func:
      return { kind: 'func', id, name, protoId: typeId, linkage: LINKAGES[table.vlen(id)] };
    case Kind.FuncProto:
      return funcProtoView(table, id, name);
    case Kind.Var:
      return { kind: 'var', id, name, typeId, linkage: LINKAGES[table.extra(id, 0)] };
    case Kind.Datasec:
      return datasecView(table, id, name);
    case Kind.DeclTag:
      return declTagView(table, id, name);
    case Kind.TypeTag:
      return { kind: 'typeTag', id, name, typeId, isAttribute: table.kindFlag(id) };
    case Kind.Atomic:
      return { kind: 'atomic', id, name, typeId };
    case Kind.Reference:
      return { kind: 'reference', id, name, typeId };
    case Kind.RvalueReference:
      return { kind: 'rvalueReference', id, name, typeId };
    case Kind.MemberPointer:
      return { kind: 'memberPointer', id, name, typeId, classId: table.extra(id, 0) };
    case Kind.Complex:
      return { kind: 'complex', id, name, byteSize: typeId };
    case Kind.CharString:
      return { kind: 'charString', id, name, byteSize: typeId };
    case Kind.Subrange:
      return { kind: 'subrange', id, name, typeId };
    case Kind.TemplateParameter:
      return { kind: 'templateParameter', id, name, typeId };
    case Kind.Unspecified:
      return { kind: 'unspecified', id, name };
    case Kind.Namespace:
      return { kind: 'namespace', id, name };
    case Kind.VariantPart:
      return { kind: 'variantPart', id, name, members: memberViews(table, id) };
    default:
      return unknownView(kind, id, name);
  }
}

const LINKAGES: readonly Linkage[] = ['static', 'global', 'extern'];

function unknownView(kind: never, id: TypeId, name: string): UnknownType {
  const kindNumber: number = kind;
  return { kind: 'unknown', id, name, kindNumber };
}

function intView(table: TypeTable, id: TypeId, name: string): IntType {
  const data = table.extra(id, 0);
  const bits = (data >>> 24) & 0xf;
  const encoding = bits & 4 ? 'bool' : bits & 2 ? 'char' : bits & 1 ? 'signed' : 'none';
  const byteSize = table.sizeOrType(id);
  return { kind: 'int', id, name, byteSize, encoding, bitSize: data & 0xff, bitOffset: (data >>> 16) & 0xff };
}

function arrayView(table: TypeTable, id: TypeId, name: string): ArrayType {
  const [elementTypeId, indexTypeId, count] = [table.extra(id, 0), table.extra(id, 1), table.extra(id, 2)];
  return { kind: 'array', id, name, elementTypeId, indexTypeId, count };
}

function declTagView(table: TypeTable, id: TypeId, name: string): DeclTagType {
  const componentIndex = table.extra(id, 0) | 0;
  return {
    kind: 'declTag',
    id,
    name,
    typeId: table.sizeOrType(id),
    componentIndex,
    isAttribute: table.kindFlag(id),
  };
}

function memberViews(table: TypeTable, id: TypeId): Member[] {
  const kindFlag = table.kindFlag(id);
  return Array.from({ length: table.vlen(id) }, (_, index) => {
    const word = table.extra(id, 3 * index + 2);
    const isPlaced = table.side?.isPlacedByObject(id, index) !== true;
    const bitSize = isPlaced ? memberBitSize(word, kindFlag) : 0;
    const high = table.side?.highOffset(id, index) ?? 0;
    const bitOffset = high * recordOffsetRange(kindFlag) + memberBitOffset(word, kindFlag);
    return {
      name: table.strings.text(table.extra(id, 3 * index)),
      typeId: table.extra(id, 3 * index + 1),
      bitOffset: isPlaced ? bitOffset : undefined,
      bitSize: bitSize === 0 ? undefined : bitSize,
    };
  });
}

function enumView(table: TypeTable, id: TypeId, name: string): EnumType {
  const isSigned = table.kindFlag(id);
  const isWide = table.kind(id) === Kind.Enum64;
  const stride = isWide ? 3 : 2;
  const enumerators = Array.from({ length: table.vlen(id) }, (_, index) => {
    const low = table.extra(id, stride * index + 1);
    const high = isWide ? table.extra(id, stride * index + 2) : 0;
    const bits = (BigInt(high) << 32n) | BigInt(low);
    const value = isSigned ? BigInt.asIntN(isWide ? 64 : 32, bits) : bits;
    return { name: table.strings.text(table.extra(id, stride * index)), value };
  });
  return { kind: 'enum', id, name, byteSize: table.sizeOrType(id), isSigned, enumerators };
}

function funcProtoView(table: TypeTable, id: TypeId, name: string): FuncProtoType {
  const all = Array.from({ length: table.vlen(id) }, (_, index) => ({
    name: table.strings.text(table.extra(id, 2 * index)),
    typeId: table.extra(id, 2 * index + 1),
  }));
  // A last parameter without type and name stands for `...`.
  const last = all.at(-1);
  const isVariadic = last !== undefined && last.typeId === 0 && last.name === '';
  const parameters = isVariadic ? all.slice(0, -1) : all;
  return { kind: 'funcProto', id, name, returnTypeId: table.sizeOrType(id), parameters, isVariadic };
}

function datasecView(table: TypeTable, id: TypeId, name: string): DatasecType {
  const variables = Array.from({ length: table.vlen(id) }, (_, index) => ({
    varId: table.extra(id, 3 * index),
    byteOffset: table.extra(id, 3 * index + 1),
    byteSize: table.extra(id, 3 * index + 2),
  }));
  return { kind: 'datasec', id, name, byteSize: table.sizeOrType(id), variables };
}

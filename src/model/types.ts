/**
 * Readonly views of types: a union on `kind` for code that wants to read naturally. Whole-file passes
 * use the table's columns instead. Views refer to other types by id; `table.type(id)` follows one.
 */

import { Kind } from './kinds.ts';
import type { TypeId, TypeTable } from './table.ts';

interface TypeBase {
  readonly id: TypeId;
  /** Empty when the type has no name. */
  readonly name: string;
}

/** The absence of a type: id 0. */
export interface VoidType extends TypeBase {
  readonly kind: 'void';
}

/** An integer, a character or a bool. */
export interface IntType extends TypeBase {
  readonly kind: 'int';
  readonly byteSize: number;
  /** How a value is to be read. `none` is unsigned. */
  readonly encoding: 'none' | 'signed' | 'char' | 'bool';
  /** Bits in use and where they start: differ from the whole only in legacy bitfields. */
  readonly bitSize: number;
  readonly bitOffset: number;
}

/** A floating point number. */
export interface FloatType extends TypeBase {
  readonly kind: 'float';
  readonly byteSize: number;
}

/** A pointer to `typeId`. */
export interface PointerType extends TypeBase {
  readonly kind: 'pointer';
  readonly typeId: TypeId;
}

/** An array; each dimension is one. */
export interface ArrayType extends TypeBase {
  readonly kind: 'array';
  readonly elementTypeId: TypeId;
  readonly indexTypeId: TypeId;
  /** Number of elements; 0 for a flexible array member and for `[0]`. */
  readonly count: number;
}

/** Element of a struct or union. */
export interface Member {
  /** Empty for an anonymous member. */
  readonly name: string;
  readonly typeId: TypeId;
  /**
   * From the start of the composite to the member's first bit (big endian: its most significant); undefined where
   * the object itself says it, as for a virtual base.
   */
  readonly bitOffset: number | undefined;
  /** Width of a bitfield; absent for other members. */
  readonly bitSize: number | undefined;
}

/** What struct and union have in common. */
export interface CompositeType extends TypeBase {
  readonly kind: 'struct' | 'union';
  readonly byteSize: number;
  readonly members: readonly Member[];
}

/** A struct. */
export interface StructType extends CompositeType {
  readonly kind: 'struct';
}

/** A union. */
export interface UnionType extends CompositeType {
  readonly kind: 'union';
}

/** Named constant of an enum. */
export interface Enumerator {
  readonly name: string;
  readonly value: bigint;
}

/** An enum of 32-bit or 64-bit values. */
export interface EnumType extends TypeBase {
  readonly kind: 'enum';
  /** 1, 2, 4 or 8; 64-bit enums are enums of 8 bytes. */
  readonly byteSize: number;
  readonly isSigned: boolean;
  /** Empty for an enum that is only declared. */
  readonly enumerators: readonly Enumerator[];
}

/** A struct or union that is named but not defined. */
export interface ForwardType extends TypeBase {
  readonly kind: 'forward';
  readonly forwardKind: 'struct' | 'union';
}

/** Another name of `typeId`. */
export interface TypedefType extends TypeBase {
  readonly kind: 'typedef';
  readonly typeId: TypeId;
}

/** A qualified `typeId`. */
export interface QualifierType extends TypeBase {
  readonly kind: 'const' | 'volatile' | 'restrict' | 'atomic';
  readonly typeId: TypeId;
}

/** How far a function or variable can be seen. */
export type Linkage = 'static' | 'global' | 'extern';

/** A function; its prototype is the `funcProto` type `protoId`. */
export interface FuncType extends TypeBase {
  readonly kind: 'func';
  readonly protoId: TypeId;
  readonly linkage: Linkage | undefined;
}

/** A parameter of a function type. The name is often empty. */
export interface Parameter {
  readonly name: string;
  readonly typeId: TypeId;
}

/** A function type. */
export interface FuncProtoType extends TypeBase {
  readonly kind: 'funcProto';
  readonly returnTypeId: TypeId;
  /** Without the `...` of a variadic function. */
  readonly parameters: readonly Parameter[];
  readonly isVariadic: boolean;
}

/** A variable. */
export interface VarType extends TypeBase {
  readonly kind: 'var';
  readonly typeId: TypeId;
  readonly linkage: Linkage | undefined;
}

/** Place of a variable in its section. */
export interface VarSecinfo {
  readonly varId: TypeId;
  readonly byteOffset: number;
  readonly byteSize: number;
}

/** A section of data with its variables. */
export interface DatasecType extends TypeBase {
  readonly kind: 'datasec';
  readonly byteSize: number;
  readonly variables: readonly VarSecinfo[];
}

/** Attribute on a declaration; `name` is its text. */
export interface DeclTagType extends TypeBase {
  readonly kind: 'declTag';
  readonly typeId: TypeId;
  /** Member or parameter that is meant; -1 for the declaration itself. */
  readonly componentIndex: number;
  /** Whether the text is a compiler attribute and not an annotation. */
  readonly isAttribute: boolean;
}

/** Attribute on a pointee; `name` is its text. */
export interface TypeTagType extends TypeBase {
  readonly kind: 'typeTag';
  readonly typeId: TypeId;
  readonly isAttribute: boolean;
}

/** C++ `T &` or `T &&`. */
export interface ReferenceType extends TypeBase {
  readonly kind: 'reference' | 'rvalueReference';
  readonly typeId: TypeId;
}

/** C++ pointer to a member of type `typeId` of the class `classId`. */
export interface MemberPointerType extends TypeBase {
  readonly kind: 'memberPointer';
  readonly typeId: TypeId;
  readonly classId: TypeId;
}

/** What has a size and nothing else: a complex number, a Fortran string. */
export interface SizedType extends TypeBase {
  readonly kind: 'complex' | 'charString';
  readonly byteSize: number;
}

/** A range of `typeId`, or a template's parameter that stands for it. */
export interface DerivedType extends TypeBase {
  readonly kind: 'subrange' | 'templateParameter';
  readonly typeId: TypeId;
}

/** What has a name and nothing else: an unspecified type, a namespace. */
export interface NamedType extends TypeBase {
  readonly kind: 'unspecified' | 'namespace';
}

/** The variants of a Rust enum: their members, which overlap. */
export interface VariantPartType extends TypeBase {
  readonly kind: 'variantPart';
  readonly members: readonly Member[];
}

/** A record of a kind that this version does not know, skipped by the file's own kind layout. */
export interface UnknownType extends TypeBase {
  readonly kind: 'unknown';
  readonly kindNumber: number;
}

/** Any type. Switch over `kind` without a default, so that a new kind is a compile error. */
export type Type =
  | VoidType
  | IntType
  | FloatType
  | PointerType
  | ArrayType
  | StructType
  | UnionType
  | EnumType
  | ForwardType
  | TypedefType
  | QualifierType
  | FuncType
  | FuncProtoType
  | VarType
  | DatasecType
  | DeclTagType
  | TypeTagType
  | ReferenceType
  | MemberPointerType
  | SizedType
  | DerivedType
  | NamedType
  | VariantPartType
  | UnknownType;

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

/** Offset word of a member whose composite has the kind flag: bit offset below, bitfield size above. */
export function memberBitOffset(offsetWord: number, kindFlag: boolean): number {
  return kindFlag ? offsetWord & 0x00ff_ffff : offsetWord;
}

/** Bits that such an offset counts: the next ones are in the side columns. */
export function recordOffsetRange(kindFlag: boolean): number {
  return kindFlag ? 2 ** 24 : 2 ** 32;
}

/** Bitfield size of a member's offset word; 0 when the member is no bitfield. */
export function memberBitSize(offsetWord: number, kindFlag: boolean): number {
  return kindFlag ? offsetWord >>> 24 : 0;
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

/**
 * Readonly views of types: a union on `kind` for code that wants to read naturally. Whole-file passes
 * use the table's columns instead. Views refer to other types by id; `table.type(id)` follows one.
 */

import type { TypeId } from './table.ts';

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

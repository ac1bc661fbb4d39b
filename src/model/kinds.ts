/**
 * The kinds of a type record. The numbers of BTF's kinds are BTF's own (linux uapi/linux/btf.h);
 * numbers from 64 on are ours, for what BTF cannot say, so that BTF has room to grow.
 */

export const Kind = {
  Void: 0,
  Int: 1,
  Pointer: 2,
  Array: 3,
  Struct: 4,
  Union: 5,
  Enum: 6,
  Forward: 7,
  Typedef: 8,
  Volatile: 9,
  Const: 10,
  Restrict: 11,
  Func: 12,
  FuncProto: 13,
  Var: 14,
  Datasec: 15,
  Float: 16,
  DeclTag: 17,
  TypeTag: 18,
  Enum64: 19,

  /** C++ `T &` and `T &&`. */
  Reference: 64,
  RvalueReference: 65,
  /** C++ `T C::*`. */
  MemberPointer: 66,
  /** C `_Atomic T`. */
  Atomic: 67,
  /** A type that has a name only, as C++ `decltype(nullptr)`. */
  Unspecified: 68,
  Subrange: 69,
  /** The variants of a Rust enum. */
  VariantPart: 70,
  Namespace: 71,
  /** C `double _Complex`. */
  Complex: 72,
  /** A Fortran string. */
  CharString: 73,
  TemplateParameter: 74,
} as const;

/** Number of a known kind; records of other kinds are `unknown` types. */
export type Kind = (typeof Kind)[keyof typeof Kind];

/** The kinds that BTF has. */
export type BtfKind = Exclude<
  Kind,
  (typeof Kind)[
    | 'Reference'
    | 'RvalueReference'
    | 'MemberPointer'
    | 'Atomic'
    | 'Unspecified'
    | 'Subrange'
    | 'VariantPart'
    | 'Namespace'
    | 'Complex'
    | 'CharString'
    | 'TemplateParameter']
>;

/** One more than the largest kind number that BTF defines. */
export const BTF_KIND_COUNT = 20;

/** The first kind number of ours. */
export const FIRST_OWN_KIND = 64;

/** Answer of {@link TypeTable.kind} for an id that the table does not hold. */
export const KIND_MISSING = 255;

/** Whether a kind is const, volatile, restrict or atomic. */
export function isQualifier(kind: number): boolean {
  return kind === Kind.Const || kind === Kind.Volatile || kind === Kind.Restrict || kind === Kind.Atomic;
}

/** What the kernel and bpftool call the kinds of BTF, by number. */
export const BTF_KIND_NAMES: readonly string[] = [
  'VOID',
  'INT',
  'PTR',
  'ARRAY',
  'STRUCT',
  'UNION',
  'ENUM',
  'FWD',
  'TYPEDEF',
  'VOLATILE',
  'CONST',
  'RESTRICT',
  'FUNC',
  'FUNC_PROTO',
  'VAR',
  'DATASEC',
  'FLOAT',
  'DECL_TAG',
  'TYPE_TAG',
  'ENUM64',
];

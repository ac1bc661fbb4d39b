/**
 * The public interface of tspahole: load types, look at them, lay them out, print them. What is
 * exported here is stable within a major version; a test pins the list.
 */

export { type DecodeBtfOptions, decodeBtf } from './btf/decode.ts';
export { isBtf } from './btf/header.ts';
export { PaholeEmitter, type PaholeOptions } from './emit/pahole.ts';
export { NO_QUIRKS, PAHOLE_QUIRKS, type Quirks } from './emit/quirks.ts';
export { Layouts, type LayoutsOptions } from './layout/layouts.ts';
export {
  type LoadOptions,
  load,
  loadSync,
  RUNNING_KERNEL_BTF,
  type TypeSource,
  type TypeUnit,
} from './load.ts';
export type { Endian } from './model/bytes.ts';
export { type ErrorCode, type ErrorPlace, TspaholeError } from './model/errors.ts';
export { Kind } from './model/kinds.ts';
export { findTypeByName } from './model/queries.ts';
export { type TypeId, TypeTable } from './model/table.ts';
export type {
  ArrayType,
  CompositeType,
  DatasecType,
  DeclTagType,
  Enumerator,
  EnumType,
  FloatType,
  ForwardType,
  FuncProtoType,
  FuncType,
  IntType,
  Linkage,
  Member,
  Parameter,
  PointerType,
  QualifierType,
  StructType,
  Type,
  TypedefType,
  TypeTagType,
  UnionType,
  UnknownType,
  VarSecinfo,
  VarType,
  VoidType,
} from './model/types.ts';

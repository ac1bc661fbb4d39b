/**
 * The public interface of tspahole: load types, look at them, lay them out, print them,
 * relocate BPF objects. What is
 * exported here is stable within a major version; a test pins the list.
 *
 * Every error that is not a programming mistake is a {@link TspaholeError}. Ids, sizes and offsets are
 * numbers; a unit is part of its name, as in `byteSize` and `bitOffset`.
 *
 * @packageDocumentation
 */

export type { BuildBtfOptions, BuiltBtf } from './btf/builder/build.ts';
export type { EnumeratorSpec } from './btf/builder/words.ts';
// BTF: bytes to types and back, and the checks that the kernel makes.
export {
  BtfBuilder,
  type BtfBuilderOptions,
  type EnumOptions,
  type MemberSpec,
  type TagOptions,
} from './btf/builder.ts';
export { type DecodeBtfOptions, decodeBtf } from './btf/decode.ts';
export { type Difference, explainDuplicates } from './btf/dedup/explain.ts';
export { Deduplicator, type DedupResult, dedup, UnclearRepeats } from './btf/dedup.ts';
export { type DistilledBtf, distill } from './btf/distill.ts';
export { type EncodeBtfOptions, encodeBtf } from './btf/encode.ts';
export {
  type BtfExt,
  type CoreRelocation,
  decodeBtfExt,
  type ExtSection,
  type FuncInfo,
  type LineInfo,
} from './btf/ext.ts';
export { isBtf } from './btf/header.ts';
export { type KernelFeatures, kernelFeatures } from './btf/kernel-features.ts';
export { relocate } from './btf/relocate.ts';
export { sanitizeFor } from './btf/sanitize.ts';
export {
  type BtfProblem,
  type BtfProblemCode,
  formatProblem,
  type VerifyBtfOptions,
  verifyBtf,
} from './btf/verify.ts';
// CO-RE: BPF objects relocated for a kernel.
export { type Accessor, type AccessSpec, accessPath, formatAccess, parseAccess } from './core/access.ts';
export { relocatedFile } from './core/apply.ts';
export { completeTypes } from './core/complete.ts';
export { type Found, findAccess } from './core/find.ts';
export { type Code, POISON_CALL } from './core/insn.ts';
export { CORE_KIND_NAMES, CoreKind } from './core/kinds.ts';
export { minimize } from './core/minimize.ts';
export { essentialName } from './core/names.ts';
export {
  type BpfFunction,
  type BpfObject,
  lineFinder,
  type ObjectRelocation,
  readBpfObject,
} from './core/object.ts';
export { patchInsn, poisonInsn } from './core/patch.ts';
export { reachFinder } from './core/reach.ts';
export {
  type RelocateCodeOptions,
  type RelocatedCode,
  type RelocatedObject,
  relocateCode,
  relocateObject,
} from './core/relocate.ts';
export {
  type CoreFailure,
  type CoreMode,
  type CoreOutcome,
  type CorePoison,
  type CoreResolution,
  type CoreValue,
  type LoadChange,
  type ResolveOptions,
  resolveRelocations,
  type Trial,
} from './core/resolve.ts';
export { type Candidate, CoreTarget, type NamedTable } from './core/target.ts';
export { type AccessValue, accessValue } from './core/value.ts';
// ELF files: sections, symbols, relocations, notes.
export { type ElfFile, parseElf } from './elf/file.ts';
export {
  type ElfFormat,
  type ElfHeader,
  type HeaderTable,
  isElf,
  type ProgramHeader,
  type SectionHeader,
} from './elf/header.ts';
export type { ElfNote } from './elf/note.ts';
export type { RelocationTable } from './elf/relocation.ts';
export type { ElfSection } from './elf/section.ts';
export { type ByteSource, type FileSource, memorySource, openFileSource } from './elf/source.ts';
export type { ElfSymbol, SymbolTable } from './elf/symbol.ts';
// Text, as pahole prints it.
export { PaholeEmitter, type PaholeOptions } from './emit/pahole.ts';
export type { Sink } from './emit/printer.ts';
export { NO_QUIRKS, PAHOLE_QUIRKS, type Quirks } from './emit/quirks.ts';
// BTF from DWARF.
export { type EncodeOptions, type EncodeUnit, encode } from './encode/encode.ts';
export {
  addFeatures,
  DEFAULT_FEATURES,
  type EncodeFeatures,
  type FeatureList,
  NO_FEATURES,
} from './encode/features.ts';
export { type EncodedFile, type EncodeFileOptions, encodeFile } from './encode-file.ts';
// Layout: what lies where.
export type {
  BitHole,
  BitPadding,
  CachelineBoundary,
  Hole,
  LayoutItem,
  MemberItem,
  Padding,
} from './layout/layout-items.ts';
export { type Layout, type LayoutSummary, layoutOf } from './layout/layout-of.ts';
export { Layouts, type LayoutsOptions } from './layout/layouts.ts';
export { type MemberPath, type PathSegment, resolveMemberPath } from './layout/member-path.ts';
// Loading: from a path to types.
export {
  type LoadOptions,
  load,
  loadSync,
  type TypeFormat,
  type TypeSource,
  type TypeUnit,
} from './load.ts';
// Types by id, and how they refer to one another.
export type { Endian } from './model/bytes.ts';
export { type ErrorCode, type ErrorPlace, TspaholeError } from './model/errors.ts';
export { KIND_MISSING, Kind } from './model/kinds.ts';
export { findTypeByQualifiedName, qualifiedName } from './model/qualified.ts';
export { findTypeByName } from './model/queries.ts';
export { StringTable } from './model/strings.ts';
export { type TypeId, TypeTable, type TypeTableParts } from './model/table.ts';
export { forEachTypeRef, skipQualifiers, typeRefs, underlyingType, walkTypes } from './model/traverse.ts';
// Types as readonly objects.
export type {
  ArrayType,
  CompositeType,
  DatasecType,
  DeclTagType,
  DerivedType,
  Enumerator,
  EnumType,
  FloatType,
  ForwardType,
  FuncProtoType,
  FuncType,
  IntType,
  Linkage,
  Member,
  MemberPointerType,
  NamedType,
  Parameter,
  PointerType,
  QualifierType,
  ReferenceType,
  SizedType,
  StructType,
  Type,
  TypedefType,
  TypeTagType,
  UnionType,
  UnknownType,
  VariantPartType,
  VarSecinfo,
  VarType,
  VoidType,
} from './model/types.ts';
export { RUNNING_KERNEL_BTF } from './native/map.ts';

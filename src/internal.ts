/** What the command line uses beyond the public interface. Not stable. */

export { fileState, requireUnchanged } from './elf/file-state.ts';
export {
  buildIdInNotes,
  identityOfFile,
  type KernelIdentity,
  RUNNING_KERNEL_NOTES,
} from './elf/kernel-identity.ts';
export { replaceFile, replaceFileBy } from './elf/replace-file.ts';
export { findRunningVmlinux } from './elf/running-kernel.ts';
export { updateSections } from './elf/writer.ts';
export { TypeEmission } from './emit/emission.ts';
export { EmissionMemory } from './emit/emission-memory.ts';
export { NO_EMISSION_QUIRKS, PAHOLE_EMISSION_QUIRKS } from './emit/emission-quirks.ts';
export { FunctionEmitter } from './emit/function.ts';
export { countOutline, type OutlineCounts, putOutline } from './emit/function-outline.ts';
export { type FunctionQuirks, NO_FUNCTION_QUIRKS, PFUNCT_QUIRKS } from './emit/function-quirks.ts';
export { writeBpftoolHeader } from './emit/header/bpftool-header.ts';
export { asCTypes } from './emit/header/c-types.ts';
export { type HeaderOptions, writeHeader } from './emit/header/header.ts';
export type { HeaderSink } from './emit/header/module.ts';
export {
  externFunctions,
  globPattern,
  isPattern,
  typesNamed,
  typesUsedBy,
} from './emit/header/select.ts';
export { alignmentTags } from './emit/header/stated-alignments.ts';
export { JsonDocument } from './emit/json/document.ts';
export { type JsonKind, jsonKind, jsonType } from './emit/json/type.ts';
export { PlainListing } from './emit/plain-listing.ts';
export { RawJson } from './emit/raw/json.ts';
export { rawKindName, writeRawType } from './emit/raw/raw.ts';
export { RawText } from './emit/raw/text.ts';
export { diffText, movesText, putReorganized, putSteps, reorganizationData } from './emit/reorganize.ts';
export { movedStructOf, putReorganizedAsPahole } from './emit/reorganize-compat.ts';
export { SeenComposites } from './emit/same-composite.ts';
export { type SortEntry, sortAsPahole } from './emit/sort.ts';
export { SortedTypes } from './emit/sorted-types.ts';
export { sourcePatch } from './emit/source-patch.ts';
export { paholeMemberCount } from './emit/statics-of-union.ts';
export { FEATURE_NAMES, INITIAL_FEATURES } from './encode/features.ts';
export { systemCachelineSize } from './layout/cacheline.ts';
export { passesAll, typeFilter } from './layout/filter.ts';
export { emptyWaste } from './layout/placement.ts';
export { type Reorganization, reorganize, smallestSize } from './layout/reorganize.ts';
export { countMoves } from './layout/reorganize-arrangement.ts';
export { reorganizeAsPahole } from './layout/reorganize-compat.ts';
export { StructModels } from './layout/reorganize-model.ts';
export { reorganizeNested, smallestNestedSize } from './layout/reorganize-nested.ts';
export { conflictOf, type NamedRule, resolveRules } from './layout/reorganize-rules.ts';
export { withWordSize } from './layout/word-size.ts';
export { paholeWordSize } from './layout/word-size-compat.ts';
export { loadEntryPlaces } from './load/entry-places.ts';
export { openPacked } from './load/packed.ts';
export { emptyTable } from './model/empty-table.ts';
export { FunctionFlag, type FunctionRows, OutlineCode, type OutlineRow } from './model/functions.ts';
export { spellingsOf } from './model/qualified.ts';
export {
  compositeIds,
  findFunctions,
  findTypeWhere,
  firstTypedefs,
} from './model/queries.ts';
export { tableChain } from './model/table.ts';
export { askKernel } from './native/bpf.ts';
export { eraseAtInterrupt } from './native/interrupt.ts';
export { leaveAtOnce } from './native/map.ts';
export {
  type Architecture,
  architectureOfMachine,
  findArchitecture,
} from './probe/architectures.ts';
export type { Definition, PlainLine } from './probe/definition.ts';
export { entryWarnings } from './probe/entry-warnings.ts';
export { type ExpandOptions, expandDefinition } from './probe/expand.ts';
export { tracefsFile, tracefsLine, tracefsRemoval } from './probe/format-tracefs.ts';
export { doesWithoutTracefs, formatProbes, PROBE_FORMATS, type ProbeFormat } from './probe/formats.ts';
export { listFunctions, variantBase } from './probe/functions.ts';
export { parseDefinition, splitDefinitions } from './probe/parse-definition.ts';
export type { Probe } from './probe/probe.ts';
export { ANY_TARGET, NO_TRACEFS, type Target, targetOfReadme, targetOfVersion } from './probe/targets.ts';
export { addressOfFunction, fileOffsetOf } from './probe/uprobe.ts';
export type { Warning } from './probe/warning.ts';
export { type KernelLists, listWarnings } from './probe/warnings.ts';
export { listQuickly } from './quick-listing.ts';

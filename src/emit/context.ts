/**
 * What the functions that print a type share: the table, the layouts, the printer, the user's
 * options, and the settings that change from one nesting level to the next.
 */

import type { Layouts } from '../layout/layouts.ts';
import { emptyWaste, type Waste } from '../layout/placement.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import type { CompiledText } from './compiled-text.ts';
import { Printer, type Sink } from './printer.ts';
import { NO_QUIRKS, type Quirks, withoutBtfQuirks } from './quirks.ts';
import { clearTally, newTally, type Tally } from './tally.ts';
import { TypeTexts } from './type-texts.ts';

/** How types are printed. Every option is off unless it is given. */
export interface PaholeOptions {
  /** Print the members of struct, union, enum and typedef members in place. */
  readonly expandTypes?: boolean | undefined;
  /** Print the members of what pointer members point to in place. */
  readonly expandPointers?: boolean | undefined;
  /** Offsets, sizes and enumerator values in hexadecimal. */
  readonly hex?: boolean | undefined;
  /** Leave out statistics, comments and offsets. */
  readonly quiet?: boolean | undefined;
  /** Offsets in expanded types count from the start of the inner type. */
  readonly relativeOffsets?: boolean | undefined;
  /** Print several dimensions as their product. */
  readonly flatArrays?: boolean | undefined;
  readonly suppressAligned?: boolean | undefined;
  readonly suppressPacked?: boolean | undefined;
  /** Add a line that names the first member of the largest base type. */
  readonly showFirstBiggest?: boolean | undefined;
  /** Print `struct` where the source says `class`. */
  readonly classesAsStructs?: boolean | undefined;
  /** Leave out the bitfields that make a padding explicit, which only DWARF leads to. */
  readonly suppressForcePaddings?: boolean | undefined;
  /** Leave out types, methods and static members that are declared in a type. */
  readonly onlyDataMembers?: boolean | undefined;
  /** Name of the unit, to be printed with the declaration's place before each type. */
  readonly usedAt?: string | undefined;
  /** Rules in which to print as pahole 1.31 does though it is wrong. Default: none. */
  readonly quirks?: Quirks | undefined;
}

/** In place of a name offset: no name, not even an empty one. */
export const NO_NAME = -1;

/**
 * Members and parameters that one top-level type may expand to before the printer stops. Ends types
 * whose expansion is exponential; the largest of a kernel has some 10,000.
 */
export const MAX_EXPANDED_MEMBERS = 30_000;

/** Width of the name column in a struct, and in a union. */
export const NAME_SPACING = 23;
export const UNION_NAME_SPACING = 21;

/** Characters of one top-level type, and of the text of one type within it: real code has thousands. */
export const MAX_PENDING: number = 1 << 25;
export const MAX_TYPE_TEXT: number = 1 << 15;

/** Inline types within one another that are printed. Real code stays below 20. */
export const MAX_NESTING = 64;

/** Parameter lists within one another that are printed. Real code stays below 5. */
export const MAX_PARAMETER_NESTING = 16;

/** Parameters of functions that are themselves parameters, in one top-level type. Real code has some tens. */
export const MAX_NESTED_PARAMETERS = 2_000;

export class EmitContext {
  readonly table: TypeTable;
  readonly layouts: Layouts;
  readonly out: Printer;
  readonly quirks: Quirks;

  readonly expandTypes: boolean;
  readonly expandPointers: boolean;
  readonly hex: boolean;
  readonly comments: boolean;
  readonly flatArrays: boolean;
  readonly suppressAligned: boolean;
  readonly suppressPacked: boolean;
  readonly suppressForcePaddings: boolean;
  readonly classesAsStructs: boolean;
  readonly onlyDataMembers: boolean;
  readonly usedAt: string | undefined;
  readonly showFirstBiggest: boolean;
  readonly cachelineSize: number;
  /** Texts of the types of members. */
  readonly texts: TypeTexts;
  /** By type id, whether members of the type need a remark: see remarks.ts. */
  readonly notes: Uint8Array;
  /** Scratch for what a type wastes. */
  readonly waste: Waste = emptyWaste();
  /** Whether members may be printed from their types' remembered texts. */
  readonly usesTexts: boolean;

  /** Width of the type column and of the name column. */
  typeSpacing = 0;
  nameSpacing = 0;
  indent = 0;
  /** Word before the keyword of a top-level aggregate. */
  prefix = '';
  /** Name that follows the closing brace: an offset of the string table, or NO_NAME. */
  suffix: number = NO_NAME;
  /** Stars before the suffix. */
  suffixStars = '';
  /** Stars before the next name, when a pointer's target is printed in its place. */
  stars = '';
  emitStats = true;
  offsets = true;
  relativeOffsets = false;
  /** Offset of the aggregate being printed from the start of the top-level one, in bytes. */
  baseOffset = 0;
  isLastMember = false;
  isFirstMember = false;
  isInUnion = false;
  /** What the member that is printed next is. */
  memberRole: 'data' | 'base' | 'static' = 'data';
  /** The value of that static member. */
  staticValue: bigint | undefined;
  /** Offset from which on a member lies in a cacheline that has not been announced. */
  nextBoundary = 0;
  /** Members printed since the top-level type began. */
  expandedMembers = 0;
  /** Depth of type texts within one another. */
  textDepth = 0;
  /** Depth of parameter lists, and parameters in lists within lists. */
  parameterNesting = 0;
  nestedParameters = 0;
  /** Whether parameters show their names. */
  parameterNames = true;
  /** What stands between the parameters of the next list. */
  parameterSeparator = ', ';
  /** How types are written so that a compiler gives them their layout; undefined where the text is for readers. */
  compiled: CompiledText | undefined;
  /** Words before parameters: by prototype, then by index. */
  parameterWords: ReadonlyMap<TypeId, readonly string[]> | undefined;
  /** Depth of inline types. */
  nesting = 0;
  /** How often each type is being expanded through pointers; made when first needed. */
  expanding: Map<number, number> = new Map();

  readonly #relativeOffsets: boolean;
  readonly #quiet: boolean;
  readonly #tallies: Tally[] = [];

  constructor(layouts: Layouts, options: PaholeOptions, sink?: Sink) {
    this.table = layouts.table;
    this.layouts = layouts;
    this.out = new Printer(layouts.table.strings, sink);
    const quirks = options.quirks ?? NO_QUIRKS;
    this.quirks = layouts.table.side === undefined ? quirks : withoutBtfQuirks(quirks);
    this.expandTypes = options.expandTypes ?? false;
    this.expandPointers = options.expandPointers ?? false;
    this.hex = options.hex ?? false;
    this.#quiet = options.quiet ?? false;
    this.comments = !this.#quiet;
    this.flatArrays = options.flatArrays ?? false;
    this.suppressAligned = options.suppressAligned ?? false;
    this.suppressPacked = options.suppressPacked ?? false;
    this.suppressForcePaddings = options.suppressForcePaddings ?? false;
    this.classesAsStructs = options.classesAsStructs ?? false;
    this.onlyDataMembers = options.onlyDataMembers ?? false;
    this.usedAt = options.usedAt;
    this.showFirstBiggest = options.showFirstBiggest ?? false;
    this.cachelineSize = layouts.cachelineSize;
    this.#relativeOffsets = options.relativeOffsets ?? false;
    this.texts = new TypeTexts(layouts.table.end);
    this.notes = new Uint8Array(layouts.table.end);
    this.usesTexts = !this.#quiet && !this.hex && !this.expandTypes && !this.expandPointers;
  }

  /** Sets what changes with nesting to its state before a top-level type. */
  beginTopLevel(isUnion: boolean): void {
    this.typeSpacing = 26;
    this.nameSpacing = this.expandTypes ? 55 : isUnion ? UNION_NAME_SPACING : NAME_SPACING;
    this.indent = 0;
    this.emitStats = !this.#quiet;
    this.offsets = !this.#quiet;
    this.relativeOffsets = this.#relativeOffsets;
    this.baseOffset = 0;
    this.isLastMember = false;
    this.isFirstMember = false;
    this.isInUnion = false;
    this.nextBoundary = this.cachelineSize;
    this.expandedMembers = 0;
    this.nesting = 0;
    this.textDepth = 0;
    this.parameterNesting = 0;
    this.nestedParameters = 0;
    this.prefix = '';
    this.suffix = NO_NAME;
    this.suffixStars = '';
    this.stars = '';
    if (this.expanding.size > 0) this.expanding.clear();
  }

  /** An empty tally for the present nesting level. */
  beginTally(): Tally {
    let tally = this.#tallies[this.nesting];
    if (tally === undefined) {
      tally = newTally();
      this.#tallies[this.nesting] = tally;
    } else clearTally(tally);
    return tally;
  }
}

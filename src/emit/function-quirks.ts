/** Where pfunct 1.31 is wrong about functions: one flag per rule, as in quirks.ts and with its meaning. */

export interface FunctionQuirks {
  /** The definition of what is declared elsewhere, such as a method, returns void. */
  readonly lostResults: boolean;
  /** Linkage names are shown only as compilers stated them before DWARF 4. */
  readonly lostLinkageNames: boolean;
  /** Tags on a parameter are shown for all functions that share the prototype. */
  readonly sharedTags: boolean;
  /** The body of an inline function is listed beside the function, and has no place in `-A`, `-f` and `-a`. */
  readonly separateInstances: boolean;
  /** The first entry of a name stands for it, though it be a declaration. */
  readonly firstEntries: boolean;
  /** BTF is listed only with `-F btf`, and then unfiltered; filters have no effect on `-A`. */
  readonly unfiltered: boolean;
  /** `-c` finds pointers to the struct and not those to a const struct, once per unit. */
  readonly plainPointers: boolean;
  /** Only what lies outside of nested blocks is counted. */
  readonly outerCounts: boolean;
  /** Code in several ranges has neither address nor size. */
  readonly singleRanges: boolean;
  /** With `-b`, `-f` goes on with all functions of the unit, and `-A` leaves the types out. */
  readonly looseExpansion: boolean;
  /** Stubs return nothing where the result is a number, an enum, a struct or a union. */
  readonly emptyStubs: boolean;
}

/** All rules off. */
export const NO_FUNCTION_QUIRKS: FunctionQuirks = {
  lostResults: false,
  lostLinkageNames: false,
  sharedTags: false,
  separateInstances: false,
  firstEntries: false,
  unfiltered: false,
  plainPointers: false,
  outerCounts: false,
  singleRanges: false,
  looseExpansion: false,
  emptyStubs: false,
};

/** All rules on: the text of pfunct 1.31. */
export const PFUNCT_QUIRKS: FunctionQuirks = {
  lostResults: true,
  lostLinkageNames: true,
  sharedTags: true,
  separateInstances: true,
  firstEntries: true,
  unfiltered: true,
  plainPointers: true,
  outerCounts: true,
  singleRanges: true,
  looseExpansion: true,
  emptyStubs: true,
};

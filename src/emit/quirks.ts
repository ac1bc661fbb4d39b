/**
 * Where pahole 1.31 prints something wrong. Each rule is one flag: off, the text is right; on, it is
 * the peer's, quirk for quirk. docs/compat.md has an entry for each, by the same name.
 */

export interface Quirks {
  /** FLOAT types are called `single double`. */
  readonly floatPrefix: boolean;
  /** Dimensions of nested arrays are printed from the innermost to the outermost. */
  readonly reversedDimensions: boolean;
  /** `const struct S x` loses its name and prints statistics when it is expanded. */
  readonly expandedConst: boolean;
  /**
   * Arrays of and pointers to function pointers, pointers to arrays, qualified pointers: dimensions
   * are lost or misplaced, and the qualifier lands on the wrong type. Structs without a name behind these, and behind
   * pointers in typedefs, lose their members.
   */
  readonly declarators: boolean;
  /** A function type as parameter is called `inline`; `(...)` becomes `(void)`. */
  readonly parameters: boolean;
  /** Type names are cut after 127 bytes (511 in a typedef). */
  readonly nameLimit: boolean;
  /** Counts of holes wrap at 256, paddings at 65536, sizes above 2 GiB are negative. */
  readonly narrowCounters: boolean;
  /** A struct is packed only if a type printed before it showed that it is. */
  readonly printOrderPacked: boolean;
  /** 8-byte enums are called packed. */
  readonly enumPacked: boolean;
  /** A type that is declared in another gets the name that follows the other's closing brace. */
  readonly nestedSuffix: boolean;
  /** What is no declaration is printed among those of a class; a class that is declared only has a body. */
  readonly nestedTypes: boolean;
  /** A typedef of a class is written as one of a struct. */
  readonly typedefKeyword: boolean;
  /** Static members are data members at offset 0 in DWARF 4, and `extern` variables without value in DWARF 5. */
  readonly staticMembers: boolean;
  /** Members without an accessibility of their own seem to have that of the member before. */
  readonly accessibility: boolean;
  /** A virtual base lies at offset 4294967295, and its space is padding. */
  readonly virtualBases: boolean;
  /** Linkage names are read in DWARF 2 and 3 only. */
  readonly linkageNames: boolean;
  /** An enum with negative values that does not say that it is signed is printed as unsigned. */
  readonly guessedSign: boolean;
  /** File number 0 has no name. */
  readonly declFileZero: boolean;
  /** Bitfields in BTF without the kind flag are printed as whole ints. */
  readonly legacyBitfields: boolean;
}

/** All rules off: right text. */
export const NO_QUIRKS: Quirks = {
  floatPrefix: false,
  reversedDimensions: false,
  expandedConst: false,
  declarators: false,
  parameters: false,
  nameLimit: false,
  narrowCounters: false,
  printOrderPacked: false,
  enumPacked: false,
  nestedSuffix: false,
  nestedTypes: false,
  staticMembers: false,
  accessibility: false,
  virtualBases: false,
  linkageNames: false,
  guessedSign: false,
  typedefKeyword: false,
  declFileZero: false,
  legacyBitfields: false,
};

/** All rules on: the text of pahole 1.31. */
export const PAHOLE_QUIRKS: Quirks = {
  floatPrefix: true,
  reversedDimensions: true,
  expandedConst: true,
  declarators: true,
  parameters: true,
  nameLimit: true,
  narrowCounters: true,
  printOrderPacked: true,
  enumPacked: true,
  nestedSuffix: true,
  nestedTypes: true,
  staticMembers: true,
  accessibility: true,
  virtualBases: true,
  linkageNames: true,
  guessedSign: true,
  typedefKeyword: true,
  declFileZero: true,
  legacyBitfields: true,
};

/** The same rules for types read from DWARF: without those that come from how pahole reads BTF. */
export function withoutBtfQuirks(quirks: Quirks): Quirks {
  return { ...quirks, floatPrefix: false, reversedDimensions: false, legacyBitfields: false };
}

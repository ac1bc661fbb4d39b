/** Where pahole 1.31 is wrong about the types that it prints before others: as in quirks.ts, with its meaning. */

export interface EmissionQuirks {
  /** A type of a parameter or a result is printed again in each unit, and a typedef of a result twice. */
  readonly repeatedTypes: boolean;
  /** An empty line follows where a struct or union is needed, though nothing was printed for it. */
  readonly emptyLines: boolean;
  /** What a typedef needs is not looked for behind qualifiers and most pointers. */
  readonly plainTypedefs: boolean;
  /** Nothing is looked for behind `restrict`, type tags and pointers to arrays, or for C++ classes. */
  readonly plainNeeds: boolean;
  /** What is only declared is printed as an empty definition, and keeps the real one from being printed. */
  readonly hollowTypes: boolean;
  /** `struct name;` is printed again in each unit once the struct has been defined. */
  readonly forgottenForwards: boolean;
  /** Types are printed as in a listing, though a compiler gives some of them another layout then. */
  readonly plainLayouts: boolean;
  /** The compiler's own type `__builtin_va_list` is defined. */
  readonly builtinVaList: boolean;
  /** What a base type called `atomic_...` stands for is guessed from that name alone. */
  readonly guessedAtomics: boolean;
}

/** All rules off. */
export const NO_EMISSION_QUIRKS: EmissionQuirks = {
  repeatedTypes: false,
  emptyLines: false,
  plainTypedefs: false,
  plainNeeds: false,
  hollowTypes: false,
  forgottenForwards: false,
  plainLayouts: false,
  builtinVaList: false,
  guessedAtomics: false,
};

/** All rules on: the text of pahole and pfunct 1.31. */
export const PAHOLE_EMISSION_QUIRKS: EmissionQuirks = {
  repeatedTypes: true,
  emptyLines: true,
  plainTypedefs: true,
  plainNeeds: true,
  hollowTypes: true,
  forgottenForwards: true,
  plainLayouts: true,
  builtinVaList: true,
  guessedAtomics: true,
};

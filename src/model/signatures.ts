/**
 * Functions and variables of a unit as an encoding of BTF needs them: rows of different lengths in the columns
 * `signatures` and `variables` of {@link SideColumnArrays}. Which word is what, src/dwarf/native/unit.h says.
 */

/** Bits of {@link Signature.flags}. */
export const SignatureFlag = {
  /** A parameter, or the place where it is, is optimized away. */
  Optimized: 1,
  /** A parameter is in another register than the calling convention says. */
  Misplaced: 2,
  /** The parameters of an instance have another order. */
  Reordered: 4,
  /** The compiler says that it changed the signature. */
  Changed: 8,
} as const;

/** Words of each parameter: name, name of the one member that is passed instead, type id. */
export const SIGNATURE_PARAMETER_WORDS = 3;
/** Words of each tag: value (a name), and the index of the parameter that it is of. */
export const SIGNATURE_TAG_WORDS = 2;

/** A row of `signatures`. Names are offsets; what is behind `parameters` and `tags` are indexes into `words`. */
export interface Signature {
  readonly words: Uint32Array;
  readonly name: number;
  /** Address of the first instruction, in two words; 0 where there is no code. */
  readonly addressLow: number;
  readonly addressHigh: number;
  /** {@link SignatureFlag}s. */
  readonly flags: number;
  readonly resultType: number;
  readonly parameters: number;
  /** The variable arguments count as a parameter without name and type. */
  readonly parameterCount: number;
  readonly tags: number;
  readonly tagCount: number;
  /** Structs that are passed by value behind the parameters in registers. */
  readonly stackStructs: readonly number[];
}

/** The functions that are defined in a unit, or of which it has instances. */
export function* signaturesIn(words: Uint32Array): Generator<Signature> {
  const at = (index: number): number => words[index] ?? 0;
  for (let row = 0; row < words.length; ) {
    const parameters = row + 8;
    const tags = parameters + SIGNATURE_PARAMETER_WORDS * at(row + 5);
    const structs = tags + SIGNATURE_TAG_WORDS * at(row + 6);
    const end = structs + at(row + 7);
    yield {
      words,
      name: at(row),
      addressLow: at(row + 1),
      addressHigh: at(row + 2),
      flags: at(row + 3),
      resultType: at(row + 4),
      parameters,
      parameterCount: at(row + 5),
      tags,
      tagCount: at(row + 6),
      stackStructs: structs === end ? NONE : Array.from(words.subarray(structs, end)),
    };
    row = end;
  }
}

const NONE: readonly number[] = [];

/** A row of `variables`: one that has an address in a section. */
export interface StaticVariable {
  /** Name offset; 0 without a name. */
  readonly name: number;
  /** Number of the section in its file. */
  readonly section: number;
  /** In bytes from the start of the section. */
  readonly offset: number;
  readonly typeId: number;
  readonly isExternal: boolean;
  /** Name offsets of the values of its tags. */
  readonly tags: readonly number[];
}

/** The variables at the top of a unit. */
export function* variablesIn(words: Uint32Array): Generator<StaticVariable> {
  const at = (index: number): number => words[index] ?? 0;
  for (let row = 0; row < words.length; ) {
    const tags = row + 7;
    const end = tags + at(row + 6);
    yield {
      name: at(row),
      section: at(row + 1),
      offset: at(row + 2) + at(row + 3) * 2 ** 32,
      typeId: at(row + 4),
      isExternal: at(row + 5) !== 0,
      tags: Array.from(words.subarray(tags, end)),
    };
    row = end;
  }
}

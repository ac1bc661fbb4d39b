/** Where the parameters of a function are when its first instruction runs, as debugging information says. */

/** The place of a parameter. */
export interface EntryParameter {
  /** Empty where it has none. */
  readonly name: string;
  /**
   * `absent`: nowhere; `constant`: it is always the same, and not passed; `register`: in the register `number` of DWARF;
   * `memory`: where that register points to; `frame`: `number` bytes from the canonical frame address; `other`: there is
   * no short way to say it.
   */
  readonly kind: 'absent' | 'constant' | 'register' | 'memory' | 'frame' | 'other';
  readonly number: number;
}

/** A function with code of its own. */
export interface EntryFunction {
  readonly address: bigint;
  readonly parameters: readonly EntryParameter[];
}

/** What is said of the functions of a name. */
export interface EntryPlaces {
  readonly functions: readonly EntryFunction[];
  /** Whether there is such a function, be it that all of its calls are inlined. */
  readonly isKnown: boolean;
}

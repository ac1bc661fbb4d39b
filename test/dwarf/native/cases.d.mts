/** A small program, for fuzz/dwarf-corpus.ts; what the test needs besides is not said here. */
export interface SmallProgram {
  readonly name: string;
  readonly language: 'c' | 'c++';
  readonly source: string;
}

export const PROGRAMS: readonly SmallProgram[];

/** A probe definition as it was written: the values that the parsers make and the expander reads. */

/** What a probe hangs on; in tracefs a letter: `p`/`r`, `f`, `t`, `e`, and `p`/`r` with a path. */
export type ProbeKind = 'kprobe' | 'fprobe' | 'tracepoint' | 'eprobe' | 'uprobe';

/** Where a probe stands. */
export type ProbePlace =
  | {
      readonly kind: 'symbol';
      readonly module: string | undefined;
      readonly symbol: string;
      readonly offset: number;
    }
  | { readonly kind: 'address'; readonly address: string }
  /** `offset` is a number of bytes in the file; `symbol` what it was written as, where that was a name. */
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly offset: string;
      readonly symbol: string | undefined;
      readonly referenceCounter: string;
    }
  | { readonly kind: 'event'; readonly system: string; readonly event: string };

/** One line of a definition, its arguments read. */
export interface Definition {
  /** The words as written, joined by single blanks. */
  readonly text: string;
  readonly kind: ProbeKind;
  /** Whether it fires when the function returns. */
  readonly isReturn: boolean;
  /** Digits behind `r`: how many calls are followed at a time. */
  readonly maxActive: number | undefined;
  readonly group: string | undefined;
  readonly event: string | undefined;
  readonly place: ProbePlace;
  readonly args: readonly Argument[];
  /** What follows `if` in an event probe. */
  readonly filter: string | undefined;
}

/** A line that names no arguments of functions: synthetic events and deletions. */
export interface PlainLine {
  readonly kind: 'plain';
  readonly text: string;
}

/** `[NAME=]FETCH[:TYPE]`. */
export interface Argument {
  readonly text: string;
  readonly name: string | undefined;
  readonly fetch: Fetch;
  /** `FETCH` as written. */
  readonly body: string;
  readonly type: FetchType | undefined;
}

/** A type behind the colon. */
export interface FetchType {
  readonly text: string;
  /** Without the number of elements. */
  readonly name: string;
  readonly bits: { readonly width: number; readonly shift: number; readonly container: number } | undefined;
  readonly count: number | undefined;
}

/** One step of a path. */
export type Step =
  | { readonly kind: 'arrow' | 'dot'; readonly name: string }
  | { readonly kind: 'element'; readonly index: number };

/** What an argument fetches. */
export type Fetch =
  /** `$arg*` and its synonyms. */
  | { readonly kind: 'all' }
  | { readonly kind: 'register'; readonly name: string }
  | { readonly kind: 'argument'; readonly index: number }
  | { readonly kind: 'retval' }
  | { readonly kind: 'stack'; readonly index: number | undefined }
  | { readonly kind: 'comm' }
  | { readonly kind: 'current' }
  /** `@ADDR`, `@SYM+OFF`, `@+FILEOFF`. */
  | { readonly kind: 'memory'; readonly form: 'address' | 'symbol' | 'file'; readonly text: string }
  | { readonly kind: 'immediate'; readonly text: string; readonly isString: boolean }
  | { readonly kind: 'dereference'; readonly offset: string; readonly user: boolean; readonly inner: Fetch }
  /** A bare name: of a parameter, for an event probe of a field. */
  | { readonly kind: 'name'; readonly name: string }
  /** `$NAME` of an event probe. */
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'path'; readonly base: Fetch; readonly steps: readonly Step[]; readonly user: boolean }
  /** `(STRUCT)X`, and `(STRUCT,MEMBER)X` for the structure that holds the member X points to. */
  | {
      readonly kind: 'cast';
      readonly struct: string;
      readonly member: string | undefined;
      readonly inner: Fetch;
    }
  | { readonly kind: 'perCpu'; readonly text: string };

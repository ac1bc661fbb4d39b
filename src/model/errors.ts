/**
 * The one error class that leaves this package, and the place in a file that an error names.
 */

/**
 * What went wrong, as a closed list that callers may switch on:
 * - `bad-data`: the input contradicts its format
 * - `not-found`: a file, section, symbol or type that was asked for does not exist
 * - `ambiguous`: more than one thing fits what was asked for
 * - `unsupported`: valid input or a valid request that this version does not handle
 * - `usage`: the caller's options contradict one another or have a wrong form
 * - `io`: the operating system refused a read or a write
 */
export type ErrorCode = 'bad-data' | 'not-found' | 'ambiguous' | 'unsupported' | 'usage' | 'io';

/** Where in the input an error was seen. Parts that are not known are absent. */
export interface ErrorPlace {
  /** Path as the user gave it. */
  readonly file?: string | undefined;
  /** Section or part of the file, e.g. `.BTF` or `ELF header`. */
  readonly section?: string | undefined;
  /** Byte offset from the start of `section`, or of the file without one. */
  readonly offset?: number | undefined;
}

/**
 * Every failure that is not a programming mistake. `message` is one line,
 * `file: .section+0xoffset: what`, with the parts of the place that are known.
 */
export class TspaholeError extends Error {
  override readonly name = 'TspaholeError';
  readonly code: ErrorCode;
  readonly place: ErrorPlace;
  /** The message without the place. */
  readonly what: string;

  constructor(code: ErrorCode, what: string, place: ErrorPlace = {}, cause?: unknown) {
    super(formatPlace(place) + what, cause === undefined ? undefined : { cause });
    this.code = code;
    this.what = what;
    this.place = place;
  }

  /** The same error with the parts of `place` added that it did not know yet. */
  within(place: ErrorPlace): TspaholeError {
    return new TspaholeError(
      this.code,
      this.what,
      {
        file: this.place.file ?? place.file,
        section: this.place.section ?? place.section,
        offset: this.place.offset ?? place.offset,
      },
      this.cause,
    );
  }
}

/** Runs `action` and adds `place` to a {@link TspaholeError} that it throws. */
export function withPlace<T>(place: ErrorPlace, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof TspaholeError ? error.within(place) : error;
  }
}

function formatPlace({ file, section, offset }: ErrorPlace): string {
  const at = offset === undefined ? '' : `+0x${offset.toString(16)}`;
  const where = section === undefined ? at.slice(1) : section + at;
  return [file, where]
    .filter((part) => part !== undefined && part !== '')
    .map((part) => `${part}: `)
    .join('');
}

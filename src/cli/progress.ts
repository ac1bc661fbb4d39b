/**
 * Progress of long work: a bar on the last line of the terminal that standard error is, erased before
 * anything else is written and at the end. For every command that reads DWARF; loaded only by those.
 */

import { fstatSync } from 'node:fs';
import { isatty } from 'node:tty';
import { eraseAtInterrupt } from '../internal.ts';
import { type Output, writeText } from './output.ts';
import type { Streams } from './run.ts';

/** Milliseconds before the bar appears: what is over sooner needs none. */
const DELAY = 500;
/** Milliseconds between two updates. */
const INTERVAL = 100;

const BAR_WIDTH = 20;

/** To the start of the line, and away with it. */
export const ERASE = '\r\x1b[K';

/** What a {@link Progress} draws on and is measured by. */
export interface ProgressOptions {
  /** Milliseconds that only grow. Default: the clock of the process. */
  readonly now?: () => number;
  /** Called with whether the bar is there, when that changes. */
  readonly onShown?: (isShown: boolean) => void;
}

/** Shows how far a piece of work is. Where there is nothing to show it on, every method does nothing. */
export class Progress {
  readonly #terminal: Output | undefined;
  readonly #now: () => number;
  readonly #onShown: (isShown: boolean) => void;
  #drawAt: number;
  #isShown = false;
  #isAtLineStart = true;

  /** Draws on `terminal`; undefined: nowhere. */
  constructor(terminal: Output | undefined, options: ProgressOptions = {}) {
    this.#terminal = terminal;
    this.#now = options.now ?? (() => performance.now());
    this.#onShown = options.onShown ?? (() => {});
    this.#drawAt = this.#now() + DELAY;
  }

  /** Says that `done` of `total` units are done; cheap enough to be called for each. */
  readonly update = (done: number, total: number): void => {
    if (this.#terminal === undefined || !this.#isAtLineStart) return;
    const now = this.#now();
    if (now < this.#drawAt) return;
    this.#drawAt = now + INTERVAL;
    if (!this.#isShown) this.#onShown(true);
    this.#isShown = true;
    writeText(this.#terminal, `\r${formatProgress(done, total)}\x1b[K`);
  };

  /** Takes the bar away; a later update brings it back. */
  erase(): void {
    if (!this.#isShown || this.#terminal === undefined) return;
    this.#isShown = false;
    writeText(this.#terminal, ERASE);
    this.#onShown(false);
  }

  /**
   * An output that erases the bar before each write. While a line of it is unfinished there is no bar; with
   * `isLast`, there is none any more behind the first write.
   */
  guard(output: Output, { isLast = false }: { readonly isLast?: boolean } = {}): Output {
    return {
      write: (bytes) => {
        this.erase();
        output.write(bytes);
        if (isLast) this.#drawAt = Number.POSITIVE_INFINITY;
        if (bytes.length > 0) this.#isAtLineStart = bytes.at(-1) === NEWLINE;
      },
    };
  }
}

const NEWLINE = 0x0a;

/** One line of at most 50 columns, so that it does not wrap on terminals that people use. */
export function formatProgress(done: number, total: number): string {
  const filled = total > 0 ? Math.floor((BAR_WIDTH * Math.min(done, total)) / total) : 0;
  return `[${'#'.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}] ${done}/${total} units`;
}

/** What a command works with: its streams, which do not disturb the progress, and the progress. */
export interface StreamsWithProgress {
  readonly streams: Streams;
  readonly progress: Progress;
}

/**
 * Puts a progress beside `streams`: on standard error where that is a terminal that understands escape
 * sequences. An interrupt leaves the terminal clean.
 */
export function withProgress(streams: Streams): StreamsWithProgress {
  const isPossible = isCapable(streams.env.TERM) && isatty(STDERR);
  const progress = new Progress(isPossible ? streams.err : undefined, {
    onShown: (isShown) => eraseAtInterrupt(STDERR, isShown ? ERASE : ''),
  });
  if (!isPossible) return { streams, progress };
  const err = progress.guard(streams.err);
  return { streams: { ...streams, out: guardedOut(streams.out, progress), err }, progress };
}

/** Behind a pipe there may be a pager, which takes the terminal for itself when it gets something to show. */
function guardedOut(out: Output, progress: Progress): Output {
  if (isatty(STDOUT)) return progress.guard(out);
  return isPipe(STDOUT) ? progress.guard(out, { isLast: true }) : out;
}

function isPipe(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFIFO();
  } catch {
    // It is closed; a write will say so.
    return false;
  }
}

const STDOUT = 1;
const STDERR = 2;

function isCapable(term: string | undefined): boolean {
  return term !== undefined && term !== '' && term !== 'dumb';
}

/**
 * Many files on several processors: each of a few processes, started with the same options, takes a share of the
 * files. What is written does not depend on it, since each file is encoded by itself.
 */

import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { ParsedArguments } from '../../argp.ts';

/** With fewer files each, a process takes longer to start, and to prepare the base, than it saves. */
const LEAST_SHARE = 24;

/** The files in as many shares as are worth a process each; `jobs` is the most, by default that of processors. */
export function sharesOf<T>(files: readonly T[], jobs: number = availableParallelism()): T[][] {
  const count = Math.max(1, Math.min(jobs, Math.floor(files.length / LEAST_SHARE)));
  // Neighbours in a list are often of one size.
  return Array.from({ length: count }, (_, share) => files.filter((_file, index) => index % count === share));
}

/** A program, and the words of its command line. */
export interface ChildCommand {
  /** Path of the script that node runs. */
  readonly program: string;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The words that ask for the same of other files, in one process. */
export function wordsFor({ options }: ParsedArguments, files: readonly string[]): string[] {
  const given = options.map(
    ({ option, value }) => `--${option.name}${value === undefined ? '' : `=${value}`}`,
  );
  return [...given, '--jobs=1', '--', ...files];
}

/** Starts a process that prints where this one does, but no progress. Resolves to whether it ended with the exit code 0. */
export function runChild({ program, words, env }: ChildCommand): Promise<boolean> {
  return new Promise((resolve) => {
    const quiet = { ...env, TERM: 'dumb' };
    const child = spawn(process.execPath, [program, ...words], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: quiet,
    });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}

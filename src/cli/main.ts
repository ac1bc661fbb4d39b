/** The bundle's first chunk: runs a command line with this process's output and environment. */

import { leaveAtOnce } from '../internal.ts';
import { descriptorOutput } from './output.ts';
import { run } from './run.ts';

/** Runs the command line `argv` (that of the process: node, program, arguments) and sets the exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  process.exitCode = await run(argv, {
    out: descriptorOutput(1, 'standard output'),
    err: descriptorOutput(2, 'standard error'),
    env: process.env,
  });
}

/** Ends the process, whose exit code is set. All is written by then. */
export function leave(): never {
  leaveAtOnce(Number(process.exitCode ?? 0));
  // Taking the heap apart, which would come next, takes a millisecond.
  process.exit();
}

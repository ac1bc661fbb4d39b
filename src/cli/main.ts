/** The bundle's first chunk: runs a command line with this process's output and environment. */

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

/** Runs the command line in this process, with output that is kept instead of written. */

import { run } from '../../src/cli/run.ts';

export interface CliResult {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly code: number;
}

/** Carries out `tspahole ARGS`. `env` replaces the environment variables, by default by none. */
export async function runCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  // The bytes that an output is given are only valid during the call.
  const keepIn = (chunks: Buffer[]) => ({
    write: (bytes: Uint8Array) => void chunks.push(Buffer.from(bytes)),
  });
  const streams = { out: keepIn(stdout), err: keepIn(stderr), env };
  const code = await run(['node', 'tspahole', ...args], streams);
  return { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString(), code };
}

/** The sub-commands: what pahole does not do. */

import { TspaholeError } from '../../index.ts';
import { writeText } from '../output.ts';
import type { Streams } from '../run.ts';
import { runVersion } from '../version.ts';

/**
 * Runs the sub-command `name` with the words after it. Gives the exit code. Throws `usage` for words that
 * the sub-command does not know.
 */
export function runSubcommand(name: string, args: readonly string[], streams: Streams): number {
  if (name !== 'version') {
    writeText(streams.err, `tspahole: ${name} is not supported in this version\n`);
    return 2;
  }
  const unknown = args.find((word) => word !== '--json');
  if (unknown !== undefined) throw new TspaholeError('usage', `version: unknown argument ${unknown}`);
  return runVersion(args.includes('--json'), streams);
}

/** The sub-commands: what pahole does not do. */

import { type Command, runCommand } from '../command.ts';
import type { Streams } from '../run.ts';

/**
 * Runs the sub-command `name` with the words after it. Gives the exit code. Throws `usage` for words that
 * the sub-command does not know, and what the sub-command throws.
 */
export async function runSubcommand(
  name: string,
  args: readonly string[],
  streams: Streams,
): Promise<number> {
  if (name === 'btf') return (await import('./btf/btf.ts')).runBtf(args, streams);
  if (name === 'core') return (await import('./core/core.ts')).runCore(args, streams);
  const load = COMMANDS[name];
  if (load === undefined) throw new TypeError(`no sub-command ${name}`);
  return runCommand(await load(), args, streams);
}

/** Each in a chunk of its own. */
export const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  functions: async () => (await import('./functions.ts')).functionsCommand,
  header: async () => (await import('./header.ts')).headerCommand,
  probe: async () => (await import('./probe/command.ts')).probeCommand,
  version: async () => (await import('../version.ts')).versionCommand,
};

/** `tspahole core`: the commands that its second word names. */

import type { Streams } from '../../run.ts';
import { type CommandGroup, runGroup } from '../group.ts';

/** Runs `core` with the words after it. Gives the exit code. Throws what the command throws. */
export function runCore(args: readonly string[], streams: Streams): Promise<number> {
  return runGroup('core', CORE_COMMANDS, args, streams);
}

/** By the second word, each in a chunk of its own. */
export const CORE_COMMANDS: CommandGroup = {
  list: async () => (await import('./list.ts')).listCommand,
  check: async () => (await import('./check.ts')).checkCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  apply: async () => (await import('./apply.ts')).applyCommand,
  minimize: async () => (await import('./minimize.ts')).minimizeCommand,
};

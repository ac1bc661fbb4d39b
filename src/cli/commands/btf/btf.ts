/** `tspahole btf`: the commands that its second word names. */

import type { Streams } from '../../run.ts';
import { type CommandGroup, runGroup } from '../group.ts';

/** Runs `btf` with the words after it. Gives the exit code. Throws what the command throws. */
export function runBtf(args: readonly string[], streams: Streams): Promise<number> {
  return runGroup('btf', BTF_COMMANDS, args, streams);
}

/** By the second word, each in a chunk of its own. */
export const BTF_COMMANDS: CommandGroup = {
  dump: async () => (await import('./dump.ts')).dumpCommand,
  verify: async () => (await import('./verify.ts')).verifyCommand,
  dedup: async () => (await import('./dedup.ts')).dedupCommand,
  stat: async () => (await import('./stat.ts')).statCommand,
  distill: async () => (await import('./distill.ts')).distillCommand,
  relocate: async () => (await import('./relocate.ts')).relocateCommand,
  lines: async () => (await import('./lines.ts')).linesCommand,
};

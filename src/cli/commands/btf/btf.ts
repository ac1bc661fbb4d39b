/** `tspahole btf`: the commands that its second word names. */

import { TspaholeError } from '../../../index.ts';
import { type Command, runCommand } from '../../command.ts';
import { writeText } from '../../output.ts';
import type { Streams } from '../../run.ts';

/** Runs `btf` with the words after it. Gives the exit code. Throws what the command throws. */
export async function runBtf(args: readonly string[], streams: Streams): Promise<number> {
  const [word = '', ...rest] = args;
  if (word === '--help' || word === '-h') {
    writeText(streams.out, await overview());
    return 0;
  }
  const load = COMMANDS[word];
  if (load !== undefined) return runCommand(await load(), rest, streams);
  const names = Object.keys(COMMANDS).join(', ');
  throw new TspaholeError('usage', `btf: ${word === '' ? 'which command?' : `no command ${word};`} ${names}`);
}

const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  dump: async () => (await import('./dump.ts')).dumpCommand,
  verify: async () => (await import('./verify.ts')).verifyCommand,
  dedup: async () => (await import('./dedup.ts')).dedupCommand,
  stat: async () => (await import('./stat.ts')).statCommand,
  distill: async () => (await import('./distill.ts')).distillCommand,
  relocate: async () => (await import('./relocate.ts')).relocateCommand,
};

async function overview(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  const lines = commands.map(({ name, synopsis }) => `  tspahole ${name} ${synopsis[0]}\n`);
  return `Usage:\n${lines.join('')}\n\`tspahole btf COMMAND --help\` says more.\n`;
}

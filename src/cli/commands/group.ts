/** Sub-commands of two words: the commands that the second word names. */

import { TspaholeError } from '../../index.ts';
import { type Command, runCommand } from '../command.ts';
import { writeText } from '../output.ts';
import type { Streams } from '../run.ts';

/** The commands by their second word, each in a chunk of its own. */
export type CommandGroup = Readonly<Record<string, () => Promise<Command>>>;

/** Runs a command of a group with the words after `name`. Gives the exit code. Throws what the command throws. */
export async function runGroup(
  name: string,
  group: CommandGroup,
  args: readonly string[],
  streams: Streams,
): Promise<number> {
  const [word = '', ...rest] = args;
  if (word === '--help' || word === '-h') {
    writeText(streams.out, await overview(name, group));
    return 0;
  }
  const load = group[word];
  if (load !== undefined) return runCommand(await load(), rest, streams);
  const names = Object.keys(group).join(', ');
  const problem = word === '' ? 'which command?' : `no command ${word};`;
  throw new TspaholeError('usage', `${name}: ${problem} ${names}`);
}

async function overview(name: string, group: CommandGroup): Promise<string> {
  const commands = await Promise.all(Object.values(group).map((load) => load()));
  const lines = commands.map((command) => `  tspahole ${command.name} ${command.synopsis[0]}\n`);
  return `Usage:\n${lines.join('')}\n\`tspahole ${name} COMMAND --help\` says more.\n`;
}

/** `--help` of the sub-commands, by commander. */

import { Command as Commander, Option } from 'commander';
import { type Command, type CommandOption, HELP } from './command.ts';
import { writeText } from './output.ts';
import type { Streams } from './run.ts';

/** Prints how the command is called, what its options mean, and its notes. Gives exit code 0. */
export function printCommandHelp(command: Command, { out }: Streams): number {
  writeText(out, formatCommandHelp(command));
  return 0;
}

function formatCommandHelp({ name, synopsis, description, options, notes }: Command): string {
  const commander = new Commander(`tspahole ${name}`)
    .usage(synopsis.join(`\n       tspahole ${name} `))
    .description(description)
    .helpOption(false)
    .configureOutput({ getOutHelpWidth: () => 80, getOutHasColors: () => false });
  for (const option of [...options, HELP]) commander.addOption(new Option(flags(option), option.help));
  return `${commander.helpInformation()}\n${notes}`;
}

function flags({ name, short, metavar, optional }: CommandOption): string {
  const value = metavar === undefined ? '' : optional ? `[=${metavar}]` : ` <${metavar}>`;
  return `${short === undefined ? '' : `-${short}, `}--${name}${value}`;
}

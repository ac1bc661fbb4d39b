/** What a sub-command is, and its words on the command line. The listing has a grammar of its own, argp.ts. */

import { parseArgs } from 'node:util';
import { TspaholeError } from '../index.ts';
import type { Streams } from './run.ts';

/** An option of a sub-command. On the command line `_` may stand for the `-` in its name. */
export interface CommandOption {
  /** Long name without dashes, its words joined by `-`. */
  readonly name: string;
  /** Short name without the dash. */
  readonly short?: string;
  /** What the value is called in the help; an option without it takes no value. */
  readonly metavar?: string;
  /** The value may be left out, and is then empty; it is given behind a `=`. */
  readonly optional?: true;
  /** May be given several times, and all values count. */
  readonly multiple?: true;
  /** One line for `--help`, without a full stop. */
  readonly help: string;
}

/** A sub-command as the dispatcher and the help see it. */
export interface Command {
  /** Its words, such as `functions` or `btf dump`. */
  readonly name: string;
  /** What follows the name, one way of calling a line: `[option...] FILE`. */
  readonly synopsis: readonly string[];
  /** What it does, as one sentence or more. */
  readonly description: string;
  readonly options: readonly CommandOption[];
  /** What stands below the options in `--help`: examples, and facts that the options leave open. */
  readonly notes: string;
  /** Carries it out and gives the exit code. Throws {@link TspaholeError}. */
  readonly run: (words: CommandWords, streams: Streams) => number | Promise<number>;
}

/** The words that a sub-command was called with. */
export interface CommandWords {
  readonly operands: readonly string[];
  /** Whether an option without a value was given. */
  has(name: string): boolean;
  /** The last value of an option. */
  value(name: string): string | undefined;
  /** All values of an option that may be repeated. */
  values(name: string): readonly string[];
}

/** Runs `command` with the words after its name; `--help` and `-h` print its help. Throws what it throws. */
export async function runCommand(
  command: Command,
  args: readonly string[],
  streams: Streams,
): Promise<number> {
  const words = parseWords(command, args);
  if (!words.has('help')) return command.run(words, streams);
  const { printCommandHelp } = await import('./command-help.ts');
  return printCommandHelp(command, streams);
}

/** Reads the words by the command's table. Throws `usage` for an option that it does not have. */
export function parseWords(command: Command, args: readonly string[]): CommandWords {
  try {
    const parsed = parseArgs({
      args: args.map(withDashes).map((word) => withValue(command, word)),
      options: grammarOf(command),
      allowPositionals: true,
    });
    const values: Readonly<Record<string, unknown>> = parsed.values;
    return {
      operands: parsed.positionals,
      has: (name) => values[name] === true,
      value: (name) => [values[name]].flat().at(-1) as string | undefined,
      values: (name) => [values[name] ?? []].flat() as string[],
    };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new TspaholeError('usage', `${command.name}: ${firstSentence(error.message)}`, {}, error);
  }
}

type Grammar = NonNullable<NonNullable<Parameters<typeof parseArgs>[0]>['options']>;

function grammarOf({ options }: Command): Grammar {
  const grammar: Grammar = {};
  for (const { name, short, metavar, multiple = false } of [...options, HELP]) {
    const type = metavar === undefined ? 'boolean' : 'string';
    grammar[name] = short === undefined ? { type, multiple } : { type, multiple, short };
  }
  return grammar;
}

/** Every command has it. */
export const HELP: CommandOption = { name: 'help', short: 'h', help: 'print this help' };

/** `--no_parm_names=x_y` as `--no-parm-names=x_y`. */
function withDashes(word: string): string {
  if (!word.startsWith('--')) return word;
  const [name = '', ...value] = word.split('=');
  return [name.replaceAll('_', '-'), ...value].join('=');
}

/** `--compile` as `--compile=` where the value is optional. */
function withValue({ options }: Command, word: string): string {
  const isBare = options.some(({ name, optional }) => optional && word === `--${name}`);
  return isBare ? `${word}=` : word;
}

/** Node's messages go on with advice on positional arguments. */
function firstSentence(message: string): string {
  return message.replace(/\. .*/s, '').replace(/^U/, 'u').replace(/^O/, 'o');
}

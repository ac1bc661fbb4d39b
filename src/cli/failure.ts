/** What the user reads when something fails, and the exit code that goes with it. */

import { TspaholeError } from '../index.ts';
import type { ArgumentError } from './argp.ts';
import { valueName } from './option-help.ts';
import { OPTIONS, type OptionSpec } from './options.ts';
import { type Output, writeText } from './output.ts';
import type { Invocation } from './run.ts';

/** Reports a command line that breaks the grammar. Pahole's mode has argp's text and code, 64. */
export function reportArgumentError(error: ArgumentError, { compat, streams }: Invocation): number {
  if (compat) {
    complain(streams.err, `pahole: ${getoptText(error)}\n${ARGP_HINT}\n`);
    return 64;
  }
  complain(streams.err, `tspahole: ${oneLine(ownText(error))}\n`);
  return 2;
}

/**
 * Reports what a command threw in one line: 2 for `usage`, 1 for any other {@link TspaholeError} and for
 * both in pahole's mode, 70 for a mistake of the program. TSPAHOLE_DEBUG=1 adds the stack.
 */
export function reportFailure(error: unknown, { compat, streams }: Invocation): number {
  const debug = streams.env.TSPAHOLE_DEBUG === '1';
  const stack = debug && error instanceof Error ? `${error.stack}\n` : '';
  if (error instanceof TspaholeError) {
    complain(streams.err, `${compat ? 'pahole' : 'tspahole'}: ${oneLine(error.message)}\n${stack}`);
    return error.code === 'usage' && !compat ? 2 : 1;
  }
  const hint = debug ? '' : ' (set TSPAHOLE_DEBUG=1 for the stack)';
  complain(streams.err, `tspahole: internal error: ${oneLine(String(error))}${hint}\n${stack}`);
  return 70;
}

const ARGP_HINT = "Try `pahole --help' or `pahole --usage' for more information.";

/** A message that cannot be written must not hide the exit code. */
function complain(err: Output, text: string): void {
  try {
    writeText(err, text);
  } catch {}
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}

/** The text of getopt_long in the GNU C library. */
function getoptText(error: ArgumentError): string {
  switch (error.kind) {
    case 'unknown-long':
      return `unrecognized option '--${error.text}'`;
    case 'unknown-short':
      return `invalid option -- '${error.text}'`;
    case 'ambiguous':
      return `option '--${error.text}' is ambiguous; possibilities:${error.candidates
        .map(({ name }) => ` '--${name}'`)
        .join('')}`;
    case 'missing-value':
      return error.form === 'long'
        ? `option '--${error.option.name}' requires an argument`
        : `option requires an argument -- '${error.option.short}'`;
    case 'unexpected-value':
      return `option '--${error.option.name}' doesn't allow an argument`;
  }
}

function ownText(error: ArgumentError): string {
  switch (error.kind) {
    case 'unknown-long':
      return `unknown option --${nameIn(error.text)}${suggestion(nameIn(error.text))}`;
    case 'unknown-short':
      return `unknown option -${error.text}`;
    case 'ambiguous':
      return `option --${nameIn(error.text)} may be ${error.candidates.map(({ name }) => `--${name}`).join(', ')}`;
    case 'missing-value':
      return `option ${spelling(error.option, error.form)} needs a value (${valueName(error.option)})`;
    case 'unexpected-value':
      return `option --${error.option.name} takes no value`;
  }
}

function spelling({ name, short }: OptionSpec, form: 'long' | 'short'): string {
  return form === 'long' ? `--${name}` : `-${short}`;
}

/** The option without its value. */
function nameIn(text: string): string {
  return text.replace(/=.*/s, '');
}

/** The option whose name is nearest, if it is near: a mistake in three letters, or `-` for `_`. */
function suggestion(name: string): string {
  const typed = normalized(name);
  const ranked = OPTIONS.filter((option) => option.hidden === undefined)
    .map((option) => ({ option, distance: distanceTo(normalized(option.name), typed) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (best === undefined || best.distance > Math.ceil(typed.length / 3)) return '';
  return ` (did you mean --${best.option.name}?)`;
}

function normalized(name: string): string {
  return name.toLowerCase().replaceAll(/[-_]/g, '');
}

/** Levenshtein distance; an abbreviation is no mistake. */
function distanceTo(name: string, typed: string): number {
  if (name.startsWith(typed)) return 0;
  let row = Array.from({ length: name.length + 1 }, (_, column) => column);
  for (const letter of typed) {
    let left = (row[0] as number) + 1;
    const next = [left];
    for (let column = 1; column <= name.length; column++) {
      const replaced = (row[column - 1] as number) + (name[column - 1] === letter ? 0 : 1);
      left = Math.min(replaced, (row[column] as number) + 1, left + 1);
      next.push(left);
    }
    row = next;
  }
  return row[name.length] as number;
}

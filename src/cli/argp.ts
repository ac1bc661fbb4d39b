/**
 * The grammar of the command line: GNU getopt_long as pahole uses it through argp, over the option table.
 *
 * Short options may be bundled, their values attached or next; long options may be abbreviated to a
 * unique prefix of pahole's names; an optional value counts only where it is attached; options and
 * operands may be mixed; `--` ends the options.
 */

import { OPTIONS, type OptionSpec } from './options.ts';

/** An option as it was given. */
export interface ParsedOption {
  readonly option: OptionSpec;
  /** The value, where one was given. */
  readonly value: string | undefined;
  /** Index in the arguments of the word that the option stands in. */
  readonly index: number;
}

/** A word that is no option: a file, or a type of the running kernel. */
export interface Operand {
  readonly text: string;
  /** Index in the arguments. */
  readonly index: number;
}

/** The first word that breaks the grammar. Text of long options is without the leading dashes. */
export type ArgumentError =
  | { readonly kind: 'unknown-long'; readonly text: string }
  | { readonly kind: 'unknown-short'; readonly text: string }
  | { readonly kind: 'ambiguous'; readonly text: string; readonly candidates: readonly OptionSpec[] }
  | { readonly kind: 'missing-value'; readonly option: OptionSpec; readonly form: 'long' | 'short' }
  | { readonly kind: 'unexpected-value'; readonly option: OptionSpec };

export interface ParsedArguments {
  /** In the order given, up to the error if there is one. */
  readonly options: readonly ParsedOption[];
  /** In the order given, up to the error if there is one. */
  readonly operands: readonly Operand[];
  readonly error: ArgumentError | undefined;
}

/**
 * Takes the words after the program's name apart. In pahole's mode (`compat`) our own options do not
 * exist, except `--compat`. Never throws.
 */
export function parseArguments(args: readonly string[], compat: boolean): ParsedArguments {
  const state: State = { args, compat, next: 0, options: [], operands: [] };
  let error: ArgumentError | undefined;
  while (error === undefined && state.next < args.length) {
    const index = state.next++;
    const word = args[index] as string;
    if (word === '--') {
      while (state.next < args.length) takeOperand(state, state.next++);
    } else if (word.startsWith('--')) {
      error = takeLong(state, index);
    } else if (word.startsWith('-') && word.length > 1) {
      error = takeCluster(state, index);
    } else {
      takeOperand(state, index);
    }
  }
  return { options: state.options, operands: state.operands, error };
}

/** Whether `--compat` stands anywhere before `--`: the grammar depends on it, so this comes first. */
export function asksForCompat(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const at = args.indexOf('--compat');
  return at >= 0 && (end < 0 || at < end);
}

interface State {
  readonly args: readonly string[];
  readonly compat: boolean;
  /** Index of the next word to read. */
  next: number;
  readonly options: ParsedOption[];
  readonly operands: Operand[];
}

function takeOperand(state: State, index: number): void {
  state.operands.push({ text: state.args[index] as string, index });
}

/** `--name`, `--name=value` or `--name value`. */
function takeLong(state: State, index: number): ArgumentError | undefined {
  const text = (state.args[index] as string).slice(2);
  const equals = text.indexOf('=');
  const name = equals < 0 ? text : text.slice(0, equals);
  const attached = equals < 0 ? undefined : text.slice(equals + 1);

  const found = findLong(name, state.compat);
  if (found.length === 0) return { kind: 'unknown-long', text };
  if (found.length > 1) return { kind: 'ambiguous', text, candidates: found };
  const option = found[0] as OptionSpec;
  if (attached !== undefined && option.argument === 'none') return { kind: 'unexpected-value', option };
  return takeValue(state, { option, attached, index, form: 'long' });
}

/** `-abc`, `-Cname` or `-C name`. */
function takeCluster(state: State, index: number): ArgumentError | undefined {
  const letters = (state.args[index] as string).slice(1);
  let at = 0;
  for (const letter of letters) {
    at += letter.length;
    const option = OPTIONS.find((candidate) => candidate.short === letter);
    if (option === undefined) return { kind: 'unknown-short', text: letter };
    if (option.argument !== 'none') {
      const attached = at < letters.length ? letters.slice(at) : undefined;
      return takeValue(state, { option, attached, index, form: 'short' });
    }
    state.options.push({ option, value: undefined, index });
  }
  return undefined;
}

interface Found {
  readonly option: OptionSpec;
  /** The value in the same word. */
  readonly attached: string | undefined;
  readonly index: number;
  readonly form: 'long' | 'short';
}

/** A required value that is not attached is the next word, whatever that looks like. */
function takeValue(state: State, { option, attached, index, form }: Found): ArgumentError | undefined {
  let value = attached;
  if (value === undefined && option.argument === 'required') {
    if (state.next >= state.args.length) return { kind: 'missing-value', option, form };
    value = state.args[state.next++];
  }
  state.options.push({ option, value, index });
  return undefined;
}

/** The option of this exact name, else all options of pahole that the name is a prefix of. */
function findLong(name: string, compat: boolean): readonly OptionSpec[] {
  const ownName = name.replaceAll('-', '_');
  const exact = OPTIONS.find((option) =>
    option.own ? option.name === ownName && isKnown(option, compat) : option.name === name,
  );
  if (exact !== undefined) return [exact];
  return OPTIONS.filter((option) => !option.own && option.name.startsWith(name));
}

function isKnown(option: OptionSpec, compat: boolean): boolean {
  return !compat || option.name === 'compat';
}

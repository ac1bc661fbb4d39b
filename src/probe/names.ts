/** Names of the recorded arguments. */

import type { Argument, Fetch } from './definition.ts';
import { isIdentifier } from './parse-fetch.ts';
import { refusal } from './refusal.ts';

/** Longest name of an argument, in characters. */
const MAX_NAME = 32;

const RESERVED = new Set([
  ...['common_type', 'common_flags', 'common_preempt_count', 'common_pid', 'common_tgid'],
  ...['__probe_ip', '__probe_ret_ip', '__probe_func'],
]);

/** What an argument asks to be called. */
export interface NameWish {
  /** The name that it must have: an explicit one, or that of a parameter; undefined where it may vary. */
  readonly fixed: string | undefined;
  /** Names that fit, the best first; none for what keeps the name that the kernel gives. */
  readonly candidates: readonly string[];
}

/** What a path may be called: its last member, then with those before it. */
export function nameWish(argument: Argument): NameWish {
  if (argument.name !== undefined) return { fixed: checkName(argument.name), candidates: [] };
  const { fetch } = argument;
  if (fetch.kind === 'name') return parameterWish(fetch.name);
  if (fetch.kind === 'retval') return { fixed: undefined, candidates: ['retval'] };
  if (fetch.kind !== 'path') return { fixed: undefined, candidates: [] };
  return { fixed: undefined, candidates: pathNames(partNames(fetch)) };
}

/** A parameter keeps its name, if events can have it. */
function parameterWish(name: string): NameWish {
  const isPossible = name.length <= MAX_NAME && !RESERVED.has(name);
  return isPossible ? { fixed: name, candidates: [] } : { fixed: undefined, candidates: [name] };
}

/** The names along a path; an element adds its number to the one before. */
function partNames(fetch: Fetch): string[] {
  if (fetch.kind === 'name') return [fetch.name];
  if (fetch.kind === 'argument') return [`arg${fetch.index}`];
  if (fetch.kind === 'retval') return ['retval'];
  if (fetch.kind === 'cast') return [fetch.struct];
  if (fetch.kind !== 'path') return [];
  const names = partNames(fetch.base);
  for (const step of fetch.steps) {
    if (step.kind === 'element') names.push(`${names.pop() ?? 'element'}_${step.index}`);
    else names.push(step.name);
  }
  return names;
}

/** `name`, `dentry_name`, `file_dentry_name`, ... */
function pathNames(parts: readonly string[]): string[] {
  return parts.map((_, index) =>
    parts
      .slice(parts.length - 1 - index)
      .join('_')
      .replace(/^_/, 'element_'),
  );
}

/** Refuses a name that no argument may have. */
function checkName(name: string): string {
  if (name.length > MAX_NAME) {
    throw refusal('ARG_NAME_TOO_LONG', `${name.length} characters in '${name}', at most ${MAX_NAME}`);
  }
  if (!isIdentifier(name)) throw refusal('BAD_ARG_NAME', `'${name}'`);
  if (RESERVED.has(name)) throw refusal('USED_ARG_NAME', `'${name}' is a field of every event`);
  return name;
}

/**
 * Gives each argument its name, or undefined where the kernel numbers it. With `numbered` what is not a sole
 * parameter is called `argI`, as the kernel would. Throws for names that are given twice.
 */
export function giveNames(wishes: readonly NameWish[], numbered: boolean): (string | undefined)[] {
  const used = new Set<string>();
  for (const { fixed } of wishes) {
    if (fixed !== undefined && used.has(fixed)) throw refusal('USED_ARG_NAME', `'${fixed}' is there twice`);
    if (fixed !== undefined) used.add(fixed);
  }
  return wishes.map(({ fixed, candidates }, index) => {
    if (fixed !== undefined) return fixed;
    if (numbered) return numberedName(index, used);
    if (candidates.length === 0) return undefined;
    const name = freeName(candidates, used);
    used.add(name);
    return name;
  });
}

function numberedName(index: number, used: Set<string>): string {
  const name = `arg${index + 1}`;
  if (used.has(name)) throw refusal('USED_ARG_NAME', `'${name}' is there twice`);
  used.add(name);
  return name;
}

function freeName(candidates: readonly string[], used: ReadonlySet<string>): string {
  const isFree = (name: string): boolean => name.length <= MAX_NAME && !used.has(name) && !RESERVED.has(name);
  const found = candidates.find(isFree);
  if (found !== undefined) return found;
  const stem = (candidates[0] as string).slice(0, MAX_NAME - 4);
  for (let number = 2; ; number++) if (isFree(`${stem}_${number}`)) return `${stem}_${number}`;
}

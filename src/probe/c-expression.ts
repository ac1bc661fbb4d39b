/** Arguments as expressions of languages that look like C, for tracers that read types by themselves. */

import { TspaholeError } from '../model/errors.ts';
import type { Fetch, Step } from './definition.ts';
import type { Probe, ProbeArgument } from './probe.ts';
import { castDistance, stepText } from './resolve.ts';

/** How a tracer's language says things. What it cannot say is undefined. */
export interface Dialect {
  /** Name of the tracer, for messages. */
  readonly name: string;
  readonly parameter: (index: number) => string | undefined;
  readonly returned: string | undefined;
  readonly register: (name: string) => string | undefined;
  readonly comm: string | undefined;
  /** A pointer to `struct`, made of `inner` less a distance in bytes. */
  readonly cast: (struct: string, inner: string, distance: number) => string | undefined;
  /** Follows steps from a base; by default they are written behind it. */
  readonly path?: (base: string, steps: readonly Step[], isRoot: boolean) => string;
  /** The word at an address. */
  readonly dereference: (inner: string, offset: number, user: boolean) => string | undefined;
}

/** The expression for an argument. Throws `unsupported` for what the language has no words for. */
export function expressionOf(dialect: Dialect, probe: Probe, argument: ProbeArgument): string {
  return new Expressions(dialect, probe, argument.source.text).of(fetchOf(argument));
}

/** What `%pd` and `%pD` of the kernel show: the name of a dentry, or of the one that a file is open on. */
const DENTRY_NAME: readonly Step[] = [
  { kind: 'arrow', name: 'd_name' },
  { kind: 'dot', name: 'name' },
];
const FILE_NAME: readonly Step[] = [
  { kind: 'arrow', name: 'f_path' },
  { kind: 'dot', name: 'dentry' },
  ...DENTRY_NAME,
];

/** The fetch of an argument, those types written out as members. */
function fetchOf({ source: { fetch, type } }: ProbeArgument): Fetch {
  if (type?.name !== '%pd' && type?.name !== '%pD') return fetch;
  const more = type.name === '%pd' ? DENTRY_NAME : FILE_NAME;
  if (fetch.kind !== 'path') return { kind: 'path', base: fetch, steps: more, user: false };
  return { ...fetch, steps: [...fetch.steps, ...more] };
}

class Expressions {
  readonly #dialect: Dialect;
  readonly #probe: Probe;
  readonly #source: string;

  constructor(dialect: Dialect, probe: Probe, source: string) {
    this.#dialect = dialect;
    this.#probe = probe;
    this.#source = source;
  }

  of(fetch: Fetch): string {
    const dialect = this.#dialect;
    switch (fetch.kind) {
      case 'name':
        return this.#need(dialect.parameter(this.#indexOf(fetch.name)));
      case 'argument':
        return this.#need(dialect.parameter(this.#indexOfWord(fetch.index - 1)));
      case 'retval':
        return this.#need(dialect.returned);
      case 'register':
        return this.#need(dialect.register(fetch.name));
      case 'comm':
        return this.#need(dialect.comm);
      case 'dereference':
        return this.#need(dialect.dereference(this.of(fetch.inner), Number(fetch.offset), fetch.user));
      case 'path':
        return this.#path(fetch.base, fetch.steps);
      case 'cast':
        return this.#cast(fetch);
      case 'all':
      case 'stack':
      case 'memory':
      case 'immediate':
      case 'current':
      case 'field':
      case 'perCpu':
        return this.#need(undefined);
    }
  }

  #path(base: Fetch, steps: readonly Step[]): string {
    const inner = this.of(base);
    const join = this.#dialect.path;
    if (steps.length === 0) return inner;
    return join === undefined
      ? inner + steps.map(stepText).join('')
      : join(inner, steps, base.kind !== 'path');
  }

  #cast({ struct, member, inner }: Extract<Fetch, { readonly kind: 'cast' }>): string {
    const table = this.#probe.function?.table;
    const distance = member === undefined || table === undefined ? 0 : castDistance(table, struct, member);
    return this.#need(this.#dialect.cast(struct, this.of(inner), distance));
  }

  #indexOf(name: string): number {
    const { proto, hidden } = this.#probe.function ?? {};
    const names = proto?.parameters.slice(hidden).map((each, index) => each.name || `arg${index + 1}`);
    return names?.indexOf(name) ?? -1;
  }

  /** The parameter that is a word of `$argN`; -1 where the word is a part of one. */
  #indexOfWord(word: number): number {
    const { function: found, architecture } = this.#probe;
    if (found === undefined) return word;
    return found.passings.findIndex((passing) => {
      const isWhole = passing.kind === 'registers' ? passing.count + passing.onStack === 1 : false;
      const first = passing.kind === 'registers' ? passing.first - found.hidden : undefined;
      if (passing.kind === 'stack')
        return passing.count === 1 && passing.word + architecture.registers.length === word;
      return isWhole && first === word;
    });
  }

  #need(text: string | undefined): string {
    if (text !== undefined) return text;
    throw new TspaholeError('unsupported', `${this.#dialect.name} has no form for '${this.#source}'`);
  }
}

/** Names for all arguments: those without get `argI`, as the kernel numbers them. */
export function argumentNames({ args }: Probe): string[] {
  return args.map(({ name }, index) => name ?? `arg${index + 1}`);
}

/** Whether an argument is recorded as text. */
export function isString({ type }: ProbeArgument): boolean {
  return type === 'string' || type === 'ustring';
}

/** Whether it is text of user space. */
export function isUserString({ type, body }: ProbeArgument): boolean {
  return type === 'ustring' || (type === 'string' && body.startsWith('+u'));
}

/** How a number is shown: by the letter of its type. */
export function numberForm({ type }: ProbeArgument): 'signed' | 'unsigned' | 'hex' {
  if (type?.startsWith('s') === true) return 'signed';
  return type?.startsWith('u') === true || type?.startsWith('b') === true ? 'unsigned' : 'hex';
}

/** The error for a kind of probe that a tracer does not have. */
export function noSuchProbe(name: string, { kind, definition }: Probe): TspaholeError {
  return new TspaholeError('unsupported', `${name} has no ${kind} for '${definition.text}'`);
}

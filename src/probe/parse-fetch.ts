/** The arguments of a definition: `[NAME=]FETCH[:TYPE]`. Knows the grammar; what names mean comes later. */

import type { Argument, Fetch, ProbeKind, Step } from './definition.ts';
import { parseFetchType, parseNumber } from './parse-type.ts';
import { refusal } from './refusal.ts';

/** The spellings of "all parameters" that tools have. */
const ALL = new Set(['$arg*', '$$args', '$args', '$params', '$$parms', '$$params']);

/** THREAD_SIZE / sizeof(long) of a 64-bit kernel: the highest N of `$argN` and `$stackN`. */
const MAX_INDEX = 2048;

/** Deepest nesting of one argument that is read: ends hostile input, and no kernel takes so much. */
const MAX_NESTING = 64;

const IDENTIFIER = /^[A-Za-z_]\w*$/;

/** Whether a text is a name in C. */
export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text);
}

/** Reads one argument of a probe of some kind. Throws the kernel's refusals. */
export function parseArgument(text: string, kind: ProbeKind): Argument {
  const [name, rest] = splitName(text);
  const [body, type] = splitType(rest);
  if (body === '') throw refusal('NO_ARG_BODY', `'${text}' fetches nothing`);
  const fetch = new FetchParser(body, kind).whole();
  if (fetch.kind === 'all' && name !== undefined) throw notAlone(text);
  return { text, name, fetch, body, type: type === undefined ? undefined : parseFetchType(type) };
}

function notAlone(text: string): Error {
  return refusal('BAD_VAR', `'${text}': $arg* must be an independent parameter without name etc.`);
}

function splitName(text: string): [name: string | undefined, rest: string] {
  const at = text.startsWith('\\') ? -1 : text.indexOf('=');
  if (at < 0) return [undefined, text];
  const name = text.slice(0, at);
  if (name === '') throw refusal('NO_ARG_NAME', `'${text}' has nothing before =`);
  return [name, text.slice(at + 1)];
}

function splitType(text: string): [body: string, type: string | undefined] {
  const quoted = /^\\"[^"]*"/.exec(text)?.[0].length ?? 0;
  const at = text.indexOf(':', quoted);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** Reads what an argument fetches, from left to right. */
class FetchParser {
  readonly #text: string;
  readonly #kind: ProbeKind;
  #at = 0;
  #nesting = 0;

  constructor(text: string, kind: ProbeKind) {
    this.#text = text;
    this.#kind = kind;
  }

  whole(): Fetch {
    if (ALL.has(this.#text)) return { kind: 'all' };
    const fetch = this.#path();
    if (this.#at < this.#text.length) throw this.#unexpected();
    return fetch;
  }

  #path(): Fetch {
    if (++this.#nesting > MAX_NESTING) throw refusal('TOO_MANY_OPS', `'${this.#text}' nests too deep`);
    const base = this.#primary();
    const steps = this.#steps();
    const user = this.#take(/@user\b/y) !== undefined;
    this.#nesting--;
    if (base.kind === 'cast' && steps.length === 0) {
      throw refusal('TYPECAST_REQ_FIELD', `(${base.struct}) is not followed by ->FIELD`);
    }
    return steps.length === 0 && !user ? base : { kind: 'path', base, steps, user };
  }

  #primary(): Fetch {
    const first = this.#text[this.#at] ?? '';
    if (first === '$') return this.#variable();
    if (first === '%') return this.#register();
    if (first === '@') return this.#memory();
    if (first === '\\') return this.#immediate();
    if (first === '+' || first === '-') return this.#dereference();
    if (first === '(') return this.#parenthesis();
    return this.#word();
  }

  #word(): Fetch {
    const perCpu = this.#take(/this_cpu_(?:read|ptr)\([^)]*\)/y);
    if (perCpu !== undefined) return { kind: 'perCpu', text: perCpu };
    const name = this.#take(/[A-Za-z_]\w*/y);
    if (name === undefined) throw this.#unexpected();
    return { kind: 'name', name };
  }

  #variable(): Fetch {
    const text = this.#take(/\$[\w$]*\*?/y) as string;
    if (ALL.has(text)) throw notAlone(this.#text);
    const index = /^\$(arg|stack)(\d+)$/.exec(text);
    if (index !== null && this.#kind !== 'eprobe')
      return this.#indexed(index[1] as string, index[2] as string);
    const named = this.#kind === 'eprobe' ? undefined : VARIABLES[text];
    if (named !== undefined) return named;
    if (text === '$comm' || text === '$COMM') return { kind: 'comm' };
    if (this.#kind === 'eprobe' && isIdentifier(text.slice(1))) return { kind: 'field', name: text.slice(1) };
    throw refusal('BAD_VAR', `'${text}' is none of $arg1.., $retval, $stack, $stack0.., $comm`);
  }

  #indexed(what: string, digits: string): Fetch {
    const index = Number(digits);
    if (what === 'stack') {
      if (index > MAX_INDEX) throw refusal('BAD_STACK_NUM', `$stack${digits} is beyond any stack`);
      return { kind: 'stack', index };
    }
    if (this.#kind === 'uprobe') throw refusal('BAD_VAR', `$arg${digits} is not available with uprobe`);
    if (index < 1 || index > MAX_INDEX)
      throw refusal('BAD_ARG_NUM', `$arg${digits}: arguments count from 1 to ${MAX_INDEX}`);
    return { kind: 'argument', index };
  }

  #register(): Fetch {
    const text = this.#take(/%\w*/y) as string;
    if (this.#kind === 'kprobe' || this.#kind === 'uprobe') return { kind: 'register', name: text.slice(1) };
    throw refusal('BAD_VAR', `${text}: registers are available with kprobes and uprobes alone`);
  }

  #memory(): Fetch {
    const text = this.#take(/@[^()\s]*/y) as string;
    const rest = text.slice(1);
    if (/^\d/.test(rest)) {
      if (parseNumber(rest) === undefined) throw refusal('BAD_MEM_ADDR', `'${text}' is no address`);
      return { kind: 'memory', form: 'address', text };
    }
    if (rest.startsWith('+')) return this.#fileOffset(text);
    if (this.#kind === 'uprobe') throw refusal('SYM_ON_UPROBE', `'${text}' names a symbol of the kernel`);
    if (!/^[A-Za-z_.][\w.]*([+-]\w+)?$/.test(rest)) throw refusal('BAD_MEM_ADDR', `'${text}' is no symbol`);
    return { kind: 'memory', form: 'symbol', text };
  }

  #fileOffset(text: string): Fetch {
    if (this.#kind !== 'uprobe')
      throw refusal('FILE_ON_KPROBE', `'${text}' is an offset in a program's file`);
    if (parseNumber(text.slice(2)) === undefined) throw refusal('BAD_FILE_OFFS', `'${text}' is no offset`);
    return { kind: 'memory', form: 'file', text };
  }

  #immediate(): Fetch {
    const text = this.#take(/\\.*/y) as string;
    if (!text.startsWith('\\"')) {
      const isNumber = parseNumber(text.slice(1).replace(/^-/, '')) !== undefined;
      if (!isNumber) throw refusal('BAD_IMM', `'${text}' is neither a number nor "text"`);
      return { kind: 'immediate', text, isString: false };
    }
    if (text.length < 3 || !text.endsWith('"')) throw refusal('IMMSTR_NO_CLOSE', `'${text}'`);
    return { kind: 'immediate', text, isString: true };
  }

  #dereference(): Fetch {
    const text = this.#text.slice(this.#at);
    const open = text.indexOf('(');
    if (open < 0) throw refusal('DEREF_NEED_BRACE', `'${text}' has no (`);
    const [, sign = '', user, offset = ''] = /^([+-])(u?)(.*)$/.exec(text.slice(0, open)) ?? [];
    if (parseNumber(offset) === undefined) throw refusal('BAD_DEREF_OFFS', `'${offset}' is no number`);
    this.#at += open + 1;
    const inner = this.#path();
    if (!this.#skip(')')) throw refusal('DEREF_OPEN_BRACE', `'${text}' lacks a )`);
    if (inner.kind === 'comm' || (inner.kind === 'immediate' && inner.isString)) {
      throw refusal('COMM_CANT_DEREF', `'${text}': a string is no address`);
    }
    return { kind: 'dereference', offset: sign + offset, user: user === 'u', inner };
  }

  /** `(STRUCT)X`, `(STRUCT,MEMBER)X`, or an expression in parentheses. */
  #parenthesis(): Fetch {
    const cast = this.#take(/\([A-Za-z_]\w*(?:,[^()]*)?\)(?=[\w$%(@+-])(?!->)/y);
    if (cast === undefined) return this.#parenthesized();
    const [struct = '', member] = cast.slice(1, -1).split(',');
    if (member?.includes('->') === true) {
      throw refusal('TYPECAST_BAD_ARROW', `'${member}' leaves (${struct}) through a pointer`);
    }
    if (++this.#nesting > MAX_NESTING) throw refusal('TOO_MANY_OPS', `'${this.#text}' nests too deep`);
    const inner = this.#primary();
    this.#nesting--;
    return { kind: 'cast', struct, member, inner };
  }

  #parenthesized(): Fetch {
    this.#at++;
    const inner = this.#path();
    if (!this.#skip(')')) throw this.#unexpected();
    return inner;
  }

  #steps(): Step[] {
    const steps: Step[] = [];
    for (;;) {
      const element = this.#take(/\[\w*\]/y);
      const member = this.#take(/(?:->|\.)[A-Za-z_]\w*/y);
      if (element !== undefined) steps.push(elementStep(element));
      if (member?.startsWith('.') === true) steps.push({ kind: 'dot', name: member.slice(1) });
      else if (member !== undefined) steps.push({ kind: 'arrow', name: member.slice(2) });
      if (element === undefined && member === undefined) return steps;
    }
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #skip(letter: string): boolean {
    if (this.#text[this.#at] !== letter) return false;
    this.#at++;
    return true;
  }

  #unexpected(): Error {
    const rest = this.#text.slice(this.#at);
    if (rest.startsWith('-') && this.#at > 0)
      return refusal('BAD_HYPHEN', `'${rest}' does not begin with ->`);
    const what = rest === '' ? 'ends too early' : `stops making sense at '${rest}'`;
    return refusal('BAD_FETCH_ARG', `'${this.#text}' ${what}`);
  }
}

const VARIABLES: Readonly<Record<string, Fetch>> = {
  $retval: { kind: 'retval' },
  $stack: { kind: 'stack', index: undefined },
  $current: { kind: 'current' },
};

function elementStep(text: string): Step {
  const index = parseNumber(text.slice(1, -1));
  if (index === undefined || index > 0xffff_ffff) throw refusal('NO_BTF_FIELD', `'${text}' is no element`);
  return { kind: 'element', index };
}

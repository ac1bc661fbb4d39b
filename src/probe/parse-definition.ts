/** The lines of a definition: `p[:[GRP/][EVENT]] PLACE [ARG...]` and its relatives. */

import type { Definition, PlainLine, ProbeKind, ProbePlace } from './definition.ts';
import { isIdentifier, parseArgument } from './parse-fetch.ts';
import { parseNumber } from './parse-type.ts';
import { refusal } from './refusal.ts';

/** Longest name of an event or a group, in characters. */
export const MAX_EVENT_NAME = 63;

const MAX_MAXACTIVE = 4096;

/** The words of a definition, `#` and what follows left out; empty for a line without one. */
export function splitWords(line: string): string[] {
  return line
    .replace(/(^|\s)#.*$/s, '')
    .split(/\s+/)
    .filter((word) => word !== '');
}

/** The definitions in a text of several lines. Lines without one are skipped. */
export function splitDefinitions(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => splitWords(line).length > 0);
}

/** Reads one definition. Throws the kernel's refusals. */
export function parseDefinition(line: string): Definition | PlainLine {
  const words = splitWords(line);
  const text = words.join(' ');
  const head = words[0] ?? '';
  if (/^[-s]:/.test(head)) return { kind: 'plain', text };
  const { letter, digits, group, event } = parseHead(head);
  const target = words[1];
  if (target === undefined) throw refusal('BAD_PROBE_ADDR', `'${text}' says no place`);
  const { kind, place, isReturnPlace } = parsePlace(letter, target);
  const { args, filter } = splitFilter(words.slice(2), kind);
  const parsed = args.map((arg) => parseArgument(arg, kind));
  const usesRetval = kind === 'fprobe' && parsed.some(({ body }) => body.includes('$retval'));
  const isReturn = letter === 'r' || isReturnPlace || usesRetval;
  if (isReturn) checkReturn(kind, place);
  const maxActive = parseMaxActive(digits, isReturn);
  return { text, kind, isReturn, maxActive, group, event, place, args: parsed, filter };
}

interface Head {
  readonly letter: string;
  readonly digits: string;
  readonly group: string | undefined;
  readonly event: string | undefined;
}

function parseHead(word: string): Head {
  const found = /^([prfte])([^:]*)(?::(.*))?$/.exec(word);
  if (found === null) throw refusal('BAD_PROBE_ADDR', `'${word}' begins with none of p r f t e`);
  const [, letter = '', digits = '', name] = found;
  return { letter, digits, ...parseEventName(name) };
}

function parseEventName(name: string | undefined): Pick<Head, 'group' | 'event'> {
  if (name === undefined || name === '') return { group: undefined, event: undefined };
  const at = name.search(/[/.]/);
  const group = at < 0 ? undefined : name.slice(0, at);
  const event = name.slice(at + 1);
  if (group === '') throw refusal('NO_GROUP_NAME', `'${name}' begins with ${name[0]}`);
  if (group !== undefined) checkGroup(group);
  if (event.length > MAX_EVENT_NAME) {
    throw refusal('EVENT_TOO_LONG', `${event.length} characters in '${event}', at most ${MAX_EVENT_NAME}`);
  }
  if (event !== '' && !isIdentifier(event)) throw refusal('BAD_EVENT_NAME', `'${event}'`);
  return { group, event: event === '' ? undefined : event };
}

function checkGroup(group: string): void {
  if (group.length > MAX_EVENT_NAME) {
    throw refusal('GROUP_TOO_LONG', `${group.length} characters in '${group}', at most ${MAX_EVENT_NAME}`);
  }
  if (!/^[A-Za-z_][\w-]*$/.test(group)) throw refusal('BAD_GROUP_NAME', `'${group}'`);
}

function parseMaxActive(digits: string, isReturn: boolean): number | undefined {
  if (digits === '') return undefined;
  if (!isReturn) throw refusal('BAD_MAXACT_TYPE', `'${digits}' before : belongs to return probes`);
  const count = parseNumber(digits);
  if (count === undefined || count === 0)
    throw refusal('BAD_MAXACT', `'${digits}' is no number of 1 or more`);
  if (count > MAX_MAXACTIVE) throw refusal('MAXACT_TOO_BIG', `${count}, at most ${MAX_MAXACTIVE}`);
  return count;
}

interface Target {
  readonly kind: ProbeKind;
  readonly place: ProbePlace;
  readonly isReturnPlace: boolean;
}

function parsePlace(letter: string, word: string): Target {
  if (letter === 'e') return { kind: 'eprobe', place: eventPlace(word), isReturnPlace: false };
  const [target, isReturnPlace] = splitReturn(word, letter);
  if (letter === 't') {
    return { kind: 'tracepoint', place: symbolPlace(target), isReturnPlace };
  }
  if (letter === 'f') return { kind: 'fprobe', place: symbolPlace(target), isReturnPlace };
  const isFile = target.includes('/') && target.includes(':');
  const place = isFile ? filePlace(target) : symbolPlace(target);
  return { kind: isFile ? 'uprobe' : 'kprobe', place, isReturnPlace };
}

function splitReturn(word: string, letter: string): [target: string, isReturn: boolean] {
  const at = word.indexOf('%');
  if (at < 0) return [word, false];
  const behind = word.slice(at);
  const suffix = behind.replace(/\(\w+\)$/, '');
  if (suffix !== '%return' || letter === 't') throw refusal('BAD_ADDR_SUFFIX', `'${behind}' is not %return`);
  return [word.slice(0, at) + behind.slice(suffix.length), true];
}

function symbolPlace(text: string): ProbePlace {
  if (/^(0x[0-9a-fA-F]+|\d+)$/.test(text)) return { kind: 'address', address: text };
  const found = /^(?:([\w-]+):)?([A-Za-z_.$][\w.$]*)(?:\+(\w+))?$/.exec(text);
  const offset = parseNumber(found?.[3] ?? '0');
  if (found === null || offset === undefined || offset > 0xffff_ffff) {
    throw refusal('BAD_PROBE_ADDR', `'${text}' is not [MODULE:]SYMBOL[+OFFSET]`);
  }
  return { kind: 'symbol', module: found[1], symbol: found[2] as string, offset };
}

function filePlace(text: string): ProbePlace {
  const found = /^(.+):([^:()]+?)(\(\w+\))?$/.exec(text);
  if (found === null) throw refusal('BAD_UPROBE_OFFS', `'${text}' is not PATH:OFFSET`);
  const [, path = '', offset = '', referenceCounter = ''] = found;
  if (parseNumber(offset) === undefined && !/^[A-Za-z_.$][\w.$@]*$/.test(offset)) {
    throw refusal('BAD_UPROBE_OFFS', `'${offset}' is neither an offset nor a symbol`);
  }
  const symbol = parseNumber(offset) === undefined ? offset : undefined;
  return { kind: 'file', path, offset, symbol, referenceCounter };
}

function eventPlace(text: string): ProbePlace {
  const found = /^([\w-]+)[./](\w+)$/.exec(text);
  if (found === null) throw refusal('BAD_ATTACH_EVENT', `'${text}' is not SYSTEM.EVENT`);
  return { kind: 'event', system: found[1] as string, event: found[2] as string };
}

function splitFilter(
  words: readonly string[],
  kind: ProbeKind,
): { readonly args: readonly string[]; readonly filter: string | undefined } {
  const at = kind === 'eprobe' ? words.indexOf('if') : -1;
  if (at < 0) return { args: words, filter: undefined };
  if (at === words.length - 1) throw refusal('NO_EP_FILTER', 'nothing follows if');
  return { args: words.slice(0, at), filter: words.slice(at + 1).join(' ') };
}

/** An x86 kernel built for IBT counts the four bytes of ENDBR as the entry. */
const ENDBR_BYTES = 4;

function checkReturn(kind: ProbeKind, place: ProbePlace): void {
  if (kind === 'uprobe' || place.kind !== 'symbol') return;
  if (place.offset !== 0 && place.offset !== ENDBR_BYTES) {
    throw refusal('BAD_RETPROBE', `${place.symbol}+${place.offset} is not where the function begins`);
  }
}

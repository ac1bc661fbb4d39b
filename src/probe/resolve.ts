/** One argument at a site: from names, members and casts to a fetch text and a type that any tracefs reads. */

import { TspaholeError } from '../model/errors.ts';
import { Kind } from '../model/kinds.ts';
import { nearestNames } from '../model/nearest.ts';
import { findTypeByName } from '../model/queries.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { underlyingType } from '../model/traverse.ts';
import type { Fetch, Step } from './definition.ts';
import { findMember, memberNames } from './members.ts';
import { isCompositeKind } from './passed-type.ts';
import { dereferenceText, fetchText, shifted, type Value } from './place.ts';
import { refusal } from './refusal.ts';
import { type Site, type SiteParameter, warn } from './site.ts';
import { isUserPointer } from './value-type.ts';

/** What a fetch is: a value whose type is known, or a text that is taken as it is. */
export type Resolved =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'text'; readonly text: string; readonly isMemory: boolean; readonly isUser: boolean };

/** Resolves what an argument fetches. Throws the kernel's refusals. */
export function resolveFetch(site: Site, fetch: Exclude<Fetch, { readonly kind: 'all' }>): Resolved {
  switch (fetch.kind) {
    case 'name':
      return site.kind === 'eprobe'
        ? plain(`$${fetch.name}`)
        : { kind: 'value', value: parameterValue(site, fetch.name) };
    case 'field':
      return plain(`$${fetch.name}`);
    case 'argument':
      return plain(argumentText(site, fetch.index));
    case 'retval':
      return resolveReturned(site);
    case 'register':
      return plain(registerText(site, fetch.name));
    case 'stack':
      return plain(`$stack${fetch.index ?? ''}`);
    case 'comm':
      return plain('$comm', true);
    case 'immediate':
      requireImmediate(site, fetch.text);
      return plain(fetch.text, true);
    case 'memory':
      return plain(fetch.text, true);
    case 'dereference':
      return resolveDereference(site, fetch);
    case 'path':
      return { kind: 'value', value: walk(site, fetch) };
    case 'cast':
      throw refusal('TYPECAST_REQ_FIELD', `(${fetch.struct}) is not followed by ->FIELD`);
    case 'current':
      if (site.target.features.has('typecast')) return plain('$current');
      throw refusal(
        'BAD_VAR',
        `before Linux 7.3 nothing names the current task; ${site.target.name} is older`,
      );
    case 'perCpu':
      if (site.target.features.has('typecast')) return plain(fetch.text);
      throw refusal('NOSUP_PERCPU', `before Linux 7.3 nothing stands for '${fetch.text}'`);
  }
}

function plain(text: string, isMemory = false, isUser = false): Resolved {
  return { kind: 'text', text, isMemory, isUser };
}

function requireImmediate({ target }: Site, text: string): void {
  if (target.features.has('immediate')) return;
  throw refusal('BAD_FETCH_ARG', `${target.name} has no immediate values as '${text}', which came with 5.4`);
}

/** The parameter of that name. Throws the refusals for places without, and for names that are none. */
export function parameterValue(site: Site, name: string): Value {
  const parameters = requireParameters(site, name);
  const found = parameters.find((parameter) => parameter.name === name);
  if (found !== undefined) return found.value;
  const names = parameters.map((parameter) => parameter.name);
  const has = names.length === 0 ? 'no parameters' : names.join(', ');
  const [nearest] = nearestNames(name, names);
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  throw refusal('NO_BTFARG', `'${name}' is no parameter of ${site.what}, which has ${has}${hint}`);
}

/** The parameters of the site. Throws the refusal that says why there are none. */
export function requireParameters(site: Site, what: string): readonly SiteParameter[] {
  if (!('refusal' in site.parameters)) return site.parameters;
  throw refusal(site.parameters.refusal, `'${what}': ${site.parameters.why}`);
}

function argumentText(site: Site, index: number): string {
  const { architecture, useRegisters, kind } = site;
  if ('refusal' in site.parameters && site.parameters.refusal === 'NOSUP_BTFARG' && kind === 'kprobe') {
    throw refusal('NOFENTRY_ARGS', `$arg${index}: ${site.parameters.why}`);
  }
  if (!useRegisters) return `$arg${index}`;
  const register = architecture.registers[index - 1];
  if (register !== undefined) return `%${register}`;
  const { stackOffset, wordSize, registers } = architecture;
  return `$stack${stackOffset / wordSize + index - 1 - registers.length}`;
}

function registerText({ architecture }: Site, name: string): string {
  if (architecture.isRegister(name)) return `%${name}`;
  const without = name.replace(/^[er](?=[a-z]{2}$)/, '');
  const hint = architecture.isRegister(without) ? `; tracefs calls it %${without}` : '';
  throw refusal('BAD_REG_NAME', `%${name} is no register of ${architecture.name}${hint}`);
}

function resolveReturned(site: Site): Resolved {
  if (!site.isReturn)
    throw refusal('RETVAL_ON_PROBE', '$retval is what a return probe (r, %return) can read');
  if (site.returnsVoid) throw refusal('NO_RETVAL', `${site.what} returns nothing`);
  return site.returned === undefined ? plain('$retval') : { kind: 'value', value: site.returned };
}

function resolveDereference(site: Site, fetch: Extract<Fetch, { readonly kind: 'dereference' }>): Resolved {
  const inner = valueText(site, fetch.inner);
  const sign = fetch.offset.slice(0, 1);
  const user = fetch.user && allowUser(site);
  return plain(`${sign}${user ? 'u' : ''}${fetch.offset.slice(1)}(${inner})`, true, user);
}

/** Whether memory of user space may be named as such; an older kernel reads it as its own. */
export function allowUser(site: Site): boolean {
  if (site.kind === 'uprobe') return false;
  if (site.target.features.has('userMemory')) return true;
  warn(site, 'W9', `${site.target.name} cannot read user memory as such: it works by accident, if at all`);
  return false;
}

/** The text whose value is what `fetch` stands for, for use as an address. */
function valueText(site: Site, fetch: Fetch): string {
  if (fetch.kind === 'all')
    throw refusal('BAD_VAR', '$arg* must be an independent parameter without name etc.');
  const resolved = resolveFetch(site, fetch);
  return resolved.kind === 'text' ? resolved.text : wholeText(site, resolved.value);
}

/** Reads a value that fills its word. Throws `unsupported` where it does not. */
export function wholeText(site: Site, value: Value): string {
  const { text, bits } = fetchText(value, site.facts.sizeOf(value.typeId), site.form);
  if (bits === undefined) return text;
  throw new TspaholeError('unsupported', `what ${text} would point with is a part of a word (${bits})`);
}

type Path = Extract<Fetch, { readonly kind: 'path' }>;

function walk(site: Site, path: Path): Value {
  const root = rootOf(site, path.base, path.user);
  let { value } = root;
  let text = root.text;
  // A base in parentheses that ends in a member is no parameter any more.
  let isParameter = path.base.kind !== 'path' && path.base.kind !== 'cast';
  for (const [index, step] of path.steps.entries()) {
    // A cast stands for a pointer, and its value is what that points to.
    const isThrough = index === 0 && path.base.kind === 'cast' && step.kind === 'arrow';
    const taken: Step = isThrough ? { kind: 'dot', name: step.name } : step;
    value = stepInto({ site, value, text, user: path.user, isParameter }, taken);
    text += stepText(step);
    isParameter = false;
  }
  return value;
}

/** A step as it is written. */
export function stepText(step: Step): string {
  if (step.kind === 'element') return `[${step.index}]`;
  return step.kind === 'arrow' ? `->${step.name}` : `.${step.name}`;
}

function rootOf(site: Site, base: Fetch, user: boolean): { readonly value: Value; readonly text: string } {
  if (base.kind === 'cast') return { value: castValue(site, base, user), text: `(${base.struct})` };
  if (base.kind === 'argument') {
    const parameter = requireParameters(site, `$arg${base.index}`)[base.index - 1];
    if (parameter !== undefined) return { value: parameter.value, text: `$arg${base.index}` };
    throw refusal('NO_BTFARG', `${site.what} has no parameter ${base.index}`);
  }
  const resolved = base.kind === 'all' ? undefined : resolveFetch(site, base);
  const text = base.kind === 'name' ? base.name : base.kind === 'retval' ? '$retval' : 'it';
  if (resolved?.kind === 'value') return { value: resolved.value, text };
  throw refusal('NO_PTR_STRCT', 'what has no type needs one before ->: (STRUCT)VALUE->FIELD');
}

interface Standing {
  readonly site: Site;
  readonly value: Value;
  /** The path so far, for messages. */
  readonly text: string;
  readonly user: boolean;
  readonly isParameter: boolean;
}

function stepInto(at: Standing, step: Step): Value {
  if (step.kind === 'element') return toElement(at, step.index);
  const { site, value } = at;
  const { table } = site.facts;
  const id = underlyingType(table, value.typeId);
  if (step.kind === 'arrow') {
    if (table.kind(id) !== Kind.Pointer) throw refusal('NO_PTR_STRCT', `'${at.text}' is no pointer`);
    return memberOf({ ...at, value: pointee(at, table.sizeOrType(id)) }, step.name);
  }
  if (at.isParameter && table.kind(id) === Kind.Pointer) {
    throw refusal('NOSUP_DAT_ARG', `'${at.text}' is a pointer: write ${at.text}->${step.name}`);
  }
  return memberOf(at, step.name);
}

/** The object that the pointer at hand points to. */
function pointee({ site, value, user }: Standing, typeId: TypeId): Value {
  const isUser = user || isUserPointer(site.facts.table, value.typeId) || wasUser(value);
  const base = wholeText(site, value);
  return {
    typeId,
    bitSize: undefined,
    at: { kind: 'memory', base, bitOffset: 0, user: isUser && allowUser(site) },
  };
}

function wasUser({ at }: Value): boolean {
  return at.kind === 'memory' && at.user;
}

function memberOf({ site, value, text }: Standing, name: string): Value {
  const { table } = site.facts;
  const id = underlyingType(table, value.typeId);
  if (!isCompositeKind(table.kind(id))) {
    const what =
      table.kind(id) === Kind.Forward ? 'a structure that is only declared' : 'no structure or union';
    throw refusal('BAD_BTF_TID', `'${text}' is ${what}, so it has no '${name}'`);
  }
  const member = findMember(table, id, name);
  if (member !== undefined) {
    return { typeId: member.typeId, bitSize: member.bitSize, at: shifted(value.at, member.bitOffset) };
  }
  const nearest = nearestNames(name, memberNames(table, id)).join(', ');
  const hint = nearest === '' ? '' : `; did you mean ${nearest}?`;
  throw refusal('NO_BTF_FIELD', `'${text}' has no member '${name}'${hint}`);
}

function toElement(at: Standing, index: number): Value {
  const { site, value, text } = at;
  const { table } = site.facts;
  const id = underlyingType(table, value.typeId);
  const kind = table.kind(id);
  if (kind !== Kind.Array && kind !== Kind.Pointer) {
    throw refusal('NO_BTF_FIELD', `'${text}' is neither an array nor a pointer, so it has no [${index}]`);
  }
  const typeId = kind === Kind.Array ? table.extra(id, 0) : table.sizeOrType(id);
  const count = table.extra(id, 2);
  if (kind === Kind.Array && count !== 0 && index >= count) {
    throw refusal('NO_BTF_FIELD', `'${text}' has ${count} elements`);
  }
  const object = kind === Kind.Array ? value : pointee(at, typeId);
  const size = site.facts.sizeOf(typeId);
  if (size === 0) throw refusal('BAD_BTF_TID', `the elements of '${text}' have no size`);
  return { typeId, bitSize: undefined, at: shifted(object.at, 8 * size * index) };
}

/** What `(STRUCT)X` or `(STRUCT,MEMBER)X` points to, as a pointer to it would be read. */
function castValue(site: Site, cast: Extract<Fetch, { readonly kind: 'cast' }>, user: boolean): Value {
  const { table } = site.facts;
  const found = findTypeByName(table, cast.struct);
  const id = found === undefined ? 0 : underlyingType(table, found);
  if (!isCompositeKind(table.kind(id)))
    throw refusal('NO_PTR_STRCT', `no structure is called '${cast.struct}'`);
  const back = cast.member === undefined ? 0 : memberDistance(table, id, cast.member);
  const inner = cast.inner.kind === 'cast' ? castValue(site, cast.inner, user) : undefined;
  if (inner !== undefined) return { typeId: id, bitSize: undefined, at: shifted(inner.at, -back) };
  const base = valueText(site, cast.inner);
  return {
    typeId: id,
    bitSize: undefined,
    at: { kind: 'memory', base, bitOffset: -back, user: user && allowUser(site) },
  };
}

/** From the start of a structure of that name to a member within it, in bytes. Throws the kernel's refusals. */
export function castDistance(table: TypeTable, struct: string, path: string): number {
  return memberDistance(table, underlyingType(table, findTypeByName(table, struct) ?? 0), path) / 8;
}

/** From the start of a structure to a member within it, in bits. */
function memberDistance(table: TypeTable, compositeId: TypeId, path: string): number {
  let bits = 0;
  let id = compositeId;
  for (const name of path.split('.')) {
    const member = findMember(table, id, name);
    if (member === undefined) throw refusal('NO_BTF_FIELD', `there is no member '${name}' in '${path}'`);
    if (member.bitSize !== undefined || member.bitOffset % 8 !== 0) {
      throw refusal('TYPECAST_NOT_ALIGNED', `'${name}' is a bitfield`);
    }
    bits += member.bitOffset;
    id = underlyingType(table, member.typeId);
  }
  return bits;
}

/** The text of a value that lies in memory, for strings and arrays that are read in place; else undefined. */
export function memoryText({ at }: Value): string | undefined {
  return at.kind === 'memory' && at.bitOffset % 8 === 0
    ? dereferenceText(at.base, at.bitOffset / 8, at.user)
    : undefined;
}

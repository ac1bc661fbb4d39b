/** The type with which an argument is recorded: what was asked for, as far as the target has it, or the value's own. */

import { Kind } from '../model/kinds.ts';
import { findTypeByName } from '../model/queries.ts';
import { underlyingType } from '../model/traverse.ts';
import type { FetchType } from './definition.ts';
import { findMember } from './members.ts';
import { isStringType } from './parse-type.ts';
import { isCompositeKind } from './passed-type.ts';
import { dereferenceText, fetchText, type Value } from './place.ts';
import { refusal } from './refusal.ts';
import { allowUser, memoryText, type Resolved, wholeText } from './resolve.ts';
import { type Site, warn } from './site.ts';
import { isUserPointer, stringForm, valueType } from './value-type.ts';

/** What is written to tracefs: a fetch text and its type, which may be left to the kernel. */
export interface TypedText {
  readonly body: string;
  readonly type: string | undefined;
}

/** What a value is to be recorded as. */
export interface Wanted {
  readonly type: FetchType | undefined;
  /** Whether the memory behind pointers is that of user space. */
  readonly user: boolean;
  /** Whether pointers to characters and arrays of them are recorded as strings when no type is asked for. */
  readonly strings: boolean;
}

/** Writes a fetch with its type. Throws the kernel's refusals. */
export function typedText(site: Site, resolved: Resolved, wanted: Wanted): TypedText {
  if (resolved.kind === 'value') return valueText(site, resolved.value, wanted);
  const { text, isMemory, isUser } = resolved;
  const { type } = wanted;
  if (text === '$comm' && type !== undefined && !isStringType(type)) {
    throw refusal('NEED_STRING_TYPE', `$comm is a string, not '${type.text}'`);
  }
  if (text === '$comm' && site.kind === 'eprobe' && type === undefined) return { body: text, type: 'string' };
  if (type === undefined) return { body: text, type: undefined };
  if (type.name === '%pd' || type.name === '%pD') return dentryText(site, text, type.name);
  if (isStringType(type) && !isMemory && site.kind !== 'eprobe') {
    throw refusal('BAD_STRING', `'${text}' is a value: +0(${text}):${type.text} reads what it points to`);
  }
  if (type.count !== undefined && (!isMemory || isUser)) throw noArray(text, type);
  return { body: text, type: availableType(site, type) };
}

function noArray(text: string, type: FetchType): Error {
  return refusal('BAD_STRING', `${text} as ${type.text}: arrays are read from the kernel's memory alone`);
}

function valueText(site: Site, value: Value, wanted: Wanted): TypedText {
  const { type } = wanted;
  if (type === undefined) return untypedText(site, value, wanted);
  if (isStringType(type)) return stringText(site, value, type, wanted.user);
  if (type.name === '%pd' || type.name === '%pD') return dentryText(site, wholeText(site, value), type.name);
  if (type.count !== undefined) return arrayText(site, value, type);
  const { text, bits } = readText(site, value);
  // A bitfield stays one: another type would show its neighbours.
  return { body: text, type: bits ?? availableType(site, type) };
}

function untypedText(site: Site, value: Value, wanted: Wanted): TypedText {
  if (wanted.strings && stringForm(site.facts, value.typeId) !== undefined) {
    return stringText(site, value, STRING, wanted.user);
  }
  const { text, bits } = readText(site, value);
  return { body: text, type: bits ?? valueType(site.facts, value.typeId, site.rule) };
}

const STRING: FetchType = { text: 'string', name: 'string', bits: undefined, count: undefined };

/** Of what is larger than a word, its first word. */
function readText(site: Site, value: Value): ReturnType<typeof fetchText> {
  const { facts, form } = site;
  const size = facts.sizeOf(value.typeId);
  const isLarge = size > form.wordSize || size === 0 || isOddComposite(site, value);
  const read = fetchText(value, isLarge ? form.wordSize : size, form);
  if (read.bits !== undefined && form.bigEndian) {
    const why = 'the types of a big-endian kernel count bits from the most significant';
    warn(site, 'W13', `${read.bits} counts from the least significant bit, as tracefs does; ${why}`);
  }
  return read;
}

/** A structure of three bytes has no type of its own, and takes the whole word. */
function isOddComposite({ facts }: Site, { typeId }: Value): boolean {
  const size = facts.sizeOf(typeId);
  return isCompositeKind(facts.table.kind(facts.strip(typeId))) && ![1, 2, 4, 8].includes(size);
}

function stringText(site: Site, value: Value, type: FetchType, user: boolean): TypedText {
  const form = stringForm(site.facts, value.typeId);
  const name = availableType(site, type);
  if (form === undefined)
    throw refusal('BAD_TYPE4STR', 'strings are arrays of characters or pointers to them');
  if (form === 'array') {
    const body = memoryText(value);
    if (body === undefined) throw refusal('BAD_STRING', 'an array in a register has no address');
    return { body, type: name };
  }
  const isUser = user || isUserPointer(site.facts.table, value.typeId);
  if (isUserPointer(site.facts.table, value.typeId) && type.name === 'string') {
    warn(site, 'W9', 'a string is read from user memory: it shows as (fault) while its page is not there');
  }
  const isMarked = isUser && type.name === 'string' && allowUser(site);
  return { body: dereferenceText(wholeText(site, value), 0, isMarked), type: name };
}

function arrayText(site: Site, value: Value, type: FetchType): TypedText {
  const inPlace = memoryText(value);
  const isUser = value.at.kind === 'memory' && value.at.user;
  if (inPlace === undefined || isUser) throw noArray('a value', type);
  return { body: inPlace, type: availableType(site, type) };
}

/** The name of a dentry, or of the file that it belongs to: what `%pd` and `%pD` stand for since 6.10. */
function dentryText(site: Site, pointer: string, type: '%pd' | '%pD'): TypedText {
  if (site.target.features.has('dentryTypes') && site.target.name !== 'any kernel')
    return { body: pointer, type };
  const name = offsetIn(site, 'dentry', ['d_name', 'name']);
  const dentry =
    type === '%pd' ? pointer : dereferenceText(pointer, offsetIn(site, 'file', ['f_path', 'dentry']), false);
  return { body: dereferenceText(dereferenceText(dentry, name, false), 0, false), type: 'string' };
}

/** Bytes from the start of a structure to a member, whose path leads through no pointer. */
function offsetIn({ facts }: Site, struct: string, path: readonly string[]): number {
  const { table } = facts;
  let id = underlyingType(table, findTypeByName(table, struct) ?? 0);
  let bits = 0;
  for (const name of path) {
    const member =
      table.kind(id) === Kind.Struct || table.kind(id) === Kind.Union
        ? findMember(table, id, name)
        : undefined;
    if (member === undefined) throw refusal('NO_BTF_FIELD', `struct ${struct} has no ${path.join('.')} here`);
    bits += member.bitOffset;
    id = underlyingType(table, member.typeId);
  }
  return bits / 8;
}

/** The type as the target has it: its own, or the nearest one before it came. */
function availableType(site: Site, type: FetchType): string {
  const { features, name } = site.target;
  const suffix = type.text.slice(type.name.length);
  if (type.name === 'ustring' && !features.has('userMemory')) {
    warn(site, 'W9', `${name} has no ustring: string may show (fault) for user memory`);
    return `string${suffix}`;
  }
  if ((type.name === 'symbol' || type.name === 'symstr') && site.kind === 'uprobe') {
    throw refusal('BAD_TYPE', `'${type.text}' is of the kernel's symbols, not of a program's`);
  }
  if (type.name === 'symstr' && !features.has('symstr')) return `symbol${suffix}`;
  if (type.name === 'char' && !features.has('char')) return `u8${suffix}`;
  return type.text;
}

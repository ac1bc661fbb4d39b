/**
 * The names that types, enumerators and members get.
 *
 * Those of headers that compile are bpftool's where these are right, but free of clashes and keywords. A forward
 * declaration has the name of the definition that it stands for, and a tag that is taken by another kind of type gets
 * a number like any other.
 *
 * Those of bpftool 7.8 are as the file has them, with `___2` behind the second of its kind. Tags are one name space,
 * typedefs and enumerators the other. A name is counted when it is first written; whether `name___2` is free is not
 * asked.
 */

import { Kind } from '../kinds';
import { allocate, kindFlagOf, kindOf, thirdOf, vlenOf } from '../table';
import { aliasOf, COMPILERS, DEFINED, isBoolTypedef, putBaseDefinition, standInOf } from './base-types';
import { beginIdentifiers, clean } from './identifiers';
import { claim, count, newSpace, numberOf, setNumber } from './name-numbers';
import { put, putText } from './output';
import { isCompat, isScoped } from './style';
import { equals, isSame, joined, lengthOf, numbered, textOf } from './texts';
import { emptyText, end, isComposite, nameAt, nameOfRecord, recordOf } from './types';

/** In the number of a tag: the kind that has the plain name, and whether it is defined. */
const KIND_MASK: u32 = 0x7f;
const IS_DEFINED: u32 = 0x80;

/** Bytes of a name that got a number (the array of 256 in btf_dump_resolve_name). */
const MAX_NUMBERED_NAME: u32 = 255;

/** The name spaces, and the next number for each name that is taken. */
let tags: usize = 0;
let ordinary: usize = 0;
let nextNumbers: usize = 0;
/** By id, the name that a type got; 0 where it has none yet. */
let given: usize = 0;

/** Whether the enumerators `false` and `true` are being written where they are no keywords. */
let isInsideBoolGuard: bool = false;
/** The tag whose members are being named; 0 outside of one. */
export let enclosingTag: usize = 0;

export function beginNames(): void {
  given = allocate((<usize>end + 1) << 2);
  ordinary = newSpace();
  // In C++ a tag is an ordinary name too.
  tags = isScoped ? ordinary : newSpace();
  nextNumbers = newSpace();
  if (!isCompat) beginIdentifiers();
}

export function setEnclosingTag(tag: usize): void {
  enclosingTag = tag;
}

export function setInsideBoolGuard(isInside: bool): void {
  isInsideBoolGuard = isInside;
}

/** Keeps a name of something else, such as a function, from being given to a type. */
export function reserveName(name: usize): void {
  setNumber(ordinary, name, IS_DEFINED);
}

/** Name of a struct, union, enum or forward declaration behind its keyword; 0 where it has none. */
export function tagName(id: u32): usize {
  const name = load<u32>(given + (id << 2));
  if (name !== 0) return name;
  return remember(id, isCompat ? countedName(id, tags) : newTag(recordOf(id)));
}

/** Name of a typedef. */
export function typedefName(id: u32): usize {
  const name = load<u32>(given + (id << 2));
  if (name !== 0) return name;
  return remember(id, isCompat ? countedName(id, ordinary) : newTypedef(recordOf(id)));
}

/** Name of an int or float as it stands in declarations. */
export function baseName(id: u32): usize {
  const record = recordOf(id);
  if (isCompat) return orEmpty(nameOfRecord(record));
  const name: usize = load<u32>(given + (id << 2));
  return name !== 0 ? name : remember(id, newBase(record));
}

/** Writes the lines that define the name of an int or float; nothing where the compiler has it. */
export function putBase(id: u32): void {
  const record = recordOf(id);
  if (!isCompat) {
    if (standInOf(record) === DEFINED) putBaseDefinition(record, baseName(id));
    return;
  }
  // Counts the name among the tags, as bpftool does.
  if (kindOf(record) === Kind.Int && nameOfRecord(record) !== 0) putMissing(tagName(id));
}

/** Defines the names that the arm compilers use without defining them. */
function putMissing(name: usize): void {
  if (equals(name, '__Poly8_t')) put('typedef unsigned char ');
  else if (equals(name, '__Poly16_t')) put('typedef unsigned short ');
  else if (equals(name, '__Poly64_t')) put('typedef unsigned long long ');
  else if (equals(name, '__Poly128_t')) put('typedef unsigned __int128 ');
  else return;
  putText(name);
  put(';\n\n');
}

/** Name of an enumerator that is being written. */
export function enumeratorName(offset: u32): usize {
  const name = orEmpty(nameAt(offset));
  if (isCompat) {
    const number = count(ordinary, name);
    return number === 1 ? name : numbered(joined(name, '___'), number);
  }
  return isInsideBoolGuard ? name : takeOrdinary(clean(name));
}

/** Name of a member or a parameter, 0 for none. */
export function memberName(offset: u32): usize {
  const own = nameAt(offset);
  if (own === 0 || isCompat) return own;
  const name = clean(own);
  if (!isScoped || enclosingTag === 0) return name;
  // In C++ a member of an unnamed union may not have the name of the class around it.
  return isSame(name, enclosingTag) ? joined(name, '_') : name;
}

function remember(id: u32, name: usize): usize {
  store<u32>(given + (id << 2), <u32>name);
  return name;
}

function orEmpty(name: usize): usize {
  return name === 0 ? emptyText() : name;
}

/** The name of a type as bpftool has it. */
function countedName(id: u32, space: usize): usize {
  const record = recordOf(id);
  const name = nameOfRecord(record);
  const kind = kindOf(record);
  const isDeclared = kind === Kind.Forward || (kind === Kind.Enum && vlenOf(record) === 0);
  if (name === 0 || isDeclared) return name;
  const number = count(space, name);
  if (number === 1) return name;
  const whole = numbered(joined(name, '___'), number);
  if (lengthOf(whole) > MAX_NUMBERED_NAME) store<u8>(whole + MAX_NUMBERED_NAME, 0);
  return whole;
}

function newTag(record: usize): usize {
  const own = nameOfRecord(record);
  if (own === 0) return 0;
  const name = clean(own);
  const kind = kindOf(record);
  const isForward = kind === Kind.Forward;
  let tagKind: u32 = kind === Kind.Enum64 ? Kind.Enum : kind;
  if (isForward) tagKind = kindFlagOf(record) ? Kind.Union : Kind.Struct;
  // Most names are nobody's yet.
  if (claim(tags, name, tagKind | (isForward ? 0 : IS_DEFINED))) return name;
  const holder = numberOf(tags, name);
  const isFree = (holder & KIND_MASK) === tagKind && (isForward || (holder & IS_DEFINED) === 0);
  if (!isFree) return withNumber(name, tags);
  if (!isForward) setNumber(tags, name, holder | IS_DEFINED);
  return name;
}

function newTypedef(record: usize): usize {
  const own = orEmpty(nameOfRecord(record));
  if (isBoolTypedef(record)) return own;
  const name = clean(own);
  const isOfTag = isScoped && isTypedefOfTag(thirdOf(record), name);
  // The compiler's own type is another one where the target is not the kernel's.
  const isVaList = equals(own, '__builtin_va_list');
  let taken = name;
  if (!isOfTag && !equals(name, '__builtin_va_list')) taken = takeOrdinary(name);
  return isVaList ? takeOrdinary(textOf('__kernel_builtin_va_list')) : taken;
}

/** Whether a typedef says `typedef struct name name`, which C++ allows. */
function isTypedefOfTag(target: u32, name: usize): bool {
  const kind = kindOf(recordOf(target));
  if (!isComposite(kind) && kind !== Kind.Forward) return false;
  const tag = tagName(target);
  return tag !== 0 && isSame(tag, name);
}

function newBase(record: usize): usize {
  const standIn = standInOf(record);
  if (standIn === COMPILERS) return textOf('bool');
  return standIn === DEFINED ? takeOrdinary(clean(aliasOf(record))) : orEmpty(nameOfRecord(record));
}

function takeOrdinary(name: usize): usize {
  return claim(ordinary, name, IS_DEFINED) ? name : withNumber(name, ordinary);
}

/** The name with the first number that makes it free. */
function withNumber(name: usize, space: usize): usize {
  const stem = joined(name, '___');
  for (let number = max<u32>(2, numberOf(nextNumbers, name)); ; number++) {
    const whole = numbered(stem, number);
    if (!claim(space, whole, IS_DEFINED)) continue;
    setNumber(nextNumbers, name, number + 1);
    return whole;
  }
}

/**
 * How members of a type are declared, as bytes, remembered by type id. It knows the declarations that a listing has by
 * the thousand; all others are odd, and the host's. The texts are those of src/emit/type-text.ts.
 */

import { Kind } from './kinds';
import {
  allocate,
  end,
  extraOf,
  HEADER,
  isType,
  kindById,
  kindFlagOf,
  kindOf,
  LONGEST,
  nameOf,
  recordOf,
  thirdOf,
  vlenOf,
} from './table';
import { put, putByte, putName, putNumber } from './text';

/** Forms of a declaration: a text in the type column, then the name. */
export const PLAIN: u32 = 1;
/** The same, the type being directly a struct, which may need a remark. */
export const STRUCT: u32 = 2;
/** `RET (*name)(PARAMETERS)` */
export const FUNCTION: u32 = 3;
/** An array without elements, whose dimension depends on the member. All forms below are simpler. */
export const FLEXIBLE: u32 = 4;
/** A struct, union or enum without a name. */
export const INLINE: u32 = 5;
/** An array of structs or unions without a name. */
export const INLINE_ARRAY: u32 = 6;
/** None of these. */
export const ODD: u32 = 7;

/** The parts of a shape: form, width of the words before what is padded, lengths before and behind the name. */
export const FORM_MASK: u32 = 7;
export const PREFIX_SHIFT: u32 = 3;
export const PREFIX_MASK: u32 = 31;
export const TEXT_SHIFT: u32 = 8;
export const AFTER_SHIFT: u32 = 18;
export const LENGTH_MASK: u32 = 1023;

/** By id, 8 bytes: a shape, 0 for a type that has not been looked at, and the address of its texts. */
let shapes: usize = 0;
/** Where the next text goes, and the last place where one may begin. */
let next: usize = 0;
let lastStart: usize = 0;
let emptyMeansVoid: bool = false;
let misplacesQualifiers: bool = false;

/** Bytes for the texts: a kernel takes 4 for each of its types. Types beyond are odd. */
const BYTES_PER_TYPE: usize = 16;
/** More than any one text takes before it is found to be odd. */
const ROOM: usize = 1 << 15;
const MAX_PARAMETERS: u32 = 24;
/** Pointers and qualifiers in one text, and lists of parameters within one another. */
const MAX_LINKS = 16;
const MAX_CONSTS = 3;
const MAX_LISTS: u32 = 4;
/** Longest text of a type that pahole does not cut. */
const NAME_LIMIT: usize = 127;

/**
 * With `emptyIsVoid`, a list of parameters that is only `...` reads as if it were `void`; with `misplaces`, qualifiers of
 * pointers land where pahole puts them, which is left to the host.
 */
export function beginTexts(emptyIsVoid: bool, misplaces: bool): void {
  shapes = allocate((<usize>end) << 3);
  next = allocate(BYTES_PER_TYPE * end + 2 * ROOM);
  lastStart = next + BYTES_PER_TYPE * end;
  emptyMeansVoid = emptyIsVoid;
  misplacesQualifiers = misplaces;
}

/** The shape of a type that the table has. */
export function shapeOf(type: u32): u32 {
  const known = load<u32>(shapes + (type << 3));
  return known !== 0 ? known : learn(type);
}

/** Where the text before the name is; that behind it follows. */
export function textOf(type: u32): usize {
  return load<u32>(shapes + (type << 3), 4);
}

function learn(type: u32): u32 {
  const shape = next > lastStart ? ODD : findShape(type);
  store<u32>(shapes + (type << 3), shape);
  store<u32>(shapes + (type << 3), <u32>next, 4);
  next += ((shape >>> TEXT_SHIFT) & LENGTH_MASK) + ((shape >>> AFTER_SHIFT) & LENGTH_MASK);
  return shape;
}

function findShape(type: u32): u32 {
  const start = next;
  let at = start;
  let shown = type;
  let record = recordOf(type);
  let kind = kindOf(record);
  let dimension: i64 = -1;
  if (kind === Kind.Const && !misplacesQualifiers && hasConstElements(thirdOf(record))) {
    // Compilers write the const of an array down at its elements too; it is said once.
    record = recordOf(thirdOf(record));
    kind = Kind.Array;
  }
  if (kind === Kind.Array) {
    dimension = extraOf(record, 2);
    shown = extraOf(record, 0);
    if (!isType(shown)) return ODD;
    record = recordOf(shown);
    kind = kindOf(record);
    // Of the elements of such an array pahole leaves out the const.
    if (dimension === 0 && kind === Kind.Const && misplacesQualifiers) return ODD;
  }
  const element = shown;
  for (let count = 0; kind === Kind.Const && count < MAX_CONSTS; count++) {
    at = put(at, 'const ');
    shown = thirdOf(record);
    if (!isType(shown)) return ODD;
    record = recordOf(shown);
    kind = kindOf(record);
    if (kind === Kind.Pointer) {
      const target = thirdOf(record);
      if (misplacesQualifiers || dimension === 0 || kindById(target) === Kind.FuncProto) return ODD;
      // A const pointer is one text.
      shown = element;
      at = start;
    }
  }
  let prefix = <u32>(at - start);
  let form = PLAIN;
  if (kind === Kind.Pointer) {
    const target = thirdOf(record);
    if (kindById(target) === Kind.FuncProto)
      return shown === type && shown === element ? functionShape(target) : ODD;
  } else if (kind === Kind.Struct || kind === Kind.Union) {
    if (nameOf(record) === 0) return shown === type ? INLINE : shown === element ? INLINE_ARRAY : ODD;
    prefix += kind === Kind.Struct ? 7 : 6;
    if (kind === Kind.Struct && shown === type) form = STRUCT;
  } else if (kind === Kind.Enum || kind === Kind.Enum64) {
    if (nameOf(record) === 0) return shown === type && vlenOf(record) !== 0 ? INLINE : ODD;
    prefix += 5;
  } else if (kind !== Kind.Int && kind !== Kind.Typedef) return ODD;
  at = putType(at, shown, 0);
  if (at === 0 || at - start > NAME_LIMIT) return ODD;
  const length = <u32>(at - start);
  if (dimension > 0) at = putByte(putNumber(putByte(at, 91), <u32>dimension, 1), 93);
  else if (dimension === 0) form = FLEXIBLE;
  return makeShape(form, prefix, length, <u32>(at - start) - length);
}

function hasConstElements(array: u32): bool {
  if (kindById(array) !== Kind.Array) return false;
  return kindById(extraOf(recordOf(array), 0)) === Kind.Const;
}

function functionShape(proto: u32): u32 {
  const start = next;
  let at = putType(start, thirdOf(recordOf(proto)), 0);
  if (at === 0 || at - start > NAME_LIMIT) return ODD;
  const length = <u32>(at - start);
  at = putParameters(putByte(at, 41), proto, 0);
  if (at === 0) return ODD;
  return makeShape(FUNCTION, 0, length, <u32>(at - start) - length);
}

/** Writes `(int, char *)`; 0 where a parameter is not plain. */
function putParameters(at: usize, proto: u32, depth: u32): usize {
  const record = recordOf(proto);
  const count = vlenOf(record);
  if (count > MAX_PARAMETERS || depth > MAX_LISTS || at > next + LONGEST) return 0;
  let isFirst = true;
  let isVariadic = false;
  at = putByte(at, 40);
  const last = record + HEADER + ((<usize>count) << 3);
  for (let parameter = record + HEADER; parameter < last; parameter += 8) {
    const name = load<u32>(parameter);
    const type = load<u32>(parameter, 4);
    if (type === 0) {
      isVariadic = true;
      continue;
    }
    if (!isFirst) at = put(at, ', ');
    isFirst = false;
    const target = kindById(type) === Kind.Pointer ? thirdOf(recordOf(type)) : 0;
    if (kindById(target) === Kind.FuncProto) at = putFunctionParameter(at, target, name, depth);
    else {
      const start = at;
      at = putType(at, type, 0);
      if (at === 0 || at - start > NAME_LIMIT) return 0;
      if (name !== 0) at = putName(putByte(at, 32), name);
    }
    if (at === 0 || at > next + LONGEST) return 0;
  }
  if (isFirst) at = put(at, isVariadic && !emptyMeansVoid ? '...' : 'void');
  else if (isVariadic) at = put(at, ', ...');
  return putByte(at, 41);
}

function putFunctionParameter(at: usize, proto: u32, name: u32, depth: u32): usize {
  const start = at;
  at = putType(at, thirdOf(recordOf(proto)), 0);
  if (at === 0 || at - start > NAME_LIMIT) return 0;
  at = put(at, ' (*');
  if (name !== 0) at = putName(at, name);
  return putParameters(putByte(at, 41), proto, depth + 1);
}

/** Writes the text of a type with a name behind pointers and qualifiers; 0 for another type. */
function putType(at: usize, type: u32, depth: i32): usize {
  if (type === 0) return put(at, 'void');
  if (!isType(type) || depth > MAX_LINKS) return 0;
  const record = recordOf(type);
  const kind = kindOf(record);
  const third = thirdOf(record);
  if (kind === Kind.Pointer) {
    at = putPointee(at, third, depth);
    return at === 0 ? 0 : put(at, ' *');
  }
  if (kind === Kind.Const || kind === Kind.Volatile) {
    if (isQualifiedPointer(third)) {
      at = misplacesQualifiers ? 0 : putType(at, third, depth + 1);
      return at === 0 ? 0 : kind === Kind.Const ? put(at, ' const') : put(at, ' volatile');
    }
    // Each qualifier leaves a blank.
    at = putType(kind === Kind.Const ? put(at, 'const ') : put(at, 'volatile '), third, depth + 1);
    return at === 0 ? 0 : putByte(at, 32);
  }
  const name = nameOf(record);
  if (name === 0) return 0;
  if (kind === Kind.Struct) at = put(at, 'struct ');
  else if (kind === Kind.Union) at = put(at, 'union ');
  else if (kind === Kind.Forward) at = kindFlagOf(record) ? put(at, 'union ') : put(at, 'struct ');
  else if (kind === Kind.Enum || kind === Kind.Enum64) at = put(at, 'enum ');
  else if (kind !== Kind.Int && kind !== Kind.Typedef) return 0;
  return putName(at, name);
}

/** Of what a pointer points to, pahole too has the const of a pointer behind the star. */
function putPointee(at: usize, type: u32, depth: i32): usize {
  if (misplacesQualifiers && kindById(type) === Kind.Const) {
    const target = thirdOf(recordOf(type));
    if (kindById(target) === Kind.Pointer) {
      at = putType(at, target, depth + 1);
      return at === 0 ? 0 : put(at, ' const');
    }
  }
  return putType(at, type, depth + 1);
}

/** Whether a type is a pointer behind qualifiers. */
function isQualifiedPointer(type: u32): bool {
  for (let depth = 0; depth < MAX_LINKS; depth++) {
    const kind = kindById(type);
    if (kind === Kind.Pointer) return true;
    if (kind !== Kind.Const && kind !== Kind.Volatile && kind !== Kind.Restrict) return false;
    type = thirdOf(recordOf(type));
  }
  return false;
}

/** Puts a shape together; ODD when a part is too large. */
function makeShape(form: u32, prefix: u32, length: u32, after: u32): u32 {
  if (length >= LONGEST || after >= LONGEST) return ODD;
  return form | (prefix << PREFIX_SHIFT) | (length << TEXT_SHIFT) | (after << AFTER_SHIFT);
}

/**
 * Declarations of C as text. What is written when is the matter of definitions.ts.
 *
 * A declarator is written inside out: the types from the outermost to the one with a name of its own are stacked, and
 * written from the top of the stack. The words and spaces are those of libbpf 1.8.
 */

import { Kind } from '../kinds';
import { allocate, HEADER, kindFlagOf, kindOf, thirdOf, vlenOf } from '../table';
import { isBoolTypedef } from './base-types';
import { putComposite, putForwardTag, putTag } from './composites';
import { putEnum, putEnumTag } from './enums';
import { giveUp, MAX_NESTING, TOO_DEEP } from './failure';
import { baseName, memberName, typedefName } from './names';
import { put, putByte, putNumber, putText } from './output';
import { putAligned, statedOfType } from './stated-alignments';
import { isCompat, isScoped } from './style';
import { equals } from './texts';
import {
  dimensionOf,
  elementOf,
  end,
  isComposite,
  isEnum,
  isQualifier,
  isStacked,
  nameAt,
  recordOf,
} from './types';

/** Types that wait to be written, 4 bytes for each, innermost last; how many there are, and for how many is room. */
let stack: usize = 0;
let height: u32 = 0;
let room: u32 = 0;
let nesting: i32 = 0;
/** Parameter lists that are open. */
let listDepth: i32 = 0;

const FIRST_ROOM: u32 = 256;

/** `typedef TYPE name`. */
export function putTypedef(id: u32): void {
  const target = thirdOf(recordOf(id));
  const name = typedefName(id);
  if (target === 0 && equals(name, '__gnuc_va_list')) {
    // GCC said void where it meant its own type.
    put('typedef __builtin_va_list __gnuc_va_list');
    return;
  }
  put('typedef ');
  putDeclaration(target, name, 0);
  if (!isCompat && statedOfType(id) !== 0) putAligned(statedOfType(id));
}

/** A type and a name; without one, the type alone. */
export function putDeclaration(id: u32, name: usize, level: u32): void {
  const record = recordOf(id);
  const kind = kindOf(record);
  if (!isStacked(kind)) {
    putTerminal(id, level);
    putName(name, false);
    return;
  }
  if (kind === Kind.Pointer) {
    const target = thirdOf(record);
    if (!isStacked(kindOf(recordOf(target)))) {
      putTerminal(target, level);
      put(' *');
      putName(name, true);
      return;
    }
  }
  putStacked(id, name, level);
}

/** Most declarations are a type, or a pointer to one; the others need the stack. */
function putStacked(id: u32, name: usize, level: u32): void {
  const bottom = height;
  for (;;) {
    if (height === room) growStack();
    if (height - bottom > end) giveUp(TOO_DEEP, id);
    store<u32>(stack + (height << 2), id);
    height++;
    const record = recordOf(id);
    const kind = kindOf(record);
    if (kind === Kind.Array) id = elementOf(record);
    else if (isStacked(kind)) id = thirdOf(record);
    else break;
  }
  if (++nesting > MAX_NESTING) giveUp(TOO_DEEP, id);
  unwind(bottom, name, level);
  nesting--;
  height = bottom;
}

function growStack(): void {
  const larger = allocate((<usize>max(FIRST_ROOM, 2 * room)) << 2);
  memory.copy(larger, stack, (<usize>room) << 2);
  stack = larger;
  room = max(FIRST_ROOM, 2 * room);
}

function top(): u32 {
  return load<u32>(stack + ((height - 1) << 2));
}

/** Writes what is stacked above `bottom`. */
function unwind(bottom: u32, name: usize, level: u32): void {
  let wasPointer = true;
  while (height > bottom) {
    const id = top();
    height--;
    const kind = kindOf(recordOf(id));
    if (kind === Kind.Pointer) {
      put(wasPointer ? '*' : ' *');
      wasPointer = true;
      continue;
    }
    if (kind === Kind.Array) {
      putArray(id, bottom, name, level, wasPointer);
      return;
    }
    if (kind === Kind.FuncProto) {
      putPrototype(id, bottom, name, level, wasPointer);
      return;
    }
    if (isQualifier(kind)) {
      putByte(32);
      putQualifier(kind);
    } else {
      putQualifiers(bottom, kind);
      putTerminal(id, level);
    }
    wasPointer = false;
  }
  putName(name, wasPointer);
}

function putQualifier(kind: i32): void {
  if (kind === Kind.Volatile) put('volatile');
  else if (kind === Kind.Const) put('const');
  else put(isCompat ? 'restrict' : '__restrict');
}

/** A type that stands in front of all others of its declaration, or a tag. */
function putTerminal(id: u32, level: u32): void {
  const record = recordOf(id);
  const kind = kindOf(record);
  const isNamed = load<u32>(record) !== 0;
  if (isScoped && listDepth > 0 && !isNamed && putUnnamedParameter(id, kind)) return;
  if (kind === Kind.Typedef) {
    if (isScoped && !isBoolTypedef(record)) put('::');
    putText(typedefName(id));
  } else if (kind === Kind.Int || kind === Kind.Float) putText(baseName(id));
  else if (isComposite(kind)) {
    if (isNamed) putTag(id, isScoped);
    else putComposite(id, level);
  } else if (isEnum(kind)) {
    if (isNamed) putEnumTag(id, isScoped);
    else putEnum(id, level);
  } else if (kind === Kind.Forward) putForwardTag(id, isScoped);
  else if (kind === Kind.TypeTag) putTypeTag(record);
  else put('void');
}

/** In C++ a parameter's type cannot be defined where it stands: a name that nothing defines does. */
function putUnnamedParameter(id: u32, kind: i32): bool {
  if (isEnum(kind)) {
    put('int');
    return true;
  }
  if (!isComposite(kind)) return false;
  put(kind === Kind.Struct ? 'struct __anonymous_' : 'union __anonymous_');
  putNumber(id);
  return true;
}

function putTypeTag(record: usize): void {
  const isAttribute = kindFlagOf(record);
  if (isCompat) put(isAttribute ? ' __attribute__((' : ' __attribute__((btf_type_tag("');
  else put(isAttribute ? ' __btf_type_attribute(' : ' __btf_type_tag("');
  const name = nameAt(load<u32>(record));
  if (name !== 0) putText(name);
  if (isCompat) put(isAttribute ? '))' : '")))');
  else put(isAttribute ? ')' : '")');
}

function putArray(id: u32, bottom: u32, name: usize, level: u32, wasPointer: bool): void {
  dropQualifiers(bottom);
  if (height === bottom) putName(name, wasPointer);
  else {
    const isArray = kindOf(recordOf(top())) === Kind.Array;
    if (name !== 0 && !wasPointer) putByte(32);
    if (!isArray) putByte(40);
    nest(id, bottom, name, level);
    if (!isArray) putByte(41);
  }
  // Dimensions may follow one another without end: this sees to it that there is room.
  put('[');
  putNumber(dimensionOf(recordOf(id)));
  putByte(93);
}

function putPrototype(id: u32, bottom: u32, name: usize, level: u32, wasPointer: bool): void {
  dropQualifiers(bottom);
  if (height > bottom) {
    put(' (');
    nest(id, bottom, name, level);
    putByte(41);
  } else putName(name, wasPointer);
  const record = recordOf(id);
  const count = vlenOf(record);
  putByte(40);
  if (count === 0 || (count === 1 && load<u32>(record, 16) === 0)) put('void');
  else putParameters(record, level);
  putByte(41);
}

function putParameters(record: usize, level: u32): void {
  const last = record + HEADER + 8 * <usize>vlenOf(record);
  listDepth++;
  for (let at = record + HEADER; at < last; at += 8) {
    if (at > record + HEADER) put(', ');
    const type = load<u32>(at, 4);
    if (type === 0 && at + 8 === last) put('...');
    else putDeclaration(type, memberName(load<u32>(at)), level);
  }
  listDepth--;
}

function nest(id: u32, bottom: u32, name: usize, level: u32): void {
  if (++nesting > MAX_NESTING) giveUp(TOO_DEEP, id);
  unwind(bottom, name, level);
  nesting--;
}

/** Writes the qualifiers that wait on top of the stack: those of a type that is no pointer. */
function putQualifiers(bottom: u32, terminal: i32): void {
  while (height > bottom) {
    const kind = kindOf(recordOf(top()));
    if (!isQualifier(kind)) return;
    // Nothing but a pointer can be restrict.
    const isMisplaced = kind === Kind.Restrict && terminal !== Kind.Typedef && !isCompat;
    if (!isMisplaced) {
      putQualifier(kind);
      putByte(32);
    }
    height--;
  }
}

/** Leaves out the qualifiers of arrays and functions, which compilers record and C does not have. */
function dropQualifiers(bottom: u32): void {
  while (height > bottom) {
    const kind = kindOf(recordOf(top()));
    if (!isQualifier(kind) && kind !== Kind.TypeTag) return;
    height--;
  }
}

function putName(name: usize, wasPointer: bool): void {
  if (name === 0) return;
  if (!wasPointer) putByte(32);
  putText(name);
}

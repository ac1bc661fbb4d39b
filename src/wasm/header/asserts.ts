/** Static asserts of the sizes and offsets that a file records, for a header that checks itself. */

import { Kind } from '../kinds';
import { allocate, HEADER, kindFlagOf, kindOf, MEMBER, thirdOf, vlenOf } from '../table';
import { legacyBitfieldOf } from './compiler-layout';
import { giveUp, MAX_NESTING, TOO_DEEP } from './failure';
import { memberName, setEnclosingTag, tagName, typedefName } from './names';
import { put, putNumber, putText } from './output';
import { statedOfType } from './stated-alignments';
import { isScoped } from './style';
import { end, isComposite, isEnum, isQualifier, recordOf } from './types';

/** The names of the members between the type that is asserted and the present one, 4 bytes for each. */
let path: usize = 0;
/** How the type is named: its keyword by kind, 0 for none, and its name. */
let keyword: i32 = 0;
let typeName: usize = 0;

export function beginAsserts(): void {
  path = allocate((<usize>MAX_NESTING + 2) << 2);
}

/** Writes what must hold of a definition: a struct, union or enum, or a typedef of one without a name. */
export function assertLayout(id: u32): void {
  const record = recordOf(id);
  const kind = kindOf(record);
  if (kind === Kind.Typedef) {
    const target = thirdOf(record);
    const named = recordOf(target);
    if (load<u32>(named) === 0 && isComposite(kindOf(named))) assertType(0, typedefName(id), target);
  } else if (isComposite(kind)) {
    setEnclosingTag(tagName(id));
    assertType(kind, tagName(id), id);
    setEnclosingTag(0);
  } else if (isEnum(kind) && load<u32>(record) !== 0 && vlenOf(record) !== 0) {
    keyword = Kind.Enum;
    typeName = tagName(id);
    assertSize(thirdOf(record));
  }
}

function assertType(kind: i32, name: usize, id: u32): void {
  keyword = kind;
  typeName = name;
  assertSize(thirdOf(recordOf(id)));
  const alignment = statedOfType(id);
  if (alignment !== 0) {
    putAssert('(__alignof__(');
    put(') == ');
    putNumber(alignment);
    put(', "');
    putType();
    put('");\n');
  }
  assertMembers(id, 0, 0, 0);
}

function putAssert(text: string): void {
  put(isScoped ? 'static_assert' : '_Static_assert');
  put(text);
  putType();
}

function putType(): void {
  if (keyword === Kind.Struct) put('struct ');
  else if (keyword === Kind.Union) put('union ');
  else if (keyword === Kind.Enum) put('enum ');
  putText(typeName);
}

function assertSize(size: u32): void {
  putAssert('(sizeof(');
  put(') == ');
  putNumber(size);
  put(', "size of ');
  putType();
  put('");\n');
}

/** Writes the offsets of the members of a type that lies `from` bits from the start, behind `length` names. */
function assertMembers(id: u32, from: i64, length: u32, depth: i32): void {
  if (depth > MAX_NESTING) giveUp(TOO_DEEP, id);
  const record = recordOf(id);
  const hasWidths = kindFlagOf(record);
  const last = record + HEADER + MEMBER * <usize>vlenOf(record);
  for (let at = record + HEADER; at < last; at += MEMBER) {
    const type = load<u32>(at, 4);
    const word = load<u32>(at, 8);
    const isBitfield = hasWidths && word >>> 24 !== 0;
    if (isBitfield || legacyBitfieldOf(type) !== 0) continue;
    const offset = from + <i64>(hasWidths ? word & 0x00ff_ffff : word);
    const name = memberName(load<u32>(at));
    const isNamed = name !== 0;
    if (isNamed) {
      store<u32>(path + (length << 2), <u32>name);
      if (offset % 8 === 0) assertOffset(offset / 8, length + 1);
    }
    const inner = inlineType(type, !isNamed);
    if (inner !== 0) assertMembers(inner, offset, isNamed ? length + 1 : length, depth + 1);
  }
}

function assertOffset(offset: i64, length: u32): void {
  putAssert('(__builtin_offsetof(');
  put(', ');
  putPath(length);
  put(') == ');
  putNumber(offset);
  put(', "');
  putType();
  put('.');
  putPath(length);
  put('");\n');
}

function putPath(length: u32): void {
  for (let index: u32 = 0; index < length; index++) {
    if (index > 0) put('.');
    putText(load<u32>(path + (index << 2)));
  }
}

/** The struct or union that a member is written with: one without a name, or that of an unnamed member. */
function inlineType(type: u32, isUnnamed: bool): u32 {
  let id = type;
  for (let step: u32 = 0; step <= end; step++) {
    const record = recordOf(id);
    const kind = kindOf(record);
    if (isComposite(kind)) return isUnnamed || load<u32>(record) === 0 ? id : 0;
    if (!isQualifier(kind) && !(isUnnamed && kind === Kind.Typedef)) return 0;
    id = thirdOf(record);
  }
  return 0;
}

/** Structs and unions with their bodies. Where padding goes is the matter of the layout rules. */

import { Kind } from '../kinds';
import { HEADER, kindFlagOf, kindOf, MEMBER, thirdOf, vlenOf } from '../table';
import { bpftoolAlignment, bpftoolBits, bpftoolShape } from './bpftool-layout';
import {
  alignmentOf,
  attributeOf,
  bitsOf,
  fillerOf,
  legacyBitfieldOf,
  memberAlignmentsOf,
  shapeOf,
} from './compiler-layout';
import { putDeclaration } from './declarations';
import { giveUp, MAX_NESTING, TOO_DEEP } from './failure';
import { enclosingTag, memberName, setEnclosingTag, tagName } from './names';
import { line, put, putByte, putNumber, putText } from './output';
import { fillGap, fillUnion } from './padding-writer';
import { NATURAL } from './shapes';
import { putAligned } from './stated-alignments';
import { isCompat, isScoped } from './style';
import { numbered, textOf } from './texts';
import { compositeBehind, recordOf } from './types';

let nesting: i32 = 0;
/** The bit behind the last member that has been written. */
let writtenEnd: i64 = 0;

/** `struct name` or `union name`. */
export function putTag(id: u32, scoped: bool): void {
  const isStruct = kindOf(recordOf(id)) === Kind.Struct;
  const name = tagName(id);
  if (name === 0) {
    put(isStruct ? 'struct' : 'union');
    return;
  }
  putKeyword(isStruct, scoped);
  putText(name);
}

/** `struct name` or `union name` of a forward declaration. */
export function putForwardTag(id: u32, scoped: bool): void {
  putKeyword(!kindFlagOf(recordOf(id)), scoped);
  const name = tagName(id);
  if (name !== 0) putText(name);
}

function putKeyword(isStruct: bool, scoped: bool): void {
  if (scoped) put(isStruct ? 'struct ::' : 'union ::');
  else put(isStruct ? 'struct ' : 'union ');
}

/** A struct or union with its body, the closing brace `level` TABs from the left. */
export function putComposite(id: u32, level: u32): void {
  const outer = enclosingTag;
  putTag(id, false);
  const tag = tagName(id);
  if (tag !== 0) setEnclosingTag(tag);
  putBody(id, level);
  setEnclosingTag(outer);
}

function putBody(id: u32, level: u32): void {
  if (++nesting > MAX_NESTING) giveUp(TOO_DEEP, id);
  put(' {');
  const shape = isCompat ? bpftoolShape(id) : shapeOf(id);
  putMembers(id, shape, level + 1);
  fillEnd(id, shape, level + 1);
  putEnd(id, shape, level);
  nesting--;
}

function putMembers(id: u32, shape: i32, level: u32): void {
  const record = recordOf(id);
  const hasWidths = kindFlagOf(record);
  const stating: usize = isCompat ? 0 : memberAlignmentsOf(id);
  let end: i64 = 0;
  let wasBitfield: bool = false;
  const first = record + HEADER;
  const last = first + MEMBER * <usize>vlenOf(record);
  for (let at = first; at < last; at += MEMBER) {
    const type = load<u32>(at, 4);
    const word = load<u32>(at, 8);
    let width: u32 = 0;
    let offset: i64 = 0;
    if (hasWidths) {
      width = word >>> 24;
      offset = word & 0x00ff_ffff;
      // Passes through an int of C.
    } else if (isCompat) offset = <i32>word;
    else {
      const legacy = legacyBitfieldOf(type);
      width = legacy & 0xff;
      offset = <i64>word + <i64>(legacy >>> 8);
    }
    const stated: u32 = stating === 0 ? 0 : load<u32>(stating + (at - first) / 3);
    if (end < offset) {
      const natural: u32 = shape !== NATURAL ? 1 : isCompat ? bpftoolAlignment(type) : alignmentOf(type);
      const isInBitfield = wasBitfield && width !== 0;
      fillGap(end, offset, max<u32>(1, max<u32>(natural, stated)), isInBitfield, shape, level);
    }
    line(level);
    const name = load<u32>(at);
    if (name !== 0 || width !== 0) putDeclaration(type, memberName(name), level);
    else putUnnamed(type, offset, level);
    if (width !== 0) {
      put(': ');
      putNumber(width);
      end = offset + width;
    } else end = isCompat ? <i32>offset + bpftoolBits(type) : offset + bitsOf(type);
    wasBitfield = width !== 0;
    if (stated !== 0 && stated > (shape === NATURAL ? alignmentOf(type) : 1)) putAligned(stated);
    putByte(59);
  }
  writtenEnd = end;
}

/** Writes the padding behind the last member. */
function fillEnd(id: u32, shape: i32, level: u32): void {
  const record = recordOf(id);
  const size = isCompat ? <i64>(<i32>(thirdOf(record) << 3)) : 8 * <i64>thirdOf(record);
  if (kindOf(record) === Kind.Struct && writtenEnd < size) {
    fillGap(writtenEnd, size, isCompat ? bpftoolAlignment(id) : alignmentOf(id), false, shape, level);
  }
  if (isScoped && isEmpty(record)) {
    // In C++ a struct without members takes a byte.
    line(level);
    put('char __empty[0];');
  }
  if (isCompat) return;
  const filler = fillerOf(id);
  if (filler > 0) fillUnion(filler, level);
}

function putEnd(id: u32, shape: i32, level: u32): void {
  if (!isEmpty(recordOf(id)) || isScoped) line(level);
  putByte(125);
  if (shape !== NATURAL) put(' __attribute__((packed))');
  if (!isCompat && attributeOf(id) !== 0) putAligned(attributeOf(id));
}

function isEmpty(record: usize): bool {
  return vlenOf(record) === 0 && thirdOf(record) === 0;
}

/** A member without a name: a struct or union in place, and in bpftool's text whatever it is. */
function putUnnamed(type: u32, offset: i64, level: u32): void {
  if (isCompat) {
    putDeclaration(type, 0, level);
    return;
  }
  const composite = compositeBehind(type);
  if (composite === 0) putDeclaration(type, numbered(textOf('__unnamed_'), offset), level);
  else if (composite === type && load<u32>(recordOf(type)) === 0) putDeclaration(type, 0, level);
  else {
    put(kindOf(recordOf(composite)) === Kind.Union ? 'union' : 'struct');
    putBody(composite, level);
  }
}

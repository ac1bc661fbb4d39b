/** Enums with their enumerators. */

import { Kind } from '../kinds';
import { HEADER, kindFlagOf, kindOf, thirdOf, vlenOf } from '../table';
import { bpftoolHasMode } from './bpftool-layout';
import { enumeratorName, tagName } from './names';
import { line, put, putByte, putNumber, putText, putUnsigned } from './output';
import { naturalEnumSize } from './sizes';
import { isCompat, isScoped } from './style';
import { pointerSize, recordOf } from './types';

/** An enum with its enumerators, the closing brace `level` TABs from the left. */
export function putEnum(id: u32, level: u32): void {
  const record = recordOf(id);
  const count = vlenOf(record);
  putEnumTag(id, false);
  if (count === 0 && isCompat) return;
  if (isScoped) putUnderlying(record);
  put(' {');
  if (kindOf(record) === Kind.Enum64) putWideValues(record, level + 1);
  else putValues(record, level + 1);
  // C knows no enum without enumerators, nor one that is only declared.
  if (count === 0) {
    line(level + 1);
    put('__enum_');
    putNumber(id);
    putByte(44);
  }
  line(level);
  putByte(125);
  if (!isScoped) putMode(record);
}

/** `enum name`, or `enum` where it has none. */
export function putEnumTag(id: u32, scoped: bool): void {
  const name = tagName(id);
  if (name === 0) put('enum');
  else {
    put(scoped ? 'enum ::' : 'enum ');
    putText(name);
  }
}

function putValues(record: usize, level: u32): void {
  const isSigned = kindFlagOf(record);
  const last = record + HEADER + 8 * <usize>vlenOf(record);
  for (let at = record + HEADER; at < last; at += 8) {
    line(level);
    putText(enumeratorName(load<u32>(at)));
    put(' = ');
    const value = load<u32>(at, 4);
    putNumber(isSigned ? <i64>(<i32>value) : <i64>value);
    putByte(44);
  }
}

function putWideValues(record: usize, level: u32): void {
  const isSigned = kindFlagOf(record);
  const last = record + HEADER + 12 * <usize>vlenOf(record);
  for (let at = record + HEADER; at < last; at += 12) {
    line(level);
    putText(enumeratorName(load<u32>(at)));
    put(' = ');
    const value = <u64>load<u32>(at, 4) | ((<u64>load<u32>(at, 8)) << 32);
    if (!isSigned) {
      putUnsigned(value);
      put('ULL,');
    } else if (value === 0x8000_0000_0000_0000 && !isCompat) {
      // The number without its sign is none of a signed type.
      put('(-9223372036854775807LL - 1),');
    } else {
      putNumber(<i64>value);
      put('LL,');
    }
  }
}

/** Writes the type behind the name of an enum of C++. */
function putUnderlying(record: usize): void {
  const size = thirdOf(record);
  put(kindFlagOf(record) ? ' : signed ' : ' : unsigned ');
  if (size === 1) put('char');
  else if (size === 2) put('short');
  else put(size === 8 ? 'long long' : 'int');
}

/** Writes the attribute that gives an enum its size. */
function putMode(record: usize): void {
  const size = thirdOf(record);
  if (isCompat) {
    if (size === 1) put(' __attribute__((mode(byte)))');
    else if (bpftoolHasMode(record)) put(' __attribute__((mode(word)))');
    return;
  }
  if (size === naturalEnumSize(record)) return;
  if (size === 1) put(' __attribute__((mode(byte)))');
  else if (size === 2) put(' __attribute__((mode(HI)))');
  else if (size === 8) put(pointerSize === 8 ? ' __attribute__((mode(word)))' : ' __attribute__((mode(DI)))');
}

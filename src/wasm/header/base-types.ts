/** Ints and floats of a file that C has no word for, or a word that means another type elsewhere. */

import { Kind } from '../kinds';
import { kindOf, thirdOf, vlenOf } from '../table';
import { put, putNumber, putText } from './output';
import { isScoped } from './style';
import { equals, numbered, textOf } from './texts';
import { nameAt, nameOfRecord, recordOf } from './types';

/** Bits of the encoding of an int. */
const SIGNED: u32 = 1;
const CHARACTER: u32 = 2;
const BOOLEAN: u32 = 4;

/** What stands for an int or float in a header: its own name; the compiler's; one that the header defines. */
const OWN = 0;
export const COMPILERS = 1;
export const DEFINED = 2;

/** Which of them. */
export function standInOf(record: usize): i32 {
  const name = nameOfRecord(record);
  const size = thirdOf(record);
  if (kindOf(record) === Kind.Float) {
    return (equals(name, 'float') && size === 4) || (equals(name, 'double') && size === 8) ? OWN : DEFINED;
  }
  if (equals(name, '_Bool') && size === 1) return isScoped ? COMPILERS : OWN;
  return name !== 0 && isWordsOfC(name) ? OWN : DEFINED;
}

/** The name that the header defines: not yet one that is free. */
export function aliasOf(record: usize): usize {
  const name = nameOfRecord(record);
  const size = thirdOf(record);
  const isFloat = kindOf(record) === Kind.Float;
  if (name === 0 || load<u8>(name) === 0)
    return numbered(textOf(isFloat ? '__float' : '__int'), 8 * <u64>size);
  const isLong = isFloat && size !== 4 && size !== 8 && equals(name, 'long double');
  return isLong ? textOf('__long_double') : name;
}

/** Whether each word of a name, between single blanks, is one of C's for ints. */
function isWordsOfC(name: usize): bool {
  let start = name;
  let at = name;
  for (; load<u8>(at) !== 0; at++) {
    if (load<u8>(at) !== 32) continue;
    if (!isWordOfC(start, <u32>(at - start))) return false;
    start = at + 1;
  }
  return isWordOfC(start, <u32>(at - start));
}

function isWordOfC(word: usize, length: u32): bool {
  return (
    isWord(word, length, 'char') ||
    isWord(word, length, 'short') ||
    isWord(word, length, 'int') ||
    isWord(word, length, 'long') ||
    isWord(word, length, 'signed') ||
    isWord(word, length, 'unsigned') ||
    isWord(word, length, '__int128')
  );
}

function isWord(word: usize, length: u32, wanted: string): bool {
  if (length !== <u32>wanted.length) return false;
  const from = changetype<usize>(wanted);
  for (let index: usize = 0; index < length; index++) {
    if (load<u8>(word + index) !== load<u8>(from + (index << 1))) return false;
  }
  return true;
}

/** Writes the definition of a name that stands for an int or float. */
export function putBaseDefinition(record: usize, name: usize): void {
  if (kindOf(record) === Kind.Float) putFloat(record, name);
  else putInt(thirdOf(record), load<u8>(record, 15), name);
}

function putInt(size: u32, encoding: u32, name: usize): void {
  if (size !== 1 && size !== 2 && size !== 4 && size !== 8 && size !== 16) {
    putBytes(size, name);
    put('\n');
    return;
  }
  put('typedef ');
  if ((encoding & BOOLEAN) !== 0 && size === 1) put('unsigned char ');
  else if ((encoding & CHARACTER) !== 0 && size === 1) put('char ');
  else {
    put((encoding & SIGNED) !== 0 ? 'signed ' : 'unsigned ');
    if (size === 1) put('char ');
    else if (size === 2) put('short ');
    else if (size === 4) put('int ');
    else if (size === 8) put('long long ');
    else put('__int128 ');
  }
  putText(name);
  put(';\n\n');
}

function putFloat(record: usize, name: usize): void {
  const size = thirdOf(record);
  if (size === 4 || size === 8) {
    put(size === 4 ? 'typedef float ' : 'typedef double ');
    putText(name);
    put(';\n\n');
    return;
  }
  const own = nameOfRecord(record);
  const isLong = equals(own, 'long double');
  // On BPF it is as large as a double.
  if (isLong) {
    put('#if __SIZEOF_LONG_DOUBLE__ == ');
    putNumber(size);
    put('\ntypedef long double ');
    putText(name);
    put(';\n#else\n');
  }
  putBytes(size, name);
  put(isLong ? '#endif\n\n' : '\n');
}

/** A type of a size that has no name: bytes, aligned as such types are. */
function putBytes(size: u32, name: usize): void {
  const isPower = size > 0 && (size & (size - 1)) === 0;
  const alignment: u32 = isPower ? min<u32>(size, 16) : size > 0 && size % 4 === 0 ? 4 : 1;
  put('typedef struct { unsigned char bytes[');
  putNumber(size);
  put(']; } __attribute__((aligned(');
  putNumber(alignment);
  put('))) ');
  putText(name);
  put(';\n');
}

/** Whether a typedef is `typedef _Bool bool`: what C has had as a typedef, and as a keyword since C23. */
export function isBoolTypedef(record: usize): bool {
  if (!equals(nameOfRecord(record), 'bool')) return false;
  const target = recordOf(thirdOf(record));
  return kindOf(target) === Kind.Int && equals(nameOfRecord(target), '_Bool');
}

/** Whether an enum has no name and no enumerators but `false` and `true`. */
export function isBoolEnum(record: usize): bool {
  const count = vlenOf(record);
  if (kindOf(record) !== Kind.Enum || load<u32>(record) !== 0 || count === 0 || count > 2) return false;
  for (let at = record + 12; at < record + 12 + 8 * <usize>count; at += 8) {
    const name = nameAt(load<u32>(at));
    if (!equals(name, 'false') && !equals(name, 'true')) return false;
  }
  return true;
}

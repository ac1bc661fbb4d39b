/**
 * Typedefs for base types that are called as the types of <stdatomic.h>. Compilers define `atomic_int` in a header, and
 * some DWARF has it as a base type, without the _Atomic int that it names.
 */

import type { TypeId, TypeTable } from '../model/table.ts';

const PREFIX = 'atomic_';

/** `typedef _Atomic int atomic_int;` and a newline for a number type of such a name; undefined for any other. */
export function atomicTypedef(table: TypeTable, id: TypeId, guessesAtomics: boolean): string | undefined {
  const name = table.strings.latin1At(table.nameOffset(id));
  if (!name.startsWith(PREFIX)) return undefined;
  const word = name.slice(PREFIX.length);
  const plain = guessesAtomics ? guessedName(word) : (PLAIN_NAMES[word] ?? nameBySize(table, id));
  return plain === undefined ? undefined : `typedef _Atomic ${plain} ${name};\n`;
}

/** C11, 7.17.6: what the names stand for that do not say their size. */
const PLAIN_NAMES: Readonly<Record<string, string>> = {
  bool: '_Bool',
  char: 'char',
  schar: 'signed char',
  uchar: 'unsigned char',
  short: 'short',
  ushort: 'unsigned short',
  int: 'int',
  uint: 'unsigned int',
  long: 'long',
  ulong: 'unsigned long',
  llong: 'long long',
  ullong: 'unsigned long long',
};

const NAMES_BY_SIZE: Readonly<Record<number, string>> = { 1: 'char', 2: 'short', 4: 'int', 8: 'long long' };

function nameBySize(table: TypeTable, id: TypeId): string | undefined {
  const name = NAMES_BY_SIZE[table.sizeOrType(id)];
  const type = table.type(id);
  if (name === undefined || type.kind !== 'int') return undefined;
  return `${type.encoding === 'signed' ? 'signed' : 'unsigned'} ${name}`;
}

/** pahole takes apart the name alone, and takes size_t for a type that is there and uintptr_t for `unsigned intptr_t`. */
function guessedName(word: string): string {
  if (/^s[^ih]/.test(word)) return `signed ${word.slice(1)}`;
  if (word.startsWith('ll')) return 'long long';
  if (word.startsWith('ull')) return 'unsigned long long';
  if (word.startsWith('ul')) return 'unsigned long';
  if (word.startsWith('u')) return `unsigned ${withoutSize(word.slice(1))}`;
  return word.startsWith('b') ? '_Bool' : withoutSize(word);
}

const SIZED: Readonly<Record<string, string>> = {
  int8_t: 'char',
  int16_t: 'short',
  int32_t: 'int',
  int64_t: 'long',
};

function withoutSize(word: string): string {
  return SIZED[word] ?? word;
}

/** Ints and floats of a file that C has no word for, or a word that means another type elsewhere. */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';
import type { HeaderLanguage } from './identifiers.ts';

/** What stands for a base type. */
export interface BaseAlias {
  readonly name: string;
  /** Its definition, with `@` for the name that it gets; empty where the compiler has it. */
  readonly definition: string;
}

/** Bits of the encoding of an int. */
const SIGNED = 1;
const CHARACTER = 2;
const BOOLEAN = 4;

const INT_WORDS = new Set(['char', 'short', 'int', 'long', 'signed', 'unsigned', '__int128']);
const SIZED: Readonly<Record<number, string>> = {
  1: 'char',
  2: 'short',
  4: 'int',
  8: 'long long',
  16: '__int128',
};

/** What stands for an int or float in a header; undefined where its own name does. */
export function baseAlias(types: FlatTypes, id: TypeId, language: HeaderLanguage): BaseAlias | undefined {
  const { words, starts, text } = types;
  const start = starts[id] as number;
  const kind = ((words[start + 1] as number) >>> 24) & 0x7f;
  const name = text.at(words[start] as number);
  const size = words[start + 2] as number;
  if (kind === Kind.Float) return floatAlias(name, size);
  if (name === '_Bool' && size === 1) return language === 'c' ? undefined : { name: 'bool', definition: '' };
  if (name !== '' && name.split(' ').every((word) => INT_WORDS.has(word))) return undefined;
  const encoding = (words[start + 3] as number) >>> 24;
  return { name: name === '' ? `__int${8 * size}` : name, definition: intDefinition(size, encoding) };
}

function intDefinition(size: number, encoding: number): string {
  const word = SIZED[size];
  if (word === undefined) return `${bytesDefinition(size)}\n`;
  if ((encoding & BOOLEAN) !== 0 && size === 1) return 'typedef unsigned char @;\n\n';
  if ((encoding & CHARACTER) !== 0 && size === 1) return 'typedef char @;\n\n';
  return `typedef ${(encoding & SIGNED) !== 0 ? 'signed' : 'unsigned'} ${word} @;\n\n`;
}

function floatAlias(name: string, size: number): BaseAlias | undefined {
  if ((name === 'float' && size === 4) || (name === 'double' && size === 8)) return undefined;
  const bytes = bytesDefinition(size);
  const alias = name === '' ? `__float${8 * size}` : name;
  if (size === 4 || size === 8)
    return { name: alias, definition: `typedef ${size === 4 ? 'float' : 'double'} @;\n\n` };
  if (name !== 'long double') return { name: alias, definition: `${bytes}\n` };
  // On BPF it is as large as a double.
  const definition = `#if __SIZEOF_LONG_DOUBLE__ == ${size}\ntypedef long double @;\n#else\n${bytes}#endif\n\n`;
  return { name: '__long_double', definition };
}

/** A type of a size that has no name: bytes, aligned as such types are. */
function bytesDefinition(size: number): string {
  const isPower = size > 0 && (size & (size - 1)) === 0;
  const alignment = isPower ? Math.min(size, 16) : size > 0 && size % 4 === 0 ? 4 : 1;
  return `typedef struct { unsigned char bytes[${size}]; } __attribute__((aligned(${alignment}))) @;\n`;
}

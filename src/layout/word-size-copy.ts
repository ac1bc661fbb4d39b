/** Copies of type tables whose records may be changed, under another size of pointers. */

import { Kind } from '../model/kinds.ts';
import { makeInfo } from '../model/records.ts';
import { StringTable } from '../model/strings.ts';
import { TypeTable, tableChain } from '../model/table.ts';

/** An int type that a table lacks. */
export interface NewInt {
  readonly name: string;
  readonly byteSize: number;
  readonly isSigned: boolean;
}

export interface CopyOptions {
  readonly pointerSize: number;
  /** Types to add, with the ids from the `end` of the table on. */
  readonly added?: readonly NewInt[];
}

/** A copy of a table and its bases with records of its own. Names are shared. */
export function copyTable(table: TypeTable, { pointerSize, added = [] }: CopyOptions): TypeTable {
  let copy: TypeTable | undefined;
  for (const part of tableChain(table)) {
    const { starts, strings, endian } = part;
    const adds = part === table && added.length > 0;
    const own = adds ? withInts(part, added) : { words: part.words.slice(), starts, strings };
    copy = new TypeTable({ ...own, base: copy, pointerSize, endian });
  }
  return copy as TypeTable;
}

type Parts = Pick<TypeTable, 'words' | 'starts' | 'strings'>;

/** The parts of a table with ints behind its last type and their names behind its last name. */
function withInts({ words, starts, strings }: TypeTable, ints: readonly NewInt[]): Parts {
  const newWords: number[] = [];
  const newStarts: number[] = [];
  const names: Buffer[] = [strings.bytes];
  let nameOffset = strings.end;
  for (const { name, byteSize, isSigned } of ints) {
    newStarts.push(words.length + newWords.length);
    const encoding = isSigned ? SIGNED : 0;
    newWords.push(nameOffset, makeInfo(Kind.Int, 0, false), byteSize, encoding | (byteSize * 8));
    const bytes = Buffer.from(`${name}\0`);
    names.push(bytes);
    nameOffset += bytes.length;
  }
  return {
    words: joined(words, newWords),
    starts: joined(starts, newStarts),
    strings: new StringTable(Buffer.concat(names), strings.base),
  };
}

/** Encoding bits of a signed int in its word. */
const SIGNED = 1 << 24;

function joined(words: Uint32Array, more: readonly number[]): Uint32Array {
  const all = new Uint32Array(words.length + more.length);
  all.set(words);
  all.set(more, words.length);
  return all;
}

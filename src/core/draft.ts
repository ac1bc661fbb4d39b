/** `Draft`: a copy of the types of a BPF object in which words are changed; ids stay. */

import { WordList } from '../model/intern.ts';
import { StringTable } from '../model/strings.ts';
import { type TypeId, TypeTable } from '../model/table.ts';

/** An entry of a section. */
export interface PlacedVariable {
  readonly id: TypeId;
  readonly offset: number;
  readonly byteSize: number;
}

/** The source must have no base. */
export class Draft {
  readonly source: TypeTable;
  readonly #words: WordList = new WordList();
  readonly #starts: WordList = new WordList();
  readonly #names: Buffer[];
  #nameEnd: number;

  constructor(source: TypeTable) {
    this.source = source;
    for (const word of source.words) this.#words.push(word);
    for (const start of source.starts) this.#starts.push(start);
    this.#names = [source.strings.bytes];
    this.#nameEnd = source.strings.end;
  }

  table(): TypeTable {
    const { endian, pointerSize } = this.source;
    const strings = new StringTable(Buffer.concat(this.#names));
    return new TypeTable({
      words: this.#words.view(),
      starts: this.#starts.view(),
      strings,
      endian,
      pointerSize,
    });
  }

  /** Sets word `index` of the record of `id`. */
  set(id: TypeId, index: number, word: number): void {
    this.#words.words[(this.#starts.words[id - 1] as number) + index] = word;
  }

  /** Adds a name behind the others and gives its offset. */
  addName(name: string): number {
    const offset = this.#nameEnd;
    this.#names.push(Buffer.from(`${name}\0`));
    this.#nameEnd += name.length + 1;
    return offset;
  }

  /** Adds a record behind the others and gives its id. */
  addRecord(words: readonly number[]): TypeId {
    this.#starts.push(this.#words.length);
    for (const word of words) this.#words.push(word);
    return this.#starts.length;
  }

  /** The variables of a section as they are now. */
  variables(section: TypeId): PlacedVariable[] {
    const first = (this.#starts.words[section - 1] as number) + 3;
    const words = this.#words.words;
    return Array.from({ length: this.source.vlen(section) }, (_, index) => ({
      id: words[first + 3 * index] as number,
      offset: words[first + 3 * index + 1] as number,
      byteSize: words[first + 3 * index + 2] as number,
    }));
  }

  setVariable(section: TypeId, index: number, { id, offset, byteSize }: PlacedVariable): void {
    for (const [word, value] of [id, offset, byteSize].entries())
      this.set(section, 3 + 3 * index + word, value);
  }

  /** Puts the variables of a section in the order of their places. */
  sortVariables(section: TypeId): void {
    const sorted = this.variables(section).sort((left, right) => left.offset - right.offset);
    for (const [index, variable] of sorted.entries()) this.setVariable(section, index, variable);
  }
}

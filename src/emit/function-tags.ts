/** The declaration tags that BTF gives to functions and their parameters, as words before these. */

import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';

/** Component of a tag on the whole. */
const WHOLE = 0xffffffff;

type Words = ReadonlyMap<TypeId, readonly string[]>;

/** Texts of words, each word with a blank behind it. */
export class DeclTagWords {
  readonly #functions = new Map<TypeId, string>();
  readonly #parameters = new Map<TypeId, string[]>();
  readonly #table: TypeTable;
  /** Words of parameters by prototype: those of all functions that share it, as pfunct has them. */
  readonly byPrototype: Words;

  constructor(table: TypeTable) {
    const byPrototype = new Map<TypeId, string[]>();
    this.#table = table;
    this.byPrototype = byPrototype;
    for (let id = 1; id < table.end; id++) {
      const target = table.sizeOrType(id);
      if (table.kind(id) !== Kind.DeclTag || table.kind(target) !== Kind.Func) continue;
      const word = `${table.strings.latin1At(table.nameOffset(id))} `;
      const component = table.extra(id, 0);
      if (component === WHOLE) this.#functions.set(target, this.ofFunction(target) + word);
      else if (component < table.vlen(table.sizeOrType(target))) {
        addWord(this.#parameters, target, component, word);
        addWord(byPrototype, table.sizeOrType(target), component, word);
      }
    }
  }

  /** The words before a function. */
  ofFunction(id: TypeId): string {
    return this.#functions.get(id) ?? '';
  }

  /** The words before the parameters of a function, by its prototype. */
  ofParameters(id: TypeId): Words | undefined {
    const words = this.#parameters.get(id);
    return words === undefined ? undefined : new Map([[this.#table.sizeOrType(id), words]]);
  }
}

function addWord(words: Map<TypeId, string[]>, id: TypeId, index: number, word: string): void {
  const list = words.get(id) ?? [];
  list[index] = (list[index] ?? '') + word;
  words.set(id, list);
}

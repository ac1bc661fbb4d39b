/** What src/dwarf/native/contents.h says of numbers for contents, in the plainest words. */

import { Kind } from '../../src/model/kinds.ts';
import { RECORD_SHAPES, type WordRole } from '../../src/model/records.ts';
import type { TypeId, TypeTable } from '../../src/model/table.ts';

/** Numbers the contents of the types of many units. */
export class ContentNumbers {
  readonly #numbers = new Map<string, number>();

  /** Those of the types of one unit, from id 1 on. */
  of(table: TypeTable): Uint32Array {
    const unit = new Unit(table, (key) => this.#number(key));
    return Uint32Array.from({ length: table.end - 1 }, (_, index) => unit.contents(index + 1));
  }

  #number(key: string): number {
    const known = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, known);
    return known;
  }
}

const UNKNOWN = 0;

class Unit {
  readonly #table: TypeTable;
  readonly #number: (key: string) => number;
  readonly #known = new Map<TypeId, number>();
  readonly #tagCounts = new Map<string, number>();

  constructor(table: TypeTable, number: (key: string) => number) {
    this.#table = table;
    this.#number = number;
    for (let id = 1; id < table.end; id++) {
      const tag = this.#tagOf(id);
      if (tag !== undefined) this.#tagCounts.set(tag, (this.#tagCounts.get(tag) ?? 0) + 1);
    }
  }

  contents(id: TypeId): number {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    // Whoever asks for it meanwhile is part of a loop.
    this.#known.set(id, UNKNOWN);
    const contents = this.#contentsOf(id);
    this.#known.set(id, contents);
    return contents;
  }

  #contentsOf(id: TypeId): number {
    const table = this.#table;
    const kind = table.kind(id);
    if (kind === Kind.Var || kind === Kind.Datasec) return UNKNOWN;
    const parts: (string | number)[] = [kind];
    for (const [word, role] of this.#words(id)) {
      if (role === 'name') parts.push(table.strings.latin1At(word));
      else parts.push(role === 'type' ? this.#reference(word) : word);
    }
    return parts.includes('unknown type') ? UNKNOWN : this.#number(JSON.stringify(parts));
  }

  /** The words of a record, and what they are. */
  *#words(id: TypeId): Generator<readonly [word: number, role: WordRole]> {
    const { words } = this.#table;
    const { third, extra, element } = RECORD_SHAPES[this.#table.kind(id) as Kind];
    const head: WordRole[] = ['name', 'value', third === 'type' ? 'type' : 'value', ...extra];
    const elements = element.length === 0 ? 0 : this.#table.vlen(id);
    const roles = [...head, ...Array.from({ length: elements }, () => element).flat()];
    const start = this.#table.startOf(id);
    for (const [index, role] of roles.entries()) yield [words[start + index] as number, role];
  }

  #reference(id: TypeId): string {
    if (id === 0) return 'void';
    const tag = this.#tagOf(id);
    if (tag !== undefined) return this.#tagCounts.get(tag) === 1 ? tag : 'unknown type';
    const contents = this.contents(id);
    return contents === UNKNOWN ? 'unknown type' : `${contents}`;
  }

  #tagOf(id: TypeId): string | undefined {
    const table = this.#table;
    const name = table.strings.latin1At(table.nameOffset(id));
    if (name === '') return undefined;
    switch (table.kind(id)) {
      case Kind.Struct:
        return `struct ${name}`;
      case Kind.Union:
        return `union ${name}`;
      case Kind.Forward:
        return `${table.kindFlag(id) ? 'union' : 'struct'} ${name}`;
      case Kind.Enum:
      case Kind.Enum64:
        return `enum ${name}`;
      default:
        return undefined;
    }
  }
}

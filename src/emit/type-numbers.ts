/**
 * `TypeNumbers`: numbers for the texts of types, over all units of a file, by which texts are compared without being
 * made. Equal numbers mean equal texts; one text may have several numbers.
 */

import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { isQualifier, Kind } from '../model/kinds.ts';
import { TypeFlag } from '../model/side-columns.ts';
import type { StringTable } from '../model/strings.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import type { EmitContext } from './context.ts';
import { putTypeName } from './type-text.ts';

/** Kinds whose text is a word and a name; what is only declared reads as what is defined. */
const NAMED: readonly number[] = [
  Kind.Int,
  Kind.Float,
  Kind.Struct,
  Kind.Union,
  Kind.Enum,
  Kind.Enum64,
  Kind.Forward,
  Kind.Typedef,
];

export class TypeNumbers {
  /** By the number of what the word of a kind stands before, or the offset of a name, and the word. */
  readonly #byWord = new Map<number, number>();
  readonly #byText = new Map<string, number>();
  #table: TypeTable | undefined;
  #strings: StringTable | undefined;
  /** By id in the present table; 0 for a type that was not asked for. */
  #known = new Uint32Array(0);
  #last = 0;

  /** The number of a type's text, 0 for void. */
  numberOf(ctx: EmitContext, id: TypeId, depth = 0): number {
    if (ctx.table !== this.#table) this.#begin(ctx.table);
    const known = this.#known[id] ?? 0;
    if (known !== 0 || id === 0) return known;
    // What contains itself is equal to nothing.
    const number = depth > MAX_TYPE_DEPTH ? ++this.#last : this.#find(ctx, id, depth);
    this.#known[id] = number;
    return number;
  }

  #begin(table: TypeTable): void {
    this.#table = table;
    if (this.#known.length < table.end) this.#known = new Uint32Array(2 * table.end);
    else this.#known.fill(0, 0, table.end);
    // Offsets of names mean nothing in another file.
    if (table.strings !== this.#strings) this.#byWord.clear();
    this.#strings = table.strings;
  }

  #find(ctx: EmitContext, id: TypeId, depth: number): number {
    const { table } = ctx;
    const kind = table.kind(id);
    if (kind === Kind.TypeTag) return this.numberOf(ctx, table.sizeOrType(id), depth + 1);
    if (NAMED.includes(kind))
      return this.#numberIn(this.#byWord, wordOf(table, id, kind), table.nameOffset(id));
    if (kind === Kind.Pointer || isQualifier(kind)) {
      return this.#numberIn(this.#byWord, kind, this.numberOf(ctx, table.sizeOrType(id), depth + 1));
    }
    // The bounds on text count from here: there is one text for each type.
    ctx.beginTopLevel(false);
    return this.#numberFor(
      this.#byText,
      ctx.out.capture(() => putTypeName(ctx, id)),
    );
  }

  #numberIn(numbers: Map<number, number>, word: number, operand: number): number {
    return this.#numberFor(numbers, word * 2 ** 32 + operand);
  }

  #numberFor<Key>(numbers: Map<Key, number>, key: Key): number {
    let number = numbers.get(key);
    if (number === undefined) {
      number = ++this.#last;
      numbers.set(key, number);
    }
    return number;
  }
}

/** Beyond the kinds. */
const CLASS = 256;

function wordOf(table: TypeTable, id: TypeId, kind: number): number {
  if (kind === Kind.Union || (kind === Kind.Forward && table.kindFlag(id))) return Kind.Union;
  if (kind === Kind.Struct || kind === Kind.Forward) {
    return ((table.side?.flags(id) ?? 0) & TypeFlag.Class) !== 0 ? CLASS : Kind.Struct;
  }
  return kind === Kind.Enum64 ? Kind.Enum : kind;
}

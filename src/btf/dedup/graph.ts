/**
 * The types of many tables as one graph: a node for each type, which has a shape (its record without the type
 * ids) and operands (the nodes in place of those ids). Shapes are interned, so that tables may be forgotten
 * once they are added, and what is kept of a type is a few words.
 */

import { TspaholeError } from '../../model/errors.ts';
import { WordInterner, WordList } from '../../model/intern.ts';
import { BTF_KIND_COUNT, type Kind } from '../../model/kinds.ts';
import {
  HEADER_WORDS,
  infoKind,
  infoKindFlag,
  infoVlen,
  RECORD_SHAPES,
  type WordRole,
} from '../../model/records.ts';
import { StringPool } from '../../model/string-pool.ts';
import type { StringTable } from '../../model/strings.ts';
import type { TypeId, TypeTable } from '../../model/table.ts';
import { Repeats } from './repeats.ts';

/** A type by the order in which it was added: void is 0, those of the base follow, then all others. */
export type Node = number;

/** Records to be added: a table, or what looks like one. */
export interface RecordSource {
  readonly words: Uint32Array;
  readonly starts: Uint32Array;
  /** The id of the first record; lower ids are nodes of the graph. */
  readonly firstId: TypeId;
  readonly end: TypeId;
  /** Where the names are; without it they are among the graph's. */
  readonly strings?: StringTable;
}

/** Types from many tables; those of the base have the ids that they have there. */
export class TypeGraph {
  readonly base: TypeTable | undefined;
  readonly names: StringPool;
  readonly shapes: WordInterner;
  /** The graph of the base alone, which this one began as; nothing is added to that. */
  readonly origin: TypeGraph | undefined;
  /** Shape of each node. */
  readonly #shapeOf: WordList;
  /** Kind of each node: what passes over all nodes ask for most. */
  readonly #kindOf: WordList;
  /** Index of the first operand of each node, and the end of the last. */
  readonly #operandStarts: WordList;
  readonly #operands: WordList;
  /** Shapes of the records of one file with the names of its own table. */
  #foreign: { strings: StringTable; records: WordInterner; shapes: WordList } | undefined;
  #scratch: Uint32Array = new Uint32Array(256);

  /** Undefined while ids are nodes. */
  #repeats: Repeats | undefined;

  /** The graph of `base` that others begin as, or one with the names of `like`; by default a graph that types are added to. */
  constructor(
    base?: TypeTable,
    { isOrigin = false, like }: { readonly isOrigin?: boolean; readonly like?: TypeGraph } = {},
  ) {
    this.base = base;
    this.names = like?.names ?? new StringPool(base?.strings);
    const origin = base === undefined || isOrigin ? undefined : originOn(base);
    this.origin = origin;
    this.shapes = like?.shapes ?? new WordInterner(origin?.shapes);
    this.#shapeOf = origin === undefined ? new WordList() : origin.#shapeOf.copy();
    this.#kindOf = origin === undefined ? new WordList() : origin.#kindOf.copy();
    this.#operandStarts = origin === undefined ? new WordList() : origin.#operandStarts.copy();
    this.#operands = origin === undefined ? new WordList() : origin.#operands.copy();
    if (origin !== undefined) return;
    this.#shapeOf.push(this.shapes.intern(this.#scratch, HEADER_WORDS));
    this.#kindOf.push(0);
    this.#operandStarts.push(0);
    this.#operandStarts.push(0);
    if (base !== undefined) this.#addChain(base);
  }

  /** Number of nodes, void included. */
  get count(): number {
    return this.#shapeOf.length;
  }

  /** The id of the type that is added next. */
  get nextId(): TypeId {
    return this.#repeats?.end ?? this.count;
  }

  /** The node of a type that was added. */
  nodeOf(id: TypeId): Node {
    return this.#repeats === undefined ? id : (this.#repeats.nodeOf[id] as Node);
  }

  /** From the first call on, types may be added as repeats of others, and operands are ids. */
  get repeats(): Repeats {
    this.#repeats ??= new Repeats(this.count);
    return this.#repeats;
  }

  get hasRepeats(): boolean {
    return this.#repeats !== undefined;
  }

  /** The first node that is not the base's. */
  get firstOwn(): Node {
    return this.base?.end ?? 1;
  }

  /** Shape of each node; longer than there are nodes. */
  get shapeOf(): Uint32Array {
    return this.#shapeOf.words;
  }

  /** For each node the index of its first operand; that of the next node is the end. */
  get operandStarts(): Uint32Array {
    return this.#operandStarts.words;
  }

  get operands(): Uint32Array {
    return this.#operands.words;
  }

  get operandCount(): number {
    return this.#operands.length;
  }

  /** Info word of a shape. */
  info(shape: number): number {
    return this.shapes.words[this.shapes.startOf(shape) + 1] as number;
  }

  kind(node: Node): number {
    return this.#kindOf.words[node] as number;
  }

  kindFlag(node: Node): boolean {
    return infoKindFlag(this.info(this.#shapeOf.words[node] as number));
  }

  vlen(node: Node): number {
    return infoVlen(this.info(this.#shapeOf.words[node] as number));
  }

  /** Offset of the name among `names`. */
  nameOffset(node: Node): number {
    return this.shapes.words[this.shapes.startOf(this.#shapeOf.words[node] as number)] as number;
  }

  /**
   * Adds the own types of a table, which must have the graph's base, and gives the id of the first.
   * Throws `bad-data` for a reference to a type that the table does not hold, `unsupported` for a kind that
   * BTF does not have.
   */
  add(table: RecordSource): TypeId {
    const first = this.nextId;
    const { words, starts, firstId } = table;
    const shift = first - firstId;
    for (let index = 0; index < starts.length; index++) {
      const at = starts[index] as number;
      const kind = infoKind(words[at + 1] as number);
      if (kind === 0 || kind >= BTF_KIND_COUNT) throw foreignKind(firstId + index, kind);
      this.#addRecord(table, at, kind as Kind, shift);
    }
    return first;
  }

  #addRecord({ words, strings, firstId, end }: RecordSource, at: number, kind: Kind, shift: number): void {
    const { extra, element } = RECORD_SHAPES[kind];
    const length = HEADER_WORDS + extra.length + infoVlen(words[at + 1] as number) * element.length;
    if (length > this.#scratch.length) this.#scratch = new Uint32Array(2 * length);
    const scratch = this.#scratch;
    const codes = rolesOf(kind, length);
    for (let word = 0; word < length; word++) {
      const value = words[at + word] as number;
      const code = codes[word];
      if (code === NAME) {
        scratch[word] = strings === undefined ? value : this.names.offsetOf(strings, value);
      } else if (code !== TYPE) scratch[word] = value;
      else {
        if (value >= end) throw missing(this.nextId - shift, value);
        this.#operands.push(value < firstId ? value : value + shift);
        scratch[word] = 0;
      }
    }
    this.#endNode(this.shapes.intern(scratch, length), kind);
  }

  /** Adds a node with the operands that were written. */
  #endNode(shape: number, kind: number): void {
    this.#repeats?.addNode(this.count);
    this.#shapeOf.push(shape);
    this.#kindOf.push(kind);
    this.#operandStarts.push(this.#operands.length);
  }

  /** Adds a node like one of another graph with the same shapes; `nodeOf` gives the node here for an operand there. */
  addLike(other: TypeGraph, node: Node, nodeOf: (operand: number) => Node): void {
    const { operands, operandStarts, shapeOf } = other;
    const end = operandStarts[node + 1] as number;
    for (let at = operandStarts[node] as number; at < end; at++)
      this.#operands.push(nodeOf(operands[at] as number));
    this.#endNode(shapeOf[node] as number, other.kind(node));
  }

  #reserve(nodes: number, operands: number): void {
    for (const column of [this.#shapeOf, this.#kindOf, this.#operandStarts]) column.reserve(nodes);
    this.#operands.reserve(operands);
  }

  /** The same graph with `nodeOf` of each operand in its place. */
  withOperands(nodeOf: Uint32Array): TypeGraph {
    const graph = new TypeGraph(this.base, { like: this });
    graph.#reserve(this.count, this.operandCount);
    for (let node = 1; node < this.count; node++)
      graph.addLike(this, node, (operand) => nodeOf[operand] as Node);
    return graph;
  }

  /**
   * Adds one own type of a table of DWARF, the record of which is one of BTF: `ids` are the ids here of those in the
   * table. Equal records of the tables of one file are recognised before their names are looked at.
   */
  addFrom({ words, strings }: TypeTable, at: number, ids: Uint32Array): void {
    const kind = infoKind(words[at + 1] as number) as Kind;
    const { extra, element } = RECORD_SHAPES[kind];
    const length = HEADER_WORDS + extra.length + infoVlen(words[at + 1] as number) * element.length;
    if (length > this.#scratch.length) this.#scratch = new Uint32Array(2 * length);
    const scratch = this.#scratch;
    const codes = rolesOf(kind, length);
    this.#operands.reserve(length);
    for (let word = 0; word < length; word++) {
      const value = words[at + word] as number;
      if (codes[word] !== TYPE) scratch[word] = value;
      else {
        this.#operands.words[this.#operands.length++] = ids[value] ?? 0;
        scratch[word] = 0;
      }
    }
    this.#endNode(this.#shapeFrom(strings, codes, length), kind);
  }

  /** The shape of the record in `#scratch`, whose names are those of `strings`. */
  #shapeFrom(strings: StringTable, codes: Uint8Array, length: number): number {
    // Where repeats are known, few records come twice.
    if (this.#repeats !== undefined) return this.#shapeWithNames(strings, codes, length);
    if (this.#foreign?.strings !== strings) {
      this.#foreign = { strings, records: new WordInterner(), shapes: new WordList() };
    }
    const { records, shapes } = this.#foreign;
    const record = records.intern(this.#scratch, length);
    if (record === shapes.length) shapes.push(this.#shapeWithNames(strings, codes, length));
    return shapes.words[record] as number;
  }

  #shapeWithNames(strings: StringTable, codes: Uint8Array, length: number): number {
    const scratch = this.#scratch;
    for (let word = 0; word < length; word++) {
      if (codes[word] === NAME) scratch[word] = this.names.offsetOfRare(strings, scratch[word] as number);
    }
    return this.shapes.intern(scratch, length);
  }

  /** Appends the record of a node to `target`, with `ids` of its operands, or the operands themselves. */
  writeRecord(node: Node, target: WordList, ids?: Uint32Array): void {
    const shape = this.#shapeOf.words[node] as number;
    const start = this.shapes.startOf(shape);
    const length = this.shapes.endOf(shape) - start;
    const codes = rolesOf(this.kind(node) as Kind, length);
    let operand = this.#operandStarts.words[node] as number;
    target.reserve(length);
    for (let word = 0; word < length; word++) {
      const value = this.shapes.words[start + word] as number;
      if (codes[word] !== TYPE) target.words[target.length++] = value;
      else {
        const referred = this.#operands.words[operand++] as Node;
        target.words[target.length++] = ids === undefined ? referred : (ids[referred] as number);
      }
    }
  }

  #addChain(base: TypeTable): void {
    if (base.base !== undefined) this.#addChain(base.base);
    this.add(base);
  }
}

/** Many graphs may begin with one base, as those of a kernel's modules. */
const origins = new WeakMap<TypeTable, TypeGraph>();

function originOn(base: TypeTable): TypeGraph {
  const known = origins.get(base);
  if (known !== undefined) return known;
  const origin = new TypeGraph(base, { isOrigin: true });
  origins.set(base, origin);
  return origin;
}

const VALUE = 0;
const NAME = 1;
const TYPE = 2;
const CODES = { value: VALUE, name: NAME, type: TYPE } as const;

/** For each kind what the words of its records are, as far as the longest record so far goes. */
const roles: Uint8Array[] = [];

function rolesOf(kind: Kind, length: number): Uint8Array {
  const known = roles[kind];
  if (known !== undefined && known.length >= length) return known;
  const { third, extra, element } = RECORD_SHAPES[kind];
  const made = new Uint8Array(2 * length);
  made.set([NAME, VALUE, third === 'type' ? TYPE : VALUE, ...extra.map((role) => CODES[role])]);
  const head = HEADER_WORDS + extra.length;
  for (let word = head; element.length > 0 && word < made.length; word++) {
    made[word] = CODES[element[(word - head) % element.length] as WordRole];
  }
  roles[kind] = made;
  return made;
}

function foreignKind(id: number, kind: number): TspaholeError {
  return new TspaholeError('unsupported', `type ${id} has kind ${kind}, which BTF has not`);
}

function missing(id: number, target: number): TspaholeError {
  return new TspaholeError('bad-data', `type ${id} refers to type ${target}, which does not exist`);
}

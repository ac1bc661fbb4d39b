/**
 * Hash-consing of a graph that is cut at names. A node gets the class of its key: its shape and, for each
 * operand, the operand's class, or where the operand is cut its token. At first a token stands for a kind and a
 * name: all structs of one name are one type until their contents turn out to differ (refine.ts).
 */

import { WordInterner } from '../../model/intern.ts';
import { Kind } from '../../model/kinds.ts';
import { enumTargets, namedEnums } from './enums.ts';
import type { Node, TypeGraph } from './graph.ts';
import { type Cut, cutGraph, extendCut } from './order.ts';

/** Marks tokens among the words of a key; classes have numbers below it. */
const TOKEN = 0x8000_0000;

export class TypeClasses {
  readonly graph: TypeGraph;
  /** 1 for each node that references know by its token. */
  readonly isCut: Uint8Array;
  /** All nodes in the order in which they can be classified. */
  readonly order: Uint32Array;
  /** Class of each node; of one that is cut, the class of its contents. */
  readonly classOf: Uint32Array;
  /** Token of each node that is cut. */
  readonly tokenOf: Uint32Array;
  /** Number of tokens. */
  tokenCount: number;
  /** The classes of what the graph began as, which stay as they were made; the same nodes have them here at first. */
  readonly origin: TypeClasses | undefined;
  readonly cut: Cut;
  /** The enums with names, in order. */
  readonly enums: readonly Node[];
  /** What the tokens of names stand for. */
  readonly #names: WordInterner;
  readonly #keys: WordInterner;
  readonly #enumTargets: ReadonlyMap<Node, Node>;
  #key: Uint32Array = new Uint32Array(256);

  /** Classifies all nodes of a graph by the names of structs and unions. */
  constructor(graph: TypeGraph) {
    const known = graph.origin === undefined ? undefined : classesOfOrigin(graph.origin);
    this.graph = graph;
    this.enums = namedEnums(graph, known);
    this.#enumTargets = enumTargets(graph, this.enums);
    const cut = known === undefined || this.#changesEnums(known) ? undefined : extendCut(graph, known.cut);
    const origin = cut === undefined ? undefined : known;
    this.origin = origin;
    this.cut = cut ?? cutGraph(graph);
    this.isCut = this.cut.isCut;
    this.order = this.cut.order;
    this.classOf = extended(origin?.classOf, graph.count);
    this.tokenOf = extended(origin?.tokenOf, graph.count);
    this.#names = new WordInterner(origin === undefined ? undefined : origin.#names);
    this.#keys = new WordInterner(origin === undefined ? undefined : origin.#keys);
    const first = origin?.graph.count ?? 0;
    this.#nameTokens(Math.max(first, 1));
    this.tokenCount = this.#names.count;
    for (let index = first; index < this.order.length; index++) this.classify(this.order[index] as number);
  }

  /** Number of classes. */
  get classCount(): number {
    return this.#keys.count;
  }

  /** The node that an enum stands for: itself unless it is a forward declaration. */
  enumTarget(node: Node): Node {
    const kind = this.graph.kind(node);
    if (kind !== Kind.Enum && kind !== Kind.Enum64) return node;
    return this.#enumTargets.get(node) ?? node;
  }

  /** Two nodes are one type where this is equal, and both are cut or neither. */
  identity(node: Node): number {
    return (this.isCut[node] === 1 ? this.tokenOf[node] : this.classOf[node]) as number;
  }

  /** What a reference to a node is in a key. */
  reference(node: Node): number {
    return this.isCut[node] === 1
      ? (TOKEN | (this.tokenOf[node] as number)) >>> 0
      : (this.classOf[node] as number);
  }

  /** Gives a node the class of its present key. What it refers to must be classified, or cut. */
  classify(node: Node): void {
    const { shapeOf, operands, operandStarts } = this.graph;
    const start = operandStarts[node] as number;
    const end = operandStarts[node + 1] as number;
    if (end - start + 2 > this.#key.length) this.#key = new Uint32Array(2 * (end - start));
    const key = this.#key;
    key[0] = shapeOf[this.enumTarget(node)] as number;
    let length = 1;
    for (let at = start; at < end; at++) key[length++] = this.reference(operands[at] as number);
    if (this.#isUnique(node)) key[length++] = node;
    this.classOf[node] = this.#keys.intern(key, length);
  }

  /** Variables and sections are never the same. */
  #isUnique(node: Node): boolean {
    const kind = this.graph.kind(node);
    return kind === Kind.Var || kind === Kind.Datasec;
  }

  /** Whether a declaration of an enum stands for another one than it did. */
  #changesEnums(known: TypeClasses): boolean {
    return known.enums.some((node) => this.enumTarget(node) !== known.enumTarget(node));
  }

  #nameTokens(first: Node): void {
    const { graph, isCut, tokenOf } = this;
    const key = new Uint32Array(2);
    for (let node = first; node < graph.count; node++) {
      if (isCut[node] === 0) continue;
      const kind = tagKind(graph, node);
      const isTag = kind === Kind.Struct || kind === Kind.Union;
      key[0] = kind;
      key[1] =
        isTag && graph.nameOffset(node) !== 0
          ? graph.nameOffset(node)
          : LOOP | (graph.shapeOf[node] as number);
      tokenOf[node] = this.#names.intern(key, 2);
    }
  }
}

/** By graph. */
const origins = new WeakMap<TypeGraph, TypeClasses>();

function classesOfOrigin(graph: TypeGraph): TypeClasses {
  const known = origins.get(graph);
  if (known !== undefined) return known;
  const classes = new TypeClasses(graph);
  origins.set(graph, classes);
  return classes;
}

function extended(known: Uint32Array | undefined, length: number): Uint32Array {
  const words = new Uint32Array(length);
  if (known !== undefined) words.set(known);
  return words;
}

/** Names lie below 2 GiB; what is cut because it closes a loop is known by its shape. */
const LOOP = 0x8000_0000;

/** The kind of a type, of a forward declaration that of what it declares. */
export function tagKind(graph: TypeGraph, node: Node): number {
  const kind = graph.kind(node);
  if (kind !== Kind.Forward) return kind;
  return graph.kindFlag(node) ? Kind.Union : Kind.Struct;
}

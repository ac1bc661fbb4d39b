/**
 * Hash-consing of a graph that is cut at names. A node gets the class of its key: its shape and, for each
 * operand, the operand's class, or where the operand is cut its token. At first a token stands for a kind and a
 * name: all structs of one name are one type until their contents turn out to differ (refine.ts).
 */

import { WordInterner } from '../../model/intern.ts';
import { Kind } from '../../model/kinds.ts';
import { enumTargets } from './enums.ts';
import type { Node, TypeGraph } from './graph.ts';
import { cutGraph } from './order.ts';

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
  readonly #keys: WordInterner = new WordInterner();
  readonly #enumTargets: ReadonlyMap<Node, Node>;
  #key: Uint32Array = new Uint32Array(256);

  /** Classifies all nodes of a graph by the names of structs and unions. */
  constructor(graph: TypeGraph) {
    const { isCut, order } = cutGraph(graph);
    this.graph = graph;
    this.isCut = isCut;
    this.order = order;
    this.classOf = new Uint32Array(graph.count);
    this.tokenOf = new Uint32Array(graph.count);
    this.tokenCount = this.#nameTokens();
    this.#enumTargets = enumTargets(graph);
    for (let index = 0; index < order.length; index++) this.classify(order[index] as number);
  }

  /** Number of classes. */
  get classCount(): number {
    return this.#keys.count;
  }

  /** The node that an enum stands for: itself unless it is a forward declaration. */
  enumTarget(node: Node): Node {
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

  #nameTokens(): number {
    const { graph, isCut, tokenOf } = this;
    const names = new WordInterner();
    const key = new Uint32Array(2);
    for (let node = 1; node < graph.count; node++) {
      if (isCut[node] === 0) continue;
      const kind = tagKind(graph, node);
      const isTag = kind === Kind.Struct || kind === Kind.Union;
      key[0] = kind;
      key[1] =
        isTag && graph.nameOffset(node) !== 0
          ? graph.nameOffset(node)
          : LOOP | (graph.shapeOf[node] as number);
      tokenOf[node] = names.intern(key, 2);
    }
    return names.count;
  }
}

/** Names lie below 2 GiB; what is cut because it closes a loop is known by its shape. */
const LOOP = 0x8000_0000;

/** The kind of a type, of a forward declaration that of what it declares. */
export function tagKind(graph: TypeGraph, node: Node): number {
  const kind = graph.kind(node);
  if (kind !== Kind.Forward) return kind;
  return graph.kindFlag(node) ? Kind.Union : Kind.Struct;
}

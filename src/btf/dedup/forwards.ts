/**
 * Forward declarations of structs and unions. One stands for the definition of its kind and name where there
 * is one such definition. Where there are several it is unknown, until a struct that refers to it turns
 * out to be the same as one that refers to a definition; else it stays a forward declaration.
 */

import { Kind } from '../../model/kinds.ts';
import { type TypeClasses, tagKind } from './classes.ts';
import type { Node } from './graph.ts';
import type { Part } from './refine.ts';

/** Comparisons with unknown declarations that are made at most; what is left stays apart. */
const MAX_COMPARISONS = 100_000;
/** Pairs of types in one comparison. */
const MAX_PAIRS = 10_000;

/** The nodes of a block's parts. */
export interface Members {
  /** A node of the part. */
  of(part: Part): Node;
  /** The nodes that were not classified again. */
  rest(): Node[];
}

export class Forwards {
  readonly #classes: TypeClasses;
  /** Those that have the token of their name, by token. */
  readonly #attached = new Map<number, Node[]>();
  /** Those that could be several definitions, by the token that they have instead. */
  readonly #unknown = new Map<number, Node[]>();
  /** Those that were found to be a definition. */
  readonly #bound: { readonly nodes: readonly Node[]; readonly definition: Node }[] = [];
  #changed: Node[] = [];
  #comparisonsLeft: number = MAX_COMPARISONS;

  constructor(classes: TypeClasses) {
    this.#classes = classes;
    const { graph, isCut, tokenOf } = classes;
    for (let node = 1; node < graph.count; node++) {
      if (isCut[node] === 0 || graph.kind(node) !== Kind.Forward) continue;
      const token = tokenOf[node] as number;
      const known = this.#attached.get(token);
      if (known === undefined) this.#attached.set(token, [node]);
      else known.push(node);
    }
  }

  /** Detaches the declarations of names that a struct and a union have; gives their nodes. */
  detachDoubtful(): Node[] {
    const { graph, isCut } = this.#classes;
    const nameOf = ([first]: readonly Node[]): number => graph.nameOffset(first as Node);
    const declared = new Set([...this.#attached.values()].map(nameOf));
    const structs = new Set<number>();
    const unions = new Set<number>();
    for (let node = 1; node < graph.count; node++) {
      const kind = graph.kind(node);
      if (isCut[node] === 0 || (kind !== Kind.Struct && kind !== Kind.Union)) continue;
      const name = graph.nameOffset(node);
      if (declared.has(name)) (kind === Kind.Struct ? structs : unions).add(name);
    }
    for (const [token, nodes] of [...this.#attached]) {
      const name = nameOf(nodes);
      if (structs.has(name) && unions.has(name)) this.detach(token);
    }
    return this.takeChanged();
  }

  /** The definitions with this token are not one type any more: their declarations are unknown. */
  detach(token: number): void {
    const nodes = this.#attached.get(token);
    if (nodes === undefined) return;
    this.#attached.delete(token);
    const unknown = this.#classes.tokenCount++;
    this.#unknown.set(unknown, nodes);
    this.#giveToken(nodes, unknown);
  }

  /** The declarations whose token changed since the last call; the bound ones follow their definitions. */
  takeChanged(): Node[] {
    const { tokenOf } = this.#classes;
    for (const { nodes, definition } of this.#bound) {
      const token = tokenOf[definition] as number;
      if (tokenOf[nodes[0] as Node] !== token) this.#giveToken(nodes, token);
    }
    const changed = this.#changed;
    this.#changed = [];
    return changed;
  }

  /**
   * Joins parts of a block that differ only in what is unknown in one of them, and binds what was unknown to
   * the definition in the other. Parts with types of the base stay apart: those cannot be changed.
   */
  join(parts: Part[], members: Members): Part[] {
    if (this.#unknown.size === 0) return parts;
    const joined: Part[] = [];
    for (const part of parts) {
      const node = members.of(part);
      const partner = this.#isOfBase(node)
        ? undefined
        : joined.find((other) => this.#bind(node, members.of(other)));
      if (partner === undefined) {
        joined.push(part);
        continue;
      }
      const nodes = part.hasRest ? [...part.nodes, ...members.rest()] : part.nodes;
      for (const each of nodes) partner.nodes.push(each);
      partner.size += part.size;
    }
    return joined;
  }

  #isOfBase(node: Node): boolean {
    return node < this.#classes.graph.firstOwn;
  }

  #giveToken(nodes: readonly Node[], token: number): void {
    for (const node of nodes) {
      this.#classes.tokenOf[node] = token;
      this.#changed.push(node);
    }
  }

  /** Whether two nodes differ only in what is unknown; if so binds it. */
  #bind(left: Node, right: Node): boolean {
    if (this.#isOfBase(right) || this.#comparisonsLeft-- <= 0) return false;
    const found = this.#compare(left, right);
    if (found === undefined) return false;
    for (const [token, definition] of found) {
      const nodes = this.#unknown.get(token);
      if (nodes === undefined) continue;
      this.#unknown.delete(token);
      this.#bound.push({ nodes, definition });
    }
    return true;
  }

  /** The definitions by which the unknown tokens make two nodes equal, or undefined. */
  #compare(left: Node, right: Node): Map<number, Node> | undefined {
    const { graph, isCut } = this.#classes;
    const found = new Map<number, Node>();
    const pairs: [Node, Node][] = [[left, right]];
    const seen = new Set<number>();
    for (const [a, b] of pairs) {
      if (pairs.length > MAX_PAIRS || !this.#haveSameShape(a, b)) return undefined;
      const count = (graph.operandStarts[a + 1] as number) - (graph.operandStarts[a] as number);
      for (let index = 0; index < count; index++) {
        const x = graph.operands[(graph.operandStarts[a] as number) + index] as Node;
        const y = graph.operands[(graph.operandStarts[b] as number) + index] as Node;
        if (this.#classes.reference(x) === this.#classes.reference(y)) continue;
        if (isCut[x] !== isCut[y]) return undefined;
        if (isCut[x] === 1) {
          if (!this.#matches(x, y, found) && !this.#matches(y, x, found)) return undefined;
        } else if (!seen.has(x * graph.count + y)) {
          seen.add(x * graph.count + y);
          pairs.push([x, y]);
        }
      }
    }
    return found;
  }

  #haveSameShape(a: Node, b: Node): boolean {
    const { graph } = this.#classes;
    const shape = (node: Node): number => graph.shapeOf[this.#classes.enumTarget(node)] as number;
    return shape(a) === shape(b);
  }

  /** Whether a declaration is unknown and could be `definition`. */
  #matches(forward: Node, definition: Node, found: Map<number, Node>): boolean {
    const { graph, tokenOf } = this.#classes;
    const token = tokenOf[forward] as number;
    if (graph.kind(forward) !== Kind.Forward || !this.#unknown.has(token)) return false;
    if (graph.kind(definition) !== tagKind(graph, forward)) return false;
    if (graph.nameOffset(definition) !== graph.nameOffset(forward)) return false;
    const known = found.get(token);
    if (known !== undefined) return tokenOf[known] === tokenOf[definition];
    found.set(token, definition);
    return true;
  }
}

/**
 * Structs that a base only declares and the split tables define. The base cannot be changed: its types go on
 * to refer to the declaration. What that means for the split tables is libbpf's choice:
 *
 * - A declaration in the split tables is the base's until two equal types of theirs, or one of theirs and one
 *   of the base, are found to differ in that one has the declaration where the other has the definition.
 *   From then on the name is bound: all declarations in the split tables stand for the definition.
 * - A type of the split tables that differs from the base's by such a definition stays beside it, if no other
 *   type bound the name before. Else it is taken to be the base's.
 * - Where a type stays beside the base's, each equal type that comes later is one of the two. It is what the first
 *   comparison that reaches it finds at the same place of the other type. If none reaches it, it is compared with both,
 *   in the order of `candidates.ts`, and is the first of them that needs no change of the base. Declarations of
 *   it stay what they are unless a comparison binds them.
 */

import { Kind } from '../../model/kinds.ts';
import { Candidates } from './candidates.ts';
import type { TypeClasses } from './classes.ts';
import type { Node, TypeGraph } from './graph.ts';

/** Answers for the nodes of the split tables, which must be asked for in ascending order. */
export interface BaseConflicts {
  /** The node that stands for one that is no forward declaration; undefined where the usual rules do. */
  resolve(node: Node): Node | undefined;
  /** The same for forward declarations, which are asked for last. */
  forward(node: Node): Node | undefined;
}

/** Undefined where the base declares nothing that the split tables define. */
export function baseConflicts(classes: TypeClasses, stays: (node: Node) => Node): BaseConflicts | undefined {
  const { graph, isCut, tokenOf } = classes;
  const names = declaredNames(classes, stays);
  if (![...names.values()].some(({ isConflict }) => isConflict)) return undefined;
  const comparison = new Comparison(classes, names);
  const candidates = new Candidates(graph);
  return {
    resolve(node) {
      const kind = graph.kind(node);
      if (kind !== Kind.Struct && kind !== Kind.Union && kind !== Kind.Typedef) return undefined;
      const known = comparison.settled[node] as Node;
      if (known !== 0) return known;
      const identity = `${isCut[node]}:${classes.identity(node)}`;
      const first = stays(node);
      const same = (candidates.of(identity) ?? [first]).find(
        (kept) => kept === node || !comparison.changesBase(kept, node),
      );
      if (same === undefined) candidates.addBeside(identity, node, first);
      else if (same === node) candidates.add();
      comparison.settled[node] = same ?? node;
      return same ?? node;
    },
    forward(node) {
      const name = isCut[node] === 1 ? names.get(tokenOf[node] as number) : undefined;
      if (name === undefined) return undefined;
      const isUnclear = name.isConflict || candidates.of(`1:${tokenOf[node]}`) !== undefined;
      return isUnclear || name.definition !== undefined ? comparison.resolve(node) : undefined;
    },
  };
}

/** A name with forward declarations. */
interface DeclaredName {
  /** The first: the base's, where that has one. */
  readonly declaration: Node;
  /** The base has it, and only split tables define the name. */
  readonly isConflict: boolean;
  /** What the name is bound to. */
  definition: Node | undefined;
}

/** By token. */
function declaredNames(
  { graph, isCut, tokenOf }: TypeClasses,
  stays: (node: Node) => Node,
): Map<number, DeclaredName> {
  const names = new Map<number, DeclaredName>();
  for (let node = 1; node < graph.count; node++) {
    if (isCut[node] === 0 || graph.kind(node) !== Kind.Forward) continue;
    const token = tokenOf[node] as number;
    if (names.has(token)) continue;
    const isConflict = node < graph.firstOwn && stays(node) >= graph.firstOwn;
    names.set(token, { declaration: node, isConflict, definition: undefined });
  }
  return names;
}

/** Pairs that all comparisons of a graph may look at, for each operand: real ones need fewer than one. */
const PAIRS_PER_OPERAND = 64;

/** Walks along two equal types side by side, binds the names in which they differ, and settles what it reaches. */
class Comparison {
  /** What stands for structs, unions and typedefs; 0 where that is open. */
  readonly settled: Uint32Array;
  readonly #graph: TypeGraph;
  readonly #classes: TypeClasses;
  readonly #names: ReadonlyMap<number, DeclaredName>;
  /** Of the present comparison: what was met beside a node of the left type, and these nodes in order. */
  readonly #partners: Uint32Array;
  #lefts: Node[] = [];
  #pairsLeft: number;

  constructor(classes: TypeClasses, names: ReadonlyMap<number, DeclaredName>) {
    const { graph } = classes;
    this.#classes = classes;
    this.#graph = graph;
    this.#names = names;
    this.#partners = new Uint32Array(graph.count);
    this.#pairsLeft = PAIRS_PER_OPERAND * graph.operandCount;
    this.settled = new Uint32Array(graph.count);
    for (let node = 1; node < graph.firstOwn; node++) this.settled[node] = node;
  }

  /** Compares `node` with the type that stands for it; says whether the base would have to be changed. */
  changesBase(kept: Node, node: Node): boolean {
    this.#walk(kept, node);
    const changesBase = this.#lefts.some(
      (left) =>
        left < this.#graph.firstOwn &&
        this.#isForward(left) &&
        !this.#isForward(this.#partners[left] as Node),
    );
    for (const left of this.#lefts) {
      this.#merge(left, this.#partners[left] as Node, changesBase);
      this.#partners[left] = 0;
    }
    this.#lefts = [];
    return changesBase;
  }

  /** Depth first, in order: of several partners of a node the first counts. */
  #walk(kept: Node, node: Node): void {
    const { operands, operandStarts } = this.#graph;
    const stack = [kept, node];
    while (stack.length > 0 && this.#pairsLeft-- > 0) {
      const right = stack.pop() as Node;
      const left = this.#definition(stack.pop() as Node);
      if (this.#partners[left] !== 0 || this.resolve(left) === this.resolve(right)) continue;
      this.#partners[left] = right;
      this.#lefts.push(left);
      if (this.#isForward(left) || this.#isForward(right)) continue;
      const start = operandStarts[right] as number;
      const shift = (operandStarts[left] as number) - start;
      for (let at = (operandStarts[right + 1] as number) - 1; at >= start; at--) {
        if (this.#saysNothing(operands[at] as Node)) continue;
        stack.push(operands[at + shift] as Node, operands[at] as Node);
      }
    }
  }

  /** A type of the base is the same on both sides, and so is what refers to nothing. */
  #saysNothing(right: Node): boolean {
    const { firstOwn, operandStarts } = this.#graph;
    if (right < firstOwn) return true;
    return operandStarts[right] === operandStarts[right + 1] && !this.#isTag(right);
  }

  #merge(left: Node, right: Node, changesBase: boolean): void {
    const kept = this.resolve(left);
    const found = this.resolve(right);
    if (this.#isForward(kept)) {
      if (!this.#isForward(found)) this.#bind(kept, found);
    } else if (changesBase) {
      // For all else the two are not the same.
    } else if (this.#isForward(found)) this.#bind(found, kept);
    else if (this.#isTag(found) && this.settled[kept] !== 0 && this.settled[found] === 0) {
      this.settled[found] = kept;
    }
  }

  #bind(forward: Node, definition: Node): void {
    const name = this.#nameOf(forward);
    if (name !== undefined) name.definition = definition;
  }

  /** What stands for a node, as far as that is known. */
  resolve(node: Node): Node {
    const name = this.#nameOf(node);
    const defined = name === undefined ? node : (name.definition ?? name.declaration);
    return (this.settled[defined] as Node) || defined;
  }

  /** What stands for the definition that a forward declaration is bound to, else the node. */
  #definition(node: Node): Node {
    return this.#nameOf(node)?.definition === undefined ? node : this.resolve(node);
  }

  #nameOf(node: Node): DeclaredName | undefined {
    if (!this.#isForward(node)) return undefined;
    return this.#names.get(this.#classes.tokenOf[node] as number);
  }

  #isForward(node: Node): boolean {
    return this.#graph.kind(node) === Kind.Forward;
  }

  #isTag(node: Node): boolean {
    const kind = this.#graph.kind(node);
    return kind === Kind.Struct || kind === Kind.Union || kind === Kind.Forward;
  }
}

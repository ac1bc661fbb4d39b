/**
 * Structs that a base only declares and the split tables define. The base cannot be changed: its types go on
 * to refer to the declaration. What that means for the split tables is libbpf's choice:
 *
 * - A declaration in the split tables is the base's until two equal types of theirs, or one of theirs and one
 *   of the base, are found to differ in that one has the declaration where the other has the definition.
 *   From then on the name is bound: all declarations in the split tables stand for the definition.
 * - A type of the split tables that differs from the base's by such a definition stays beside it, if no other
 *   type bound the name before. Else it is taken to be the base's.
 */

import { Kind } from '../../model/kinds.ts';
import type { TypeClasses } from './classes.ts';
import type { Node } from './graph.ts';

/** Answers for the nodes of the split tables, which must be asked for in ascending order. */
export interface BaseConflicts {
  /** The node that stands for one that is no forward declaration, or undefined where the usual rules do. */
  resolve(node: Node): Node | undefined;
  /** The same for forward declarations, which are asked for last. */
  forward(node: Node): Node | undefined;
}

/** Undefined where the base declares nothing that the split tables define. */
export function baseConflicts(classes: TypeClasses, stays: (node: Node) => Node): BaseConflicts | undefined {
  const { graph, isCut, tokenOf } = classes;
  const names = conflictingNames(classes, stays);
  if (names.size === 0) return undefined;
  const comparison = new Comparison(classes, names);
  const besides = new Map<string, Node>();
  return {
    resolve(node) {
      const kind = graph.kind(node);
      if (kind !== Kind.Struct && kind !== Kind.Union && kind !== Kind.Typedef) return undefined;
      const identity = `${isCut[node]}:${classes.identity(node)}`;
      const kept = besides.get(identity) ?? stays(node);
      if (kept === node || !comparison.bindsBase(kept, node)) return kept;
      besides.set(identity, node);
      return node;
    },
    forward(node) {
      const name = isCut[node] === 1 ? names.get(tokenOf[node] as number) : undefined;
      return name === undefined || name.isBound ? undefined : name.declaration;
    },
  };
}

/** A name that the base declares and only split tables define. */
interface ConflictingName {
  /** The base's. */
  readonly declaration: Node;
  /** The first. */
  readonly definition: Node;
  isBound: boolean;
}

/** By token. */
function conflictingNames(
  { graph, isCut, tokenOf }: TypeClasses,
  stays: (node: Node) => Node,
): Map<number, ConflictingName> {
  const names = new Map<number, ConflictingName>();
  for (let node = 1; node < graph.firstOwn; node++) {
    if (isCut[node] === 0 || graph.kind(node) !== Kind.Forward) continue;
    const definition = stays(node);
    if (definition < graph.firstOwn) continue;
    names.set(tokenOf[node] as number, { declaration: node, definition, isBound: false });
  }
  return names;
}

/** Walks along two equal types side by side and binds the names in which they differ. */
class Comparison {
  readonly #classes: TypeClasses;
  readonly #names: ReadonlyMap<number, ConflictingName>;
  /** What was compared before binds nothing new. */
  readonly #isDone: Uint8Array;
  #found: ConflictingName[] = [];
  #bindsBase = false;

  constructor(classes: TypeClasses, names: ReadonlyMap<number, ConflictingName>) {
    this.#classes = classes;
    this.#names = names;
    this.#isDone = new Uint8Array(classes.graph.count);
  }

  /** Compares `node` with the type that stands for it; says whether the base would have to be changed. */
  bindsBase(kept: Node, node: Node): boolean {
    const { operands, operandStarts } = this.#classes.graph;
    this.#found = [];
    this.#bindsBase = false;
    const pairs: [Node, Node][] = [[kept, node]];
    for (const [left, right] of pairs) {
      const shift = (operandStarts[left] as number) - (operandStarts[right] as number);
      for (let at = operandStarts[right] as number; at < (operandStarts[right + 1] as number); at++) {
        const pair = this.#differing(operands[at + shift] as Node, operands[at] as Node);
        if (pair !== undefined) pairs.push(pair);
      }
    }
    for (const name of this.#found) name.isBound = true;
    return this.#bindsBase;
  }

  /** Two nodes whose operands are to be compared, unless all is said about them. */
  #differing(left: Node, right: Node): [Node, Node] | undefined {
    const { graph, isCut, tokenOf } = this.#classes;
    if (right < graph.firstOwn || this.#isDone[right] === 1) return undefined;
    const name = isCut[right] === 1 ? this.#names.get(tokenOf[right] as number) : undefined;
    const isDeclared = graph.kind(right) === Kind.Forward;
    const wasDeclared = graph.kind(left) === Kind.Forward;
    if (name?.isBound === false && isDeclared !== wasDeclared) {
      this.#found.push(name);
      if (left < graph.firstOwn) this.#bindsBase = true;
    }
    if (isDeclared || (wasDeclared && name?.isBound !== true)) return undefined;
    this.#isDone[right] = 1;
    return [wasDeclared && name !== undefined ? name.definition : left, right];
  }
}

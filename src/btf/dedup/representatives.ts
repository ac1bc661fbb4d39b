/**
 * Which of several equal types stays. Types keep libbpf's order: of structs, unions, typedefs and what refers
 * to nothing the first stays; of pointers and their like the one that is reached first when each is visited
 * after what it refers to. Types of a base always stay, and are preferred.
 */

import { WordInterner, WordList } from '../../model/intern.ts';
import { Kind } from '../../model/kinds.ts';
import { baseConflicts } from './base-conflicts.ts';
import type { TypeClasses } from './classes.ts';
import type { Node, TypeGraph } from './graph.ts';

/** See {@link chooseRepresentatives}. */
export interface RepresentativeOptions {
  /**
   * Typedefs of a base are not found, so that those of split tables stay: a slip of the libbpf in pahole 1.31
   * (and no longer in libbpf 1.8), which looks for them by another hash than it stored.
   */
  readonly ignoreBaseTypedefs: boolean;
}

/** For each node the one that stands for it; its own number where it stays. */
export function chooseRepresentatives(classes: TypeClasses, options: RepresentativeOptions): Uint32Array {
  const stays = firstOfEach(classes, options);
  const { graph } = classes;
  const representative = new Uint32Array(graph.count).fill(UNSET);
  const conflicts = baseConflicts(classes, stays);
  for (let node = 0; node < graph.firstOwn; node++) representative[node] = node;
  for (let node = graph.firstOwn; node < graph.count; node++) {
    if (!isReference(classes, node)) representative[node] = conflicts?.resolve(node) ?? stays(node);
  }
  // What a declaration stands for is settled when all structs are.
  for (let node = graph.firstOwn; node < graph.count; node++) {
    if (graph.kind(node) === Kind.Forward) representative[node] = conflicts?.forward(node) ?? stays(node);
  }
  new ReferencePhase(classes, representative).run();
  return representative;
}

const UNSET = 0xffff_ffff;

/** Kinds whose order of visits counts. One that closes a loop is known by its token, as a struct is. */
function isReference({ graph, isCut }: TypeClasses, node: Node): boolean {
  switch (graph.kind(node)) {
    case Kind.Pointer:
    case Kind.Array:
    case Kind.Volatile:
    case Kind.Const:
    case Kind.Restrict:
    case Kind.Func:
    case Kind.FuncProto:
    case Kind.DeclTag:
    case Kind.TypeTag:
      return isCut[node] === 0;
    default:
      return false;
  }
}

/** The first node of each type that is no reference: one that defines it, where there is one. */
function firstOfEach(
  classes: TypeClasses,
  { ignoreBaseTypedefs }: RepresentativeOptions,
): (node: Node) => Node {
  const { graph, isCut } = classes;
  const byToken = new Uint32Array(classes.tokenCount).fill(UNSET);
  const byClass = new Uint32Array(classes.classCount).fill(UNSET);
  const isWeak = (node: Node): boolean => graph.kind(node) === Kind.Forward;
  for (let node = 0; node < graph.count; node++) {
    const first = isCut[node] === 1 ? byToken : byClass;
    const identity = classes.identity(node);
    if (classes.enumTarget(node) !== node) continue;
    if (ignoreBaseTypedefs && node < graph.firstOwn && graph.kind(node) === Kind.Typedef) continue;
    const known = first[identity] as number;
    if (known === UNSET || (isWeak(known) && !isWeak(node))) first[identity] = node;
  }
  return (node) => (isCut[node] === 1 ? byToken : byClass)[classes.identity(node)] as number;
}

/** Finds the representatives of references, given those of all other nodes. */
class ReferencePhase {
  readonly #graph: TypeGraph;
  readonly #representative: Uint32Array;
  readonly #keys: WordInterner;
  readonly #firsts: WordList;
  #key: Uint32Array = new Uint32Array(256);

  /** The references of the base stand for themselves. */
  constructor(classes: TypeClasses, representative: Uint32Array) {
    const known = classes.origin === undefined ? undefined : referencesOfOrigin(classes.origin);
    this.#graph = classes.graph;
    this.#representative = representative;
    this.#keys = new WordInterner(known === undefined ? undefined : known.#keys);
    this.#firsts = known === undefined ? new WordList() : known.#firsts.copy();
    if (known !== undefined) return;
    const { firstOwn } = this.#graph;
    for (let node = 1; node < firstOwn; node++) if (isReference(classes, node)) this.#settle(node);
  }

  run(): void {
    const { firstOwn, count } = this.#graph;
    for (let node = firstOwn; node < count; node++) this.#visit(node);
  }

  /** Settles a node after the references that it refers to, without recursion. */
  #visit(root: Node): void {
    const { operands, operandStarts } = this.#graph;
    if (this.#representative[root] !== UNSET) return;
    const path = [root];
    const next = [operandStarts[root] as number];
    while (path.length > 0) {
      const node = path.at(-1) as Node;
      const at = next.at(-1) as number;
      if (at === operandStarts[node + 1]) {
        this.#settle(node);
        path.pop();
        next.pop();
        continue;
      }
      next[next.length - 1] = at + 1;
      const operand = operands[at] as Node;
      if (this.#representative[operand] !== UNSET) continue;
      path.push(operand);
      next.push(operandStarts[operand] as number);
    }
  }

  #settle(node: Node): void {
    const { operands, operandStarts, shapeOf } = this.#graph;
    const start = operandStarts[node] as number;
    const end = operandStarts[node + 1] as number;
    if (end - start + 1 > this.#key.length) this.#key = new Uint32Array(2 * (end - start));
    const key = this.#key;
    key[0] = shapeOf[node] as number;
    let length = 1;
    for (let at = start; at < end; at++) key[length++] = this.#representative[operands[at] as Node] as number;
    const found = this.#keys.intern(key, length);
    if (found === this.#firsts.length) this.#firsts.push(node);
    if (node >= this.#graph.firstOwn) this.#representative[node] = this.#firsts.words[found] as number;
  }
}

/** By the classes of what several graphs began as. */
const origins = new WeakMap<TypeClasses, ReferencePhase>();

function referencesOfOrigin(classes: TypeClasses): ReferencePhase {
  const known = origins.get(classes);
  if (known !== undefined) return known;
  const phase = new ReferencePhase(classes, identity(classes.graph.count));
  origins.set(classes, phase);
  return phase;
}

function identity(length: number): Uint32Array {
  const words = new Uint32Array(length);
  for (let index = 0; index < length; index++) words[index] = index;
  return words;
}

/**
 * In which order libbpf compares a type with equal ones that stay: the newest first, as its hash table chains
 * them. Each time that the table grows, all chains turn round.
 */

import { Kind } from '../../model/kinds.ts';
import type { Node, TypeGraph } from './graph.ts';

/** Equal types that stay, for those types of which more than one does. */
export class Candidates {
  readonly #chains: Map<string, Node[]> = new Map();
  /** Of libbpf's table. */
  #size: number;
  #capacity = 4;

  /** Before any struct, union or typedef of the split tables is asked about. */
  constructor(graph: TypeGraph) {
    this.#size = primitiveCount(graph);
    for (let node = 1; node < graph.firstOwn; node++) {
      const kind = graph.kind(node);
      if (kind !== Kind.Var && kind !== Kind.Datasec) this.#size++;
    }
    while (isFull(this.#size, this.#capacity)) this.#capacity *= 2;
  }

  /** Undefined for types of which one stays at most. */
  of(identity: string): readonly Node[] | undefined {
    return this.#chains.get(identity);
  }

  /** Takes note that a struct, union or typedef of the split tables stays. */
  add(): void {
    this.#size++;
    if (!isFull(this.#size, this.#capacity)) return;
    this.#capacity *= 2;
    for (const chain of this.#chains.values()) chain.reverse();
  }

  /** The same of one that stays beside `first`, or others like it. */
  addBeside(identity: string, node: Node, first: Node): void {
    this.add();
    const chain = this.#chains.get(identity);
    if (chain === undefined) this.#chains.set(identity, [node, first]);
    else chain.unshift(node);
  }
}

/** Whether a table of `capacity` is too small for `size`. */
function isFull(size: number, capacity: number): boolean {
  return Math.floor((size * 4) / 3) > capacity;
}

/** How many of the types of the split tables that refer to nothing stay. */
function primitiveCount(graph: TypeGraph): number {
  const shapes = new Set<number>();
  const enums = new Set<number>();
  let count = 0;
  for (let node = 1; node < graph.count; node++) {
    const kind = graph.kind(node);
    const isEnum = kind === Kind.Enum || kind === Kind.Enum64;
    if (!isEnum && kind !== Kind.Int && kind !== Kind.Float && kind !== Kind.Forward) continue;
    const shape = graph.shapeOf[node] as number;
    const isKnown =
      shapes.has(shape) || (isEnum && graph.vlen(node) === 0 && enums.has(graph.nameOffset(node)));
    if (!isKnown && node >= graph.firstOwn) count++;
    shapes.add(shape);
    if (isEnum) enums.add(graph.nameOffset(node));
  }
  return count;
}

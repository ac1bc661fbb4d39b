/** Which nodes refer to a node: the edges of the graph backwards. */

import type { Node, TypeGraph } from './graph.ts';

/** Those of the nodes of one graph, and of what it began as. */
export class Referrers {
  readonly #origin: Referrers | undefined;
  readonly #starts: Uint32Array;
  readonly #nodes: Uint32Array;

  constructor(graph: TypeGraph) {
    const { count, operands, operandStarts, operandCount, origin } = graph;
    const first = origin?.count ?? 0;
    const firstOperand = origin?.operandCount ?? 0;
    this.#origin = origin === undefined ? undefined : referrersOfOrigin(origin);
    const starts = new Uint32Array(count + 1);
    for (let at = firstOperand; at < operandCount; at++) {
      const after = (operands[at] as number) + 1;
      starts[after] = (starts[after] as number) + 1;
    }
    for (let node = 0; node < count; node++)
      starts[node + 1] = (starts[node + 1] as number) + (starts[node] as number);
    const nodes = new Uint32Array(operandCount - firstOperand);
    const next = starts.slice();
    for (let node = first; node < count; node++) {
      for (let at = operandStarts[node] as number; at < (operandStarts[node + 1] as number); at++) {
        const operand = operands[at] as number;
        const place = next[operand] as number;
        nodes[place] = node;
        next[operand] = place + 1;
      }
    }
    this.#starts = starts;
    this.#nodes = nodes;
  }

  /** Calls `visit` for the nodes that refer to `node`, once for each reference. */
  forEach(node: Node, visit: (referrer: Node) => void): void {
    if (this.#origin !== undefined) this.#origin.forEach(node, visit);
    if (node + 1 >= this.#starts.length) return;
    const end = this.#starts[node + 1] as number;
    for (let at = this.#starts[node] as number; at < end; at++) visit(this.#nodes[at] as number);
  }
}

/** By graph. */
const origins = new WeakMap<TypeGraph, Referrers>();

function referrersOfOrigin(graph: TypeGraph): Referrers {
  const known = origins.get(graph);
  if (known !== undefined) return known;
  const referrers = new Referrers(graph);
  origins.set(graph, referrers);
  return referrers;
}

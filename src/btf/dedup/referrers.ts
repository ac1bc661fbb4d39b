/** Which nodes refer to a node: the edges of the graph backwards. */

import type { Node, TypeGraph } from './graph.ts';

export class Referrers {
  readonly #starts: Uint32Array;
  readonly #nodes: Uint32Array;

  constructor({ count, operands, operandStarts, operandCount }: TypeGraph) {
    const starts = new Uint32Array(count + 1);
    for (let at = 0; at < operandCount; at++) {
      const after = (operands[at] as number) + 1;
      starts[after] = (starts[after] as number) + 1;
    }
    for (let node = 0; node < count; node++)
      starts[node + 1] = (starts[node + 1] as number) + (starts[node] as number);
    const nodes = new Uint32Array(operandCount);
    const next = starts.slice();
    for (let node = 0; node < count; node++) {
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

  /** The nodes that refer to `node`, once for each reference. */
  of(node: Node): Uint32Array {
    return this.#nodes.subarray(this.#starts[node], this.#starts[node + 1]);
  }
}

/**
 * Where the graph of types is cut, and an order in which what is not cut can be classified bottom-up.
 *
 * A cycle of C types passes through a named struct or union. Cut at these, the graph has no cycles: all other
 * types are classified after what they refer to. BTF of other languages has cycles through typedefs (Go), and
 * a hostile file cycles of anything; where these are found, more is cut.
 */

import { Kind } from '../../model/kinds.ts';
import type { Node, TypeGraph } from './graph.ts';

/** See {@link cutGraph}. */
export interface Cut {
  /** 1 for nodes that references treat as a name. */
  readonly isCut: Uint8Array;
  /** All nodes; each follows those that it refers to and that are not cut. */
  readonly order: Uint32Array;
  /** Whether more than names of tags was cut. */
  readonly hadLoop: boolean;
}

/** Cuts the graph so that no cycle remains. */
export function cutGraph(graph: TypeGraph): Cut {
  const first = sortNodes(graph, cutAt(graph, isTag));
  if (!first.hadLoop) return first;
  const isCut = cutAt(graph, (kind, name) => isTag(kind, name) || kind === Kind.Typedef);
  return { ...sortNodes(graph, isCut), hadLoop: true };
}

/** The same, given the cut of what the graph began as, or undefined where that does not help. */
export function extendCut(graph: TypeGraph, known: Cut): Cut | undefined {
  if (known.hadLoop) return undefined;
  const cut = sortNodes(graph, cutAt(graph, isTag, known.isCut), known.order);
  return cut.hadLoop ? undefined : cut;
}

/** Whether types of a kind are one type where their names are equal, unless something says otherwise. */
function isTag(kind: number, nameOffset: number): boolean {
  return (kind === Kind.Struct || kind === Kind.Union || kind === Kind.Forward) && nameOffset !== 0;
}

function cutAt(
  graph: TypeGraph,
  isNamed: (kind: number, nameOffset: number) => boolean,
  known: Uint8Array = new Uint8Array(1),
): Uint8Array {
  const isCut = new Uint8Array(graph.count);
  isCut.set(known);
  for (let node = known.length; node < graph.count; node++) {
    if (isNamed(graph.kind(node), graph.nameOffset(node))) isCut[node] = 1;
  }
  return isCut;
}

const NEW = 0;
const OPEN = 1;
const DONE = 2;

/**
 * Depth first; a node that is met while it is open closes a cycle and is cut as well. One loop without calls,
 * since every type of a kernel passes through it.
 */
function sortNodes(graph: TypeGraph, isCut: Uint8Array, known: Uint32Array = new Uint32Array(0)): Cut {
  const { operands, operandStarts, count } = graph;
  const state = new Uint8Array(count);
  const order = new Uint32Array(count);
  order.set(known);
  state.fill(DONE, 0, known.length);
  let sorted = known.length;
  let hadLoop = false;
  // The nodes that are open, and for each the operand that it goes on with.
  let path = new Uint32Array(1024);
  let next = new Uint32Array(1024);
  for (let root = known.length; root < count; root++) {
    if (state[root] !== NEW) continue;
    let depth = 0;
    path[0] = root;
    next[0] = operandStarts[root] as number;
    state[root] = OPEN;
    while (depth >= 0) {
      const node = path[depth] as number;
      const end = operandStarts[node + 1] as number;
      let at = next[depth] as number;
      let child: Node = 0;
      while (at < end && child === 0) {
        const operand = operands[at++] as number;
        if (isCut[operand] === 1 || state[operand] === DONE) continue;
        if (state[operand] === NEW) child = operand;
        else {
          isCut[operand] = 1;
          hadLoop = true;
        }
      }
      next[depth] = at;
      if (child === 0) {
        state[node] = DONE;
        order[sorted++] = node;
        depth--;
        continue;
      }
      if (++depth === path.length) {
        path = grown(path);
        next = grown(next);
      }
      path[depth] = child;
      next[depth] = operandStarts[child] as number;
      state[child] = OPEN;
    }
  }
  return { isCut, order, hadLoop };
}

function grown(words: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(2 * words.length);
  larger.set(words);
  return larger;
}

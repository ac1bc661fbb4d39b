/** Forward declarations of enums: enums with a name and without values. */

import { Kind } from '../../model/kinds.ts';
import type { Node, TypeGraph } from './graph.ts';

/** What is known of the enums of one name while they are met in order. */
interface Seen {
  /** The forward declaration that came before all others. */
  readonly leading: Node | undefined;
  /** The last enum that differs from those before. */
  newest: Node;
  readonly shapes: Set<number>;
}

/**
 * Of the named `enums` of a graph, the enum that each forward declaration stands for; size and signedness of the declaration do not
 * matter. Where a name has enums of several contents, a declaration stands for the last one before it, and
 * one before all of them for the last, which is libbpf's choice.
 */
export function enumTargets(graph: TypeGraph, enums: readonly Node[]): ReadonlyMap<Node, Node> {
  const seen = new Map<number, Seen>();
  const targets = new Map<Node, Node>();
  for (const node of enums) {
    const name = graph.nameOffset(node);
    const shape = graph.shapeOf[node] as number;
    const isForward = graph.vlen(node) === 0;
    const known = seen.get(name);
    if (known === undefined) {
      seen.set(name, { leading: isForward ? node : undefined, newest: node, shapes: new Set([shape]) });
    } else if (isForward) targets.set(node, known.newest);
    else if (!known.shapes.has(shape)) {
      known.shapes.add(shape);
      known.newest = node;
      if (known.leading !== undefined) targets.set(known.leading, node);
    }
  }
  return resolveChains(targets);
}

/** The enums with names, in order; those of what the graph began as are known. */
export function namedEnums(
  graph: TypeGraph,
  origin?: { readonly enums: readonly Node[]; readonly graph: TypeGraph },
): Node[] {
  const enums = [...(origin?.enums ?? [])];
  for (let node = origin?.graph.count ?? 1; node < graph.count; node++) {
    const kind = graph.kind(node);
    if ((kind === Kind.Enum || kind === Kind.Enum64) && graph.nameOffset(node) !== 0) enums.push(node);
  }
  return enums;
}

/** A declaration may stand for the leading one, which stands for an enum. */
function resolveChains(targets: Map<Node, Node>): Map<Node, Node> {
  for (const [node, target] of targets) targets.set(node, targets.get(target) ?? target);
  return targets;
}

/**
 * Takes repeats apart where a name stands for different types in different units: what refers to it gets nodes of
 * its own in each unit. Which names do, only comparing the types tells, and comparing more types may tell of
 * more names; so this goes on until it tells of none.
 */

import { WordList } from '../../model/intern.ts';
import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import { TypeClasses, tagKind } from './classes.ts';
import { type Node, TypeGraph } from './graph.ts';
import { Referrers } from './referrers.ts';
import { refine } from './refine.ts';
import type { Repeats } from './repeats.ts';

/**
 * Which of several equal types of a unit another one refers to decides about the order of ids, and is not known of
 * repeats. Nothing is wrong with the types: without repeats they can be deduplicated.
 */
export class UnclearRepeats extends Error {
  override readonly name = 'UnclearRepeats';
}

/** A graph without repeats. */
export interface Expanded {
  /** Refined. */
  readonly classes: TypeClasses;
  /** The node of each id. */
  readonly nodes: () => Uint32Array;
}

/** Types of `graph` up to names, compared, and taken apart as far as they differ. Throws {@link UnclearRepeats}. */
export function expand(graph: TypeGraph, repeats: Repeats): Expanded {
  const homes = graph.withOperands(repeats.nodeOf);
  const names = suspectNames(homes, repeats);
  for (;;) {
    const expanded = new Expander(graph, repeats, { homes, names }).expand();
    const classes = new TypeClasses(expanded.graph);
    const before = names.size;
    refineAndAdd(classes, names);
    if (names.size === before) return { classes, nodes: expanded.nodes };
  }
}

interface Expansion {
  readonly graph: TypeGraph;
  readonly nodes: () => Uint32Array;
}

/** The name and the kind of a struct, union or enum, of a declaration those of what it declares; 0 for all else. */
function tagOf(graph: TypeGraph, node: Node): number {
  const name = graph.nameOffset(node);
  if (name === 0) return 0;
  switch (graph.kind(node)) {
    case Kind.Struct:
    case Kind.Union:
    case Kind.Forward:
      return TAG_KINDS * name + (tagKind(graph, node) === Kind.Union ? 1 : 0);
    case Kind.Enum:
    case Kind.Enum64:
      return TAG_KINDS * name + 2;
    default:
      return 0;
  }
}

const TAG_KINDS = 3;

/** Refines the classes and adds the names that do not stand for one type. */
function refineAndAdd(classes: TypeClasses, names: Set<number>): void {
  const { graph, isCut } = classes;
  const byName = classes.tokenOf.slice();
  const tokens = new Int32Array(classes.tokenCount).fill(-1);
  refine(classes);
  for (let node = 1; node < graph.count; node++) {
    if (isCut[node] === 0) continue;
    const name = byName[node] as number;
    const token = classes.tokenOf[node] as number;
    if (tokens[name] === -1) tokens[name] = token;
    else if (tokens[name] !== token && tagOf(graph, node) !== 0) names.add(tagOf(graph, node));
  }
}

/** The names that several contents have, those of declarations aside. */
function suspectNames(homes: TypeGraph, { homeOf }: Repeats): Set<number> {
  const names = new Set<number>();
  const known = new Map<number, Node>();
  for (let node = 1; node < homes.count; node++) {
    const tag = tagOf(homes, node);
    if (tag === 0 || isDeclaration(homes, node)) continue;
    const home = homeOf[node] as Node;
    const first = known.get(tag);
    if (first === undefined) known.set(tag, home);
    else if (first !== home) names.add(tag);
  }
  return names;
}

function isDeclaration(graph: TypeGraph, node: Node): boolean {
  return graph.kind(node) === Kind.Forward || (isEnum(graph, node) && graph.vlen(node) === 0);
}

/** What is known of the nodes of the graph with repeats. */
interface Homes {
  /** Without its repeats: what they refer to is what the first of them does. */
  readonly homes: TypeGraph;
  readonly names: ReadonlySet<number>;
}

/** Gives nodes of their own to the repeats that refer to some names. */
class Expander {
  readonly #graph: TypeGraph;
  readonly #repeats: Repeats;
  readonly #homes: TypeGraph;
  /** For each node its name if it is one of those; else 0. */
  readonly #tags: Float64Array;
  /** 1 for nodes that are not the same in all units. */
  readonly #varies: Uint8Array;
  readonly #expanded: TypeGraph;
  /** By node: the one that it becomes. */
  readonly #becomes: Uint32Array;
  /** By id: the nodes of repeats that get one. */
  readonly #own = new Map<TypeId, Node>();
  /** Of one unit: the types that vary, by the first node with their contents, where there is one; and those with the names. */
  readonly #byHome = new Map<Node, TypeId | undefined>();
  readonly #byTag = new Map<number, TypeId>();

  constructor(graph: TypeGraph, repeats: Repeats, { homes, names }: Homes) {
    this.#graph = graph;
    this.#repeats = repeats;
    this.#homes = homes;
    this.#tags = new Float64Array(homes.count);
    for (let node = 1; node < homes.count; node++) {
      const tag = tagOf(homes, node);
      if (names.has(tag)) this.#tags[node] = tag;
    }
    this.#varies = this.#findVarying();
    this.#expanded = new TypeGraph(undefined, { like: graph });
    this.#becomes = new Uint32Array(homes.count);
  }

  expand(): Expansion {
    const { nodeOf, idOf, unitStarts, end } = this.#repeats;
    const ids = this.#numberNodes();
    let unit = -1;
    for (const id of ids) {
      const node = nodeOf[id] as Node;
      if (idOf[node] === id) {
        this.#expanded.addLike(this.#graph, node, (operand) => this.#nodeOf(operand));
        continue;
      }
      const before = unit;
      while ((unitStarts[unit + 1] ?? end) <= id) unit++;
      if (unit !== before) this.#readUnit(unit);
      this.#expanded.addLike(this.#graph, node, (operand) => this.#nodeOf(this.#counterpartOf(operand)));
    }
    return { graph: this.#expanded, nodes: () => this.#allNodes() };
  }

  /** What refers to one of the names, up to the next name. */
  #findVarying(): Uint8Array {
    const graph = this.#homes;
    const varies = new Uint8Array(graph.count);
    const referrers = new Referrers(graph);
    const reached: Node[] = [];
    const reach = (node: Node): void => {
      if (varies[node] === 1) return;
      varies[node] = 1;
      if (tagOf(graph, node) === 0) reached.push(node);
    };
    for (let node = 1; node < graph.count; node++) {
      if (this.#tags[node] === 0) continue;
      referrers.forEach(node, reach);
      // What a declaration of an enum stands for depends on what came before it.
      if (isEnum(graph, node)) varies[node] = 1;
    }
    // The list grows while it is walked.
    for (const node of reached) referrers.forEach(node, reach);
    return varies;
  }

  /** Numbers what gets a node by ascending ids, and gives these ids. */
  #numberNodes(): Uint32Array {
    const { idOf } = this.#repeats;
    const own = this.#findOwn();
    const ids = new Uint32Array(this.#homes.count - 1 + own.length);
    let count = 0;
    let next = 0;
    for (let node = 1; node < this.#homes.count; node++) {
      const id = idOf[node] as TypeId;
      for (; next < own.length && (own[next] as TypeId) < id; next++) {
        ids[count++] = own[next] as TypeId;
        this.#own.set(own[next] as TypeId, count);
      }
      ids[count++] = id;
      this.#becomes[node] = count;
    }
    for (; next < own.length; next++) {
      ids[count++] = own[next] as TypeId;
      this.#own.set(own[next] as TypeId, count);
    }
    return ids;
  }

  /** The ids of repeats that vary. */
  #findOwn(): Uint32Array {
    const { nodeOf, idOf, end } = this.#repeats;
    const varies = this.#varies;
    const own = new WordList();
    for (let id = 1; id < end; id++) {
      const node = nodeOf[id] as Node;
      if (varies[node] === 1 && idOf[node] !== id) own.push(id);
    }
    return own.view();
  }

  #readUnit(unit: number): void {
    const { nodeOf, homeOf, unitStarts, end } = this.#repeats;
    this.#byHome.clear();
    this.#byTag.clear();
    const next = unitStarts[unit + 1] ?? end;
    for (let id = unitStarts[unit] as TypeId; id < next; id++) {
      const node = nodeOf[id] as Node;
      if (this.#tags[node] !== 0) this.#byTag.set(this.#tags[node] as number, id);
      if (this.#varies[node] === 0) continue;
      const home = homeOf[node] as Node;
      this.#byHome.set(home, this.#byHome.has(home) ? undefined : id);
    }
  }

  /** What has the place of a type of an earlier unit in the one that was read. */
  #counterpartOf(id: TypeId): TypeId {
    const { nodeOf, homeOf } = this.#repeats;
    const node = nodeOf[id] as Node;
    const tag = this.#tags[node] as number;
    if (tag !== 0) {
      const own = this.#byTag.get(tag);
      if (own === undefined) throw new UnclearRepeats();
      return own;
    }
    if (this.#varies[node] === 0 || tagOf(this.#homes, node) !== 0) return id;
    const own = this.#byHome.get(homeOf[node] as Node);
    if (own === undefined) throw new UnclearRepeats();
    return own;
  }

  /** The node of a type in the new graph. */
  #nodeOf(id: TypeId): Node {
    const node = this.#repeats.nodeOf[id] as Node;
    if (this.#varies[node] === 1 && this.#repeats.idOf[node] !== id) return this.#own.get(id) as Node;
    return this.#becomes[node] as Node;
  }

  #allNodes(): Uint32Array {
    const nodes = new Uint32Array(this.#repeats.end);
    for (let id = 1; id < nodes.length; id++) nodes[id] = this.#nodeOf(id);
    return nodes;
  }
}

function isEnum(graph: TypeGraph, node: Node): boolean {
  const kind = graph.kind(node);
  return kind === Kind.Enum || kind === Kind.Enum64;
}

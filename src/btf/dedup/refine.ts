/**
 * What to do about names that have several contents. Their types are split into blocks of equal contents,
 * each with a token of its own; what refers to a type whose token changed is classified again; and so on until
 * nothing splits. The largest part of a block keeps its token, so a token changes at most log2(n) times
 * for a type.
 */

import { Kind } from '../../model/kinds.ts';
import type { TypeClasses } from './classes.ts';
import { Forwards } from './forwards.ts';
import type { Node } from './graph.ts';
import { Referrers } from './referrers.ts';

/** Types of one block that have the same contents. */
export interface Part {
  readonly contents: number;
  /** Those of its nodes that were classified again. */
  nodes: Node[];
  /** Number of all its nodes: `nodes`, and the rest of the block where that is here. */
  size: number;
  hasRest: boolean;
}

/** Splits what the names say to be one type and the contents say is not. */
export function refine(classes: TypeClasses): void {
  const blocks = new Blocks(classes);
  const forwards = new Forwards(classes);
  const suspects = blocks.ambiguous();
  const detached = forwards.detachDoubtful();
  if (suspects.length === 0 && detached.length === 0) return;
  const again = new Reclassifier(classes);
  let touched = [...suspects, ...again.after(detached)];
  while (touched.length > 0) {
    const changed = blocks.split(touched, forwards);
    touched = again.after([...changed, ...forwards.takeChanged()]);
  }
}

/** Classifies again what depends on tokens. */
class Reclassifier {
  readonly #classes: TypeClasses;
  readonly #referrers: Referrers;
  readonly #position: Uint32Array;
  readonly #isMarked: Uint8Array;

  constructor(classes: TypeClasses) {
    this.#classes = classes;
    this.#referrers = new Referrers(classes.graph);
    this.#position = new Uint32Array(classes.order.length);
    const { order } = classes;
    for (let index = 0; index < order.length; index++) this.#position[order[index] as number] = index;
    this.#isMarked = new Uint8Array(classes.order.length);
  }

  /** Classifies what refers to `changed`; gives those of it whose contents may split a block. */
  after(changed: readonly Node[]): Node[] {
    const { isCut, graph } = this.#classes;
    const reached: Node[] = [];
    const reach = (node: Node): void => {
      if (this.#isMarked[node] === 1) return;
      this.#isMarked[node] = 1;
      reached.push(node);
    };
    for (const node of changed) this.#referrers.forEach(node, reach);
    // The list grows while it is walked.
    for (const node of reached) if (isCut[node] === 0) this.#referrers.forEach(node, reach);
    const positions = Uint32Array.from(reached, (node) => this.#position[node] as number).sort();
    for (const position of positions) this.#classes.classify(this.#classes.order[position] as number);
    for (const node of reached) this.#isMarked[node] = 0;
    return reached.filter((node) => isCut[node] === 1 && graph.kind(node) !== Kind.Forward);
  }
}

/** The types that share a token; forward declarations do not count. */
class Blocks {
  readonly #classes: TypeClasses;
  /** By token. */
  readonly #sizes: number[] = [];
  /** By token: the contents of those that were not classified again. */
  readonly #contents: number[] = [];
  /** Of blocks that were ever split; may hold nodes that have left. */
  readonly #members = new Map<number, Node[]>();
  /** The tokens that nodes had at first. */
  readonly #names: Uint32Array;
  #byName: Map<number, Node[]> | undefined;

  constructor(classes: TypeClasses) {
    this.#classes = classes;
    this.#names = classes.tokenOf.slice();
  }

  /** The types whose names have several contents. */
  ambiguous(): Node[] {
    const { tokenCount, tokenOf, classOf } = this.#classes;
    const contents = new Int32Array(tokenCount).fill(-1);
    const isAmbiguous = new Uint8Array(tokenCount);
    this.#forEachDefinition((node) => {
      const token = tokenOf[node] as number;
      const found = classOf[node] as number;
      this.#sizes[token] = (this.#sizes[token] ?? 0) + 1;
      if (contents[token] === -1) contents[token] = found;
      else if (contents[token] !== found) isAmbiguous[token] = 1;
      this.#contents[token] = contents[token] as number;
    });
    const nodes: Node[] = [];
    this.#forEachDefinition((node) => {
      if (isAmbiguous[tokenOf[node] as number] === 1) nodes.push(node);
    });
    return nodes;
  }

  /** Splits the blocks of `touched` by contents and gives the nodes that have another token now. */
  split(touched: readonly Node[], forwards: Forwards): Node[] {
    const { tokenOf, classOf } = this.#classes;
    const blocks = new Map<number, Map<number, Part>>();
    for (const node of touched) {
      const token = tokenOf[node] as number;
      const contents = classOf[node] as number;
      let parts = blocks.get(token);
      if (parts === undefined) {
        parts = new Map();
        blocks.set(token, parts);
      }
      const part = parts.get(contents);
      if (part === undefined) parts.set(contents, { contents, nodes: [node], size: 1, hasRest: false });
      else {
        part.nodes.push(node);
        part.size++;
      }
    }
    return [...blocks].flatMap(([token, parts]) => this.#splitBlock(token, parts, forwards));
  }

  #splitBlock(token: number, byContents: Map<number, Part>, forwards: Forwards): Node[] {
    this.#addRest(token, byContents);
    let parts = [...byContents.values()];
    if (parts.length > 1) {
      const rest = (): Node[] => this.#rest(token, parts);
      parts = forwards.join(parts, { of: (part) => part.nodes[0] ?? (rest()[0] as Node), rest });
    }
    const kept = parts.reduce((best, part) => (part.size > best.size ? part : best));
    const changed: Node[] = [];
    for (const part of parts) {
      if (part === kept) continue;
      const nodes = part.hasRest ? [...part.nodes, ...this.#rest(token, parts)] : part.nodes;
      this.#found(nodes, part.contents);
      for (const node of nodes) changed.push(node);
    }
    this.#sizes[token] = kept.size;
    this.#contents[token] = kept.contents;
    if (parts.length > 1) forwards.detach(token);
    return changed;
  }

  /** Those of the block that were not classified again still have its contents. */
  #addRest(token: number, parts: Map<number, Part>): void {
    const touched = [...parts.values()].reduce((total, part) => total + part.size, 0);
    const size = (this.#sizes[token] as number) - touched;
    if (size === 0) return;
    const contents = this.#contents[token] as number;
    const part = parts.get(contents);
    if (part === undefined) parts.set(contents, { contents, nodes: [], size, hasRest: true });
    else {
      part.size += size;
      part.hasRest = true;
    }
  }

  #rest(token: number, parts: readonly Part[]): Node[] {
    const { tokenOf } = this.#classes;
    const touched = new Set(parts.flatMap((part) => part.nodes));
    const present = this.#membersOf(token).filter((node) => tokenOf[node] === token);
    this.#members.set(token, present);
    return present.filter((node) => !touched.has(node));
  }

  #membersOf(token: number): Node[] {
    const known = this.#members.get(token);
    if (known !== undefined) return known;
    this.#byName ??= this.#groupByToken();
    return this.#byName.get(token) ?? [];
  }

  #groupByToken(): Map<number, Node[]> {
    const groups = new Map<number, Node[]>();
    this.#forEachDefinition((node) => {
      const token = this.#names[node] as number;
      const group = groups.get(token);
      if (group === undefined) groups.set(token, [node]);
      else group.push(node);
    });
    return groups;
  }

  /** Makes a block of its own. */
  #found(nodes: Node[], contents: number): void {
    const token = this.#classes.tokenCount++;
    this.#sizes[token] = nodes.length;
    this.#contents[token] = contents;
    this.#members.set(token, nodes);
    for (const node of nodes) this.#classes.tokenOf[node] = token;
  }

  #forEachDefinition(visit: (node: Node) => void): void {
    const { graph, isCut } = this.#classes;
    for (let node = 1; node < graph.count; node++) {
      if (isCut[node] === 1 && graph.kind(node) !== Kind.Forward) visit(node);
    }
  }
}

/**
 * Types that are known to repeat one of an earlier unit, which takes most of them out of the graph: they have ids
 * and no nodes. Who adds them says so by numbers for their contents. Types with the same number have the same record
 * and refer to types with the same numbers; but what refers to a struct, union or enum with a name says no more
 * than that name, which may stand for different types in different units. Where in the end it does, what
 * refers to it is taken apart again (expand.ts).
 */

import { WordList } from '../../model/intern.ts';
import type { TypeId } from '../../model/table.ts';
import type { Node } from './graph.ts';

/** A number that says nothing: the type has to have a node. */
const UNKNOWN = 0;

/** The ids of a graph that has fewer nodes than ids. */
export class Repeats {
  /** For each id its node, that of an earlier type for a repeat. */
  readonly #nodeOf: WordList = new WordList(1 << 16);
  /** For each node the id that it was added for. */
  readonly #idOf: WordList = new WordList();
  /** For each node the first with its contents. */
  readonly #homeOf: WordList = new WordList();
  /** For each number the first node with these contents, 0 for none. */
  #homes: Uint32Array = new Uint32Array(1024);
  /** For each unit its first id. */
  readonly #unitStarts: WordList = new WordList();
  #firstOfUnit: Node;

  /** Those of a graph whose ids were its nodes so far. */
  constructor(nodeCount: number) {
    for (let node = 0; node < nodeCount; node++) this.addNode(node);
    this.#firstOfUnit = nodeCount;
  }

  /** The id that comes next. */
  get end(): TypeId {
    return this.#nodeOf.length;
  }

  /** For each id its node; longer than there are ids. */
  get nodeOf(): Uint32Array {
    return this.#nodeOf.words;
  }

  /** For each node the id that it was added for; longer than there are nodes. */
  get idOf(): Uint32Array {
    return this.#idOf.words;
  }

  /** For each node the first with its contents; longer than there are nodes. */
  get homeOf(): Uint32Array {
    return this.#homeOf.words;
  }

  /** For each unit its first id. */
  get unitStarts(): Uint32Array {
    return this.#unitStarts.view();
  }

  /** From here on names may stand for something else. */
  beginUnit(): void {
    this.#unitStarts.push(this.end);
    this.#firstOfUnit = this.#homeOf.length;
  }

  /** Gives the next id to the next node. */
  addNode(node: Node): void {
    this.#idOf.push(this.end);
    this.#nodeOf.push(node);
    this.#homeOf.push(node);
  }

  /**
   * Gives ids to types of a unit that repeat those of earlier units, up to the first that does not, and gives its index.
   * `contents` are those of all types from `index` on; `isAdded` is 1 for those that get an id.
   */
  addRepeats(contents: Uint32Array, isAdded: Uint8Array, index: number): number {
    const homes = this.#homes;
    const firstOfUnit = this.#firstOfUnit;
    this.#nodeOf.reserve(contents.length - index);
    const nodeOf = this.#nodeOf.words;
    let { length } = this.#nodeOf;
    let at = index;
    for (; at < contents.length; at++) {
      if (isAdded[at] !== 1) continue;
      const home = homes[contents[at] as number] ?? 0;
      // Those of one unit are all kept: what refers to them counts for the order in the result.
      if (home === 0 || home >= firstOfUnit) break;
      nodeOf[length++] = home;
    }
    this.#nodeOf.length = length;
    return at;
  }

  /** Says what the contents of the last node are. */
  setContents(contents: number): void {
    if (contents === UNKNOWN) return;
    if (contents >= this.#homes.length) {
      const grown = new Uint32Array(2 * contents);
      grown.set(this.#homes);
      this.#homes = grown;
    }
    const node = this.#homeOf.length - 1;
    if (this.#homes[contents] === UNKNOWN) this.#homes[contents] = node;
    this.#homeOf.words[node] = this.#homes[contents] as Node;
  }
}

/**
 * `NameIndex`: the types of a table by their name without its flavor. A kernel has tens of thousands of names, of
 * which a program asks for a few: names are hashed where they lie, and only those that are found are decoded.
 */

import { Kind } from '../model/kinds.ts';
import type { StringTable } from '../model/strings.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { essentialName } from './names.ts';

/** Kinds that have names and are never a type of a relocation. */
const NEVER_ASKED: ReadonlySet<number> = new Set([
  Kind.Func,
  Kind.Var,
  Kind.Datasec,
  Kind.DeclTag,
  Kind.TypeTag,
]);

const BUCKETS = 1 << 14;
const UNDERSCORE = 0x5f;

/** The own types of one table, those of its base left out. */
export class NameIndex {
  readonly #table: TypeTable;
  /** For each bucket the number of its first type plus one; 0 for none. */
  readonly #heads: Int32Array = new Int32Array(BUCKETS);
  /** For each type the next one of its bucket, as in the heads. Types lie in the order of their ids. */
  readonly #next: Int32Array;

  constructor(table: TypeTable) {
    this.#table = table;
    const { words, starts, strings } = table;
    this.#next = new Int32Array(starts.length);
    // From the last to the first, so that each bucket is in the order of ids.
    for (let index = starts.length - 1; index >= 0; index--) {
      const at = starts[index] as number;
      const nameOffset = words[at] as number;
      if (nameOffset === 0 || NEVER_ASKED.has(((words[at + 1] as number) >>> 24) & 0x7f)) continue;
      const bucket = bucketAt(strings, nameOffset);
      this.#next[index] = this.#heads[bucket] as number;
      this.#heads[bucket] = index + 1;
    }
  }

  /** The types whose name without its flavor is `name`, ascending. */
  find(name: string): TypeId[] {
    const found: TypeId[] = [];
    const bytes = Buffer.from(`${name}\0`, 'utf8');
    let number = this.#heads[bucketOf(bytes, 0)] as number;
    for (; number !== 0; number = this.#next[number - 1] as number) {
      const id = this.#table.firstId + number - 1;
      if (essentialName(this.#table.name(id)) === name) found.push(id);
    }
    return found;
  }
}

function bucketAt(strings: StringTable, offset: number): number {
  if (offset >= strings.end) return 0;
  const owner = offset >= strings.start ? strings : strings.owner(offset);
  return bucketOf(owner.bytes, offset - owner.start);
}

/** By the bytes before the first three underscores, which all flavors of a name have in common. */
function bucketOf(bytes: Uint8Array, start: number): number {
  let hash = 0;
  for (let at = start; ; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) break;
    if (byte === UNDERSCORE && bytes[at + 1] === UNDERSCORE && bytes[at + 2] === UNDERSCORE) break;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return (hash ^ (hash >>> 15)) & (BUCKETS - 1);
}

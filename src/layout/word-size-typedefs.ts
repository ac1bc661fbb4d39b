/**
 * Typedefs that another word size gives another type: `uint64_t` is a long where longs have 8 bytes and
 * a long long elsewhere, `size_t` is often an int where words have 4 bytes.
 */

import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import type { NewInt } from './word-size-copy.ts';

export interface TypedefPlan {
  /** Typedefs and what they name at the new word size. */
  readonly targets: ReadonlyMap<TypeId, TypeId>;
  /** Ints that `targets` need, with the ids from the table's `end` on. */
  readonly added: readonly NewInt[];
}

/** Names of 8 bytes by any word size: of C, POSIX, the GNU C library and the kernel. */
const WIDE_NAME = /64_t$|^(__)?[us]64$|^_*(u_?)?quad_t$|^_*u?intmax_t$|^__dev_t$/;

/** Names of a word by any word size. Those that are a long in the source follow without this. */
const WORD_NAME = /^(__)?(__kernel_)?(s?size|ptrdiff|u?intptr)_t$|^u?int_fast(16|32)_t$/;

/** Whether a base type is a long or an unsigned long, in whatever spelling. */
export function isLongName(name: string): boolean {
  return LONG_NAMES.has(name);
}

const LONG_NAMES: ReadonlySet<string> = new Set([
  'long',
  'long int',
  'signed long',
  'signed long int',
  'long signed int',
  'unsigned long',
  'unsigned long int',
  'long unsigned int',
]);

/** What typedefs of `table` name where words have `wordSize` bytes, as far as it differs. */
export function planTypedefs(table: TypeTable, wordSize: 4 | 8): TypedefPlan {
  const targets = new Map<TypeId, TypeId>();
  const ints = new IntFinder(table, wordSize === 8);
  const names = wordSize === 4 ? WIDE_NAME : WORD_NAME;
  const byName = new Map<string, TypeId>();
  for (let id = 1; id < table.end; id++) {
    if (table.kind(id) !== Kind.Typedef) continue;
    const name = table.name(id);
    if (KERNEL_ATOMICS.includes(name)) byName.set(name, id);
    const target = table.sizeOrType(id);
    if (names.test(name) && ints.isReplaced(target)) targets.set(id, ints.replacement(target));
  }
  const atomicLong = byName.get('atomic_long_t');
  const atomic = byName.get(wordSize === 4 ? 'atomic_t' : 'atomic64_t');
  if (atomicLong !== undefined && atomic !== undefined) targets.set(atomicLong, atomic);
  return { targets, added: ints.added };
}

/** linux/atomic/atomic-long.h: a typedef of one of the others, by the word size. */
const KERNEL_ATOMICS: readonly string[] = ['atomic_long_t', 'atomic_t', 'atomic64_t'];

/** Finds, or adds, ints of the same size and sign that are longs where the given ones are not. */
class IntFinder {
  readonly added: NewInt[] = [];
  readonly #table: TypeTable;
  /** Whether longs replace ints, not long longs longs. */
  readonly #toLong: boolean;
  /** By sign. */
  readonly #found = new Map<boolean, TypeId>();

  constructor(table: TypeTable, toLong: boolean) {
    this.#table = table;
    this.#toLong = toLong;
  }

  isReplaced(id: TypeId): boolean {
    return this.#isWordInt(id) && isLongName(this.#table.name(id)) !== this.#toLong;
  }

  /** The type to name in place of `id`, for which {@link isReplaced} holds. */
  replacement(id: TypeId): TypeId {
    const isSigned = this.#encoding(id) === 1;
    let found = this.#found.get(isSigned);
    if (found === undefined) {
      found = this.#find(isSigned) ?? this.#add(isSigned);
      this.#found.set(isSigned, found);
    }
    return found;
  }

  #find(isSigned: boolean): TypeId | undefined {
    const table = this.#table;
    for (let id = 1; id < table.end; id++) {
      if (!this.#isWordInt(id) || (this.#encoding(id) === 1) !== isSigned) continue;
      if (isLongName(table.name(id)) === this.#toLong) return id;
    }
    return undefined;
  }

  #add(isSigned: boolean): TypeId {
    const long = this.#toLong ? 'long' : 'long long';
    const name = `${long} ${isSigned ? '' : 'unsigned '}int`;
    this.added.push({ name, byteSize: this.#table.pointerSize, isSigned });
    return this.#table.end + this.added.length - 1;
  }

  /** Whether `id` is a whole plain int of the size of the table's words. */
  #isWordInt(id: TypeId): boolean {
    const table = this.#table;
    if (table.kind(id) !== Kind.Int || table.sizeOrType(id) !== table.pointerSize) return false;
    return this.#encoding(id) <= 1 && (table.extra(id, 0) & 0xff) === table.pointerSize * 8;
  }

  #encoding(id: TypeId): number {
    return (this.#table.extra(id, 0) >>> 24) & 0xf;
  }
}

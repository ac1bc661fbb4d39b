/**
 * The hash by which bpftool orders types that have the same names: 64 bits, kept as two words.
 */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';

/** Types that are followed from one type to the next before the rest counts as nothing. */
const MAX_DEPTH = 1000;

/** A hash that grows with {@link add}. */
class Hash {
  high = 0;
  low = 0;

  /** hash * 31 + value, modulo 2^64. */
  add(high: number, low: number): void {
    const product = this.low * 31 + low;
    this.high = (Math.imul(this.high, 31) + high + Math.floor(product / 0x1_0000_0000)) >>> 0;
    this.low = product >>> 0;
  }
}

/** Compares two ids by their hashes as unsigned numbers, then by themselves. */
export type HashOrder = (a: TypeId, b: TypeId) => number;

/** The order of bpftool among types with equal names. */
export function hashOrder(types: FlatTypes): HashOrder {
  const known = new Map<TypeId, Hash>();
  const hashOf = (id: TypeId): Hash => {
    let hash = known.get(id);
    if (hash === undefined) {
      hash = typeHash(types, id);
      known.set(id, hash);
    }
    return hash;
  };
  return (a, b) => {
    const left = hashOf(a);
    const right = hashOf(b);
    return left.high - right.high || left.low - right.low || a - b;
  };
}

function typeHash(types: FlatTypes, id: TypeId): Hash {
  return hashAlong(types, id, true, MAX_DEPTH);
}

/** Hash of a type: of the names in it, and in what it refers to; members of structs once. */
function hashAlong(types: FlatTypes, id: TypeId, withMembers: boolean, depth: number): Hash {
  const { words, starts } = types;
  const hash = new Hash();
  if (depth === 0) return hash;
  const start = starts[id] as number;
  const info = words[start + 1] as number;
  const kind = (info >>> 24) & 0x7f;
  const vlen = info & 0x00ff_ffff;
  addName(types, hash, words[start] as number);
  if (kind === Kind.Enum || kind === Kind.Enum64) {
    const step = kind === Kind.Enum ? 2 : 3;
    for (let index = 0; index < vlen; index++)
      addName(types, hash, words[start + 3 + step * index] as number);
  } else if ((kind === Kind.Struct || kind === Kind.Union) && withMembers) {
    for (let index = 0; index < vlen; index++) {
      addName(types, hash, words[start + 3 + 3 * index] as number);
      const member = hashAlong(types, words[start + 4 + 3 * index] as number, false, depth - 1);
      hash.add(member.high, member.low);
    }
  } else if (kind === Kind.Array) {
    hash.add(0, words[start + 5] as number);
    const element = hashAlong(types, words[start + 3] as number, withMembers, depth - 1);
    hash.add(element.high, element.low);
  } else if (refersOn(kind)) {
    const target = hashAlong(types, words[start + 2] as number, withMembers, depth - 1);
    hash.add(target.high, target.low);
  }
  return hash;
}

/** Kinds that the hash goes through. */
function refersOn(kind: number): boolean {
  return (
    kind === Kind.Pointer ||
    (kind >= Kind.Typedef && kind <= Kind.Restrict) ||
    kind === Kind.DeclTag ||
    kind === Kind.TypeTag
  );
}

/** Adds the hash of a name, whose characters count as signed. No name adds nothing. */
function addName({ text: { bytes } }: FlatTypes, hash: Hash, offset: number): void {
  if (offset === 0) return;
  const name = new Hash();
  for (let at = offset; ; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) break;
    if (byte < 0x80) name.add(0, byte);
    else name.add(0xffff_ffff, byte + 0xffff_ff00);
  }
  hash.add(name.high, name.low);
}

/**
 * The hash by which bpftool orders types that have the same names: 64 bits, kept as two words.
 */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';

/** Types that are followed from one type to the next before the rest counts as nothing. */
const MAX_DEPTH = 1000;

/** Compares two ids by their hashes as unsigned numbers, then by themselves. */
export type HashOrder = (a: TypeId, b: TypeId) => number;

/** The order of bpftool among types with equal names. Each hash is computed once. */
export function hashOrder(types: FlatTypes): HashOrder {
  const known = new Map<TypeId, readonly [high: number, low: number]>();
  const hashOf = (id: TypeId): readonly [number, number] => {
    let hash = known.get(id);
    if (hash === undefined) {
      const start = newHash(0);
      addType(types, id, { depth: 0, withMembers: true });
      hash = [(HIGH[start] as number) >>> 0, (LOW[start] as number) >>> 0];
      known.set(id, hash);
    }
    return hash;
  };
  return (a, b) => {
    const [high, low] = hashOf(a);
    const [otherHigh, otherLow] = hashOf(b);
    return high - otherHigh || low - otherLow || a - b;
  };
}

/** Hashes that are being computed, by depth: signed words, since larger numbers are objects until code is compiled. */
const HIGH = new Int32Array(MAX_DEPTH + 2);
const LOW = new Int32Array(MAX_DEPTH + 2);

function newHash(depth: number): number {
  HIGH[depth] = 0;
  LOW[depth] = 0;
  return depth;
}

/** hash * 31 + value, modulo 2^64, in halves of words. */
function addValue(depth: number, high: number, low: number): void {
  const before = LOW[depth] as number;
  const lower = (before & 0xffff) * 31 + (low & 0xffff);
  const upper = (before >>> 16) * 31 + (low >>> 16) + (lower >>> 16);
  LOW[depth] = (upper << 16) | (lower & 0xffff);
  HIGH[depth] = Math.imul(HIGH[depth] as number, 31) + high + (upper >>> 16);
}

/** How far from the type that is hashed, and whether structs count with their members. */
interface HashPlace {
  readonly depth: number;
  readonly withMembers: boolean;
}

/** Adds a type to the hash of its depth: the names in it, and what it refers to. */
function addType(types: FlatTypes, id: TypeId, { depth, withMembers }: HashPlace): void {
  const { words, starts } = types;
  const start = starts[id] as number;
  const info = words[start + 1] as number;
  const kind = (info >>> 24) & 0x7f;
  const vlen = info & 0x00ff_ffff;
  addName(types, depth, words[start] as number);
  if (kind === Kind.Enum || kind === Kind.Enum64) {
    const step = kind === Kind.Enum ? 2 : 3;
    for (let index = 0; index < vlen; index++)
      addName(types, depth, words[start + 3 + step * index] as number);
  } else if ((kind === Kind.Struct || kind === Kind.Union) && withMembers) {
    for (let index = 0; index < vlen; index++) {
      addName(types, depth, words[start + 3 + 3 * index] as number);
      addInner(types, words[start + 4 + 3 * index] as number, { depth, withMembers: false });
    }
  } else if (kind === Kind.Array) {
    addValue(depth, 0, words[start + 5] as number);
    addInner(types, words[start + 3] as number, { depth, withMembers });
  } else if (refersOn(kind)) addInner(types, words[start + 2] as number, { depth, withMembers });
}

/** Adds the hash of a type that another refers to. */
function addInner(types: FlatTypes, id: TypeId, { depth, withMembers }: HashPlace): void {
  const inner = newHash(depth + 1);
  if (inner < MAX_DEPTH) addType(types, id, { depth: inner, withMembers });
  addValue(depth, HIGH[inner] as number, LOW[inner] as number);
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
function addName({ text: { bytes } }: FlatTypes, depth: number, offset: number): void {
  if (offset === 0) return;
  let high = 0;
  let low = 0;
  for (let at = offset; ; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) break;
    const sign = byte < 0x80 ? 0 : 0xffff;
    const lower = (low & 0xffff) * 31 + (byte | (sign & 0xff00));
    const upper = (low >>> 16) * 31 + sign + (lower >>> 16);
    low = (upper << 16) | (lower & 0xffff);
    high = (Math.imul(high, 31) + (upper >>> 16) - (sign & 1)) | 0;
  }
  addValue(depth, high, low);
}

/**
 * Random changes to bytes, repeatable from a seed.
 */

/** Answers a whole number from 0 to below `bound`, which must be at most 2^32. */
export type Random = (bound: number) => number;

/** A fast generator (mulberry32); equal seeds give equal sequences. */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * bound);
  };
}

/** Bytes that make lengths, counts, signs and offsets go wrong. */
export const INTERESTING: readonly number[] = [
  0, 1, 2, 3, 4, 7, 8, 16, 24, 31, 32, 63, 64, 0x7f, 0x80, 0x81, 0xfe, 0xff,
];

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  setByte,
  setByte,
  nudgeByte,
  nudgeByte,
  swapWords,
  copyWord,
  truncate,
  splice,
];

const MAX_MUTATIONS = 6;

/** A copy of `source` with one to six changes; some take bytes from `other`. */
export function mutate(source: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  let bytes: Uint8Array = source.slice();
  for (let left = 1 + random(MAX_MUTATIONS); left > 0 && bytes.length > 0; left--) {
    bytes = (MUTATIONS[random(MUTATIONS.length)] as Mutation)(bytes, random, other);
  }
  return bytes;
}

function flipBit(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length);
  bytes[at] = (bytes[at] as number) ^ (1 << random(8));
  return bytes;
}

function setByte(bytes: Uint8Array, random: Random): Uint8Array {
  bytes[random(bytes.length)] = INTERESTING[random(INTERESTING.length)] as number;
  return bytes;
}

function nudgeByte(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random(bytes.length);
  bytes[at] = (bytes[at] as number) + random(9) - 4;
  return bytes;
}

function swapWords(bytes: Uint8Array, random: Random): Uint8Array {
  const [from, to] = [randomWord(bytes, random), randomWord(bytes, random)];
  const saved = bytes.slice(from, from + 4);
  bytes.copyWithin(from, to, to + 4);
  bytes.set(saved.subarray(0, bytes.length - to), to);
  return bytes;
}

function copyWord(bytes: Uint8Array, random: Random): Uint8Array {
  const from = randomWord(bytes, random);
  return bytes.copyWithin(randomWord(bytes, random), from, from + 4);
}

function truncate(bytes: Uint8Array, random: Random): Uint8Array {
  // Rarely, as most of what is cut is rejected by the header already.
  return random(8) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

/** Replaces a run of whole words by one of the other blob. */
function splice(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  const from = randomWord(other, random);
  const part = other.subarray(from, from + 4 * (1 + random(8)));
  const to = randomWord(bytes, random);
  bytes.set(part.subarray(0, bytes.length - to), to);
  return bytes;
}

function randomWord(bytes: Uint8Array, random: Random): number {
  return 4 * random(Math.ceil(bytes.length / 4));
}

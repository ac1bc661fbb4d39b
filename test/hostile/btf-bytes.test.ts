import { describe, expect, it } from 'vitest';
import { corpus, type Seed } from '../../fuzz/corpus.ts';
import { makeRandom, mutate } from '../../fuzz/mutate.ts';
import { verifyBtf } from '../../src/btf/verify.ts';
import { btf, int, struct } from '../support/btf-writer.ts';
import { survive } from '../support/survive.ts';

const SEEDS = corpus();
const [FIRST] = SEEDS as [Seed];

/** How many of the blobs are decoded; each must be survived. */
function decodedOf(blobs: Iterable<Seed>): number {
  let decoded = 0;
  for (const { bytes, base } of blobs) if (survive(bytes, base).isDecoded) decoded++;
  return decoded;
}

describe('BTF bytes', () => {
  it('of the corpus are all decoded', () => {
    expect(decodedOf(SEEDS)).toBe(SEEDS.length);
  });

  it('cut at any point are refused', () => {
    for (const { bytes, base } of SEEDS) {
      const cuts = Array.from(bytes.keys(), (length) => ({ bytes: bytes.subarray(0, length), base }));
      expect(decodedOf(cuts)).toBe(0);
      for (const cut of cuts) expect(verifyBtf(cut.bytes, { base })).not.toEqual([]);
    }
  });

  it.each([0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff])(
    'with any one word set to %i are survived',
    (word) => {
      const blobs = SEEDS.flatMap(({ bytes, base }) =>
        Array.from({ length: bytes.length >> 2 }, (_, index) => {
          const changed = bytes.slice();
          new DataView(changed.buffer).setUint32(4 * index, word, true);
          return { bytes: changed, base };
        }),
      );
      expect(decodedOf(blobs)).toBeGreaterThan(SEEDS.length);
    },
  );

  it('with any one bit flipped are survived', () => {
    const blobs = Array.from({ length: FIRST.bytes.length * 8 }, (_, bit) => {
      const changed = FIRST.bytes.slice();
      changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
      return { bytes: changed };
    });
    expect(decodedOf(blobs)).toBeGreaterThan(0);
  });

  it('with random changes are survived', () => {
    const random = makeRandom(20_260_101);
    const blobs = Array.from({ length: 5000 }, () => {
      const seed = SEEDS[random(SEEDS.length)] as Seed;
      return { bytes: mutate(seed.bytes, FIRST.bytes, random), base: seed.base };
    });
    expect(decodedOf(blobs)).toBeGreaterThan(1000);
  });

  it('of a split blob without its base are survived', () => {
    for (const { bytes } of SEEDS.filter(({ base }) => base !== undefined)) {
      expect(survive(bytes).codes).not.toEqual([]);
    }
  });

  it('with names that overlap by half a megabyte are verified without copying them', () => {
    const size = 1 << 19;
    const stringSection = new Uint8Array(size).fill(0x61);
    stringSection[0] = stringSection[size - 1] = 0;
    const members = Array.from({ length: 8000 }, (_, index) => [index + 1, 1, 0] as const);
    const before = process.memoryUsage().rss;
    const problems = verifyBtf(btf([int(0, 4), struct(0, 4, members)], { stringSection }));
    expect(problems).toHaveLength(100);
    // The names themselves would need 4 GB.
    expect(process.memoryUsage().rss - before).toBeLessThan(1e9);
  });
});

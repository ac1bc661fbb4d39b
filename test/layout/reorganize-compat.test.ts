import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { movedStructOf } from '../../src/emit/reorganize-compat.ts';
import { type CompatMove, type MovedStruct, reorganizeAsPahole } from '../../src/layout/reorganize-compat.ts';
import { int, struct } from '../support/btf-writer.ts';
import { layoutsOf } from '../support/types.ts';

const INTS = [int('char', 1), int('short', 2), int('int', 4), int('long', 8)];

/** A struct of members of so many bytes, in natural places but for a gap before each. */
function structOf(members: readonly { readonly size: number; readonly gap?: number }[], padding = 0) {
  let end = 0;
  const placed = members.map(({ size, gap = 0 }, index) => {
    const byte = Math.ceil(end / size) * size + gap;
    end = byte + size;
    return [`m${index}`, 1 + Math.log2(size), byte * 8] as const;
  });
  const largest = Math.max(1, ...members.map(({ size }) => size));
  const byteSize = Math.ceil(end / largest) * largest + padding;
  const layouts = layoutsOf([...INTS, struct('s', byteSize, placed)]);
  return movedStructOf(layouts, INTS.length + 1);
}

const sizes = (...all: number[]) => all.map((size) => ({ size }));
const placesOf = ({ members }: MovedStruct): number[] => [...members.byteOffset.subarray(0, members.count)];

describe("pahole's algorithm", () => {
  it('moves a member that a hole follows into the hole', () => {
    const moved = structOf(sizes(1, 8, 1, 8));
    const moves: CompatMove[] = [];
    expect(reorganizeAsPahole(moved, 8, (move) => moves.push(move))).toBe(true);
    expect(moves).toHaveLength(1);
    expect(moved.byteSize).toBe(24);
  });

  it('moves the last member out of the padding', () => {
    const moved = structOf(sizes(1, 8, 1));
    expect(reorganizeAsPahole(moved, 8)).toBe(true);
    expect(moved.byteSize).toBe(16);
    expect(placesOf(moved)).toEqual([0, 1, 8]);
  });

  it('makes structs of 4-byte members larger, as it takes the padding for that of a word', () => {
    const moved = structOf(sizes(4, 4, 1));
    expect(reorganizeAsPahole(moved, 8)).toBe(true);
    expect(moved.byteSize).toBe(16);
  });

  it('leaves a struct without members alone', () => {
    expect(reorganizeAsPahole(structOf([]), 8)).toBe(true);
  });

  it('always ends here, also where pahole does not', () => {
    const member = fc.record({ size: fc.constantFrom(1, 2, 4, 8), gap: fc.integer({ min: 0, max: 70_000 }) });
    fc.assert(
      fc.property(fc.array(member, { maxLength: 12 }), fc.nat(100), (members, padding) => {
        const moved = structOf(members, padding);
        const before = [...moved.members.nameOffset].sort((a, b) => a - b);
        reorganizeAsPahole(moved, 8);
        expect([...moved.members.nameOffset].sort((a, b) => a - b)).toEqual(before);
      }),
    );
  });

  it('says so where pahole moves members about without an end', () => {
    const moved = structOf([
      { size: 2, gap: 65_978 },
      { size: 2, gap: 5 },
    ]);
    expect(reorganizeAsPahole(moved, 8)).toBe(false);
  });
});

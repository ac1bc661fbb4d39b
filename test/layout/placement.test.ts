/** Where members lie and what is unused between them: the rules of placement.ts, one by one. */

import { describe, expect, it } from 'vitest';
import { constOf, enum32, int, type MemberSpec, struct, typedef, union } from '../support/btf-writer.ts';
import { items, lastLayout } from '../support/types.ts';

const CHAR = 1;
const INT = 2;
const LONG = 3;
const types = [int('char', 1, 'char'), int('int', 4, 'signed'), int('long', 8, 'signed')];

/** The items of a struct with these members. */
function lay(byteSize: number, ...members: MemberSpec[]): string {
  return items(lastLayout([...types, struct('s', byteSize, members)]));
}

describe('members that are no bitfields', () => {
  it('without anything between them leave nothing unused', () => {
    expect(lay(8, ['a', INT, 0], ['b', INT, 32])).toBe('a@0+4 b@4+4');
  });

  it('leave a hole up to the next one', () => {
    expect(lay(8, ['a', CHAR, 0], ['b', INT, 32])).toBe('a@0+1 hole@1+3 b@4+4');
  });

  it('leave a hole before the first one', () => {
    expect(lay(8, ['a', INT, 32])).toBe('hole@0+4 a@4+4');
  });

  it('leave padding behind the last one', () => {
    expect(lay(8, ['a', INT, 0], ['b', CHAR, 32])).toBe('a@0+4 b@4+1 padding@5+3');
  });

  it('make the whole of a struct without members padding', () => {
    expect(lay(8)).toBe('padding@0+8');
  });

  it('that overlap leave no hole', () => {
    const layout = lastLayout([
      ...types,
      struct('s', 8, [
        ['a', LONG, 0],
        ['b', INT, 32],
      ]),
    ]);
    expect(items(layout)).toBe('a@0+8 b@4+4');
    expect(layout.summary.overlapBits).toBe(32);
  });
});

describe('bitfields', () => {
  it('lie in the storage unit of their type that holds their first bit', () => {
    const { items: all } = lastLayout([...types, struct('s', 8, [['a', INT, 37, 3]])]);
    expect(all.find((item) => item.kind === 'member')).toMatchObject({
      bitOffset: 37,
      byteOffset: 4,
      byteSize: 4,
      bitfieldOffset: 5,
      bitSize: 3,
    });
  });

  it('have the storage unit of an enum, behind typedefs and qualifiers', () => {
    const named = [enum32('e', [['A', 0]]), typedef('t', 1), constOf(2)];
    const { items: all } = lastLayout([...named, struct('s', 8, [['a', 3, 33, 2]])]);
    expect(all.find((item) => item.kind === 'member')).toMatchObject({
      byteOffset: 4,
      byteSize: 4,
      bitfieldOffset: 1,
    });
  });

  it('of a type that is no number start at their byte', () => {
    const { items: all } = lastLayout([struct('inner', 4), struct('s', 8, [['a', 1, 13, 2]])]);
    expect(all.find((item) => item.kind === 'member')).toMatchObject({ byteOffset: 1, bitfieldOffset: 0 });
  });

  it('side by side leave nothing unused', () => {
    expect(lay(4, ['a', INT, 0, 12], ['b', INT, 12, 20])).toBe('a@0:12 b@12:20');
  });

  it('leave a bit hole up to the next bitfield in the unit', () => {
    expect(lay(4, ['a', INT, 0, 3], ['b', INT, 8, 24])).toBe('a@0:3 bitHole@3:5 b@8:24');
  });

  it('leave a bit hole before the first one', () => {
    expect(lay(4, ['a', INT, 5, 27])).toBe('bitHole@0:5 a@5:27');
  });

  it('leave the rest of their unit as a bit hole when the next member lies behind it', () => {
    expect(lay(8, ['a', INT, 0, 3], ['b', INT, 32])).toBe('a@0:3 bitHole@3:29 b@4+4');
  });

  it('share their unit with a member that begins inside of it', () => {
    expect(lay(4, ['a', INT, 0, 3], ['b', CHAR, 8], ['c', INT, 16, 16])).toBe(
      'a@0:3 bitHole@3:5 b@1+1 c@16:16',
    );
  });

  it('leave a hole between the end of their unit and the next member', () => {
    expect(lay(16, ['a', INT, 0, 3], ['b', LONG, 64])).toBe('a@0:3 bitHole@3:29 hole@4+4 b@8+8');
  });

  it('have a hole before them that ends where their unit begins', () => {
    expect(lay(8, ['a', CHAR, 0], ['b', INT, 37, 3])).toBe(
      'a@0+1 hole@1+3 bitHole@32:5 b@37:3 bitPadding@40:24',
    );
  });

  it('have unused bits on both sides of a hole, counted once', () => {
    const layout = lastLayout([
      ...types,
      struct('s', 12, [
        ['a', INT, 0, 3],
        ['b', INT, 69, 27],
      ]),
    ]);
    expect(items(layout)).toBe('a@0:3 bitHole@3:29 hole@4+4 bitHole@64:5 b@69:27');
    expect(layout.summary).toMatchObject({ bitHoleCount: 1, bitHoleBits: 34, holeCount: 1, holeBytes: 4 });
  });

  it('keep the largest unit of a run open', () => {
    expect(lay(16, ['a', LONG, 0, 3], ['b', CHAR, 3, 3], ['c', LONG, 64])).toBe(
      'a@0:3 b@3:3 bitHole@6:58 c@8+8',
    );
  });

  it('that reach into the next unit open that one', () => {
    expect(lay(16, ['a', INT, 0, 30], ['b', INT, 30, 12], ['c', LONG, 64])).toBe(
      'a@0:30 b@30:12 bitHole@42:22 c@8+8',
    );
  });

  it('leave the rest of their unit as bit padding, then whole bytes as padding', () => {
    expect(lay(8, ['a', INT, 0, 3])).toBe('a@0:3 bitPadding@3:29 padding@4+4');
  });

  it('have bit padding up to the end of a struct that is smaller than their unit', () => {
    expect(lay(2, ['a', INT, 0, 3])).toBe('a@0:3 bitPadding@3:13');
  });

  it('leave no bit padding when another member is the last', () => {
    expect(lay(8, ['a', INT, 0, 3], ['b', INT, 32])).not.toContain('bitPadding');
  });
});

describe('legacy bitfields', () => {
  const legacy = [int('int', 4, 'signed'), int('int', 4, 'signed', { bits: 3, bitOffset: 5 })];
  const holder = struct('s', 8, [
    ['a', 1, 0],
    ['b', 2, 32],
  ]);

  it('have the width and the offset of an int type made for them', () => {
    expect(items(lastLayout([...legacy, holder]))).toBe('a@0+4 bitHole@32:5 b@37:3 bitPadding@40:24');
  });

  it('are ints of their whole bytes in use where they are not wanted', () => {
    const wide = int('int', 4, 'signed', { bits: 16 });
    const records = [int('int', 4, 'signed'), wide, holder];
    expect(items(lastLayout(records, { legacyBitfields: false }))).toBe('a@0+4 b@4+2 padding@6+2');
  });
});

describe('unions', () => {
  it('have every member at the start, and padding behind the largest', () => {
    const layout = lastLayout([
      ...types,
      union('u', 8, [
        ['a', CHAR, 0],
        ['b', INT, 0],
      ]),
    ]);
    expect(items(layout)).toBe('a@0+1 b@0+4 padding@4+4');
    expect(layout.summary).toMatchObject({ memberBytes: 4, memberBits: 0, padding: 4 });
  });

  it('have bit padding where the largest member is a bitfield', () => {
    const layout = lastLayout([
      ...types,
      union('u', 4, [
        ['a', INT, 0, 9],
        ['b', CHAR, 0],
      ]),
    ]);
    expect(items(layout)).toBe('a@0:9 b@0+1 bitPadding@9:23');
    expect(layout.summary).toMatchObject({ memberBytes: 0, memberBits: 9, bitPadding: 23 });
  });

  it('without members are padding', () => {
    expect(items(lastLayout([union('u', 4)]))).toBe('padding@0+4');
  });
});

describe('cachelines', () => {
  const big = [
    ...types,
    struct(
      'big',
      128,
      Array.from({ length: 16 }, (_, at) => [`m${at}`, LONG, 64 * at]),
    ),
  ];

  it('begin before the member that starts there', () => {
    expect(items(lastLayout(big))).toContain('m7@56+8 line1@64 m8@64+8');
  });

  it('begin where the layouts were told', () => {
    expect(items(lastLayout(big, { cachelineSize: 32 }))).toContain('m3@24+8 line1@32 m4@32+8');
  });

  it('that begin inside of a member come before the next one, with their distance', () => {
    const outer = struct('outer', 144, [
      ['a', LONG, 0],
      ['big', 4, 64],
      ['b', LONG, 1088],
    ]);
    expect(items(lastLayout([...big, outer]))).toBe('a@0+8 big@8+128 line2@128-8 b@136+8');
  });

  it('never begin in a union, whose members all start at 0', () => {
    expect(
      items(
        lastLayout([
          ...big,
          union('u', 128, [
            ['a', 4, 0],
            ['b', 4, 0],
          ]),
        ]),
      ),
    ).toBe('a@0+128 b@0+128');
  });

  it('are counted, and the bytes in the last one', () => {
    const { summary } = lastLayout([
      ...types,
      struct('s', 72, [
        ['a', LONG, 0],
        ['b', LONG, 512],
      ]),
    ]);
    expect([summary.cachelines, summary.lastCachelineBytes]).toEqual([2, 8]);
    expect(lastLayout(big).summary).toMatchObject({ cachelines: 2, lastCachelineBytes: 0 });
  });
});

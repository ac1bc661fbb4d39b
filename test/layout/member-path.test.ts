/** Member paths: how each step is taken, and what is said of one that cannot be. */

import { describe, expect, it } from 'vitest';
import { resolveMemberPath } from '../../src/layout/member-path.ts';
import { array, constOf, fwd, int, ptr, struct, typedef, union } from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { idOf, layoutsOf } from '../support/types.ts';

const layouts = layoutsOf([
  /* 1 */ int('int', 4, 'signed'),
  /* 2 */ int('long', 8, 'signed'),
  /* 3 */ struct('point', 8, [
    ['x', 1, 0],
    ['y', 1, 32],
  ]),
  /* 4 */ ptr(3),
  /* 5 */ constOf(4),
  /* 6 */ typedef('point_ptr', 5),
  /* 7 */ array(3, 1, 3),
  /* 8 */ array(7, 1, 2),
  /* 9 */ array(1, 1, 0),
  /* 10 */ union('', 4, [
    ['low', 1, 0],
    ['flags', 1, 3, 5],
  ]),
  /* 11 */ struct('', 8, [
    ['twice', 1, 0],
    ['', 10, 32],
  ]),
  /* 12 */ struct('', 4, [['twice', 1, 0]]),
  /* 13 */ ptr(14),
  /* 14 */ ptr(3),
  /* 15 */ fwd('hidden'),
  /* 16 */ ptr(15),
  /* 17 */ ptr(17),
  /* 18 */ struct('shape', 128, [
    ['id', 2, 0],
    ['centre', 3, 64],
    ['link', 6, 128],
    ['', 11, 192],
    ['', 12, 256],
    ['table', 8, 288],
    ['hidden', 16, 704],
    ['indirect', 13, 768],
    ['loop', 17, 832],
    ['rest', 9, 896],
  ]),
  /* 19 */ typedef('shape_t', 18),
]);

/** The last segment of a path. */
function last(path: string): unknown {
  return resolveMemberPath(layouts, path).segments.at(-1);
}

describe('a step', () => {
  it('to a member gives its place, size and type', () => {
    expect(last('shape.centre')).toEqual({
      name: 'centre',
      typeId: 3,
      bitOffset: 64,
      byteSize: 8,
      bitSize: undefined,
      derefs: 0,
    });
  });

  it('into a struct adds the offsets up', () => {
    expect(last('shape.centre.y')).toMatchObject({ bitOffset: 96, derefs: 0 });
  });

  it('through a pointer, behind typedefs and qualifiers, starts anew', () => {
    expect(last('shape.link.y')).toMatchObject({ bitOffset: 32, derefs: 1 });
  });

  it('is written . or ->', () => {
    expect(last('shape->link->y')).toEqual(last('shape.link.y'));
  });

  it('goes through several pointers', () => {
    expect(last('shape.indirect.y')).toMatchObject({ bitOffset: 32, derefs: 2 });
  });

  it('finds the members of anonymous members, at any depth', () => {
    expect(last('shape.low')).toMatchObject({ bitOffset: 224 });
  });

  it('to a bitfield gives its bits', () => {
    expect(last('shape.flags')).toMatchObject({ bitOffset: 227, byteSize: 4, bitSize: 5 });
  });

  it('to an element of an array adds its offset', () => {
    expect(last('shape.table[1]')).toMatchObject({ name: '[1]', typeId: 7, bitOffset: 288 + 192 });
    expect(last('shape.table[1][2].y')).toMatchObject({ bitOffset: 288 + 192 + 128 + 32 });
  });

  it('to an element of a flexible array has no end', () => {
    expect(last('shape.rest[100]')).toMatchObject({ bitOffset: 896 + 3200 });
  });

  it('to an element of what a pointer points to starts anew', () => {
    expect(last('shape.link[2].y')).toMatchObject({ bitOffset: 2 * 64 + 32, derefs: 1 });
  });
});

describe('a path', () => {
  it('may start with a typedef', () => {
    const { rootId, segments } = resolveMemberPath(layouts, 'shape_t.id');
    expect([rootId, segments.length]).toEqual([idOf(layouts.table, 'shape_t'), 1]);
  });

  it('has one segment for each step', () => {
    const { segments } = resolveMemberPath(layouts, 'shape.table[1][2].y');
    expect(segments.map(({ name }) => name)).toEqual(['table', '[1]', '[2]', 'y']);
  });

  it('of a type name alone has none', () => {
    expect(resolveMemberPath(layouts, 'point')).toEqual({ rootId: 3, segments: [] });
  });
});

describe('what cannot be resolved', () => {
  it.each([
    ['shpe.id', "no type is called 'shpe'; did you mean shape?"],
    ['shape.center', "'shape' has no member 'center'; did you mean centre?"],
    ['shape.centre.z', "'shape.centre' has no member 'z'; did you mean x, y?"],
    ['shape.LOW', "'shape' has no member 'LOW'; did you mean low?"],
    ['shape.quite_another', "'shape' has no member 'quite_another'"],
    ['shape.id.x', "'shape.id' is no struct or union"],
    ['shape.table.x', "'shape.table' is an array: name an element, as 'shape.table[0]'"],
    ['shape.table[2]', "'shape.table' has 2 elements"],
    ['shape.id[0]', "'shape.id' is neither an array nor a pointer"],
    ['shape.hidden.x', "'shape.hidden' is a 'hidden', which is not defined here"],
    ['shape.loop.x', "'shape.loop' is no struct or union"],
  ])('%s is not found', (path, what) => {
    const error = expectError(() => resolveMemberPath(layouts, path), 'not-found', what);
    expect(error.message).toBe(what);
  });

  it('is ambiguous where several anonymous members have a member of that name', () => {
    expectError(
      () => resolveMemberPath(layouts, 'shape.twice'),
      'ambiguous',
      "'shape' has 2 members 'twice'",
    );
  });

  it.each([
    ['', "'' is no path of members"],
    ['.id', "'.id' is no path of members"],
    ['shape.', "'.' is neither"],
    ['shape..id', "'..id' is neither"],
    ['shape.table[x]', "'[x]' is neither"],
    ['shape.table[-1]', "'[-1]' is neither"],
    ['shape.table[1', "'[1' is neither"],
    ['shape.table[1]y', "'y' is neither"],
    ['shape id', "' id' is neither"],
  ])('%j is no path', (path, what) => {
    expectError(() => resolveMemberPath(layouts, path), 'usage', what);
  });

  it('is bad data where anonymous structs would give a member for every path through them', () => {
    // Each holds the next twice: 2^40 members, though the table is small.
    const nested = Array.from({ length: 40 }, (_, index) =>
      struct(index === 0 ? 'top' : '', 8, [
        ['', index + 2, 0],
        ['', index + 2, 32],
      ]),
    );
    const hostile = layoutsOf([...nested, struct('', 4)]);
    expectError(() => resolveMemberPath(hostile, 'top.x'), 'bad-data', 'too many members');
  });

  it('is bad data where typedefs go round in a circle', () => {
    const hostile = layoutsOf([typedef('a', 2), typedef('b', 1)]);
    expectError(() => resolveMemberPath(hostile, 'a.x'), 'bad-data', 'chain of more than 256');
  });
});

/** `-w` as pahole 1.31 prints it. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Layouts } from '../../src/layout/layouts.ts';
import { emptyWaste } from '../../src/layout/placement.ts';
import { paholeWordSize } from '../../src/layout/word-size-compat.ts';
import { array, int, ptr, struct, type TypeRecord, typedef, union } from '../support/btf-writer.ts';
import { fixturePath } from '../support/fixtures.ts';
import { runCli } from '../support/run-cli.ts';
import { tableOf } from '../support/types.ts';

const folder = 'word-size';
const { goldens }: { goldens: Record<string, string> } = JSON.parse(
  readFileSync(fixturePath(`${folder}/manifest.json`), 'utf8'),
);

const INT = 1;
const LONG = 2;
const POINTER = 3;
const FIRST = 4;
const types = [int('int', 4, 'signed'), int('long int', 8, 'signed'), ptr(0)];

function layouts(wordSize: number, ...records: readonly TypeRecord[]): Layouts {
  return paholeWordSize(tableOf([...types, ...records]), wordSize, {
    lazyPacked: true,
    legacyBitfields: false,
  });
}

/** Offset and size of each member of the last type, then its size. */
function places(found: Layouts, id: number): string {
  const { byteOffset, byteSize } = found.members;
  const start = found.firstMember(id);
  const each = Array.from({ length: found.memberCount(id) }, (_, index) => {
    return `${byteOffset[start + index]}+${byteSize[start + index]}`;
  });
  return `${each.join(' ')} size ${found.table.sizeOrType(id)}`;
}

describe('pahole’s own output', () => {
  it.each(Object.entries(goldens))('%s', async (command, golden) => {
    const [, ...args] = command.split(' ');
    const file = fixturePath(`${folder}/${args.pop()}`);
    const { stdout, code } = await runCli(['--compat', ...args, file]);
    expect(stdout.toString()).toBe(readFileSync(fixturePath(`${folder}/${golden}`), 'utf8'));
    expect(code).toBe(0);
  });

  it('does not depend on -w where a type is asked for by name', async () => {
    const args = ['--compat', '-F', 'btf', '-C', 'pointers', fixturePath(`${folder}/words-x86_64.btf`)];
    const { stdout } = await runCli(['-w', '4', ...args]);
    expect(stdout).toEqual((await runCli(args)).stdout);
  });
});

describe('the default mode', () => {
  it('lays out types that are asked for by name', async () => {
    const file = fixturePath(`${folder}/words-x86_64.btf`);
    const { stdout } = await runCli(['-w', '4', '-q', '-C', 'hole', file]);
    expect(stdout.toString()).toContain('void *                     p;');
    const sized = await runCli(['-w4', '-C', 'hole', file]);
    expect(sized.stdout.toString()).toContain('/*     4     4 */');
    expect(sized.stdout.toString()).toContain('/* size: 12, cachelines: 1, members: 3 */');
  });

  it('prints nothing else for the words of the file', async () => {
    const file = fixturePath(`${folder}/random-x86_64.btf`);
    expect((await runCli(['-w', '8', file])).stdout).toEqual((await runCli([file])).stdout);
  });

  it('adds up in every struct', async () => {
    const { stdout } = await runCli(['-w', '4', fixturePath(`${folder}/random-x86_64.btf`)]);
    expect(stdout.toString()).not.toContain('BRAIN FART');
  });
});

describe('pahole', () => {
  it('moves members by what those before them lost, and keeps their sizes', () => {
    const found = layouts(
      4,
      struct('s', 24, [
        ['p', POINTER, 0],
        ['l', LONG, 64],
        ['i', INT, 128],
      ]),
    );
    expect(places(found, FIRST)).toBe('0+8 4+8 8+4 size 16');
  });

  it('sees no word behind a qualifier, and one behind a typedef', () => {
    const found = layouts(
      4,
      typedef('word', LONG),
      struct('s', 16, [
        ['a', FIRST, 0],
        ['b', FIRST, 64],
      ]),
    );
    expect(places(found, FIRST + 1)).toMatch(/^0\+8 4\+8 /);
  });

  it('counts every element of an array', () => {
    const found = layouts(
      4,
      array(POINTER, INT, 3),
      struct('s', 32, [
        ['a', FIRST, 0],
        ['i', INT, 192],
      ]),
    );
    expect(places(found, FIRST + 1)).toMatch(/^0\+24 12\+4 /);
  });

  it('gives a union the size of its largest member', () => {
    const found = layouts(
      4,
      union('u', 8, [
        ['p', POINTER, 0],
        ['i', INT, 0],
      ]),
    );
    expect(found.table.sizeOrType(FIRST)).toBe(4);
  });

  it('measures longs as they were until their own turn has come', () => {
    const late = tableOf([ptr(0), union('u', 8, [['l', 3, 0]]), int('long int', 8, 'signed')]);
    const found = paholeWordSize(late, 4, { legacyBitfields: false });
    expect(found.table.sizeOrType(2)).toBe(8);
  });

  it('has holes that do not add up', () => {
    const found = layouts(
      4,
      struct('s', 16, [
        ['p', POINTER, 0],
        ['q', POINTER, 64],
      ]),
    );
    expect(found.waste(FIRST, emptyWaste())).toMatchObject({ holeCount: 0, padding: 4 });
    expect(found.members.hole[found.firstMember(FIRST)]).toBe(-4);
  });
});

describe('where pahole ends with a null pointer', () => {
  it('the layout is that of the steps that are left', () => {
    const found = layouts(4, struct('empty', 0), struct('s', 8, [['e', FIRST, 0]]));
    expect(places(found, FIRST + 1)).toBe('0+0 size 8');
  });

  it('structs that contain themselves come to an end', () => {
    expect(() =>
      layouts(
        4,
        struct('a', 16, [['b', FIRST + 1, 0]]),
        struct('b', 16, [
          ['a', FIRST, 0],
          ['p', POINTER, 64],
        ]),
      ),
    ).not.toThrow();
  });

  it('a search that looks at members over and over comes to an end', () => {
    const twice = (id: number): TypeRecord =>
      struct('s', 2, [
        ['a', id, 0],
        ['b', id, 8],
      ]);
    const records = Array.from({ length: 60 }, (_, index) => twice(index === 0 ? FIRST : FIRST + index));
    expect(layouts(4, int('char', 1, 'char'), ...records).table.end).toBe(FIRST + 61);
  });
});

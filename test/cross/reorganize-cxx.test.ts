/** C++: base classes and pointers to virtual functions stay in front, and the compiler gives the sizes that are claimed. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadBinding } from '../../src/native/binding.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'tspahole-reorganize-cxx-'));
afterAll(() => rmSync(folder, { recursive: true }));

const VIRTUAL = 'virtual void f() {}';

interface Class {
  readonly head: string;
  readonly first?: string;
  readonly members: readonly string[];
}

/** Members are declared as `type name`. */
const CLASSES: Readonly<Record<string, Class>> = {
  Plain: { head: '', members: ['int x', 'char y'] },
  Poly: { head: '', first: VIRTUAL, members: ['char a', 'long b', 'char c'] },
  // Its first member lies in the padding of its base.
  Derived: { head: ': Poly', members: ['char a2', 'long b2', 'char c2'] },
  // The padding of a plain base is not used.
  OfPlain: { head: ': Plain', members: ['char a', 'long b', 'char c'] },
  Empty: { head: '', members: [] },
  OfEmpty: { head: ': Empty', members: ['char a', 'long b', 'char c'] },
  // Whether the padding would be used does not show: what follows the base stays there.
  Unclear: { head: ': Poly', members: ['long d', 'char e', 'long g', 'char h'] },
};

function sourceOf(orderOf: (name: string, members: readonly string[]) => readonly string[]): string {
  const classes = Object.entries(CLASSES).map(([name, { head, first = '', members }]) => {
    const body = orderOf(name, members).map((member) => `\t${member};\n`);
    return `struct ${name} ${head} {\n\t${first}\n${body.join('')}};\n${name} the_${name};\n`;
  });
  return classes.join('');
}

function compile(name: string, source: string): string {
  const path = join(folder, name);
  writeFileSync(`${path}.cc`, source);
  const { status, stderr } = spawnSync('g++', ['-g', '-w', `${path}.cc`, '-o', path], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return path;
}

interface Entry {
  readonly name: string;
  readonly byteSize: number;
  readonly newByteSize: number;
  readonly order: readonly string[];
}

const hasCompiler = spawnSync('g++', ['--version']).status === 0 && process.arch === 'x64';

describe.skipIf(!hasCompiler || loadBinding('tspahole_dwarf') === undefined)(
  'C++ classes (skipped without g++ on x86-64, or the addon for DWARF)',
  () => {
    it('are as small as claimed when their members are declared in the new order', async () => {
      const before = compile('before', `${sourceOf((_, members) => members)}int main() {}\n`);
      const names = Object.keys(CLASSES).filter((name) => name !== 'Empty');
      const { stdout } = await runCli(['-R', '--json', '-C', names.join(), before]);
      const { types } = JSON.parse(stdout.toString()) as { types: Entry[] };
      const entries = new Map(types.map((entry) => [entry.name, entry]));
      // Each in its new order while the others, its bases among them, are as they were.
      const changed = types.map(({ name: one, newByteSize, order }) => {
        const place = (member: string): number => order.indexOf(member.split(' ')[1] as string);
        const source = sourceOf((name, members) =>
          name === one ? members.toSorted((a, b) => place(a) - place(b)) : members,
        );
        return `namespace of_${one} {\n${source}static_assert(sizeof(${one}) == ${newByteSize}, "${one}");\n}\n`;
      });
      compile('after', `${changed.join('')}int main() {}\n`);
      const shrunk = types.filter(({ byteSize, newByteSize }) => newByteSize < byteSize);
      expect(shrunk.map(({ name }) => name)).toEqual(['Poly', 'Derived', 'OfPlain', 'OfEmpty', 'Unclear']);
      expect(entries.get('Unclear')?.order.slice(0, 2)).toEqual(['the base Poly', 'd']);
      expect(entries.get('Poly')?.order[0]).toBe('_vptr.Poly');
    });

    it('are left alone where their bases lie elsewhere', async () => {
      const source = `struct Plain { int x; char y; };
struct Virtual : virtual Plain { char a; long b; char c; } v;
struct Poly { virtual void f() {} char a; };
struct Two : Plain, Poly { char b; long c; char d; } t;
int main() {}
`;
      const { stdout } = await runCli(['-R', '--json', '-C', 'Virtual,Two', compile('bases', source)]);
      const { types } = JSON.parse(stdout.toString()) as { types: object[] };
      expect(types).toHaveLength(2);
      for (const entry of types) expect(entry).toHaveProperty('leftAlone');
    });
  },
);

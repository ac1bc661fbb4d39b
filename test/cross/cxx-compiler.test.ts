/**
 * g++, clang++ and rustc as oracles: sizes and offsets of C++ classes and Rust structs read from DWARF are what
 * the compiled program says of them.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  findTypeByQualifiedName,
  Layouts,
  layoutOf,
  loadSync,
  openFileSource,
  parseElf,
  qualifiedName,
  type TypeTable,
} from '../../src/index.ts';
import { compositeIds } from '../../src/model/queries.ts';
import { MemberFlag } from '../../src/model/side-columns.ts';
import { loadBinding } from '../../src/native/binding.ts';

const directory = mkdtempSync(join(tmpdir(), 'tspahole-cxx-'));
afterAll(() => rmSync(directory, { recursive: true }));

const fixtures = new URL('../fixtures/dwarf/', import.meta.url).pathname;
const SOURCES = [
  'classes.cc',
  'members.cc',
  'namespaces.cc',
  'templates.cc',
  'virtual.cc',
  'null-pointer.cc',
];

/** What a program cannot name: types without a name in their scopes, in functions, of compilers. */
const UNNAMEABLE = /\(anonymous|^__|&global|, (0|nullptr)>$/;

/** A bitfield as wide as its type, for which clang's DWARF gives no width. */
const WHOLE_WIDTH = 'bitfields.f';

function works(tool: string): boolean {
  return spawnSync(tool, ['--version']).status === 0;
}

/** `sizeof(T)` and `offset(T, member)` as DWARF answers them. */
function questionsOf(table: TypeTable): Map<string, number> {
  const layouts = new Layouts(table);
  const questions = new Map<string, number>();
  for (const id of compositeIds(table)) {
    const name = qualifiedName(table, id).replace('(anonymous namespace)::', '');
    if (table.nameOffset(id) === 0 || UNNAMEABLE.test(name) || isLocal(table, id)) continue;
    const layout = layoutOf(layouts, id);
    questions.set(`sizeof(::${name})`, layout.byteSize);
    for (const item of layout.items) {
      if (item.kind !== 'member' || item.name === '' || item.bitSize !== undefined) continue;
      const flags = table.side?.memberFlags(id, item.index) ?? 0;
      if ((flags & (MemberFlag.Inheritance | MemberFlag.Artificial)) !== 0) continue;
      if (isReference(table, item.typeId) || WHOLE_WIDTH === `${name}.${item.name}`) continue;
      questions.set(`offset(::${name}, ${item.name})`, item.byteOffset ?? Number.NaN);
    }
  }
  return questions;
}

function isLocal(table: TypeTable, id: number): boolean {
  return ((table.side?.flags(id) ?? 0) & 128) !== 0;
}

/** No pointer leads to a member that is a reference. */
function isReference(table: TypeTable, id: number): boolean {
  const { kind } = table.type(id);
  return kind === 'reference' || kind === 'rvalueReference';
}

const OPTIONS = ['-std=c++20', '-g', '-w', '-O0', '-fno-eliminate-unused-debug-types'];

/** The source with the answers behind it, as constants in a section of their own: nothing has to run. */
function withAnswers(source: string, questions: readonly string[]): string {
  const values = questions.map((question) => question.replace(/^offset\(/, '__builtin_offsetof('));
  return [
    '#define private public',
    '#define protected public',
    `#include "${join(fixtures, source)}"`,
    '__attribute__((section(".answers"), used)) extern const unsigned long answers[] = {',
    values.join(',\n'),
    '};',
  ].join('\n');
}

function answers(tool: string, source: string, questions: readonly string[]): number[] {
  const path = join(directory, `ask-${tool.replaceAll('+', 'x')}`);
  writeFileSync(`${path}.cc`, withAnswers(source, questions));
  const options = [...OPTIONS, '-fno-access-control', '-c'];
  const built = spawnSync(tool, [...options, `${path}.cc`, '-o', `${path}.o`], { encoding: 'utf8' });
  expect(built.status, built.stderr).toBe(0);
  const section =
    parseElf(openFileSource(`${path}.o`))
      .section('.answers')
      ?.data() ?? new Uint8Array();
  const words = new BigUint64Array(section.slice().buffer, 0, questions.length);
  return [...words].map(Number);
}

const hasAddon = loadBinding('tspahole_dwarf') !== undefined;

describe.skipIf(!hasAddon)('C++ (skipped without the addon)', () => {
  describe.each(['g++', 'clang++'])('of %s', (tool) => {
    const isThere = works(tool);
    let types = 0;

    it.skipIf(!isThere).each(SOURCES)('%s has the sizes and offsets that the program says', (source) => {
      const object = join(directory, `${source}.${tool.replaceAll('+', 'x')}.o`);
      const built = spawnSync(tool, [...OPTIONS, '-c', join(fixtures, source), '-o', object]);
      expect(built.status).toBe(0);
      const questions = questionsOf(loadSync(object, { formats: ['dwarf'] }).table());
      const said = answers(tool, source, [...questions.keys()]);
      expect(Object.fromEntries([...questions.keys()].map((key, index) => [key, said[index]]))).toEqual(
        Object.fromEntries(questions),
      );
      types += [...questions.keys()].filter((key) => key.startsWith('sizeof')).length;
    });

    it.skipIf(!isThere)('and these are at least 60 types', () => {
      expect(types).toBeGreaterThanOrEqual(60);
    });
  });
});

const rust = join(fixtures, 'structs.rs');

describe.skipIf(!hasAddon || !works('rustc'))('Rust (skipped without the addon or rustc)', () => {
  it('structs have the sizes and offsets that the program says', () => {
    const program = join(directory, 'structs');
    const built = spawnSync('rustc', ['-g', rust, '-o', program], {
      encoding: 'utf8',
    });
    expect(built.status, built.stderr).toBe(0);
    const table = loadSync(program, { formats: ['dwarf'] }).table();
    const layouts = new Layouts(table);
    const structs = new Set<string>();
    for (const line of spawnSync(program, { encoding: 'utf8' }).stdout.trim().split('\n')) {
      const [name = '', member = '', value] = line.split('\t');
      const id = findTypeByQualifiedName(table, `structs::${name}`);
      expect(id, name).toBeDefined();
      const layout = layoutOf(layouts, id as number);
      const item = layout.items.find((found) => found.kind === 'member' && found.name === member);
      const found = member === '' ? layout.byteSize : item?.kind === 'member' ? item.byteOffset : undefined;
      expect(found, line).toBe(Number(value));
      structs.add(name);
    }
    expect(structs.size).toBeGreaterThanOrEqual(20);
  });
});

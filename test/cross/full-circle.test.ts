/**
 * Full circle: what `--compile` prints of a file's types is compiled by gcc and read back, and every struct and
 * union has the layout that it had. A name that units define in different ways can have only one definition in
 * one source: that is the only exception.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Kind, Layouts, type LoadOptions, layoutOf, loadSync, type TypeId } from '../../src/index.ts';
import { TypeFlag } from '../../src/model/side-columns.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { fixtureFiles, fixturePath } from '../support/fixtures.ts';
import { NO_VMLINUX_61, vmlinux61 } from '../support/kernel-61.ts';
import { runCli } from '../support/run-cli.ts';

const hasCompiler = spawnSync('gcc', ['--version']).status === 0;
const isReady = hasCompiler && loadBinding('tspahole_dwarf') !== undefined;

const directory = mkdtempSync(join(tmpdir(), 'tspahole-circle-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** No C source has them: see test/cross/compile.test.ts. In the second line what it lists as not yet compiled. */
const NO_C = [
  ...[
    'function-parameters',
    'huge',
    'nameless-members',
    'odd-enums',
    'odd-qualifiers',
    'overlaps',
    'same-names',
    'split',
  ],
  ...['anonymous', 'function-pointers', 'multi-dimensional-arrays'],
];
/** Of a target with pointers of 4 bytes. */
const OTHER_TARGET = ['words-32', 'no-long'];
const blobs = fixtureFiles.filter(
  (file) => file.endsWith('.btf') && ![...NO_C, ...OTHER_TARGET].includes(file.slice(0, -4)),
);

/** Size and members with their bit offsets and widths; what has no name has its members instead of one. */
function shapeOf(layouts: Layouts, id: TypeId): unknown[] {
  const { table } = layouts;
  const { byteSize, items } = layoutOf(layouts, id);
  const members = items.filter((item) => item.kind === 'member');
  const shapes = members.map(({ name, bitOffset, bitSize = 0, typeId }) => {
    const isComposite = table.kind(typeId) === Kind.Struct || table.kind(typeId) === Kind.Union;
    const inner = isComposite && table.name(typeId) === '' ? shapeOf(layouts, typeId) : [];
    return [name, bitOffset, bitSize, ...inner];
  });
  // A struct without members is there for the size of the union around it.
  return [byteSize, ...shapes.filter(([name, , , ...inner]) => name !== '' || inner.length !== 1)];
}

/** By keyword and name, the shapes of all definitions. */
function shapesOf(path: string, format: 'btf' | 'dwarf'): Map<string, Set<string>> {
  const options: LoadOptions = { formats: [format] };
  const shapes = new Map<string, Set<string>>();
  for (const { table } of loadSync(path, options).units()) {
    const layouts = new Layouts(table);
    for (let id = 1; id < table.end; id++) {
      const kind = table.kind(id);
      if ((kind !== Kind.Struct && kind !== Kind.Union) || table.nameOffset(id) === 0) continue;
      // A listing has no types that bodies of functions declare.
      if (((table.side?.flags(id) ?? 0) & TypeFlag.Local) !== 0) continue;
      const key = `${kind === Kind.Union ? 'union' : 'struct'} ${table.name(id)}`;
      const known = shapes.get(key) ?? new Set();
      shapes.set(key, known.add(JSON.stringify(shapeOf(layouts, id))));
    }
  }
  return shapes;
}

/** The shapes of what gcc makes of the text of `--compile`. */
async function compiledShapes(path: string, format: 'btf' | 'dwarf'): Promise<Map<string, Set<string>>> {
  const { stdout, code } = await runCli(['--compile', '-F', format, path]);
  expect(code).toBe(0);
  const source = join(directory, 'types.c');
  writeFileSync(source, stdout);
  const object = join(directory, 'types.o');
  const words = [
    '-g',
    '-fno-eliminate-unused-debug-types',
    '-w',
    '-Wno-packed-bitfield-compat',
    '-c',
    source,
    '-o',
    object,
  ];
  expect(spawnSync('gcc', words, { encoding: 'utf8' }).stderr).toBe('');
  return shapesOf(object, 'dwarf');
}

/** Compares every definition and gives how many there are. */
async function expectSameShapes(path: string, format: 'btf' | 'dwarf'): Promise<number> {
  const own = await compiledShapes(path, format);
  const wrong: string[] = [];
  const shapes = shapesOf(path, format);
  for (const [name, wanted] of shapes) {
    const [shape = ''] = own.get(name) ?? [];
    if (!wanted.has(shape)) wrong.push(`${name}: ${shape} in place of ${[...wanted].join(' or ')}`);
  }
  expect(wrong).toEqual([]);
  return shapes.size;
}

describe.skipIf(!isReady)('from types to source to types (skipped without gcc or the addon)', () => {
  it.each(blobs)('%s', async (blob) => {
    await expectSameShapes(fixturePath(blob), 'btf');
  });

  it.skipIf(vmlinux61 === undefined)(
    `all structs and unions of a kernel, from DWARF (skipped without ${NO_VMLINUX_61})`,
    { timeout: 300_000 },
    async () => {
      expect(await expectSameShapes(vmlinux61 as string, 'dwarf')).toBeGreaterThan(7000);
    },
  );
});

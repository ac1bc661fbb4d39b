/** Names with scopes, and tables that are made of those of several units. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  findTypeByQualifiedName,
  Layouts,
  loadSync,
  PaholeEmitter,
  qualifiedName,
  type TypeTable,
} from '../../src/index.ts';
import { compositeIds } from '../../src/model/queries.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { runCli } from '../support/run-cli.ts';

const path = (object: string): string => new URL(`../fixtures/dwarf/${object}`, import.meta.url).pathname;
const tableOf = (object: string): TypeTable => loadSync(path(object), { formats: ['dwarf'] }).table();

const directory = mkdtempSync(join(tmpdir(), 'tspahole-units-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('DWARF (skipped without the addon)', () => {
  it.each([
    ['item', 4],
    ['::item', 4],
    ['alpha::item', 16],
    ['alpha::beta::item', 8],
    ['alpha::beta::box::lid', 16],
    ['alpha::versioned', 4],
    ['alpha::v2::versioned', 4],
    ['(anonymous namespace)::secret', 8],
    ['secret', 8],
    ['gamma_ns::delta::declared', 8],
  ])('%s is found by its scopes, %i bytes', (name, byteSize) => {
    for (const made of ['gxx5', 'gxx4', 'clangxx5', 'clangxx4']) {
      const table = tableOf(`namespaces.${made}.o`);
      const id = findTypeByQualifiedName(table, name) ?? 0;
      expect(table.sizeOrType(id), made).toBe(byteSize);
    }
  });

  it.each([
    'alpha',
    'beta::item',
    'alpha::nothing',
    'alpha::',
    '',
    'alpha::beta',
    'alpha::beta::box::lid::e',
  ])('%j is no type', (name) => {
    expect(findTypeByQualifiedName(tableOf('namespaces.gxx5.o'), name)).toBeUndefined();
  });

  it('scopes in the arguments of a template do not count', () => {
    const table = tableOf('templates.gxx5.o');
    const id = findTypeByQualifiedName(table, 'holder<space::pair<char, long int> >::link') ?? 0;
    expect(qualifiedName(table, id)).toBe('holder<space::pair<char, long int> >::link');
  });

  it.each(['holder<space::pair<char, long int> >', 'holder<space::pair<char, long int>>'])(
    'blanks between closing brackets do not count: %s',
    async (name) => {
      const table = tableOf('templates.gxx5.o');
      const id = findTypeByQualifiedName(table, name) ?? 0;
      expect(table.name(id)).toBe('holder<space::pair<char, long int> >');
      const { stdout, code } = await runCli(['-C', name, path('templates.gxx5.o')]);
      expect(stdout.toString()).toMatch(/^struct holder<space::pair<char, long int> > \{/);
      expect(code).toBe(0);
    },
  );

  it('a name without scopes is that of the type in none, else of the first that has it', async () => {
    for (const made of ['gxx5', 'clangxx4']) {
      const object = path(`namespaces.${made}.o`);
      expect((await runCli(['-C', 'item', object])).stdout.toString()).toContain('size: 4,');
      expect((await runCli(['-C', 'lid', object])).stdout.toString()).toContain('size: 16,');
    }
    const clang = path('namespaces.clangxx4.o');
    expect((await runCli(['--compat', '-C', 'item', clang])).stdout.toString()).toContain('size: 16,');
  });

  it('what a function declares is found by its name, and not listed', async () => {
    const object = path('namespaces.gxx5.o');
    for (const mode of [[], ['--compat']]) {
      const { stdout, code } = await runCli([...mode, '-F', 'dwarf', '-C', 'local', object]);
      expect(stdout.toString()).toMatch(/^struct local \{/);
      expect(code).toBe(0);
      expect((await runCli([...mode, '-s', object])).stdout.toString()).not.toMatch(/^local\t/m);
    }
  });

  it('every struct is found by its own qualified name, or one before it that has the same', () => {
    for (const file of ['namespaces.gxx5.o', 'templates.clangxx4.o', 'classes.gxx4.o']) {
      const table = tableOf(file);
      for (const id of compositeIds(table)) {
        if (table.nameOffset(id) === 0) continue;
        const name = qualifiedName(table, id);
        expect(qualifiedName(table, findTypeByQualifiedName(table, name) ?? 0)).toBe(name);
      }
    }
  });

  it('-C takes qualified names, --compat does not', async () => {
    const args = ['-F', 'dwarf', '-C', 'alpha::beta::item', path('namespaces.gxx5.o')];
    const { stdout, code } = await runCli(args);
    expect(stdout.toString()).toMatch(/^struct item \{\n\tshort int +c; /);
    expect(code).toBe(0);
    expect((await runCli(['--compat', ...args])).stdout.toString()).toBe('');
  });

  it('--show_private_classes lists types of one name in several scopes', async () => {
    const args = ['-F', 'dwarf', '--show_private_classes', path('namespaces.gxx5.o')];
    const text = (await runCli(args)).stdout.toString();
    expect(text.match(/^struct item \{$/gm)).toHaveLength(3);
  });

  const objects = ['members', 'classes', 'virtual', 'namespaces'].map((name) => path(`${name}.gxx5.o`));
  const linked = join(directory, 'linked.o');
  const canLink = spawnSync('ld', ['-r', '-z', 'muldefs', ...objects, '-o', linked]).status === 0;

  it.skipIf(!canLink)('the table of a file with several units says of each type what the unit says', () => {
    const source = loadSync(linked, { formats: ['dwarf'] });
    const units = [...source.units()];
    expect(units.length).toBe(objects.length);
    const whole = source.table();
    const printer = new PaholeEmitter(new Layouts(whole));
    let offset = 0;
    let types = 0;
    for (const { table } of units) {
      const own = new PaholeEmitter(new Layouts(table));
      for (const id of compositeIds(table)) {
        own.emit(id);
        printer.emit(id + offset);
        expect(qualifiedName(whole, id + offset)).toBe(qualifiedName(table, id));
        expect(whole.side?.dieOffset(id + offset)).toBe(table.side?.dieOffset(id));
        types++;
      }
      expect(printer.context.out.text().endsWith(own.text())).toBe(true);
      offset += table.end - 1;
    }
    expect(whole.end - 1).toBe(offset);
    expect(types).toBeGreaterThan(60);
  });
});

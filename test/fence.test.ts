/** The import fence of the linter catches what it forbids, in every folder, and lets through what it allows. */

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';

// The files named here need not exist: the project's own configuration, without the rules that need types.
const eslint = new ESLint({
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }],
});

async function complaints(filePath: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath });
  return result?.messages.map(({ message }) => message) ?? [];
}

describe('the import fence', () => {
  it.each([
    ['src/cli/commands/layout.ts', '../../btf/decode.ts', 'cli must not import btf'],
    ['src/index.ts', './cli/main.ts', 'index must not import cli'],
    ['src/internal.ts', './cli/main.ts', 'internal must not import cli'],
    ['src/load.ts', './emit/pahole.ts', 'load must not import emit'],
    ['src/elf/file.ts', '../btf/decode.ts', 'elf must not import btf'],
    ['src/dwarf/reader.ts', '../elf/file.ts', 'dwarf must not import elf'],
    ['src/btf/decode.ts', '../elf/file.ts', 'btf must not import elf'],
    ['src/native/map.ts', '../load.ts', 'native must not import load'],
    ['src/encode/functions.ts', '../emit/emit.ts', 'encode must not import emit'],
    ['src/core/match.ts', '../dwarf/reader.ts', 'core must not import dwarf'],
    ['src/probe/resolve.ts', '../dwarf/reader.ts', 'probe must not import dwarf'],
    ['src/layout/layout.ts', '../btf/decode.ts', 'layout must not import btf'],
    ['src/emit/pahole.ts', '../btf/decode.ts', 'emit must not import btf'],
    ['src/model/table.ts', '../btf/decode.ts', 'model must not import btf'],
  ])('stops %s from importing %s', async (file, specifier, complaint) => {
    expect(await complaints(file, `import { x } from '${specifier}';\nexport const y = x;\n`)).toEqual([
      expect.stringContaining(complaint),
    ]);
  });

  it.each([
    ["import type { X } from '../elf/file.ts';\nexport type Y = X;"],
    ["export { x } from '../elf/file.ts';"],
    ["export * from '../elf/file.ts';"],
    ["export const x = import('../elf/file.ts');"],
    ["export type X = import('../elf/file.ts').X;"],
  ])('sees every form of import: %s', async (code) => {
    expect(await complaints('src/btf/decode.ts', code)).toEqual([
      expect.stringContaining('btf must not import elf'),
    ]);
  });

  it('gives the reason', async () => {
    const [complaint] = await complaints('src/model/table.ts', "export * from '../load.ts';");
    expect(complaint).toBe(
      'model must not import load: everything leans on the model, so it leans on nothing',
    );
  });

  it.each([
    ['src/cli/commands/layout.ts', '../../internal.ts'],
    ['src/cli/commands/layout.ts', '../options.ts'],
    ['src/cli/help.ts', 'commander'],
    ['src/load.ts', './native/map.ts'],
    ['src/encode/functions.ts', '../dwarf/reader.ts'],
    ['src/emit/pahole.ts', '../layout/layout.ts'],
    ['src/index.ts', './emit/pahole.ts'],
    ['src/elf/file.ts', 'node:fs'],
  ])('lets %s import %s', async (file, specifier) => {
    expect(await complaints(file, `export * from '${specifier}';`)).toEqual([]);
  });

  it.each([
    ['src/emit/pahole.ts', 'commander', 'must not import the package commander'],
    ['src/emit/pahole.ts', '../../package.json', 'nothing outside src'],
    ['src/novel/file.ts', './other.ts', 'has no entry'],
  ])('stops %s from importing %s', async (file, specifier, complaint) => {
    expect(await complaints(file, `export * from '${specifier}';`)).toEqual([
      expect.stringContaining(complaint),
    ]);
  });

  it('has an entry for everything in src', async () => {
    // src/wasm is another language, and no module of it can import one of these.
    const names = readdirSync(new URL('../src', import.meta.url)).filter((name) => name !== 'wasm');
    for (const name of names) {
      const file = name.endsWith('.ts') ? `src/${name}` : `src/${name}/file.ts`;
      expect(await complaints(file, "export * from 'node:fs';"), name).toEqual([]);
    }
  });
});

/** `-T`, `-m`, `-u` and JSON of DWARF, on objects of test/fixtures/dwarf that share types. */

import { describe, expect, it } from 'vitest';
import { loadSync } from '../../src/load.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { validateWhole } from '../support/json-schema.ts';
import { runCli } from '../support/run-cli.ts';

const pathOf = (name: string): string => new URL(`../fixtures/dwarf/${name}`, import.meta.url).pathname;
const [gcc, clang] = [pathOf('holes.gcc5.o'), pathOf('holes.clang5.o')];

interface Item {
  readonly index?: number;
  readonly byteOffset?: number;
  readonly isBase?: boolean;
  readonly isVirtual?: boolean;
}

async function lines(...args: string[]): Promise<string[]> {
  const { stdout, stderr, code } = await runCli(args);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return stdout.toString().split('\n').slice(0, -1);
}

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('DWARF (skipped without the addon)', () => {
  it('-T counts units, in the order of the list', async () => {
    const names = (await lines('-N', gcc)).map((line) => line.split('\t')[0]);
    expect(await lines('-T', gcc)).toEqual(names.map((name) => `${name}\t1`));
    expect(await lines('-T', gcc, clang)).toEqual(names.map((name) => `${name}\t2`));
  });

  it('-u names every unit, and with several names the type', async () => {
    const [first = ''] = (await lines('-N', gcc)).map((line) => line.split('\t')[0]);
    const units = await lines('-u', '-C', first, gcc, clang);
    expect(units).toHaveLength(2);
    expect(await lines('-u', '-C', `${first},${first}`, gcc)).toEqual([
      `${first}\t${units[0]}`,
      `${first}\t${units[0]}`,
    ]);
    expect((await runCli(['--compat', '-F', 'dwarf', '-u', '-C', first, gcc, clang])).stdout.toString()).toBe(
      `${units[0]}\n`,
    );
  });

  it('-u needs names, and says which are missing', async () => {
    expect(await runCli(['-u', gcc])).toMatchObject({ code: 2 });
    expect(await runCli(['-u', '-C', 'nope', gcc])).toMatchObject({
      code: 1,
      stderr: "tspahole: type 'nope' not found\n",
    });
  });

  it('--sort prints what a listing prints, ordered by name, and each type of several files once', async () => {
    const text = (args: readonly string[]): Promise<string> =>
      lines(...args).then((all) => `${all.join('\n')}\n`);
    const blocks = (await text([gcc])).split(/^(?=(?:struct|union) )/m);
    const name = (block: string): string => block.split(' ')[1] as string;
    const byName = [...blocks].sort((a, b) => (name(a) < name(b) ? -1 : 1));
    expect(byName).not.toEqual(blocks);
    expect(await text(['--sort', gcc])).toBe(byName.join(''));
    expect(await text(['--sort', gcc, gcc])).toBe(byName.join(''));
  });

  it('--json --sort has the types in the order of the text', async () => {
    const names = (await lines('--sort', gcc)).flatMap(
      (line) => /^(?:struct|union) (\w+)/.exec(line)?.[1] ?? [],
    );
    const { types } = JSON.parse((await lines('--json', '--sort', gcc, gcc)).join('')) as {
      types: { name: string; file: string }[];
    };
    expect(types.map((type) => type.name)).toEqual(names);
    expect(new Set(types.map((type) => type.file))).toEqual(new Set([gcc]));
  });

  it.each([['-s'], ['-n'], ['-T'], ['-m'], ['-a'], ['--sort'], ['-E']])(
    '--json %s fits the schema and names file and unit',
    async (option) => {
      const { stdout } = await runCli(['--json', option, gcc, clang]);
      const document = JSON.parse(stdout.toString()) as { types: { file?: string; unit?: string }[] };
      expect(validateWhole(document)).toEqual([]);
      for (const { file, unit } of document.types) {
        expect([gcc, clang]).toContain(file);
        expect(unit).toMatch(/holes\.c$/);
      }
    },
  );

  it.each(['virtual.gxx5.o', 'virtual.clangxx4.o', 'far-members.gcc5.o'])(
    '--json of %s fits the schema, and only virtual bases have no offset',
    async (name) => {
      for (const option of ['-a', '-E']) {
        const { stdout } = await runCli(['--json', option, pathOf(name)]);
        const document = JSON.parse(stdout.toString()) as { types: { items?: Item[] }[] };
        expect(validateWhole(document)).toEqual([]);
        const members = document.types.flatMap(({ items = [] }) =>
          items.filter(({ index }) => index !== undefined),
        );
        const unplaced = members.filter(({ byteOffset }) => byteOffset === undefined);
        expect(unplaced.every(({ isBase, isVirtual }) => isBase && isVirtual)).toBe(true);
        expect(unplaced.length > 0).toBe(name.startsWith('virtual'));
        expect(members.every(({ byteOffset }) => (byteOffset ?? 0) < 2 ** 31)).toBe(true);
      }
    },
  );

  it('--json of one file does not name it', async () => {
    const { stdout } = await runCli(['--json', '-s', gcc]);
    expect(stdout.toString()).not.toContain('"file"');
  });

  it('is read with progress, and no further than a signal allows', () => {
    const seen: number[][] = [];
    const source = loadSync(gcc, { onProgress: (done, total) => seen.push([done, total]) });
    expect([...source.units()]).toHaveLength(1);
    expect(seen).toEqual([[1, 1]]);
    const stopped = loadSync(gcc, { signal: AbortSignal.abort(new Error('enough')) });
    expect(() => [...stopped.units()]).toThrow('enough');
  });
});

/**
 * The outputs of pfunct 1.31 for test/fixtures/dwarf/functions.*.o, which gcc and clang made in several
 * versions of DWARF, for 32 and 64 bit and both byte orders: with `--compat` they come out byte for byte.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadBinding } from '../../src/native/binding.ts';
import { runCli } from '../support/run-cli.ts';

const folder = new URL('../fixtures/dwarf/', import.meta.url);
const manifest: { readonly goldens: Readonly<Record<string, string>> } = JSON.parse(
  readFileSync(new URL('manifest.json', folder), 'utf8'),
);
const commands = Object.entries(manifest.goldens).filter(([command]) => command.startsWith('pfunct '));

/** docs/compat.md, "Not reproduced". */
const NOT_REPRODUCED: readonly RegExp[] = [];

it('pfunct 1.31 made at least a hundred goldens', () => {
  expect(commands.length).toBeGreaterThan(100);
});

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('functions (skipped without the addon)', () => {
  it.each(commands)('%s', async (command, golden) => {
    const words = command.split(' ').slice(1);
    const path = new URL(words.at(-1) as string, folder).pathname;
    const { stdout } = await runCli(['functions', '--compat', ...words.slice(0, -1), path]);
    const isKnown = NOT_REPRODUCED.some((pattern) => pattern.test(command));
    if (!isKnown) expect(stdout.toString('latin1')).toBe(readFileSync(new URL(golden, folder), 'latin1'));
  });
});

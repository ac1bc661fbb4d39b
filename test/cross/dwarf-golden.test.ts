/**
 * The outputs of pahole 1.31 for the object files of test/fixtures/dwarf, which gcc and clang made in several
 * versions of DWARF, for 32 and 64 bit and both byte orders: with `--compat` they come out byte for byte.
 */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadBinding } from '../../src/native/binding.ts';
import { runCli } from '../support/run-cli.ts';

interface Manifest {
  readonly pahole: string;
  readonly files: Readonly<Record<string, { readonly source: string }>>;
  readonly goldens: Readonly<Record<string, string>>;
}

const folder = new URL('../fixtures/dwarf/', import.meta.url);
const manifest: Manifest = JSON.parse(readFileSync(new URL('manifest.json', folder), 'utf8'));

/** docs/compat.md, "Not reproduced": what comes out otherwise. */
const NOT_REPRODUCED: readonly RegExp[] = [/ --compile (packed\.clang\d|virtual\.\w+|huge\.\w+)\.o$/];

it('pahole 1.31 made the goldens', () => {
  expect(manifest.pahole).toBe('v1.31');
});

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('DWARF (skipped without the addon)', () => {
  const commandsOf = (file: string) =>
    Object.entries(manifest.goldens).filter(
      ([command]) => command.startsWith('pahole ') && command.endsWith(` ${file}`),
    );
  // pahole prints its own memory for some.
  const files = Object.keys(manifest.files).filter((file) => commandsOf(file).length > 0);

  describe.each(files)('%s', (file) => {
    const commands = commandsOf(file);

    it.each(commands)('%s', async (command, golden) => {
      const words = command.split(' ').slice(1, -1);
      const path = new URL(file, folder).pathname;
      const { stdout, code } = await runCli(['--compat', ...words, path]);
      const peer = readFileSync(new URL(golden, folder), 'latin1');
      const isKnown = NOT_REPRODUCED.some((pattern) => pattern.test(command));
      if (!isKnown) expect(stdout.toString('latin1')).toBe(peer);
      expect(code).toBe(0);
    });
  });
});

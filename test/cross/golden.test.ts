/**
 * The outputs of pahole 1.31 for the files of test/fixtures, committed beside them: with `--compat` they
 * come out byte for byte. No pahole is needed.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixtureFiles, fixturePath, type Golden, goldens, manifest } from '../support/fixtures.ts';
import { runCli } from '../support/run-cli.ts';

it('pahole 1.31 made the goldens', () => {
  expect(manifest.pahole).toBe('v1.31');
});

/** Sources that only test/fixtures/dwarf has object files of. */
const ONLY_DWARF: readonly string[] = ['functions.c'];

it('each source has a BTF file, and each golden a command', () => {
  const sources = readdirSync(fixturePath('.')).filter((name) => name.endsWith('.c'));
  const used = new Set([...Object.values(manifest.files).map(({ source }) => source), ...ONLY_DWARF]);
  expect(sources.filter((name) => !used.has(name))).toEqual([]);
  const made = new Set(goldens.map(({ path }) => path));
  const stored = fixtureFiles.flatMap((file) => {
    const folder = fixturePath(file.replace(/\.btf$/, ''));
    return readdirSync(folder).map((name) => join(folder, name));
  });
  expect(stored.filter((path) => !made.has(path))).toEqual([]);
});

describe.each(fixtureFiles)('%s', (file) => {
  const commands = goldens.filter((golden) => golden.file === file);

  it.each(commands.map((golden) => [nameOf(golden), golden] as const))('%s', async (_, golden) => {
    const { stdout, code } = await runCli(['--compat', ...golden.args]);
    const peer = readFileSync(golden.path, 'latin1');
    if (golden.isNotReproduced) expect(stdout.toString('latin1'), 'reproduced by now').not.toBe(peer);
    else expect(stdout.toString('latin1')).toBe(peer);
    expect(code).toBe(0);
  });
});

/** The command, shortened where it lists names. */
function nameOf({ command }: Golden): string {
  return command.replace(/ -C (\S{30})\S+/, ' -C $1...');
}

/** The files of test/fixtures: what made them, and what pahole prints for them. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadSync, type TypeTable } from '../../src/index.ts';

/** Contents of test/fixtures/manifest.json, which scripts/update-fixtures.mjs writes. */
interface Manifest {
  /** Version of pahole that printed the goldens. */
  readonly pahole: string;
  readonly files: Readonly<Record<string, FixtureFile>>;
  /** File with the output of each command. */
  readonly goldens: Readonly<Record<string, string>>;
}

interface FixtureFile {
  readonly source: string;
  /** The file whose types this one continues. */
  readonly base?: string;
}

/** One command whose output by pahole is known. */
export interface Golden {
  /** The command line, which begins with `pahole`. */
  readonly command: string;
  /** Its words behind `pahole`, with the paths of the files. */
  readonly args: readonly string[];
  /** Path of the file with its output. */
  readonly path: string;
  /** The BTF file that it reads. */
  readonly file: string;
  /** Whether docs/compat.md lists it under "Not reproduced". */
  readonly isNotReproduced: boolean;
}

const folder = new URL('../fixtures/', import.meta.url);

export function fixturePath(file: string): string {
  return fileURLToPath(new URL(file, folder));
}

export const manifest: Manifest = JSON.parse(readFileSync(fixturePath('manifest.json'), 'utf8'));

/** Names of the BTF files. */
export const fixtureFiles: readonly string[] = Object.keys(manifest.files);

const NOT_REPRODUCED: readonly RegExp[] = [/ no-long\.btf$/, / -l .* odd-qualifiers\.btf$/];

export const goldens: readonly Golden[] = Object.entries(manifest.goldens).map(([command, golden]) => {
  const words = command.split(' ').slice(1);
  const isFile = (word: string): boolean => /\.(btf|base)$/.test(word);
  const args = words.map((word) => (isFile(word) ? fixturePath(word) : word));
  const isNotReproduced = NOT_REPRODUCED.some((pattern) => pattern.test(command));
  return { command, args, path: fixturePath(golden), file: words.at(-1) as string, isNotReproduced };
});

/** The types of a BTF file, with those of its base. */
export function fixtureTable(file: string): TypeTable {
  const base = manifest.files[file]?.base;
  return loadSync(fixturePath(file), { base: base === undefined ? undefined : fixtureTable(base) }).table();
}

/** `tspahole version`: this program's own version and what it found on the machine. */

import { readFileSync, statSync } from 'node:fs';
import { TspaholeError } from '../index.ts';
import type { Command } from './command.ts';
import { writeText } from './output.ts';
import { PAHOLE_VERSION, type Streams } from './run.ts';

/** The sub-command. */
export const versionCommand: Command = {
  name: 'version',
  synopsis: ['[--json]'],
  description: 'Print the version of this program and what it found on the machine.',
  options: [{ name: 'json', help: 'print the facts as JSON' }],
  notes: '`tspahole --version` prints the version of pahole that is followed.\n',
  run: (words, streams) => {
    const [unknown] = words.operands;
    if (unknown !== undefined) throw new TspaholeError('usage', `version: unknown argument ${unknown}`);
    return runVersion(words.has('json'), streams);
  },
};

/** Prints the facts as text or JSON. Gives the exit code. */
function runVersion(json: boolean, { out, env }: Streams): number {
  const facts = findFacts(env.PAHOLE_VMLINUX_BTF_FILENAME ?? '/sys/kernel/btf/vmlinux');
  writeText(out, json ? `${JSON.stringify(facts, undefined, 2)}\n` : formatFacts(facts));
  return 0;
}

/** What `version --json` prints. */
interface Facts {
  readonly version: string;
  readonly paholeVersion: string;
  readonly node: string;
  readonly platform: string;
  readonly kernelBtf: { readonly path: string; readonly bytes: number | null };
}

function findFacts(path: string): Facts {
  return {
    version: ownVersion(),
    paholeVersion: PAHOLE_VERSION,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    // null: there is none, or it may not be read.
    kernelBtf: { path, bytes: statSync(path, { throwIfNoEntry: false })?.size ?? null },
  };
}

function formatFacts({ version, paholeVersion, node, platform, kernelBtf }: Facts): string {
  const { path, bytes } = kernelBtf;
  return [
    `tspahole ${version}`,
    `follows pahole ${paholeVersion}`,
    `node ${node}, ${platform}`,
    `kernel BTF ${path}: ${bytes === null ? 'not found' : `${bytes} bytes`}`,
    '',
  ].join('\n');
}

/** The version of this package, whose root is two folders up from this file and from the bundle alike. */
export function ownVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}

/** The raw dump of real files against bpftool 7.8, where the machine has it. */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fixtureFiles, fixturePath, manifest } from '../support/fixtures.ts';
import { firstDifference } from '../support/peer.ts';
import { runCli } from '../support/run-cli.ts';

const WANTED = 'v7.8.0';
const found = /bpftool (v\S+)/.exec(runBpftool(['version']).toString())?.[1] ?? 'none';

function runBpftool(args: readonly string[]): Buffer {
  const { stdout } = spawnSync('bpftool', args, { env: { PATH: process.env.PATH }, maxBuffer: 1 << 28 });
  return stdout ?? Buffer.alloc(0);
}

const kernel = '/sys/kernel/btf/vmlinux';
const files = fixtureFiles.filter((file) => manifest.files[file]?.base === undefined).map(fixturePath);
const readable = existsSync(kernel) ? [...files, kernel] : files;

describe.skipIf(found !== WANTED)(`bpftool ${WANTED} (found: ${found})`, () => {
  it.each(readable)('prints the same of %s', async (path) => {
    for (const option of [[], ['-j'], ['-p']]) {
      const own = await runCli(['btf', 'dump', ...option, 'file', path]);
      expect(firstDifference(runBpftool([...option, 'btf', 'dump', 'file', path]), own.stdout)).toBe('');
    }
  });
});

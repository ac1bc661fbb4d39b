/**
 * bpftool 7.8 itself, where the machine has it (BPFTOOL names another than the one on PATH): headers of
 * whole kernels come out byte for byte. TSPAHOLE_VMLINUX names a kernel with BTF, TSPAHOLE_MODULES modules
 * of it, with `:` between them; without them the running kernel has to do.
 */

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { writeBpftoolHeader } from '../../src/emit/header/bpftool-header.ts';
import { loadSync, RUNNING_KERNEL_BTF, type TypeTable } from '../../src/index.ts';
import { fixtureFiles, fixturePath, fixtureTable, manifest } from '../support/fixtures.ts';
import { firstDifference } from '../support/peer.ts';
import { runCli } from '../support/run-cli.ts';

const bpftool = process.env.BPFTOOL ?? 'bpftool';
const WANTED = 'bpftool v7.8.0';
const version = spawnSync(bpftool, ['version'], { encoding: 'utf8' }).stdout?.split('\n')[0] ?? 'none';

const kernel = process.env.TSPAHOLE_VMLINUX ?? RUNNING_KERNEL_BTF;
const modules = (process.env.TSPAHOLE_MODULES ?? '').split(':').filter((path) => path !== '');

function headerOf(table: TypeTable, unsorted: boolean): Buffer {
  const chunks: Buffer[] = [];
  writeBpftoolHeader(table, (bytes) => void chunks.push(Buffer.from(bytes)), { unsorted });
  return Buffer.concat(chunks);
}

/** What bpftool prints for a file, as far as it gets. */
function peerHeader(path: string, base: string | undefined, unsorted: boolean): Buffer {
  const words = ['btf', 'dump', 'file', path, 'format', 'c', ...(unsorted ? ['unsorted'] : [])];
  const args = base === undefined ? words : ['-B', base, ...words];
  return spawnSync(bpftool, args, { maxBuffer: 1 << 28 }).stdout;
}

describe.skipIf(version !== WANTED)(`${WANTED} (found: ${version})`, () => {
  describe.each([
    ['sorted', false],
    ['unsorted', true],
  ])('%s', (_, unsorted) => {
    it.each(fixtureFiles)('prints the same for %s', (file) => {
      const base = manifest.files[file]?.base;
      const peer = peerHeader(fixturePath(file), base && fixturePath(base), unsorted);
      expect(firstDifference(peer, headerOf(fixtureTable(file), unsorted))).toBe('');
    });

    it.skipIf(!existsSync(kernel))(`prints the same for ${kernel}`, { timeout: 120_000 }, () => {
      const table = loadSync(kernel, { formats: ['btf'] }).table();
      expect(firstDifference(peerHeader(kernel, undefined, unsorted), headerOf(table, unsorted))).toBe('');
    });

    it.skipIf(modules.length === 0)(
      `prints the same for ${modules.length} modules`,
      { timeout: 600_000 },
      () => {
        const base = loadSync(kernel, { formats: ['btf'] }).table();
        for (const path of modules) {
          const own = headerOf(loadSync(path, { formats: ['btf'], base }).table(), unsorted);
          expect(firstDifference(peerHeader(path, kernel, unsorted), own), path).toBe('');
        }
      },
    );
  });

  /** What `btf dump` of both prints; a usage that bpftool refuses gives nothing. */
  async function bothPrint(...args: string[]): Promise<void> {
    const [options, words] = args[0] === '-B' ? [args.slice(0, 2), args.slice(2)] : [[], args];
    const peer = spawnSync(bpftool, [...options, 'btf', 'dump', ...words], { maxBuffer: 1 << 28 });
    const own = await runCli(['btf', 'dump', ...args]);
    expect(firstDifference(peer.stdout, own.stdout), args.join(' ')).toBe('');
    expect(own.code === 0).toBe(peer.status === 0);
  }

  describe('btf dump', () => {
    it.each(fixtureFiles)('prints the same roots of %s', async (file) => {
      const base = manifest.files[file]?.base;
      const from = base === undefined ? [] : ['-B', fixturePath(base)];
      await bothPrint(...from, 'file', fixturePath(file), 'format', 'c', 'root_id', '1', 'root_id', '3');
      await bothPrint(...from, 'file', fixturePath(file), 'root_id', '2', 'format', 'c', 'unsorted');
    });

    it.skipIf(!existsSync(kernel))(`prints the same roots of ${kernel}`, { timeout: 120_000 }, async () => {
      for (const root of [0, 1, 500, 20_000, 0xffff_ffff]) {
        await bothPrint('file', kernel, 'format', 'c', 'root_id', String(root));
      }
    });

    it.skipIf(modules.length === 0)('merges modules as bpftool does', { timeout: 120_000 }, async () => {
      const files = modules.slice(0, 64).flatMap((path) => ['file', path]);
      await bothPrint('-B', kernel, ...files, 'format', 'c');
      await bothPrint('-B', kernel, ...files, 'format', 'c', 'unsorted');
    });
  });
});

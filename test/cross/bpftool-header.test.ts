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
});

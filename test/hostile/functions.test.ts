/** Damaged DWARF through `tspahole functions`, in child processes: each ends in time, and says at most one line. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadBinding } from '../../src/native/binding.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const INPUTS = 24;
const CHANGES = 3;

/** Numbers below `limit`, the same in each run (Park and Miller). */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state % limit;
  };
}

/** The fixture with some bytes behind its ELF header changed. */
function damaged(fixture: string, seed: number): Uint8Array {
  const bytes = readFileSync(join(ROOT, 'test/fixtures/dwarf', fixture));
  const next = numbers(seed);
  for (let change = 0; change < CHANGES; change++) bytes[64 + next(bytes.length - 64)] = next(256);
  return bytes;
}

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('functions (skipped without the addon)', () => {
  const modes = [['-P', '-i', '-E', '--json'], ['-V', '-i', '-T'], ['-b'], ['--compat', '--compile']];

  it.each(modes.map((mode) => [mode.join(' '), mode] as const))(
    `${INPUTS} damaged files: %s`,
    { timeout: 180_000 },
    (_, mode) => {
      const directory = mkdtempSync(join(tmpdir(), 'tspahole-hostile-'));
      const path = join(directory, 'file');
      let listed = 0;
      for (let seed = 1; seed <= INPUTS; seed++) {
        const fixture = seed % 2 === 0 ? 'functions.gcc4.o' : 'functions.gcc2.o';
        writeFileSync(path, damaged(fixture, seed));
        const args = [join(ROOT, 'bin/tspahole.js'), 'functions', ...mode, path];
        const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, {
          encoding: 'utf8',
          timeout: 20_000,
          maxBuffer: 1 << 26,
        });
        expect([seed, signal]).toEqual([seed, null]);
        expect([seed, status === 0 || status === 1]).toEqual([seed, true]);
        expect(stderr.split('\n').filter((line) => !/^(tspahole: .+)?$/.test(line))).toEqual([]);
        if (mode.includes('--json') && status === 0) JSON.parse(stdout);
        if (status === 0 && stdout.length > 100) listed++;
      }
      rmSync(directory, { recursive: true });
      expect(listed).toBeGreaterThan(0);
    },
  );
});

/**
 * Damaged ELF files and DWARF, through the command line in child processes: each ends in time, in little memory,
 * and with a listing or a line that says why there is none. `npm run fuzz:dwarf` goes on from here.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadBinding } from '../../src/native/binding.ts';
import { elfWithEqualUnits } from '../dwarf/native/synthetic.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const INPUTS = 500;

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('DWARF (skipped without the addon)', () => {
  it('550 damaged files', { timeout: 180_000 }, () => {
    const args = [join(ROOT, 'scripts/run-ts.mjs'), join(ROOT, 'fuzz/dwarf.ts'), String(INPUTS)];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toMatch(/^500 inputs in child processes: .*[1-9]\d* listed.*; 0 failed$/m);
    expect(stdout).toMatch(/^50 inputs in processes of their own: .*[1-9]\d* listed.*; 0 failed$/m);
  });

  it.each([
    ['units', { units: 400_000, abbreviations: 1 }],
    ['abbreviations', { units: 20_000, abbreviations: 15_000 }],
  ])(
    'too many %s for the size of the file are left out, and fill no memory',
    { timeout: 60_000 },
    (what, counts) => {
      const directory = mkdtempSync(join(tmpdir(), 'tspahole-hostile-'));
      const path = join(directory, 'file');
      writeFileSync(path, elfWithEqualUnits(counts));
      const args = ['--require', join(ROOT, 'fuzz/peak-memory.cjs'), join(ROOT, 'bin/tspahole.js'), path];
      const { status, output } = spawnSync(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      });
      rmSync(directory, { recursive: true });
      expect(status).toBe(0);
      const [line, ...others] = String(output[2]).trim().split('\n');
      expect(line).toMatch(
        new RegExp(`\\.debug_info\\+0x\\w+: units from here on are not read: too many ${what} for`),
      );
      expect(others).toEqual([]);
      expect(Number(String(output[3])) / 1024).toBeLessThan(512);
    },
  );
});

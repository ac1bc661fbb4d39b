/** The mapping addon: equal to reading, never used on a regular file, never needed. */

import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadBinding } from '../../src/native/binding.ts';
import { mapSysfs } from '../../src/native/map.ts';

const kernelBtf = '/sys/kernel/btf/vmlinux';
const addon = loadBinding('tspahole_map') as { map(path: unknown): ArrayBuffer | undefined } | undefined;

describe.skipIf(addon === undefined)('the addon (skipped where it is not built)', () => {
  let directory: string;
  let regularFile: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'tspahole-map-'));
    regularFile = join(directory, 'regular');
    writeFileSync(regularFile, 'bytes of a regular file');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  it('refuses a regular file, which could be cut short under the mapping', () => {
    expect(addon?.map(regularFile)).toBeUndefined();
  });

  it('refuses directories, links, missing files, and files of other pseudo file systems', () => {
    const link = join(directory, 'link');
    symlinkSync(kernelBtf, link);
    for (const path of ['/sys/kernel', link, '/sys/kernel/btf/no-such-file', '/proc/self/maps']) {
      expect(addon?.map(path), path).toBeUndefined();
    }
  });

  it('answers undefined to what is not a path', () => {
    for (const argument of [undefined, 1, '', `/sys/${'x'.repeat(600)}`]) {
      expect(addon?.map(argument)).toBeUndefined();
    }
  });

  it('answers undefined when TSPAHOLE_NO_ADDON=1 is set', () => {
    process.env.TSPAHOLE_NO_ADDON = '1';
    try {
      expect(loadBinding('tspahole_map')).toBeUndefined();
    } finally {
      delete process.env.TSPAHOLE_NO_ADDON;
    }
  });
});

describe('mapSysfs', () => {
  const mapped = mapSysfs(kernelBtf);

  // Kernels before 6.16 and modules' BTF do not allow the mapping.
  it.skipIf(mapped === undefined)('gives the bytes of the running kernel that reading gives', () => {
    expect(Buffer.compare(mapped as Uint8Array, readFileSync(kernelBtf))).toBe(0);
  });

  it('answers undefined for a path that is not directly below /sys/kernel/btf', () => {
    for (const path of ['/sys/kernel/notes', '/sys/kernel/btf/../notes', '/sys/kernel/btf/', 'vmlinux']) {
      expect(mapSysfs(path), path).toBeUndefined();
    }
  });

  it('answers undefined for an addon that does not exist', () => {
    expect(loadBinding('no_such_addon')).toBeUndefined();
  });
});

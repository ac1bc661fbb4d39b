/** The mapping addon: equal to reading, never used on a regular file, never needed. */

import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import type { TypeTable } from '../../src/model/table.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { mapSysfs, recordIndexer } from '../../src/native/map.ts';

const kernelBtf = '/sys/kernel/btf/vmlinux';
interface Addon {
  map(path: unknown): ArrayBuffer | undefined;
  indexRecords(...args: unknown[]): number | undefined;
}

const addon = loadBinding('tspahole_map') as Addon | undefined;

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

  it('finds records by the words of their kinds, and none where one does not fit or is unknown', () => {
    const extra = new Uint8Array(128).fill(255);
    const element = new Uint8Array(128);
    extra[2] = 0;
    extra[1] = 1;
    extra[4] = 0;
    element[4] = 3;
    const index = (...words: number[]): number[] | undefined => {
      const starts = new Uint32Array(Math.floor(words.length / 3));
      const count = addon?.indexRecords(Uint32Array.from(words), extra, element, starts) ?? -2;
      return count < 0 ? undefined : [...starts.subarray(0, count)];
    };
    const int = [1, 1 << 24, 4, 32];
    const pointer = [0, 2 << 24, 1];
    const struct = [5, (4 << 24) | 1, 4, 7, 1, 0];
    expect(index()).toEqual([]);
    expect(index(...int, ...struct, ...pointer)).toEqual([0, 4, 10]);
    expect(index(...int, ...struct.slice(0, 5))).toBeUndefined();
    expect(index(...int, 1)).toBeUndefined();
    expect(index(1, 3 << 24, 0)).toBeUndefined();
  });

  it('answers undefined to arrays that are not what it needs', () => {
    const [words, bytes] = [new Uint32Array(6), new Uint8Array(128)];
    const starts = new Uint32Array(2);
    for (const args of [
      [],
      [words, bytes, bytes],
      [words, bytes, bytes, new Uint32Array(1)],
      [words, bytes, bytes.subarray(1), starts],
      [words, starts, bytes, starts],
      [[], bytes, bytes, starts],
    ]) {
      expect(addon?.indexRecords(...args)).toBeUndefined();
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

  it.skipIf(mapped === undefined)('gives the records of the running kernel that reading gives', () => {
    const bytes = mapped as Uint8Array;
    const found = decodeBtf(bytes, { indexer: recordIndexer(bytes.length) });
    const bytesOf = ({ starts }: TypeTable): Buffer => Buffer.from(new Uint32Array(starts).buffer);
    expect(bytesOf(found).equals(bytesOf(decodeBtf(bytes)))).toBe(true);
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

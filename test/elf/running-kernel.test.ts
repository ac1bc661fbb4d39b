/** The vmlinux of a kernel is the file with its build ID. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { endianness, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NT_GNU_BUILD_ID, SHT_NOTE } from '../../src/elf/constants.ts';
import { findRunningVmlinux } from '../../src/elf/running-kernel.ts';
import { noteBytes, writeElf } from '../support/elf-writer.ts';

const TARGET = { wordSize: 8, endian: endianness() === 'LE' ? 'little' : 'big' } as const;
const home = mkdtempSync(join(tmpdir(), 'tspahole-kernel-'));
afterAll(() => rmSync(home, { recursive: true }));

function notes(...id: number[]): Uint8Array {
  return noteBytes(TARGET, { name: 'GNU', type: NT_GNU_BUILD_ID, description: Uint8Array.from(id) });
}

/** What debuginfod left for the build ID `wanted`: a file that has `own`. */
function cached(wanted: string, own: Uint8Array): string {
  const folder = join(home, '.cache/debuginfod_client', wanted);
  mkdirSync(folder, { recursive: true });
  const section = { name: '.notes', type: SHT_NOTE, alignment: 4, data: own };
  writeFileSync(join(folder, 'debuginfo'), writeElf({ ...TARGET, sections: [section] }));
  return join(folder, 'debuginfo');
}

const release = 'no-such-release';

describe('the vmlinux of a kernel', () => {
  it('is found by its build ID', () => {
    const path = cached('abcdef', notes(0xab, 0xcd, 0xef));
    expect(findRunningVmlinux({ release, home, notes: notes(0xab, 0xcd, 0xef) })).toBe(path);
  });

  it('is no file with another build ID', () => {
    cached('010203', notes(1, 2, 4));
    expect(findRunningVmlinux({ release, home, notes: notes(1, 2, 3) })).toBeUndefined();
  });

  it('is not found without a home or with notes that are cut off', () => {
    expect(findRunningVmlinux({ release, notes: notes(0xab, 0xcd, 0xef) })).toBeUndefined();
    expect(
      findRunningVmlinux({ release, home, notes: notes(0xab, 0xcd, 0xef).subarray(0, 9) }),
    ).toBeUndefined();
  });
});

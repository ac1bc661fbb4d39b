/** Separate debug files: by build ID, by debug link (gdb manual, "Separate Debug Files"), and from a server. */

import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { NT_GNU_BUILD_ID, SHT_NOTE } from '../../src/elf/constants.ts';
import { debugFileCandidates } from '../../src/elf/debug-file.ts';
import { parseElf } from '../../src/elf/file.ts';
import { findDebugFile } from '../../src/load/debug-file.ts';
import { fetchDebugFile } from '../../src/load/debuginfod.ts';
import { noteBytes, type SectionSpec, writeElf } from '../support/elf-writer.ts';
import { expectError } from '../support/expect-error.ts';

const TARGET = { wordSize: 8, endian: 'little' } as const;
const root = mkdtempSync(join(tmpdir(), 'tspahole-debug-'));
afterAll(() => rmSync(root, { recursive: true }));

function buildId(...bytes: number[]): SectionSpec {
  const note = { name: 'GNU', type: NT_GNU_BUILD_ID, description: Uint8Array.from(bytes) };
  return { name: '.note.gnu.build-id', type: SHT_NOTE, alignment: 4, data: noteBytes(TARGET, note) };
}

function debugLink(name: string, crc: number): SectionSpec {
  const data = Buffer.alloc(((name.length + 4) & ~3) + 4);
  data.write(name);
  data.writeUInt32LE(crc, data.length - 4);
  return { name: '.gnu_debuglink', data };
}

const elfOf = (...sections: SectionSpec[]): Uint8Array => writeElf({ ...TARGET, sections });
const DWARF: SectionSpec = { name: '.debug_info', data: Uint8Array.of(1, 2, 3) };

let count = 0;

/** Path of a file of its own folder, and what is found for it. */
function place(stripped: Uint8Array, files: Readonly<Record<string, Uint8Array>>) {
  const folder = join(root, String(count++));
  mkdirSync(join(folder, '.debug'), { recursive: true });
  const path = join(folder, 'program');
  writeFileSync(path, stripped);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  return { folder, path, find: (as = path) => findDebugFile(parseElf(stripped), as) };
}

describe('the places', () => {
  it('are the build ID folder, then those of the debug link', () => {
    const elf = parseElf(elfOf(buildId(0xab, 0xcd, 0xef), debugLink('p.debug', 7)));
    expect(debugFileCandidates(elf, '/nonexistent/bin/p')).toEqual([
      { path: '/usr/lib/debug/.build-id/ab/cdef.debug' },
      { path: '/nonexistent/bin/p.debug', crc: 7 },
      { path: '/nonexistent/bin/.debug/p.debug', crc: 7 },
      { path: '/usr/lib/debug/nonexistent/bin/p.debug', crc: 7 },
    ]);
  });

  it('are none for a link that leads elsewhere', () => {
    expect(debugFileCandidates(parseElf(elfOf(debugLink('../p', 7))), '/a/p')).toEqual([]);
  });
});

describe('a debug link', () => {
  const debug = elfOf(DWARF);
  const linked = elfOf(debugLink('p.debug', crc32(debug)));

  it.each(['p.debug', '.debug/p.debug'])('is followed to %s', (name) => {
    const { folder, find } = place(linked, { [name]: debug });
    expect(find()).toBe(join(folder, name));
  });

  it('is followed from where the file really lies', () => {
    const { folder, path, find } = place(linked, { 'p.debug': debug });
    const link = join(root, 'link');
    symlinkSync(path, link);
    expect(find(link)).toBe(join(folder, 'p.debug'));
  });

  it('passes over a file with another checksum, without DWARF, or that is no ELF file', () => {
    const text = Buffer.from('text');
    expect(place(linked, { 'p.debug': elfOf(DWARF, { name: 'x' }) }).find()).toBeUndefined();
    expect(place(elfOf(debugLink('p.debug', crc32(elfOf()))), { 'p.debug': elfOf() }).find()).toBeUndefined();
    expect(place(elfOf(debugLink('p.debug', crc32(text))), { 'p.debug': text }).find()).toBeUndefined();
  });

  it('takes a file with the same build ID whatever its checksum', () => {
    const stripped = elfOf(buildId(1, 2, 3), debugLink('p.debug', 7));
    const { folder, find } = place(stripped, { 'p.debug': elfOf(buildId(1, 2, 3), DWARF) });
    expect(find()).toBe(join(folder, 'p.debug'));
    expect(place(stripped, { 'p.debug': elfOf(buildId(1, 2, 4), DWARF) }).find()).toBeUndefined();
  });
});

describe('debuginfod-find', () => {
  const { PATH, DEBUGINFOD_URLS } = process.env;
  const ID = Uint8Array.of(0xab, 0xcd);

  afterEach(() => {
    process.env.PATH = PATH;
    process.env.DEBUGINFOD_URLS = DEBUGINFOD_URLS ?? '';
  });

  function install(script: string): void {
    const folder = join(root, `bin${count++}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'debuginfod-find'), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, 'debuginfod-find'), 0o755);
    process.env.PATH = `${folder}:${PATH}`;
  }

  it('is asked for the build ID and prints a path', () => {
    install('echo "/cache/$1/$2"');
    expect(fetchDebugFile(ID)).toBe('/cache/debuginfo/abcd');
  });

  it('that is missing is named with its package', () => {
    process.env.PATH = join(root, 'empty');
    expectError(() => fetchDebugFile(ID), 'io', 'apt install debuginfod');
  });

  it('that finds nothing is quoted', () => {
    process.env.DEBUGINFOD_URLS = '';
    install('echo "Server query failed" >&2; exit 1');
    expectError(
      () => fetchDebugFile(ID),
      'not-found',
      'for build ID abcd: Server query failed; DEBUGINFOD_URLS names',
    );
  });

  it('that does not end is ended', () => {
    install('exec sleep 20');
    expectError(() => fetchDebugFile(ID, { timeout: 200 }), 'io', 'did not end in 0.2 s');
  });

  it('cannot be asked without a build ID', () => {
    expectError(() => fetchDebugFile(undefined), 'not-found', 'no build ID');
  });
});

/** The two sources of bytes behave alike; the one over a file also fails like a file. */

import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type ByteSource, memorySource, openFileSource } from '../../src/elf/source.ts';
import { text } from '../support/elf-writer.ts';
import { expectError } from '../support/expect-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'tspahole-'));
afterAll(() => rmSync(folder, { recursive: true }));

function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe.each<[string, (bytes: Uint8Array) => ByteSource]>([
  ['a source in memory', memorySource],
  ['a source over a file', (bytes) => openFileSource(fileOf('bytes', bytes))],
])('%s', (_, open) => {
  const source = open(text('0123456789'));

  it('knows its size', () => {
    expect(source.size).toBe(10);
  });

  it('reads a range, also up to the end and of no bytes', () => {
    expect(new Uint8Array(source.read(3, 4))).toEqual(text('3456'));
    expect(new Uint8Array(source.read(9, 1))).toEqual(text('9'));
    expect(source.read(10, 0)).toHaveLength(0);
  });

  it.each([
    [0, 11],
    [10, 1],
    [11, 0],
    [-1, 2],
    [0, -1],
    [2 ** 53 - 1, 2 ** 53 - 1],
    [Number.NaN, 1],
  ])('refuses offset %d and size %d', (offset, byteSize) => {
    expectError(() => source.read(offset, byteSize), 'bad-data', 'of a file of 0xa bytes');
  });
});

describe('a source over a file', () => {
  it('is not found', () => {
    const path = join(folder, 'missing');
    const error = expectError(() => openFileSource(path), 'not-found', 'cannot open the file (ENOENT)');
    expect(error.place.file).toBe(path);
  });

  it('of a folder cannot be read', () => {
    const source = openFileSource(folder);
    expectError(() => source.read(0, 1), 'io', `${folder}: cannot read the file (EISDIR)`);
    source.close();
  });

  it('can be closed twice, and read no more', () => {
    const source = openFileSource(fileOf('closed', text('abc')));
    source.close();
    source.close();
    expectError(() => source.read(0, 1), 'io', 'cannot read the file');
  });

  it('notices that the file became shorter', () => {
    const path = fileOf('shrinking', text('abcdef'));
    const source = openFileSource(path);
    truncateSync(path, 2);
    expectError(() => source.read(0, 6), 'io', `${path}: the file became shorter`);
    source.close();
  });

  it('refuses more than 2 GiB at once', () => {
    const path = fileOf('sparse', text(''));
    truncateSync(path, 2 ** 32);
    const source = openFileSource(path);
    expectError(() => source.read(0, 2 ** 31 + 1), 'unsupported', 'too many to read at once');
    source.close();
  });
});

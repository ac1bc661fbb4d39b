/** Files that are written whole or not at all. */

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceFile, replaceFileBy } from '../../src/elf/replace-file.ts';
import { expectError } from '../support/expect-error.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tspahole-replace-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true }));

const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('a file', () => {
  it('is made of all chunks', () => {
    replaceFile(path, [bytes('one'), bytes(''), bytes('two')]);
    expect(readFileSync(path, 'utf8')).toBe('onetwo');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('keeps its mode when it is replaced', () => {
    writeFileSync(path, 'a longer text than the new one');
    chmodSync(path, 0o751);
    replaceFile(path, [bytes('new')]);
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o7777).toBe(0o751);
  });

  it('is replaced where a symbolic link leads to', () => {
    writeFileSync(path, 'old');
    const link = join(folder, 'link');
    symlinkSync('file', link);
    replaceFile(link, [bytes('new')]);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('new');
  });

  it('that has the bytes already is left alone where that is asked for', () => {
    writeFileSync(path, 'same');
    utimesSync(path, 1, 1);
    replaceFileBy(path, (sink) => sink(bytes('same')), { keepsEqual: true });
    expect(statSync(path).mtimeMs).toBe(1000);
    replaceFileBy(path, (sink) => sink(bytes('same')));
    expect(statSync(path).mtimeMs).toBeGreaterThan(1000);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('that has other bytes is replaced', () => {
    writeFileSync(path, 'some');
    replaceFileBy(path, (sink) => sink(bytes('same')), { keepsEqual: true });
    expect(readFileSync(path, 'utf8')).toBe('same');
  });

  it('stays as it is when the chunks fail', () => {
    writeFileSync(path, 'old');
    const failing = function* (): Generator<Uint8Array> {
      yield bytes('half');
      throw new Error('no more');
    };
    expect(() => replaceFile(path, failing())).toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('that cannot be written is an error that names it', () => {
    const inside = join(folder, 'nothing', 'file');
    expectError(() => replaceFile(inside, [bytes('x')]), 'io', `${inside}: cannot write: ENOENT`);
    mkdirSync(join(folder, 'folder'));
    expectError(() => replaceFile(join(folder, 'folder'), [bytes('x')]), 'io', 'cannot write: EISDIR');
  });
});

describe('what is no regular file', () => {
  it.skipIf(!existsSync('/dev/null'))('is written to', () => {
    replaceFile('/dev/null', [bytes('x')]);
    expect(statSync('/dev/null').isFile()).toBe(false);
  });

  it.skipIf(!existsSync('/dev/full'))('may be full', () => {
    expectError(() => replaceFile('/dev/full', [bytes('x')]), 'io', 'cannot write: ENOSPC');
  });
});

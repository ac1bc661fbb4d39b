/** Files that are written whole or not at all. */

import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { TspaholeError } from '../model/errors.ts';

/** Takes what is written; the bytes are only valid during the call. */
export type FileSink = (bytes: Uint8Array) => void;

/**
 * Writes the chunks to a file beside `path` and renames it into place, so that readers see the old contents
 * or the new. Mode and owner stay those of a file that is replaced; a symbolic link stays one. What is no
 * regular file, as a pipe, is written to. Throws `io` where the system refuses, and what `chunks`
 * throws; then `path` is as it was.
 */
export function replaceFile(path: string, chunks: Iterable<Uint8Array>): void {
  replaceFileBy(path, (sink) => {
    for (const chunk of chunks) sink(chunk);
  });
}

/**
 * {@link replaceFile} for contents that `write` hands over. With `keepsEqual`, a file that has these bytes
 * already is left alone, so that make sees no change.
 */
export function replaceFileBy(
  path: string,
  write: (sink: FileSink) => void,
  { keepsEqual = false }: { readonly keepsEqual?: boolean } = {},
): void {
  const old = statSync(path, { throwIfNoEntry: false });
  if (old !== undefined && !old.isFile()) {
    writeTo(path, path, { flags: 'w' }, write);
    return;
  }
  const target = old === undefined ? path : attempt(path, () => realpathSync(path));
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    writeTo(path, temporary, { flags: 'wx', old }, write);
    if (keepsEqual && old !== undefined && isSame(temporary, target)) rmSync(temporary);
    else attempt(path, () => renameSync(temporary, target));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function isSame(left: string, right: string): boolean {
  try {
    return readFileSync(left).equals(readFileSync(right));
  } catch {
    return false;
  }
}

interface WriteOptions {
  readonly flags: 'w' | 'wx';
  /** The file whose mode and owner are kept. */
  readonly old?: Stats | undefined;
}

function writeTo(
  name: string,
  path: string,
  { flags, old }: WriteOptions,
  write: (sink: FileSink) => void,
): void {
  const descriptor = attempt(name, () => openSync(path, flags, 0o666));
  try {
    write((bytes) => writeAll(name, descriptor, bytes));
    if (old === undefined) return;
    keepOwner(name, descriptor, old);
    // What is renamed before it is on the disk may be empty after a crash, and the old contents gone.
    attempt(name, () => fsyncSync(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(name: string, descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    at += attempt(name, () => writeSync(descriptor, bytes, at, bytes.length - at));
  }
}

/** Only root may give a file away: for others it is theirs afterwards, as with any editor. */
function keepOwner(name: string, descriptor: number, { uid, gid, mode }: Stats): void {
  try {
    fchownSync(descriptor, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
  attempt(name, () => fchmodSync(descriptor, mode & 0o7777));
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TspaholeError('io', `cannot write: ${code}`, { file: path }, error);
  }
}

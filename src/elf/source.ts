/**
 * `ByteSource`: where the bytes of a file come from. An ELF file may be far larger than what is asked
 * of it, so readers go through a source and take ranges, from memory or from a file descriptor.
 */

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { TspaholeError } from '../model/errors.ts';

/** Random access to the bytes of one file. */
export interface ByteSource {
  /** Bytes in the file. */
  readonly size: number;
  /**
   * Exactly `byteSize` bytes from `offset` on, to be read only. Throws `bad-data` for a range that
   * does not lie inside the file.
   */
  read(offset: number, byteSize: number): Uint8Array;
}

/** A source over an open file. */
export interface FileSource extends ByteSource {
  /** Closes the file; later reads throw `io`. Closing twice is allowed. */
  close(): void;
}

/** More than this in one read is refused: Node cannot be relied on to hold it in one buffer. */
const MAX_READ_BYTES = 2 ** 31;

/** What one read(2) may be asked for; Linux stops a little below 2^31. */
const MAX_CHUNK_BYTES = 2 ** 30;

/** A source over bytes in memory; `read` gives views of them. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read(offset, byteSize) {
      checkRange(bytes.length, offset, byteSize);
      return bytes.subarray(offset, offset + byteSize);
    },
  };
}

/**
 * Opens a file as a source that reads only what is asked for, anew on each call. Throws `not-found`
 * without such a file and `io` where the system refuses; its reads throw `unsupported` above 2 GiB.
 * The size is the one at the time of opening.
 */
export function openFileSource(path: string): FileSource {
  let fd = attempt(path, 'open', () => openSync(path, 'r'));
  let size: number;
  try {
    size = attempt(path, 'examine', () => fstatSync(fd).size);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return {
    size,
    read(offset, byteSize) {
      checkRange(size, offset, byteSize);
      return attempt(path, 'read', () => readRange(fd, offset, byteSize));
    },
    close() {
      if (fd >= 0) closeSync(fd);
      fd = -1;
    },
  };
}

function checkRange(size: number, offset: number, byteSize: number): void {
  if (offset >= 0 && byteSize >= 0 && offset + byteSize <= size) return;
  throw new TspaholeError(
    'bad-data',
    `0x${byteSize.toString(16)} bytes at 0x${offset.toString(16)} of a file of 0x${size.toString(16)} bytes`,
  );
}

function readRange(fd: number, offset: number, byteSize: number): Uint8Array {
  if (byteSize > MAX_READ_BYTES) {
    throw new TspaholeError('unsupported', `0x${byteSize.toString(16)} bytes are too many to read at once`);
  }
  const bytes = new Uint8Array(byteSize);
  let filled = 0;
  while (filled < byteSize) {
    const wanted = Math.min(byteSize - filled, MAX_CHUNK_BYTES);
    const got = readSync(fd, bytes, filled, wanted, offset + filled);
    if (got === 0) throw new TspaholeError('io', 'the file became shorter while it was read');
    filled += got;
  }
  return bytes;
}

function attempt<T>(path: string, verb: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof TspaholeError) throw error.within({ file: path });
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const code = reason === 'ENOENT' ? 'not-found' : 'io';
    throw new TspaholeError(code, `cannot ${verb} the file (${reason})`, { file: path }, error);
  }
}

/**
 * Writing to a file descriptor, synchronously and without `process.stdout`, whose creation costs 2 ms.
 */

import { writeSync } from 'node:fs';
import { TspaholeError } from '../index.ts';

/** Where a command writes. */
export interface Output {
  /**
   * Writes all of `bytes` before it returns; waits while a pipe is full. Throws {@link BrokenPipe} when
   * nobody reads any more, {@link TspaholeError} `io` for what else the system refuses.
   */
  write(bytes: Uint8Array): void;
}

/** The reader of a pipe has gone. Ends the program quietly with exit code 141, as SIGPIPE would. */
export class BrokenPipe extends Error {
  override readonly name = 'BrokenPipe';
}

/** An output on an open descriptor; `what` names it in errors. */
export function descriptorOutput(descriptor: number, what: string): Output {
  return {
    write(bytes) {
      let written = 0;
      while (written < bytes.length) written += writeSome(descriptor, bytes, written, what);
    },
  };
}

/** Writes text as UTF-8. */
export function writeText(output: Output, text: string): void {
  output.write(Buffer.from(text, 'utf8'));
}

/** Bytes that one system call took: 0 when the pipe is full and the call would have had to wait. */
function writeSome(descriptor: number, bytes: Uint8Array, start: number, what: string): number {
  try {
    return writeSync(descriptor, bytes, start, bytes.length - start);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') throw new BrokenPipe(what);
    if (code !== 'EAGAIN') throw new TspaholeError('io', `${what}: ${(error as Error).message}`, {}, error);
    waitOneMillisecond();
    return 0;
  }
}

/** A pipe that somebody else made non-blocking has no synchronous way to wait for room. */
function waitOneMillisecond(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
}

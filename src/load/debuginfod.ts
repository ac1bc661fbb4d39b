/** Fetches debug information from a server, by elfutils' program debuginfod-find. */

import type * as childProcess from 'node:child_process';
import { TspaholeError } from '../model/errors.ts';

const PROGRAM = 'debuginfod-find';

/** Milliseconds: the debug information of a kernel is a large download. */
const TIMEOUT = 10 * 60_000;

/**
 * The path of the debug file with this build ID. Throws `not-found` where there is none, `io` where the program
 * is missing or does not end. The program keeps what it
 * fetched; it takes its servers from DEBUGINFOD_URLS, and ends by itself when a server does not answer
 * (DEBUGINFOD_TIMEOUT). `timeout` is in milliseconds.
 */
export function fetchDebugFile(
  buildId: Uint8Array | undefined,
  { timeout = TIMEOUT }: { readonly timeout?: number } = {},
): string {
  if (buildId === undefined) {
    throw new TspaholeError('not-found', 'the file has no build ID to ask debuginfod for');
  }
  const id = Buffer.from(buildId).toString('hex');
  const { spawnSync }: typeof childProcess = process.getBuiltinModule('node:child_process');
  const { error, status, stdout, stderr } = spawnSync(PROGRAM, ['debuginfo', id], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout,
    killSignal: 'SIGKILL',
  });
  if (error !== undefined) throw new TspaholeError('io', reasonOf(error, timeout), {}, error);
  const path = stdout.trim();
  if (status === 0 && path !== '') return path;
  const reason = stderr.trim().split('\n').at(-1) || `exit code ${status}`;
  const hint = process.env.DEBUGINFOD_URLS ? '' : '; DEBUGINFOD_URLS names no server';
  throw new TspaholeError('not-found', `${PROGRAM} found nothing for build ID ${id}: ${reason}${hint}`);
}

function reasonOf(error: NodeJS.ErrnoException, timeout: number): string {
  if (error.code === 'ENOENT') {
    return `${PROGRAM} is not installed (Debian: apt install debuginfod; Fedora: dnf install elfutils-debuginfod-client)`;
  }
  if (error.code === 'ETIMEDOUT') return `${PROGRAM} did not end in ${timeout / 1000} s`;
  return `${PROGRAM} failed: ${error.message}`;
}

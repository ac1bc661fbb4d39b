/** Whether a file changed while something was made of it: what was read first and last would not fit together. */

import { type Stats, statSync } from 'node:fs';
import { TspaholeError } from '../model/errors.ts';

/** What tells two states of a file apart. */
export type FileState = Pick<Stats, 'dev' | 'ino' | 'size' | 'mtimeMs'>;

/** The present state of a file. Throws `not-found` or `io`. */
export function fileState(path: string): FileState {
  try {
    const { dev, ino, size, mtimeMs } = statSync(path);
    return { dev, ino, size, mtimeMs };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new TspaholeError('not-found', 'no such file', { file: path }, error);
    throw new TspaholeError('io', `cannot read: ${code}`, { file: path }, error);
  }
}

/** Throws `io` where the file is no longer in this state, and what {@link fileState} throws. */
export function requireUnchanged(path: string, before: FileState): void {
  const now = fileState(path);
  const isSame =
    now.dev === before.dev &&
    now.ino === before.ino &&
    now.size === before.size &&
    now.mtimeMs === before.mtimeMs;
  if (!isSame) throw new TspaholeError('io', 'the file changed while it was read', { file: path });
}

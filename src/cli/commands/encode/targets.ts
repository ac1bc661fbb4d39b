/** Which files are encoded, and where the BTF of each goes. */

import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { TspaholeError } from '../../../index.ts';

/** A file to encode. */
export interface Target {
  readonly path: string;
  /** The file that the BTF becomes; undefined: sections of the file itself. */
  readonly output: string | undefined;
}

/**
 * The files with their places. `detached` is the value of `--btf_encode_detached`: a file, or a folder, in which each
 * gets a file of its own. Throws `usage` for no file, and where two would share a place.
 */
export function targetsOf(files: readonly string[], detached: string | undefined): Target[] {
  if (files.length === 0) throw new TspaholeError('usage', '--btf_encode: which file?');
  const isFolder = detached !== undefined && isDirectory(detached);
  if (detached !== undefined && !isFolder && files.length > 1) {
    throw new TspaholeError('usage', `--btf_encode_detached: several files need a folder, not ${detached}`);
  }
  const targets = files.map((path) => ({
    path,
    output: isFolder ? join(detached, `${basename(path)}.btf`) : detached,
  }));
  refuseRepeats(targets);
  return targets;
}

/** What ends in a slash is meant to be one. */
function isDirectory(path: string): boolean {
  const isThere = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (!isThere && path.endsWith('/')) throw new TspaholeError('not-found', 'no such folder', { file: path });
  return isThere;
}

function refuseRepeats(targets: readonly Target[]): void {
  const seen = new Map<string, string>();
  for (const { path, output = path } of targets) {
    const other = seen.get(output);
    if (other !== undefined) {
      throw new TspaholeError('usage', `${other} and ${path} would both be written to ${output}`);
    }
    seen.set(output, path);
  }
}

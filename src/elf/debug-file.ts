/**
 * Where the debug information of a stripped file may lie: by build ID, and by the debug link that names a
 * file and its checksum (gdb manual, "Separate Debug Files").
 */

import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ElfFile } from './file.ts';

const DEBUG_ROOT = '/usr/lib/debug';

/** A file that holds the debug information if it has the build ID, or else if its checksum is right. */
export interface DebugFileCandidate {
  readonly path: string;
  /** The CRC-32 of the whole file; undefined where only the build ID counts. */
  readonly crc?: number | undefined;
}

/** The candidates for the file at `path`, the likeliest first. No file is opened. */
export function debugFileCandidates(elf: ElfFile, path: string): DebugFileCandidate[] {
  const candidates: DebugFileCandidate[] = [];
  const buildId = elf.buildId();
  if (buildId !== undefined && buildId.length > 1) {
    const hex = Buffer.from(buildId).toString('hex');
    candidates.push({
      path: `${DEBUG_ROOT}/.build-id/${hex.slice(0, 2)}/${hex.slice(2)}.debug`,
    });
  }
  const link = debugLink(elf);
  if (link === undefined) return candidates;
  for (const directory of directoriesOf(path)) {
    for (const at of [directory, join(directory, '.debug'), join(DEBUG_ROOT, directory)]) {
      candidates.push({ path: join(at, link.name), crc: link.crc });
    }
  }
  return candidates;
}

/** The folder of a file as it was named, and that in which it really lies. */
function directoriesOf(path: string): ReadonlySet<string> {
  const named = dirname(resolve(path));
  try {
    return new Set([named, dirname(realpathSync(path))]);
  } catch {
    // A descriptor of a file that was deleted.
    return new Set([named]);
  }
}

/** `.gnu_debuglink`: a name, NUL, padding to 4 bytes, a checksum in the file's byte order. */
function debugLink(elf: ElfFile): { readonly name: string; readonly crc: number } | undefined {
  const section = elf.section('.gnu_debuglink');
  if (section === undefined) return undefined;
  const bytes = Buffer.from(section.data());
  const end = bytes.indexOf(0);
  const at = (end + 4) & ~3;
  const name = bytes.toString('utf8', 0, Math.max(end, 0));
  // A name with a slash would lead out of the folders that are searched.
  if (end <= 0 || at + 4 > bytes.length || name.includes('/')) return undefined;
  return { name, crc: elf.header.endian === 'little' ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at) };
}

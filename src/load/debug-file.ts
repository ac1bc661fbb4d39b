/** Finds the separate debug file of a stripped file among the places where it may lie. */

import { statSync } from 'node:fs';
import type * as zlib from 'node:zlib';
import { type DebugFileCandidate, debugFileCandidates } from '../elf/debug-file.ts';
import { type ElfFile, parseElf } from '../elf/file.ts';
import { type ByteSource, openFileSource } from '../elf/source.ts';
import { TspaholeError } from '../model/errors.ts';

/** Whether a file has DWARF in itself. */
export function hasDwarf(elf: ElfFile): boolean {
  return elf.section('.debug_info') !== undefined || elf.section('.zdebug_info') !== undefined;
}

/** The path of a debug file with DWARF that belongs to the file at `path`. */
export function findDebugFile(elf: ElfFile, path: string): string | undefined {
  const buildId = elf.buildId();
  return debugFileCandidates(elf, path).find((candidate) => belongs(candidate, buildId))?.path;
}

/** A file that cannot be read, or is something else, is passed over. */
function belongs({ path, crc }: DebugFileCandidate, buildId: Uint8Array | undefined): boolean {
  // A FIFO would be waited for.
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return false;
  try {
    const source = openFileSource(path);
    try {
      const debug = parseElf(source);
      if (!hasDwarf(debug)) return false;
      return isSame(debug.buildId(), buildId) || (crc !== undefined && checksum(source) === crc);
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof TspaholeError) return false;
    throw error;
  }
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a !== undefined && b !== undefined && Buffer.compare(a, b) === 0;
}

const CHUNK_BYTES = 1 << 20;

/** CRC-32 of a file. Few files need it, so zlib is not loaded before. */
function checksum(source: ByteSource): number {
  const { crc32 }: typeof zlib = process.getBuiltinModule('node:zlib');
  let crc = 0;
  for (let at = 0; at < source.size; at += CHUNK_BYTES) {
    crc = crc32(source.read(at, Math.min(CHUNK_BYTES, source.size - at)), crc);
  }
  return crc;
}

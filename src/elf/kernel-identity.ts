/** Which kernel, module or program a file is of: by its build ID, or by the release that a boot image states. */

import { readFileSync, statSync } from 'node:fs';
import { TspaholeError } from '../model/errors.ts';
import { parseElf } from './file.ts';
import { isElf } from './header.ts';
import { decodeNotes, isBuildId } from './note.ts';
import { type ByteSource, openFileSource } from './source.ts';
import { IMAGE_HEAD_BYTES, imageMachine, imageRelease } from './vmlinuz.ts';

/** The notes of the running kernel. */
export const RUNNING_KERNEL_NOTES = '/sys/kernel/notes';

/** What is known of a file's origin. */
export interface KernelIdentity {
  /** Hexadecimal digits. */
  readonly buildId?: string | undefined;
  /** What `uname -r` says of the kernel. */
  readonly release?: string | undefined;
  /** `EM_*` of ELF. */
  readonly machine?: number | undefined;
}

/** The identity of an ELF file or a boot image; nothing is known of other files, and of what cannot be read. */
export function identityOfFile(path: string): KernelIdentity {
  // A FIFO would be waited for.
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return {};
  return (
    unlessMalformed(() => {
      const source = openFileSource(path);
      try {
        return identityOf(source);
      } finally {
        source.close();
      }
    }) ?? {}
  );
}

function identityOf(source: ByteSource): KernelIdentity {
  const head = source.read(0, Math.min(IMAGE_HEAD_BYTES, source.size));
  if (!isElf(head)) return { release: imageRelease(source), machine: imageMachine(head) };
  const elf = parseElf(source);
  const id = unlessMalformed(() => elf.buildId());
  return { buildId: id && toHex(id), machine: elf.header.machine };
}

/** The build ID in a file of notes of this machine's byte order, as sysfs has them; undefined where there is none. */
export function buildIdInNotes(path: string): string | undefined {
  return buildIdOfNotes(read(path));
}

/** The same for the bytes of such a file. */
export function buildIdOfNotes(notes: Uint8Array | undefined): string | undefined {
  if (notes === undefined) return undefined;
  const endian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'little' : 'big';
  return unlessMalformed(() => {
    const found = [...decodeNotes(notes, { endian, alignment: 4, place: {} })].find(isBuildId);
    return found && toHex(found.description);
  });
}

function read(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function unlessMalformed<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof TspaholeError) return undefined;
    throw error;
  }
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

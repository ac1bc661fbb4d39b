/**
 * Where the vmlinux of the running kernel lies: among the files that distributions install, the one with its
 * build ID. The paths, and their order, are those in which pahole looks.
 */

import { readFileSync, statSync } from 'node:fs';
import { TspaholeError } from '../model/errors.ts';
import { parseElf } from './file.ts';
import { decodeNotes, isBuildId } from './note.ts';
import { openFileSource } from './source.ts';

/** What is known of the running kernel. */
export interface RunningKernel {
  /** What `uname -r` says. */
  readonly release: string;
  /** The user's home, for what debuginfod left there. */
  readonly home?: string | undefined;
  /** The kernel's notes. Default: those in /sys/kernel/notes. */
  readonly notes?: Uint8Array | undefined;
}

/** The path of the vmlinux of the running kernel, or undefined where there is none. */
export function findRunningVmlinux(kernel: RunningKernel): string | undefined {
  const wanted = buildIdIn(kernel.notes ?? read('/sys/kernel/notes'));
  if (wanted === undefined) return undefined;
  return vmlinuxPaths(kernel, wanted).find((path) => buildIdOf(path) === wanted);
}

function vmlinuxPaths({ release, home }: RunningKernel, buildId: string): string[] {
  const paths = [
    'vmlinux',
    '/boot/vmlinux',
    `/boot/vmlinux-${release}`,
    `/usr/lib/debug/boot/vmlinux-${release}`,
    `/lib/modules/${release}/build/vmlinux`,
    `/usr/lib/debug/lib/modules/${release}/vmlinux`,
    `/usr/lib/debug/boot/vmlinux-${release}.debug`,
  ];
  return home === undefined ? paths : [...paths, `${home}/.cache/debuginfod_client/${buildId}/debuginfo`];
}

function read(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

/** The build ID in the notes of a kernel of this machine's byte order, as hexadecimal digits. */
function buildIdIn(notes: Uint8Array | undefined): string | undefined {
  if (notes === undefined) return undefined;
  const endian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'little' : 'big';
  return unlessMalformed(() => {
    const found = [...decodeNotes(notes, { endian, alignment: 4, place: {} })].find(isBuildId);
    return found && toHex(found.description);
  });
}

/** The build ID of a file, as hexadecimal digits; undefined where there is no such file or no ID. */
function buildIdOf(path: string): string | undefined {
  // A FIFO would be waited for.
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  return unlessMalformed(() => {
    const source = openFileSource(path);
    try {
      const id = parseElf(source).buildId();
      return id && toHex(id);
    } finally {
      source.close();
    }
  });
}

function unlessMalformed<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TspaholeError) return undefined;
    throw error;
  }
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

/**
 * Where the vmlinux of the running kernel lies: among the files that distributions install, the one with its
 * build ID. The paths, and their order, are those in which pahole looks.
 */

import { buildIdInNotes, buildIdOfNotes, identityOfFile, RUNNING_KERNEL_NOTES } from './kernel-identity.ts';

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
  const { notes } = kernel;
  const wanted = notes === undefined ? buildIdInNotes(RUNNING_KERNEL_NOTES) : buildIdOfNotes(notes);
  if (wanted === undefined) return undefined;
  return vmlinuxPaths(kernel, wanted).find((path) => identityOfFile(path).buildId === wanted);
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

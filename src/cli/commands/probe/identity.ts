/** Of which kernel the types are, and whether it is the one that will be probed. */

import { release } from 'node:os';
import {
  buildIdInNotes,
  identityOfFile,
  type KernelIdentity,
  RUNNING_KERNEL_NOTES,
  type Warning,
} from '../../../internal.ts';

const SYSFS = '/sys/kernel/btf/';

/** `# FILE: Linux RELEASE, build ID ID`, as far as it is known; undefined for a file that says nothing of itself. */
export function identityComment(path: string): string | undefined {
  const { release, buildId } = identityOfTypes(path);
  const parts = [
    ...(release === undefined ? [] : [`Linux ${release}`]),
    ...(buildId === undefined ? [] : [`build ID ${buildId}`]),
  ];
  return parts.length === 0 ? undefined : `# ${path}: ${parts.join(', ')}`;
}

function identityOfTypes(path: string): KernelIdentity {
  return path.startsWith(SYSFS) ? runningIdentity(path.slice(SYSFS.length)) : identityOfFile(path);
}

/** The identity of the running kernel, or of a module that is loaded. */
function runningIdentity(module: string): KernelIdentity {
  const notes =
    module === 'vmlinux' ? RUNNING_KERNEL_NOTES : `/sys/module/${module}/notes/.note.gnu.build-id`;
  return { release: release(), buildId: buildIdInNotes(notes) };
}

/**
 * W12 where the types of a file are not, or cannot be told to be, those of the running kernel, or of its module:
 * offsets of members and numbers of parameters may be others there.
 */
export function identityWarning(path: string, module: string | undefined): Warning | undefined {
  if (path.startsWith(SYSFS)) return undefined;
  const theirs = identityOfFile(path);
  const running = runningIdentity(module?.replaceAll('-', '_') ?? 'vmlinux');
  for (const [name, key] of [
    ['build ID', 'buildId'],
    ['release', 'release'],
  ] as const) {
    const [have, want] = [theirs[key], running[key]];
    if (have === undefined || want === undefined) continue;
    if (have === want) return undefined;
    return { code: 'W12', text: `the types of ${path} are of ${name} ${have}, what runs is ${want}` };
  }
  return { code: 'W12', text: `${path} does not tell whether its types are those of the running kernel` };
}

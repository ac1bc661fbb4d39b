/** The vmlinux of the running kernel: `--running_kernel_vmlinux`, and listings without a file. */

import { release } from 'node:os';
import { findRunningVmlinux } from '../../internal.ts';
import { writeText } from '../output.ts';
import type { Streams } from '../run.ts';

/** Prints the path. Gives the exit code: 1 where there is no such file. */
export function printRunningVmlinux({ out, err, env }: Streams, compat: boolean): number {
  const path = runningVmlinux(env);
  if (path !== undefined) {
    writeText(out, `${path}\n`);
    return 0;
  }
  writeText(err, compat ? PAHOLE_TEXT : `tspahole: ${OWN_TEXT}\n`);
  return 1;
}

const PAHOLE_TEXT = `pahole: couldn't find a vmlinux that matches the running kernel
HINT: Maybe you're inside a container or missing a debuginfo package?
`;

const OWN_TEXT = 'no vmlinux with the build ID of the running kernel is installed';

/** The path, or undefined where there is no such file. */
export function runningVmlinux(env: Streams['env']): string | undefined {
  return findRunningVmlinux({ release: release(), home: env.HOME });
}

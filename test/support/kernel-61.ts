/**
 * Debian's Linux 6.1 with debug information, where the machine has it: the vmlinux and the folder of modules that
 * TSPAHOLE_VMLINUX_61 and TSPAHOLE_MODULES_61 name, else those where linux-image-6.1*-dbg puts them.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const DEBUG = '/usr/lib/debug';

/** Path of the vmlinux. */
export const vmlinux61: string | undefined =
  process.env.TSPAHOLE_VMLINUX_61 ?? entries(`${DEBUG}/boot`, 'vmlinux-6.1.')[0];

/** What a test that is skipped for want of it says. */
export const NO_VMLINUX_61: string = `a vmlinux of Linux 6.1: none in TSPAHOLE_VMLINUX_61 or ${DEBUG}`;

const modulesFolder = process.env.TSPAHOLE_MODULES_61 ?? entries(`${DEBUG}/lib/modules`, '6.1.')[0];

/** What a test that is skipped for want of them says. */
export const NO_MODULES_61: string = `modules of Linux 6.1: none in TSPAHOLE_MODULES_61 or ${DEBUG}`;

/** `count` modules from everywhere in the tree, always the same ones; none where there is no folder. */
export function modules61(count: number): string[] {
  return modulesFolder === undefined ? [] : sample(modulesBelow(modulesFolder), count);
}

/** `count` elements at equal distances. */
export function sample<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, all.length / count);
  return Array.from(
    { length: Math.min(count, all.length) },
    (_, index) => all[Math.floor(index * step)] as T,
  );
}

/** Names in a folder that begin with `prefix`, with their paths. */
function entries(folder: string, prefix: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.startsWith(prefix));
  return names.sort().map((name) => join(folder, name));
}

/** All modules below a folder, in the order of their paths. */
function modulesBelow(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true }).map(String);
  return paths
    .filter((path) => path.endsWith('.ko'))
    .sort()
    .map((path) => join(folder, path));
}

/**
 * Finds and loads the native addon of this package. It works from the source tree, from the ES modules in
 * dist/lib and from the bundle in dist/cli alike: all look for the package's own directory.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where the package's root lies from here: two folders up from src/native and dist/cli, three from
 * dist/lib/native. Asking the file system which it is would cost more than loading the addon.
 */
const ROOTS: readonly string[] = ['../..', '../../..'];

/**
 * The exports of the addon `name`, or undefined where it is not built, does not load on this system, says another
 * number of its interface than `version`, or `TSPAHOLE_NO_ADDON=1` is set. Without a version any will do. Never throws.
 * Costs less than a millisecond; callers keep the answer.
 */
export function loadBinding(name: string, version?: number): unknown {
  if (process.env.TSPAHOLE_NO_ADDON === '1') return undefined;
  for (const path of pathsOf(name)) {
    const addon = openAddon(path, version);
    if (!(addon instanceof Error)) return addon;
  }
  return undefined;
}

/** Why {@link loadBinding} gives nothing, in one line; undefined where there is no addon of that name. */
export function whyNoBinding(name: string, version?: number): string | undefined {
  if (process.env.TSPAHOLE_NO_ADDON === '1') return 'TSPAHOLE_NO_ADDON is set';
  const present = pathsOf(name).find((path) => existsSync(path));
  const failure = present && openAddon(present, version);
  return failure instanceof Error ? failure.message.replace(/\n.*/s, '') : undefined;
}

function pathsOf(name: string): string[] {
  const folders = ['build/Release', `prebuilds/${process.platform}-${process.arch}`];
  return ROOTS.flatMap((root) =>
    folders.map((folder) => join(import.meta.dirname, root, folder, `${name}.node`)),
  );
}

function openAddon(path: string, version: number | undefined): object | Error {
  const module: { exports: { interfaceVersion?: number } } = { exports: {} };
  try {
    // What `require` does for a .node file, without the cost of making a `require` first.
    process.dlopen(module, path);
  } catch (error) {
    return error as Error;
  }
  const { exports } = module;
  if (version === undefined || exports.interfaceVersion === version) return exports;
  return new Error(`${path} is of another version of tspahole (npm run build:native makes it anew)`);
}

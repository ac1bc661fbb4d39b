/**
 * Finds and loads the native addon of this package. It works from the source tree, from the ES modules in
 * dist/lib and from the bundle in dist/cli alike: all look for the package's own directory.
 */

import { join } from 'node:path';

/**
 * Where the package's root lies from here: two folders up from src/native and dist/cli, three from
 * dist/lib/native. Asking the file system which it is would cost more than loading the addon.
 */
const ROOTS: readonly string[] = ['../..', '../../..'];

/**
 * The exports of the addon `name`, or undefined where it is not built, does not load on this system, or
 * `TSPAHOLE_NO_ADDON=1` is set. Never throws. Costs less than a millisecond; callers keep the answer.
 */
export function loadBinding(name: string): unknown {
  if (process.env.TSPAHOLE_NO_ADDON === '1') return undefined;
  for (const root of ROOTS) {
    for (const directory of ['build/Release', `prebuilds/${process.platform}-${process.arch}`]) {
      const addon = openAddon(join(import.meta.dirname, root, directory, `${name}.node`));
      if (addon !== undefined) return addon;
    }
  }
  return undefined;
}

function openAddon(path: string): unknown {
  const module: { exports: unknown } = { exports: {} };
  try {
    // What `require` does for a .node file, without the cost of making a `require` first.
    process.dlopen(module, path);
    return module.exports;
  } catch {
    return undefined;
  }
}

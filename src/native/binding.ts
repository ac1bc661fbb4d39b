/**
 * Finds and loads the native addon of this package. It works from the source tree, from the ES modules in
 * dist/lib and from the bundle in dist/cli alike: all look for the package's own directory.
 */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The exports of the addon `name`, or undefined where it is not built, does not load on this system, or
 * `TSPAHOLE_NO_ADDON=1` is set. Never throws. Costs less than a millisecond; callers keep the answer.
 */
export function loadBinding(name: string): unknown {
  if (process.env.TSPAHOLE_NO_ADDON === '1') return undefined;
  const root = packageRoot(dirname(fileURLToPath(import.meta.url)));
  if (root === undefined) return undefined;
  const built = openAddon(join(root, 'build/Release', `${name}.node`));
  return built ?? openAddon(join(root, 'prebuilds', `${process.platform}-${process.arch}`, `${name}.node`));
}

/** The closest directory at or above `directory` that holds the package.json of this package. */
function packageRoot(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (isPackageRoot(at)) return at;
    if (at === dirname(at)) return undefined;
  }
}

function isPackageRoot(directory: string): boolean {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    return (
      typeof manifest === 'object' && manifest !== null && 'name' in manifest && manifest.name === 'tspahole'
    );
  } catch {
    return false;
  }
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

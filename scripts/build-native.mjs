/**
 * Builds the native addons into build/Release, and with `--prebuild` copies them to prebuilds/, which the
 * package ships: tspahole_map, which only saves time, tspahole_bpf, which asks the kernel about BTF, and
 * tspahole_dwarf, which reads DWARF and is built where the headers of elfutils' libdw are. BTF needs none
 * of them, so every failure ends with a one-line note and exit code 0; the tool's own output is in
 * build/native-build.log. Downloads nothing.
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const ADDONS = ['tspahole_map', 'tspahole_bpf', 'tspahole_dwarf'];
const nodePrefix = join(dirname(process.execPath), '..');

/** The node-gyp that npm names to its scripts, or the one of the npm beside this node. */
function findNodeGyp() {
  const bundled = join(nodePrefix, 'lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js');
  return [process.env.npm_config_node_gyp, bundled].find((path) => path && existsSync(path));
}

/** The directory with this node's headers. Without it node-gyp would download them. */
function findHeaders() {
  return [nodePrefix, '/usr'].find((prefix) => existsSync(join(prefix, 'include/node/node_api.h')));
}

/** Why the addon was not built, or undefined. */
function build() {
  const nodeGyp = findNodeGyp();
  const headers = findHeaders();
  if (nodeGyp === undefined) return 'node-gyp was not found; run this through npm';
  if (headers === undefined) return `no node_api.h belongs to ${process.execPath}`;
  const run = spawnSync(process.execPath, [nodeGyp, 'rebuild', `--nodedir=${headers}`], {
    cwd: root,
    encoding: 'utf8',
  });
  mkdirSync(join(root, 'build'), { recursive: true });
  writeFileSync(join(root, 'build/native-build.log'), `${run.stdout}${run.stderr}`);
  return run.status === 0 ? undefined : 'no working compiler, make and python3; see build/native-build.log';
}

/** Where node-gyp puts an addon. */
function builtAddon(name) {
  return join(root, 'build/Release', `${name}.node`);
}

function copyToPrebuilds(names) {
  const directory = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
  mkdirSync(directory, { recursive: true });
  for (const name of names) copyFileSync(builtAddon(name), join(directory, `${name}.node`));
}

const reason = build();
const built = ADDONS.filter((name) => existsSync(builtAddon(name)));
if (reason !== undefined)
  console.log(`native addons not built (no DWARF; BTF is read instead of mapped): ${reason}`);
else if (!built.includes('tspahole_dwarf'))
  console.log('no DWARF: the headers of libdw were not found (libdw-dev, elfutils-devel)');
if (reason === undefined && process.argv.includes('--prebuild')) copyToPrebuilds(built);

/**
 * Builds the native addon into build/Release, and with `--prebuild` copies it to prebuilds/, which the
 * package ships. The addon only saves time, so every failure ends with a one-line note and exit code 0;
 * the tool's own output is in build/native-build.log. Downloads nothing.
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const addon = join(root, 'build/Release/tspahole_map.node');
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

function copyToPrebuilds() {
  const directory = join(root, 'prebuilds', `${process.platform}-${process.arch}`);
  mkdirSync(directory, { recursive: true });
  copyFileSync(addon, join(directory, 'tspahole_map.node'));
}

const reason = build();
if (reason !== undefined) console.log(`native addon not built (files are read instead of mapped): ${reason}`);
else if (process.argv.includes('--prebuild') && existsSync(addon)) copyToPrebuilds();

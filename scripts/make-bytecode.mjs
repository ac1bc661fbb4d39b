/**
 * Leaves beside each chunk of dist/cli the bytecode of the functions that usual commands run, for
 * src/cli/start.ts. Called by `npm run build` after the bundler; the bytecode fits the node that runs this.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const here = fileURLToPath(import.meta.url);
const bundle = new URL('../dist/cli/', import.meta.url);
const fixtures = fileURLToPath(new URL('../test/fixtures/', import.meta.url));

const PROBE_FIXTURE = `${fixtures}probe/linux-6.1.0-50-cloud.btf`;

async function record() {
  // What has run but once, as the body of a chunk has, would be forgotten.
  setFlagsFromString('--no-flush-bytecode');
  const { start, loadedChunks } = createRequire(import.meta.url)(fileURLToPath(new URL('start.js', bundle)));
  const files = readdirSync(fixtures).filter((name) => name.endsWith('.btf'));
  const paths = files.map((name) => `${fixtures}${name}`);
  const header = `${fixtures}typedefs.btf`;
  const probe = ['probe', 'p vfs_read $$args file->f_path.dentry->d_name.name:string', PROBE_FIXTURE];
  const folder = mkdtempSync(join(tmpdir(), 'tspahole-'));
  const encode = ['-J', `--btf_encode_detached=${folder}/btf`, `${fixtures}dwarf/aligned.gcc5.o`];
  const commands = [
    paths,
    ['-C', 'list_head'],
    ['header', header],
    ['header', '--compat', header],
    probe,
    encode,
  ];
  for (const args of commands) await start([process.execPath, 'tspahole', ...args]);
  rmSync(folder, { recursive: true });
  // Bytecode is for the flags that it was made with; src/cli/single-tier.ts leaves some that its own implied.
  for (const flag of ['--flush-bytecode', '--wasm-tier-up', '--wasm-dynamic-tiering'])
    setFlagsFromString(flag);
  for (const [name, { script }] of loadedChunks()) {
    writeFileSync(new URL(`${name}.bytecode`, bundle), script.createCachedData());
  }
  process.exitCode = 0;
}

// What the commands print is of no use here.
if (process.argv[2] === '--record') await record();
else {
  const { status } = spawnSync(process.execPath, [here, '--record'], { stdio: 'ignore' });
  if (status !== 0) console.log('no bytecode was made: commands start a few milliseconds later');
}

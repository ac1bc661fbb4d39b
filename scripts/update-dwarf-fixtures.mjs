/**
 * Makes test/fixtures/dwarf anew: `node scripts/update-dwarf-fixtures.mjs [--objects]`.
 *
 * Needs pahole 1.31 on PATH and stops with any other version. With `--objects` the object files are compiled
 * anew from the C files of test/fixtures, for which gcc (with -m32), clang and s390x-linux-gnu-gcc have to be
 * on PATH; without it they stay, and only what pahole prints for them is written. manifest.json notes what
 * made what.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PAHOLE_VERSION = 'v1.31';
const sources = fileURLToPath(new URL('../test/fixtures', import.meta.url));
const folder = join(sources, 'dwarf');
const manifestPath = join(folder, 'manifest.json');

const COMMON = ['-g', '-w', '-fno-eliminate-unused-debug-types', `-fdebug-prefix-map=${sources}=.`, '-c'];

/** Compilers by the name that the object files get. */
const VARIANTS = {
  gcc5: ['gcc', '-O0', '-gdwarf-5', '-gz'],
  gcc4: ['gcc', '-O2', '-gdwarf-4'],
  gcc2: ['gcc', '-O2', '-gdwarf-2', '-gstrict-dwarf'],
  m32: ['gcc', '-m32', '-O0', '-gdwarf-5'],
  clang5: ['clang', '-O0', '-gdwarf-5'],
  clang4: ['clang', '-O2', '-gdwarf-4', '-gz'],
  s390x: ['s390x-linux-gnu-gcc', '-O0', '-gdwarf-5'],
};

/** These are compiled in every way, the others by the first of gcc and clang. */
const IN_EVERY_WAY = [
  'anonymous',
  'base-types',
  'bit-holes',
  'bitfields',
  'enums',
  'flexible-arrays',
  'holes',
  'packed',
];
const USUAL = ['gcc5', 'clang5'];

/** Longer outputs are not kept. */
const MAX_GOLDEN_BYTES = 100_000;

/** pahole prints 300 million lines for it. */
const TOO_LONG = ['deep-nesting.clang5'];

const OPTION_SETS = {
  default: ['-c', '64'],
  'expand-sort': ['-c', '64', '-E', '--sort'],
  sizes: ['-s'],
  'decl-info': ['-c', '64', '-I'],
};

function run(tool, args, cwd) {
  return spawnSync(tool, args, { cwd, maxBuffer: 1 << 28, timeout: 60_000 });
}

function firstLine(tool) {
  const { stdout } = run(tool, ['--version'], sources);
  return stdout?.toString().split('\n')[0];
}

function compileAll() {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const made = {};
  for (const name of readdirSync(sources)
    .filter((file) => file.endsWith('.c'))
    .map((file) => basename(file, '.c'))) {
    for (const variant of IN_EVERY_WAY.includes(name) ? Object.keys(VARIANTS) : USUAL) {
      const [compiler, ...options] = VARIANTS[variant];
      const object = `${name}.${variant}.o`;
      if (TOO_LONG.includes(`${name}.${variant}`)) continue;
      const args = [...options, ...COMMON, `${name}.c`, '-o', join(folder, object)];
      if (run(compiler, args, sources).status !== 0) {
        console.error(`not compiled: ${object}`);
        continue;
      }
      made[object] = {
        source: `${name}.c`,
        by: `${compiler} ${options.join(' ')}`,
        version: firstLine(compiler),
      };
    }
  }
  return made;
}

/** Writes what pahole prints; equal texts share a file. */
function makeGoldens(objects) {
  for (const name of readdirSync(folder)) if (name.endsWith('.golden')) rmSync(join(folder, name));
  const goldens = {};
  for (const object of objects) {
    for (const options of Object.values(OPTION_SETS)) {
      const args = ['-F', 'dwarf', ...options, object];
      const { status, stdout } = run('pahole', args, folder);
      if (status !== 0) throw new Error(`pahole ${args.join(' ')}: exit ${status}`);
      if (stdout.length > MAX_GOLDEN_BYTES) continue;
      const golden = `${createHash('sha256').update(stdout).digest('hex').slice(0, 12)}.golden`;
      writeFileSync(join(folder, golden), stdout);
      goldens[`pahole ${args.join(' ')}`] = golden;
    }
  }
  return goldens;
}

const found = run('pahole', ['--version'], sources).stdout?.toString().trim();
if (found !== PAHOLE_VERSION) {
  console.error(
    `update-dwarf-fixtures: pahole ${PAHOLE_VERSION} has to be on PATH, found ${found ?? 'none'}`,
  );
  process.exitCode = 1;
} else {
  const files = process.argv.includes('--objects')
    ? compileAll()
    : JSON.parse(readFileSync(manifestPath, 'utf8')).files;
  const manifest = { pahole: found, files, goldens: makeGoldens(Object.keys(files)) };
  writeFileSync(manifestPath, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

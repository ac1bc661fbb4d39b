/**
 * Makes test/fixtures/dwarf anew: `node scripts/update-dwarf-fixtures.mjs [--objects [SOURCE...]]`.
 *
 * Needs pahole and pfunct 1.31 on PATH and stops with any other version. With `--objects` the object files are
 * compiled anew from the C files of test/fixtures and those of C and C++ in test/fixtures/dwarf, for which gcc and g++ (with
 * -m32), clang, clang++ and s390x-linux-gnu-gcc have to be on PATH; with names such as `holes.c` only those of
 * these files. Without it they stay, and only what these print for them is written. manifest.json notes
 * what made what.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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

const CXX_VARIANTS = {
  gxx5: ['g++', '-std=c++20', '-O0', '-gdwarf-5', '-gz'],
  gxx4: ['g++', '-std=c++20', '-O2', '-gdwarf-4', '-gz'],
  gxx2: ['g++', '-std=c++20', '-O2', '-gdwarf-2', '-gstrict-dwarf'],
  clangxx5: ['clang++', '-std=c++20', '-O0', '-gdwarf-5', '-gz'],
  clangxx4: ['clang++', '-std=c++20', '-O2', '-gdwarf-4', '-gz'],
};

/** These are compiled in every way, the others by the first of gcc and clang. */
const IN_EVERY_WAY = [
  'anonymous',
  'base-types',
  'bit-holes',
  'bitfields',
  'enums',
  'far-members',
  'flexible-arrays',
  'functions',
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
  'member-counts': ['-n'],
  'decl-info': ['-c', '64', '-I'],
  definitions: ['-T'],
  methods: ['-m'],
  compile: ['-c', '64', '--compile'],
};

const CXX_OPTION_SETS = {
  ...OPTION_SETS,
  members: ['-c', '64', '-M'],
  private: ['-c', '64', '--show_private_classes'],
  structs: ['-c', '64', '--classes_as_structs'],
};

/**
 * pahole's answer depends on what its memory holds for the lines of what no source declares, for its comparison
 * of classes with methods, and for an error: docs/compat.md, "Not reproduced".
 */
function isDeterministic(object, options) {
  if (object.startsWith('null-pointer.')) return false;
  if (options.includes('-I'))
    return !/^(class-scopes\.|classes\.|virtual\.|(base-types|functions)\.clang)/.test(object);
  return !options.includes('-m') || !/^(classes|members|virtual)\./.test(object);
}

/** What pfunct prints, for the fixture that has functions. */
const FUNCTION_SETS = [
  [],
  ['-P'],
  ['-A'],
  ['-E'],
  ['-s'],
  ['-P', '--no_parm_names'],
  ['-A', '--no_parm_names'],
  ['-P', '-E'],
  ['-P', '-F', 'dwarf'],
  ['-V'],
  ['-i'],
  ['-I'],
  ['-t'],
  ['-H'],
  ['-G'],
  ['-S'],
  ['-g'],
  ['-p'],
  ['-N'],
  ['-f', 'helper'],
  ['-A', '-f', 'twice'],
  ['-c', 'file'],
  ['-c', 'inode', '-V'],
  ['-b'],
  ['-b', '--no_parm_names'],
  ['-b', '-f', 'helper'],
  ['-b', '-f', 'mid'],
  ['-A', '-b'],
  ['--compile'],
  ['--compile=mid'],
];

function run(tool, args, cwd) {
  return spawnSync(tool, args, { cwd, maxBuffer: 1 << 28, timeout: 60_000 });
}

function firstLine(tool) {
  const { stdout } = run(tool, ['--version'], sources);
  return stdout?.toString().split('\n')[0];
}

/** Compiles the sources with these names, all when there is none; objects of other sources stay. */
function compile(names, files) {
  const isWanted = (source) => names.length === 0 || names.includes(source);
  const made = Object.fromEntries(Object.entries(files).filter(([, { source }]) => !isWanted(source)));
  for (const object of Object.keys(files)) if (made[object] === undefined) rmSync(join(folder, object));
  const isSource = (file) => /\.cc?$/.test(file) && isWanted(file);
  for (const place of [sources, folder]) {
    for (const source of readdirSync(place).filter(isSource)) {
      for (const variant of variantsFor(source)) compileOne(made, join(place, source), variant);
    }
  }
  return Object.fromEntries(Object.entries(made).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function variantsFor(source) {
  if (source.endsWith('.cc')) return Object.keys(CXX_VARIANTS);
  return IN_EVERY_WAY.includes(basename(source, '.c')) ? Object.keys(VARIANTS) : USUAL;
}

function compileOne(made, path, variant) {
  const [compiler, ...options] = VARIANTS[variant] ?? CXX_VARIANTS[variant];
  const source = basename(path);
  const name = source.replace(/\.cc?$/, '');
  const object = `${name}.${variant}.o`;
  if (TOO_LONG.includes(`${name}.${variant}`)) return;
  const args = [...options, ...COMMON, source, '-o', join(folder, object)];
  if (run(compiler, args, dirname(path)).status !== 0) {
    console.error(`not compiled: ${object}`);
    return;
  }
  made[object] = { source, by: `${compiler} ${options.join(' ')}`, version: firstLine(compiler) };
}

/** The commands, without the object, whose output is a golden. */
function commandsFor(object, source) {
  const sets = Object.values(source.endsWith('.cc') ? CXX_OPTION_SETS : OPTION_SETS);
  const commands = sets
    .filter((options) => isDeterministic(object, options))
    .map((options) => ['pahole', '-F', 'dwarf', ...options]);
  if (!object.startsWith('functions.')) return commands;
  return [...commands, ...FUNCTION_SETS.map((options) => ['pfunct', ...options])];
}

/** Writes what pahole and pfunct print; equal texts share a file. */
function makeGoldens(objects) {
  for (const name of readdirSync(folder)) if (name.endsWith('.golden')) rmSync(join(folder, name));
  const goldens = {};
  for (const [object, { source }] of Object.entries(objects)) {
    for (const [tool, ...options] of commandsFor(object, source)) {
      const command = [tool, ...options, object].join(' ');
      const { status, stdout } = run(tool, [...options, object], folder);
      if (status !== 0) throw new Error(`${command}: exit ${status}`);
      if (stdout.length > MAX_GOLDEN_BYTES) continue;
      const golden = `${createHash('sha256').update(stdout).digest('hex').slice(0, 12)}.golden`;
      writeFileSync(join(folder, golden), stdout);
      goldens[command] = golden;
    }
  }
  return goldens;
}

const found = run('pahole', ['--version'], sources).stdout?.toString().trim();
const others = ['pahole', 'pfunct'].filter((tool) => firstLine(tool) !== PAHOLE_VERSION);
if (others.length > 0) {
  console.error(`update-dwarf-fixtures: ${others.join(' and ')} ${PAHOLE_VERSION} have to be on PATH`);
  process.exitCode = 1;
} else {
  const [, , option, ...names] = process.argv;
  const known = JSON.parse(readFileSync(manifestPath, 'utf8')).files;
  const files = option === '--objects' ? compile(names, known) : known;
  const manifest = { pahole: found, files, goldens: makeGoldens(files) };
  writeFileSync(manifestPath, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

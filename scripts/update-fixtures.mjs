/**
 * Makes the goldens of test/fixtures anew: `node scripts/run-ts.mjs scripts/update-fixtures.mjs [--btf]`.
 *
 * Needs pahole 1.31 on PATH and stops with any other version, since each prints thousands of lines in a
 * different way. With `--btf` the BTF files are made anew too, for which gcc and clang have to be on PATH;
 * without it they stay as they are, and only what pahole prints for them is written. The versions of what
 * made a file are noted in manifest.json.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isBtf } from '../src/btf/header.ts';
import { parseElf } from '../src/elf/file.ts';
import { Kind, loadSync } from '../src/index.ts';
import { writtenFixtures } from '../test/fixtures/written.ts';

const PAHOLE_VERSION = 'v1.31';
const fixtures = fileURLToPath(new URL('../test/fixtures', import.meta.url));
const manifestPath = join(fixtures, 'manifest.json');

/** What clang makes, since gcc 12 has no tags and pahole writes arrays flat; all other C files are gcc's. */
const CLANG_FIXTURES = ['bpf-program', 'multi-dimensional-arrays', 'tags'];
const GCC_OPTIONS = ['-g', '-O0', '-w', '-fno-eliminate-unused-debug-types'];
const CLANG_OPTIONS = ['-target', 'bpf', '-g', '-O0', '-w'];
const ENCODE_OPTIONS = ['-J', '--btf_features=default'];

/**
 * Options of each golden. NAMES stands for all names in the file, COMPOSITES for those of structs and
 * unions. Cachelines are 64 bytes unless said otherwise, whatever the machine has.
 */
const FEW_OPTION_SETS = {
  default: '-c 64',
  'hex-expand': '-c 64 --hex -E',
  sizes: '-s',
  biggest: '-c 64 -l -C COMPOSITES',
};
const OPTION_SETS = {
  ...FEW_OPTION_SETS,
  expand: '-c 64 -E',
  hex: '-c 64 --hex',
  'quiet-expand': '-q -E',
  'cacheline-16-expand': '-c 16 -E',
  anonymous: '-c 64 -a -A',
  named: '-c 64 -C NAMES',
  'named-expand': '-c 64 -E --hex -C NAMES',
  pointers: '-c 64 -p -C NAMES',
  'pointers-expand': '-c 64 -p -E -C NAMES',
};
const ALL_OPTION_SETS = {
  ...OPTION_SETS,
  quiet: '-q',
  'cacheline-128': '-c 128',
  'anonymous-expand': '-c 64 -a -A -E',
  'relative-expand': '-c 64 -r -E',
  'sizes-anonymous': '-s -a -A',
  sort: '-c 64 --sort',
  'flat-arrays': '-c 64 --flat_arrays',
  reorganized: '-c 64 -R -C COMPOSITES',
  'reorganize-steps': '-c 64 -R -S -C COMPOSITES',
  packable: '-P',
  suppress: '-c 64 --suppress_aligned_attribute --suppress_packed',
  'pointers-relative': '-c 64 -p -r --hex -C NAMES',
  holes: '-s -H 1',
  'bit-holes': '-s -B 1',
  padding: '-s --padding_ge 1',
  'hole-size': '-z 3',
  flexible: '-n --with_flexible_array',
  'embedded-flexible': '-n --with_embedded_flexible_array',
  packed: '-N --packed',
  unions: '-N --unions',
};

const WITH_FEW_OPTION_SETS = ['deep-nesting', 'many-holes'];
const WITH_ALL_OPTION_SETS = [
  'aligned',
  'anonymous',
  'bit-holes',
  'cachelines',
  'flexible-arrays',
  'holes',
  'many-members',
  'multi-dimensional-arrays',
  'packed',
  'same-names',
];

function optionSetsOf(name) {
  if (WITH_FEW_OPTION_SETS.includes(name)) return FEW_OPTION_SETS;
  return WITH_ALL_OPTION_SETS.includes(name) ? ALL_OPTION_SETS : OPTION_SETS;
}

function main(options) {
  const found = versionOf('pahole');
  if (found !== PAHOLE_VERSION) {
    console.error(`update-fixtures: pahole ${PAHOLE_VERSION} has to be on PATH, found ${found ?? 'none'}`);
    return 1;
  }
  const previous = options.includes('--btf') ? undefined : JSON.parse(readFileSync(manifestPath, 'utf8'));
  const files = previous?.files ?? makeFiles();
  const goldens = {};
  for (const [file, { base }] of Object.entries(files)) Object.assign(goldens, makeGoldens(file, base));
  const manifest = { pahole: found, files, goldens };
  writeFileSync(manifestPath, `${JSON.stringify(manifest, undefined, 2)}\n`);
  return 0;
}

/** Makes all BTF files. Gives for each what made it from what. */
function makeFiles() {
  const made = {};
  const scratch = mkdtempSync(join(tmpdir(), 'tspahole-fixtures-'));
  for (const source of readdirSync(fixtures).filter((name) => name.endsWith('.c'))) {
    const name = basename(source, '.c');
    made[`${name}.btf`] = { source, ...compile(name, join(scratch, `${name}.o`)) };
  }
  rmSync(scratch, { recursive: true });
  for (const [name, { bytes, base }] of Object.entries(writtenFixtures())) {
    writeFileSync(join(fixtures, `${name}.btf`), bytes);
    made[`${name}.btf`] = { source: 'written.ts' };
    if (base === undefined) continue;
    writeFileSync(join(fixtures, `${name}.base`), base);
    made[`${name}.btf`].base = `${name}.base`;
  }
  return Object.fromEntries(Object.entries(made).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function compile(name, object) {
  const isClang = CLANG_FIXTURES.includes(name);
  const [compiler, options] = isClang ? ['clang', CLANG_OPTIONS] : ['gcc', GCC_OPTIONS];
  runTool(compiler, [...options, '-c', `${name}.c`, '-o', object]);
  const steps = [`${compiler} ${options.join(' ')}`];
  const target = join(fixtures, `${name}.btf`);
  if (isClang) writeFileSync(target, btfSectionOf(object));
  else {
    rmSync(target, { force: true });
    runTool('pahole', [...ENCODE_OPTIONS, `--btf_encode_detached=${target}`, object]);
    steps.push(`pahole ${ENCODE_OPTIONS.join(' ')} --btf_encode_detached`);
  }
  return { by: steps, versions: [versionOf(compiler), ...(isClang ? [] : [`pahole ${PAHOLE_VERSION}`])] };
}

function btfSectionOf(object) {
  const section = parseElf(readFileSync(object)).section('.BTF')?.data();
  if (section === undefined || !isBtf(section)) throw new Error(`${object} has no BTF`);
  return section;
}

/** Writes what pahole prints for a file; equal texts share the file of the first. */
function makeGoldens(file, base) {
  const name = basename(file, '.btf');
  const names = namesIn(file, base);
  const folder = join(fixtures, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const commands = {};
  const written = new Map();
  for (const [set, text] of Object.entries(optionSetsOf(name))) {
    const options = text
      .replace('NAMES', names.all.join(','))
      .replace('COMPOSITES', names.composites.join(','));
    if (options.endsWith(' ')) continue;
    const source = base === undefined ? ['-F', 'btf'] : ['--btf_base', base];
    const args = [...source, ...options.split(' '), file];
    const { status, stdout } = spawnSync('pahole', args, {
      cwd: fixtures,
      timeout: 60_000,
      maxBuffer: 1 << 28,
    });
    if (status !== 0) {
      console.error(`update-fixtures: no golden for: pahole ${args.join(' ').slice(0, 200)}: exit ${status}`);
      continue;
    }
    const key = stdout.toString('latin1');
    const golden = written.get(key) ?? `${name}/${set}.golden`;
    if (!written.has(key)) writeFileSync(join(fixtures, golden), stdout);
    written.set(key, golden);
    commands[`pahole ${args.join(' ')}`] = golden;
  }
  return commands;
}

/** Names that `-C` finds, each once, in the order of the file. */
function namesIn(file, base) {
  const baseTable = base === undefined ? undefined : loadSync(join(fixtures, base)).table();
  const table = loadSync(join(fixtures, file), { base: baseTable }).table();
  const all = new Set();
  const composites = new Set();
  for (let id = 1; id < table.end; id++) {
    const kind = table.kind(id);
    const isComposite = kind === Kind.Struct || kind === Kind.Union;
    if (table.nameOffset(id) === 0 || (!isComposite && !OTHER_NAMED_KINDS.includes(kind))) continue;
    all.add(table.name(id));
    if (isComposite) composites.add(table.name(id));
  }
  return { all: [...all], composites: [...composites] };
}

const OTHER_NAMED_KINDS = [Kind.Enum, Kind.Enum64, Kind.Typedef];

function versionOf(tool) {
  const { status, stdout } = spawnSync(tool, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.split('\n')[0] : undefined;
}

function runTool(tool, args) {
  const { status, stderr } = spawnSync(tool, args, { cwd: fixtures, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${tool} ${args.join(' ')}: ${stderr}`);
}

process.exitCode = main(process.argv.slice(2));

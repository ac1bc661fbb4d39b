/**
 * Tests the native DWARF walk without Node: compiles it with a dumping main under the address and
 * undefined-behaviour sanitizers, and runs it over small programs, over trees of DIEs that are made here, over the
 * object files of test/fixtures/dwarf, and over damaged copies. Where valgrind is installed, it checks a build
 * without sanitizers too. Ends with `N passed, N failed`; exit code 1 after a failure.
 *
 *     node test/dwarf/native/run.mjs [--plain]     --plain: without sanitizers and valgrind
 */

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAMS } from './cases.mjs';
import { mutations } from './mutations.mjs';
import { elfWithEqualUnits, elfWithUnits } from './synthetic.mjs';
import { TREES } from './trees.mjs';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const isPlain = process.argv.includes('--plain');
const objects = join(root, 'build', isPlain ? 'dwarf-test-plain' : 'dwarf-test');
const dump = join(objects, 'dump');
const valgrindObjects = join(root, 'build/dwarf-test-valgrind');
const sanitize = isPlain ? ['-O2'] : ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
const MUTATIONS = 300;
/** All that is read of a file: to be shown, and to be encoded, with repeats and without. */
const READINGS = [['--functions', '--variables', '--bodies', '--files'], ['--encoding'], ['--repeats']];
/** What valgrind runs is slow. */
const VALGRIND_MUTATIONS = 100;
const FINDING_EXIT = 99;

let passed = 0;
let failed = 0;

function report(name, problem) {
  if (problem === undefined) {
    passed++;
    return;
  }
  failed++;
  console.log(`FAILED ${name}: ${problem}`);
}

function run(command, args, options = {}) {
  return spawnSync(command, args, { encoding: 'latin1', maxBuffer: 1 << 28, ...options });
}

function works(compiler, ...flags) {
  return run(compiler, [...flags, '-x', 'c', '-E', '-'], { input: '' }).status === 0;
}

/** Compiles into a folder what is newer than its object. Throws where it does not compile. */
function buildDump(objects, flags) {
  mkdirSync(objects, { recursive: true });
  const native = join(root, 'src/dwarf/native');
  const files = readdirSync(native).map((name) => join(native, name));
  const headers = files.filter((path) => path.endsWith('.h'));
  const newestHeader = Math.max(...headers.map((path) => statSync(path).mtimeMs));
  const sources = files.filter((path) => path.endsWith('.cc') && basename(path) !== 'binding.cc');
  sources.push(fileURLToPath(new URL('dump.cc', import.meta.url)));
  const compiled = sources.map((source) => {
    const object = join(objects, `${basename(source, '.cc')}.o`);
    const newest = Math.max(newestHeader, statSync(source).mtimeMs);
    if (!existsSync(object) || statSync(object).mtimeMs < newest) {
      mustRun('c++', [
        '-std=c++17',
        '-g',
        '-Wall',
        '-Wextra',
        '-Werror',
        ...flags,
        '-c',
        source,
        '-o',
        object,
      ]);
    }
    return object;
  });
  const program = join(objects, 'dump');
  mustRun('c++', [...flags, ...compiled, '-ldw', '-lelf', '-lpthread', '-o', program]);
}

function mustRun(command, args) {
  const { status, stderr } = run(command, args);
  if (status !== 0) throw new Error(`${command} failed:\n${stderr}`);
}

function runDump(args) {
  const env = { ...process.env, ASAN_OPTIONS: `exitcode=${FINDING_EXIT}:allocator_may_return_null=1` };
  return run(dump, args, { env, timeout: 20_000 });
}

/** Why the lines do not hold each expectation, in this order; undefined when they do. */
function missingLine(lines, expectations) {
  const rest = [...lines];
  for (const expectation of expectations) {
    const pattern = expectation.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('\\*', '[^,]*');
    const index = rest.findIndex((line) => new RegExp(`^${pattern}$`).test(line));
    if (index < 0) return `no line ${expectation}\n  ${lines.join('\n  ')}`;
    rest.splice(index, 1);
  }
  return undefined;
}

function checkOutput({ status, stdout, stderr }, { expect = [], expectAll, notes = [] }) {
  if (status !== 0) return `exit ${status}: ${stderr.slice(0, 2000)}`;
  const lines = stdout.split('\n');
  const records = lines.filter((line) => line.startsWith('['));
  if (expectAll !== undefined && records.join('\n') !== expectAll.join('\n')) return records.join('\n');
  const bare = records.map((line) => line.replace(/^\[\d+\] /, ''));
  const said = lines
    .filter((line) => line.startsWith('note: '))
    .map((line) => line.slice(6).replace(/ \(.*/, ''));
  return missingLine(bare, expect) ?? missingLine(said, notes);
}

function testTrees(directory) {
  return TREES.map((tree, index) => {
    const path = join(directory, `tree-${index}`);
    writeFileSync(path, elfWithUnits(tree.units, tree));
    report(tree.name, checkOutput(runDump([...(tree.options ?? ['--functions']), path]), tree));
    return path;
  });
}

const COMPILERS = { c: ['gcc', 'clang'], 'c++': ['g++', 'clang++'] };

/** The variants in which a program is compiled. */
function variants(program) {
  const compilers = (program.compilers ?? COMPILERS[program.language]).filter((name) => works(name));
  return compilers.flatMap((compiler) => {
    const flags = ['-gdwarf-4', '-gdwarf-5', ...(program.language === 'c' ? ['-gdwarf-2', '-gdwarf-3'] : [])];
    const wide = flags.map((flag) => ({ compiler, flags: [flag], isLinked: flag === '-gdwarf-5' }));
    const hasNarrow = program.name !== 'classes' && works(compiler, '-m32');
    return hasNarrow ? [...wide, { compiler, flags: ['-m32', '-gdwarf-4'], isLinked: false }] : wide;
  });
}

function testProgram(program, directory) {
  const source = join(directory, `${program.name}.${program.language === 'c' ? 'c' : 'cc'}`);
  writeFileSync(source, program.source);
  return variants(program).map(({ compiler, flags, isLinked }) => {
    const name = `${program.name}-${compiler}${flags.join('')}`;
    const path = join(directory, name);
    const mode = isLinked && program.source.includes('main(') ? [] : ['-c'];
    mustRun(compiler, ['-g', ...flags, ...(program.flags ?? []), '-w', ...mode, source, '-o', path]);
    report(name, checkOutput(runDump([...(program.options ?? []), path]), program));
    return path;
  });
}

/** What is read without libdw must be what libdw reads. */
function differsFromLibdw(options, path, { status, stdout, stderr }) {
  const peer = runDump([...options, '--libdw', path]);
  const isSame = status === peer.status && stdout === peer.stdout && stderr === peer.stderr;
  return isSame
    ? undefined
    : `differs from what libdw reads:\n${stdout.slice(0, 1500)}${stderr.slice(0, 500)}`;
}

function testAgainstLibdw(paths) {
  for (const path of paths) {
    for (const options of READINGS) {
      const result = runDump([...options, path]);
      report(`${basename(path)} by libdw`, differsFromLibdw(options, path, result));
    }
  }
}

/** Output must not depend on the number of threads. */
function testThreads(directory, paths) {
  const path = join(directory, 'many-units');
  const tree = TREES[0].units[0];
  writeFileSync(path, elfWithUnits(Array.from({ length: 50 }, () => tree)));
  for (const file of [path, ...paths.slice(-1)]) {
    const one = runDump(['--threads=1', file]).stdout;
    const four = runDump(['--threads=4', file]).stdout;
    report('threads', one === four && one.length > 0 ? undefined : 'output depends on the number of threads');
  }
}

function testPrefix(path) {
  const { stdout } = runDump(['--prefix=old', path]);
  report('prefix', stdout.includes("Struct 'old'") ? undefined : stdout);
  const cut = runDump(['--prefix=o', path]).stdout;
  report('prefix', cut.includes("Struct 'o'") ? undefined : cut);
}

function testDamage(directory, paths) {
  const path = join(directory, 'damaged');
  let count = 0;
  for (const { name, bytes } of mutations(paths, MUTATIONS)) {
    writeFileSync(path, bytes);
    const options = READINGS[count % READINGS.length];
    const result = runDump([...options, path]);
    const { status, signal, stderr } = result;
    const isFine = status === 0 || status === 1;
    if (!isFine) writeFileSync(join(objects, `crash-${count}`), bytes);
    report(
      `damaged ${name}`,
      isFine
        ? differsFromLibdw(options, path, result)
        : `exit ${status} ${signal} (kept as crash-${count}): ${stderr.slice(0, 1500)}`,
    );
    count++;
  }
}

/** Small files of which libdw would make hundreds of megabytes, or a work of hours. */
function testLimits(directory) {
  for (const { name, reason, ...counts } of [
    { name: 'many units', reason: 'too many units for its size', units: 400_000, abbreviations: 1 },
    {
      name: 'shared abbreviations',
      reason: 'too many abbreviations for its size',
      units: 20_000,
      abbreviations: 15_000,
    },
  ]) {
    const path = join(directory, 'limit');
    writeFileSync(path, elfWithEqualUnits(counts));
    const { status, stdout, stderr } = runDump(['--count', path]);
    const found = / notes 1$/m.test(stdout);
    report(name, status === 0 && found ? undefined : `exit ${status}: ${stdout}${stderr}`);
    const notes = runDump([path])
      .stdout.split('\n')
      .filter((line) => line.startsWith('note: '));
    report(name, notes.length === 1 && notes[0].includes(reason) ? undefined : notes.join('\n'));
  }
}

/** Everything, and some of it damaged, under valgrind's memcheck, in one process that starts once. */
function testUnderValgrind(directory, paths) {
  if (run('valgrind', ['--version']).status !== 0) {
    console.log('skipped: valgrind is not installed');
    return;
  }
  buildDump(valgrindObjects, ['-O1']);
  const files = paths.map((path) => ({ path, bytes: readFileSync(path) }));
  const damaged = [...mutations(files, VALGRIND_MUTATIONS)].map(({ bytes }, index) => {
    const path = join(directory, `valgrind-${index}`);
    writeFileSync(path, bytes);
    return path;
  });
  const args = ['-q', '--leak-check=full', `--error-exitcode=${FINDING_EXIT}`, join(valgrindObjects, 'dump')];
  for (const options of READINGS) {
    const { status, signal, stdout, stderr } = run('valgrind', [...args, ...options, ...paths, ...damaged], {
      timeout: 300_000,
    });
    const wholes = (stdout.match(/^units /gm) ?? []).length;
    const isFine = (status === 0 || status === 1) && wholes >= paths.length;
    report('valgrind', isFine ? undefined : `exit ${status} ${signal}: ${stderr.slice(0, 4000)}`);
  }
}

/** Object files that several compilers made, for machines that this one has no compiler for too. */
function fixtures() {
  const folder = join(root, 'test/fixtures/dwarf');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.o'))
    .map((name) => join(folder, name));
}

function testErrors(directory) {
  const empty = join(directory, 'empty');
  writeFileSync(empty, '');
  const cases = [
    [join(directory, 'absent'), 'error not-found'],
    [directory, 'error io'],
    [empty, 'error bad-data'],
  ];
  for (const [path, message] of cases) {
    const { status, stderr } = runDump([path]);
    report(`error for ${basename(path)}`, status === 1 && stderr.startsWith(message) ? undefined : stderr);
  }
}

function main() {
  if (run('c++', ['-x', 'c++', '-E', '-'], { input: '#include <elfutils/libdwfl.h>\n' }).status !== 0) {
    console.log('skipped: no C++ compiler, or no headers of libdw');
    return;
  }
  buildDump(objects, sanitize);
  const directory = mkdtempSync(join(tmpdir(), 'tspahole-dwarf-'));
  try {
    const trees = testTrees(directory);
    const programs = PROGRAMS.flatMap((program) => testProgram(program, directory));
    testPrefix(trees[0]);
    testThreads(directory, programs);
    testErrors(directory);
    testLimits(directory);
    for (const path of fixtures()) report(basename(path), checkOutput(runDump([path]), {}));
    testAgainstLibdw([...trees, ...programs, ...fixtures()]);
    if (!isPlain) testUnderValgrind(directory, [...trees, ...programs, ...fixtures()]);
    testDamage(
      directory,
      [...programs, ...trees.slice(0, 6), ...trees.slice(-7)].map((path) => ({
        path,
        bytes: readFileSync(path),
      })),
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
}

main();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

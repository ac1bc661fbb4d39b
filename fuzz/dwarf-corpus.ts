/**
 * The files that the fuzzer of DWARF starts from: object files of test/fixtures/dwarf (versions 2 to 5, gcc and
 * clang, 32 bit, big endian), and what the compilers of this machine make of the programs of test/dwarf/native:
 * DWARF 3, C++, linked programs.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAMS } from '../test/dwarf/native/cases.mjs';
import { type ElfSeed, elfSeed } from './elf-mutate.ts';

const FIXTURES = fileURLToPath(new URL('../test/fixtures/dwarf', import.meta.url));

const COMMITTED = [
  'bitfields.gcc2.o',
  'bitfields.gcc4.o',
  'aligned.gcc5.o',
  'unions.clang5.o',
  'enums.m32.o',
  'anonymous.s390x.o',
];

const COMPILED = [
  { program: 'layouts', command: 'gcc', flags: ['-gdwarf-3', '-c'] },
  { program: 'layouts', command: 'gcc', flags: ['-gdwarf-5'] },
  { program: 'functions', command: 'gcc', flags: ['-gdwarf-4', '-O2'] },
  { program: 'classes', command: 'g++', flags: ['-gdwarf-5'] },
  { program: 'classes', command: 'g++', flags: ['-gdwarf-4', '-c'] },
];

/** All seeds; compiled programs are put into `directory`. */
export function dwarfCorpus(directory: string): readonly ElfSeed[] {
  const committed = COMMITTED.map((name) => elfSeed(name, readFileSync(join(FIXTURES, name))));
  return [...committed, ...COMPILED.flatMap((recipe) => compile(recipe, directory))];
}

function compile(
  { program, command, flags }: (typeof COMPILED)[number],
  directory: string,
): ElfSeed | readonly [] {
  const { source = '', language = 'c' } = PROGRAMS.find(({ name }) => name === program) ?? {};
  const [input, output] = [
    join(directory, `source.${language === 'c' ? 'c' : 'cc'}`),
    join(directory, 'object'),
  ];
  writeFileSync(input, source);
  const { status } = spawnSync(command, ['-g', '-w', ...flags, input, '-o', output]);
  return status === 0 ? elfSeed([program, command, ...flags].join(' '), readFileSync(output)) : [];
}

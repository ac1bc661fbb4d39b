/** One input of the fuzzer of DWARF: a changed file, a command line for it, and what may come of it. */

import type { ElfSeed } from './elf-mutate.ts';
import { mutateElf } from './elf-mutate.ts';
import { makeRandom } from './mutate.ts';

/** What no input may take. */
export const MAX_MILLISECONDS = 2000;
export const MAX_KIB: number = 512 << 10;

export interface Input {
  readonly bytes: Uint8Array;
  /** Name of the file that was changed. */
  readonly origin: string;
  /** Arguments of the command line but for the file. */
  readonly options: readonly string[];
}

/** Command lines whose ways through the program differ most. */
const COMMANDS: readonly (readonly string[])[] = [
  [],
  ['-F', 'dwarf'],
  ['-F', 'dwarf', '-E', '--show_private_classes'],
  ['-F', 'dwarf', '-I'],
  ['-F', 'dwarf', '--json'],
  ['-F', 'dwarf', '--sort', '-a', '-A'],
  ['-F', 'dwarf', '-C', 's,u,D,flags,node'],
  ['--compat', '-F', 'dwarf'],
  ['--compat', '-F', 'dwarf', '-s'],
];

/** The input that belongs to a number. */
export function inputOf(number: number, seeds: readonly ElfSeed[]): Input {
  const random = makeRandom(number);
  const seed = seeds[random(seeds.length)] as ElfSeed;
  const options = COMMANDS[random(COMMANDS.length)] as readonly string[];
  return { bytes: mutateElf(seed, random), origin: seed.name, options };
}

export interface Outcome {
  /** Undefined after a signal. */
  readonly code: number | undefined;
  readonly stdoutBytes: number;
  readonly stderr: string;
  readonly milliseconds: number;
  /** Peak of the resident set; NaN where it cannot be measured. */
  readonly peakKiB: number;
}

/** What came of an input that was dealt with as it should be. */
export type Verdict = 'listed' | 'listed with notes' | 'nothing to list' | 'refused';

/** The verdict, or else what is wrong. */
export function judge({ code, stdoutBytes, stderr, milliseconds, peakKiB }: Outcome): Verdict | Error {
  const lines = stderr.split('\n').filter((line) => line !== '');
  if (code !== 0 && code !== 1) return new Error(`exit code ${code}: ${stderr.slice(0, 2000)}`);
  const odd = lines.find((line) => !/^(tspahole|pahole): /.test(line) || line.includes('internal error'));
  if (odd !== undefined) return new Error(`on stderr: ${odd}`);
  if (code === 1 && lines.length === 0) return new Error('exit code 1 without a word');
  if (milliseconds > MAX_MILLISECONDS) return new Error(`took ${Math.round(milliseconds)} ms`);
  if (peakKiB > MAX_KIB) return new Error(`took ${Math.round(peakKiB / 1024)} MiB`);
  if (stdoutBytes === 0) return code === 1 ? 'refused' : 'nothing to list';
  return lines.length > 0 ? 'listed with notes' : 'listed';
}

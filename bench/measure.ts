/**
 * Times programs side by side: interleaved runs, the same standard streams and environment for all.
 *
 * Wall time comes from runs of the bare program: `process.hrtime` around spawnSync, which adds about
 * 0.5 ms to each. CPU time and peak memory come from further runs (one to three of the others), since
 * what counts them adds a process: bash's `time` (milliseconds, user and system, all threads) around
 * GNU time (the kernel's maximum resident set). Either is left out where it is not installed.
 */

import { type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { FirstRead, JobResult, ProgramResult, Spread } from './report.ts';

/** One program with its arguments. */
export interface Program {
  readonly name: string;
  /** `context` stands beside the others for orientation: it does another thing, and gets no ratio. */
  readonly role: 'baseline' | 'subject' | 'peer' | 'context';
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
}

/** Where all programs write: a pipe that `cat` empties, or /dev/null. */
export type OutputKind = 'pipe' | 'null';

export interface Meter {
  /** Path of GNU time, or null. */
  readonly gnuTime: string | null;
  readonly bash: string | null;
  /** Milliseconds of one run. Throws when it fails, as all of these do. */
  wall(program: Program): number;
  /** CPU milliseconds and peak KiB of one run; `NaN` for what cannot be measured here. */
  cost(program: Program): { readonly cpuMs: number; readonly peakKiB: number };
  /** What one run prints. */
  run(program: Program): { readonly stdout: Buffer; readonly stderr: string };
  close(): void;
}

/** One run with CPU time and memory for so many with wall time. */
const WALL_RUNS_PER_COST_RUN = 3;

const TIMEOUT_MS = 600_000;
const MAX_OUTPUT_BYTES = 2 ** 30;

/** `directory` takes temporary files; whoever made it removes it after `close`. */
export function openMeter(output: OutputKind, directory: string): Meter {
  const sink = output === 'null' ? openSync('/dev/null', 'w') : openPipe(join(directory, 'output'));
  const peakFile = join(directory, 'peak');
  const bash = findOnPath('bash')[0] ?? null;
  const gnuTime = findOnPath('time').find((path) => isGnuTime(path)) ?? null;
  const start = (program: Program, prefix: readonly string[], stdio: Stdio): SpawnSyncReturns<Buffer> => {
    const [file, ...args] = [...prefix, ...program.command] as [string, ...string[]];
    const options = { stdio, timeout: TIMEOUT_MS, maxBuffer: MAX_OUTPUT_BYTES };
    return spawnSync(file, args, { ...options, env: { ...process.env, ...program.env } });
  };
  return {
    gnuTime,
    bash,
    wall(program) {
      const from = process.hrtime.bigint();
      const result = start(program, [], ['ignore', sink, 'ignore']);
      const ms = Number(process.hrtime.bigint() - from) / 1e6;
      requireSuccess(program, result);
      return ms;
    },
    cost(program) {
      const inner = gnuTime === null ? [] : [gnuTime, '-q', '-f', '%M', '-o', peakFile];
      const script = 'TIMEFORMAT="%3U %3S"; time "$@" 2>/dev/null';
      const outer = bash === null ? [] : [bash, '-c', script, 'bash'];
      const result = start(
        program,
        [...outer, ...inner],
        ['ignore', sink, bash === null ? 'ignore' : 'pipe'],
      );
      requireSuccess(program, result);
      return {
        cpuMs: bash === null ? Number.NaN : parseCpuMs(String(result.stderr)),
        peakKiB: gnuTime === null ? Number.NaN : Number(readFileSync(peakFile, 'utf8')),
      };
    },
    run(program) {
      const result = start(program, [], ['ignore', 'pipe', 'pipe']);
      requireSuccess(program, result);
      return { stdout: result.stdout, stderr: String(result.stderr) };
    },
    close: () => closeSync(sink),
  };
}

type Stdio = ['ignore', number | 'pipe', 'pipe' | 'ignore'];

/**
 * Runs all programs once to warm up and to see what they print, then `runs` times in turn. A program
 * that fails at the first run is reported as skipped.
 */
export function measureJob(
  meter: Meter,
  job: {
    readonly name: string;
    readonly title: string;
    readonly programs: readonly Program[];
    readonly writesFiles?: boolean;
  },
  runs: number,
): JobResult {
  const skipped: { name: string; reason: string }[] = [];
  const entries = job.programs.flatMap((program) => {
    try {
      const outputBytes = meter.run(program).stdout.length;
      if (outputBytes === 0 && program.role !== 'baseline' && job.writesFiles !== true)
        throw new Error(`${program.name}: printed nothing`);
      return [{ program, outputBytes, wall: [] as number[], cpu: [] as number[], peak: [] as number[] }];
    } catch (error) {
      skipped.push({ name: program.name, reason: (error as Error).message });
      return [];
    }
  });
  for (let round = 0; round < runs; round++) {
    for (const entry of entries) entry.wall.push(meter.wall(entry.program));
    if (round % WALL_RUNS_PER_COST_RUN !== 0) continue;
    for (const entry of entries) {
      const { cpuMs, peakKiB } = meter.cost(entry.program);
      entry.cpu.push(cpuMs);
      entry.peak.push(peakKiB);
    }
  }
  const programs = entries.map(
    ({ program, outputBytes, wall, cpu, peak }): ProgramResult => ({
      ...program,
      env: program.env ?? {},
      outputBytes,
      wallMs: spread(wall),
      cpuMs: orNull(spread(cpu)),
      peakKiB: orNull(spread(peak)),
    }),
  );
  return { name: job.name, title: job.title, programs, skipped };
}

/** Interleaved runs of programs that print a number of milliseconds on stderr, the first run not counted. */
export function measureFirstReads(meter: Meter, programs: readonly Program[], runs: number): FirstRead[] {
  const entries = programs.map((program) => ({ program, samples: [] as number[] }));
  for (let round = 0; round <= runs; round++) {
    for (const { program, samples } of entries) {
      const ms = Number.parseFloat(meter.run(program).stderr);
      if (Number.isNaN(ms)) throw new Error(`${program.name}: no read of its input was seen`);
      if (round > 0) samples.push(ms);
    }
  }
  return entries.map(({ program, samples }) => ({ name: program.name, ms: spread(samples) }));
}

/** Median (of an even number: the mean of the middle two), least and greatest. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  const middle = sorted.length / 2;
  const median = (at(Math.ceil(middle) - 1) + at(Math.floor(middle))) / 2;
  return { median, min: at(0), max: at(sorted.length - 1), runs: sorted.length };
}

function orNull(values: Spread): Spread | null {
  return Number.isNaN(values.median) ? null : values;
}

/** All files of that name on PATH and where Debian keeps programs for root. */
export function findOnPath(name: string): string[] {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return directories
    .map((directory) => join(directory, name))
    .filter((path) => spawnSync(path, ['--version'], { stdio: 'ignore' }).error === undefined);
}

function isGnuTime(path: string): boolean {
  return spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.includes('GNU');
}

/** A descriptor to write to whose other end is read; the reader ends when the descriptor is closed. */
function openPipe(path: string): number {
  // What spawnSync calls a pipe is a pair of sockets.
  const { error, status } = spawnSync('mkfifo', [path]);
  if (error !== undefined || status !== 0) throw new Error('mkfifo does not work here; use --output null');
  const both = openSync(path, 'r+');
  const readEnd = openSync(path, 'r');
  const writeEnd = openSync(path, 'w');
  spawn('cat', { stdio: [readEnd, 'ignore', 'ignore'] });
  closeSync(readEnd);
  closeSync(both);
  return writeEnd;
}

function requireSuccess(
  { name }: Program,
  { error, status, signal, stderr }: SpawnSyncReturns<Buffer>,
): void {
  if (error !== undefined) throw new Error(`${name}: ${error.message}`);
  if (status === 0) return;
  const [line = ''] = String(stderr ?? '').split('\n');
  throw new Error(`${name}: ended with ${signal ?? `status ${status}`}: ${line}`);
}

function parseCpuMs(text: string): number {
  const [user, system] = text.trim().replaceAll(',', '.').split(' ').map(Number);
  return 1000 * ((user ?? Number.NaN) + (system ?? Number.NaN));
}

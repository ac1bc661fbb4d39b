/**
 * Fuzzes the reading of DWARF through the command line: `node scripts/run-ts.mjs fuzz/dwarf.ts [COUNT [SEED]]`.
 *
 * Each of COUNT inputs (default 10,000) is a changed ELF file with a command line, made from SEED (default 1) plus
 * its number. The command line's own code runs over all of them, a thousand for each child process; and as whole
 * processes (`bin/tspahole.js`, to be built before) over a tenth of COUNT others. Each must end in time and memory
 * with a listing, or with lines of the form `tspahole: ...`. An input that does not, or takes the process with it,
 * is written to build/fuzz and told of; the exit code is 1. `fuzz/dwarf.ts 1 NUMBER` runs one again.
 */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { loadBinding } from '../src/native/binding.ts';
import type { Report } from './dwarf-child.ts';
import { dwarfCorpus } from './dwarf-corpus.ts';
import { inputOf, judge, MAX_MILLISECONDS } from './dwarf-input.ts';
import type { ElfSeed } from './elf-mutate.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const INPUTS_PER_CHILD = 1000;
const INPUTS_PER_PROCESS_RUN = 10;
/** A process that says nothing for so long is ended. */
const HANG_MS = 5 * MAX_MILLISECONDS;

const [count, firstNumber] = [Number(process.argv[2] ?? 10_000), Number(process.argv[3] ?? 1)];
const directory = mkdtempSync(join(tmpdir(), 'tspahole-fuzz-'));
const verdicts = new Map<string, number>();
const most = { milliseconds: 0, peakKiB: 0, growthKiB: 0 };
let failures = 0;

try {
  if (loadBinding('tspahole_dwarf') === undefined) throw new Error('the addon for DWARF is not built');
  const seeds = dwarfCorpus(directory);
  console.log(`from ${seeds.map(({ name }) => name).join(', ')}`);
  await fuzzInChildren(seeds);
  say(`${count} inputs in child processes`);
  fuzzProcesses(seeds);
} finally {
  rmSync(directory, { recursive: true });
}
process.exitCode = failures === 0 ? 0 : 1;

async function fuzzInChildren(seeds: readonly ElfSeed[]): Promise<void> {
  const end = firstNumber + count;
  for (let next = firstNumber; next < end; ) {
    const last = await fuzzInChild(next, Math.min(INPUTS_PER_CHILD, end - next), seeds);
    next = last + 1;
  }
}

/** Runs one child, and returns the number of the last input that it was at. */
async function fuzzInChild(first: number, inputs: number, seeds: readonly ElfSeed[]): Promise<number> {
  const program = [join(ROOT, 'scripts/run-ts.mjs'), join(ROOT, 'fuzz/dwarf-child.ts')];
  const args = [...program, String(first), String(inputs), directory];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const closed = once(child, 'close');
  let [current, isOpen, stderr] = [first, true, ''];
  child.stderr.on('data', (data) => {
    stderr = `${stderr}${data}`.slice(-4000);
  });
  const kill = (): boolean => child.kill('SIGKILL');
  let watchdog = setTimeout(kill, HANG_MS);
  for await (const line of createInterface(child.stdout)) {
    clearTimeout(watchdog);
    watchdog = setTimeout(kill, HANG_MS);
    isOpen = line.startsWith('begin ');
    if (isOpen) current = Number(line.slice('begin '.length));
    else take(JSON.parse(line) as Report, seeds);
  }
  await closed;
  clearTimeout(watchdog);
  if (isOpen || current < first + inputs - 1) {
    fail(current, `the process died or hung: ${child.signalCode ?? child.exitCode} ${stderr}`, seeds);
  }
  return current;
}

function take({ number, verdict, problem, ...costs }: Report, seeds: readonly ElfSeed[]): void {
  if (problem !== undefined) fail(number, problem, seeds);
  else countVerdict(verdict ?? '', costs);
}

function countVerdict(verdict: string, costs: Partial<typeof most>): void {
  verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  for (const key of Object.keys(most) as (keyof typeof most)[]) {
    most[key] = Math.max(most[key], costs[key] ?? 0);
  }
}

/** Every tenth number behind those of the children. */
function fuzzProcesses(seeds: readonly ElfSeed[]): void {
  verdicts.clear();
  Object.assign(most, { milliseconds: 0, peakKiB: 0, growthKiB: 0 });
  const runs = Math.ceil(count / INPUTS_PER_PROCESS_RUN);
  for (let run = 0; run < runs; run++) fuzzProcess(firstNumber + count + run, seeds);
  say(`${runs} inputs in processes of their own`);
}

function fuzzProcess(number: number, seeds: readonly ElfSeed[]): void {
  const { bytes, options } = inputOf(number, seeds);
  const path = join(directory, 'input');
  writeFileSync(path, bytes);
  const args = ['--require', join(ROOT, 'fuzz/peak-memory.cjs'), join(ROOT, 'bin/tspahole.js')];
  const began = performance.now();
  const { status, signal, output, stderr } = spawnSync(process.execPath, [...args, ...options, path], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    timeout: HANG_MS,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 28,
  });
  const costs = { milliseconds: performance.now() - began, peakKiB: Number(String(output?.[3])) };
  const stdoutBytes = output?.[1]?.length ?? 0;
  const verdict = judge({ code: status ?? undefined, stdoutBytes, stderr: `${stderr}`, ...costs });
  if (verdict instanceof Error) fail(number, `${signal ?? ''} ${verdict.message}`, seeds);
  else countVerdict(verdict, costs);
}

function fail(number: number, problem: string, seeds: readonly ElfSeed[]): void {
  const { bytes, origin, options } = inputOf(number, seeds);
  const folder = join(ROOT, 'build/fuzz');
  const path = join(folder, `dwarf-${number}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, bytes);
  failures += 1;
  console.log(`FAILED ${number} (${origin}): tspahole ${options.join(' ')} ${path}: ${problem}`);
}

function say(title: string): void {
  const counts = [...verdicts].map(([verdict, times]) => `${times} ${verdict}`).join(', ');
  const mib = (kib: number): number => Math.round(kib / 1024);
  console.log(
    `${title}: ${counts}; at most ${Math.round(most.milliseconds)} ms, ${mib(most.peakKiB)} MiB` +
      `${most.growthKiB > 0 ? `, ${mib(most.growthKiB)} MiB more than before` : ''}; ${failures} failed`,
  );
}

/**
 * The child of fuzz/dwarf.ts: `dwarf-child.ts FIRST COUNT DIRECTORY` runs the command line, in this process, over
 * the inputs from number FIRST on. Before each it prints `begin NUMBER`, after it a line of JSON ({@link Report}).
 * Whoever started it sees from that which input a crash or a hang belongs to.
 */

import { readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { run } from '../src/cli/run.ts';
import { dwarfCorpus } from './dwarf-corpus.ts';
import { inputOf, judge, type Outcome } from './dwarf-input.ts';

/** What is said of an input. */
export interface Report {
  readonly number: number;
  readonly verdict?: string;
  readonly problem?: string;
  readonly milliseconds: number;
  readonly peakKiB: number;
  /** Peak above what the process had before. */
  readonly growthKiB: number;
}

const [first, count, directory] = [Number(process.argv[2]), Number(process.argv[3]), process.argv[4] ?? '.'];
const path = join(directory, 'input');
const seeds = dwarfCorpus(directory);
for (let number = first; number < first + count; number++) await fuzz(number);

async function fuzz(number: number): Promise<void> {
  writeSync(1, `begin ${number}\n`);
  const { bytes, options } = inputOf(number, seeds);
  writeFileSync(path, bytes);
  const before = resetPeak();
  const outcome = await runHere([...options, path]);
  const verdict = judge(outcome);
  const { milliseconds, peakKiB } = outcome;
  const said = verdict instanceof Error ? { problem: verdict.message } : { verdict };
  const report: Report = { number, ...said, milliseconds, peakKiB, growthKiB: peakKiB - before };
  writeSync(1, `${JSON.stringify(report)}\n`);
}

async function runHere(args: readonly string[]): Promise<Outcome> {
  let stdoutBytes = 0;
  let stderr = '';
  const out = {
    write: (bytes: Uint8Array): void => {
      stdoutBytes += bytes.length;
    },
  };
  const err = {
    write: (bytes: Uint8Array): void => {
      stderr += Buffer.from(bytes).toString();
    },
  };
  const began = performance.now();
  const code = await run(['node', 'tspahole', ...args], { out, err, env: {} });
  const milliseconds = performance.now() - began;
  return { code, stdoutBytes, stderr, milliseconds, peakKiB: peakKiB() };
}

/** Makes the present size the peak, where the system can, and returns it. */
function resetPeak(): number {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {}
  return peakKiB();
}

/** The kernel's peak of the resident set since the last reset. */
function peakKiB(): number {
  const [, text] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'latin1')) ?? [];
  return Number(text);
}

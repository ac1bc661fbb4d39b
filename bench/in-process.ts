/**
 * `node scripts/run-ts.mjs bench/in-process.ts [options]`: what the stages of a listing cost, one by one.
 *
 *     --input FILE      raw BTF (default: the running kernel's)
 *     --struct NAME     for the stages about one struct (default task_struct)
 *     --runs N          fresh processes for each stage (default 5)
 *     --stage NAME      only this one
 *
 * Each stage runs in a process of its own, on what the stages before it made. `cold` is its first run
 * there, as the command line sees it: code is compiled while it runs. `warm` is the fastest of the next
 * four, as a long-lived user of the library sees it. Code comes from src/ as it is, no build is needed.
 *
 * To see where the time of a stage goes:
 *
 *     node --cpu-prof --cpu-prof-interval 200 --cpu-prof-dir build scripts/run-ts.mjs \
 *       bench/in-process.ts --child --stage listing
 *
 * The same flags before `bin/tspahole.js` show a whole start of the command line.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  decodeBtf,
  findTypeByName,
  Kind,
  Layouts,
  PaholeEmitter,
  RUNNING_KERNEL_BTF,
  type TypeTable,
} from '../src/index.ts';
import { emptyWaste } from '../src/internal.ts';
import { spread } from './measure.ts';

/** What is read before any stage. */
interface Input {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly struct: string;
}

/** Prepares a stage, untimed, and gives what is to be timed once. */
type Stage = (input: Input) => () => void;

const REPEATS = 5;

const STAGES: Readonly<Record<string, Stage>> = {
  read:
    ({ path }) =>
    () => {
      readFileSync(path);
    },
  decode:
    ({ bytes }) =>
    () => {
      decodeBtf(bytes);
    },
  find: ({ bytes, struct }) => {
    const table = decodeBtf(bytes);
    return () => {
      requireType(table, struct);
    };
  },
  index: ({ bytes }) => {
    const table = decodeBtf(bytes);
    return () => {
      new Layouts(table);
    };
  },
  struct: ({ bytes, struct }) => {
    const table = decodeBtf(bytes);
    const id = requireType(table, struct);
    return () => {
      new PaholeEmitter(new Layouts(table), {}, () => {}).emit(id);
    };
  },
  holes: ({ bytes }) => {
    const table = decodeBtf(bytes);
    const layouts = new Layouts(table);
    const waste = emptyWaste();
    return () => {
      for (let id = 1; id < table.end; id++) layouts.waste(id, waste);
    };
  },
  packed: ({ bytes }) => {
    const layouts = new Layouts(decodeBtf(bytes));
    return () => {
      void layouts.packed;
    };
  },
  listing: ({ bytes }) => {
    const table = decodeBtf(bytes);
    return () => {
      list(table);
    };
  },
};

const { values } = parseArgs({
  options: {
    input: { type: 'string', default: RUNNING_KERNEL_BTF },
    struct: { type: 'string', default: 'task_struct' },
    runs: { type: 'string', default: '5' },
    stage: { type: 'string' },
    child: { type: 'boolean', default: false },
  },
});
if (values.child) timeStage(values.stage ?? '');
else for (const stage of values.stage === undefined ? Object.keys(STAGES) : [values.stage]) report(stage);

/** Prints the milliseconds of each repetition. */
function timeStage(name: string): void {
  const stage = STAGES[name];
  if (stage === undefined) throw new Error(`no stage '${name}': ${Object.keys(STAGES).join(', ')}`);
  const { input: path, struct } = values;
  const input = { path, bytes: readFileSync(path), struct };
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const timed = stage(input);
    const start = performance.now();
    timed();
    console.log(performance.now() - start);
  }
}

function report(stage: string): void {
  const cold: number[] = [];
  const warm: number[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const [first = Number.NaN, ...others] = runChild(stage);
    cold.push(first);
    warm.push(Math.min(...others));
  }
  const [ofCold, ofWarm] = [spread(cold), spread(warm)];
  const column = (ms: number): string => ms.toFixed(2).padStart(8);
  console.log(
    `${stage.padEnd(8)} cold${column(ofCold.median)} (${ofCold.min.toFixed(2)}-${ofCold.max.toFixed(2)})  warm${column(ofWarm.median)} ms`,
  );
}

function runChild(stage: string): number[] {
  const runner = fileURLToPath(new URL('../scripts/run-ts.mjs', import.meta.url));
  const { input, struct } = values;
  const args = [
    runner,
    fileURLToPath(import.meta.url),
    '--child',
    '--stage',
    stage,
    '--input',
    input,
    '--struct',
    struct,
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim().split('\n').map(Number);
}

function requireType(table: TypeTable, name: string): number {
  const id = findTypeByName(table, name);
  if (id === undefined) throw new Error(`no type '${name}'`);
  return id;
}

/** As the command line lists a file, without the search for repeated types and without output. */
function list(table: TypeTable): void {
  const emitter = new PaholeEmitter(new Layouts(table), {}, () => {});
  const { out } = emitter.context;
  for (let id = 1; id < table.end; id++) {
    const kind = table.kind(id);
    if ((kind !== Kind.Struct && kind !== Kind.Union) || table.nameOffset(id) === 0) continue;
    emitter.emit(id);
    out.newline();
    out.flushIfLarge();
  }
}

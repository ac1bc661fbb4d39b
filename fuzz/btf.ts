/**
 * Fuzzes everything that BTF bytes go through: `node scripts/run-ts.mjs fuzz/btf.ts [COUNT [SEED]]`.
 *
 * Each of COUNT inputs (default 1,000,000) is a changed blob of the corpus, made from SEED (default 1)
 * plus its number, so that any one can be made again: `fuzz/btf.ts 1 SEED`. It runs through the stages
 * below. A stage may end with a value or a TspaholeError; anything else is a crash: seed and bytes are
 * printed and the exit code is 1. So is an input that takes longer than a second.
 */

import process from 'node:process';
import { decodeBtf } from '../src/btf/decode.ts';
import { formatProblem, verifyBtf } from '../src/btf/verify.ts';
import { PaholeEmitter, type PaholeOptions } from '../src/emit/pahole.ts';
import { PAHOLE_QUIRKS } from '../src/emit/quirks.ts';
import { layoutOf } from '../src/layout/layout-of.ts';
import { Layouts } from '../src/layout/layouts.ts';
import { TspaholeError } from '../src/model/errors.ts';
import { Kind } from '../src/model/kinds.ts';
import type { TypeTable } from '../src/model/table.ts';
import { corpus, type Seed } from './corpus.ts';
import { makeRandom, mutate } from './mutate.ts';

interface Input extends Seed {
  /** What decoding made of it, undefined when it was refused. */
  readonly table: TypeTable | undefined;
  readonly layouts: Layouts | undefined;
}

/** What each input goes through, in order, after decoding. Add new consumers of a table here. */
const STAGES: Readonly<Record<string, (input: Input) => void>> = {
  views: ({ table }) => {
    for (let id = 0; id < (table?.end ?? 0); id++) attempt(() => table?.type(id));
  },
  verify: ({ bytes, base }) => {
    verifyBtf(bytes, { base, limit: 10 }).forEach(formatProblem);
  },
  print: ({ layouts }) => {
    if (layouts === undefined) return;
    for (const options of PRINT_OPTIONS) {
      const emitter = new PaholeEmitter(layouts, options);
      for (let id = 1; id < layouts.table.end; id++) attempt(() => emitter.emit(id));
    }
  },
  layout: ({ layouts }) => {
    if (layouts === undefined) return;
    const { table } = layouts;
    for (let id = 1; id < table.end; id++) {
      const kind = table.kind(id);
      if (kind === Kind.Struct || kind === Kind.Union) attempt(() => layoutOf(layouts, id));
    }
  },
};

/** The ways of printing that differ most. */
const PRINT_OPTIONS: readonly PaholeOptions[] = [
  {},
  { quirks: PAHOLE_QUIRKS, expandTypes: true, hex: true },
  { expandPointers: true, showFirstBiggest: true },
];

const PROGRESS_EVERY = 100_000;
const MAX_MILLISECONDS = 1000;

const [count, firstSeed] = [Number(process.argv[2] ?? 1_000_000), Number(process.argv[3] ?? 1)];
const seeds = corpus();
const start = performance.now();
let decoded = 0;
for (let index = 0; index < count; index++) {
  fuzz(firstSeed + index);
  if ((index + 1) % PROGRESS_EVERY === 0) console.error(`${index + 1} of ${count}, ${rate(index + 1)}`);
}
console.log(`${count} inputs, ${decoded} decoded, no crash, ${rate(count)}`);

function fuzz(seed: number): void {
  const random = makeRandom(seed);
  const { bytes: source, base } = seeds[random(seeds.length)] as Seed;
  const bytes = mutate(source, (seeds[random(seeds.length)] as Seed).bytes, random);
  const began = performance.now();
  let stage = 'decode';
  try {
    const table = attempt(() => decodeBtf(bytes, { base }));
    if (table !== undefined) decoded++;
    const layouts = table && new Layouts(table);
    for (const [name, run] of Object.entries(STAGES)) {
      stage = name;
      attempt(() => run({ bytes, base, table, layouts }));
    }
    stage = 'time';
    const spent = performance.now() - began;
    if (spent > MAX_MILLISECONDS) throw new Error(`took ${Math.round(spent)} ms`);
  } catch (error) {
    console.error(`crash with seed ${seed} in ${stage}: ${error instanceof Error ? error.stack : error}`);
    console.error(Buffer.from(bytes).toString('hex'));
    process.exit(1);
  }
}

/** The value of `action`, or undefined where it threw the one error that it may throw. */
function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof TspaholeError) return undefined;
    throw error;
  }
}

function rate(done: number): string {
  return `${Math.round(done / ((performance.now() - start) / 1000))} inputs/s`;
}

/**
 * `npm run bench -- [options]`: tspahole beside every pahole and bpftool found on PATH, in one run.
 *
 *     --peer PATH         one more pahole or bpftool; may be repeated
 *     --runs N            runs of each program with wall time (default 15)
 *     --jobs A,B          some of: start, struct, struct-file, first-read, list, list-expand, list-sizes,
 *                         list-sort, list-json, dwarf-list, dwarf-sizes, dwarf-struct, header, header-only,
 *                         encode, encode-modules (default: all)
 *     --input FILE        raw BTF in place of the running kernel's
 *     --vmlinux FILE      with DWARF, for the jobs that read it; else TSPAHOLE_VMLINUX_61 in the environment
 *     --modules FOLDER    of its modules, for encode-modules
 *     --struct NAME       for the jobs about one struct (default task_struct)
 *     --output pipe|null  where all programs write (default pipe)
 *     --json FILE         the report (default build/bench.json); its shape is `Report` in report.ts
 *
 * Needs a build (`npm run build`), an idle machine, and for CPU time and peak memory bash and GNU time.
 * Ratios are those of medians of this run; `above node` is over `node -e 0` of the same job. Programs in
 * parentheses do another thing and are there for orientation. The exit code does not depend on the targets:
 * 0 when the report has been written, 1 when something failed, 2 for wrong options.
 */

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, cpus, loadavg, release, tmpdir, totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { decodeBtf } from '../src/btf/decode.ts';
import { loadBinding } from '../src/native/binding.ts';
import { RUNNING_KERNEL_BTF } from '../src/native/map.ts';
import { FIRST_READ, findPeers, firstReadPrograms, type Inputs, JOB_NAMES, makeJobs, ROOT } from './jobs.ts';
import { type Meter, measureFirstReads, measureJob, type OutputKind, openMeter } from './measure.ts';
import {
  findTargets,
  formatFirstReads,
  formatHeading,
  formatJob,
  formatTargets,
  type Report,
  ratios,
} from './report.ts';

interface Settings {
  readonly runs: number;
  readonly jobs: readonly string[];
  readonly peers: readonly string[];
  readonly input: string | undefined;
  readonly vmlinux: string | undefined;
  readonly modules: string | undefined;
  readonly struct: string;
  readonly output: OutputKind;
  readonly json: string;
}

/** Taken out of the environment of all programs: node reads the first two at every start. */
const UNSET_VARIABLES = ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'TSPAHOLE_NO_ADDON'];

const BUNDLE = join(ROOT, 'dist/cli/main.js');

main();

function main(): void {
  const settings = attempt(2, parseSettings);
  if (settings === undefined) return;
  for (const name of UNSET_VARIABLES) delete process.env[name];
  const directory = mkdtempSync(join(tmpdir(), 'tspahole-bench-'));
  const meter = attempt(1, () => openMeter(settings.output, directory));
  if (meter !== undefined) attempt(1, () => writeReport(settings, meter, findInputs(settings, directory)));
  meter?.close();
  rmSync(directory, { recursive: true });
}

/** Runs `action`; when it throws, says why and leaves `exitCode`. */
function attempt<T>(exitCode: number, action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    console.error(`bench: ${(error as Error).message}`);
    process.exitCode = exitCode;
    return undefined;
  }
}

function writeReport(settings: Settings, meter: Meter, inputs: Inputs): void {
  const report = measure(settings, meter, inputs);
  mkdirSync(dirname(settings.json), { recursive: true });
  writeFileSync(settings.json, `${JSON.stringify(report, undefined, 2)}\n`);
  console.log(`${formatTargets(report.targets)}\nwritten: ${settings.json}`);
}

function parseSettings(): Settings {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      runs: { ...text, default: '15' },
      jobs: { ...text, default: JOB_NAMES.join(',') },
      peer: { ...text, multiple: true, default: [] as string[] },
      input: text,
      vmlinux: { ...text, default: process.env.TSPAHOLE_VMLINUX_61 ?? '' },
      modules: { ...text, default: process.env.TSPAHOLE_MODULES_61 ?? '' },
      struct: { ...text, default: 'task_struct' },
      output: { ...text, default: 'pipe' },
      json: { ...text, default: join(ROOT, 'build/bench.json') },
    },
  });
  const { runs, peer, input, vmlinux, modules, struct, output, json } = values;
  const jobs = values.jobs.split(',');
  const unknown = jobs.find((name) => !JOB_NAMES.includes(name));
  if (unknown !== undefined) throw new Error(`no job '${unknown}': ${JOB_NAMES.join(', ')}`);
  if (!/^[1-9][0-9]{0,4}$/.test(runs)) throw new Error(`--runs ${runs} is not a count`);
  if (output !== 'pipe' && output !== 'null') throw new Error(`--output ${output} is neither pipe nor null`);
  if (!existsSync(BUNDLE)) throw new Error('nothing to measure before `npm run build`');
  if (!existsSync(input ?? RUNNING_KERNEL_BTF))
    throw new Error('no BTF to read: --input names a file that exists');
  if (vmlinux !== '' && !existsSync(vmlinux)) throw new Error(`--vmlinux ${vmlinux}: no such file`);
  if (modules !== '' && !existsSync(modules)) throw new Error(`--modules ${modules}: no such folder`);
  return {
    ...{ runs: Number(runs), jobs, peers: peer, struct, output },
    input: input && resolve(input),
    vmlinux: vmlinux === '' ? undefined : resolve(vmlinux),
    modules: modules === '' ? undefined : resolve(modules),
    json: resolve(json),
  };
}

/** Listings read a copy of the running kernel's file, which has a size and is read like any other. */
function findInputs({ input, struct, vmlinux, modules }: Settings, directory: string): Inputs {
  const scratch = join(directory, 'written');
  mkdirSync(scratch);
  const others = { struct, vmlinux, modules, scratch };
  if (input !== undefined) return { file: input, usesKernel: false, ...others };
  const file = join(directory, 'vmlinux.btf');
  copyFileSync(RUNNING_KERNEL_BTF, file);
  return { file, usesKernel: true, ...others };
}

function measure({ runs, jobs, ...settings }: Settings, meter: Meter, inputs: Inputs): Report {
  const peers = findPeers(settings.peers);
  const method = {
    runs,
    output: settings.output,
    unset: UNSET_VARIABLES,
    cpuBy: meter.bash,
    peakBy: meter.gnuTime,
  };
  const facts = { ...findFacts(inputs), peers, method };
  console.log(formatHeading(facts));
  const results = makeJobs(inputs, peers)
    .filter(({ name }) => jobs.includes(name))
    .map((job) => {
      const result = measureJob(meter, job, runs);
      console.log(formatJob(result));
      return { ...result, ratios: ratios(result) };
    });
  const firstRead = jobs.includes(FIRST_READ)
    ? measureFirstReads(meter, firstReadPrograms(inputs), runs)
    : [];
  if (firstRead.length > 0) console.log(formatFirstReads(firstRead));
  const measured = { ...facts, jobs: results, firstRead };
  return { ...measured, targets: findTargets(measured) };
}

function findFacts({
  file,
  usesKernel,
  struct,
  vmlinux,
}: Inputs): Pick<Report, 'format' | 'date' | 'machine' | 'input' | 'tspahole'> {
  const bytes = readFileSync(file);
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return {
    format: 1,
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      kernel: release(),
      node: process.version,
      loadAverage: loadavg()[0] ?? 0,
    },
    input: {
      path: usesKernel ? RUNNING_KERNEL_BTF : file,
      bytes: bytes.length,
      types: decodeBtf(bytes).end,
      struct,
      vmlinux: vmlinux ?? null,
    },
    tspahole: {
      version: manifest.version,
      hasAddon: loadBinding('tspahole_map') !== undefined,
      isStale: isStale(),
    },
  };
}

function isStale(): boolean {
  const changed = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const built = statSync(BUNDLE).mtimeMs;
  return changed.some((name) => name.endsWith('.ts') && statSync(join(ROOT, 'src', name)).mtimeMs > built);
}

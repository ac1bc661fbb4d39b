/** What the benchmarks run: the peers found on this machine, and for each job the programs side by side. */

import { spawnSync } from 'node:child_process';
import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RUNNING_KERNEL_BTF } from '../src/native/map.ts';
import { findOnPath, type Program } from './measure.ts';
import { type Peer, TSPAHOLE, TSPAHOLE_NO_ADDON } from './report.ts';

export interface Job {
  readonly name: string;
  readonly title: string;
  readonly programs: readonly Program[];
  /** Its programs print nothing, and write files. */
  readonly writesFiles?: boolean;
}

/** What the jobs read. */
export interface Inputs {
  /** Raw BTF. */
  readonly file: string;
  /** Whether the running kernel's own file is measured too. */
  readonly usesKernel: boolean;
  /** Name of the struct of the jobs about one struct. */
  readonly struct: string;
  /** A file with DWARF, for the jobs that read it. */
  readonly vmlinux: string | undefined;
  /** A folder of its modules, also in folders. */
  readonly modules: string | undefined;
  /** A folder for what is written. */
  readonly scratch: string;
}

/** Directory of the project. */
export const ROOT: string = fileURLToPath(new URL('..', import.meta.url));

const SHIM = join(ROOT, 'bin/tspahole.js');
const PRELOAD = join(ROOT, 'bench/first-read.cjs');
const NO_ADDON = { TSPAHOLE_NO_ADDON: '1' };
const BASELINE: Program = { name: 'node -e 0', role: 'baseline', command: [process.execPath, '-e', '0'] };

/** Options that list a whole file, with the arguments for bpftool that come closest. */
const LISTINGS = [
  { name: 'list', options: [], bpftool: (file: string) => ['btf', 'dump', 'file', file, 'format', 'c'] },
  { name: 'list-expand', options: ['-E'] },
  { name: 'list-sizes', options: ['-s'] },
  { name: 'list-sort', options: ['--sort'] },
  { name: 'list-json', options: ['--json'], bpftool: (file: string) => ['-j', 'btf', 'dump', 'file', file] },
];

/** Jobs that read DWARF; two threads for each program. */
const DWARF_JOBS = [
  { name: 'dwarf-list', title: 'whole listing of DWARF', options: ['-j2'] },
  { name: 'dwarf-sizes', title: '-s of DWARF', options: ['-j2', '-s'] },
  { name: 'dwarf-struct', title: '-C list_head of DWARF', options: ['-j2', '-C', 'list_head'] },
];

/** The job of {@link firstReadPrograms}, which measures something else than the others. */
export const FIRST_READ = 'first-read';

export const JOB_NAMES: readonly string[] = [
  'start',
  'struct',
  'struct-file',
  FIRST_READ,
  ...[...LISTINGS, ...DWARF_JOBS].map(({ name }) => name),
  'header',
  'header-only',
  'encode',
  'encode-modules',
];

/** What encodes as a kernel's build does; two threads for each program. */
const ENCODE = ['-j2', '-J', '--btf_features=default'];

/** One process of a pahole (the first argument) for each module, written to a folder (the second). */
const EACH_MODULE = `pahole=$1 folder=$2 base=$3; shift 3
for module; do "$pahole" ${ENCODE.join(' ')} --btf_base="$base" --btf_encode_detached="$folder/\${module##*/}" "$module"; done`;

/** Those on PATH and those at the `named` paths, each once. Throws for a named one that is neither tool. */
export function findPeers(named: readonly string[]): Peer[] {
  const found = ['pahole', 'bpftool'].flatMap((tool) => findOnPath(tool)).map((path) => realpathSync(path));
  const others = named.map((path) => realpathSync(path)).filter((path) => !found.includes(path));
  const foundPeers = [...new Set(found)].flatMap((path) => {
    const peer = identify(path);
    if (peer === undefined) console.error(`bench: left out: ${path} --version does not say a version`);
    return peer ?? [];
  });
  const namedPeers = [...new Set(others)].map((path) => {
    const peer = identify(path);
    if (peer === undefined) throw new Error(`${path} --version is neither pahole's nor bpftool's`);
    return peer;
  });
  return [...foundPeers, ...namedPeers];
}

/** pahole says `v1.31`; bpftool says the name that it was called by, and `v7.1.0`. */
function identify(path: string): Peer | undefined {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const [, bpftool, version] = /^(\S*bpftool )?v(\d\S*)/.exec(stdout ?? '') ?? [];
  if (version === undefined) return undefined;
  const tool = bpftool === undefined ? 'pahole' : 'bpftool';
  return { tool, name: `${tool} ${version}`, path };
}

/** All jobs that measure whole programs, in the order of {@link JOB_NAMES}. */
export function makeJobs(inputs: Inputs, peers: readonly Peer[]): Job[] {
  const { file, usesKernel, struct, vmlinux } = inputs;
  const sideBySide = (...args: string[]): Program[] => [
    BASELINE,
    { name: TSPAHOLE, role: 'subject', command: [process.execPath, SHIM, ...args] },
    ...peers
      .filter(({ tool }) => tool === 'pahole')
      .map(({ name, path }): Program => ({ name, role: 'peer', command: [path, ...args] })),
  ];
  const ofKernel: Job = {
    name: 'struct',
    title: `-C ${struct} on the running kernel`,
    programs: withoutAddonToo(sideBySide('-C', struct, RUNNING_KERNEL_BTF)),
  };
  const ofFile = sideBySide('-C', struct, file);
  const listings = LISTINGS.map(({ name, options, bpftool }) => ({
    name,
    title: ['whole listing of a raw BTF file', ...options].join(' '),
    programs: [...sideBySide(...options, file), ...asContext(peers, bpftool?.(file))],
  }));
  return [
    { name: 'start', title: '--version', programs: sideBySide('--version') },
    ...(usesKernel ? [ofKernel] : []),
    { name: 'struct-file', title: `-C ${struct} on a raw BTF file`, programs: ofFile },
    ...listings,
    ...dwarfJobs(vmlinux, sideBySide),
    ...headerJobs(inputs, peers),
    ...encodeJobs(inputs, peers, sideBySide),
  ];
}

function headerJobs({ file, struct }: Inputs, peers: readonly Peer[]): Job[] {
  const job = (name: string, ...options: string[]): Job => ({
    name,
    title: ['header', ...options, 'of a raw BTF file'].join(' '),
    programs: [
      BASELINE,
      { name: TSPAHOLE, role: 'subject', command: [process.execPath, SHIM, 'header', ...options, file] },
      ...peers
        .filter(({ tool }) => tool === 'bpftool')
        .map(({ name, path }): Program => {
          return { name, role: 'peer', command: [path, 'btf', 'dump', 'file', file, 'format', 'c'] };
        }),
    ],
  });
  return [job('header'), job('header-only', '--only', struct)];
}

function encodeJobs(
  { vmlinux, modules, scratch }: Inputs,
  peers: readonly Peer[],
  sideBySide: (...args: string[]) => Program[],
): Job[] {
  if (vmlinux === undefined) return [];
  const detached = `--btf_encode_detached=${join(scratch, 'vmlinux')}`;
  const ofKernel = {
    name: 'encode',
    title: 'BTF of a kernel from DWARF',
    programs: sideBySide(...ENCODE, detached, vmlinux),
    writesFiles: true,
  };
  if (modules === undefined) return [ofKernel];
  const files = readdirSync(modules, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ko'))
    .map((name) => join(modules, name));
  const options = [...ENCODE, `--btf_base=${vmlinux}`, `--btf_encode_detached=${scratch}/`];
  const ofModules: Job = {
    name: 'encode-modules',
    title: `BTF of ${files.length} modules: one tspahole, a pahole for each`,
    writesFiles: true,
    programs: [
      BASELINE,
      { name: TSPAHOLE, role: 'subject', command: [process.execPath, SHIM, ...options, ...files] },
      ...peers
        .filter(({ tool }) => tool === 'pahole')
        .map(({ name, path }): Program => {
          return {
            name,
            role: 'peer',
            command: ['sh', '-c', EACH_MODULE, 'sh', path, scratch, vmlinux, ...files],
          };
        }),
    ],
  };
  return [ofKernel, ofModules];
}

function dwarfJobs(vmlinux: string | undefined, sideBySide: (...args: string[]) => Program[]): Job[] {
  if (vmlinux === undefined) return [];
  return DWARF_JOBS.map(({ name, title, options }) => ({
    name,
    title,
    programs: sideBySide('-F', 'dwarf', ...options, vmlinux),
  }));
}

/** Programs that end at the first read of their input and print the milliseconds up to it on stderr. */
export function firstReadPrograms({ file, usesKernel, struct }: Inputs): Program[] {
  const program = (name: string, path: string, env: Record<string, string> = {}): Program => ({
    name,
    role: 'subject',
    command: [process.execPath, '--require', PRELOAD, SHIM, '-C', struct, path],
    env: { ...env, BENCH_FIRST_READ: path },
  });
  const ofKernel = [
    program(TSPAHOLE, RUNNING_KERNEL_BTF),
    program(TSPAHOLE_NO_ADDON, RUNNING_KERNEL_BTF, NO_ADDON),
  ];
  return [...(usesKernel ? ofKernel : []), program(`${TSPAHOLE}, raw file`, file)];
}

function withoutAddonToo(programs: readonly Program[]): Program[] {
  return programs.flatMap((program) =>
    program.role === 'subject'
      ? [program, { ...program, name: TSPAHOLE_NO_ADDON, env: NO_ADDON }]
      : [program],
  );
}

function asContext(peers: readonly Peer[], args: readonly string[] | undefined): Program[] {
  if (args === undefined) return [];
  return peers
    .filter(({ tool }) => tool === 'bpftool')
    .map(({ name, path }) => ({ name, role: 'context', command: [path, ...args] }));
}

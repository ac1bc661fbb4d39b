/** What a run of the benchmarks says: the shape of its JSON file, the targets, and the tables. */

/** A program to compare with. */
export interface Peer {
  readonly tool: 'pahole' | 'bpftool';
  /** Tool and version. */
  readonly name: string;
  readonly path: string;
}

/** A median with its extremes. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** How many values these are of. */
  readonly runs: number;
}

export interface ProgramResult {
  readonly name: string;
  readonly role: 'baseline' | 'subject' | 'peer' | 'context';
  readonly command: readonly string[];
  /** Environment variables set for this program only. */
  readonly env: Readonly<Record<string, string>>;
  readonly outputBytes: number;
  readonly wallMs: Spread;
  /** User and system time of all threads; null where it cannot be measured, as `peakKiB`. */
  readonly cpuMs: Spread | null;
  /** Maximum resident set size. */
  readonly peakKiB: Spread | null;
}

export interface JobResult {
  readonly name: string;
  readonly title: string;
  readonly programs: readonly ProgramResult[];
  /** Programs that cannot do the job, with what they said. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** Quotients of medians; below 1 the subject needs less. */
export interface Ratio {
  readonly subject: string;
  readonly peer: string;
  readonly wall: number;
  readonly cpu: number | null;
  readonly peak: number | null;
}

/** Milliseconds inside a process from the start of the program to its first read of the types. */
export interface FirstRead {
  readonly name: string;
  readonly ms: Spread;
}

export interface Target {
  readonly text: string;
  readonly limit: number;
  /** Null where the run did not measure it. */
  readonly value: number | null;
  readonly isMet: boolean | null;
}

/** The JSON file. Names carry their units. */
export interface Report {
  readonly format: 1;
  readonly date: string;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly kernel: string;
    readonly node: string;
    /** Of the last minute, before the first run. */
    readonly loadAverage: number;
  };
  readonly input: {
    readonly path: string;
    readonly bytes: number;
    readonly types: number;
    readonly struct: string;
    /** The file of the jobs that read DWARF; null without one. */
    readonly vmlinux: string | null;
  };
  readonly tspahole: {
    readonly version: string;
    readonly hasAddon: boolean;
    /** Whether src has changed since dist/cli was built. */
    readonly isStale: boolean;
  };
  readonly peers: readonly Peer[];
  readonly method: {
    readonly runs: number;
    readonly output: 'pipe' | 'null';
    readonly unset: readonly string[];
    /** The programs that measured; null where there was none. */
    readonly cpuBy: string | null;
    readonly peakBy: string | null;
  };
  readonly jobs: readonly (JobResult & { readonly ratios: readonly Ratio[] })[];
  readonly firstRead: readonly FirstRead[];
  readonly targets: readonly Target[];
}

/** Every subject against every peer. */
export function ratios({ programs }: JobResult): Ratio[] {
  const peers = programs.filter(({ role }) => role === 'peer');
  const subjects = programs.filter(({ role }) => role === 'subject');
  return subjects.flatMap((subject) =>
    peers.map((peer) => ({
      subject: subject.name,
      peer: peer.name,
      wall: subject.wallMs.median / peer.wallMs.median,
      cpu: quotient(subject.cpuMs, peer.cpuMs),
      peak: quotient(subject.peakKiB, peer.peakKiB),
    })),
  );
}

function quotient(above: Spread | null, below: Spread | null): number | null {
  return above === null || below === null ? null : above.median / below.median;
}

/** Names of the subjects, by which the targets find them. */
export const TSPAHOLE = 'tspahole';
export const TSPAHOLE_NO_ADDON = 'tspahole, no addon';

/**
 * The project's goals, which hold for the BTF of a kernel (4 to 6 MB) against the fastest of pahole 1.24
 * and 1.31, and for the DWARF of Debian's Linux 6.1 against pahole 1.31; here against the fastest peer of the run.
 */
export function findTargets({
  jobs,
  firstRead,
  tspahole,
}: Pick<Report, 'jobs' | 'firstRead' | 'tspahole'>): Target[] {
  const program = (job: string, name: string): ProgramResult | undefined =>
    jobs.find((one) => one.name === job)?.programs.find((one) => one.name === name);
  const ratiosOf = (job: string): readonly Ratio[] =>
    jobs.find((one) => one.name === job)?.ratios.filter(({ subject }) => subject === TSPAHOLE) ?? [];
  // The best peer is the one against which the ratio is greatest.
  const greatest = (values: readonly (number | null)[]): number | null => {
    const measured = values.filter((value) => value !== null);
    return measured.length === 0 ? null : Math.max(...measured);
  };
  const againstFastest = (job: string): number | null => greatest(ratiosOf(job).map(({ wall }) => wall));
  const againstSmallest = (job: string): number | null => greatest(ratiosOf(job).map(({ peak }) => peak));
  const aboveNode = (name: string): number | null => {
    const [mine, base] = [program('struct', name), program('struct', 'node -e 0')];
    return mine === undefined || base === undefined ? null : mine.wallMs.median - base.wallMs.median;
  };
  const firstReadMs = firstRead.find(({ name }) => name === TSPAHOLE_NO_ADDON)?.ms.median ?? null;
  const peakMb = (job: string): number | null => {
    const peakKiB = program(job, TSPAHOLE)?.peakKiB?.median;
    return peakKiB === undefined ? null : (peakKiB * 1024) / 1e6;
  };
  return [
    target('one struct of the running kernel, wall / fastest pahole', 0.75, againstFastest('struct')),
    target('one struct of a file, wall / fastest pahole', 0.75, againstFastest('struct-file')),
    target('whole listing, wall / fastest pahole', 1.1, againstFastest('list')),
    target('one struct without the addon, ms above node -e 0', 18, aboveNode(TSPAHOLE_NO_ADDON)),
    target(
      'one struct with the addon, ms above node -e 0',
      10,
      tspahole.hasAddon ? aboveNode(TSPAHOLE) : null,
    ),
    target('ms before the first read, without the addon', 3, firstReadMs),
    target('whole listing, peak MB', 120, peakMb('list')),
    target('whole listing of DWARF, wall / fastest pahole', 0.4, againstFastest('dwarf-list')),
    target('whole listing of DWARF, peak MB', 500, peakMb('dwarf-list')),
    target('one struct of DWARF, ms', 150, program('dwarf-struct', TSPAHOLE)?.wallMs.median ?? null),
    target('header, wall / fastest bpftool', 1, againstFastest('header')),
    target('header of one struct, wall / fastest bpftool', 0.5, againstFastest('header-only')),
    target('BTF of a kernel, wall / fastest pahole', 0.5, againstFastest('encode')),
    target('BTF of a kernel, peak / smallest pahole', 0.85, againstSmallest('encode')),
    target('BTF of modules, wall / fastest pahole', 0.25, againstFastest('encode-modules')),
  ];
}

function target(text: string, limit: number, value: number | null): Target {
  return { text, limit, value, isMet: value === null ? null : value <= limit };
}

/** What was measured on what, before the tables. */
export function formatHeading({
  machine,
  input,
  tspahole,
  peers,
  method,
}: Omit<Report, 'jobs' | 'firstRead' | 'targets'>): string {
  const { cpu, cores, kernel, node, loadAverage } = machine;
  const load = loadAverage > 0.5 ? ' - NOT IDLE, times will be too long' : '';
  return [
    `${cpu}, ${cores} cores, Linux ${kernel}, node ${node}, load ${loadAverage.toFixed(2)}${load}`,
    `input ${input.path}: ${input.bytes} bytes, ${input.types} types; struct ${input.struct}`,
    input.vmlinux === null ? 'no --vmlinux: DWARF is NOT MEASURED' : `DWARF of ${input.vmlinux}`,
    `tspahole ${tspahole.version}, ${tspahole.hasAddon ? 'with' : 'WITHOUT'} the mapping addon`,
    ...(tspahole.isStale ? ['dist/cli is OLDER THAN src: `npm run build:cli` makes it anew'] : []),
    ...peers.map(({ name, path }) => `${name}: ${path}`),
    ...(peers.length === 0 ? ['no pahole or bpftool found; --peer PATH names one'] : []),
    `${method.runs} interleaved runs, output to ${method.output === 'pipe' ? 'a pipe that cat reads' : '/dev/null'}`,
    ...(method.cpuBy === null ? ['CPU time is NOT MEASURED: bash is not installed'] : []),
    ...(method.peakBy === null ? ['peak memory is NOT MEASURED: GNU time is not installed'] : []),
    '',
  ].join('\n');
}

/** One job: a line for each program, one for each ratio. */
export function formatJob(job: JobResult): string {
  const base = job.programs.find(({ role }) => role === 'baseline')?.wallMs.median;
  const rows = job.programs.map(({ name, role, wallMs, cpuMs, peakKiB, outputBytes }) => [
    role === 'context' ? `(${name})` : name,
    wallMs.median.toFixed(1),
    range(wallMs, 1),
    base === undefined || role === 'baseline' ? '' : signed(wallMs.median - base),
    cpuMs === null ? '?' : cpuMs.median.toFixed(0),
    peakKiB === null ? '?' : (peakKiB.median / 1024).toFixed(1),
    (outputBytes / 1024).toFixed(0),
  ]);
  return [
    `== ${job.name}: ${job.title}`,
    ...formatRows([['', 'wall ms', 'min-max', 'above node', 'CPU ms', 'peak MiB', 'output KiB'], ...rows]),
    ...ratios(job).map(
      ({ subject, peer, wall, cpu, peak }) =>
        `   ${subject} / ${peer}: wall ${wall.toFixed(2)}, CPU ${cpu?.toFixed(2) ?? '?'}, peak ${peak?.toFixed(2) ?? '?'}`,
    ),
    ...job.skipped.map(({ reason }) => `   left out: ${reason}`),
    '',
  ].join('\n');
}

export function formatFirstReads(firstReads: readonly FirstRead[]): string {
  const rows = firstReads.map(({ name, ms }) => [name, ms.median.toFixed(2), range(ms, 2)]);
  return ['== first-read: milliseconds before the first read', ...formatRows(rows), ''].join('\n');
}

export function formatTargets(targets: readonly Target[]): string {
  const rows = targets.map(({ text, limit, value, isMet }) => [
    text,
    value === null ? 'not measured' : value.toFixed(2),
    `<= ${limit}`,
    isMet === null ? '' : isMet ? 'met' : 'MISSED',
  ]);
  return ['== targets', ...formatRows(rows), ''].join('\n');
}

/** The first column flush left, the others flush right. */
function formatRows(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => {
    const [first = '', ...others] = row;
    const cells = [
      first.padEnd(widths[0] ?? 0),
      ...others.map((cell, at) => cell.padStart(widths[at + 1] ?? 0)),
    ];
    return `   ${cells.join('  ')}`.trimEnd();
  });
}

function range({ min, max }: Spread, digits: number): string {
  return `${min.toFixed(digits)}-${max.toFixed(digits)}`;
}

function signed(value: number): string {
  return `${value < 0 ? '' : '+'}${value.toFixed(1)}`;
}

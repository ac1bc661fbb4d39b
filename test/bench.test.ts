/** The benchmarks start, and their report has the shape that bench/report.ts describes. */

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spread } from '../bench/measure.ts';
import type { Report } from '../bench/report.ts';
import { btf, int, struct } from './support/btf-writer.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** A pahole that can only say its version. */
const PEER = `#!/bin/sh
if [ "$1" = --version ]; then echo v9.9; else echo 'cannot list' >&2; exit 3; fi
`;

/** A file with DWARF. */
const VMLINUX = join(root, 'test/fixtures/dwarf/holes.gcc5.o');

function bench(...args: string[]): SpawnSyncReturns<string> {
  return spawnSync('npm', ['run', '--silent', 'bench', '--', ...args], { cwd: root, encoding: 'utf8' });
}

describe('npm run bench', () => {
  let directory: string;
  let stdout: string;
  let report: Report;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'bench-test-'));
    const [input, peer, json] = ['s.btf', 'peer', 'out/bench.json'].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    writeFileSync(input, btf([int('int', 4, 'signed'), struct('s', 4, [['a', 1, 0]])]));
    writeFileSync(peer, PEER, { mode: 0o755 });
    const options = ['--input', input, '--struct', 's', '--peer', peer, '--json', json];
    const jobs = 'start,struct-file,first-read,dwarf-list,header-only,encode';
    const result = bench('--runs', '1', '--jobs', jobs, '--vmlinux', VMLINUX, ...options);
    expect(result.status, result.stderr).toBe(0);
    stdout = result.stdout;
    report = JSON.parse(readFileSync(json, 'utf8')) as Report;
  }, 60_000);

  afterAll(() => rmSync(directory, { recursive: true }));

  it('writes the facts of the run', () => {
    expect(Object.keys(report)).toEqual([
      'format',
      'date',
      'machine',
      'input',
      'tspahole',
      'peers',
      'method',
      'jobs',
      'firstRead',
      'targets',
    ]);
    expect(report.format).toBe(1);
    expect(report.machine.node).toBe(process.version);
    expect(report.input).toMatchObject({ types: 3, struct: 's', vmlinux: VMLINUX });
    expect(report.method).toMatchObject({ runs: 1, output: 'pipe' });
    expect(report.method.unset).toContain('NODE_EXTRA_CA_CERTS');
    expect(report.peers).toContainEqual({
      tool: 'pahole',
      name: 'pahole 9.9',
      path: join(directory, 'peer'),
    });
  });

  it('measures node, tspahole and each peer in the same job', () => {
    const [start] = report.jobs;
    expect(start?.name).toBe('start');
    expect(start?.programs.slice(0, 2)).toMatchObject([
      { name: 'node -e 0', role: 'baseline', outputBytes: 0, wallMs: { runs: 1 } },
      { name: 'tspahole', role: 'subject', outputBytes: 'v1.31\n'.length, wallMs: { runs: 1 } },
    ]);
    const median = (name: string): number =>
      start?.programs.find((program) => program.name === name)?.wallMs.median ?? Number.NaN;
    const ratio = start?.ratios.find(({ peer }) => peer === 'pahole 9.9');
    expect(ratio?.wall).toBe(median('tspahole') / median('pahole 9.9'));
    expect(stdout).toContain('tspahole / pahole 9.9: wall ');
  });

  it('names a program that cannot do a job, with its complaint', () => {
    const job = report.jobs.find(({ name }) => name === 'struct-file');
    expect(job?.skipped).toContainEqual({
      name: 'pahole 9.9',
      reason: 'pahole 9.9: ended with status 3: cannot list',
    });
    expect(job?.programs.map(({ name }) => name)).not.toContain('pahole 9.9');
  });

  it('reads DWARF where it is given a file with it', () => {
    const job = report.jobs.find(({ name }) => name === 'dwarf-list');
    const [, subject] = [...(job?.programs ?? []), ...(job?.skipped ?? [])];
    expect(subject?.name).toBe('tspahole');
    expect(job?.programs[0]?.name).toBe('node -e 0');
  });

  it('writes headers and BTF', () => {
    for (const name of ['header-only', 'encode']) {
      const job = report.jobs.find((one) => one.name === name);
      const [, subject] = [...(job?.programs ?? []), ...(job?.skipped ?? [])];
      expect(subject?.name).toBe('tspahole');
    }
  });

  it('sees the first read of the input', () => {
    expect(report.firstRead.map(({ name }) => name)).toEqual(['tspahole, raw file']);
    expect(report.firstRead[0]?.ms.median).toBeGreaterThan(0);
  });

  it('says of each target whether it was measured', () => {
    expect(report.targets.find(({ text }) => text.startsWith('whole listing, wall'))).toMatchObject({
      limit: 1.1,
      value: null,
      isMet: null,
    });
  });

  it('refuses what it does not know with exit code 2', () => {
    const { status, stderr } = bench('--jobs', 'nap');
    expect(status).toBe(2);
    expect(stderr).toContain("bench: no job 'nap': start, struct,");
    expect(bench('--vmlinux', '/nowhere/vmlinux').stderr).toContain('/nowhere/vmlinux: no such file');
  });
});

describe('spread', () => {
  it('takes the middle of an odd number of values and the mean of the middle two of an even number', () => {
    expect(spread([3, 10, 1])).toEqual({ median: 3, min: 1, max: 10, runs: 3 });
    expect(spread([10, 4, 1, 2])).toEqual({ median: 3, min: 1, max: 10, runs: 4 });
  });
});

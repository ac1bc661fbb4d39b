/** `tspahole probe --apply`: all definitions are written to tracefs, or none. A folder stands for tracefs. */

import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KERNEL_FILES } from '../support/probe.ts';
import { runCli } from '../support/run-cli.ts';

let tracefs: string;

beforeEach(() => {
  tracefs = mkdtempSync(join(tmpdir(), 'tspahole-tracefs-'));
  writeFileSync(join(tracefs, 'kprobe_events'), 'p:kprobes/before vfs_open\n');
  writeFileSync(join(tracefs, 'dynamic_events'), '');
});

afterEach(() => rmSync(tracefs, { recursive: true }));

function written(file: string): string {
  return readFileSync(join(tracefs, file), 'utf8');
}

function probe(...args: string[]): ReturnType<typeof runCli> {
  return runCli(['probe', '--tracefs', tracefs, '--btf', KERNEL_FILES['6.12'], ...args]);
}

const LISTS = ['--symbols', '/dev/null', '--filter-functions', '/dev/null', '--blacklist', '/dev/null'];

describe('--apply', () => {
  it('appends each definition to the file that takes it, and prints nothing', async () => {
    const { code, stdout } = await probe(
      '--apply',
      ...LISTS,
      'p vfs_read count',
      'f vfs_read count',
      'r:g/e vfs_read',
    );
    expect([code, stdout.toString()]).toEqual([0, '']);
    expect(written('kprobe_events')).toBe(
      'p:kprobes/before vfs_open\np:kprobes/p_vfs_read_0 vfs_read count=$arg3:u64\nr:g/e vfs_read\n',
    );
    expect(written('dynamic_events')).toBe('f:fprobes/vfs_read__entry vfs_read count=$arg3:u64\n');
  });

  it('writes nothing where a definition is refused', async () => {
    const { code, stderr } = await probe('--apply', ...LISTS, 'p vfs_read count', 'p vfs_read nosuch');
    expect(code).toBe(1);
    expect(stderr).toContain('NO_BTFARG');
    expect(written('kprobe_events')).toBe('p:kprobes/before vfs_open\n');
  });

  it('takes back what it wrote when the kernel refuses, and says why', async () => {
    rmSync(join(tracefs, 'dynamic_events'));
    // Every write to it fails, as one that the kernel refuses.
    symlinkSync('/dev/full', join(tracefs, 'dynamic_events'));
    writeFileSync(
      join(tracefs, 'error_log'),
      '[  1.2] trace_fprobe: error: Invalid probed address\n  Command: f x\n',
    );
    const { code, stderr } = await probe(
      '--apply',
      ...LISTS,
      'p vfs_read count',
      'p:two vfs_read',
      'f vfs_read count',
    );
    expect(code).toBe(1);
    expect(stderr).toContain(
      "tracefs refuses 'f:fprobes/vfs_read__entry vfs_read count=$arg3:u64': Invalid probed address; nothing was changed",
    );
    expect(written('kprobe_events').split('\n').slice(-3)).toEqual([
      '-:kprobes/two',
      '-:kprobes/p_vfs_read_0',
      '',
    ]);
  });

  it('is never done without being asked for', async () => {
    const { stdout } = await probe('p vfs_read count');
    expect(stdout.toString()).toContain('p:kprobes/p_vfs_read_0');
    expect(written('kprobe_events')).toBe('p:kprobes/before vfs_open\n');
  });

  it('refuses lines that are no probes', async () => {
    const { code, stderr } = await probe('--apply', ...LISTS, '--', '-:kprobes/before');
    expect([code, stderr]).toEqual([2, "tspahole: probe: --apply writes probes, not '-:kprobes/before'\n"]);
  });
});

describe('--target running', () => {
  it('is what the README of tracefs says', async () => {
    writeFileSync(join(tracefs, 'README'), '$arg<N> [u]<offset> imm-value %return');
    const { stderr, code } = await probe('--target', 'running', 'r vfs_read count');
    expect([code, stderr]).toEqual([2, expect.stringContaining('the running kernel keeps no parameters')]);
  });

  it('needs a README', async () => {
    const { stderr, code } = await probe('--target', 'running', 'p vfs_read count');
    expect([code, stderr]).toEqual([1, `tspahole: --target running: ${tracefs}/README cannot be read\n`]);
  });
});

/** `tspahole probe --apply`: all definitions are written to tracefs, or none. A folder stands for tracefs. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bzImage } from '../support/boot-image.ts';
import { writeElf } from '../support/elf-writer.ts';
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

/** A note of GNU that holds a build ID. */
function buildIdNote(id: string): Uint8Array {
  const description = Buffer.from(id, 'hex');
  const head = Buffer.from(Uint32Array.of(4, description.length, 3).buffer);
  return Buffer.concat([head, Buffer.from('GNU\0'), description]);
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

  it('takes back an event once, whatever probes it has', async () => {
    rmSync(join(tracefs, 'dynamic_events'));
    symlinkSync('/dev/full', join(tracefs, 'dynamic_events'));
    await probe('--apply', ...LISTS, 'p:g/e vfs_read count', 'p:g/e vfs_write count', 'f vfs_read');
    expect(written('kprobe_events').split('\n').slice(-3)).toEqual([
      'p:g/e vfs_write count=$arg3:u64',
      '-:g/e',
      '',
    ]);
  });

  it('writes nothing to an event that exists', async () => {
    mkdirSync(join(tracefs, 'events/g/e'), { recursive: true });
    const { code, stderr } = await probe('--apply', ...LISTS, 'p vfs_read count', 'p:g/e vfs_read');
    expect(code).toBe(2);
    expect(stderr).toContain("events/g/e exists in tracefs: give it another name, or remove it with '-:g/e'");
    expect(written('kprobe_events')).toBe('p:kprobes/before vfs_open\n');
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

describe('the kernel that the types are of', () => {
  const elf = writeElf({
    wordSize: 8,
    endian: 'little',
    machine: 183,
    sections: [
      { name: '.BTF', data: readFileSync(KERNEL_FILES['6.12']) },
      { name: '.note.gnu.build-id', type: 7, data: buildIdNote('0123456789abcdef') },
    ],
  });

  function probeOf(name: string, bytes: Uint8Array, ...args: string[]): ReturnType<typeof runCli> {
    writeFileSync(join(tracefs, name), bytes);
    writeFileSync(join(tracefs, 'README'), '$arg<N>');
    return runCli(['probe', '--tracefs', tracefs, ...args, 'p vfs_read count', join(tracefs, name)]);
  }

  it('is said in a comment, where the file says it, and its machine counts', async () => {
    const { stdout } = await probeOf('vmlinux', elf, '--regs');
    expect(stdout.toString()).toMatch(
      /^# \S+vmlinux: build ID 0123456789abcdef\n# ssize_t vfs_read.*\n.* count=%x2:u64\n$/,
    );
    const bare = await probeOf('vmlinux', elf, '--bare');
    expect(bare.stdout.toString()).toBe('p:kprobes/p_vfs_read_0 vfs_read count=$arg3:u64\n');
  });

  it('of a boot image is its release', async () => {
    const image = bzImage(gzipSync(elf), { release: '6.12.117-test (nobody) #1' });
    const { stdout } = await probeOf('vmlinuz', image, '--regs');
    expect(stdout.toString()).toMatch(/^# \S+vmlinuz: Linux 6\.12\.117-test\n.*\n.* count=%dx:u64\n$/);
  });

  it.each([
    ['vmlinuz', bzImage(gzipSync(elf), { release: '0.99' }), 'are of release 0.99, what runs is '],
    [
      'types.btf',
      readFileSync(KERNEL_FILES['6.12']),
      'does not tell whether its types are those of the running kernel',
    ],
  ])('that is not the one to be probed (%s) has W12', async (name, bytes, part) => {
    const { stderr, code } = await probeOf(name, bytes, '--target', 'running');
    expect(stderr).toMatch(/^tspahole: W12: vfs_read: /);
    expect([stderr.includes(part), code]).toEqual([true, 0]);
    expect((await probeOf(name, bytes, '--target', 'running', '--strict', ...LISTS)).code).toBe(1);
    expect((await probeOf(name, bytes)).stderr).toBe('');
  });

  it('that is the one to be probed has none', async () => {
    const image = bzImage(gzipSync(elf), { release: release() });
    expect((await probeOf('vmlinuz', image, '--target', 'running')).stderr).toBe('');
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

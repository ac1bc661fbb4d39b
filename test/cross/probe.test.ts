/** Probes against other programs: registers as perf finds them in DWARF, BPF programs as clang compiles them. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSync, RUNNING_KERNEL_BTF, type TypeTable } from '../../src/index.ts';
import { formatProbes } from '../../src/probe/formats.ts';
import { NO_TRACEFS } from '../../src/probe/targets.ts';
import { argumentsText, expandLine } from '../support/probe.ts';

function runs(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

const BOOT = '/usr/lib/debug/boot';
const debugKernel =
  process.env.TSPAHOLE_VMLINUX_61 ??
  (existsSync(BOOT) ? readdirSync(BOOT) : [])
    .filter((name) => name.startsWith('vmlinux-6.1.'))
    .map((name) => join(BOOT, name))[0];

/** Functions and parameters; each kernel of Debian 12 has them. */
const FUNCTIONS = [
  'vfs_read file count',
  'vfs_write file pos',
  'do_sys_openat2 dfd filename',
  'tcp_sendmsg sk size',
  'wake_up_new_task p',
  'kfree object',
  'submit_bio bio',
  'fput file',
  'do_filp_open dfd pathname op',
  'ip_rcv skb dev',
  'sk_setsockopt sk optlen',
];

/** `file=%di count=%dx` of either, types left out: perf shows typedefs in hex. */
function registers(text: string): string {
  return text.trim().replaceAll(/:[sux]\d+/g, '');
}

describe.skipIf(debugKernel === undefined || !runs('perf', '--version'))(
  'perf probe and a vmlinux of Linux 6.1 with DWARF',
  () => {
    const table = (): TypeTable => loadSync(debugKernel, { formats: ['btf'] }).table();

    it.each(FUNCTIONS)('find the registers of %s', { timeout: 60_000 }, (line) => {
      const args = ['probe', '--vmlinux', debugKernel as string, '-D', line];
      const { stdout } = spawnSync('perf', args, { encoding: 'utf8' });
      const [first = ''] = stdout.split('\n');
      const theirs = first.split(' ').slice(2).join(' ');
      expect(registers(argumentsText(`p ${line}`, table(), { registers: true }))).toBe(registers(theirs));
    });
  },
);

const hasClang =
  runs('clang', '--version') && runs('bpftool', 'version') && existsSync('/usr/include/bpf/bpf_tracing.h');

describe.skipIf(!hasClang || !existsSync(RUNNING_KERNEL_BTF))('clang, bpftool and libbpf', () => {
  it('compile the programs of bpf-c without a warning', { timeout: 120_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'tspahole-bpf-'));
    try {
      const header = spawnSync('bpftool', ['btf', 'dump', 'file', RUNNING_KERNEL_BTF, 'format', 'c'], {
        maxBuffer: 1 << 28,
      });
      writeFileSync(join(folder, 'vmlinux.h'), header.stdout);
      const table = loadSync().table();
      const lines = [
        'p sk_setsockopt $$args optval.user',
        'p do_sock_setsockopt $$args',
        'r vfs_read $retval',
        'p:path vfs_read file->f_path.dentry->d_name.name:string pos[0]',
        'f vfs_read file->f_path.dentry->d_name.name:string pos[0] $$args',
        'f vfs_read%return $retval count',
        't sched_switch prev->pid next->comm:string',
        'p wake_up_new_task p->in_iowait p->comm:string p->mm->mmap_base (task_struct,comm)p->pid',
        'p:user vfs_write text=buf:ustring $$args',
        'p:names vfs_read n=file:%pD d=file->f_path.dentry:%pd',
      ];
      const probes = lines.map((line) => ({
        probe: expandLine(line, table, { target: NO_TRACEFS }),
        source: '',
      }));
      writeFileSync(join(folder, 'probe.c'), formatProbes('bpf-c', probes, false));
      const target = ['-target', 'bpf', '-D__TARGET_ARCH_x86', '-I', folder];
      const args = ['-O2', '-g', '-Wall', '-Werror', ...target, '-c', 'probe.c', '-o', 'probe.o'];
      const { status, stderr } = spawnSync('clang', args, { cwd: folder, encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

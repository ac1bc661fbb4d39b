/**
 * Probes read by the programs they are written for: SystemTap, which resolves them against the DWARF of a kernel, and
 * the kernel's own reader of bootconfig, built from Debian's linux-source-6.1.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadSync, type TypeTable } from '../../src/index.ts';
import { formatProbes, type ProbeFormat } from '../../src/probe/formats.ts';
import { listFunctions } from '../../src/probe/functions.ts';
import { NO_TRACEFS } from '../../src/probe/targets.ts';
import { NO_VMLINUX_61, sample, vmlinux61 } from '../support/kernel-61.ts';
import { expandLine, kernelTable } from '../support/probe.ts';

const folder = mkdtempSync(join(tmpdir(), 'tspahole-tracers-'));
afterAll(() => rmSync(folder, { recursive: true }));

function runs(program: string, ...args: string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}

function written(format: ProbeFormat, lines: readonly string[], table: TypeTable): string {
  const options = format === 'stap' ? { target: NO_TRACEFS } : {};
  const probes = lines.map((line) => ({ probe: expandLine(line, table, options), source: '' }));
  return formatProbes(format, probes, false);
}

/** What SystemTap takes for the tree that a kernel was built in: all that it looks at before types. */
function buildTree(vmlinux: string): string {
  const tree = join(folder, 'build');
  mkdirSync(join(tree, 'include/config'), { recursive: true });
  for (const name of ['.config', 'Makefile', 'Module.symvers']) writeFileSync(join(tree, name), '');
  writeFileSync(join(tree, 'include/config/kernel.release'), '6.1.0\n');
  symlinkSync(vmlinux, join(tree, 'vmlinux'));
  return tree;
}

const hasStap = runs('stap', '--version');
const whyNoStap = hasStap ? NO_VMLINUX_61 : 'stap is not on PATH';

describe.skipIf(!hasStap || vmlinux61 === undefined)(
  `SystemTap and Linux 6.1 (skipped without: ${whyNoStap})`,
  () => {
    const tree = hasStap && vmlinux61 !== undefined ? buildTree(vmlinux61) : '';
    const table = tree === '' ? undefined : loadSync(vmlinux61, { formats: ['btf'] }).table();

    it.each([
      ['p vfs_read $$args file->f_path.dentry->d_name.name:string pos[0] n=file:%pD'],
      ['r vfs_read $retval count'],
      ['p sk_setsockopt $$args optval.user'],
      ['p wake_up_new_task p->in_iowait p->comm:string (task_struct,comm)p->pid p->mm->mmap_base'],
      ['p vfs_write text=buf:ustring pos[0] %di %ax $comm'],
      ['p tcp_sendmsg sk->__sk_common.skc_daddr msg->msg_namelen'],
      ['p do_mmap $$args'],
    ])('take %s', { timeout: 120_000 }, (line) => {
      const script = join(folder, 'probe.stp');
      writeFileSync(script, written('stap', [line], table as TypeTable));
      const { status, stderr } = spawnSync('stap', ['-p2', '-r', tree, script], {
        encoding: 'utf8',
        env: { ...process.env, SYSTEMTAP_DIR: join(folder, 'stap') },
      });
      expect(stderr.replaceAll(/^WARNING: Kernel function symbol table missing.*\n/gm, '')).toBe('');
      expect(status).toBe(0);
    });
  },
);

const SOURCE = '/usr/src/linux-source-6.1.tar.xz';
const PARTS = ['tools/bootconfig', 'lib/bootconfig.c', 'include/linux/bootconfig.h'];
const canBuild = existsSync(SOURCE) && runs('gcc', '--version') && runs('xz', '--version');
const whyNoBuild = 'linux-source-6.1 of Debian, gcc and xz';

/** Builds tools/bootconfig of the kernel's source. */
function buildBootconfig(): string {
  const top = 'linux-source-6.1';
  const unpacked = spawnSync('tar', ['xJf', SOURCE, '-C', folder, ...PARTS.map((part) => `${top}/${part}`)]);
  expect(unpacked.status).toBe(0);
  const program = join(folder, 'bootconfig');
  const tool = join(folder, top, 'tools/bootconfig');
  const sources = [join(tool, 'main.c'), join(folder, top, 'lib/bootconfig.c')];
  const { stderr } = spawnSync('gcc', ['-w', '-I', join(tool, 'include'), ...sources, '-o', program], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return program;
}

describe.skipIf(!canBuild)(`the bootconfig of Linux 6.1 (skipped without: ${whyNoBuild})`, () => {
  it('reads back what was written', { timeout: 180_000 }, () => {
    const program = buildBootconfig();
    const table = kernelTable('6.1');
    const names = sample(
      [...listFunctions(table, '[a-z]*')].map(({ name }) => name),
      20,
    );
    const lines = [
      ...names.map((name) => `p ${name} $$args`),
      'p:one vfs_read file->f_path.dentry->d_name.name:string',
      'p:one vfs_write file->f_path.dentry->d_name.name:string',
      'r:two vfs_read $retval',
      `p:three vfs_read x=\\"text"`,
    ];
    const file = join(folder, 'probes.bconf');
    writeFileSync(file, written('bootconfig', lines, table));
    const { status, stdout, stderr } = spawnSync(program, [file], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.match(/probes = /g)).toHaveLength(lines.length - 1);
    expect(stdout.match(/enable;/g)).toHaveLength(lines.length - 1);
    expect(stdout).toContain('"vfs_read name=+0(+40(+24($arg1))):string", "vfs_write name=');
  });
});

/**
 * Programs for bpftrace, read and run by it in a guest, whose kernel has what bpftrace asks for: the list of functions
 * that can be traced, and BPF for root. Needs what test/e2e/probe.test.ts needs, and bpftrace.
 */

import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { loadSync, type TypeTable } from '../../src/index.ts';
import { formatProbes } from '../../src/probe/formats.ts';
import { NO_TRACEFS } from '../../src/probe/targets.ts';
import { findGuest, type Guest, type GuestFiles, programFiles, runInGuest } from '../support/guest.ts';
import { expandLine } from '../support/probe.ts';

const guest = findGuest('6.12');
const bpftrace = guest === undefined ? undefined : programFiles('bpftrace');
const version = /v(\d+)\.(\d+)/.exec(spawnSync('bpftrace', ['--version'], { encoding: 'utf8' }).stdout ?? '');
/** Raw tracepoints came with 0.18. */
const hasRaw = version !== null && (Number(version[1]) > 0 || Number(version[2]) >= 18);

const LINES = [
  'f vfs_read $$args file->f_path.dentry->d_name.name:string pos[0] n=file:%pD',
  'f vfs_read%return $retval $$args',
  'p sk_setsockopt $$args',
  'f wake_up_new_task p->se.group_node.next->prev p->in_iowait p->comm:string (task_struct,comm)p->pid $comm',
  'p do_mmap $$args',
  ...(hasRaw ? ['t sched_switch prev->pid next->comm:string $$args'] : []),
];

function programs(table: TypeTable): GuestFiles {
  const texts = LINES.map((line, index) => {
    const probe = expandLine(line, table, { target: NO_TRACEFS });
    return [`t${index}.bt`, formatProbes('bpftrace', [{ probe, source: '' }], false)];
  });
  return Object.fromEntries(texts) as GuestFiles;
}

const HEAD = `mkdir -p /tmp /dev
mount -t tmpfs none /tmp
mount -t devtmpfs none /dev
mount -t debugfs none /sys/kernel/debug
`;

describe.skipIf(bpftrace === undefined)(
  'bpftrace in Linux 6.12 (bpftrace, image, qemu and busybox at hand)',
  () => {
    const types = bpftrace === undefined ? undefined : loadSync(guest?.vmlinuz).table();

    it(`takes every program${hasRaw ? '' : ' (raw tracepoints skipped: bpftrace is older than 0.18)'}, and shows the right values`, {
      timeout: 300_000,
    }, () => {
      const script = `${HEAD}for t in ${LINES.map((_, index) => index).join(' ')}; do
  if /usr/bin/bpftrace -d /t$t.bt > /tmp/out 2>&1; then echo "R $t ok"; else echo "R $t $(grep ERROR /tmp/out)"; fi
done
timeout 60 /usr/bin/bpftrace -c '/bin/dd if=/t0.bt of=/dev/null bs=17 count=1' /t0.bt 2>&1 | grep 'dd '
timeout 60 /usr/bin/bpftrace -c '/bin/dd if=/t0.bt of=/dev/null bs=17 count=1' /t1.bt 2>&1 | grep 'dd '`;
      const files = { ...bpftrace, ...programs(types as TypeTable) };
      const lines = runInGuest(guest as Guest, script, files, 1500);
      const results = lines.filter((line) => line.startsWith('R '));
      expect(results).toEqual(LINES.map((_, index) => `R ${index} ok`));
      expect(
        lines.some((line) =>
          /^vfs_read__entry: dd \d+ .*count=17 .*name=t0\.bt pos_0=0 n=t0\.bt$/.test(line),
        ),
      ).toBe(true);
      expect(lines.some((line) => /^vfs_read__exit: dd \d+ retval=17 .*count=17 /.test(line))).toBe(true);
    });
  },
);

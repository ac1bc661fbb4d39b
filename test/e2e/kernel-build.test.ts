/**
 * A kernel build with this program as its pahole: a small Linux and a module are built, booted in qemu, and what the
 * kernel offers as its BTF is what was written. Takes eight minutes of processor time and 2 GB of disk, so it runs
 * only with CI_FULL=1, or with TSPAHOLE_KERNEL_BUILD naming a folder to build in, which is kept and built on. Needs the
 * source of Linux 6.1 (Debian: linux-source-6.1; another archive or tree by TSPAHOLE_LINUX_SOURCE), what its build needs
 * (flex, bison, bc, rsync, libelf-dev), qemu-system-x86 and busybox-static. PAHOLE names another encoder than this
 * program.
 */

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseElf } from '../../src/index.ts';
import { guestPrograms, runInGuest, which } from '../support/guest.ts';

const source = process.env.TSPAHOLE_LINUX_SOURCE ?? '/usr/src/linux-source-6.1.tar.xz';
const pahole = process.env.PAHOLE ?? fileURLToPath(new URL('../../bin/tspahole.js', import.meta.url));
const kept = process.env.TSPAHOLE_KERNEL_BUILD;
const programs = guestPrograms();

/** Why there is no build; undefined where there is one. */
function whyNot(): string | undefined {
  if (kept === undefined && process.env.CI_FULL !== '1') return 'neither CI_FULL=1 nor TSPAHOLE_KERNEL_BUILD';
  if (!existsSync(source)) return `no ${source}`;
  if (programs === undefined) return 'no qemu-system-x86_64 or busybox';
  const missing = ['gcc', 'make', 'flex', 'bison', 'bc', 'rsync'].filter(
    (program) => which(program) === undefined,
  );
  if (missing.length > 0) return `no ${missing.join(', ')}`;
  return existsSync('/usr/include/gelf.h') ? undefined : 'no libelf-dev';
}

const reason = whyNot();

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The hash of the `.BTF` section of a file, and its size in bytes. */
function writtenBtf(path: string): { hash: string; size: number } {
  const bytes = parseElf(readFileSync(path)).section('.BTF')?.data() ?? new Uint8Array(0);
  return { hash: sha256(bytes), size: bytes.length };
}

const SCRIPT = `sha256sum /sys/kernel/btf/vmlinux
insmod /configfs.ko && echo loaded
grep configfs /proc/filesystems
sha256sum /sys/kernel/btf/configfs
dmesg | grep -i -e btf -e 'Linux version'
reboot -f`;

const MINUTES = 60_000;

describe.skipIf(reason !== undefined)(
  `a kernel built with PAHOLE=${pahole}${reason === undefined ? '' : ` (skipped: ${reason})`}`,
  () => {
    const folder = kept ?? mkdtempSync(join(tmpdir(), 'tspahole-kernel-'));
    const build = join(folder, 'build');
    const module = join(build, 'fs/configfs/configfs.ko');
    let log = '';
    let lines: string[] = [];

    beforeAll(() => {
      const script = fileURLToPath(new URL('kernel-build.sh', import.meta.url));
      const env = { ...process.env, PAHOLE: pahole };
      const { status, stderr } = spawnSync(script, [source, folder], { env, encoding: 'utf8' });
      log = existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'latin1') : '';
      if (status !== 0) throw new Error(`the build failed: ${stderr}\n${log.slice(-4000)}`);
      const guest = { ...programs, vmlinuz: join(build, 'arch/x86/boot/bzImage') } as Parameters<
        typeof runInGuest
      >[0];
      lines = runInGuest(guest, SCRIPT, { 'configfs.ko': readFileSync(module) });
    }, 60 * MINUTES);
    afterAll(() => {
      if (kept === undefined) rmSync(folder, { recursive: true });
    });

    it('resolves all of its BTF ids', () => {
      expect(log).toMatch(/^ {2}BTFIDS +vmlinux$/m);
      expect(log).toMatch(/^ {2}BTF \[M\] fs\/configfs\/configfs.ko$/m);
      expect(log.split('\n').filter((line) => /WARN|FAILED|[Uu]nresolved/.test(line))).toEqual([]);
    });

    it('boots, and offers the types that were written', () => {
      const { hash, size } = writtenBtf(join(build, 'vmlinux'));
      expect(size).toBeGreaterThan(500_000);
      expect(lines).toContain(`${hash}  /sys/kernel/btf/vmlinux`);
    });

    it('loads the module, and offers its types', () => {
      const { hash, size } = writtenBtf(module);
      expect(size).toBeGreaterThan(1000);
      expect(lines).toContain('loaded');
      expect(lines.some((line) => /\bconfigfs$/.test(line))).toBe(true);
      expect(lines).toContain(`${hash}  /sys/kernel/btf/configfs`);
    });

    it('has no complaints', () => {
      expect(lines.some((line) => line.includes('Linux version 6.1'))).toBe(true);
      expect(lines.filter((line) => /btf/i.test(line) && !line.includes('/sys/kernel/btf/'))).toEqual([]);
    });
  },
);

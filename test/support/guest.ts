/** Boots a kernel in qemu, without acceleration and within a time, and gives what its console shows. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What is needed to boot a kernel. */
export interface GuestPrograms {
  readonly qemu: string;
  readonly busybox: string;
}

/** A kernel image, and what is needed to boot it. */
export interface Guest extends GuestPrograms {
  readonly vmlinuz: string;
}

/** Whether a program is on PATH, and where. */
export function which(program: string): string | undefined {
  const found = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : undefined;
}

/**
 * Kernel images in /boot, or in the folder TSPAHOLE_KERNELS, whose version begins so. Undefined where qemu, a static
 * busybox or the image is missing.
 */
export function findGuest(version: string): Guest | undefined {
  const folder = process.env.TSPAHOLE_KERNELS ?? '/boot';
  const images = existsSync(folder) ? readdirSync(folder) : [];
  const image = images.find((name) => name.startsWith(`vmlinuz-${version}.`));
  const programs = guestPrograms();
  if (image === undefined || programs === undefined) return undefined;
  return { vmlinuz: join(folder, image), ...programs };
}

/** The programs on PATH; undefined where one is missing. */
export function guestPrograms(): GuestPrograms | undefined {
  const qemu = which('qemu-system-x86_64');
  const busybox = which('busybox');
  return qemu === undefined || busybox === undefined ? undefined : { qemu, busybox };
}

/** One file of an initial file system. */
interface Entry {
  readonly name: string;
  readonly mode: number;
  readonly data: Uint8Array;
}

/** An archive as cpio's "newc" has it. */
function cpio(entries: readonly Entry[]): Buffer {
  const parts = [...entries, { name: 'TRAILER!!!', mode: 0, data: new Uint8Array(0) }].flatMap(
    (entry, index) => {
      const fields = [
        index + 1,
        entry.mode,
        0,
        0,
        1,
        0,
        entry.data.length,
        0,
        0,
        0,
        0,
        entry.name.length + 1,
        0,
      ];
      const head = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}${entry.name}\0`;
      return [padded(Buffer.from(head)), padded(Buffer.from(entry.data))];
    },
  );
  return Buffer.concat(parts);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
}

const DIRECTORY = 0o040755;
const PROGRAM = 0o100755;
const FILE = 0o100644;
const BEGIN = '@@BEGIN';

const HEAD = `#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc none /proc
mount -t sysfs none /sys
mount -t tracefs none /sys/kernel/tracing
cd /sys/kernel/tracing
echo ${BEGIN}
`;

/** Files by path, without the first slash; what is bytes may be run. */
export type GuestFiles = Readonly<Record<string, string | Uint8Array>>;

/** A dynamic program of this machine, and the libraries that it loads; undefined where it is not on PATH. */
export function programFiles(program: string): GuestFiles | undefined {
  const path = which(program);
  if (path === undefined) return undefined;
  const { stdout } = spawnSync('ldd', [path], { encoding: 'utf8' });
  const libraries = [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, library = '']) => library);
  return Object.fromEntries([path, ...libraries].map((each) => [each.slice(1), readFileSync(each)]));
}

/** Folders that hold a path, the outermost first. */
function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * Boots the kernel, runs a script of busybox's shell in the folder of tracefs, and gives the lines it prints.
 * `memory` is in MiB.
 */
export function runInGuest(guest: Guest, script: string, files: GuestFiles, memory = 384): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'tspahole-guest-'));
  try {
    const initrd = join(folder, 'initrd');
    const folders = new Set(['bin', 'proc', 'sys', ...Object.keys(files).flatMap(foldersOf)]);
    const directories = [...folders].map((name) => ({
      name,
      mode: DIRECTORY,
      data: new Uint8Array(0),
    }));
    const init = Buffer.from(`${HEAD}${script}\npoweroff -f\n`);
    const entries: Entry[] = [
      ...directories,
      { name: 'bin/busybox', mode: PROGRAM, data: readFileSync(guest.busybox) },
      { name: 'init', mode: PROGRAM, data: init },
      ...Object.entries(files).map(([name, contents]) => ({
        name,
        mode: typeof contents === 'string' ? FILE : PROGRAM,
        data: Buffer.from(contents),
      })),
    ];
    writeFileSync(initrd, cpio(entries));
    return boot(guest, initrd, memory);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** On a busy machine a guest's timers may fail while it boots: then it is booted again. */
function boot(guest: Guest, initrd: string, memory: number, attempts = 3): string[] {
  const { qemu, vmlinuz } = guest;
  const machine = [
    '-machine',
    'q35,accel=tcg',
    '-cpu',
    'max',
    '-m',
    `${memory}M`,
    '-nodefaults',
    '-display',
    'none',
  ];
  const devices = ['-serial', 'stdio', '-net', 'none', '-no-reboot', '-kernel', vmlinuz, '-initrd', initrd];
  const append = ['-append', 'console=ttyS0 quiet panic=-1'];
  const { stdout } = spawnSync(qemu, [...machine, ...devices, ...append], {
    encoding: 'utf8',
    timeout: 240_000,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 26,
  });
  const lines = stdout.replaceAll('\r', '').split('\n');
  const begin = lines.indexOf(BEGIN);
  if (begin >= 0) return lines.slice(begin + 1);
  if (attempts > 1) return boot(guest, initrd, memory, attempts - 1);
  throw new Error(`the guest did not come up: ${lines.slice(-5).join(' | ')}`);
}

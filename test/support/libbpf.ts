/**
 * libbpf as a witness of relocations, without a kernel: libbpf-relocate.c, compiled for this machine, and for a
 * big-endian one that qemu emulates, because libbpf computes in the byte order that it is compiled for. The latter needs
 * gcc-s390x-linux-gnu, qemu-user-static and Debian's libbpf-dev, libbpf1, libelf1, zlib1g, libzstd1 and libc6 of s390x:
 * installed, or unpacked (`dpkg -x`) into a folder that TSPAHOLE_S390X names.
 */

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Endian, hostEndian } from '../../src/model/bytes.ts';
import { which } from './guest.ts';

/** A program that relocates with libbpf. */
export interface Libbpf {
  /** As `v1.1`. */
  readonly version: string;
  /** The program, behind what runs it. */
  readonly command: readonly string[];
}

/** What libbpf made of an object. */
export interface LibbpfResult {
  readonly log: string;
  /** Number of the error with which the object is refused, or 0. */
  readonly error: number;
  /** Instructions of each program, by its name; none where the object is refused. */
  readonly programs: ReadonlyMap<string, Buffer>;
}

interface Machine {
  readonly compiler: string;
  readonly options: readonly string[];
  readonly emulator: readonly string[];
}

const source = fileURLToPath(new URL('libbpf-relocate.c', import.meta.url));

/** Compiles the program for a byte order into a folder; where it cannot be, why not. */
export function buildLibbpf(endian: Endian, directory: string): Libbpf | string {
  const machine = endian === hostEndian ? native : emulated();
  if (typeof machine === 'string') return machine;
  const program = join(directory, `libbpf-relocate-${endian}`);
  const words = [...machine.options, source, '-lbpf', '-o', program];
  const compiled = spawnSync(machine.compiler, words, { encoding: 'utf8' });
  if (compiled.error !== undefined) return `no ${machine.compiler}`;
  if (compiled.status !== 0) return complaint(machine.compiler, compiled.stderr);
  const command = [...machine.emulator, program];
  const { status, stdout, stderr } = run(command, []);
  return status === 0 ? { version: stdout.trim(), command } : complaint(command[0] ?? '', stderr);
}

const native: Machine = { compiler: 'cc', options: [], emulator: [] };

function emulated(): Machine | string {
  if (hostEndian === 'big') return 'no emulated machine is little-endian';
  const emulator = which('qemu-s390x') ?? which('qemu-s390x-static');
  if (emulator === undefined) return 'no qemu-s390x';
  const root = process.env.TSPAHOLE_S390X ?? '/';
  const headers = ['-idirafter', join(root, 'usr/include')];
  // What libbpf itself needs is found when the program is run.
  const libraries = ['-L', join(root, 'usr/lib/s390x-linux-gnu'), '-Wl,--allow-shlib-undefined'];
  return {
    compiler: 's390x-linux-gnu-gcc',
    options: [...headers, ...libraries],
    emulator: [emulator, '-L', root],
  };
}

function complaint(program: string, stderr: string): string {
  const text = /fatal error: .*|cannot .*/.exec(stderr)?.[0] ?? stderr.trim().split('\n')[0];
  return `${program}: ${text}`;
}

/** Has libbpf relocate an object for the types of a file. */
export function relocateByLibbpf({ command }: Libbpf, types: string, object: string): LibbpfResult {
  const { stdout } = run(command, [types, object]);
  const error = /^loaded (\d+)$/m.exec(stdout)?.[1];
  if (error === undefined) throw new Error(`libbpf does not open ${object}: ${stdout}`);
  const programs = [...stdout.matchAll(/^program (\S+) ([0-9a-f]*)$/gm)].map(
    ([, name = '', code = '']) => [name, Buffer.from(code, 'hex')] as const,
  );
  return { log: stdout, error: Number(error), programs: new Map(programs) };
}

function run([program = '', ...options]: readonly string[], words: readonly string[]) {
  return spawnSync(program, [...options, ...words], { encoding: 'utf8', maxBuffer: 1 << 28 });
}

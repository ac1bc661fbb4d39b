/**
 * The kernel's tests of CO-RE: programs (test_core_reloc_*) and the types that they are relocated for
 * (btf__core_reloc_*), unpacked from the source of Linux that TSPAHOLE_LINUX_SOURCE names, or from that of Debian's
 * linux-source-6.1, and compiled by clang for both byte orders. Every program is relocated for all types; the log of
 * `bpftool -d gen min_core_btf` (BPFTOOL names another than the one on PATH) tells what libbpf finds, and whether it
 * fails; libbpf itself (support/libbpf.ts) what becomes of the instructions.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBtf } from '../../src/btf/encode.ts';
import { formatAccess } from '../../src/core/access.ts';
import { minimize } from '../../src/core/minimize.ts';
import { type RelocatedObject, relocateObject } from '../../src/core/relocate.ts';
import { type CoreOutcome, resolveRelocations } from '../../src/core/resolve.ts';
import type { Endian } from '../../src/model/bytes.ts';
import { TspaholeError } from '../../src/model/errors.ts';
import { findClang } from '../support/compilers.ts';
import { accessLines, logged, readObject, resolvedLines, targetOf } from '../support/core.ts';
import { buildLibbpf, type Libbpf, type LibbpfResult, relocateByLibbpf } from '../support/libbpf.ts';

const archive = process.env.TSPAHOLE_LINUX_SOURCE ?? '/usr/src/linux-source-6.1.tar.xz';
const clang = findClang();
const bpftool = process.env.BPFTOOL ?? 'bpftool';
const version = spawnSync(bpftool, ['version'], { encoding: 'utf8' }).stdout?.split('\n')[0] ?? 'none';
const obstacle = clang === undefined ? 'no clang for BPF' : existsSync(archive) ? undefined : `no ${archive}`;

const directory = mkdtempSync(join(tmpdir(), 'tspahole-core-selftests-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Helpers that the programs call; the kernel makes this header of its own documentation. */
const HELPERS = [
  'static long (*bpf_probe_read_kernel)(void *, unsigned, const void *) = (void *)113;',
  'static unsigned long long (*bpf_get_current_pid_tgid)(void) = (void *)14;',
  'static unsigned long long (*bpf_get_current_task)(void) = (void *)35;',
  'static long (*bpf_get_current_comm)(void *, unsigned) = (void *)16;',
  'static long (*bpf_probe_read_kernel_str)(void *, unsigned, const void *) = (void *)115;',
  'static long (*bpf_probe_read_user)(void *, unsigned, const void *) = (void *)112;',
  'static long (*bpf_probe_read_user_str)(void *, unsigned, const void *) = (void *)114;',
  'static long (*bpf_probe_read)(void *, unsigned, const void *) = (void *)4;',
  'static long (*bpf_probe_read_str)(void *, unsigned, const void *) = (void *)45;',
  'static long (*bpf_trace_printk)(const char *, unsigned, ...) = (void *)6;',
];

const UNPACKED = [
  '*/selftests/bpf/progs/*core_reloc*',
  '*/tools/lib/bpf/bpf_helpers.h',
  '*/tools/lib/bpf/bpf_core_read.h',
  '*/tools/include/uapi/linux/bpf.h',
  '*/tools/include/uapi/linux/bpf_common.h',
];

const path = (name: string): string => join(directory, name);
/** Files of this beginning, without their ending. */
const named = (prefix: string, suffix: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.startsWith(prefix) && name.endsWith(suffix))
    .sort();

/** Programs for a module, and for types that need a header of the kernel, are others' matter. */
function isCompilable(source: string): boolean {
  return !readFileSync(path(source), 'utf8').includes('vmlinux.h');
}

function compile(source: string, target: string): void {
  const object = `${target}-${source.replace(/\.c$/, '.o')}`;
  const includes = ['-I', directory, '-I', path('include'), '-idirafter', '/usr/include'];
  const multiarch = ['x86_64-linux-gnu', 'aarch64-linux-gnu'].flatMap((name) => [
    '-idirafter',
    `/usr/include/${name}`,
  ]);
  const words = ['-target', target, '-mcpu=v3', '-O2', '-g', '-w', ...includes, ...multiarch];
  const { stderr } = spawnSync(clang as string, [...words, '-c', path(source), '-o', path(object)], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
}

describe.skipIf(obstacle !== undefined)(
  `selftests of CO-RE${obstacle === undefined ? '' : ` (skipped: ${obstacle})`}`,
  () => {
    beforeAll(() => {
      const flat = [
        '--transform',
        's,.*/uapi/linux/,include/linux/,;s,.*/lib/bpf/,include/bpf/,;s,.*/progs/,,',
      ];
      const words = ['-xf', archive, '-C', directory, '--wildcards', ...UNPACKED, ...flat];
      expect(spawnSync('tar', words, { encoding: 'utf8' }).stderr).toBe('');
      writeFileSync(path('include/bpf/bpf_helper_defs.h'), `${HELPERS.join('\n')}\n`);
      for (const source of named('', '.c').filter(isCompilable)) {
        compile(source, 'bpfel');
        compile(source, 'bpfeb');
      }
    }, 300_000);

    it.each(['bpfel', 'bpfeb'])('are all there for %s', (machine) => {
      expect(named(`${machine}-test_`, '.o').length).toBeGreaterThanOrEqual(16);
      expect(named(`${machine}-btf__`, '.o').length).toBeGreaterThanOrEqual(60);
    });

    it('big-endian programs find the same', () => {
      for (const program of named('bpfeb-test_core_reloc_bitfields', '.o')) {
        const [big, little] = [readObject(path(program)), readObject(path(program.replace('eb', 'el')))];
        for (const types of named('bpfeb-btf__core_reloc_bitfields', '.o')) {
          const target = targetOf(path(types));
          const ofLittle = resolvedLines(little, targetOf(path(types.replace('eb', 'el'))));
          expect(withoutBits(resolvedLines(big, target))).toEqual(withoutBits(ofLittle));
          const shifts = resolveRelocations(big.relocations, { local: big.table, target }).filter(
            ({ relocation }) => relocation.kind === 4,
          );
          for (const { outcome } of shifts) checkShift(outcome);
          expect(shifts.length).toBeGreaterThan(0);
        }
      }
    });

    describe.skipIf(!version.startsWith('bpftool v7.'))(`with bpftool 7 (found: ${version})`, () => {
      it('every program finds in all types what libbpf finds, and fails where it does', () => {
        let found = 0;
        let failures = 0;
        for (const [program, types] of pairs('bpfel')) {
          const { stdout, stderr, status } = generate(path(types), path(program));
          const own = resolvedLines(readObject(path(program)), targetOf(path(types)));
          expect(own, `${program} for ${types}`).toEqual(logged(stdout + stderr));
          found += own.length;
          if (hasFailure(program, types)) {
            failures++;
            expect(status, `${program} for ${types}`).not.toBe(0);
          }
        }
        expect(found).toBeGreaterThan(1000);
        expect(failures).toBeGreaterThanOrEqual(5);
      }, 300_000);

      it('the BTF that programs need is that of bpftool', ({ skip }) => {
        // Before 7.8 the header was shorter.
        skip(version !== 'bpftool v7.8.0', `of ${version}`);
        for (const [program, types] of pairs('bpfel')) {
          const { status } = generate(path(types), path(program));
          if (status !== 0) continue;
          const table = minimize(targetOf(path(types)), [readObject(path(program))]);
          expect(Buffer.from(encodeBtf(table, { headerSize: 32 })), `${program} for ${types}`).toEqual(
            readFileSync(path('minimal.btf')),
          );
        }
      }, 300_000);
    });

    describe.each<Endian>(['little', 'big'])('%s-endian', (endian) => {
      const libbpf = buildLibbpf(endian, directory);
      const found = typeof libbpf === 'string' ? `skipped: ${libbpf}` : libbpf.version;

      it.skipIf(typeof libbpf === 'string')(
        `accesses, instructions and errors are those of libbpf (${found})`,
        () => compareAll(libbpf as Libbpf, endian === 'little' ? 'bpfel' : 'bpfeb'),
        300_000,
      );
    });
  },
);

function compareAll(libbpf: Libbpf, machine: string): void {
  let instructions = 0;
  let failures = 0;
  for (const [program, types] of pairs(machine)) {
    const own = relocateObject(readObject(path(program)), { target: targetOf(path(types)) });
    const theirs = relocateByLibbpf(libbpf, path(types), path(program));
    const label = `${program} for ${types}`;
    expect(accessLines(own.resolutions), label).toEqual(logged(theirs.log));
    expect(errorNumbers(own), label).toContain(theirs.error);
    if (theirs.error !== 0) failures++;
    else instructions += compareInstructions(own, theirs, label);
  }
  expect(instructions).toBeGreaterThan(600);
  expect(failures).toBeGreaterThanOrEqual(5);
}

/** Every program, with each of the types of the kernel's test of it. */
function pairs(machine: string): (readonly [program: string, types: string])[] {
  return named(`${machine}-test_`, '.o').flatMap((program) => {
    const name = program.replace(`${machine}-test_`, '').replace(/(_direct|_probed)?\.o$/, '');
    return named(`${machine}-btf__${name}`, '.o').map((types) => [program, types] as const);
  });
}

function generate(types: string, program: string): { stdout: string; stderr: string; status: number | null } {
  return spawnSync(bpftool, ['-d', 'gen', 'min_core_btf', types, path('minimal.btf'), program], {
    encoding: 'utf8',
  });
}

function hasFailure(program: string, types: string): boolean {
  const object = readObject(path(program));
  try {
    minimize(targetOf(path(types)), [object]);
    return false;
  } catch (error) {
    if (error instanceof TspaholeError) return true;
    throw error;
  }
}

/** EINVAL; E2BIG, ERANGE, EOPNOTSUPP (linux asm-generic/errno.h). */
const ERROR_NUMBERS: Readonly<Record<string, readonly number[]>> = {
  'bad-data': [22],
  ambiguous: [22],
  unsupported: [7, 34, 95],
};

/** The errors with which libbpf may refuse the object: for the first relocation that fails. */
function errorNumbers({ resolutions }: RelocatedObject): readonly number[] {
  for (const { outcome } of resolutions) {
    if (outcome.status === 'failed') return ERROR_NUMBERS[outcome.error.code] ?? [];
  }
  return [0];
}

/** Compares the relocated instructions, and gives their number: others are those that a loader fills in. */
function compareInstructions(own: RelocatedObject, { programs }: LibbpfResult, label: string): number {
  for (const { relocation, spec } of own.resolutions) {
    const { function: owner, insnOffset, sectionName } = relocation;
    const start = owner?.start ?? 0;
    const size = owner?.section.data()[insnOffset] === LDDW ? 16 : 8;
    const ours = own.code.get(sectionName)?.subarray(insnOffset, insnOffset + size) ?? [];
    const theirs = programs
      .get(owner?.name ?? '')
      ?.toString('hex', insnOffset - start, insnOffset - start + size);
    const what = `${label}: ${spec === undefined ? '' : formatAccess(spec)}`;
    expect(Buffer.from(ours).toString('hex'), what).toBe(theirs);
  }
  return own.resolutions.length;
}

/** An instruction with a 64-bit immediate, in two halves. */
const LDDW = 0x18;

/** Each line once: compilers order instructions otherwise, and count the bits of bitfields from the other end. */
function withoutBits(lines: readonly string[]): string[] {
  return [...new Set(lines.map((line) => line.replace(/ @ offset [\d.]+\)/, ')')))].sort();
}

/** Behind the shift the first bit of a big-endian field is the highest: it is as far in its byte as in the type. */
function checkShift(outcome: CoreOutcome): void {
  if (outcome.status !== 'resolved' || outcome.spec === undefined) return;
  expect(Number(outcome.value) % 8).toBe(outcome.spec.bitOffset % 8);
}

/**
 * `header --from`: compiled with the header of all types of a kernel, and again with that of the types that the
 * object uses, a BPF program has the same code, data and relocations. The kernel is the running one, or that of
 * TSPAHOLE_VMLINUX.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeBtf, decodeBtfExt, memorySource, parseElf, RUNNING_KERNEL_BTF } from '../../src/index.ts';
import { findClang } from '../support/compilers.ts';
import { runCli } from '../support/run-cli.ts';

const kernel = process.env.TSPAHOLE_VMLINUX ?? RUNNING_KERNEL_BTF;
const clang = findClang();
const canRun = clang !== undefined && existsSync(kernel);

const directory = mkdtempSync(join(tmpdir(), 'tspahole-from-'));
afterAll(() => rmSync(directory, { recursive: true }));

const PROGRAMS = {
  'switches.bpf.c': '../../examples/header/switches.bpf.c',
  'fields.bpf.c': '../fixtures/programs/fields.bpf.c',
  'packets.bpf.c': '../fixtures/programs/packets.bpf.c',
};

async function writeHeader(...args: string[]): Promise<number> {
  const path = join(directory, 'vmlinux.h');
  const { code, stderr } = await runCli(['header', '-F', 'btf', '-o', path, ...args, kernel]);
  expect([code, stderr]).toEqual([0, '']);
  return statSync(path).size;
}

function compile(source: string, object: string): void {
  const path = fileURLToPath(new URL(source, import.meta.url));
  const words = ['-target', 'bpf', '-mcpu=v3', '-g', '-O2', '-w', '-I', directory, '-c', path, '-o', object];
  expect(spawnSync(clang as string, words, { encoding: 'utf8' }).stderr).toBe('');
}

/** What a loader makes a program from: its sections and their relocations, and those of CO-RE by their types. */
function programOf(object: string): unknown {
  const elf = parseElf(memorySource(readFileSync(object)));
  const isOfProgram = (name: string): boolean =>
    !/^(?:|\.rel(?:a)?)\.(?:BTF|debug|symtab|strtab|llvm)/.test(name);
  const sections = elf.sections.filter(({ name }) => isOfProgram(name));
  const table = decodeBtf(elf.section('.BTF')?.data() as Uint8Array);
  const ext = decodeBtfExt(elf.section('.BTF.ext')?.data() as Uint8Array, table);
  const relocations = ext.relocations.map((section) => [
    section.name,
    ...section.records.map((record) => [
      record.insnOffset,
      table.name(record.typeId),
      record.access,
      record.kind,
    ]),
  ]);
  const contents = sections.map((section) => [section.name, Buffer.from(section.data()).toString('hex')]);
  return { contents, relocations };
}

describe.skipIf(!canRun)(`header --from (skipped without clang and BTF in ${kernel})`, () => {
  it.each(Object.entries(PROGRAMS))('%s', { timeout: 120_000 }, async (name, source) => {
    const object = join(directory, `${name}.o`);
    const whole = await writeHeader();
    compile(source, object);
    const before = programOf(object);
    const part = await writeHeader('--from', object);
    expect(part).toBeLessThan(whole / 2);
    compile(source, object);
    expect(programOf(object)).toEqual(before);
  });
});

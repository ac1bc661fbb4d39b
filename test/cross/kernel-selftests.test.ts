/**
 * The sources with which the kernel tests libbpf's printing of C (btf_dump_test_case_*), each of which holds the
 * expected text. They are unpacked from the source of Linux that TSPAHOLE_LINUX_SOURCE names, or from that of
 * Debian's linux-source-6.1. Headers for bpftool give that text; those that compile everywhere give it with the
 * corrections that are listed here.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeBpftoolHeader } from '../../src/emit/header/bpftool-header.ts';
import { BPFTOOL_EPILOGUE, BPFTOOL_PROLOGUE, epilogue, prologue } from '../../src/emit/header/frame.ts';
import { writeHeader } from '../../src/emit/header/header.ts';
import type { HeaderSink } from '../../src/emit/header/module.ts';
import { loadSync, type TypeId, type TypeTable } from '../../src/index.ts';
import { C_COMPILERS, compile, findClang, works } from '../support/compilers.ts';

const archive = process.env.TSPAHOLE_LINUX_SOURCE ?? '/usr/src/linux-source-6.1.tar.xz';
const clang = findClang();
const canRun = clang !== undefined && existsSync(archive);

const directory = mkdtempSync(join(tmpdir(), 'tspahole-selftests-'));
afterAll(() => rmSync(directory, { recursive: true }));

const CASES = ['bitfields', 'multidim', 'namespacing', 'ordering', 'packing', 'padding', 'syntax'] as const;

/** What a correct header has in place of the expected text, and why. docs/headers.md has the same rules. */
const CORRECTIONS: Readonly<Record<string, readonly (readonly [rule: string, from: RegExp, to: string])[]>> =
  {
    namespacing: [['an enum without enumerators has no size', /^enum Z;$/m, 'enum Z {\n\t__enum_ID,\n};']],
    syntax: [
      ['restrict is no word of gnu89', /\brestrict\b/g, '__restrict'],
      ['the type has another size than that of the compiler', /volatile long double/, 'volatile long_double'],
      ['which needs a definition', /(?=struct float_struct \{)/, 'typedef double long_double;\n\n'],
    ],
  };

/** Asks for all types in the order of their ids, as the kernel's test does. */
function allTypes({ end }: TypeTable): TypeId[] {
  return Array.from({ length: end - 1 }, (_, index) => index + 1);
}

/** The text without what surrounds the types, and without empty lines. */
function typesOf(write: (sink: HeaderSink) => void, before: string, after: string): string {
  const chunks: Buffer[] = [];
  write((bytes) => void chunks.push(Buffer.from(bytes)));
  const text = Buffer.concat(chunks).toString('latin1');
  expect(text.startsWith(before) && text.endsWith(after)).toBe(true);
  return withoutEmptyLines(text.slice(before.length, -after.length));
}

function withoutEmptyLines(text: string): string {
  return text.replaceAll(/\n{2,}/g, '\n').trim();
}

/** The comments between the marks, whose lines begin behind a `*`. */
function expectedText(source: string): string {
  const parts = source.split('START-EXPECTED-OUTPUT').slice(1);
  const lines = parts.flatMap((part) => part.split('END-EXPECTED-OUTPUT')[0]?.split('\n') ?? []);
  const expected = lines.filter((line) => !/\/\*|\*\/|^ -+/.test(line));
  return withoutEmptyLines(expected.map((line) => line.replace(/^[ \t]*\*/, '')).join('\n'));
}

const sourceOf = (name: string): string =>
  readFileSync(join(directory, `btf_dump_test_case_${name}.c`), 'utf8');

function tableOf(name: string): TypeTable {
  const object = join(directory, `${name}.o`);
  const source = join(directory, `btf_dump_test_case_${name}.c`);
  const words = ['-target', 'bpf', '-g', '-w', '-c', source, '-o', object];
  expect(spawnSync(clang as string, words, { encoding: 'utf8' }).stderr).toBe('');
  return loadSync(object, { formats: ['btf'] }).table();
}

describe.skipIf(!canRun)(`selftests of libbpf's C (skipped without ${archive} and clang)`, () => {
  beforeAll(() => {
    const pattern = '*/selftests/bpf/progs/btf_dump_test_case_*.c';
    const words = ['-xf', archive, '-C', directory, '--wildcards', pattern, '--transform', 's,.*/,,'];
    expect(spawnSync('tar', words, { encoding: 'utf8' }).stderr).toBe('');
  }, 300_000);

  it('are these', () => {
    const names = readdirSync(directory).filter((name) => /^btf_dump.*\.c$/.test(name));
    expect(names.sort()).toEqual(CASES.map((name) => `btf_dump_test_case_${name}.c`));
  });

  it.each(CASES)('%s: the header of bpftool is the expected text', (name) => {
    const table = tableOf(name);
    const own = typesOf(
      (sink) => writeBpftoolHeader(table, sink, { rootIds: allTypes(table) }),
      BPFTOOL_PROLOGUE,
      BPFTOOL_EPILOGUE,
    );
    expect(own).toBe(expectedText(sourceOf(name)));
  });

  it.each(CASES)('%s: the correct header is that text with corrections', (name) => {
    const table = tableOf(name);
    const frame = { language: 'c', guard: '__VMLINUX_H__', preservesAccessIndex: true } as const;
    const own = typesOf(
      (sink) => writeHeader(table, sink, { roots: allTypes(table) }),
      prologue(frame),
      epilogue(frame),
    );
    let expected = expectedText(sourceOf(name));
    for (const [rule, from, to] of CORRECTIONS[name] ?? []) {
      expect(expected, rule).toMatch(from);
      expected = expected.replace(from, to);
    }
    expect(own.replaceAll(/__enum_\d+/g, '__enum_ID')).toBe(withoutEmptyLines(expected));
  });

  describe.each(C_COMPILERS)('%s', (command) => {
    const compiler = { command, suffix: 'c', directory } as const;
    const isThere = canRun && works(compiler);
    const skipped = isThere ? '' : ' (skipped: there is no such compiler)';

    it.skipIf(!isThere)(`gives all types their layout${skipped}`, () => {
      for (const name of CASES) {
        const chunks: Buffer[] = [];
        writeHeader(tableOf(name), (bytes) => void chunks.push(Buffer.from(bytes)), { asserts: true });
        expect(compile(compiler, Buffer.concat(chunks)), name).toBe('');
      }
    });
  });
});

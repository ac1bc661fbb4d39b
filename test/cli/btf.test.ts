/** `tspahole btf`: the commands for BTF. */

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { arm64Image, bzImage } from '../support/boot-image.ts';
import { btf, constOf, int, ptr, struct, type TypeRecord } from '../support/btf-writer.ts';
import { writeElf } from '../support/elf-writer.ts';
import { everyKind } from '../support/every-kind.ts';
import { fixturePath } from '../support/fixtures.ts';
import { noKernel, whereAsked } from '../support/kernel.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'tspahole-btf-'));
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string): string => join(folder, name);
const put = (name: string, bytes: Uint8Array): string => {
  writeFileSync(path(name), bytes);
  return path(name);
};
const every = put('every.btf', btf(everyKind));
const base = put('base.btf', btf([int('int', 4), struct('s', 4, [['m', 1, 0]]), ptr(2)]));
const baseTable = decodeBtf(readFileSync(base));
const splitOf = (records: readonly TypeRecord[]): Uint8Array =>
  btf(records, { base: { types: baseTable.end, stringBytes: baseTable.strings.end } });
const split = put('split.btf', splitOf([constOf(3), struct('own', 8, [['p', 3, 0]]), ptr(2)]));

const run = (...args: string[]): Promise<CliResult> => runCli(['btf', ...args]);
const text = async (...args: string[]): Promise<string> => (await run(...args)).stdout.toString('latin1');
const golden = (form: string): string => readFileSync(fixturePath(`raw/every-kind.${form}.golden`), 'latin1');

describe('btf dump', () => {
  it('prints what bpftool 7.8 prints', async () => {
    expect(await text('dump', 'file', every)).toBe(golden('text'));
    expect(await text('dump', 'file', every, 'format', 'raw')).toBe(golden('text'));
    expect(await text('dump', '-j', 'file', every)).toBe(golden('json'));
    expect(await text('dump', '-p', 'file', every)).toBe(golden('pretty'));
    expect(await text('dump', '-j', '-p', 'file', every)).toBe(golden('pretty'));
  });

  it('reads boot images and compressed files', async () => {
    const elf = writeElf({
      wordSize: 8,
      endian: 'little',
      sections: [{ name: '.BTF', data: btf(everyKind) }],
    });
    const packed = [
      put('vmlinuz', bzImage(gzipSync(elf))),
      put('Image', arm64Image(btf(everyKind))),
      put('module.ko.gz', gzipSync(elf)),
    ];
    for (const file of packed) expect(await text('dump', 'file', file)).toBe(golden('text'));
    expect((await run('dump', 'file', put('no-btf.gz', gzipSync('text')))).stderr).toContain(
      'no .BTF section',
    );
  });

  it('takes abbreviated words and ids of any base', async () => {
    const expected =
      "[3] PTR '(anon)' type_id=2\n[1] INT 'int' size=4 bits_offset=0 nr_bits=32 encoding=(none)\n";
    expect(await text('dump', 'f', base, 'r', '0x3', 'root', '01', 'fo', 'raw')).toBe(expected);
  });

  it('prints the types of a split part only', async () => {
    expect(await text('dump', '-B', base, 'file', split)).toBe(
      "[4] CONST '(anon)' type_id=3\n" +
        "[5] STRUCT 'own' size=8 vlen=1\n\t'p' type_id=3 bits_offset=0\n" +
        "[6] PTR '(anon)' type_id=2\n",
    );
  });

  it('merges several files on their base', async () => {
    const again = put('again.btf', splitOf([constOf(3), constOf(4)]));
    expect(await text('dump', '-B', base, 'file', split, 'file', again)).toBe(
      "[4] CONST '(anon)' type_id=3\n" +
        "[5] STRUCT 'own' size=8 vlen=1\n\t'p' type_id=3 bits_offset=0\n" +
        "[6] CONST '(anon)' type_id=4\n",
    );
  });

  it('prints the header that bpftool 7.8 prints', async () => {
    const peer = readFileSync(fixturePath('header/enums.h'), 'latin1');
    expect(await text('dump', 'file', fixturePath('enums.btf'), 'format', 'c')).toBe(peer);
  });

  it('prints headers of what is asked for, in the order of the ids with `unsorted`', async () => {
    const definitions = async (...args: string[]): Promise<string[] | null> =>
      (await text('dump', ...args, 'format', 'c')).match(/^struct \w+(?= \{)/gm);
    expect(await definitions('-B', base, 'file', split)).toEqual(['struct own', 'struct s']);
    expect(await definitions('-B', base, 'file', split, 'unsorted')).toEqual(['struct s', 'struct own']);
    expect(await definitions('-B', base, 'file', split, 'root_id', '5')).toEqual(['struct own']);
  });

  it.each<[string, string[], number, string]>([
    ['no source', [], 2, "expecting a source of types: 'file' and a path"],
    ['another source', ['prog', 'id'], 2, "unrecognized BTF source specifier: 'prog'"],
    ['no path', ['file'], 2, "expecting a path for 'file'"],
    ['no such file', ['file', '/nonexistent'], 1, '/nonexistent'],
    ['an unknown word', ['file', every, 'sorted'], 2, "unrecognized option: 'sorted'"],
    ['an unknown format', ['file', every, 'format', 'x'], 2, "'x', possible values: raw, c"],
    ['a header as JSON', ['-j', 'file', every, 'format', 'c'], 2, 'JSON output for C-syntax dump is not'],
    [
      'a root of a header too large',
      ['file', every, 'format', 'c', 'root_id', '999'],
      1,
      'invalid root ID: 999',
    ],
    ['no format', ['file', every, 'format'], 2, "expecting value for 'format' option"],
    ['no id', ['file', every, 'root_id'], 2, "expecting value for 'root_id' option"],
    ['no number', ['file', every, 'root_id', 'x1'], 2, "can't parse x1 as root ID"],
    ['a negative number', ['file', every, 'root_id', '--', '-1'], 2, "can't parse -1 as root ID"],
    ['an id twice', ['file', every, 'root_id', '1', 'root_id', '0x1'], 2, 'duplicate root_id 1 supplied'],
    ['an id too large', ['file', every, 'root_id', '999'], 1, 'invalid root ID: 999'],
    ['several files without a base', ['file', every, 'file', every], 2, 'several files need a base'],
    [
      'too many ids',
      ['file', every, ...Array.from({ length: 17 }, (_, index) => ['root_id', String(index)]).flat()],
      2,
      'only 16 root_id are supported',
    ],
    [
      'too many files',
      Array.from({ length: 65 }, () => ['file', every]).flat(),
      2,
      'too many BTF files (max 64)',
    ],
  ])('%s is a mistake', async (_, args, code, message) => {
    const result = await run('dump', ...args);
    expect(result.stderr).toContain(message);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect([result.code, result.stdout.length]).toEqual([code, 0]);
  });
});

describe('btf verify', () => {
  it('says nothing of what the kernel would take', async () => {
    expect(await run('verify', base)).toMatchObject({ code: 0, stderr: '' });
    expect((await run('verify', '-B', base, split)).stdout.toString()).toBe('');
  });

  it('names each problem', async () => {
    const bad = put('bad.btf', btf([ptr(7), struct('1s', 4)]));
    const { code, stdout } = await run('verify', bad);
    expect(code).toBe(1);
    expect(stdout.toString().split('\n')).toHaveLength(3);
  });

  it.skipIf(noKernel !== undefined)(`asks the running kernel with --kernel${whereAsked}`, async () => {
    expect(await run('verify', '--kernel', base)).toEqual({ code: 0, stdout: Buffer.alloc(0), stderr: '' });
    const bad = put('small.btf', btf([int('int', 4, 'signed'), struct('s', 2, [['a', 1, 0]])]));
    const refused = await run('verify', '--kernel', bad);
    expect([refused.code, refused.stderr]).toEqual([1, '']);
    expect(refused.stdout.toString()).toBe(
      `${bad}: the running kernel refuses it: EINVAL\n` +
        '[2] STRUCT s size=2 vlen=1\n\ta type_id=1 bits_offset=0 Member exceeds struct_size\n',
    );
  });

  it.skipIf(noKernel !== undefined)(`shows what the kernel says of a header${whereAsked}`, async () => {
    const bad = put('header.btf', btf([int('int', 4)], { header: { flags: 1 } }));
    expect((await run('verify', '--kernel', bad)).stdout.toString()).toMatch(
      /ENOTSUPP\nmagic: .*\n(.*\n)+Unsupported flags\n$/,
    );
  });

  it.skipIf(noKernel !== undefined)(`shows no control characters of names${whereAsked}`, async () => {
    const bad = put('control.btf', btf([int('int', 4), struct('\x1b[2Js', 4)]));
    const { stdout } = await run('verify', '--kernel', bad);
    expect(stdout.toString()).toContain('[2] STRUCT \\u{1b}[2Js size=4 vlen=0 Invalid name\n');
  });

  it('says why the kernel cannot be asked', async () => {
    process.env.TSPAHOLE_NO_ADDON = '1';
    try {
      const { code, stderr } = await run('verify', '--kernel', base);
      expect([code, stderr]).toEqual([
        1,
        'tspahole: the running kernel cannot be asked: the addon tspahole_bpf is missing: TSPAHOLE_NO_ADDON is set\n',
      ]);
    } finally {
      delete process.env.TSPAHOLE_NO_ADDON;
    }
    expect(await run('verify', '--kernel', '-B', base, split)).toMatchObject({ code: 2 });
  });
});

describe('btf dedup', () => {
  it('writes one BTF of many', async () => {
    expect(await run('dedup', base, base, base, '-o', path('one.btf'))).toMatchObject({
      code: 0,
      stderr: '',
    });
    expect(decodeBtf(readFileSync(path('one.btf'))).end).toBe(baseTable.end);
  });

  it('leaves out what the base has', async () => {
    await run('dedup', '-B', base, split, split, '-o', path('two.btf'));
    expect(await text('dump', '-B', base, 'file', path('two.btf'))).not.toContain('[6]');
  });

  it('explains what did not become one', async () => {
    const other = put('other.btf', btf([int('int', 8), struct('s', 4, [['m', 1, 0]])]));
    expect(await text('dedup', base, other, '--explain', 's', '--explain', 'int')).toBe(
      's: types 2 and 5 differ at s.m: 4 bytes; 8 bytes\nint: no types that differ\n',
    );
  });

  it.each([
    ['no file', ['-o', 'x'], 'which files?'],
    ['nothing to do', [base], '--output or --explain is missing'],
  ])('%s is a mistake', async (_, args, message) => {
    const result = await run('dedup', ...args);
    expect([result.code, result.stderr.includes(message)]).toEqual([2, true]);
  });

  it('leaves no file where it fails', async () => {
    const bad = put('ref.btf', btf([ptr(9)]));
    expect(await run('dedup', bad, '-o', path('none.btf'))).toMatchObject({ code: 1 });
    expect(existsSync(path('none.btf'))).toBe(false);
  });
});

describe('btf stat', () => {
  it('counts types and bytes by kind', async () => {
    expect(await text('stat', base)).toBe(
      [
        'INT                 1         16',
        'PTR                 1         12',
        'STRUCT              1         24',
        'types               3         52',
        'names                          9',
        'header                        24',
        'all                           85',
        '',
      ].join('\n'),
    );
  });

  it('counts as JSON, of split BTF its own part', async () => {
    expect(JSON.parse(await text('stat', '--json', '-B', base, split))).toMatchObject({
      types: 3,
      firstId: 4,
      kinds: [
        { kind: 'PTR', types: 1, bytes: 12 },
        { kind: 'STRUCT', types: 1, bytes: 24 },
        { kind: 'CONST', types: 1, bytes: 12 },
      ],
    });
  });
});

describe('btf distill and relocate', () => {
  it('put a module onto the base of another build', async () => {
    const distilled = ['-o', path('d.btf'), '--base-output', path('d.base')];
    expect(await run('distill', '-B', base, split, ...distilled)).toMatchObject({ code: 0, stderr: '' });
    expect(await text('dump', 'file', path('d.base'))).toBe("[1] STRUCT 's' size=4 vlen=0\n");
    const other = put('new.btf', btf([int('x', 1), ptr(3), struct('s', 4, [['m', 1, 0]])]));
    await run('relocate', '-B', other, '--distilled', path('d.base'), path('d.btf'), '-o', path('r.btf'));
    expect(await text('dump', '-B', other, 'file', path('r.btf'))).toContain("PTR '(anon)' type_id=3\n");
  });

  it('write into the file that they read', async () => {
    const data = splitOf([constOf(3)]);
    const sections = [
      { name: '.data', data: btf([]) },
      { name: '.BTF', data },
    ];
    const module = put('module.ko', writeElf({ wordSize: 8, endian: 'little', sections }));
    expect(await run('distill', '-B', base, '--in-place', module)).toMatchObject({ code: 0, stderr: '' });
    expect(await text('dump', 'file', module)).toBe(
      "[2] CONST '(anon)' type_id=3\n[3] PTR '(anon)' type_id=1\n",
    );
    expect(await text('dump', '-B', base, 'file', module)).toContain("[5] PTR '(anon)' type_id=2\n");
  });

  it.each([
    ['distill', [split], '--base is missing'],
    ['distill', ['-B', base, split], '--output is missing'],
    ['relocate', ['-B', base, split, split], 'unexpected argument'],
    ['relocate', [], 'which file?'],
  ])('%s %s is a mistake', async (command, args, message) => {
    const result = await run(command, ...args);
    expect([result.code, result.stderr.includes(message)]).toEqual([2, true]);
  });
});

describe('btf', () => {
  it('lists its commands', async () => {
    expect(await text('--help')).toContain('tspahole btf verify [--base FILE] FILE\n');
    expect(await text('dump', '--help')).toContain('Usage: tspahole btf dump [option...] file FILE');
  });

  it.each([[], ['burn']])('%s is a mistake', async (...args) => {
    const result = await run(...args);
    expect(result.stderr).toContain('dump, verify, dedup, stat, distill, relocate');
    expect(result.code).toBe(2);
  });
});

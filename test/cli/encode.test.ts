/** `-J` and `--btf_encode_detached`: what is written where, and what a failure leaves behind. */

import { spawn, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { parseElf } from '../../src/elf/file.ts';
import type { ElfSection } from '../../src/elf/section.ts';
import { updateSections } from '../../src/elf/writer.ts';
import { Kind } from '../../src/model/kinds.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { btf, int } from '../support/btf-writer.ts';
import { fixturePath } from '../support/fixtures.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/tspahole.js', import.meta.url));

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tspahole-encode-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);

/** A copy of an object file that may be written to. */
function object(fixture: string, name = `${fixture}.o`): string {
  copyFileSync(fixturePath(`dwarf/${fixture}.gcc5.o`), at(name));
  return at(name);
}

function section(path: string, name = '.BTF'): ElfSection | undefined {
  return parseElf(readFileSync(path)).section(name);
}

function sectionBytes(path: string, name = '.BTF'): Buffer {
  return Buffer.from(section(path, name)?.data() ?? []);
}

async function succeed(...args: string[]): Promise<CliResult> {
  const result = await runCli(args);
  expect([result.stderr, result.code]).toEqual(['', 0]);
  return result;
}

async function detached(...args: string[]): Promise<Buffer> {
  await succeed(`--btf_encode_detached=${at('out.btf')}`, ...args);
  return readFileSync(at('out.btf'));
}

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('encoding (skipped without the addon)', () => {
  it('-J adds a section that is not loaded, and keeps all others', async () => {
    const path = object('floats');
    const before = parseElf(readFileSync(path));
    await succeed('-J', path);
    expect(section(path)).toMatchObject({ flags: 0, address: 0n, alignment: 1, link: 0, info: 0 });
    for (const { name, type } of before.sections) {
      if (name === '.shstrtab' || type === 0) continue;
      expect(sectionBytes(path, name)).toEqual(Buffer.from(before.section(name)?.data() ?? []));
    }
  });

  it('-J replaces the section of an earlier encoding', async () => {
    const path = object('floats');
    await succeed('-J', path);
    const once = readFileSync(path);
    await succeed('-J', '--btf_features=layout', path);
    expect(readFileSync(path)).not.toEqual(once);
    await succeed('-J', path);
    expect(sectionBytes(path)).toEqual(Buffer.from(parseElf(once).section('.BTF')?.data() ?? []));
  });

  it('writes the same bytes into the file and beside it, for any number of threads', async () => {
    const path = object('linked');
    const bytes = await detached(path);
    for (const jobs of ['-j', '-j1', '-j2', '-j7']) expect(await detached(jobs, path)).toEqual(bytes);
    await succeed('-J', path);
    expect(sectionBytes(path)).toEqual(bytes);
  });

  it('writes the header of 32 bytes that pahole 1.31 writes', async () => {
    const bytes = await detached(object('floats'));
    expect([bytes.readUInt32LE(4), bytes.readUInt32LE(24), bytes.readUInt32LE(28)]).toEqual([32, 0, 0]);
  });

  it('keeps the byte order of the file', async () => {
    const path = fixturePath('dwarf/packed.s390x.o');
    expect((await detached(path)).readUInt16BE(0)).toBe(0xeb9f);
  });

  it('gives each of several files its own BTF', async () => {
    const [left, right] = [object('floats'), object('unions')];
    const alone = await detached(right);
    await succeed('-J', left, right);
    expect(sectionBytes(left)).toEqual(await detached(left));
    expect(sectionBytes(right)).toEqual(alone);
  });

  it('writes several files into a folder, each under its name', async () => {
    mkdirSync(at('out'));
    const paths = [object('floats'), object('unions')];
    await succeed(`--btf_encode_detached=${at('out')}/`, ...paths);
    expect(readdirSync(at('out'))).toEqual(['floats.o.btf', 'unions.o.btf']);
    expect(readFileSync(at('out/unions.o.btf'))).toEqual(await detached(paths[1] as string));
  });

  it('splits from a base', async () => {
    const base = object('floats', 'base.o');
    await succeed('-J', base);
    const path = object('floats');
    await succeed('-J', '--btf_base', base, path);
    const table = decodeBtf(sectionBytes(base));
    const split = decodeBtf(sectionBytes(path), { base: table });
    expect(split.firstId).toBe(table.end);
    const kinds = Array.from({ length: split.end - split.firstId }, (_, index) =>
      split.kind(split.firstId + index),
    );
    expect(kinds).not.toContain(Kind.Int);
  });

  it('distills the base into a section of its own, in ELF only', async () => {
    const base = object('unions', 'base.o');
    await succeed('-J', base);
    const path = object('floats');
    const features = ['--btf_features=default,distilled_base', '--btf_base', base];
    await succeed('-J', ...features, path);
    const table = decodeBtf(sectionBytes(path, '.BTF.base'));
    expect(decodeBtf(sectionBytes(path), { base: table }).firstId).toBe(table.end);
    const plain = await detached(...features, path);
    expect(plain).toEqual(await detached('--btf_features=default', '--btf_base', base, path));
  });

  it('leaves no distilled base beside BTF that it does not fit', async () => {
    const base = object('unions', 'base.o');
    await succeed('-J', base);
    const path = object('floats');
    await succeed('-J', '--btf_features=+distilled_base', '--btf_base', base, path);
    const before = readFileSync(path);
    const { code, stderr } = await runCli(['-J', path]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('.BTF.base: an earlier encoding')]);
    expect(readFileSync(path)).toEqual(before);
  });

  it('tells the sizes of kinds with the feature layout, but not in split BTF', async () => {
    const path = object('floats');
    const bytes = await detached('--btf_features=default,layout', path);
    expect(bytes.readUInt32LE(28)).toBe(20 * 4);
    writeFileSync(at('base.btf'), bytes);
    const split = await detached('--btf_features=default,layout', '--btf_base', at('base.btf'), path);
    expect(split.readUInt32LE(28)).toBe(0);
  });

  describe('features', () => {
    it('are listed as by pahole', async () => {
      const { stdout } = await succeed('--supported_btf_features', '--nonsense');
      expect(stdout.toString()).toMatch(/^encode_force,var,float,.*,true_signature,layout\n$/);
    });

    it('that are no features are passed over, and named with -V', async () => {
      const path = object('floats');
      const args = ['--btf_features=var,nonsense', `--btf_encode_detached=${at('out.btf')}`, path];
      expect(await runCli(args)).toMatchObject({ code: 0, stderr: '' });
      expect(await runCli(['-V', ...args])).toMatchObject({
        code: 0,
        stderr: "Ignoring unsupported feature 'nonsense'\n",
      });
    });

    it('that are no features end a strict list in the words of pahole, whatever is asked for', async () => {
      const { stdout } = await succeed('--supported_btf_features');
      for (const args of [['-J', object('floats')], ['--numeric_version']]) {
        expect(await runCli(['--btf_features_strict=+var,bad,worse', ...args])).toMatchObject({
          code: 1,
          stderr: `Feature 'bad' in 'var,bad,worse' is not supported.  Supported BTF features are:\n${stdout}`,
        });
      }
      expect(section(at('floats.o'))).toBeUndefined();
    });

    it('of a list replace those without a list; --btf_gen_all is the default set', async () => {
      const path = object('floats');
      const all = await detached('--btf_features=default', path);
      expect(await detached('--btf_gen_all', path)).toEqual(all);
      expect(await detached('--btf_features_strict=+', path)).toEqual(all);
    });
  });

  describe('languages', () => {
    it('that are excluded leave nothing to write, and the file as it was', async () => {
      const path = object('floats');
      const before = readFileSync(path);
      await succeed('-J', '--lang_exclude=c,c99,c11', path);
      await succeed('-J', '--lang=rust', path);
      expect(await runCli(['-J', path], { PAHOLE_LANG_EXCLUDE: 'c,c99,c11' })).toMatchObject({ code: 0 });
      expect(readFileSync(path)).toEqual(before);
      await succeed('-J', '--lang_exclude=rust', path);
      expect(section(path)).toBeDefined();
    });
  });

  describe('what cannot be encoded', () => {
    const noDwarf = (): string => {
      const path = at('bare.o');
      copyFileSync(fixturePath('dwarf/floats.gcc5.o'), path);
      spawnSync('objcopy', ['--strip-debug', path]);
      return path;
    };
    const hasObjcopy = spawnSync('objcopy', ['--version']).status === 0;

    it.skipIf(!hasObjcopy)('is left alone with a note where it has no DWARF', async () => {
      const path = noDwarf();
      const before = readFileSync(path);
      const { code, stderr } = await runCli(['-J', path]);
      expect([code, stderr]).toEqual([0, `tspahole: ${path}: no DWARF: nothing to encode\n`]);
      expect(readFileSync(path)).toEqual(before);
    });

    it.skipIf(!hasObjcopy)('is a failure where a file was asked for', async () => {
      const args = [`--btf_encode_detached=${at('out.btf')}`, noDwarf()];
      expect(await runCli(args)).toMatchObject({ code: 1, stderr: expect.stringContaining('no DWARF') });
      expect(existsSync(at('out.btf'))).toBe(false);
    });

    it.each<[string, readonly string[], number, string]>([
      ['no file', ['-J'], 2, 'which file?'],
      ['a file that is not there', ['-J', '/nonexistent'], 1, '/nonexistent: no such file'],
      ['a file that is no ELF', ['-J', fixturePath('floats.btf')], 1, 'floats.btf'],
      ['another format', ['-J', '-F', 'btf', fixturePath('floats.btf')], 2, 'not from btf'],
      ['a distilled base of nothing', ['-J', '--btf_features=distilled_base', 'OBJECT'], 2, 'needs a base'],
      ['a folder that is not there', ['--btf_encode_detached=/nonexistent/', 'OBJECT'], 1, 'no such folder'],
      ['a place that is not there', ['--btf_encode_detached=/nonexistent/x', 'OBJECT'], 1, 'ENOENT'],
      ['a full device', ['--btf_encode_detached=/dev/full', 'OBJECT'], 1, 'ENOSPC'],
      ['a base that is not there', ['-J', '--btf_base=/nonexistent', 'OBJECT'], 1, '/nonexistent'],
      ['a base without BTF', ['-J', '--btf_base=OBJECT', 'OBJECT'], 1, 'no .BTF section'],
      ['several files for one place', ['--btf_encode_detached=x', 'OBJECT', 'OBJECT'], 2, 'need a folder'],
      ['one file twice', ['-J', 'OBJECT', 'OBJECT'], 2, 'would both be written'],
    ])('%s: one line, and the files as they were', async (_, args, code, message) => {
      const path = object('floats');
      const before = readFileSync(path);
      const result = await runCli(args.map((word) => word.replace('OBJECT', path)));
      expect(result.stderr).toContain(message);
      expect(result.stderr.trim().split('\n')).toHaveLength(1);
      expect([result.code, result.stdout.length]).toEqual([code, 0]);
      expect(readFileSync(path)).toEqual(before);
      expect(readdirSync(folder)).toEqual(['floats.o']);
    });

    it('does not hold up the others', async () => {
      const path = object('floats');
      expect(await runCli(['-J', at('missing.o'), path])).toMatchObject({ code: 1 });
      expect(section(path)).toBeDefined();
    });
  });

  it('shares many files out among processes, and writes the same', () => {
    const paths = Array.from({ length: 50 }, (_, index) => object('unions', `${index}.o`));
    writeFileSync(paths[0] as string, 'no object file');
    const bytes = ['-j1', '-j2'].map((jobs) => {
      mkdirSync(at(jobs));
      const args = [PROGRAM, jobs, `--btf_encode_detached=${at(jobs)}`, '--btf_features=+layout', ...paths];
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
      expect([status, stderr.trim().split('\n')]).toEqual([1, [expect.stringContaining('0.o: not an ELF')]]);
      return paths.slice(1).map((path) => readFileSync(join(at(jobs), `${basename(path)}.btf`)));
    });
    expect(bytes[1]).toEqual(bytes[0]);
  });

  /** A file system of 256 KiB in a mount namespace of its own. */
  const tiny = (script: string): string[] => [
    '-rm',
    'sh',
    '-c',
    `mount -t tmpfs -o size=256k none ${folder} && ${script}`,
  ];
  const hasTmpfs = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0;

  it.skipIf(!hasTmpfs)(
    'keeps the file where the disk is full (skipped where tmpfs cannot be mounted)',
    () => {
      const original = fixturePath('dwarf/floats.gcc5.o');
      const script = `cp ${original} ${folder}/a.o && head -c 1M /dev/zero > ${folder}/filler;
      ${process.execPath} ${PROGRAM} -J ${folder}/a.o; echo $?
      cmp ${folder}/a.o ${original} && ls ${folder}`;
      const { stdout, stderr } = spawnSync('unshare', tiny(script), { encoding: 'utf8' });
      expect(stdout).toBe('1\na.o\nfiller\n');
      expect(stderr).toContain('a.o: cannot write: ENOSPC');
    },
  );

  it('replaces a file wholly or not at all when it is killed', { timeout: 120_000 }, async () => {
    const before = readFileSync(large(at('large.o')));
    const path = at('victim.o');
    writeFileSync(path, before);
    const started = performance.now();
    spawnSync(process.execPath, [PROGRAM, '-J', path]);
    const duration = performance.now() - started;
    const after = readFileSync(path);
    expect(after.equals(before)).toBe(false);
    for (let round = 0; round < 20; round++) {
      writeFileSync(path, before);
      await killedAfter(Math.random() * duration, [PROGRAM, '-J', path]);
      const now = readFileSync(path);
      expect(now.equals(before) || now.equals(after)).toBe(true);
    }
  });
});

/** An object file whose copy takes a while. */
function large(path: string): string {
  copyFileSync(fixturePath('dwarf/floats.gcc5.o'), path);
  updateSections(path, new Map([['.filler', new Uint8Array(24 << 20)]]));
  return path;
}

function killedAfter(milliseconds: number, args: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
    child.on('exit', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

describe('without DWARF', () => {
  it('raw BTF is no input', async () => {
    writeFileSync(at('types.btf'), btf([int('int', 4)]));
    expect(await runCli(['-J', at('types.btf')])).toMatchObject({ code: 1 });
  });
});

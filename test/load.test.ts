/** From a path to types: what a file may be, and what is said of one that is something else. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type LoadOptions, load, loadSync } from '../src/load.ts';
import type { ErrorCode, TspaholeError } from '../src/model/errors.ts';
import { RUNNING_KERNEL_BTF } from '../src/native/map.ts';
import { arm64Image, bzImage, zboot } from './support/boot-image.ts';
import { btf, int, ptr, splitBtf, struct } from './support/btf-writer.ts';
import { type SectionSpec, TARGETS, writeElf } from './support/elf-writer.ts';
import { expectError } from './support/expect-error.ts';

const directory = mkdtempSync(join(tmpdir(), 'tspahole-load-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Path of a new file with these bytes. */
function fileOf(name: string, bytes: Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

/** Runs `action` as on a machine where no addon loads. */
function withoutAddons<T>(action: () => T): T {
  process.env.TSPAHOLE_NO_ADDON = '1';
  try {
    return action();
  } finally {
    delete process.env.TSPAHOLE_NO_ADDON;
  }
}

function elfOf(...sections: SectionSpec[]): Uint8Array {
  return writeElf({ wordSize: 8, endian: 'little', sections });
}

/** Expects an error of one line that begins with the path. */
function expectFailure(path: string, code: ErrorCode, part: string, options?: LoadOptions): TspaholeError {
  const error = expectError(() => loadSync(path, options), code, part);
  expect(error.message.startsWith(`${path}: `)).toBe(true);
  expect(error.message).not.toContain('\n');
  return error;
}

const types = [int('int', 4, 'signed'), struct('s', 4, [['a', 1, 0]])];
const { base: baseBlob, split: splitBlob } = splitBtf(types, [ptr(2), struct('own', 8, [['p', 3, 0]])]);

describe('raw BTF', () => {
  const path = fileOf('raw.btf', btf(types));

  it('gives its types as one table and one unit', () => {
    const source = loadSync(path);
    expect(source).toMatchObject({ path, format: 'btf', notes: [] });
    expect(source.table().name(2)).toBe('s');
    expect([...source.units()]).toEqual([{ name: path, table: source.table() }]);
  });

  it('is loaded in a promise too', async () => {
    expect((await load(path)).table().name(2)).toBe('s');
    await expect(load(join(directory, 'none'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it('may be big endian', () => {
    const table = loadSync(fileOf('big.btf', btf(types, { endian: 'big' }))).table();
    expect([table.endian, table.name(2)]).toEqual(['big', 's']);
  });

  it('may be split from a base that the caller gives', () => {
    const base = loadSync(fileOf('base.btf', baseBlob)).table();
    const table = loadSync(fileOf('split.btf', splitBlob), { base }).table();
    expect([table.base, table.name(4)]).toEqual([base, 'own']);
  });
});

describe('an ELF file', () => {
  it.each(TARGETS)('of %j has its types in .BTF', ({ wordSize, endian }) => {
    const bytes = writeElf({ wordSize, endian, sections: [{ name: '.BTF', data: btf(types, { endian }) }] });
    const source = loadSync(fileOf('object.o', bytes));
    expect(source).toMatchObject({ format: 'btf', notes: [] });
    expect(source.table()).toMatchObject({ pointerSize: wordSize, endian });
    expect(source.table().name(2)).toBe('s');
  });

  it('has the base of its types in .BTF.base', () => {
    const bytes = elfOf({ name: '.BTF', data: splitBlob }, { name: '.BTF.base', data: baseBlob });
    const table = loadSync(fileOf('distilled.ko', bytes)).table();
    expect([table.firstId, table.name(2), table.name(4)]).toEqual([3, 's', 'own']);
  });

  it('moves from its own base onto the one that the caller gives', () => {
    const other = [struct('first', 4), int('int', 4, 'signed'), struct('s', 8, [['a', 2, 32]])];
    const base = loadSync(fileOf('other.btf', btf(other))).table();
    const bytes = elfOf({ name: '.BTF', data: splitBlob }, { name: '.BTF.base', data: baseBlob });
    const table = loadSync(fileOf('module.ko', bytes), { base }).table();
    expect(table.base).toBe(base);
    expect([table.firstId, table.sizeOrType(4), table.name(5)]).toEqual([4, 3, 'own']);
  });

  it('with DWARF and BTF gives BTF where that is asked for', () => {
    const bytes = elfOf({ name: '.BTF', data: btf(types) }, { name: '.debug_info', data: Uint8Array.of(0) });
    const source = loadSync(fileOf('both.o', bytes), { formats: ['btf'] });
    expect([source.format, source.notes]).toEqual(['btf', []]);
  });

  it('with DWARF and BTF gives BTF and a note where DWARF cannot be read', () => {
    const bytes = elfOf({ name: '.BTF', data: btf(types) }, { name: '.debug_info', data: Uint8Array.of(0) });
    const source = withoutAddons(() => loadSync(fileOf('both.o', bytes)));
    expect(source.format).toBe('btf');
    expect(source.notes).toEqual(['DWARF cannot be read: TSPAHOLE_NO_ADDON is set; BTF is read instead']);
  });

  it('without types is not found', () => {
    expectFailure(fileOf('plain.o', elfOf()), 'not-found', 'no .BTF section');
  });

  it('with DWARF alone says why it cannot be read', () => {
    const path = fileOf('dwarf.o', elfOf({ name: '.debug_info', data: Uint8Array.of(0) }));
    withoutAddons(() => expectFailure(path, 'unsupported', 'TSPAHOLE_NO_ADDON'));
  });

  it('without what is asked for says so', () => {
    const path = fileOf('plain.o', elfOf());
    expectFailure(path, 'not-found', 'no DWARF', { formats: ['dwarf'] });
  });
});

describe('malformed input is named by file, section and offset, in one line', () => {
  const broken = btf([int('int', 4), [0, 0x0400_0009, 4]]);

  it('in raw BTF', () => {
    const path = fileOf('broken.btf', broken);
    const { message } = expectFailure(path, 'bad-data', 'type record');
    expect(message).toBe(
      `${path}: .BTF+0x28: type record of kind 4 with 9 elements reaches past the type section`,
    );
  });

  it('in a section of an ELF file', () => {
    const path = fileOf('broken.o', elfOf({ name: '.BTF', data: broken }));
    expect(expectFailure(path, 'bad-data', '').place).toEqual({ file: path, section: '.BTF', offset: 0x28 });
  });

  it('in the base of an ELF file', () => {
    const bytes = elfOf({ name: '.BTF', data: splitBlob }, { name: '.BTF.base', data: broken });
    expectFailure(fileOf('broken.ko', bytes), 'bad-data', '.BTF.base+0x28: type record');
  });

  it('in an ELF header', () => {
    const path = fileOf('short.o', elfOf().subarray(0, 20));
    expect(expectFailure(path, 'bad-data', 'ELF header').place.section).toBe('ELF header');
  });

  it.each([3, 10, 23, 30, btf(types).length - 1])('in BTF that ends after %i bytes', (size) => {
    const path = fileOf('cut.btf', btf(types).subarray(0, size));
    expect(expectFailure(path, 'bad-data', '').place.section).toBe('.BTF');
  });

  it('in an ELF file that ends before its sections do', () => {
    const bytes = writeElf({
      wordSize: 8,
      endian: 'little',
      sections: [{ name: '.BTF', data: btf(types) }],
      headersFirst: true,
    });
    expectFailure(fileOf('cut.o', bytes.subarray(0, -1)), 'bad-data', '.BTF');
  });
});

describe('what is no file of types', () => {
  it.each([
    ['text', Buffer.from('#!/bin/sh\n')],
    ['one byte of a magic number', Uint8Array.of(0x9f)],
    ['nothing', new Uint8Array()],
  ])('is not found in a file of %s', (name, bytes) => {
    expectFailure(fileOf(`${name}.txt`, bytes), 'not-found', 'neither an ELF file nor raw BTF');
  });

  it('is not found where there is no file', () => {
    expectFailure(join(directory, 'none'), 'not-found', 'no such file');
    expectFailure(join(directory, 'none', 'below'), 'not-found', 'no such file');
  });

  it('is a directory', () => {
    expectFailure(directory, 'io', 'not a regular file');
  });

  it('is a path that the system refuses to follow', () => {
    const file = fileOf('file.btf', btf(types));
    expectFailure(join(file, 'below'), 'io', 'ENOTDIR');
    expectFailure(join(directory, 'x'.repeat(5000)), 'io', 'ENAMETOOLONG');
  });

  const fifo = join(directory, 'fifo');
  const hasFifo = spawnSync('mkfifo', [fifo]).status === 0;

  it.skipIf(!hasFifo)('is a FIFO, which is not waited for (skipped: no mkfifo)', () => {
    expectFailure(fifo, 'io', 'not a regular file');
  });

  it.skipIf(process.getuid?.() === 0)('is a file that may not be read (skipped: root may read all)', () => {
    const path = join(directory, 'secret');
    writeFileSync(path, btf(types), { mode: 0 });
    expectFailure(path, 'io', 'EACCES');
  });
});

const hasKernel = existsSync(RUNNING_KERNEL_BTF);
const modules = hasKernel ? readdirSync('/sys/kernel/btf').filter((name) => name !== 'vmlinux') : [];

describe('below /sys/kernel/btf', () => {
  it('a module that does not exist is not found, whatever its base', () => {
    const base = loadSync(fileOf('base.btf', baseBlob)).table();
    expectFailure('/sys/kernel/btf/no_such_module', 'not-found', 'no such file', { base });
  });

  it.skipIf(!hasKernel)('the running kernel is what is loaded by default (skipped: it offers no BTF)', () => {
    const source = loadSync();
    expect(source.path).toBe(RUNNING_KERNEL_BTF);
    expect(source.table().base).toBeUndefined();
  });

  it.skipIf(modules.length === 0)('a module gets the kernel as its base (skipped: no module has BTF)', () => {
    const { base } = loadSync(`/sys/kernel/btf/${modules[0]}`).table();
    expect(base?.end).toBe(loadSync().table().end);
  });
});

describe('a packed file', () => {
  const object = elfOf({ name: '.BTF', data: btf(types) });

  it('gives the BTF of the kernel in a boot image', () => {
    const path = fileOf('vmlinuz', bzImage(gzipSync(object)));
    const source = loadSync(path);
    expect(source).toMatchObject({ path, format: 'btf', unitCount: 1, notes: [] });
    expect(source.table().name(2)).toBe('s');
  });

  it('gives the BTF of a compressed object, split from the base that the caller gives', () => {
    const base = loadSync(fileOf('base-of-packed.btf', baseBlob)).table();
    const path = fileOf('module.ko.gz', gzipSync(elfOf({ name: '.BTF', data: splitBlob })));
    expect(loadSync(path, { base }).table().name(4)).toBe('own');
  });

  it('may be an image of memory: its BTF is found by what it begins with, of either byte order', () => {
    const noise = Buffer.from('\x9f\xeb\x01\0 is no header, nor is \x9f\xeb\x01\0\x18\0\0\0', 'latin1');
    for (const endian of ['little', 'big'] as const) {
      const contents = Buffer.concat([noise, btf(types, { endian }), noise]);
      expect(
        loadSync(fileOf('Image', arm64Image(contents)))
          .table()
          .name(2),
      ).toBe('s');
      expect(
        loadSync(fileOf('zboot', zboot(gzipSync(arm64Image(contents)), 0xaa64)))
          .table()
          .name(2),
      ).toBe('s');
    }
  });

  it('without BTF is refused as an ELF file is', () => {
    expectFailure(fileOf('no-btf', bzImage(gzipSync(elfOf()))), 'not-found', 'no DWARF and no .BTF section');
    expectFailure(fileOf('no-image', arm64Image(Buffer.alloc(100))), 'not-found', 'no .BTF section');
    expectFailure(fileOf('text.gz', gzipSync('text')), 'not-found', 'no .BTF section');
    const dwarfAlone = { formats: ['dwarf'] } as const;
    expectFailure(fileOf('dwarf', bzImage(gzipSync(object))), 'not-found', 'no DWARF', dwarfAlone);
  });

  it('is refused where it is cut', () => {
    expectFailure(fileOf('cut', bzImage(gzipSync(object).subarray(0, -30))), 'bad-data', 'gzip data is');
  });
});

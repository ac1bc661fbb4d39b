/** Compressed sections, and sizes that lie. */

import * as zlib from 'node:zlib';
import { deflateSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ELFCOMPRESS_ZLIB, ELFCOMPRESS_ZSTD, SHF_COMPRESSED } from '../../src/elf/constants.ts';
import { parseElf } from '../../src/elf/file.ts';
import type { ElfSection } from '../../src/elf/section.ts';
import {
  compressedBytes,
  concat,
  pack,
  type SectionSpec,
  TARGETS,
  type Target,
  text,
  writeElf,
} from '../support/elf-writer.ts';
import { expectError } from '../support/expect-error.ts';

const TARGET = { wordSize: 8, endian: 'little' } as const;
const CONTENTS = text('struct list_head { next; prev; };'.repeat(50));
const DEFLATED = new Uint8Array(deflateSync(CONTENTS));

function section(spec: SectionSpec, target: Target = TARGET): ElfSection {
  const found = parseElf(writeElf({ ...target, sections: [spec] })).sections[1];
  if (found === undefined) throw new Error('the section was not written');
  return found;
}

function flagged(
  type: number,
  size: number | bigint,
  bytes: Uint8Array,
  target: Target = TARGET,
): ElfSection {
  const data = compressedBytes(target, type, size, bytes);
  return section({ name: '.debug_info', flags: SHF_COMPRESSED, data }, target);
}

function zdebug(size: number | bigint, bytes: Uint8Array): ElfSection {
  const data = concat(text('ZLIB'), pack({ wordSize: 8, endian: 'big' }, 'Q', size), bytes);
  return section({ name: '.zdebug_info', data });
}

describe.each(TARGETS)('a $wordSize-byte $endian-endian file', (target) => {
  it('has its compressed section expanded', () => {
    const found = flagged(ELFCOMPRESS_ZLIB, CONTENTS.length, DEFLATED, target);
    expect(found.isCompressed).toBe(true);
    expect(new Uint8Array(found.data())).toEqual(CONTENTS);
    expect(found.rawData().length).toBe(DEFLATED.length + (target.wordSize === 8 ? 24 : 12));
  });
});

describe('a compressed section', () => {
  it("of GNU's older form is expanded", () => {
    const found = zdebug(CONTENTS.length, DEFLATED);
    expect(found.isCompressed).toBe(true);
    expect(new Uint8Array(found.data())).toEqual(CONTENTS);
  });

  it("of GNU's older form may hold plain bytes", () => {
    const found = section({ name: '.zdebug_str', data: text('plain') });
    expect(found.isCompressed).toBe(false);
    expect(found.data()).toEqual(text('plain'));
  });

  it('is not one for its bytes alone', () => {
    expect(section({ name: '.debug_str', data: text('ZLIB12345678') }).isCompressed).toBe(false);
  });

  it('may be empty', () => {
    expect(flagged(ELFCOMPRESS_ZLIB, 0, new Uint8Array(deflateSync(''))).data()).toHaveLength(0);
  });

  it('of an unknown method is unsupported', () => {
    expectError(() => flagged(77, 4, DEFLATED).data(), 'unsupported', '.debug_info: compression method 77');
  });

  it('with a header that is cut short is an error', () => {
    const found = section({ name: '.debug_info', flags: SHF_COMPRESSED, data: new Uint8Array(20) });
    expectError(() => found.data(), 'bad-data', '.debug_info+0x10: 8 bytes wanted, 4 left');
  });
});

describe.each<[string, (size: number | bigint, bytes: Uint8Array) => ElfSection]>([
  ['a section with the flag', (size, bytes) => flagged(ELFCOMPRESS_ZLIB, size, bytes)],
  ['a section with the older name', zdebug],
])('the declared size of %s', (_, make) => {
  it.each([
    ['too small', CONTENTS.length - 1, 'malformed or larger than declared'],
    ['0', 0, 'larger than declared'],
    ['too large', CONTENTS.length + 1, 'expands to 0x672 bytes instead of 0x673'],
    ['more than deflate can reach', DEFLATED.length * 1100 + 1, 'cannot give'],
    ['above 2^53', 2n ** 63n, 'too large for an offset or size'],
  ])('is an error when %s', (__, size, what) => {
    expectError(() => make(size, DEFLATED).data(), 'bad-data', what);
  });

  it('is an error above 2 GiB even where the bytes could reach it', () => {
    expectError(
      () => make(2 ** 31 + 1, new Uint8Array(2 ** 21)).data(),
      'bad-data',
      'cannot give 0x80000001',
    );
  });
});

describe('compressed bytes', () => {
  it('that are cut short are an error', () => {
    const cut = DEFLATED.subarray(0, -10);
    const error = expectError(
      () => zdebug(CONTENTS.length, cut).data(),
      'bad-data',
      'zlib data is malformed',
    );
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('that are noise are an error', () => {
    expectError(() => zdebug(8, text('not zlib at all')).data(), 'bad-data', 'zlib data is malformed');
  });
});

describe('zstd', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  // The very functions differ between versions of Node, so both kinds are played.
  function playZlib(module: object): void {
    vi.spyOn(process, 'getBuiltinModule').mockReturnValue(module);
  }

  it('is unsupported on a Node without it', () => {
    playZlib({});
    const found = flagged(ELFCOMPRESS_ZSTD, 8, text('packed'));
    expectError(() => found.data(), 'unsupported', '.debug_info: zstd compression needs Node 22.15');
  });

  it('is used where Node has it, bounded by the declared size', () => {
    const zstdDecompressSync = vi.fn(() => CONTENTS);
    playZlib({ zstdDecompressSync });
    expect(flagged(ELFCOMPRESS_ZSTD, CONTENTS.length, text('packed')).data()).toBe(CONTENTS);
    const options = expect.objectContaining({ maxOutputLength: CONTENTS.length });
    expect(zstdDecompressSync).toHaveBeenCalledWith(text('packed'), options);
  });

  const hasZstd = 'zstdCompressSync' in zlib;
  it.skipIf(!hasZstd)('is expanded by the real thing (skipped: needs Node 22.15)', () => {
    const { zstdCompressSync } = zlib as unknown as { zstdCompressSync: (bytes: Uint8Array) => Uint8Array };
    const packed = new Uint8Array(zstdCompressSync(CONTENTS));
    expect(new Uint8Array(flagged(ELFCOMPRESS_ZSTD, CONTENTS.length, packed).data())).toEqual(CONTENTS);
  });
});

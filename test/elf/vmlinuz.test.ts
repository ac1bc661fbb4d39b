/** What is packed in boot images and compressed files, and sizes that lie. */

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EM_386, EM_AARCH64, EM_LOONGARCH, EM_RISCV, EM_X86_64 } from '../../src/elf/constants.ts';
import { decompressLz4 } from '../../src/elf/lz4.ts';
import { memorySource } from '../../src/elf/source.ts';
import { isPacked, unpack } from '../../src/elf/unpack.ts';
import { imageMachine, readPackedFile } from '../../src/elf/vmlinuz.ts';
import { TspaholeError } from '../../src/model/errors.ts';
import { arm64Image, bzImage, packBy, withSize, zboot } from '../support/boot-image.ts';
import { text } from '../support/elf-writer.ts';
import { expectError } from '../support/expect-error.ts';

const CONTENTS = Buffer.from(text(`${'struct list_head { next; prev; };'.repeat(5000)}and an end`));

/** How kernels are packed (linux scripts/Makefile.lib), which program does it, and how Debian calls its package. */
const PROGRAMS: [string, string, ...string[]][] = [
  ['gzip', 'gzip', '-n', '-f', '-9'],
  ['bzip2', 'bzip2', '-9'],
  ['lzma', 'xz', '--format=lzma', '-9'],
  ['xz', 'xz', '--check=crc32', '--x86', '--lzma2=dict=32MiB'],
  ['lz4', 'lz4', '-l', '-9', '-', '-'],
  ['zstd', 'zstd', '-22', '--ultra'],
];

/** Unpacks an image. */
function inside(image: Uint8Array): Uint8Array | undefined {
  return readPackedFile(memorySource(image));
}

/** What `toEqual` says of bytes, which takes a second for so many. */
function expectInside(image: Uint8Array, contents: Buffer): void {
  expect(contents.equals(inside(image) ?? Buffer.alloc(0))).toBe(true);
}

describe.each(PROGRAMS)('what is packed by %s', (name, program, ...args) => {
  const packed = packBy(program, args, CONTENTS);
  const isMissing = packed === undefined;

  it.skipIf(isMissing)(`is unpacked as a file (${program}${isMissing ? ' is not installed' : ''})`, () => {
    expectInside(packed as Buffer, CONTENTS);
  });

  it.skipIf(isMissing)('is unpacked in an image of x86, with the size behind it', () => {
    const payload = name === 'gzip' ? (packed as Buffer) : withSize(packed as Buffer, CONTENTS.length);
    expectInside(bzImage(payload), CONTENTS);
  });

  it.skipIf(isMissing)('is refused where it has been cut, or is larger than it says', () => {
    const bytes = packed as Buffer;
    const payload = name === 'gzip' ? bytes : withSize(bytes, CONTENTS.length);
    expectError(() => inside(bzImage(withSize(payload.subarray(0, -60), CONTENTS.length))), 'bad-data', '');
    const wrong = Buffer.from(payload);
    wrong.writeUInt32LE(CONTENTS.length - 1, wrong.length - 4);
    expectError(() => inside(bzImage(wrong)), 'bad-data', '');
  });

  it.skipIf(isMissing)('is refused above a bound', () => {
    expectError(() => unpack(packed as Buffer, CONTENTS.length - 1), 'bad-data', '');
  });
});

describe('an image', () => {
  const packed = gzipSync(CONTENTS);

  it('of EFI says where its payload is, and its machine', () => {
    expectInside(zboot(packed, 0xaa64), CONTENTS);
    expect([0xaa64, 0x5064, 0x6264, 1].map((machine) => imageMachine(zboot(packed, machine)))).toEqual([
      EM_AARCH64,
      EM_RISCV,
      EM_LOONGARCH,
      undefined,
    ]);
  });

  it('of x86 says whether it runs in 64 bits', () => {
    expect([0, 1].map((loadFlags) => imageMachine(bzImage(packed, { loadFlags })))).toEqual([
      EM_386,
      EM_X86_64,
    ]);
  });

  it('of arm64 is not packed, and is given as it is', () => {
    expectInside(arm64Image(CONTENTS), arm64Image(CONTENTS));
    expect(imageMachine(arm64Image(CONTENTS))).toBe(EM_AARCH64);
  });

  it('whose payload lies outside of it, is of an unknown kind, or of an old protocol, is refused', () => {
    const outside = bzImage(packed);
    outside.writeUInt32LE(0xffff_ffff, 0x248);
    expectError(() => inside(outside), 'bad-data', 'of a file of');
    expectError(
      () => inside(bzImage(Buffer.from('plain text, packed by nobody'))),
      'unsupported',
      'unknown way',
    );
    const old = bzImage(packed);
    old.writeUInt16LE(0x207, 0x206);
    expectError(() => inside(old), 'unsupported', '2.6.26');
  });

  it('that is none gives nothing', () => {
    expect(inside(Buffer.alloc(0))).toBeUndefined();
    expect(inside(Buffer.from('MZ'))).toBeUndefined();
    expect(isPacked(Buffer.from('\x7fELF'))).toBe(false);
  });

  it('of any bytes is a value or an error of ours', { timeout: 60_000 }, () => {
    const parts = fc.record({ at: fc.nat(0x300), byte: fc.nat(255) });
    const property = fc.property(fc.array(parts, { maxLength: 6 }), (changes) => {
      for (const whole of [bzImage(packed), zboot(packed, 0xaa64)]) {
        const image = Buffer.from(whole);
        for (const { at, byte } of changes) image[at % image.length] = byte;
        attempt(() => inside(image));
      }
    });
    fc.assert(property, { numRuns: 150 });
  });
});

describe('lz4', () => {
  const frame = (...block: number[]): Uint8Array => {
    const bytes = Buffer.alloc(8 + block.length);
    bytes.writeUInt32LE(0x184c_2102);
    bytes.writeUInt32LE(block.length, 4);
    bytes.set(block, 8);
    return bytes;
  };

  it('copies what overlaps itself, and takes lengths of several bytes', () => {
    const unpacked = decompressLz4(frame(0x1f, 0x61, 1, 0, 255, 2, 0x10, 0x62), 1000);
    expect(Buffer.from(unpacked).toString()).toBe(`${'a'.repeat(1 + 15 + 255 + 2 + 4)}b`);
  });

  it.each([
    ['a copy before the block', [0x14, 0x61, 2, 0, 0], 'reaches before'],
    ['a copy of no distance', [0x14, 0x61, 0, 0, 0], 'reaches before'],
    ['literals past the end', [0x40, 0x61], 'literals reach'],
    ['a length without an end', [0xf0, 255, 255], 'has no end'],
    ['a copy without an offset', [0x14, 0x61, 1], 'no offset'],
  ])('refuses %s', (_, block, part) => {
    expectError(() => decompressLz4(frame(...block), 1000), 'bad-data', part);
  });

  it('refuses a block past the end, one of more than 8 MiB, and more than was asked for', () => {
    const cut = frame(0x10, 0x61).subarray(0, 9);
    expectError(() => decompressLz4(cut, 1000), 'bad-data', 'past the end');
    const bomb = frame(0x1f, 0x61, 1, 0, ...Array<number>(33_000).fill(255), 0, 0x10, 0x62);
    expectError(() => decompressLz4(bomb, 2 ** 30), 'bad-data', '8 MiB');
    expectError(() => decompressLz4(frame(0x30, 1, 2, 3), 2), 'bad-data', 'more than 0x2');
  });

  it('of any bytes is a value or an error of ours', () => {
    const property = fc.property(fc.array(fc.nat(255), { maxLength: 60 }), (block) => {
      attempt(() => decompressLz4(frame(...block), 2 ** 24));
    });
    fc.assert(property, { numRuns: 3000 });
  });
});

describe('a program that unpacks', () => {
  it('is named where it is not installed', () => {
    const { PATH } = process.env;
    process.env.PATH = '/nonexistent';
    try {
      const magic = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
      expectError(() => unpack(magic), 'unsupported', 'xz is not installed (Debian: apt install xz-utils)');
    } finally {
      process.env.PATH = PATH;
    }
  });
});

function attempt(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof TspaholeError)) throw error;
  }
}

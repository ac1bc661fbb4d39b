/** `ByteReader`: every value, every bound. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, type Endian, hostEndian } from '../../src/model/bytes.ts';
import { expectError } from '../support/expect-error.ts';

const counting = Uint8Array.from({ length: 16 }, (_, index) => index + 1);

function reader(bytes: readonly number[] | Uint8Array, endian: Endian = 'little'): ByteReader {
  return new ByteReader(Uint8Array.from(bytes), { endian });
}

describe('values', () => {
  it.each<[Endian, bigint[]]>([
    ['little', [0x01n, 0x0302n, 0x07060504n, 0x0f0e0d0c0b0a0908n]],
    ['big', [0x01n, 0x0203n, 0x04050607n, 0x08090a0b0c0d0e0fn]],
  ])('are read one after the other in %s endian', (endian, values) => {
    const bytes = reader(counting, endian);
    expect([bytes.u8(), bytes.u16(), bytes.u32(), bytes.u64()].map(BigInt)).toEqual(values);
    expect([bytes.pos, bytes.remaining]).toEqual([15, 1]);
  });

  it('are signed where they say so', () => {
    expect(reader([0xff, 0xff, 0xff, 0xff]).i32()).toBe(-1);
    expect(reader(new Uint8Array(8).fill(0xff)).i64()).toBe(-1n);
    expect(reader([0xff, 0xff, 0xff, 0xff]).u32()).toBe(0xffff_ffff);
  });

  it('come back as DataView wrote them', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.boolean(), (value, isLittle) => {
        const view = new DataView(new ArrayBuffer(8));
        view.setBigUint64(0, value, isLittle);
        expect(reader(new Uint8Array(view.buffer), isLittle ? 'little' : 'big').u64()).toBe(value);
      }),
    );
  });

  it('are read from a view into a larger buffer', () => {
    const view = counting.subarray(3);
    expect(new ByteReader(view, { endian: 'little' }).u8()).toBe(4);
  });
});

describe('words', () => {
  it('have the size of an address', () => {
    expect(new ByteReader(counting, { endian: 'little', wordSize: 4 }).word()).toBe(0x04030201n);
    expect(new ByteReader(counting, { endian: 'little' }).word()).toBe(0x0807060504030201n);
  });

  it('that are lengths must be safe integers', () => {
    expect(reader([0, 1, 0, 0, 0, 0, 0, 0]).length()).toBe(256);
    expect(reader([255, 255, 255, 255, 255, 255, 31, 0]).length()).toBe(Number.MAX_SAFE_INTEGER);
    const bytes = reader([0, 0, 0, 0, 0, 0, 32, 0]);
    expectError(() => bytes.length(), 'bad-data', '0x20000000000000 is too large');
    expect(bytes.pos).toBe(0);
  });
});

describe('runs of bytes', () => {
  it('are views, not copies', () => {
    const bytes = reader(counting);
    bytes.skip(2);
    const taken = bytes.take(3);
    expect([...taken]).toEqual([3, 4, 5]);
    expect(taken.buffer).toBe(bytes.bytes.buffer);
    expect(bytes.pos).toBe(5);
  });

  it('up to a NUL are text, and reading goes on behind it', () => {
    const bytes = reader([...Buffer.from('añ\0b')]);
    expect(bytes.cString()).toBe('añ');
    expect(bytes.pos).toBe(4);
  });

  it('without a NUL are no string', () => {
    const bytes = reader([97, 98]);
    expectError(() => bytes.cString(), 'bad-data', 'not terminated');
    expect(bytes.pos).toBe(0);
  });
});

describe('bounds', () => {
  const reads: [string, (bytes: ByteReader) => unknown][] = [
    ['u8', (bytes) => bytes.u8()],
    ['u16', (bytes) => bytes.u16()],
    ['u32', (bytes) => bytes.u32()],
    ['i32', (bytes) => bytes.i32()],
    ['u64', (bytes) => bytes.u64()],
    ['i64', (bytes) => bytes.i64()],
    ['word', (bytes) => bytes.word()],
    ['take', (bytes) => bytes.take(1)],
    ['skip', (bytes) => bytes.skip(1)],
  ];

  it.each(reads)('%s past the end throws and does not move', (_, read) => {
    const bytes = reader([]);
    expectError(() => read(bytes), 'bad-data', '0 left');
    expect(bytes.pos).toBe(0);
  });

  it.each([-1, Number.NaN, 17])('a run of %s bytes is refused', (byteSize) => {
    expectError(() => reader(counting).take(byteSize), 'bad-data', '16 left');
  });

  it('let seek go anywhere up to the end, and nowhere else', () => {
    const bytes = reader(counting);
    bytes.seek(16);
    expect(bytes.remaining).toBe(0);
    expectError(() => bytes.seek(17), 'bad-data', '0x11 lies outside');
    expectError(() => bytes.seek(-1), 'bad-data', 'lies outside');
    expect(bytes.pos).toBe(16);
  });
});

describe('errors', () => {
  it('name file, section and offset, counted from the offset of the reader', () => {
    const place = { file: 'a.o', section: '.BTF', offset: 0x20 };
    const bytes = new ByteReader(counting.subarray(0, 2), { endian: 'little', place });
    bytes.skip(1);
    const error = expectError(() => bytes.u32(), 'bad-data', '4 bytes wanted, 1 left');
    expect(error.message).toBe('a.o: .BTF+0x21: 4 bytes wanted, 1 left');
  });
});

describe('hostEndian', () => {
  it('is that of this machine', () => {
    const word = new Uint8Array(new Uint16Array([0x0102]).buffer);
    expect(reader(word, hostEndian).u16()).toBe(0x0102);
  });
});

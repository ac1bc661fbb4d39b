/**
 * Compressed sections: `SHF_COMPRESSED` with a compression header (gABI "Compressed sections"), and
 * GNU's older `.zdebug_*`, which begin with "ZLIB" and the size as a big-endian 64-bit number.
 *
 * The declared size bounds the output, and a size that the compressed bytes cannot reach is refused
 * before anything is allocated.
 */

import type * as zlib from 'node:zlib';
import { ByteReader } from '../model/bytes.ts';
import { type ErrorPlace, TspaholeError } from '../model/errors.ts';
import { ELFCOMPRESS_ZLIB, ELFCOMPRESS_ZSTD } from './constants.ts';
import type { ElfFormat } from './header.ts';

interface Method {
  readonly name: 'zlib' | 'zstd';
  /** Highest possible ratio, rounded up: deflate gives 1032, a zstd block of 4 bytes gives 128 KiB. */
  readonly maxRatio: number;
}

const ZLIB: Method = { name: 'zlib', maxRatio: 1100 };
const ZSTD: Method = { name: 'zstd', maxRatio: 33_000 };

/** Sections that expand to more are refused. */
const MAX_EXPANDED_BYTES = 2 ** 31;

/** Output is collected in pieces of at most this size. */
const MAX_CHUNK_BYTES = 2 ** 20;

/** What `node:zlib` has; zstd came with Node 22.15. */
type Zlib = Pick<typeof zlib, 'inflateSync'> & {
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: zlib.ZlibOptions) => Uint8Array;
};

/**
 * The contents of a section with `SHF_COMPRESSED`, given its bytes in the file. Throws `bad-data`
 * where the header or the compressed bytes are malformed or the declared size is not met, and
 * `unsupported` for an unknown method and for zstd on a Node without it.
 */
export function decompressSection(bytes: Uint8Array, format: ElfFormat, place: ErrorPlace): Uint8Array {
  const reader = new ByteReader(bytes, { ...format, place });
  const type = reader.u32();
  if (format.wordSize === 8) reader.skip(4); // ch_reserved
  const size = reader.length();
  reader.word(); // ch_addralign
  const method = methodOf(type, place);
  return expand(method, reader.take(reader.remaining), size, place);
}

/** Whether the bytes of a `.zdebug_*` section are compressed; some writers left small ones as they are. */
export function hasGnuCompression(bytes: Uint8Array): boolean {
  return bytes[0] === 0x5a && bytes[1] === 0x4c && bytes[2] === 0x49 && bytes[3] === 0x42;
}

/**
 * The contents of a `.zdebug_*` section for which {@link hasGnuCompression} holds. Throws `bad-data`
 * as {@link decompressSection} does.
 */
export function decompressGnuSection(bytes: Uint8Array, place: ErrorPlace): Uint8Array {
  const reader = new ByteReader(bytes, { endian: 'big', wordSize: 8, place });
  reader.skip(4);
  const size = reader.length();
  return expand(ZLIB, reader.take(reader.remaining), size, place);
}

function methodOf(type: number, place: ErrorPlace): Method {
  if (type === ELFCOMPRESS_ZLIB) return ZLIB;
  if (type === ELFCOMPRESS_ZSTD) return ZSTD;
  throw new TspaholeError('unsupported', `compression method ${type} is not known`, place);
}

function expand(method: Method, packed: Uint8Array, size: number, place: ErrorPlace): Uint8Array {
  if (size > MAX_EXPANDED_BYTES || size > packed.length * method.maxRatio) {
    const what = `0x${packed.length.toString(16)} compressed bytes cannot give 0x${size.toString(16)}`;
    throw new TspaholeError('bad-data', what, place);
  }
  const decompress = decompressor(method, place);
  let bytes: Uint8Array;
  try {
    // zlib does not take 0 for a limit; the comparison below still refuses a byte too many.
    const maxOutputLength = Math.max(size, 1);
    bytes = decompress(packed, { maxOutputLength, chunkSize: chunkSizeFor(size) });
  } catch (error) {
    throw new TspaholeError(
      'bad-data',
      `${method.name} data is malformed or larger than declared`,
      place,
      error,
    );
  }
  if (bytes.length === size) return bytes;
  const what = `expands to 0x${bytes.length.toString(16)} bytes instead of 0x${size.toString(16)}`;
  throw new TspaholeError('bad-data', what, place);
}

function decompressor(
  { name }: Method,
  place: ErrorPlace,
): (bytes: Uint8Array, options: zlib.ZlibOptions) => Uint8Array {
  // Not imported above: most uses never meet a compressed section and should not pay for zlib.
  const { inflateSync, zstdDecompressSync }: Zlib = process.getBuiltinModule('node:zlib');
  if (name === 'zlib') return inflateSync;
  if (zstdDecompressSync !== undefined) return zstdDecompressSync;
  throw new TspaholeError('unsupported', 'zstd compression needs Node 22.15 or later', place);
}

/** One chunk for a small section. zlib wants at least 64 bytes. */
function chunkSizeFor(size: number): number {
  return Math.min(Math.max(size, 64), MAX_CHUNK_BYTES);
}

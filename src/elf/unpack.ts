/**
 * Whole files that are compressed: recognised by their first bytes, unpacked by Node where it can, else by the
 * program that everybody has for it. What comes out is bounded, whatever the file says.
 */

import type * as childProcess from 'node:child_process';
import type * as zlib from 'node:zlib';
import { TspaholeError } from '../model/errors.ts';
import { decompressLz4 } from './lz4.ts';

/** What a kernel or a module expands to at most; a larger one is refused. */
export const MAX_UNPACKED_BYTES: number = 2 ** 29;

/** Milliseconds for a program. A kernel takes less than one second. */
const TIMEOUT = 60_000;

/** What `node:zlib` has; zstd came with Node 22.15. */
type Zlib = Pick<typeof zlib, 'gunzipSync'> & {
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: zlib.ZlibOptions) => Uint8Array;
};

type Unpack = (packed: Uint8Array, maxBytes: number) => Uint8Array;

interface Packing {
  readonly magic: readonly number[];
  readonly unpack: Unpack;
}

const PACKINGS: readonly Packing[] = [
  { magic: [0x1f, 0x8b, 0x08], unpack: gunzip },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], unpack: unpackZstd },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], unpack: by('xz', 'xz-utils', '-dc', '--single-stream') },
  { magic: [0x42, 0x5a, 0x68], unpack: by('bzip2', 'bzip2', '-dc') },
  { magic: [0x5d, 0x00, 0x00], unpack: by('xz', 'xz-utils', '-dc', '--format=lzma', '--single-stream') },
  { magic: [0x02, 0x21, 0x4c, 0x18], unpack: decompressLz4 },
];

/** Whether the first bytes are those of a compressed file that {@link unpack} knows. */
export function isPacked(bytes: Uint8Array): boolean {
  return packingOf(bytes) !== undefined;
}

/**
 * The contents of a compressed file: gzip, zstd, xz, bzip2, lzma, lz4 (legacy); at most `maxBytes`. Undefined for
 * what is none. Throws `bad-data` for malformed data, and for more than `maxBytes`; `unsupported` where the program
 * for it is not installed.
 */
export function unpack(packed: Uint8Array, maxBytes: number = MAX_UNPACKED_BYTES): Uint8Array | undefined {
  return packingOf(packed)?.unpack(packed, maxBytes);
}

function packingOf(bytes: Uint8Array): Packing | undefined {
  return PACKINGS.find(({ magic }) => magic.every((byte, index) => bytes[index] === byte));
}

function gunzip(packed: Uint8Array, maxBytes: number): Uint8Array {
  const { gunzipSync }: Zlib = process.getBuiltinModule('node:zlib');
  return withNode('gzip', () => gunzipSync(packed, { maxOutputLength: maxBytes }));
}

const unpackZstdByProgram = by('zstd', 'zstd', '-dcq');

function unpackZstd(packed: Uint8Array, maxBytes: number): Uint8Array {
  const { zstdDecompressSync }: Zlib = process.getBuiltinModule('node:zlib');
  if (zstdDecompressSync === undefined) return unpackZstdByProgram(packed, maxBytes);
  return withNode('zstd', () => zstdDecompressSync(packed, { maxOutputLength: maxBytes }));
}

function withNode(name: string, action: () => Uint8Array): Uint8Array {
  try {
    return action();
  } catch (error) {
    const what = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : 'malformed';
    throw new TspaholeError('bad-data', `${name} data is ${what}`, {}, error);
  }
}

/** Unpacks by a program, which belongs to a package of Debian. */
function by(program: string, debianPackage: string, ...args: readonly string[]): Unpack {
  return (packed, maxBytes) => {
    const { spawnSync }: typeof childProcess = process.getBuiltinModule('node:child_process');
    const { error, status, stdout, stderr } = spawnSync(program, args, {
      input: packed,
      maxBuffer: maxBytes,
      timeout: TIMEOUT,
      killSignal: 'SIGKILL',
    });
    if (error !== undefined) throw programFailure(program, debianPackage, error);
    if (status === 0) return stdout;
    const reason = stderr.toString('latin1').trim().split('\n')[0] || `exit code ${status}`;
    throw new TspaholeError('bad-data', `${program} cannot unpack it: ${printable(reason)}`);
  };
}

function programFailure(program: string, debianPackage: string, error: NodeJS.ErrnoException): TspaholeError {
  const { code } = error;
  if (code === 'ENOENT') {
    const hint = `(Debian: apt install ${debianPackage})`;
    return new TspaholeError(
      'unsupported',
      `it is packed, and ${program} is not installed ${hint}`,
      {},
      error,
    );
  }
  if (code === 'ENOBUFS' || code === 'EPIPE') {
    return new TspaholeError('bad-data', `${program} data is malformed or too large`, {}, error);
  }
  return new TspaholeError('io', `${program} failed: ${error.message}`, {}, error);
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 200);
}

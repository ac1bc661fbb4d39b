/** Boot images as Linux makes them, around a payload. */

import { spawnSync } from 'node:child_process';

/** An image of x86: 512 bytes of boot sector, four sectors of set-up code, a gap, the payload. */
export function bzImage(
  payload: Uint8Array,
  options: { readonly loadFlags?: number; readonly release?: string } = {},
): Buffer {
  const gap = 16;
  const { loadFlags = 1, release } = options;
  const image = Buffer.alloc(5 * 512 + gap + payload.length);
  image.write('HdrS', 0x202);
  image.writeUInt16LE(0x20f, 0x206);
  image.writeUInt16LE(loadFlags, 0x236);
  image.writeUInt32LE(gap, 0x248);
  image.writeUInt32LE(payload.length, 0x24c);
  image.set(payload, 5 * 512 + gap);
  if (release !== undefined) {
    image.writeUInt16LE(0x300, 0x20e);
    image.write(`${release}\0`, 0x500);
  }
  return image;
}

/** A payload with the size behind it, as all but gzip need it. */
export function withSize(packed: Uint8Array, size: number): Buffer {
  const word = Buffer.alloc(4);
  word.writeUInt32LE(size);
  return Buffer.concat([packed, word]);
}

/** An EFI image that unpacks itself, for a machine of PE. */
export function zboot(payload: Uint8Array, machine: number): Buffer {
  const image = Buffer.alloc(0x60 + payload.length);
  image.write('MZ\0\0zimg');
  image.writeUInt32LE(0x60, 8);
  image.writeUInt32LE(payload.length, 12);
  image.writeUInt32LE(0x40, 0x3c);
  image.write('PE\0\0', 0x40);
  image.writeUInt16LE(machine, 0x44);
  image.set(payload, 0x60);
  return image;
}

/** What an uncompressed kernel of arm64 begins with, then `contents`. */
export function arm64Image(contents: Uint8Array): Buffer {
  const head = Buffer.alloc(0x40);
  head.write('ARM\x64', 0x38);
  return Buffer.concat([head, contents]);
}

/** What a program makes of bytes; undefined where it is not installed. */
export function packBy(program: string, args: readonly string[], bytes: Uint8Array): Buffer | undefined {
  const { error, stdout } = spawnSync(program, args, { input: bytes, maxBuffer: 1 << 28 });
  return error === undefined ? stdout : undefined;
}

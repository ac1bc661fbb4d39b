/**
 * Images that boot loaders start: where the packed kernel lies in them. The headers are those of Linux:
 * Documentation/arch/x86/boot.rst (`HdrS`), drivers/firmware/efi/libstub/zboot-header.S (`zimg`),
 * Documentation/arch/arm64/booting.rst and Documentation/arch/riscv/boot-image-header.rst.
 */

import { TspaholeError } from '../model/errors.ts';
import { EM_386, EM_AARCH64, EM_LOONGARCH, EM_RISCV, EM_X86_64 } from './constants.ts';
import type { ByteSource } from './source.ts';
import { isPacked, MAX_UNPACKED_BYTES, unpack } from './unpack.ts';

/** Bytes from the start of a file in which all that is asked of an image lies. */
export const IMAGE_HEAD_BYTES = 0x250;

/** First protocol of x86 that says where the payload is. */
const PAYLOAD_PROTOCOL = 0x208;
const SECTOR_BYTES = 512;
const DEFAULT_SETUP_SECTORS = 4;
/** Of `xloadflags`: the kernel runs in 64 bits. */
const XLF_KERNEL_64 = 1;

/** As long as `uname -r` can be. */
const MAX_RELEASE_BYTES = 64;

type ImageForm = 'bzImage' | 'zboot' | 'arm64' | 'riscv';

/** A range of a file that holds a packed kernel. */
interface Payload {
  readonly offset: number;
  readonly byteSize: number;
  /** Whether the last four bytes say what it expands to, and belong to no format. */
  readonly hasSize: boolean;
}

/**
 * What is inside a boot image or a compressed file: an ELF file, or an image of memory. Undefined for a file that is
 * neither. Throws `bad-data` where it contradicts its header, cannot be unpacked or expands to more than 512 MiB,
 * and `unsupported` where the program that unpacks it is not installed.
 */
export function readPackedFile(source: ByteSource): Uint8Array | undefined {
  const head = source.read(0, Math.min(IMAGE_HEAD_BYTES, source.size));
  const form = imageForm(head);
  if (form === undefined) return isPacked(head) ? unpack(readAll(source)) : undefined;
  if (form === 'arm64' || form === 'riscv') return readAll(source);
  return unpackPayload(source, form === 'bzImage' ? bzImagePayload(head) : zbootPayload(head));
}

/** The release of the kernel in a boot image of x86, as `uname -r` has it; undefined for other files. */
export function imageRelease(source: ByteSource): string | undefined {
  const head = source.read(0, Math.min(IMAGE_HEAD_BYTES, source.size));
  if (imageForm(head) !== 'bzImage') return undefined;
  const pointer = viewOf(head).getUint16(0x20e, true);
  if (pointer === 0) return undefined;
  const start = pointer + SECTOR_BYTES;
  const text = source.read(start, Math.min(MAX_RELEASE_BYTES, Math.max(0, source.size - start)));
  return /^[!-~]+/.exec(Buffer.from(text).toString('latin1'))?.[0];
}

/** The machine of a boot image, one of ELF's numbers, from its first bytes; undefined where they do not say. */
export function imageMachine(head: Uint8Array): number | undefined {
  switch (imageForm(head)) {
    case 'bzImage':
      return viewOf(head).getUint16(0x236, true) & XLF_KERNEL_64 ? EM_X86_64 : EM_386;
    case 'arm64':
      return EM_AARCH64;
    case 'riscv':
      return EM_RISCV;
    case 'zboot':
      return zbootMachine(head);
    case undefined:
      return undefined;
  }
}

/** Machines as the PE header of an EFI image has them. */
const PE_MACHINES: ReadonlyMap<number, number> = new Map([
  [0xaa64, EM_AARCH64],
  [0x5064, EM_RISCV],
  [0x6264, EM_LOONGARCH],
]);

function zbootMachine(head: Uint8Array): number | undefined {
  const view = viewOf(head);
  const header = head.length < 0x40 ? head.length : view.getUint32(0x3c, true);
  return header + 6 > head.length ? undefined : PE_MACHINES.get(view.getUint16(header + 4, true));
}

function imageForm(head: Uint8Array): ImageForm | undefined {
  const textAt = (offset: number): string =>
    Buffer.from(head.subarray(offset, offset + 4)).toString('latin1');
  if (head.length >= IMAGE_HEAD_BYTES && textAt(0x202) === 'HdrS') return 'bzImage';
  if (textAt(0).startsWith('MZ') && textAt(4) === 'zimg') return 'zboot';
  if (textAt(0x38) === 'ARM\x64') return 'arm64';
  return textAt(0x38) === 'RSC\x05' ? 'riscv' : undefined;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bzImagePayload(head: Uint8Array): Payload {
  const view = viewOf(head);
  if (view.getUint16(0x206, true) < PAYLOAD_PROTOCOL) {
    throw new TspaholeError('unsupported', 'a kernel image from before Linux 2.6.26');
  }
  const setupSectors = view.getUint8(0x1f1) || DEFAULT_SETUP_SECTORS;
  const offset = (setupSectors + 1) * SECTOR_BYTES + view.getUint32(0x248, true);
  return { offset, byteSize: view.getUint32(0x24c, true), hasSize: true };
}

function zbootPayload(head: Uint8Array): Payload {
  if (head.length < 16) throw new TspaholeError('bad-data', 'the header of the image is cut short');
  const view = viewOf(head);
  return { offset: view.getUint32(8, true), byteSize: view.getUint32(12, true), hasSize: false };
}

function unpackPayload(source: ByteSource, { offset, byteSize, hasSize }: Payload): Uint8Array {
  const bytes = source.read(offset, byteSize);
  // gzip's own format ends with the size.
  const isOwnSize = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const isSized = hasSize && bytes.length >= 4;
  const packed = isSized && !isOwnSize ? bytes.subarray(0, -4) : bytes;
  const size = isSized ? viewOf(bytes).getUint32(bytes.length - 4, true) : MAX_UNPACKED_BYTES;
  const unpacked = unpack(packed, Math.min(size || 1, MAX_UNPACKED_BYTES));
  if (unpacked === undefined) {
    throw new TspaholeError('unsupported', 'the kernel in the image is packed in an unknown way');
  }
  if (!isSized || unpacked.length === size) return unpacked;
  const what = `expands to 0x${unpacked.length.toString(16)} bytes instead of 0x${size.toString(16)}`;
  throw new TspaholeError('bad-data', `the kernel in the image ${what}`);
}

function readAll(source: ByteSource): Uint8Array {
  if (source.size <= MAX_UNPACKED_BYTES) return source.read(0, source.size);
  throw new TspaholeError('bad-data', `0x${source.size.toString(16)} bytes are too many for a kernel`);
}

/** BTF in what is packed: the kernel in a boot image (vmlinuz), or an ELF file that is compressed as a whole. */

import { BTF_HEADER_SIZE, BTF_VERSION } from '../btf/constants.ts';
import { parseBtfHeader } from '../btf/header.ts';
import { type ElfFile, parseElf } from '../elf/file.ts';
import { isElf } from '../elf/header.ts';
import type { ByteSource } from '../elf/source.ts';
import { readPackedFile } from '../elf/vmlinuz.ts';
import { TspaholeError } from '../model/errors.ts';

/** What a packed file holds: an ELF file, or an image of memory with a blob of BTF somewhere in it. */
export type Packed =
  | { readonly kind: 'elf'; readonly elf: ElfFile }
  | { readonly kind: 'image'; readonly btf: Uint8Array | undefined };

/** Unpacks a file. Undefined for one that is not packed. Throws as {@link readPackedFile}. */
export function openPacked(source: ByteSource): Packed | undefined {
  const bytes = readPackedFile(source);
  if (bytes === undefined) return undefined;
  if (isElf(bytes)) return { kind: 'elf', elf: parseElf(copyingSource(bytes)) };
  const btf = findBtf(bytes);
  return { kind: 'image', btf: btf && new Uint8Array(btf) };
}

/** A source whose parts are copies, so that the whole can be forgotten. */
function copyingSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read(offset, byteSize) {
      const end = offset + byteSize;
      if (offset >= 0 && byteSize >= 0 && end <= bytes.length)
        return new Uint8Array(bytes.subarray(offset, end));
      throw new TspaholeError('bad-data', `0x${byteSize.toString(16)} bytes reach past the unpacked file`);
    },
  };
}

/** How a blob of BTF of either byte order begins: magic number, version, no flags. */
const BEGINNINGS = [Buffer.from([0x9f, 0xeb, BTF_VERSION, 0]), Buffer.from([0xeb, 0x9f, BTF_VERSION, 0])];

/** Chance makes a handful of places that look like a header at first. */
const MAX_CANDIDATES = 10_000;

/** The first blob of BTF in an image of memory, which has no table of sections. */
function findBtf(image: Uint8Array): Uint8Array | undefined {
  const bytes = Buffer.from(image.buffer, image.byteOffset, image.byteLength);
  for (const beginning of BEGINNINGS) {
    let at = bytes.indexOf(beginning);
    for (let count = 0; at >= 0 && count < MAX_CANDIDATES; count++) {
      const size = blobSize(bytes.subarray(at));
      if (size !== undefined) return bytes.subarray(at, at + size);
      at = bytes.indexOf(beginning, at + 1);
    }
  }
  return undefined;
}

/** Bytes of the blob that starts here, or undefined where it is none: header, types and strings in a row. */
function blobSize(bytes: Uint8Array): number | undefined {
  try {
    const { headerSize, types, strings } = parseBtfHeader(bytes);
    const end = strings.offset + strings.byteSize;
    const isWhole = types.byteSize > 0 && strings.byteSize > 0 && bytes[strings.offset] === 0;
    const isTight = types.offset === headerSize && headerSize >= BTF_HEADER_SIZE && bytes[end - 1] === 0;
    return isWhole && isTight ? end : undefined;
  } catch (error) {
    if (error instanceof TspaholeError) return undefined;
    throw error;
  }
}

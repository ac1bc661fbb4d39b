/**
 * What the kernel wants of the header and the sections (linux kernel/bpf/btf.c). Stricter than what
 * decoding needs: sections must lie side by side and fill the blob.
 */

import type { Endian } from '../../model/bytes.ts';
import { BTF_HEADER_SIZE, BTF_MAGIC, BTF_VERSION } from '../constants.ts';
import { MAX_NAME_OFFSET } from './names.ts';
import { type ProblemList, reportBlob } from './problems.ts';

/** Largest blob that the kernel takes from a program. */
const MAX_BLOB_BYTES = 16 * 1024 * 1024;

/** Bytes up to and with the header's own size. */
const HEADER_START_BYTES = 8;

interface Section {
  readonly name: string;
  readonly offset: number;
  readonly byteSize: number;
}

/**
 * Reports what is wrong with header and sections. `isSplit` tells that the blob has a base, which
 * allows it to have neither types nor strings.
 *
 * Kernels up to 6.18 know no header fields behind byte 24 and want zeros there, so that a kind layout
 * section is a problem for them.
 */
export function verifyHeader(list: ProblemList, bytes: Uint8Array, isSplit: boolean): void {
  if (bytes.length > MAX_BLOB_BYTES) {
    reportBlob(list, 'blob-size', `${bytes.length} bytes are more than the ${MAX_BLOB_BYTES} of the kernel`);
  }
  if (bytes.length < HEADER_START_BYTES) {
    reportBlob(list, 'header-size', `${bytes.length} bytes hold no header`);
    return;
  }
  const endian: Endian = bytes[0] === BTF_MAGIC >>> 8 ? 'big' : 'little';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint16(0, endian === 'little');
  if (magic !== BTF_MAGIC) {
    reportBlob(list, 'magic', `magic number is 0x${magic.toString(16)}`);
    return;
  }
  if (bytes[2] !== BTF_VERSION) reportBlob(list, 'version', `version is ${bytes[2]}, not ${BTF_VERSION}`);
  if (bytes[3] !== 0) reportBlob(list, 'flags', `header flags are ${bytes[3]}, not 0`);
  const headerSize = view.getUint32(4, endian === 'little');
  if (headerSize > bytes.length || headerSize < BTF_HEADER_SIZE) {
    reportBlob(list, 'header-size', `header of ${headerSize} bytes in a blob of ${bytes.length}`);
    return;
  }
  if (bytes.subarray(BTF_HEADER_SIZE, headerSize).some((byte) => byte !== 0)) {
    reportBlob(list, 'header-tail', `header has fields behind byte ${BTF_HEADER_SIZE} that are not zero`);
  }
  const [typeOffset, typeBytes, stringOffset, stringBytes] = [8, 12, 16, 20].map((field) =>
    view.getUint32(field, endian === 'little'),
  ) as [number, number, number, number];
  const types: Section = { name: 'type section', offset: typeOffset, byteSize: typeBytes };
  const strings: Section = { name: 'string section', offset: stringOffset, byteSize: stringBytes };
  const body = bytes.subarray(headerSize);
  if (verifySections(list, types, strings, body.length)) verifyStrings(list, strings, body, isSplit);
  verifyTypeSection(list, types, isSplit);
}

/** Types first, strings directly behind, nothing else. Returns whether that holds. */
function verifySections(list: ProblemList, types: Section, strings: Section, total: number): boolean {
  const before = list.problems.length;
  let end = 0;
  for (const { name, offset, byteSize } of [types, strings]) {
    if (offset !== end)
      reportBlob(list, 'sections', `${name} starts at byte ${offset}, not ${end}, of the data`);
    end = offset + byteSize;
    if (end > total) reportBlob(list, 'sections', `${name} ends at byte ${end} of ${total}`);
  }
  if (end < total) reportBlob(list, 'sections', `${total - end} bytes follow the string section`);
  return list.problems.length === before;
}

function verifyStrings(
  list: ProblemList,
  { offset, byteSize }: Section,
  body: Uint8Array,
  isSplit: boolean,
): void {
  if (byteSize === 0) {
    if (!isSplit) reportBlob(list, 'strings', 'string section is empty');
    return;
  }
  if (byteSize - 1 > MAX_NAME_OFFSET) reportBlob(list, 'strings', `string section has ${byteSize} bytes`);
  if (body[offset + byteSize - 1] !== 0) reportBlob(list, 'strings', 'string section does not end with NUL');
  if (!isSplit && body[offset] !== 0) {
    reportBlob(list, 'strings', 'string section does not start with the empty name');
  }
}

function verifyTypeSection(list: ProblemList, { offset, byteSize }: Section, isSplit: boolean): void {
  if (offset % 4 !== 0) reportBlob(list, 'types', `type section at byte ${offset} is not aligned`);
  if (byteSize === 0 && !isSplit) reportBlob(list, 'types', 'there are no types');
}

/**
 * The header of a BTF blob (linux uapi/linux/btf.h `struct btf_header`): where types, kind layout and
 * strings lie. The bounds are those that libbpf checks when it parses.
 */

import { ByteReader, type Endian } from '../model/bytes.ts';
import { type ErrorPlace, TspaholeError } from '../model/errors.ts';
import {
  BTF_HEADER_SIZE,
  BTF_HEADER_SIZE_LAYOUT,
  BTF_MAGIC,
  BTF_TYPE_SIZE,
  BTF_VERSION,
} from './constants.ts';

/** A part of the blob, in bytes from its start. */
export interface BtfSpan {
  readonly offset: number;
  readonly byteSize: number;
}

export interface BtfHeader {
  readonly endian: Endian;
  readonly headerSize: number;
  readonly flags: number;
  readonly types: BtfSpan;
  readonly strings: BtfSpan;
  /** Kind layout section; empty in blobs that have none. */
  readonly layout: BtfSpan;
}

/** Whether `bytes` start with BTF's magic number, in either byte order. */
export function isBtf(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0x9f && second === 0xeb) || (first === 0xeb && second === 0x9f);
}

/** Reads and checks the header. Throws `bad-data` where a part lies outside the blob or on another one. */
export function parseBtfHeader(bytes: Uint8Array, place: ErrorPlace = {}): BtfHeader {
  const endian: Endian = bytes[0] === 0x9f ? 'little' : 'big';
  const reader = new ByteReader(bytes, { endian, place });
  if (reader.u16() !== BTF_MAGIC) reader.fail('not BTF: wrong magic number', 0);
  const version = reader.u8();
  if (version !== BTF_VERSION) reader.fail(`BTF version ${version} is not supported`, 2);
  const flags = reader.u8();
  const headerSize = reader.u32();
  if (headerSize < BTF_HEADER_SIZE) reader.fail(`header size ${headerSize} is below ${BTF_HEADER_SIZE}`, 4);
  if (headerSize > bytes.length) reader.fail(`header size ${headerSize} exceeds the data`, 4);
  const span = (): BtfSpan => ({ offset: headerSize + reader.u32(), byteSize: reader.u32() });
  const types = span();
  const strings = span();
  const layout = headerSize >= BTF_HEADER_SIZE_LAYOUT ? span() : { offset: types.offset, byteSize: 0 };
  const header = { endian, headerSize, flags, types, strings, layout };
  checkSpans(header, bytes.length, place);
  return header;
}

function checkSpans(
  { types, strings, layout, headerSize }: BtfHeader,
  size: number,
  place: ErrorPlace,
): void {
  const fail = (what: string, field: number): never => {
    throw new TspaholeError('bad-data', what, { ...place, offset: (place.offset ?? 0) + field });
  };
  const outside = (span: BtfSpan): boolean => span.offset + span.byteSize > size;
  const range = (span: BtfSpan): string => `${span.byteSize} bytes at 0x${span.offset.toString(16)}`;
  if ((types.offset - headerSize) % 4 !== 0)
    fail(`type section at 0x${types.offset.toString(16)} is not aligned`, 8);
  if (outside(types)) fail(`type section (${range(types)}) reaches past the data of ${size} bytes`, 8);
  if (outside(strings)) fail(`string section (${range(strings)}) reaches past the data of ${size} bytes`, 16);
  if (types.offset + types.byteSize > strings.offset) fail('type section overlaps the string section', 8);
  if (types.byteSize % 4 !== 0 || (types.byteSize > 0 && types.byteSize < BTF_TYPE_SIZE)) {
    fail(`type section of ${types.byteSize} bytes is no whole number of records`, 12);
  }
  if (layout.byteSize === 0) return;
  if (outside(layout))
    fail(`kind layout section (${range(layout)}) reaches past the data of ${size} bytes`, 24);
  if (layout.byteSize % 4 !== 0)
    fail(`kind layout section of ${layout.byteSize} bytes is no whole number of records`, 28);
  const overlaps =
    types.offset + types.byteSize > layout.offset || layout.offset + layout.byteSize > strings.offset;
  if (overlaps) fail('kind layout section overlaps the types or the strings', 24);
}

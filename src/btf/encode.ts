/**
 * A {@link TypeTable} to BTF bytes: header, records, optional kind layout, strings, in the order in which
 * libbpf writes them. The counterpart of decode.ts.
 */

import { type Endian, hostEndian } from '../model/bytes.ts';
import { TspaholeError } from '../model/errors.ts';
import { BTF_KIND_COUNT, type Kind } from '../model/kinds.ts';
import { HEADER_WORDS, infoKind, infoVlen, RECORD_SHAPES } from '../model/records.ts';
import type { TypeTable } from '../model/table.ts';
import {
  BTF_HEADER_SIZE,
  BTF_HEADER_SIZE_LAYOUT,
  BTF_LAYOUT_RECORD_SIZE,
  BTF_MAGIC,
  BTF_VERSION,
} from './constants.ts';

/** How {@link encodeBtf} writes. */
export interface EncodeBtfOptions {
  /** Byte order of the blob. Default: the table's. */
  readonly endian?: Endian | undefined;
  /** Adds the kind layout section, by which readers skip kinds that they do not know. Default false. */
  readonly layout?: boolean | undefined;
  /**
   * Bytes of the header: 24 is read by everything, 32 (with the fields of the kind layout) is what
   * libbpf 1.8 writes. Default 24, with a layout 32.
   */
  readonly headerSize?: 24 | 32 | undefined;
}

/**
 * The bytes of a table's own records and names; those of its base are in the base's blob. Types keep their
 * ids and names their offsets. Throws `unsupported` for a kind that BTF does not have, and `TypeError` for a
 * table whose names do not continue those of its base, as one read from DWARF.
 */
export function encodeBtf(table: TypeTable, options: EncodeBtfOptions = {}): Uint8Array {
  checkKinds(table);
  if (table.strings.start !== (table.base?.strings.end ?? 0)) {
    throw new TypeError('the names of the table do not continue those of its base');
  }
  const { endian = table.endian, layout = false } = options;
  const headerSize = layout ? BTF_HEADER_SIZE_LAYOUT : (options.headerSize ?? BTF_HEADER_SIZE);
  const strings = stringBytes(table);
  const parts = {
    headerSize,
    typeBytes: 4 * table.words.length,
    layoutBytes: layout ? BTF_LAYOUT_RECORD_SIZE * BTF_KIND_COUNT : 0,
    stringBytes: strings.length,
  };
  const typeStart = headerSize;
  const layoutStart = typeStart + parts.typeBytes;
  const stringStart = layoutStart + parts.layoutBytes;
  const bytes = Buffer.alloc(stringStart + strings.length);
  writeHeader(bytes, parts, endian === 'little');
  writeWords(bytes.subarray(typeStart, layoutStart), table.words, endian);
  if (layout) writeLayout(bytes, layoutStart);
  bytes.set(strings, stringStart);
  return bytes;
}

function checkKinds({ words, starts, firstId }: TypeTable): void {
  let end = 0;
  for (let index = 0; index < starts.length; index++) {
    const at = starts[index] as number;
    const info = words[at + 1] as number;
    const kind = infoKind(info);
    if (kind === 0 || kind >= BTF_KIND_COUNT) {
      throw new TspaholeError('unsupported', `type ${firstId + index} has kind ${kind}, which BTF has not`);
    }
    if (at !== end)
      throw new TypeError(`the record of type ${firstId + index} does not follow the one before`);
    end = at + recordWords(info);
  }
  if (end !== words.length) throw new TypeError('the words of the table are not those of its records');
}

/** Words of the record with this info word. */
export function recordWords(info: number): number {
  const { extra, element } = RECORD_SHAPES[infoKind(info) as Kind];
  return HEADER_WORDS + extra.length + infoVlen(info) * element.length;
}

/** The own strings; a base blob begins with the empty name, which a table without names may lack. */
function stringBytes({ base, strings }: TypeTable): Uint8Array {
  return base === undefined && strings.bytes.length === 0 ? new Uint8Array(1) : strings.bytes;
}

interface Parts {
  readonly headerSize: number;
  readonly typeBytes: number;
  readonly layoutBytes: number;
  readonly stringBytes: number;
}

function writeHeader(bytes: Buffer, parts: Parts, little: boolean): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { headerSize, typeBytes, layoutBytes } = parts;
  view.setUint16(0, BTF_MAGIC, little);
  view.setUint8(2, BTF_VERSION);
  const layoutOffset = layoutBytes === 0 ? 0 : typeBytes;
  const words = [
    headerSize,
    0,
    typeBytes,
    typeBytes + layoutBytes,
    parts.stringBytes,
    layoutOffset,
    layoutBytes,
  ];
  for (const [index, word] of words.entries()) {
    if (4 + 4 * index < headerSize) view.setUint32(4 + 4 * index, word, little);
  }
}

function writeWords(target: Buffer, words: Uint32Array, endian: Endian): void {
  target.set(new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
  if (endian !== hostEndian) target.swap32();
}

/** One record for each kind: bytes behind the common words, bytes of an element, flags (none are defined). */
function writeLayout(bytes: Buffer, start: number): void {
  for (let kind = 0; kind < BTF_KIND_COUNT; kind++) {
    const { extra, element } = RECORD_SHAPES[kind as Kind];
    bytes.set([4 * extra.length, 4 * element.length], start + BTF_LAYOUT_RECORD_SIZE * kind);
  }
}

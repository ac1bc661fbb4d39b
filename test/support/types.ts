/** Type tables and layouts for tests, straight from the records of btf-writer.ts. */

import { type DecodeBtfOptions, decodeBtf } from '../../src/btf/decode.ts';
import type { LayoutItem } from '../../src/layout/layout-items.ts';
import { type Layout, layoutOf } from '../../src/layout/layout-of.ts';
import { Layouts, type LayoutsOptions } from '../../src/layout/layouts.ts';
import { StringTable } from '../../src/model/strings.ts';
import { type TypeId, TypeTable } from '../../src/model/table.ts';
import { btf, type TypeRecord } from './btf-writer.ts';

/** The table of these records, the first of which has id 1. */
export function tableOf(records: readonly TypeRecord[], options: DecodeBtfOptions = {}): TypeTable {
  return decodeBtf(btf(records), options);
}

/** As {@link tableOf}, for records of every kind of the model, those that BTF does not have included. */
export function modelTableOf(records: readonly TypeRecord[]): TypeTable {
  const bytes = btf(records);
  const header = new DataView(bytes.buffer, bytes.byteOffset);
  const [typeBytes, stringOffset] = [header.getUint32(12, true), header.getUint32(16, true)];
  const types = bytes.slice(BTF_HEADER_SIZE, BTF_HEADER_SIZE + typeBytes);
  const starts = records.map((_, index) =>
    records.slice(0, index).reduce((total, record) => total + record.length, 0),
  );
  return new TypeTable({
    words: new Uint32Array(types.buffer),
    starts: Uint32Array.from(starts),
    strings: new StringTable(bytes.subarray(BTF_HEADER_SIZE + stringOffset)),
    pointerSize: 8,
    endian: 'little',
  });
}

const BTF_HEADER_SIZE = 24;

/** The layouts of these records. */
export function layoutsOf(records: readonly TypeRecord[], options: LayoutsOptions = {}): Layouts {
  return new Layouts(tableOf(records), options);
}

/** The layout of the last record. */
export function lastLayout(records: readonly TypeRecord[], options: LayoutsOptions = {}): Layout {
  return layoutOf(layoutsOf(records, options), records.length);
}

/**
 * What lies in a layout, one word per item: `a@0+4` is member a at byte 0 of 4 bytes, `b@3:5` bitfield b
 * at bit 3 of 5 bits, `hole@4+4` and `bitHole@3:5` likewise, `line1@64` cacheline 1 at byte 64.
 */
export function items(layout: Layout): string {
  return layout.items.map(wordFor).join(' ');
}

function wordFor(item: LayoutItem): string {
  switch (item.kind) {
    case 'member': {
      const place =
        item.bitSize === undefined
          ? `${item.byteOffset}+${item.byteSize}`
          : `${item.bitOffset}:${item.bitSize}`;
      return `${item.name}@${place}`;
    }
    case 'hole':
    case 'padding':
      return `${item.kind}@${item.byteOffset}+${item.byteSize}`;
    case 'bitHole':
    case 'bitPadding':
      return `${item.kind}@${item.bitOffset}:${item.bitSize}`;
    case 'cachelineBoundary':
      return `line${item.cacheline}@${item.byteOffset}${item.bytesAgo === 0 ? '' : `-${item.bytesAgo}`}`;
  }
}

/** Bits that a layout's parts lack to add up to its size: 0 when they do. */
export function missingBits(layout: Layout): number {
  const { byteSize, memberBytes, memberBits, holeBytes, bitHoleBits, padding, bitPadding, overlapBits } =
    layout.summary;
  const bytes = memberBytes + holeBytes + padding;
  return byteSize * 8 - (bytes * 8 + memberBits + bitHoleBits + bitPadding - overlapBits);
}

/** Id of the type of that name; throws where there is none. */
export function idOf(table: TypeTable, name: string): TypeId {
  for (let id = 1; id < table.end; id++) if (table.name(id) === name) return id;
  throw new Error(`no type ${name}`);
}

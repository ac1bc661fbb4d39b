/**
 * Writes BTF blobs for tests from a list of types: what a test says is what the bytes hold, and
 * nothing is checked, so that broken input is as easy to write as good input.
 *
 *     btf([
 *       int('int', 4, 'signed'),                                   // id 1
 *       ptr(1),                                                    // id 2
 *       struct('s', 16, [['a', 1, 0], ['p', 2, 64]]),              // id 3
 *     ])
 *
 * The first entry has id 1 (in a split blob: the number of types of its base, void included), the
 * next one the next id. Ids are plain numbers, so a test may refer to types that do not exist.
 *
 * A record is a list of 32-bit words, in which a string stands for the offset of that name:
 * `['s', info(Kind.Struct, 1), 4, 'a', 1, 0]`. So a record that no function below can make is
 * written as an array, and `change` replaces parts of one. Broken headers and sections come from
 * the `header`, `stringSection` and `tail` options.
 */

import type { Endian } from '../../src/model/bytes.ts';
import { BTF_KIND_COUNT, Kind } from '../../src/model/kinds.ts';
import { infoKind, infoKindFlag, infoVlen, makeInfo, RECORD_SHAPES } from '../../src/model/records.ts';

/** A name, or its offset in the string section where a test wants to choose it. */
export type Name = string | number;
/** A 32-bit word; a string stands for its offset in the string section. Negative numbers wrap. */
export type Word = Name;
/** Words of one type record: name, info, size or type, then what its kind adds. */
export type TypeRecord = readonly Word[];

/** Name, type, bit offset, and the bit size of a bitfield (0 is none). */
export type MemberSpec = readonly [name: Name, typeId: number, bitOffset: number, bitSize?: number];
export type EnumeratorSpec = readonly [name: Name, value: number | bigint];
export type ParameterSpec = readonly [name: Name, typeId: number];
export type VariableSpec = readonly [varId: number, byteOffset: number, byteSize: number];
/** Bytes behind the common 12, bytes per element, flags. */
export type KindLayoutSpec = readonly [infoBytes: number, elementBytes: number, flags?: number];

/** Fields of the header; each replaces what the writer computed. Offsets count from the header's end. */
export interface HeaderFields {
  magic: number;
  version: number;
  flags: number;
  headerSize: number;
  typeOffset: number;
  typeBytes: number;
  stringOffset: number;
  stringBytes: number;
  layoutOffset: number;
  layoutBytes: number;
}

export interface BtfOptions {
  /** Byte order of the blob. Default little. */
  endian?: Endian | undefined;
  /** Bytes of the header, filled with zeros from 32 on. Default 24, with a layout 32. */
  headerSize?: number | undefined;
  /** Adds a kind layout section: true for the kinds of BTF, or one entry per kind from 0 on. */
  layout?: boolean | readonly KindLayoutSpec[] | undefined;
  /** Makes a split blob: number of types (void included) and string bytes of the base. */
  base?: { types: number; stringBytes: number; offsetOf?: (name: string) => number | undefined } | undefined;
  /** Strings put first into the string section, used or not. */
  strings?: readonly string[] | undefined;
  /** Bytes to write instead of the string section made from the names. */
  stringSection?: Uint8Array | undefined;
  /** Header fields to write instead of the right ones. */
  header?: Partial<HeaderFields> | undefined;
  /** Bytes behind the last section. */
  tail?: Uint8Array | undefined;
}

/** Bytes of a BTF blob. */
export function btf(records: readonly TypeRecord[], options: BtfOptions = {}): Uint8Array {
  const strings = new StringSection(options);
  const types = records.flatMap((record) => record.map((word) => strings.word(word)));
  return assemble(types, strings.bytes(), options);
}

/** A base blob and a blob split from it; names that the base has are shared, as real writers do. */
export function splitBtf(
  baseRecords: readonly TypeRecord[],
  splitRecords: readonly TypeRecord[],
  options: BtfOptions = {},
): { base: Uint8Array; split: Uint8Array } {
  const strings = new StringSection(options);
  const types = baseRecords.flatMap((record) => record.map((word) => strings.word(word)));
  const section = strings.bytes();
  const base = {
    types: baseRecords.length + 1,
    stringBytes: section.length,
    offsetOf: (name: string) => strings.known(name),
  };
  return {
    base: assemble(types, section, options),
    split: btf(splitRecords, { ...options, strings: undefined, base }),
  };
}

/** Info word of a record. */
export function info(kind: number, vlen = 0, kindFlag = false): number {
  return makeInfo(kind, vlen, kindFlag);
}

/** `record` with parts of its first three words replaced and words appended, to break it. */
export function change(
  record: TypeRecord,
  parts: {
    name?: Name;
    kind?: number;
    vlen?: number;
    kindFlag?: boolean;
    sizeOrType?: number;
    append?: readonly Word[];
  },
): TypeRecord {
  const [name = 0, word = 0, third = 0, ...rest] = record;
  const old = Number(word);
  const changed = makeInfo(
    parts.kind ?? infoKind(old),
    parts.vlen ?? infoVlen(old),
    parts.kindFlag ?? infoKindFlag(old),
  );
  return [parts.name ?? name, changed, parts.sizeOrType ?? third, ...rest, ...(parts.append ?? [])];
}

const INT_ENCODINGS = { none: 0, signed: 1, char: 2, bool: 4 } as const;

/** `encoding` may be the raw encoding bits; `bits` is by default the whole size. */
export function int(
  name: Name,
  byteSize: number,
  encoding: keyof typeof INT_ENCODINGS | number = 'none',
  { bits = byteSize * 8, bitOffset = 0 }: { bits?: number; bitOffset?: number } = {},
): TypeRecord {
  const code = typeof encoding === 'number' ? encoding : INT_ENCODINGS[encoding];
  return [name, info(Kind.Int), byteSize, (code << 24) | (bitOffset << 16) | bits];
}

export function float(name: Name, byteSize: number): TypeRecord {
  return [name, info(Kind.Float), byteSize];
}

export function ptr(typeId: number): TypeRecord {
  return [0, info(Kind.Pointer), typeId];
}

export function array(elementTypeId: number, indexTypeId: number, count: number): TypeRecord {
  return [0, info(Kind.Array), 0, elementTypeId, indexTypeId, count];
}

/** The kind flag is set when a member gives a bit size. */
export function struct(name: Name, byteSize: number, members: readonly MemberSpec[] = []): TypeRecord {
  return composite(Kind.Struct, name, byteSize, members);
}

/** The kind flag is set when a member gives a bit size. */
export function union(name: Name, byteSize: number, members: readonly MemberSpec[] = []): TypeRecord {
  return composite(Kind.Union, name, byteSize, members);
}

/** An enum of 32-bit values; `signed` is the kind flag. */
export function enum32(
  name: Name,
  enumerators: readonly EnumeratorSpec[] = [],
  { byteSize = 4, signed = false }: { byteSize?: number; signed?: boolean } = {},
): TypeRecord {
  const words = enumerators.flatMap(([each, value]) => [each, low(value)]);
  return [name, info(Kind.Enum, enumerators.length, signed), byteSize, ...words];
}

/** An enum of 64-bit values; `signed` is the kind flag. */
export function enum64(
  name: Name,
  enumerators: readonly EnumeratorSpec[] = [],
  { byteSize = 8, signed = false }: { byteSize?: number; signed?: boolean } = {},
): TypeRecord {
  const words = enumerators.flatMap(([each, value]) => [each, low(value), low(BigInt(value) >> 32n)]);
  return [name, info(Kind.Enum64, enumerators.length, signed), byteSize, ...words];
}

/** Forward declaration. */
export function fwd(name: Name, forwardKind: 'struct' | 'union' = 'struct'): TypeRecord {
  return [name, info(Kind.Forward, 0, forwardKind === 'union'), 0];
}

export function typedef(name: Name, typeId: number): TypeRecord {
  return [name, info(Kind.Typedef), typeId];
}

export function constOf(typeId: number): TypeRecord {
  return [0, info(Kind.Const), typeId];
}

export function volatileOf(typeId: number): TypeRecord {
  return [0, info(Kind.Volatile), typeId];
}

export function restrictOf(typeId: number): TypeRecord {
  return [0, info(Kind.Restrict), typeId];
}

const LINKAGES = { static: 0, global: 1, extern: 2 } as const;
type LinkageSpec = keyof typeof LINKAGES | number;

export function func(name: Name, protoId: number, linkage: LinkageSpec = 'static'): TypeRecord {
  return [name, info(Kind.Func, linkageCode(linkage)), protoId];
}

/** A last parameter `['', 0]` stands for `...`. */
export function funcProto(returnTypeId: number, parameters: readonly ParameterSpec[] = []): TypeRecord {
  return [0, info(Kind.FuncProto, parameters.length), returnTypeId, ...parameters.flat()];
}

/** A variable (BTF_KIND_VAR). */
export function variable(name: Name, typeId: number, linkage: LinkageSpec = 'static'): TypeRecord {
  return [name, info(Kind.Var), typeId, linkageCode(linkage)];
}

export function datasec(name: Name, byteSize: number, variables: readonly VariableSpec[] = []): TypeRecord {
  return [name, info(Kind.Datasec, variables.length), byteSize, ...variables.flat()];
}

/** `componentIndex` -1 is the target itself; `attribute` is the kind flag. */
export function declTag(
  value: Name,
  typeId: number,
  componentIndex = -1,
  { attribute = false }: { attribute?: boolean } = {},
): TypeRecord {
  return [value, info(Kind.DeclTag, 0, attribute), typeId, componentIndex];
}

/** `attribute` is the kind flag. */
export function typeTag(
  value: Name,
  typeId: number,
  { attribute = false }: { attribute?: boolean } = {},
): TypeRecord {
  return [value, info(Kind.TypeTag, 0, attribute), typeId];
}

function composite(kind: number, name: Name, byteSize: number, members: readonly MemberSpec[]): TypeRecord {
  const kindFlag = members.some((member) => member[3] !== undefined);
  const words = members.flatMap(([each, typeId, bitOffset, bitSize = 0]) => [
    each,
    typeId,
    kindFlag ? (bitSize << 24) | bitOffset : bitOffset,
  ]);
  return [name, info(kind, members.length, kindFlag), byteSize, ...words];
}

function linkageCode(linkage: LinkageSpec): number {
  return typeof linkage === 'number' ? linkage : LINKAGES[linkage];
}

function low(value: number | bigint): number {
  return Number(BigInt.asUintN(32, BigInt(value)));
}

/** Collects names in the order of their first use. */
class StringSection {
  readonly #options: BtfOptions;
  readonly #offsets = new Map<string, number>();
  readonly #chunks: Uint8Array[] = [];
  #end: number;

  constructor(options: BtfOptions) {
    this.#options = options;
    this.#end = options.base?.stringBytes ?? 0;
    // A split blob's own strings need no empty one: offset 0 is the base's.
    if (options.base === undefined) this.#add('');
    else this.#offsets.set('', 0);
    for (const text of options.strings ?? []) this.#add(text);
  }

  known(text: string): number | undefined {
    return this.#offsets.get(text);
  }

  word(word: Word): number {
    if (typeof word === 'number') return word >>> 0;
    return this.#offsets.get(word) ?? this.#options.base?.offsetOf?.(word) ?? this.#add(word);
  }

  bytes(): Uint8Array {
    return this.#options.stringSection ?? Buffer.concat(this.#chunks);
  }

  #add(text: string): number {
    const offset = this.#end;
    const chunk = Buffer.from(`${text}\0`);
    this.#chunks.push(chunk);
    this.#end += chunk.length;
    this.#offsets.set(text, offset);
    return offset;
  }
}

/** Header, types, layout, strings, tail: the order that libbpf writes. */
function assemble(types: readonly number[], strings: Uint8Array, options: BtfOptions): Uint8Array {
  const layout = kindLayout(options.layout);
  const headerSize = options.headerSize ?? (layout.length > 0 ? 32 : 24);
  const typeBytes = types.length * 4;
  const layoutBytes = layout.length * 4;
  const fields: HeaderFields = {
    magic: 0xeb9f,
    version: 1,
    flags: 0,
    headerSize,
    typeOffset: 0,
    typeBytes,
    stringOffset: typeBytes + layoutBytes,
    stringBytes: strings.length,
    layoutOffset: layoutBytes === 0 ? 0 : typeBytes,
    layoutBytes,
    ...options.header,
  };
  const little = options.endian !== 'big';
  const tail = options.tail ?? new Uint8Array();
  const bytes = new Uint8Array(headerSize + typeBytes + layoutBytes + strings.length + tail.length);
  bytes.set(headerBytes(fields, little).subarray(0, headerSize));
  const view = new DataView(bytes.buffer);
  types.forEach((word, index) => {
    view.setUint32(headerSize + 4 * index, word, little);
  });
  layout.forEach(([infoBytes, elementBytes, flags = 0], index) => {
    const at = headerSize + typeBytes + 4 * index;
    bytes.set([infoBytes, elementBytes], at);
    view.setUint16(at + 2, flags, little);
  });
  bytes.set(strings, headerSize + typeBytes + layoutBytes);
  bytes.set(tail, bytes.length - tail.length);
  return bytes;
}

function kindLayout(layout: BtfOptions['layout']): readonly KindLayoutSpec[] {
  if (layout === undefined || layout === false) return [];
  if (layout !== true) return layout;
  return Array.from({ length: BTF_KIND_COUNT }, (_, kind) => {
    const shape = RECORD_SHAPES[kind as Kind];
    return [4 * shape.extra.length, 4 * shape.element.length] as const;
  });
}

function headerBytes(fields: HeaderFields, little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(32));
  view.setUint16(0, fields.magic, little);
  view.setUint8(2, fields.version);
  view.setUint8(3, fields.flags);
  const rest = [
    fields.headerSize,
    fields.typeOffset,
    fields.typeBytes,
    fields.stringOffset,
    fields.stringBytes,
    fields.layoutOffset,
    fields.layoutBytes,
  ];
  rest.forEach((word, index) => {
    view.setUint32(4 + 4 * index, word, little);
  });
  return new Uint8Array(view.buffer);
}

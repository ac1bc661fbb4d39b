/**
 * BTF bytes to a {@link TypeTable}. Decoding is an index over the file's own words: records in the
 * host's byte order are used in place, foreign ones are swapped once (every field of every record is a
 * 32-bit word). Only what a reader needs to walk safely is checked here; `verifyBtf` has the rest.
 */

import { hostEndian } from '../model/bytes.ts';
import { type ErrorPlace, TspaholeError } from '../model/errors.ts';
import { BTF_KIND_COUNT, FIRST_OWN_KIND, Kind } from '../model/kinds.ts';
import { HEADER_WORDS, infoKind, infoVlen, RECORD_SHAPES } from '../model/records.ts';
import { StringTable } from '../model/strings.ts';
import { TypeTable } from '../model/table.ts';
import { BTF_LAYOUT_RECORD_SIZE, BTF_TYPE_SIZE } from './constants.ts';
import { type BtfHeader, parseBtfHeader } from './header.ts';

/** What {@link decodeBtf} is told besides the bytes. */
export interface DecodeBtfOptions {
  /** Table that split BTF continues. */
  readonly base?: TypeTable | undefined;
  /** Bytes in a pointer, where the container knows it. Default: the base's, else told from `long`. */
  readonly pointerSize?: number | undefined;
  /**
   * Finds records faster than a loop that was just loaded: writes where each of `words` starts, by how many words
   * each kind has, and answers how many there are, or something else where it cannot tell.
   */
  readonly indexer?: RecordIndexer | undefined;
  /** Named by errors; `section` is `.BTF` unless given. */
  readonly place?: ErrorPlace | undefined;
}

/** See {@link DecodeBtfOptions.indexer}. 255 extra words mark an unknown kind. */
export type RecordIndexer = (
  words: Uint32Array,
  extraWords: Uint8Array,
  elementWords: Uint8Array,
  starts: Uint32Array,
) => number | undefined;

/**
 * Decodes a BTF blob. The table refers to `bytes`, which must not change afterwards.
 * Throws `bad-data` for a header, record or string section that contradicts the format, and for a
 * kind that neither BTF nor the blob's kind layout section describes. Ids and name offsets are not
 * checked here: following a bad one says so.
 */
export function decodeBtf(bytes: Uint8Array, options: DecodeBtfOptions = {}): TypeTable {
  const place: ErrorPlace = { section: '.BTF', ...options.place };
  const header = parseBtfHeader(bytes, place);
  const { base } = options;
  const words = typeWords(bytes, header);
  const layout = kindLayout(bytes, header);
  const starts =
    startsBy(options.indexer, words, layout) ??
    indexRecords(words, layout, { ...place, offset: header.types.offset });
  const strings = stringTable(bytes, header, base, place);
  const parts = { words, starts, strings, base, endian: header.endian };
  const pointerSize = options.pointerSize ?? base?.pointerSize ?? guessPointerSize(words, starts, strings);
  return new TypeTable({ ...parts, pointerSize });
}

/** Size of what follows the common words of a record, by kind number. 255 marks an unknown kind. */
interface KindLayout {
  readonly extraWords: Uint8Array;
  readonly elementWords: Uint8Array;
}

const UNKNOWN_KIND = 255;

function knownLayout(): KindLayout {
  const extraWords = new Uint8Array(128).fill(UNKNOWN_KIND);
  const elementWords = new Uint8Array(128);
  for (let kind = 1; kind < BTF_KIND_COUNT; kind++) {
    const shape = RECORD_SHAPES[kind as Kind];
    extraWords[kind] = shape.extra.length;
    elementWords[kind] = shape.element.length;
  }
  return { extraWords, elementWords };
}

function kindLayout(bytes: Uint8Array, { layout }: BtfHeader): KindLayout {
  const known = knownLayout();
  // A file's own kind may not pass for one of the model's.
  const count = Math.min(layout.byteSize / BTF_LAYOUT_RECORD_SIZE, FIRST_OWN_KIND);
  for (let kind = BTF_KIND_COUNT; kind < count; kind++) {
    const at = layout.offset + kind * BTF_LAYOUT_RECORD_SIZE;
    const [infoSize, elementSize] = [bytes[at] as number, bytes[at + 1] as number];
    if (infoSize % 4 !== 0 || elementSize % 4 !== 0) continue;
    known.extraWords[kind] = infoSize / 4;
    known.elementWords[kind] = elementSize / 4;
  }
  return known;
}

function typeWords(bytes: Uint8Array, { types, endian }: BtfHeader): Uint32Array {
  const start = bytes.byteOffset + types.offset;
  if (endian === hostEndian && start % 4 === 0)
    return new Uint32Array(bytes.buffer, start, types.byteSize / 4);
  // `slice` of a Buffer would not copy.
  const copy = new Uint8Array(bytes.subarray(types.offset, types.offset + types.byteSize));
  if (endian !== hostEndian) Buffer.from(copy.buffer).swap32();
  return new Uint32Array(copy.buffer);
}

function startsBy(
  indexer: RecordIndexer | undefined,
  words: Uint32Array,
  { extraWords, elementWords }: KindLayout,
): Uint32Array | undefined {
  const starts = indexer && roomForStarts(words);
  const count = starts && indexer(words, extraWords, elementWords, starts);
  return count !== undefined && count >= 0 ? starts?.subarray(0, count) : undefined;
}

function roomForStarts(words: Uint32Array): Uint32Array {
  return new Uint32Array((words.length * 4) / BTF_TYPE_SIZE);
}

/** Finds where each record starts. The loop every reader of a kernel pays for: no calls, no objects. */
function indexRecords(words: Uint32Array, layout: KindLayout, place: ErrorPlace): Uint32Array {
  const { extraWords, elementWords } = layout;
  const total = words.length;
  const starts = roomForStarts(words);
  let count = 0;
  let at = 0;
  while (at < total) {
    const info = words[at + 1] as number;
    const kind = (info >>> 24) & 0x7f;
    const extra = extraWords[kind] as number;
    const end = at + HEADER_WORDS + extra + (info & 0x00ff_ffff) * (elementWords[kind] as number);
    if (extra === UNKNOWN_KIND || end > total) throw badRecord(words, at, extra === UNKNOWN_KIND, place);
    starts[count++] = at;
    at = end;
  }
  return starts.subarray(0, count);
}

function badRecord(words: Uint32Array, at: number, isUnknown: boolean, place: ErrorPlace): TspaholeError {
  const where = { ...place, offset: (place.offset ?? 0) + at * 4 };
  const info = words[at + 1] ?? 0;
  const what = isUnknown
    ? `type record has kind ${infoKind(info)}, which no kind layout describes`
    : `type record of kind ${infoKind(info)} with ${infoVlen(info)} elements reaches past the type section`;
  return new TspaholeError('bad-data', what, where);
}

function stringTable(
  bytes: Uint8Array,
  { strings }: BtfHeader,
  base: TypeTable | undefined,
  place: ErrorPlace,
): StringTable {
  const own = bytes.subarray(strings.offset, strings.offset + strings.byteSize);
  const fail = (what: string): never => {
    throw new TspaholeError('bad-data', what, { ...place, offset: (place.offset ?? 0) + strings.offset });
  };
  if (own.length > 0 && own.at(-1) !== 0) fail('string section does not end with NUL');
  if (base === undefined && own[0] !== 0) fail('string section does not start with the empty name');
  return new StringTable(own, base?.strings);
}

/** Names of C's `long` types, by which BTF without an ELF header tells its pointer size (libbpf btf.c). */
const LONG_NAMES: ReadonlySet<string> = new Set([
  'long',
  'long int',
  'int long',
  'unsigned long',
  'long unsigned',
  'unsigned long int',
  'unsigned int long',
  'long unsigned int',
  'long int unsigned',
  'int unsigned long',
  'int long unsigned',
]);

const DEFAULT_POINTER_SIZE = 8;

function guessPointerSize(words: Uint32Array, starts: Uint32Array, strings: StringTable): number {
  for (const at of starts) {
    if (infoKind(words[at + 1] as number) !== Kind.Int) continue;
    const size = words[at + 2] as number;
    const nameOffset = words[at] as number;
    if ((size === 4 || size === 8) && nameOffset < strings.end && LONG_NAMES.has(strings.text(nameOffset))) {
      return size;
    }
  }
  return DEFAULT_POINTER_SIZE;
}

/** `StringPool`: the names of many tables as one string table in which each name lies once. */

import { TspaholeError } from './errors.ts';
import { WordMap } from './intern.ts';
import { hashName, indexOfTable, NameIndex, type NameKey, nameEnd } from './name-index.ts';
import { StringTable } from './strings.ts';

/** How often the bytes of the sources may be copied as parts of different names. */
const MAX_OVERLAP = 16;

/** Collects names in the order of their first use. Names that the base has keep the base's offsets. */
export class StringPool {
  readonly #base: StringTable | undefined;
  /** Of the base and all that it continues, the first of the chain first. */
  readonly #baseIndexes: readonly BaseIndex[];
  readonly #index: NameIndex;
  /** For each source the offset here plus one, by the offset there. */
  readonly #known = new Map<StringTable, Uint32Array>();
  #rareSource: StringTable | undefined;
  readonly #rare: WordMap = new WordMap();
  #sourceBytes = 1 << 16;
  #bytes: Buffer = Buffer.alloc(1 << 16);
  #length = 0;
  #scratch: Buffer = Buffer.alloc(256);

  /** Begins with the empty name, or behind the names of a base. */
  constructor(base?: StringTable) {
    this.#base = base;
    this.#baseIndexes = base === undefined ? [] : indexesOf(base);
    this.#index = new NameIndex(this.#bytes);
    if (base === undefined) this.#length = 1;
  }

  /** The offset in this pool of the name at `offset` of a table. Throws `bad-data` as the table does. */
  offsetOf(strings: StringTable, offset: number): number {
    if (offset === 0) return 0;
    const known = this.#known.get(strings);
    const stored = known?.[offset];
    if (stored !== undefined && stored !== 0) return stored - 1;
    const found = this.#addFrom(strings, offset);
    if (this.#length > MAX_OVERLAP * this.#sourceBytes) throw overlapping();
    this.#room(strings, known)[offset] = found + 1;
    return found;
  }

  /**
   * As {@link offsetOf}, for tables of which few names are asked for, and each seldom: takes memory for these alone.
   * Throws `bad-data` as the table does.
   */
  offsetOfRare(strings: StringTable, offset: number): number {
    if (offset === 0) return 0;
    if (this.#rareSource !== strings) {
      this.#rareSource = strings;
      this.#rare.clear();
      this.#sourceBytes += strings.end;
    }
    const known = this.#rare.get(offset);
    if (known !== undefined) return known;
    const found = this.#addFrom(strings, offset);
    if (this.#length > MAX_OVERLAP * this.#sourceBytes) throw overlapping();
    this.#rare.add(offset, found);
    return found;
  }

  /** The offset of a name, each character of which is a byte. */
  add(name: string): number {
    if (name.length > this.#scratch.length) this.#scratch = Buffer.alloc(2 * name.length);
    return this.#addBytes(this.#scratch, 0, this.#scratch.write(name, 'latin1'));
  }

  #addFrom(strings: StringTable, offset: number): number {
    const table = offset >= strings.start && offset < strings.end ? strings : strings.owner(offset);
    const start = offset - table.start;
    const { bytes } = table;
    return this.#addBytes(bytes, start, nameEnd(bytes, start));
  }

  #addBytes(bytes: Uint8Array, start: number, end: number): number {
    // Offset 0 is the empty name with and without a base.
    if (start === end) return 0;
    const key = { bytes, start, end, hash: hashName(bytes, start, end) };
    for (const { index, first } of this.#baseIndexes) {
      const found = index.find(key);
      if (found !== undefined) return first + found;
    }
    return (this.#base?.end ?? 0) + (this.#index.find(key) ?? this.#append(key));
  }

  #append({ bytes, start, end, hash }: NameKey): number {
    const place = this.#length;
    const length = end - start + 1;
    if (place + length > this.#bytes.length) {
      const grown = Buffer.alloc(2 * (place + length));
      grown.set(this.#bytes.subarray(0, place));
      this.#bytes = grown;
      this.#index.bytes = grown;
    }
    this.#bytes.set(bytes.subarray(start, end), place);
    this.#length = place + length;
    this.#index.add(place, hash);
    return place;
  }

  /** The name at an offset of this pool or its base, each byte as one character. Throws `bad-data` outside of both. */
  nameAt(offset: number): string {
    const start = this.#base?.end ?? 0;
    if (this.#base !== undefined && (offset < start || offset === 0)) return this.#base.latin1At(offset);
    const end = this.#bytes.indexOf(0, offset - start);
    return this.#bytes.toString('latin1', offset - start, end);
  }

  /** The names so far as a table that continues the base. */
  table(): StringTable {
    return new StringTable(this.#bytes.subarray(0, this.#length), this.#base);
  }

  /** A source may have grown since the last time. */
  #room(strings: StringTable, known: Uint32Array | undefined): Uint32Array {
    if (known !== undefined && known.length >= strings.end) return known;
    this.#sourceBytes += strings.end - (known?.length ?? 0);
    const grown = new Uint32Array(known === undefined ? strings.end : 2 * strings.end);
    if (known !== undefined) grown.set(known);
    this.#known.set(strings, grown);
    return grown;
  }
}

interface BaseIndex {
  readonly index: NameIndex;
  /** Logical offset of the first byte of the table. */
  readonly first: number;
}

function indexesOf(table: StringTable): BaseIndex[] {
  const below = table.base === undefined ? [] : indexesOf(table.base);
  return [...below, { index: indexOfTable(table, table.bytes), first: table.start }];
}

function overlapping(): TspaholeError {
  return new TspaholeError('bad-data', 'names overlap so much that they would fill the memory');
}

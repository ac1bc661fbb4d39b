/** `StringPool`: the names of many tables as one string table in which each name lies once. */

import { TspaholeError } from './errors.ts';
import { StringTable } from './strings.ts';

/** How often the bytes of the sources may be copied as parts of different names. */
const MAX_OVERLAP = 16;

/** Collects names in the order of their first use. Names that the base has keep the base's offsets. */
export class StringPool {
  readonly #base: StringTable | undefined;
  readonly #baseOffsets: ReadonlyMap<string, number>;
  readonly #offsets = new Map<string, number>();
  /** For each source the offset here plus one, by the offset there. */
  readonly #known = new Map<StringTable, Uint32Array>();
  #rareSource: StringTable | undefined;
  readonly #rare = new Map<number, number>();
  #sourceBytes = 1 << 16;
  #bytes: Buffer = Buffer.alloc(1 << 16);
  #length = 0;

  /** Begins with the empty name, or behind the names of a base. */
  constructor(base?: StringTable) {
    this.#base = base;
    this.#baseOffsets = base === undefined ? NO_NAMES : offsetsIn(base);
    if (base === undefined) this.#length = 1;
    // Offset 0 is the empty name with and without a base.
    this.#offsets.set('', 0);
  }

  /** The offset in this pool of the name at `offset` of a table. Throws `bad-data` as the table does. */
  offsetOf(strings: StringTable, offset: number): number {
    if (offset === 0) return 0;
    const known = this.#known.get(strings);
    const stored = known?.[offset];
    if (stored !== undefined && stored !== 0) return stored - 1;
    const found = this.add(strings.latin1At(offset));
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
    const found = this.add(strings.latin1At(offset));
    if (this.#length > MAX_OVERLAP * this.#sourceBytes) throw overlapping();
    this.#rare.set(offset, found);
    return found;
  }

  /** The offset of a name, each character of which is a byte. */
  add(name: string): number {
    const known = this.#offsets.get(name) ?? this.#baseOffsets.get(name);
    if (known !== undefined) return known;
    const start = this.#length;
    const end = start + name.length + 1;
    if (end > this.#bytes.length) {
      const grown = Buffer.alloc(2 * end);
      grown.set(this.#bytes.subarray(0, start));
      this.#bytes = grown;
    }
    this.#bytes.write(name, start, 'latin1');
    this.#length = end;
    const offset = (this.#base?.end ?? 0) + start;
    this.#offsets.set(name, offset);
    return offset;
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

const NO_NAMES: ReadonlyMap<string, number> = new Map();

/** Many pools may continue one base. */
const offsetsOfBases = new WeakMap<StringTable, ReadonlyMap<string, number>>();

/** The names of a table and of those that it continues, by name. */
function offsetsIn(base: StringTable): ReadonlyMap<string, number> {
  const known = offsetsOfBases.get(base);
  if (known !== undefined) return known;
  const offsets = new Map<string, number>();
  addNames(base, offsets);
  offsetsOfBases.set(base, offsets);
  return offsets;
}

/** Only whole names count, not tails of longer ones; of equal names the first. */
function addNames(table: StringTable, offsets: Map<string, number>): void {
  if (table.base !== undefined) addNames(table.base, offsets);
  const text = table.bytes.toString('latin1');
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\0', at);
    const name = text.slice(at, end < 0 ? undefined : end);
    if (!offsets.has(name)) offsets.set(name, table.start + at);
    at += name.length + 1;
  }
}

function overlapping(): TspaholeError {
  return new TspaholeError('bad-data', 'names overlap so much that they would fill the memory');
}

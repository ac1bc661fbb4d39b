/** From a path to BTF: reads the DWARF and the ELF of one file, and feeds the encoder with both. */

import { UnclearRepeats } from './btf/dedup.ts';
import { distill } from './btf/distill.ts';
import { encodeBtf } from './btf/encode.ts';
import type { DwarfOptions } from './dwarf/reader.ts';
import { type ElfFile, parseElf } from './elf/file.ts';
import { type FileState, fileState, requireUnchanged } from './elf/file-state.ts';
import { openFileSource } from './elf/source.ts';
import { type EncodeOptions, encode, readOptionsFor } from './encode/encode.ts';
import { DEFAULT_FEATURES, type EncodeFeatures } from './encode/features.ts';
import { loadSync, type TypeUnit } from './load.ts';
import type { Endian } from './model/bytes.ts';
import { TspaholeError, withPlace } from './model/errors.ts';
import type { TypeTable } from './model/table.ts';

/** What {@link encodeFile} is told besides the path. */
export interface EncodeFileOptions extends Partial<EncodeOptions> {
  /** How DWARF is read. */
  readonly dwarf?: Pick<DwarfOptions, 'threads' | 'kabiPrefix' | 'excludeLanguages'> | undefined;
  /** Whether a unit counts. Default: all do. */
  readonly accepts?: ((unit: TypeUnit) => boolean) | undefined;
  /** Whether DWARF that the file lacks may be fetched, as for `loadSync`. */
  readonly debuginfod?: boolean | undefined;
  /** Told after each unit how many are read, and how many there are. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The BTF of a file. */
export interface EncodedFile {
  readonly table: TypeTable;
  /**
   * The bytes to write, by the name of their section: `.BTF`, and with the feature `distilledBase` its
   * `.BTF.base`. Empty where there is nothing to write: no unit counted, or none has a type.
   */
  readonly sections: ReadonlyMap<string, Uint8Array>;
  /** The state that the file had, for who replaces it. */
  readonly state: FileState;
}

/**
 * Encodes the DWARF of an ELF file, or of its separate debug file, as BTF: types, ids, order and bytes are those of
 * pahole 1.31 with the same features, by default with its default set.
 *
 * Throws what `loadSync` and {@link encode} throw: `not-found` also where there is no DWARF; `io` also where the
 * file changes while it is read; `usage` for a distilled base without a base.
 */
export function encodeFile(path: string, options: EncodeFileOptions = {}): EncodedFile {
  const { features = DEFAULT_FEATURES, base } = options;
  if (features.distilledBase && base === undefined) {
    throw new TspaholeError('usage', 'the feature distilled_base needs a base that is distilled');
  }
  const state = fileState(path);
  try {
    return { ...encodeUnits(path, { ...options, features }), state };
  } finally {
    // Whatever else went wrong may have come of it.
    requireUnchanged(path, state);
  }
}

function encodeUnits(
  path: string,
  options: EncodeFileOptions & EncodeOptions,
): Pick<EncodedFile, 'table' | 'sections'> {
  const { accepts, base, onLog } = options;
  // A log tells of every type, and who leaves out units leaves out what others repeat.
  if (accepts !== undefined || base !== undefined || onLog !== undefined)
    return readUnits(path, options, false);
  try {
    return readUnits(path, options, true);
  } catch (error) {
    if (!(error instanceof UnclearRepeats)) throw error;
    return readUnits(path, options, false);
  }
}

function readUnits(
  path: string,
  options: EncodeFileOptions & EncodeOptions,
  omitRepeats: boolean,
): Pick<EncodedFile, 'table' | 'sections'> {
  const { accepts, onLog, onRemark = () => {}, dwarf, debuginfod, onProgress } = options;
  const file = openFileSource(path);
  try {
    const elf = withPlace({ file: path }, () => parseElf(file));
    const source = loadSync(path, {
      formats: ['dwarf'],
      dwarf: { ...dwarf, ...readOptionsFor(options.features), omitRepeats },
      debuginfod,
      onProgress,
    });
    const units = new CountedUnits(
      path,
      source.units(),
      (unit) => !isExcluded(unit, dwarf) && accepts?.(unit) !== false,
    );
    units.onFirst = () => logStart(path, elf, onLog);
    const table = units.naming(() => encode(units, elf, options));
    for (const note of source.notes) onRemark(note);
    const { endian } = elf.header;
    return { table, sections: units.count === 0 ? new Map() : sectionsOf(table, options.features, endian) };
  } finally {
    file.close();
  }
}

/** Whether the types of a unit were left out because of its language. */
function isExcluded({ table: { side } }: TypeUnit, { excludeLanguages = [] }: DwarfOptions = {}): boolean {
  return side !== undefined && excludeLanguages.includes(side.language);
}

/** What pahole prints with `-V` before anything else. */
function logStart(path: string, elf: ElfFile, log: ((line: string) => void) | undefined): void {
  if (elf.section('.data..percpu') === undefined) {
    log?.(`btf_encoder__new: '${path}' doesn't have '.data..percpu' section`);
  }
  log?.(`File ${path}:`);
}

/** The units that count, and how many there were so far. */
class CountedUnits {
  count = 0;
  /** Called before the first that counts. */
  onFirst: () => void = () => {};
  readonly #path: string;
  readonly #units: Iterable<TypeUnit>;
  readonly #accepts: (unit: TypeUnit) => boolean;
  /** The unit that is at work. */
  #name: string | undefined;

  constructor(path: string, units: Iterable<TypeUnit>, accepts: (unit: TypeUnit) => boolean) {
    this.#path = path;
    this.#units = units;
    this.#accepts = accepts;
  }

  *[Symbol.iterator](): Generator<TypeUnit> {
    for (const unit of this.#units) {
      if (!this.#accepts(unit)) continue;
      if (this.count++ === 0) this.onFirst();
      this.#name = unit.name;
      yield unit;
      this.#name = undefined;
    }
  }

  /** Adds the file, and the unit that is at work, to an error that `action` throws. */
  naming<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      if (!(error instanceof TspaholeError)) throw error;
      const { code, what, place, cause } = error.within({ file: this.#path });
      throw new TspaholeError(
        code,
        this.#name === undefined ? what : `${what} (unit ${this.#name})`,
        place,
        cause,
      );
    }
  }
}

/** That of libbpf 1.8, which pahole 1.31 writes with. */
const HEADER_SIZE = 32;

function sectionsOf(table: TypeTable, features: EncodeFeatures, endian: Endian): Map<string, Uint8Array> {
  const isSplit = table.base !== undefined;
  if (!isSplit && table.end === table.firstId) return new Map();
  const plain = { headerSize: HEADER_SIZE, endian } as const;
  // The sizes of kinds lie in the base.
  if (!features.distilledBase) {
    return new Map([['.BTF', encodeBtf(table, { ...plain, layout: features.layout && !isSplit })]]);
  }
  const { base, split } = distill(table);
  return new Map([
    ['.BTF', encodeBtf(split, plain)],
    ['.BTF.base', encodeBtf(base, plain)],
  ]);
}

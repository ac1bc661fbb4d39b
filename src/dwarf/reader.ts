/**
 * Reads the types of a file from DWARF, unit by unit. The addon turns entries into records; this file turns
 * its batches into tables.
 */

import { type ErrorCode, TspaholeError } from '../model/errors.ts';
import { SideColumns } from '../model/side-columns.ts';
import { StringTable } from '../model/strings.ts';
import { TypeTable } from '../model/table.ts';
import {
  DWARF_COLUMNS,
  type DwarfBinding,
  type DwarfBindingOptions,
  type DwarfHandle,
  type DwarfNote,
  type DwarfUnitBatch,
} from './binding.ts';

/** What is read besides types. */
export interface DwarfOptions {
  /** Threads that lower units. Default 2. */
  readonly threads?: number | undefined;
  /** Functions that are no methods. */
  readonly functions?: boolean | undefined;
  /** Types that are declared in functions. */
  readonly bodies?: boolean | undefined;
  /** With `functions` and `bodies`: the blocks, variables, labels and inlined functions of bodies. */
  readonly outlines?: boolean | undefined;
  /**
   * What BTF is encoded from: types, those in bodies too, and instead of functions and variables the columns of
   * signatures and variables. With `true-signatures`, parameters are as they are passed after clang has changed them.
   * The table of a unit is overwritten by the next one.
   */
  readonly encoding?: 'signatures' | 'true-signatures' | undefined;
  /**
   * With `encoding`, where all units are encoded as one: types say by their contents which of them repeat others, and of
   * those that earlier units have had the records are left out but for their kinds.
   */
  readonly omitRepeats?: boolean | undefined;
  /** The names of the files in which types are declared. */
  readonly declFiles?: boolean | undefined;
  /** Names that begin with this become this. */
  readonly kabiPrefix?: string | undefined;
  /** DW_LANG numbers of units to leave out. */
  readonly excludeLanguages?: readonly number[] | undefined;
}

/** What a reader is told, and tells, while it reads. */
export interface DwarfEvents {
  readonly onNote?: ((note: DwarfNote) => void) | undefined;
  /** Called for each unit, before it is handed out. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  /** Once it is aborted, the next unit is its reason, thrown. */
  readonly signal?: AbortSignal | undefined;
}

/** The types of one compile unit. */
export interface DwarfUnit {
  /** Path of the source, as the compiler was given it. */
  readonly name: string;
  readonly table: TypeTable;
}

const DEFAULT_THREADS = 2;

/** One pass over the units of a file. */
export class DwarfReader {
  readonly #binding: DwarfBinding;
  readonly #handle: DwarfHandle;
  readonly #names: StringTable;
  readonly #events: DwarfEvents;
  readonly #reusesRoom: boolean;
  /** Where units lie, if each may take the place of the one before: new memory for each would cost more than reading. */
  #room: ArrayBuffer | undefined;

  /** Number of units in the file. */
  readonly unitCount: number;

  /** Opens a file. Throws `not-found`, `io`, `unsupported` or `bad-data`. */
  constructor(binding: DwarfBinding, path: string, options: DwarfOptions, events: DwarfEvents = {}) {
    this.#binding = binding;
    this.#events = events;
    this.#reusesRoom = options.encoding !== undefined;
    this.#handle = translateErrors(() => binding.open(path, bindingOptions(options)));
    const strings = new StringTable(new Uint8Array(binding.strings(this.#handle)));
    this.#names = new StringTable(new Uint8Array(0), strings);
    this.unitCount = binding.unitCount(this.#handle);
  }

  /** The units in the order of the file. Leaving the loop ends the work. */
  *units(): Generator<DwarfUnit> {
    const { onNote, onProgress, signal } = this.#events;
    try {
      for (let done = 1; ; done++) {
        signal?.throwIfAborted();
        const batch = translateErrors(() => this.#binding.next(this.#handle, this.#room));
        if (batch === undefined) return;
        if (this.#reusesRoom) this.#room = batch.buffer;
        for (const note of batch.notes) onNote?.(note);
        onProgress?.(done, this.unitCount);
        const columns = columnsOf(batch);
        if (columns.arena !== undefined) this.#names.append(columns.arena);
        yield { name: this.#names.text(batch.nameOffset), table: tableOf(batch, columns, this.#names) };
      }
    } finally {
      this.close();
    }
  }

  /** Ends the work of the threads. */
  close(): void {
    this.#binding.close(this.#handle);
  }
}

function bindingOptions(options: DwarfOptions): DwarfBindingOptions {
  return {
    threads: options.threads ?? DEFAULT_THREADS,
    functions: options.functions ?? false,
    variables: false,
    bodies: options.bodies ?? options.encoding !== undefined,
    outlines: options.outlines ?? false,
    encoding: options.encoding !== undefined,
    trueSignatures: options.encoding === 'true-signatures',
    omitRepeats: options.encoding !== undefined && options.omitRepeats === true,
    declFiles: options.declFiles ?? false,
    kabiPrefix: options.kabiPrefix ?? '',
    excludeLanguages: options.excludeLanguages ?? [],
  };
}

type ColumnName = (typeof DWARF_COLUMNS)[number];
type Columns = Partial<Record<Exclude<ColumnName, 'arena'>, Uint32Array>> & { arena?: Uint8Array };

/** Views of the columns that a batch has. */
function columnsOf({ buffer }: DwarfUnitBatch): Columns {
  const head = new Uint32Array(buffer, 0, 2 * DWARF_COLUMNS.length);
  const columns: Columns = {};
  for (const [index, name] of DWARF_COLUMNS.entries()) {
    const offset = 4 * (head[2 * index] as number);
    const length = head[2 * index + 1] as number;
    if (length === 0) continue;
    if (name === 'arena') columns.arena = new Uint8Array(buffer, offset, length);
    else columns[name] = new Uint32Array(buffer, offset, length);
  }
  return columns;
}

function tableOf(batch: DwarfUnitBatch, columns: Columns, strings: StringTable): TypeTable {
  const { words = NONE, starts = NONE, arena: _arena, ...side } = columns;
  return new TypeTable({
    words,
    starts,
    strings,
    pointerSize: batch.addressSize,
    endian: batch.isLittleEndian ? 'little' : 'big',
    side: new SideColumns(side, batch),
  });
}

const NONE = new Uint32Array(0);

/** Turns what the addon throws into the package's own error. */
export function translateErrors<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    const { code, section, offset } = error as Error & {
      code: ErrorCode;
      section?: string;
      offset?: number;
    };
    const place = section ? { section, offset } : {};
    throw new TspaholeError(code, error.message, place, error);
  }
}

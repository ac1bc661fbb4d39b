/**
 * `PlainListing`: structs and unions in the default layout, for listings of thousands. It has src/wasm write what
 * {@link PaholeEmitter} writes, and hands to that what the module does not know, type by type: the module knows the
 * common cases only, and correctness does not depend on how many these are.
 */

import type { SurveyColumns } from '../layout/layouts.ts';
import { WASTE_FIELDS } from '../layout/placement.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import {
  EMPTY_MEANS_VOID,
  type Exported,
  IGNORES_KIND,
  LARGE_ENUMS_PACKED,
  LAZY_PACKED,
  type ListingModule,
  loadListing,
  MISPLACES_QUALIFIERS,
  NAME_SLACK,
  NARROWS_COUNTERS,
  READS_LEGACY,
} from '../native/listing-module.ts';
import type { EmitContext } from './context.ts';
import type { PaholeEmitter } from './pahole.ts';
import type { Sink } from './printer.ts';

/** In what `list` returns: the type is not plain. */
const ODD = 0x8000_0000;

/** Larger tables are not copied. */
const MAX_TABLE_BYTES = 1 << 26;
const FLUSH_SIZE = 1 << 16;

/** Whether the module writes what the emitter would: default options, types of one BTF blob. */
function isPlain(ctx: EmitContext): boolean {
  const { table, layouts } = ctx;
  const isPlainTable = table.base === undefined && table.side === undefined && layouts.followsRules;
  const hidesAttributes = ctx.suppressAligned || ctx.suppressPacked;
  const addsText = ctx.showFirstBiggest || ctx.usedAt !== undefined;
  return isPlainTable && ctx.usesTexts && !ctx.relativeOffsets && !hidesAttributes && !addsText;
}

export class PlainListing {
  readonly #emitter: PaholeEmitter;
  readonly #sink: Sink;
  readonly #module: ListingModule;

  private constructor(emitter: PaholeEmitter, sink: Sink, module: ListingModule) {
    this.#emitter = emitter;
    this.#sink = sink;
    this.#module = module;
  }

  /**
   * Makes ready to list types as the emitter would; undefined where only that can. The sink is the emitter's own. With
   * `ignoreKind` a struct and a union may be equal, as for pahole.
   */
  static begin(emitter: PaholeEmitter, sink: Sink, ignoreKind = false): PlainListing | undefined {
    const { context } = emitter;
    context.beginTopLevel(false);
    const { table, layouts } = context;
    const byteSize = table.words.byteLength + table.strings.bytes.length;
    if (!isPlain(context) || byteSize > MAX_TABLE_BYTES) return undefined;
    const module = loadListing();
    if (module === undefined) return undefined;
    copyTable(module, table);
    if (module.beginAll(layouts.cachelineSize, optionsOf(context, ignoreKind)) === 0) return undefined;
    layouts.adopt(columnsOf(module, table.end));
    return new PlainListing(emitter, sink, module);
  }

  /** Writes a struct or union with a name, up to its newline. The emitter's printer must have nothing pending. */
  put(id: TypeId): void {
    if (this.#module.print(id) === 0) this.#putAsUsual(id);
    else if (this.#module.textLength.value > FLUSH_SIZE) this.flush();
  }

  /** Writes all structs and unions with names, equal ones once. */
  putAll(): void {
    for (let next = 1; next !== 0; ) {
      next = this.#module.list(next) >>> 0;
      if (next >= ODD) {
        next -= ODD;
        this.#putAsUsual(next++);
      } else this.flush();
    }
  }

  /** Hands what has been written to the sink. */
  flush(): void {
    const { memory, text, textLength } = this.#module;
    if (textLength.value === 0) return;
    this.#sink(new Uint8Array(memory.buffer, text.value, textLength.value));
    this.#module.clear();
  }

  #putAsUsual(id: TypeId): void {
    const { out } = this.#emitter.context;
    this.flush();
    this.#emitter.emit(id);
    out.newline();
    out.flush();
  }
}

function copyTable(module: ListingModule, { words, starts, strings, pointerSize }: TypeTable): void {
  const { bytes } = strings;
  const wordsAt = module.allocate(words.byteLength);
  const startsAt = module.allocate(starts.byteLength);
  const namesAt = module.allocate(bytes.length + NAME_SLACK);
  const { buffer } = module.memory;
  new Uint32Array(buffer, wordsAt, words.length).set(words);
  new Uint32Array(buffer, startsAt, starts.length).set(starts);
  new Uint8Array(buffer, namesAt, bytes.length).set(bytes);
  module.setRecords(wordsAt, words.length, startsAt, starts.length);
  module.setNames(namesAt, bytes.length, bytes.length);
  module.setPointerSize(pointerSize);
}

function optionsOf({ layouts, quirks }: EmitContext, ignoreKind: boolean): number {
  let options = ignoreKind ? IGNORES_KIND : 0;
  if (quirks.narrowCounters) options |= NARROWS_COUNTERS;
  if (quirks.parameters) options |= EMPTY_MEANS_VOID;
  if (quirks.declarators) options |= MISPLACES_QUALIFIERS;
  if (quirks.enumPacked) options |= LARGE_ENUMS_PACKED;
  if (layouts.lazyPacked) options |= LAZY_PACKED;
  if (layouts.options.legacyBitfields !== false) options |= READS_LEGACY;
  return options;
}

function columnsOf(module: ListingModule, count: number): SurveyColumns {
  const { buffer } = module.memory;
  const bytes = ({ value }: Exported): Uint8Array => new Uint8Array(buffer, value, count);
  const words = ({ value }: Exported): Uint32Array => new Uint32Array(buffer, value, count);
  return {
    knownSizes: words(module.sizes),
    knownAlignments: words(module.alignments),
    legacyBitfields: bytes(module.legacyBitfields),
    compositeOf: words(module.compositeOf),
    flags: bytes(module.flags),
    waste: new Int32Array(buffer, module.waste.value, count * WASTE_FIELDS),
    alignment: words(module.forced),
    isPacked: bytes(module.packed),
    isInferred: bytes(module.inferred),
  };
}

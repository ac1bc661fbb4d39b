/** `-R` and `-P` outside of pahole's mode: the smallest layouts with the fewest moves. Loaded only when asked for. */

import { readFileSync } from 'node:fs';
import { Kind, NO_QUIRKS, TspaholeError, type TypeId } from '../../index.ts';
import {
  conflictOf,
  countMoves,
  diffText,
  movesText,
  putReorganized,
  putSteps,
  type Reorganization,
  reorganizationData,
  reorganize,
  reorganizeNested,
  resolveRules,
  StructModels,
  smallestNestedSize,
  smallestSize,
  sourcePatch,
} from '../../internal.ts';
import { writeText } from '../output.ts';
import type { Streams } from '../run.ts';
import type { ListSettings } from '../settings.ts';
import type { Renderer, Unit } from './renderer.ts';
import type { ReorganizeDocument } from './reorganize-json.ts';
import { countsFrom, type ReorganizeRequest } from './reorganize-request.ts';
import { TextRenderer } from './text-renderer.ts';

/** A line of `-P`. */
interface Row {
  readonly name: string;
  readonly size: number;
  readonly newSize: number;
  readonly instances: number | undefined;
  /** For JSON. */
  readonly entry: object | undefined;
}

/** Prints structs reorganized, and lists those that would shrink. */
export class Reorganizer extends TextRenderer implements Renderer {
  readonly #settings: ListSettings;
  readonly #streams: Streams;
  readonly #request: ReorganizeRequest;
  readonly #rows: Row[] = [];
  readonly #counts: ReadonlyMap<string, number> | undefined;
  readonly #sizes = new Map<TypeId, number>();
  readonly #document: ReorganizeDocument | undefined;
  #models!: StructModels;
  #unit!: Unit;

  /** Throws `io` for a file of counts that cannot be read. */
  constructor(
    settings: ListSettings,
    streams: Streams,
    request: ReorganizeRequest,
    document: ReorganizeDocument | undefined,
  ) {
    super(settings, streams.out);
    this.#document = document;
    this.#settings = settings;
    this.#streams = streams;
    this.#request = request;
    this.#counts = request.counts === undefined ? undefined : countsFrom(request.counts);
  }

  override begin(unit: Unit): void {
    super.begin(unit);
    this.#unit = unit;
    this.#models = new StructModels(unit.layouts);
    this.#sizes.clear();
    this.#document?.begin(unit);
  }

  accepts(id: TypeId): boolean {
    if (!this.#settings.packable) return true;
    const size = this.#newSize(id);
    this.#sizes.set(id, size);
    return size < this.#unit.table.sizeOrType(id);
  }

  override listed(id: TypeId): void {
    const { packable, reorganize, verbose } = this.#settings;
    if (reorganize) return this.named(id);
    if (!packable || (verbose && this.#document === undefined)) return super.listed(id);
    const name = this.nameOf(id) ?? '(anonymous)';
    const newSize = this.#sizes.get(id) ?? this.#newSize(id);
    const instances = this.#counts?.get(name);
    const entry = this.#document?.entry(id, {});
    this.#rows.push({ name, size: this.#unit.table.sizeOrType(id), newSize, instances, entry });
  }

  override named(id: TypeId): void {
    if (!this.#settings.reorganize) return super.named(id);
    this.end();
    const model = this.#models.of(id);
    if (typeof model !== 'string') return this.#reportOrFail(id);
    if (this.#document !== undefined)
      return this.#document.add(this.#document.entry(id, { leftAlone: model }));
    const name = this.nameOf(id) ?? '(anonymous)';
    if (this.#unit.table.kind(id) === Kind.Struct && this.#isLayoutAsked) {
      super.named(id);
      this.end();
    }
    writeText(this.#streams.err, `tspahole: '${name}' is left alone: ${model}\n`);
  }

  override finish(): void {
    super.finish();
    const { packable, verbose, sort } = this.#settings;
    const isListed = packable && (!verbose || this.#document !== undefined);
    const rows = sort ? this.#rows.toSorted((a, b) => this.#gain(b) - this.#gain(a)) : this.#rows;
    if (isListed) this.#putRows(rows);
    this.#document?.end();
    if (!isListed) return;
    const saved = rows.reduce((sum, { size, newSize }) => sum + size - newSize, 0);
    const gained = rows.reduce((sum, row) => sum + this.#gain(row), 0);
    const inAll = this.#counts === undefined ? '' : `, ${gained} in all instances`;
    writeText(this.#streams.err, `tspahole: ${rows.length} structs, ${saved} bytes to save${inAll}\n`);
  }

  /** Bytes that a row saves; in all instances where these were counted. */
  #gain({ size, newSize, instances = 0 }: Row): number {
    return (size - newSize) * (this.#counts === undefined ? 1 : instances);
  }

  #putRows(rows: readonly Row[]): void {
    const lines = rows.map((row) => {
      const { name, size, newSize, instances = 0, entry } = row;
      const counts = this.#counts === undefined ? [] : [instances, this.#gain(row)];
      if (entry !== undefined) {
        const [counted, savedInAll] = counts;
        const sizes = { byteSize: size, newByteSize: newSize, savedBytes: size - newSize };
        this.#document?.add({ ...entry, ...sizes, instances: counted, savedInAll });
      }
      return `${[name, size, newSize, size - newSize, ...counts].join(this.#settings.separator)}\n`;
    });
    if (this.#document === undefined) writeText(this.#streams.out, lines.join(''));
  }

  /** Where there is an error, the document says so before the listing ends. */
  #reportOrFail(id: TypeId): void {
    try {
      this.#report(this.#solve(id));
    } catch (error) {
      if (error instanceof TspaholeError && error.code !== 'usage')
        this.#document?.add(this.#document.entry(id, { error: error.message }));
      throw error;
    }
  }

  get #isLayoutAsked(): boolean {
    const { moves, diff, patch } = this.#request;
    return !moves && !diff && !patch && this.#document === undefined;
  }

  #newSize(id: TypeId): number {
    const { table, layouts } = this.#unit;
    const size = table.sizeOrType(id);
    const isTight = !this.#request.nested && !this.#models.hasRoom(id);
    if (table.kind(id) !== Kind.Struct || isTight) return size;
    const model = this.#models.of(id);
    const { cachelineSize } = layouts;
    if (typeof model === 'string') return size;
    const options = { cachelineSize, isQuick: true };
    return this.#request.nested
      ? smallestNestedSize(this.#models, model, options)
      : smallestSize(model, options);
  }

  /** Throws `usage` where rules contradict one another, `not-found` for members that are not there. */
  #solve(id: TypeId): Reorganization {
    const { table, layouts } = this.#unit;
    const model = this.#models.of(id);
    if (typeof model === 'string') throw new TspaholeError('unsupported', model);
    const { rules: named, maxMoves } = this.#request;
    const { cachelineSize } = layouts;
    const options = { rules: resolveRules(table, model, named), maxMoves, cachelineSize };
    const result = this.#request.nested
      ? reorganizeNested(this.#models, model, options)
      : reorganize(model, options);
    if (result !== undefined) return result;
    const { rules, isProven } = conflictOf(table, model, named, { maxMoves, cachelineSize });
    const texts = rules.map(({ text }) => text);
    const which = texts.length === 1 ? `${texts[0]} alone` : texts.join(' and ');
    const verb = isProven ? 'keeps' : 'was found that keeps';
    throw new TspaholeError('usage', `'${table.name(id)}': no order ${verb} to ${which}`);
  }

  #report(result: Reorganization): void {
    const { relOffset, reorganizeSteps, showDeclInfo: _, ...options } = this.#settings;
    const print = { ...options, relativeOffsets: relOffset, quirks: NO_QUIRKS };
    const input = { models: this.#models, result, print };
    const { out } = this.#streams;
    const sink = (bytes: Uint8Array): void => out.write(bytes);
    if (this.#document !== undefined) {
      const data = reorganizationData(this.#models, result);
      return this.#document.add(this.#document.entry(result.id, data));
    }
    if (this.#request.moves) writeText(out, movesText(this.#models, result));
    if (this.#request.diff) writeText(out, diffText(input));
    if (this.#request.patch) writeText(out, this.#patchOf(result));
    if (!this.#isLayoutAsked) return;
    if (reorganizeSteps) putSteps(input, sink);
    putReorganized(input, sink);
  }

  /** Throws `not-found` where DWARF does not say where the struct is declared, `io`, and `unsupported`. */
  #patchOf(result: Reorganization): string {
    if (countMoves(result) === 0) return '';
    const { table } = this.#unit;
    const { side, strings } = table;
    const file = side?.declFile(result.id) ?? 0;
    const line = side?.declLine(result.id) ?? 0;
    const name = this.nameOf(result.id) ?? '(anonymous)';
    if (file === 0 || line === 0)
      throw new TspaholeError('not-found', `'${name}': no place of its declaration`);
    const path = strings.text(file);
    const patch = sourcePatch(table, result, linesOf(path), line);
    if ('hunks' in patch) return `--- ${path}\n+++ ${path}\n${patch.hunks}`;
    throw new TspaholeError('unsupported', `'${name}' in ${path}:${line}: ${patch.refusal}`);
  }
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    throw new TspaholeError('io', `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`, {}, error);
  }
}

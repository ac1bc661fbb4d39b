/** `-R` and `-P` outside of pahole's mode: the smallest layouts with the fewest moves. Loaded only when asked for. */

import { readFileSync } from 'node:fs';
import { Kind, NO_QUIRKS, TspaholeError, type TypeId } from '../../index.ts';
import {
  conflictOf,
  diffText,
  movesText,
  putReorganized,
  putSteps,
  type Reorganization,
  reorganizationData,
  reorganize,
  resolveRules,
  StructModels,
  smallestSize,
  sourcePatch,
} from '../../internal.ts';
import { writeText } from '../output.ts';
import type { Streams } from '../run.ts';
import type { ListSettings } from '../settings.ts';
import type { Renderer, Unit } from './renderer.ts';
import { countsFrom, type ReorganizeRequest } from './reorganize-request.ts';
import { TextRenderer } from './text-renderer.ts';

/** A line of `-P`. */
interface Row {
  readonly name: string;
  readonly size: number;
  readonly newSize: number;
  readonly instances: number | undefined;
}

/** Prints structs reorganized, and lists those that would shrink. */
export class Reorganizer extends TextRenderer implements Renderer {
  readonly #settings: ListSettings;
  readonly #streams: Streams;
  readonly #request: ReorganizeRequest;
  readonly #rows: Row[] = [];
  readonly #counts: ReadonlyMap<string, number> | undefined;
  readonly #sizes = new Map<TypeId, number>();
  #models!: StructModels;
  #unit!: Unit;

  /** Throws `usage` and `io` for a file of counts that cannot be read. */
  constructor(settings: ListSettings, streams: Streams, request: ReorganizeRequest) {
    super(settings, streams.out);
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
    if (!packable || verbose) return super.listed(id);
    const name = this.nameOf(id) ?? '(anonymous)';
    const newSize = this.#sizes.get(id) ?? this.#newSize(id);
    const instances = this.#counts?.get(name);
    this.#rows.push({ name, size: this.#unit.table.sizeOrType(id), newSize, instances });
  }

  override named(id: TypeId): void {
    if (!this.#settings.reorganize) return super.named(id);
    this.end();
    const model = this.#models.of(id);
    if (typeof model !== 'string') return this.#report(this.#solve(id));
    const name = this.nameOf(id) ?? '(anonymous)';
    if (this.#unit.table.kind(id) === Kind.Struct && this.#isLayoutAsked) {
      super.named(id);
      this.end();
    }
    writeText(this.#streams.err, `tspahole: '${name}' is left alone: ${model}\n`);
  }

  override finish(): void {
    super.finish();
    if (!this.#settings.packable || this.#settings.verbose) return;
    const gain = (row: Row): number => (row.size - row.newSize) * (this.#counts ? (row.instances ?? 0) : 1);
    const rows = this.#settings.sort ? this.#rows.toSorted((a, b) => gain(b) - gain(a)) : this.#rows;
    const lines = rows.map(({ name, size, newSize, instances }, index) => {
      const counts = this.#counts === undefined ? [] : [instances ?? 0, gain(rows[index] as Row)];
      return `${[name, size, newSize, size - newSize, ...counts].join(this.#settings.separator)}\n`;
    });
    writeText(this.#streams.out, lines.join(''));
    const saved = rows.reduce((sum, { size, newSize }) => sum + size - newSize, 0);
    const inAll =
      this.#counts === undefined ? '' : `, ${rows.reduce((sum, row) => sum + gain(row), 0)} in all instances`;
    writeText(this.#streams.err, `tspahole: ${rows.length} structs, ${saved} bytes to save${inAll}\n`);
  }

  get #isLayoutAsked(): boolean {
    const { moves, diff, patch } = this.#request;
    return !moves && !diff && !patch && !this.#settings.json;
  }

  #newSize(id: TypeId): number {
    const { table, layouts } = this.#unit;
    const size = table.sizeOrType(id);
    if (table.kind(id) !== Kind.Struct || !this.#models.hasRoom(id)) return size;
    const model = this.#models.of(id);
    const { cachelineSize } = layouts;
    return typeof model === 'string' ? size : smallestSize(model, { cachelineSize, isQuick: true });
  }

  /** Throws `usage` where rules contradict one another, `not-found` for members that are not there. */
  #solve(id: TypeId): Reorganization {
    const { table, layouts } = this.#unit;
    const model = this.#models.of(id);
    if (typeof model === 'string') throw new TspaholeError('unsupported', model);
    const { rules: named, maxMoves } = this.#request;
    const { cachelineSize } = layouts;
    const result = reorganize(model, { rules: resolveRules(table, model, named), maxMoves, cachelineSize });
    if (result !== undefined) return result;
    const [one, other] = conflictOf(table, model, named, { maxMoves, cachelineSize });
    const which = other === undefined ? `${one?.text} alone` : `${one?.text} and ${other.text}`;
    throw new TspaholeError('usage', `'${table.name(id)}': no order keeps to ${which}`);
  }

  #report(result: Reorganization): void {
    const { relOffset, reorganizeSteps, json, showDeclInfo: _, ...options } = this.#settings;
    const print = { ...options, relativeOffsets: relOffset, quirks: NO_QUIRKS };
    const input = { models: this.#models, result, print };
    const { out } = this.#streams;
    const sink = (bytes: Uint8Array): void => out.write(bytes);
    if (json) {
      const name = this.nameOf(result.id);
      return writeText(out, `${JSON.stringify({ name, ...reorganizationData(this.#models, result) })}\n`);
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
    if (result.moved.length === 0) return '';
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

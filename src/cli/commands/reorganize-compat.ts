/** `-R` and `-P` in pahole's mode. Loaded only when it is asked for. */

import { Kind, PAHOLE_QUIRKS, type TypeId } from '../../index.ts';
import { emptyWaste, movedStructOf, putReorganizedAsPahole, reorganizeAsPahole } from '../../internal.ts';
import { writeText } from '../output.ts';
import type { Streams } from '../run.ts';
import type { ListSettings } from '../settings.ts';
import type { Renderer, Unit } from './renderer.ts';
import { TextRenderer } from './text-renderer.ts';

/** Prints what is asked for by name reorganized (`-R`), and lists what that would shrink (`-P`). */
export class CompatReorganizer extends TextRenderer implements Renderer {
  readonly #given: ListSettings;
  readonly #streams: Streams;
  readonly #waste = emptyWaste();
  #unit!: Unit;

  constructor(settings: ListSettings, streams: Streams) {
    super(settings, streams.out);
    this.#given = settings;
    this.#streams = streams;
  }

  override begin(unit: Unit): void {
    super.begin(unit);
    this.#unit = unit;
  }

  accepts(id: TypeId): boolean {
    if (!this.#given.packable) return true;
    const { layouts } = this.#unit;
    layouts.waste(id, this.#waste);
    if ((this.#waste.holeCount & 0xff) === 0 && (this.#waste.bitHoleCount & 0xff) === 0) return false;
    return layouts.table.sizeOrType(id) > this.#newSize(id);
  }

  override listed(id: TypeId): void {
    const { packable, verbose, separator } = this.#given;
    if (!packable || verbose) return super.listed(id);
    const name = this.nameOf(id);
    if (name === undefined) return;
    const size = this.#unit.table.sizeOrType(id);
    const newSize = this.#newSize(id);
    writeText(this.#streams.out, `${[name, size, newSize, size - newSize].join(separator)}\n`);
  }

  override named(id: TypeId): void {
    if (!this.#given.reorganize) return super.named(id);
    const { layouts, table } = this.#unit;
    if (table.kind(id) !== Kind.Struct) return;
    const { relOffset, verbose, reorganizeSteps: steps, ...options } = this.#given;
    const print = { ...options, relativeOffsets: relOffset, quirks: PAHOLE_QUIRKS };
    const { out } = this.#streams;
    this.end();
    if (putReorganizedAsPahole(layouts, id, { print, verbose, steps }, (bytes) => out.write(bytes))) return;
    this.#sayEndless(id);
  }

  /** The size that pahole gives a struct; its own where pahole does not come to an end. */
  #newSize(id: TypeId): number {
    const { layouts, table } = this.#unit;
    const struct = movedStructOf(layouts, id);
    if (reorganizeAsPahole(struct, table.pointerSize)) return struct.byteSize;
    this.#sayEndless(id);
    return table.sizeOrType(id);
  }

  #sayEndless(id: TypeId): void {
    this.end();
    writeText(
      this.#streams.err,
      `pahole: '${this.nameOf(id) ?? ''}': moving its members does not come to an end\n`,
    );
  }
}

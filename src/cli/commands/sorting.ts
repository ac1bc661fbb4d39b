/** `--sort` in text: types wait for those of the last unit. */

import type { PaholeEmitter, TypeId } from '../../index.ts';
import { type SortEntry, SortedTypes, sortAsPahole } from '../../internal.ts';
import type { Output } from '../output.ts';
import type { ListSettings } from '../settings.ts';

/** Bytes of text that wait in place of the units that they come from. A kernel has five million. */
const MAX_WAITING_BYTES = 1 << 26;

/** Prints a type, its line ended. */
export type PutType = (emitter: PaholeEmitter, id: TypeId) => void;

export class Sorting {
  readonly #settings: ListSettings;
  readonly #put: PutType;
  readonly #types = new SortedTypes<SortEntry | Buffer>();
  readonly #paholes: SortEntry[] = [];
  #waitingBytes = 0;

  /** `put` prints a type with its emitter. */
  constructor(settings: ListSettings, put: PutType) {
    this.#settings = settings;
    this.#put = put;
  }

  /** Takes up a type with a name. */
  add(entry: SortEntry): void {
    if (this.#settings.compat) this.#paholes.push(entry);
    else this.#types.add(entry, () => this.#waiting(entry));
  }

  /** Prints all types in their order. */
  finish(output: Output): void {
    const sorted = this.#settings.compat ? sortAsPahole(this.#paholes) : this.#types.sorted();
    let last: PaholeEmitter | undefined;
    for (const entry of sorted) {
      const emitter = 'emitter' in entry ? entry.emitter : undefined;
      if (emitter !== last) last?.context.out.flush();
      last = emitter;
      if ('emitter' in entry) this.#put(entry.emitter, entry.id);
      else output.write(entry);
      emitter?.context.out.flushIfLarge();
    }
    last?.context.out.flush();
  }

  /** The text of a type of one of many units, so that the unit may go; what needs others first cannot be printed yet. */
  #waiting(entry: SortEntry): SortEntry | Buffer {
    const { table, out } = entry.emitter.context;
    const waits =
      table.side === undefined || this.#settings.compile || this.#waitingBytes > MAX_WAITING_BYTES;
    if (waits) return entry;
    const text = Buffer.from(
      out.capture(() => this.#put(entry.emitter, entry.id)),
      'latin1',
    );
    this.#waitingBytes += text.length;
    return text;
  }
}

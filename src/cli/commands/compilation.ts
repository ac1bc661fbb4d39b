/** `--compile`: each type of a listing behind the types that it needs, and none twice. */

import { Kind, type PaholeEmitter, type TypeId } from '../../index.ts';
import { EmissionMemory, NO_EMISSION_QUIRKS, PAHOLE_EMISSION_QUIRKS, TypeEmission } from '../../internal.ts';
import type { ListSettings } from '../settings.ts';
import type { Unit } from './renderer.ts';

export class Compilation {
  readonly #settings: ListSettings;
  readonly #memory = new EmissionMemory();
  readonly #emissions = new Map<PaholeEmitter, TypeEmission>();

  constructor(settings: ListSettings) {
    this.#settings = settings;
  }

  /** Types of `unit`, printed by `emitter`, are next; with `keep` those of units before, too. */
  begin({ layouts }: Unit, emitter: PaholeEmitter, keep: boolean): void {
    const { compat, ...options } = this.#settings;
    const { quirks } = emitter.context;
    if (!keep) this.#emissions.clear();
    // pahole prints what is needed in its own way, whatever the options.
    const { skipAtomicTypedefs } = options;
    const own = compat ? { suppressForcePaddings: true, skipAtomicTypedefs } : options;
    const emissionQuirks = compat ? PAHOLE_EMISSION_QUIRKS : NO_EMISSION_QUIRKS;
    const emission = new TypeEmission(layouts, { ...own, quirks, emissionQuirks }, this.#memory);
    emitter.context.compiled = emission.compiled;
    this.#emissions.set(emitter, emission);
  }

  /** Prints a type of a unit that has begun, its line ended. */
  put(emitter: PaholeEmitter, id: TypeId, typedefId?: TypeId): void {
    const { compat } = this.#settings;
    const { out, table } = emitter.context;
    const needed = this.#emissions.get(emitter)?.forDefinition(id, typedefId);
    out.put(needed ?? '');
    // A typedef is among what it needs; pahole prints it again, and an empty line for what it has printed before.
    const isPrinted = needed !== undefined && (compat || table.kind(id) !== Kind.Typedef);
    if (isPrinted) emitter.emit(id, typedefId);
    if (isPrinted || compat) out.newline();
  }
}

/** Relocating code: every CO-RE relocation resolved for a target and put into its instruction. */

import type { CoreRelocation } from '../btf/ext.ts';
import type { Endian } from '../model/bytes.ts';
import { TspaholeError } from '../model/errors.ts';
import type { Code } from './insn.ts';
import type { BpfObject, ObjectRelocation } from './object.ts';
import { patchInsn, poisonInsn } from './patch.ts';
import { type CoreResolution, type ResolveOptions, resolveRelocations } from './resolve.ts';

/** What {@link relocateCode} works on. */
export interface RelocateCodeOptions extends ResolveOptions {
  /** The code of a section: instructions of 8 bytes. Not changed. */
  readonly code: Uint8Array;
  /** Byte order of the code. Default: that of the types. */
  readonly endian?: Endian | undefined;
}

/** Relocated code. */
export interface RelocatedCode {
  /** A copy with the patched instructions. An instruction whose relocation failed is as it was. */
  readonly code: Uint8Array;
  /** One for each relocation, in their order. */
  readonly resolutions: readonly CoreResolution[];
}

/**
 * Relocates the code of one section. What fails is told by the results, which a loader must look at: with a
 * failure among them libbpf refuses the object.
 */
export function relocateCode(
  relocations: readonly CoreRelocation[],
  options: RelocateCodeOptions,
): RelocatedCode {
  const code = { bytes: Uint8Array.from(options.code), endian: options.endian ?? options.local.endian };
  const resolutions = resolveRelocations(relocations, options).map((each) => patched(code, each));
  return { code: code.bytes, resolutions };
}

/** The resolution with what became of it in the code. */
function patched<R extends CoreRelocation>(code: Code, resolution: CoreResolution<R>): CoreResolution<R> {
  const { outcome, relocation } = resolution;
  if (outcome.status === 'failed') return resolution;
  try {
    if (outcome.status === 'poisoned') poisonInsn(code, relocation.insnOffset);
    else {
      const reason = patchInsn(code, relocation.insnOffset, outcome);
      if (reason !== undefined) return { ...resolution, outcome: { status: 'poisoned', reason } };
    }
    return resolution;
  } catch (error) {
    if (error instanceof TspaholeError) return { ...resolution, outcome: { status: 'failed', error } };
    throw error;
  }
}

/** A relocated object. */
export interface RelocatedObject {
  /** The code of each section that has relocations, by the section's name. */
  readonly code: ReadonlyMap<string, Uint8Array>;
  /** In the order of the object; without those of functions that the linker dropped. */
  readonly resolutions: readonly CoreResolution<ObjectRelocation>[];
}

/** Relocates all code of an object, as libbpf does when it prepares one. Throws `bad-data` for a malformed object. */
export function relocateObject(object: BpfObject, options: Omit<ResolveOptions, 'local'>): RelocatedObject {
  const code = new Map<string, Uint8Array>();
  for (const { function: owner } of object.relocations) {
    if (owner === undefined || code.has(owner.section.name)) continue;
    code.set(owner.section.name, Uint8Array.from(owner.section.data()));
  }
  const present = object.relocations.filter((relocation) => relocation.function !== undefined);
  const { endian } = object.elf.header;
  const resolutions = resolveRelocations(present, { ...options, local: object.table }).map((each) =>
    patched({ bytes: code.get(each.relocation.sectionName) as Uint8Array, endian }, each),
  );
  return { code, resolutions };
}

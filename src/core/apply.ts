/** The file of a BPF object whose relocations are done. */

import { TspaholeError } from '../model/errors.ts';
import type { BpfObject } from './object.ts';
import type { RelocatedObject } from './relocate.ts';

/**
 * The bytes of an object with relocated code and no CO-RE relocations, which a loader would apply once more. All else
 * stays where it is. `bytes` are those that `object` was read from. Throws `unsupported` for compressed sections.
 */
export function relocatedFile(
  bytes: Uint8Array,
  { elf, ext }: BpfObject,
  { code }: RelocatedObject,
): Uint8Array {
  const file = Uint8Array.from(bytes);
  for (const [name, patched] of code) file.set(patched, offsetOf(elf.section(name)));
  if (ext?.relocationSizeOffset === undefined) return file;
  const at = offsetOf(elf.section('.BTF.ext')) + ext.relocationSizeOffset;
  file.fill(0, at, at + 4);
  return file;
}

function offsetOf(section: BpfObject['elf']['sections'][number] | undefined): number {
  if (section === undefined || section.isCompressed) {
    throw new TspaholeError('unsupported', 'a compressed section cannot be changed in place', section?.place);
  }
  return section.offset;
}

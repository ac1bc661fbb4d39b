/** A BPF object: its types, its CO-RE relocations and the code that they patch. */

import { decodeBtf } from '../btf/decode.ts';
import { type BtfExt, type CoreRelocation, decodeBtfExt, type LineInfo } from '../btf/ext.ts';
import type { ElfFile } from '../elf/file.ts';
import type { ElfSection } from '../elf/section.ts';
import { TspaholeError } from '../model/errors.ts';
import type { TypeTable } from '../model/table.ts';

/** A function of a BPF object. */
export interface BpfFunction {
  readonly name: string;
  readonly section: ElfSection;
  /** Bytes from the start of the section. */
  readonly start: number;
  readonly end: number;
}

/** A CO-RE relocation, and what it belongs to. */
export interface ObjectRelocation extends CoreRelocation {
  readonly sectionName: string;
  /** Absent where the linker dropped the function and left its relocations. */
  readonly function: BpfFunction | undefined;
}

/** A BPF object. */
export interface BpfObject {
  readonly elf: ElfFile;
  readonly table: TypeTable;
  /** Absent in objects without a section `.BTF.ext`. */
  readonly ext: BtfExt | undefined;
  /** In the order of their sections. */
  readonly functions: readonly BpfFunction[];
  /** In the order of the object, in which they are resolved. */
  readonly relocations: readonly ObjectRelocation[];
}

/**
 * The types and relocations of a BPF object. Throws `not-found` for an object without types, `bad-data` for a
 * malformed one.
 */
export function readBpfObject(elf: ElfFile): BpfObject {
  const types = elf.section('.BTF');
  if (types === undefined) throw new TspaholeError('not-found', 'no .BTF section');
  const table = decodeBtf(types.data(), { pointerSize: elf.header.wordSize });
  const bytes = elf.section('.BTF.ext')?.data();
  const ext = bytes === undefined ? undefined : decodeBtfExt(bytes, table);
  const functions = bpfFunctions(elf);
  const relocations = (ext?.relocations ?? []).flatMap(({ name, records }) => {
    const section = elf.section(name);
    const own = functions.filter((each) => each.section === section);
    return records.map((record) => ({
      ...record,
      sectionName: name,
      function: functionAt(own, record.insnOffset),
    }));
  });
  return { elf, table, ext, functions, relocations };
}

const STT_FUNC = 2;
const SHF_EXECINSTR = 4;

/** The functions of sections that hold code, by section and place. */
function bpfFunctions(elf: ElfFile): BpfFunction[] {
  const symbols = elf.symbols();
  const found: BpfFunction[] = [];
  for (let index = 1; index < symbols.length; index++) {
    if (symbols.type(index) !== STT_FUNC) continue;
    const section = elf.sections[symbols.sectionIndex(index) ?? 0];
    if (section === undefined || (section.flags & SHF_EXECINSTR) === 0) continue;
    const start = Number(symbols.value(index));
    found.push({ name: symbols.name(index), section, start, end: start + symbols.size(index) });
  }
  return found.sort((left, right) => left.section.index - right.section.index || left.start - right.start);
}

/** The source line of an instruction: that of the last record at it or before it in its section. */
export function lineFinder({
  ext,
}: BpfObject): (sectionName: string, insnOffset: number) => LineInfo | undefined {
  const bySection = new Map<string, LineInfo[]>();
  for (const { name, records } of ext?.lines ?? []) {
    bySection.set(name, [...(bySection.get(name) ?? []), ...records]);
  }
  for (const lines of bySection.values()) lines.sort((left, right) => left.insnOffset - right.insnOffset);
  return (sectionName, insnOffset) =>
    lastAtOrBefore(bySection.get(sectionName) ?? [], insnOffset, (line) => line.insnOffset);
}

function functionAt(functions: readonly BpfFunction[], offset: number): BpfFunction | undefined {
  const found = lastAtOrBefore(functions, offset, ({ start }) => start);
  return found !== undefined && offset < found.end ? found : undefined;
}

/** The last of ascending items that lies at `offset` or before it. */
function lastAtOrBefore<T>(
  items: readonly T[],
  offset: number,
  offsetOf: (item: T) => number,
): T | undefined {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (offsetOf(items[middle] as T) <= offset) low = middle + 1;
    else high = middle;
  }
  return items[low - 1];
}

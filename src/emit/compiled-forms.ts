/**
 * How structs and unions have to be written for a compiler to give them their layout. Most do as they are
 * printed; where that would come out differently, attributes are added, or all gaps are filled by unnamed bitfields:
 * what is in the file may have come about by attributes and bitfields that debug information does not record.
 *
 * The rules for bitfields are those of GCC and clang on x86-64 (System V ABI, AMD64, 3.1.2).
 */

import type { Layouts } from '../layout/layouts.ts';
import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';

/** How one struct or union is written. */
export interface CompiledForm {
  readonly isPacked: boolean;
  /** Bytes of the alignment attribute, 0 for none. */
  readonly alignment: number;
  /** Whether unnamed bitfields fill all that its members leave, in place of what is printed otherwise. */
  readonly fillsGaps: boolean;
  /** Whether members have alignment attributes: those that no file states are left out where gaps are filled. */
  readonly alignsMembers: boolean;
}

/** What a compiler makes of a form. */
interface Compiled {
  readonly isRight: boolean;
  readonly alignment: number;
}

/** The forms of one table's types. */
export class CompiledForms {
  readonly #layouts: Layouts;
  readonly #forms = new Map<TypeId, CompiledForm>();
  readonly #alignments = new Map<TypeId, number>();
  /** Members whose alignment is left out. */
  readonly #hidden = new Set<number>();
  #depth = 0;

  constructor(layouts: Layouts) {
    this.#layouts = layouts;
  }

  /** The form of a struct or union; as it is printed otherwise where none gives its layout. */
  formOf(id: TypeId): CompiledForm {
    const known = this.#forms.get(id);
    if (known !== undefined) return known;
    const asPrinted = this.#asPrinted(id);
    // What contains itself ends here.
    this.#forms.set(id, asPrinted);
    this.#alignments.set(id, 1);
    if (this.#depth >= MAX_TYPE_DEPTH) return asPrinted;
    this.#depth++;
    const form = this.#choose(id, asPrinted);
    this.#depth--;
    this.#forms.set(id, form);
    if (!form.alignsMembers) this.#hideAlignments(id);
    return form;
  }

  /** Bytes of the alignment attribute of a typedef, 0 for none. */
  typedefAlignment(id: TypeId): number {
    const { table } = this.#layouts;
    return table.kind(id) === Kind.Typedef ? (table.side?.alignment(id) ?? 0) : 0;
  }

  /** The bit behind a member, by its index in the columns. A class without members has a size to a compiler. */
  endOf(index: number): number {
    const { members, facts } = this.#layouts;
    const type = members.typeId[index] as number;
    const bytes = (members.byteSize[index] as number) || facts.declaredSize(facts.strip(type));
    return (members.bitOffset[index] as number) + ((members.bitSize[index] as number) || 8 * bytes);
  }

  /** Whether the alignment attribute of a member, by its index in the columns, is left out. */
  hidesAlignment(index: number): boolean {
    return this.#hidden.has(index);
  }

  #hideAlignments(id: TypeId): void {
    const first = this.#layouts.firstMember(id);
    for (let index = this.#layouts.memberCount(id) - 1; index >= 0; index--) this.#hidden.add(first + index);
  }

  #asPrinted(id: TypeId): CompiledForm {
    const layouts = this.#layouts;
    const isStruct = layouts.table.kind(id) === Kind.Struct;
    const isPacked = isStruct && layouts.packed.inferStruct(id);
    const alignment = isStruct && !isPacked ? layouts.alignment(id) : 0;
    return { isPacked, alignment, fillsGaps: false, alignsMembers: true };
  }

  #choose(id: TypeId, asPrinted: CompiledForm): CompiledForm {
    const isStated = this.#layouts.table.side !== undefined;
    for (const form of candidates(asPrinted, this.#layouts.alignment(id), isStated)) {
      const { isRight, alignment } = this.#compile(id, form);
      if (!isRight) continue;
      this.#alignments.set(id, alignment);
      return form;
    }
    return asPrinted;
  }

  #compile(id: TypeId, form: CompiledForm): Compiled {
    const { table } = this.#layouts;
    const { end, alignment } = table.kind(id) === Kind.Union ? this.#union(id, form) : this.#struct(id, form);
    const size = table.sizeOrType(id);
    const stated = table.side?.alignment(id) ?? 0;
    const isAligned = stated === 0 || alignment === stated;
    return { isRight: isAligned && roundUp(end, 8 * alignment) === 8 * size, alignment };
  }

  /** The bit behind the last member, -1 where one lies elsewhere, and the alignment in bytes. */
  #struct(id: TypeId, form: CompiledForm): { end: number; alignment: number } {
    const { isPacked, alignment, fillsGaps, alignsMembers } = form;
    const { members, table } = this.#layouts;
    const first = this.#layouts.firstMember(id);
    let largest = Math.max(1, alignment);
    let at = 0;
    for (let index = first; index < first + table.vlen(id); index++) {
      const wanted = members.bitOffset[index] as number;
      const bits = members.bitSize[index] as number;
      const natural = this.#alignmentOf(members.typeId[index] as number);
      const unit = isPacked ? 1 : natural;
      const attribute = alignsMembers && bits === 0 ? (members.alignment[index] as number) : 0;
      const own = Math.max(unit, attribute);
      if (fillsGaps && at < wanted) at = wanted;
      else if (bits !== 0 && index > first) at = this.#behindMarker(index, at, isPacked);
      if (bits === 0) at = roundUp(at, 8 * own);
      else if (!isPacked) at = bitfieldPlace(at, 8 * unit, bits);
      if (at !== wanted) return { end: -1, alignment: largest };
      at = this.endOf(index);
      if (bits === 0 || members.nameOffset[index] !== 0) largest = Math.max(largest, own);
    }
    const size = 8 * table.sizeOrType(id);
    return { end: fillsGaps && at < size ? size : at, alignment: largest };
  }

  /** Where the unnamed bitfield leads that is printed in front of a bitfield: putHoleMarker in composite.ts. */
  #behindMarker(index: number, at: number, isPacked: boolean): number {
    const { members } = this.#layouts;
    const bitHole = members.bitHole[index - 1] as number;
    if (bitHole <= 0) return at;
    const unit = 8 * this.#alignmentOf(members.typeId[index] as number);
    // It aligns in packed structs too.
    if (members.byteOffset[index] !== members.byteOffset[index - 1]) return roundUp(at, unit);
    return (isPacked ? at : bitfieldPlace(at, unit, bitHole)) + bitHole;
  }

  #union(id: TypeId, { isPacked, alignment, fillsGaps }: CompiledForm): { end: number; alignment: number } {
    const { members, table } = this.#layouts;
    const first = this.#layouts.firstMember(id);
    let largest = Math.max(1, alignment);
    let end = fillsGaps ? 8 * table.sizeOrType(id) : 0;
    for (let index = first; index < first + table.vlen(id); index++) {
      const unit = isPacked ? 1 : this.#alignmentOf(members.typeId[index] as number);
      largest = Math.max(largest, unit, members.alignment[index] as number);
      end = Math.max(end, this.endOf(index));
    }
    return { end, alignment: largest };
  }

  /** The alignment that a compiler gives a type as it is written, in bytes. */
  #alignmentOf(type: TypeId): number {
    const { table, facts } = this.#layouts;
    let id = type;
    for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
      const kind = table.kind(id);
      const stated = this.typedefAlignment(id);
      if (stated !== 0) return stated;
      if (kind === Kind.Struct || kind === Kind.Union) {
        this.formOf(id);
        return this.#alignments.get(id) as number;
      }
      if (kind === Kind.Array) id = table.extra(id, 0);
      else if (isAlias(kind)) id = table.sizeOrType(id);
      else return facts.alignmentOf(id);
    }
    return 1;
  }
}

/** Ways to write a type, the plainest first; `found` is the alignment that the layouts give it. */
function candidates(asPrinted: CompiledForm, found: number, isStated: boolean): CompiledForm[] {
  const { isPacked } = asPrinted;
  const alignment = found > 1 ? found : 0;
  const plain = { fillsGaps: false, alignsMembers: true };
  const filled = { fillsGaps: true, alignsMembers: isStated };
  return [
    asPrinted,
    { isPacked, alignment, ...plain },
    { isPacked, alignment, ...filled },
    { isPacked, alignment: 0, ...filled },
    { isPacked: true, alignment, ...plain },
    { isPacked: true, alignment, ...filled },
    { isPacked: true, alignment: 0, ...filled },
  ];
}

function isAlias(kind: number): boolean {
  return (kind >= Kind.Typedef && kind <= Kind.Restrict) || kind === Kind.Atomic || kind === Kind.TypeTag;
}

/** Where a compiler starts a bitfield: in the unit of its type where it fits, else in the next. */
function bitfieldPlace(at: number, unit: number, bits: number): number {
  return Math.floor(at / unit) === Math.floor((at + bits - 1) / unit) ? at : roundUp(at, unit);
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

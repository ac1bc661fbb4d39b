/**
 * Minimal BTF: of a kernel's types those that BPF objects need for their CO-RE relocations, for kernels that have no
 * types of their own. What bpftool makes (`bpftool gen min_core_btf`), also of modules, forward declarations and type
 * tags.
 */

import { appendRecord } from '../btf/copy.ts';
import { TspaholeError } from '../model/errors.ts';
import { WordList } from '../model/intern.ts';
import { makeInfo } from '../model/records.ts';
import { StringPool } from '../model/string-pool.ts';
import { type TypeId, TypeTable } from '../model/table.ts';
import { formatAccess } from './access.ts';
import { isComposite, memberBitOffset, memberBitSize, memberType } from './elements.ts';
import { Marks } from './marks.ts';
import type { BpfObject, ObjectRelocation } from './object.ts';
import { type CoreMode, type CoreResolution, resolveRelocations } from './resolve.ts';
import type { CoreTarget } from './target.ts';

/**
 * The types of a target that the objects need, in the order of the target, as a table without a base: those of modules
 * follow those of the kernel, since a loader that is given BTF looks at no modules. What is left out of a type is void.
 * Throws what makes a relocation fail: such an object cannot be loaded with any BTF.
 */
export function minimize(
  target: CoreTarget,
  objects: readonly BpfObject[],
  { mode }: { readonly mode?: CoreMode | undefined } = {},
): TypeTable {
  const kernel = new Marks(target.kernel.table);
  const byTable = new Map([[target.kernel.table, kernel]]);
  for (const object of objects) {
    for (const resolution of resolveRelocations(object.relocations, { local: object.table, target, mode })) {
      const spec = neededBy(resolution);
      if (spec === undefined) continue;
      const marks = byTable.get(spec.table) ?? new Marks(spec.table, kernel);
      byTable.set(spec.table, marks);
      marks.add(spec);
    }
  }
  return new MinimalTypes(target.kernel.table, [...byTable.values()]).table();
}

function neededBy({ relocation, spec, outcome }: CoreResolution<ObjectRelocation>): CoreResolution['spec'] {
  if (outcome.status === 'resolved') return outcome.spec;
  if (outcome.status === 'poisoned') return undefined;
  const { code, what } = outcome.error;
  const where = `${relocation.sectionName} insn ${Math.floor(relocation.insnOffset / 8)}`;
  throw new TspaholeError(code, `${where}: ${spec === undefined ? '' : `${formatAccess(spec)}: `}${what}`);
}

/** The table that is made. */
class MinimalTypes {
  readonly #kernel: TypeTable;
  readonly #marks: readonly Marks[];
  readonly #words: WordList = new WordList();
  readonly #starts: WordList = new WordList();
  readonly #names: StringPool = new StringPool();

  /** The marks of the kernel come first. */
  constructor(kernel: TypeTable, marks: readonly Marks[]) {
    this.#kernel = kernel;
    this.#marks = marks;
  }

  table(): TypeTable {
    const { endian, pointerSize } = this.#kernel;
    let next = 1;
    const kernelIds = new Map<TypeId, TypeId>();
    for (const marks of this.#marks) {
      const ids = marks.table === this.#kernel ? kernelIds : new Map(kernelIds);
      const kept = marks.ids();
      for (const id of kept) ids.set(id, next++);
      for (const id of kept) this.#append(marks, id, (each) => ids.get(each) ?? 0);
    }
    const [words, starts] = [this.#words.view(), this.#starts.view()];
    return new TypeTable({ words, starts, strings: this.#names.table(), pointerSize, endian });
  }

  #append(marks: Marks, id: TypeId, idOf: (id: TypeId) => TypeId): void {
    const { table } = marks;
    this.#starts.push(this.#words.length);
    if (isComposite(table.kind(id))) this.#appendComposite(marks, id, idOf);
    else appendRecord(table, id, { words: this.#words, names: this.#names, idOf });
  }

  #appendComposite(marks: Marks, id: TypeId, idOf: (id: TypeId) => TypeId): void {
    const { table } = marks;
    const at = { table, id };
    const kept = Array.from({ length: table.vlen(id) }, (_, index) => index).filter((index) =>
      marks.hasMember(id, index),
    );
    const hasBitfield = kept.some((index) => memberBitSize(at, index) > 0);
    this.#words.push(this.#names.offsetOf(table.strings, table.nameOffset(id)));
    this.#words.push(makeInfo(table.kind(id), kept.length, hasBitfield));
    this.#words.push(table.sizeOrType(id));
    for (const index of kept) {
      this.#words.push(this.#names.offsetOf(table.strings, table.extra(id, 3 * index)));
      this.#words.push(idOf(memberType(at, index)));
      this.#words.push((memberBitOffset(at, index) | (memberBitSize(at, index) << 24)) >>> 0);
    }
  }
}

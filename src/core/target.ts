/** `CoreTarget`: the types of a kernel and its modules, and the candidates that a type of an object has there. */

import { Kind } from '../model/kinds.ts';
import { type TypeId, type TypeTable, tableChain } from '../model/table.ts';
import { isEnum, sameKind } from './elements.ts';
import { NameIndex } from './name-index.ts';

/** Types under a name that reports may use. */
export interface NamedTable {
  readonly name: string;
  readonly table: TypeTable;
}

/** A type of a target that an object's type may stand for. */
export interface Candidate {
  /** The kernel or the module that has it. */
  readonly owner: NamedTable;
  readonly id: TypeId;
}

/**
 * The kernel that objects are relocated for. As in libbpf, modules are looked at only for types that the kernel
 * does not have. Immutable but for what it remembers.
 */
export class CoreTarget {
  readonly kernel: NamedTable;
  /** Split from the kernel's table. */
  readonly modules: readonly NamedTable[];
  readonly #found = new Map<string, readonly Candidate[]>();
  readonly #indexes = new Map<TypeTable, NameIndex>();

  constructor(kernel: NamedTable, modules: readonly NamedTable[] = []) {
    this.kernel = kernel;
    this.modules = modules;
  }

  /** All types of a kind whose name without its flavor is `name`; enums and those of 64 bits are one kind. */
  candidates(name: string, kind: number): readonly Candidate[] {
    const key = `${isEnum(kind) ? Kind.Enum : kind}:${name}`;
    let found = this.#found.get(key);
    if (found === undefined) {
      found = this.#search(name, kind);
      this.#found.set(key, found);
    }
    return found;
  }

  #search(name: string, kind: number): Candidate[] {
    const { kernel, modules } = this;
    const own = tableChain(kernel.table).flatMap((part) => this.#typesOf(part, name, kind));
    if (own.length > 0) return own.map((id) => ({ owner: kernel, id }));
    return modules.flatMap((owner) => this.#typesOf(owner.table, name, kind).map((id) => ({ owner, id })));
  }

  /** The own types of a table. */
  #typesOf(part: TypeTable, name: string, kind: number): TypeId[] {
    const index = this.#indexes.get(part) ?? new NameIndex(part);
    this.#indexes.set(part, index);
    return index.find(name).filter((id) => sameKind(part.kind(id), kind));
  }
}

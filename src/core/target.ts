/** `CoreTarget`: the types of a kernel and its modules, and the candidates that a type of an object has there. */

import { Kind } from '../model/kinds.ts';
import { tableChain } from '../model/queries.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { isEnum, sameKind } from './elements.ts';
import { essentialName } from './names.ts';

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
    const own = tableChain(kernel.table).flatMap((part) => typesOf(part, name, kind));
    if (own.length > 0) return own.map((id) => ({ owner: kernel, id }));
    return modules.flatMap((owner) => typesOf(owner.table, name, kind).map((id) => ({ owner, id })));
  }
}

/** The own types of a table. */
function typesOf(part: TypeTable, name: string, kind: number): TypeId[] {
  const { words, starts, strings, firstId } = part;
  const start = Buffer.from(name, 'utf8');
  const bytes = strings.bytes;
  const [first, second = 0] = start;
  const found: TypeId[] = [];
  for (let index = 0; index < starts.length; index++) {
    const at = starts[index] as number;
    if (!sameKind(((words[at + 1] as number) >>> 24) & 0x7f, kind)) continue;
    // Nearly all names differ in the first two bytes: to decode them all would take most of the time.
    const nameAt = (words[at] as number) - strings.start;
    if (nameAt >= 0 && (bytes[nameAt] !== first || (bytes[nameAt + 1] !== second && second !== 0))) continue;
    if (essentialName(part.name(firstId + index)) === name) found.push(firstId + index);
  }
  return found;
}

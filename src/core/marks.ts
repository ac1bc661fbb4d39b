/** `Marks`: which types and members of a kernel BPF objects need, and so must stay in a minimal BTF. */

import { TspaholeError } from '../model/errors.ts';
import { isQualifier, Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { forEachTypeRef } from '../model/traverse.ts';
import type { AccessSpec } from './access.ts';
import { arrayFacts, isComposite, memberType } from './elements.ts';
import { CoreKind, subjectOf } from './kinds.ts';

/** How types are followed: what has been seen in one way may lead further in another. */
type Way = 'named' | 'pointed' | 'whole' | 'behindPointer';

/** Each way has a bit. */
const WAY_BITS: Readonly<Record<Way, number>> = { named: 1, pointed: 2, whole: 4, behindPointer: 8 };

/** Marks in one table: those of a module pass on what lies in the kernel. */
export class Marks {
  readonly table: TypeTable;
  /** The lowest id whose marks are kept here. */
  readonly firstId: TypeId;
  readonly #kernel: Marks | undefined;
  /** The ways in which each type was reached; 0 for types that are not needed. */
  readonly #ways: Uint8Array;
  readonly #members = new Map<TypeId, Set<number>>();
  /** Types that are still to be followed. */
  readonly #pending: { readonly id: TypeId; readonly way: Way }[] = [];

  constructor(table: TypeTable, kernel?: Marks) {
    this.table = table;
    this.firstId = kernel === undefined ? 1 : table.firstId;
    this.#kernel = kernel;
    this.#ways = new Uint8Array(table.end - this.firstId);
  }

  /** The types that are needed, ascending. */
  ids(): TypeId[] {
    const ids: TypeId[] = [];
    for (let index = 0; index < this.#ways.length; index++) {
      if (this.#ways[index] !== 0) ids.push(this.firstId + index);
    }
    return ids;
  }

  hasMember(id: TypeId, index: number): boolean {
    return this.#members.get(id)?.has(index) === true;
  }

  /**
   * Marks what an access needs: of a field its type and each struct on the way with that member alone; of a type
   * what it leads to, structs without members; of a type that must match its members, too; of an enumerator its enum.
   */
  add(spec: AccessSpec): void {
    if (subjectOf(spec.kind) === 'field') this.#addField(spec);
    else if (spec.kind === CoreKind.TypeMatches) this.#mark(spec.rootId, 'whole');
    else this.#mark(spec.rootId, subjectOf(spec.kind) === 'type' ? 'pointed' : 'named');
  }

  #addField({ rootId, indexes }: AccessSpec): void {
    this.#mark(rootId, 'named');
    let id = rootId;
    for (const index of indexes.slice(1)) {
      id = this.#underlying(id);
      const kind = this.table.kind(id);
      if (isComposite(kind)) {
        this.#markMember(id, index);
        id = memberType({ table: this.table, id }, index);
        this.#mark(id, 'named');
      } else id = arrayFacts({ table: this.table, id }).element;
    }
  }

  #underlying(start: TypeId): TypeId {
    let id = start;
    for (let depth = 0; isTransparent(this.table.kind(id)); depth++) {
      if (depth > 256) throw new TspaholeError('bad-data', `type ${start} has no end`);
      id = this.table.sizeOrType(id);
    }
    return id;
  }

  #markMember(id: TypeId, index: number): void {
    if (id < this.firstId && this.#kernel !== undefined) {
      this.#kernel.#markMember(id, index);
      return;
    }
    const members = this.#members.get(id);
    if (members === undefined) this.#members.set(id, new Set([index]));
    else members.add(index);
  }

  #mark(id: TypeId, way: Way): void {
    this.#pending.push({ id, way });
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
      if (next.id === 0 || !this.table.has(next.id)) continue;
      if (next.id < this.firstId && this.#kernel !== undefined) this.#kernel.#mark(next.id, next.way);
      else if (this.#isNew(next.id, WAY_BITS[next.way])) this.#follow(next.id, next.way);
    }
  }

  /** Whether a type is reached in a way for the first time; from now on it is not. */
  #isNew(id: TypeId, bit: number): boolean {
    const seen = this.#ways[id - this.firstId] as number;
    this.#ways[id - this.firstId] = seen | bit;
    return (seen & bit) === 0;
  }

  #follow(id: TypeId, way: Way): void {
    const { table } = this;
    const kind = table.kind(id);
    if (isTransparent(kind)) this.#pending.push({ id: table.sizeOrType(id), way });
    else if (kind === Kind.Pointer) this.#followPointer(id, way);
    else if (kind === Kind.Array || kind === Kind.FuncProto) {
      const inner = way === 'behindPointer' ? 'whole' : way;
      forEachTypeRef(table, id, (typeId) => this.#pending.push({ id: typeId, way: inner }));
    } else if (isComposite(kind) && way === 'whole') {
      for (let index = 0; index < table.vlen(id); index++) {
        this.#markMember(id, index);
        this.#pending.push({ id: memberType({ table, id }, index), way });
      }
    }
  }

  #followPointer(id: TypeId, way: Way): void {
    if (way === 'named') return;
    const behind = way === 'pointed' ? way : 'behindPointer';
    this.#pending.push({ id: this.table.sizeOrType(id), way: behind });
  }
}

/** Whether a kind stands for the type that it refers to. */
function isTransparent(kind: number): boolean {
  return isQualifier(kind) || kind === Kind.Typedef || kind === Kind.TypeTag;
}

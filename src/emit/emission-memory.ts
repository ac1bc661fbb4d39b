/** `EmissionMemory`: which types a run has defined and declared, over all its units. */

import { Kind } from '../model/kinds.ts';
import { TypeFlag } from '../model/side-columns.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { isBase } from './emission-kinds.ts';

/** The words before the name of a type: names of structs, unions, enums, typedefs and base types are told apart by it. */
export function keywordOf(table: TypeTable, id: TypeId): string {
  const kind = table.kind(id);
  if (kind === Kind.Typedef) return 'typedef';
  if (isBase(kind)) return 'base';
  if (kind === Kind.Enum || kind === Kind.Enum64) return 'enum';
  if (kind === Kind.Union || (kind === Kind.Forward && table.kindFlag(id))) return 'union';
  return ((table.side?.flags(id) ?? 0) & TypeFlag.Class) !== 0 ? 'class' : 'struct';
}

export class EmissionMemory {
  readonly #defined = new Set<string>();
  /** By name, the number of the unit that declared it, and the id there: tables are not kept. */
  readonly #declared = new Map<string, { readonly unit: number; readonly id: TypeId }>();
  #units = 0;

  /** A number for one more unit. */
  addUnit(): number {
    return ++this.#units;
  }

  /** Whether a type of that keyword and name has been defined; false for one without a name. */
  isDefined(table: TypeTable, id: TypeId): boolean {
    return table.nameOffset(id) !== 0 && this.#defined.has(definedKey(table, id));
  }

  /** Notes a definition. */
  define(table: TypeTable, id: TypeId): void {
    if (table.nameOffset(id) !== 0) this.#defined.add(definedKey(table, id));
  }

  /** Whether a struct or union of that name has been declared. */
  isDeclared(table: TypeTable, id: TypeId): boolean {
    return this.#declared.has(nameOf(table, id));
  }

  /** Notes a declaration in a unit. */
  declare(table: TypeTable, id: TypeId, unit: number): void {
    this.#declared.set(nameOf(table, id), { unit, id });
  }

  /** Forgets a declaration if it was of this very type, as pahole does when it defines it. */
  forget(table: TypeTable, id: TypeId, unit: number): void {
    const name = nameOf(table, id);
    const owner = this.#declared.get(name);
    if (owner?.unit === unit && owner.id === id) this.#declared.delete(name);
  }
}

function nameOf(table: TypeTable, id: TypeId): string {
  return table.strings.latin1At(table.nameOffset(id));
}

function definedKey(table: TypeTable, id: TypeId): string {
  return `${keywordOf(table, id)} ${nameOf(table, id)}`;
}

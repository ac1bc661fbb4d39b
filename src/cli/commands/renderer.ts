/** How the types that a listing finds reach the user. */

import type { Layouts, TypeId, TypeTable } from '../../index.ts';
import type { Container } from './relations.ts';

/** The types of one unit with their layouts. */
export interface Unit {
  /** Path of its source; for BTF of the file. */
  readonly name: string;
  readonly table: TypeTable;
  readonly layouts: Layouts;
}

export interface Renderer {
  /** Ids from here on are those of `unit`. */
  begin(unit: Unit): void;
  /** Most types of the unit will be looked at. */
  prepareListing(): void;
  /** Name that a type is filtered by; an anonymous one goes by its first typedef. */
  nameOf(id: TypeId): string | undefined;
  /** A type of a listing. */
  listed(id: TypeId): void;
  /** A type that was asked for by name. */
  named(id: TypeId): void;
  enumeration(id: TypeId): void;
  container(container: Container): void;
  /** The members of a struct or union, by index, that point to what was asked for. */
  pointers(id: TypeId, members: readonly number[]): void;
  /** Ends a unit: what can be printed is handed to the output. */
  end(): void;
  /** Ends the listing. */
  finish(): void;
}

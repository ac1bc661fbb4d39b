/** How the types that a listing finds reach the user. */

import type { Layouts, StringTable, TypeId, TypeTable } from '../../index.ts';
import type { Streams } from '../run.ts';
import type { ListSettings } from '../settings.ts';
import type { Container } from './relations.ts';

/** The types of one unit with their layouts. */
export interface Unit {
  /** Path of its file. */
  readonly path: string;
  /** Path of its source; for BTF of the file. */
  readonly name: string;
  readonly table: TypeTable;
  readonly layouts: Layouts;
}

/** A named struct or union with a number that is known at the end of a listing. */
export interface Counted {
  /** Path of the file that it was first met in. */
  readonly path: string;
  /** Name of the unit that it was first met in; undefined for BTF. */
  readonly unit: string | undefined;
  /** Its id in that unit. */
  readonly id: TypeId;
  readonly isUnion: boolean;
  readonly strings: StringTable;
  readonly nameOffset: number;
  readonly count: number;
}

export interface Renderer {
  /** Ids from here on are those of `unit`. */
  begin(unit: Unit): void;
  /** Most types of the unit will be looked at. */
  prepareListing(): void;
  /** Lists all types with names, equal ones once; false where they must be handed over one by one. */
  listAll?(): boolean;
  /** Name that a type is filtered by; an anonymous one goes by its first typedef. */
  nameOf(id: TypeId): string | undefined;
  /** Whether a type that passes all filters is listed. Without it all are. */
  accepts?(id: TypeId): boolean;
  /** A type of a listing. */
  listed(id: TypeId): void;
  /** A type that was asked for by name. */
  named(id: TypeId): void;
  enumeration(id: TypeId): void;
  /** The unit defines a type that was asked for by name. */
  definition(id: TypeId): void;
  /** What was counted over all units. */
  counts(counted: readonly Counted[]): void;
  container(container: Container): void;
  /** The members of a struct or union, by index, that point to what was asked for. */
  pointers(id: TypeId, members: readonly number[]): void;
  /** Ends a unit: what can be printed is handed to the output. */
  end(): void;
  /** Ends the listing. */
  finish(): void;
}

/** Makes a renderer that only some listings need. The size of a cacheline is in bytes. */
export type RendererMaker = (settings: ListSettings, streams: Streams, cachelineSize: number) => Renderer;

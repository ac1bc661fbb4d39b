/** `-T` and `-m`: numbers that are known when the last unit is read. Loaded only when one is asked for. */

import { Kind, type TypeId, type TypeTable } from '../../index.ts';
import { compositeIds, SeenComposites } from '../../internal.ts';
import type { ListSettings } from '../settings.ts';
import type { Counted, Unit } from './renderer.ts';

interface Entry extends Counted {
  count: number;
  /** The last unit that was counted. */
  lastUnit: number;
}

/** Counts for each named struct or union, in the order in which they are met. */
export class Counter {
  readonly #settings: ListSettings;
  readonly #seen: SeenComposites;
  /** By the number that `#seen` gives. */
  readonly #known: Entry[] = [];
  readonly #entries: Entry[] = [];
  #unitCount = 0;

  constructor(settings: ListSettings) {
    this.#settings = settings;
    this.#seen = new SeenComposites({ ignoreKind: settings.compat });
  }

  get counted(): readonly Counted[] {
    return this.#entries;
  }

  /** Counts what a unit has of the types that pass. */
  add(unit: Unit, passes: (id: TypeId) => boolean): void {
    this.#unitCount++;
    if (this.#settings.listing === 'methods') this.#addParameters(unit, passes);
    else this.#addDefinitions(unit, passes);
  }

  #addDefinitions(unit: Unit, passes: (id: TypeId) => boolean): void {
    const { compat, sort } = this.#settings;
    for (const id of compositeIds(unit.table)) {
      if (unit.table.nameOffset(id) === 0 || !passes(id)) continue;
      // With --sort, no two types with members are the same to pahole.
      const isNew = compat && sort && unit.table.vlen(id) > 0;
      const entry = isNew ? this.#newEntry(unit, id) : this.#entry(unit, id);
      // pahole counts definitions, and two of one unit count twice.
      if (entry.lastUnit !== this.#unitCount || compat) entry.count++;
      entry.lastUnit = this.#unitCount;
    }
  }

  /** As in pahole a pointer to a const struct does not count. */
  #addParameters(unit: Unit, passes: (id: TypeId) => boolean): void {
    const { table } = unit;
    const verdicts = new Map<TypeId, boolean>();
    const passesOnce = (id: TypeId): boolean => {
      const verdict = verdicts.get(id) ?? passes(id);
      verdicts.set(id, verdict);
      return verdict;
    };
    for (let id = 1; id < table.end; id++) {
      if (table.kind(id) !== Kind.Func) continue;
      for (const struct of structsPointedTo(table, table.sizeOrType(id))) {
        if (passesOnce(struct)) this.#entry(unit, struct).count++;
      }
    }
  }

  #entry(unit: Unit, id: TypeId): Entry {
    const number = this.#seen.numberOf(unit.table, id);
    this.#known[number] ??= this.#newEntry(unit, id);
    return this.#known[number];
  }

  /** Keeps no table: there may be thousands of units. */
  #newEntry({ table, name, path }: Unit, id: TypeId): Entry {
    const { strings, side } = table;
    const entry = {
      path,
      unit: side === undefined ? undefined : name,
      id,
      isUnion: table.kind(id) === Kind.Union,
      strings,
      nameOffset: table.nameOffset(id),
      count: 0,
      lastUnit: 0,
    };
    this.#entries.push(entry);
    return entry;
  }
}

/** The named structs that the parameters of a prototype point to, one for each parameter. */
function* structsPointedTo(table: TypeTable, prototype: TypeId): Generator<TypeId> {
  if (table.kind(prototype) !== Kind.FuncProto) return;
  for (let index = 0; index < table.vlen(prototype); index++) {
    const parameter = table.extra(prototype, 2 * index + 1);
    if (table.kind(parameter) !== Kind.Pointer) continue;
    const target = table.sizeOrType(parameter);
    if (table.kind(target) === Kind.Struct && table.nameOffset(target) !== 0) yield target;
  }
}

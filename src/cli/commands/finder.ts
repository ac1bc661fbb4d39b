/**
 * `Finder`: finds in each unit what the settings ask for, keeps what must not be printed twice, and
 * remembers what is still missing.
 */

import { findTypeByName, Kind, Layouts, type TypeId, type TypeTable, type TypeUnit } from '../../index.ts';
import { findTypeWhere, passesAll, SeenComposites, systemCachelineSize, typeFilter } from '../../internal.ts';
import { writeText } from '../output.ts';
import type { Streams } from '../run.ts';
import type { ListSettings } from '../settings.ts';
import type { Counter } from './counter.ts';
import { containersOf, pointersTo } from './relations.ts';
import type { Renderer, RendererMaker, Unit } from './renderer.ts';
import { TextRenderer } from './text-renderer.ts';
import type { LayoutsForWordSize } from './word-size.ts';

/** What names with scopes, `space::Type`, need. */
type Qualified = typeof import('./qualified.ts');

/** What only some listings need, loaded by then. */
export interface ListParts {
  readonly Counter: typeof Counter | undefined;
  /** Makes the renderer, where that of the text will not do. */
  readonly newRenderer: RendererMaker | undefined;
  readonly layoutsForWordSize: LayoutsForWordSize | undefined;
  readonly qualified: Qualified | undefined;
}

export class Finder {
  readonly #parts: ListParts;
  readonly #settings: ListSettings;
  readonly #streams: Streams;
  readonly #renderer: Renderer;
  readonly #seen: SeenComposites;
  readonly #counter: Counter | undefined;
  readonly #cachelineSize: number;
  /** Names of `-C`, `-i`, `-f` that no unit had so far. */
  #missing: string[];
  #foundEnumerator = false;

  constructor(settings: ListSettings, streams: Streams, parts: ListParts) {
    this.#parts = parts;
    this.#settings = settings;
    this.#streams = streams;
    this.#cachelineSize = settings.cachelineSize ?? systemCachelineSize();
    this.#renderer =
      parts.newRenderer?.(settings, streams, this.#cachelineSize) ?? new TextRenderer(settings, streams.out);
    this.#seen = new SeenComposites({ ignoreKind: settings.compat, nameOf: parts.qualified?.qualifiedName });
    this.#counter = parts.Counter && new parts.Counter(settings);
    this.#missing = [...this.#names];
  }

  get #names(): readonly string[] {
    const { contains, findPointersTo, classNames } = this.#settings;
    return [contains, findPointersTo, classNames].find((names) => names.length > 0) ?? [];
  }

  /** Whether so few types are printed that what holds each is looked for one by one. */
  get #asksForFew(): boolean {
    return this.#settings.classNames.length > 0 && this.#names.length <= FEW_NAMES;
  }

  /** Whether everything that was asked for by name has been found. */
  get isDone(): boolean {
    const { compat, definedIn } = this.#settings;
    if (definedIn && !compat) return false;
    return this.#names.length > 0 && this.#missing.length === 0;
  }

  /** Prints what a unit of the file at `path` has of what is asked for. */
  visit({ name, table }: TypeUnit, path: string): void {
    if (table.end === table.firstId) return;
    const layouts = this.#layoutsOf(table);
    const unit: Unit = { path, name, table: layouts.table, layouts };
    this.#renderer.begin(unit);
    if (this.#settings.containsEnumerator !== undefined && this.#showsEnumerator(unit)) return;
    if (this.#names.length === 0) this.#list(unit);
    else if (this.#settings.definedIn) this.#visitDefinitions(unit);
    else this.#visitNames(unit);
    this.#renderer.end();
  }

  /** The layouts of a unit, for words of the size that is asked for. */
  #layoutsOf(table: TypeTable): Layouts {
    const { compat } = this.#settings;
    const options = {
      cachelineSize: this.#cachelineSize,
      lazyPacked: compat || this.#asksForFew,
      legacyBitfields: !compat,
      paholeClasses: compat,
    };
    const { layoutsForWordSize } = this.#parts;
    if (layoutsForWordSize !== undefined) return layoutsForWordSize(table, this.#settings, options);
    return new Layouts(table, options);
  }

  /** Hands on what has been printed; to be called before writing elsewhere. */
  flush(): void {
    this.#renderer.end();
  }

  /**
   * Prints what had to wait for the last unit and says what is missing, unless it is to be `silent` about
   * it. Returns whether nothing is missing.
   */
  finish({ silent = false }: { readonly silent?: boolean } = {}): boolean {
    this.#renderer.counts(this.#counter?.counted ?? []);
    this.#renderer.finish();
    if (silent) return false;
    const { compat, containsEnumerator } = this.#settings;
    const { err } = this.#streams;
    const program = compat ? 'pahole' : 'tspahole';
    for (const name of compat ? this.#missing.slice(0, 1) : this.#missing) {
      writeText(err, `${program}: type '${name}' not found\n`);
    }
    if (containsEnumerator === undefined || compat || this.#foundEnumerator)
      return this.#missing.length === 0;
    writeText(err, `tspahole: no enum has an enumerator '${containsEnumerator}'\n`);
    return false;
  }

  /** Returns whether the unit is done: pahole lists all types of a unit that has no such enumerator. */
  #showsEnumerator({ table }: Unit): boolean {
    const name = this.#settings.containsEnumerator as string;
    for (let id = 1; id < table.end; id++) {
      const kind = table.kind(id);
      if ((kind !== Kind.Enum && kind !== Kind.Enum64) || !hasEnumerator(table, id, name)) continue;
      this.#renderer.enumeration(id);
      this.#foundEnumerator = true;
      this.#renderer.end();
      return true;
    }
    return !this.#settings.compat;
  }

  #visitNames(unit: Unit): void {
    const { compat, skipMissing } = this.#settings;
    const missing: string[] = [];
    for (const [index, name] of this.#missing.entries()) {
      const id = this.#find(unit, name);
      if (id !== undefined) {
        this.#showNamed(unit, id);
        continue;
      }
      missing.push(name);
      // pahole looks no further in a unit once a name is missing.
      if (compat && !skipMissing) {
        missing.push(...this.#missing.slice(index + 1));
        break;
      }
    }
    this.#missing = missing;
  }

  /** The first type of that name; but what is in no other scope goes before what is in one. */
  #find({ table }: Unit, name: string): TypeId | undefined {
    for (const spelling of this.#parts.qualified?.spellingsOf(name) ?? [name]) {
      const id = this.#findSpelling(table, spelling);
      if (id !== undefined) return id;
    }
    return undefined;
  }

  #findSpelling(table: TypeTable, name: string): TypeId | undefined {
    const { compat, findPointersTo } = this.#settings;
    const id = findTypeByName(table, name, { forwards: findPointersTo.length > 0 });
    if (id === undefined) return this.#parts.qualified?.findTypeByQualifiedName(table, name);
    const { side } = table;
    if (compat || side === undefined || side.isTopLevel(id)) return id;
    return findTypeWhere(table, name, (other) => side.isTopLevel(other)) ?? id;
  }

  /** pahole takes one name from a unit and goes on to the next unit with the others. */
  #visitDefinitions({ table }: Unit): void {
    const { compat, findPointersTo, skipMissing } = this.#settings;
    for (const name of compat ? this.#missing : this.#names) {
      const id = findTypeByName(table, name, { forwards: compat && findPointersTo.length > 0 });
      if (id !== undefined) {
        this.#missing = this.#missing.filter((other) => other !== name);
        this.#renderer.definition(id);
      }
      if (compat && (id !== undefined || !skipMissing)) return;
    }
  }

  #showNamed(unit: Unit, id: TypeId): void {
    const { contains, findPointersTo, recursive } = this.#settings;
    if (contains.length > 0) {
      for (const container of containersOf(unit, id, this.#passes(unit), recursive)) {
        if (container.depth > 0 || this.#seen.add(unit.table, container.id))
          this.#renderer.container(container);
      }
    } else if (findPointersTo.length > 0) {
      for (const { id: holder, members } of pointersTo(unit, id, this.#passes(unit))) {
        if (this.#seen.add(unit.table, holder)) this.#renderer.pointers(holder, members);
      }
    } else {
      if (this.#asksForFew && !this.#settings.compat) unit.layouts.packed.inferFromHolders(id);
      this.#renderer.named(id);
    }
  }

  #list(unit: Unit): void {
    const { anonInclude, compat, listing, sort } = this.#settings;
    const { table } = unit;
    const passes = this.#passes(unit);
    if (this.#counter !== undefined) {
      this.#counter.add(unit, passes);
      return;
    }
    const isSorted = sort && (listing === 'layout' || compat);
    // Units repeat one another's types, and few of one are printed.
    if (table.side === undefined) this.#renderer.prepareListing();
    if (this.#listsAll && !isSorted && this.#renderer.listAll?.()) return;
    for (const id of unit.layouts.composites) {
      const isNamed = table.nameOffset(id) !== 0;
      if (!isNamed && !anonInclude) continue;
      if (!passes(id)) continue;
      // Types that only differ in their members' types are told apart by the sort.
      const keepsEqual = isSorted && (table.vlen(id) > 0 || !compat);
      if (isNamed && !keepsEqual && !this.#seen.add(table, id)) continue;
      this.#renderer.listed(id);
    }
  }

  /** Whether one unit is all there is, and all its named types are listed. */
  get #listsAll(): boolean {
    const { anonInclude, exclude, files, prefixFilter } = this.#settings;
    const hasPrefix = exclude !== undefined || prefixFilter !== undefined;
    const takesAll = !hasPrefix && this.#renderer.accepts === undefined && passesAll(this.#settings);
    return files.length <= 1 && !anonInclude && takesAll;
  }

  #passes(unit: Unit): (id: TypeId) => boolean {
    const { exclude, prefixFilter, declExclude, compat, showPrivate } = this.#settings;
    const { strings, side } = unit.table;
    const passesLayout = typeFilter(unit.layouts, { ...this.#settings, narrowCounters: compat });
    const renderer = this.#renderer;
    const passesBoth =
      renderer.accepts === undefined
        ? passesLayout
        : (id: TypeId) => passesLayout(id) && renderer.accepts?.(id) !== false;
    const hidesPrivate = side !== undefined && !showPrivate;
    const hasPrefix = exclude !== undefined || prefixFilter !== undefined || declExclude !== undefined;
    if (!hidesPrivate && !hasPrefix) return passesBoth;
    return (id) => {
      if (hidesPrivate && !side.isTopLevel(id)) return false;
      if (!hasPrefix) return passesBoth(id);
      const declFile = declExclude === undefined ? 0 : (side?.declFile(id) ?? 0);
      if (declFile !== 0 && strings.text(declFile).startsWith(declExclude as string)) return false;
      const name = renderer.nameOf(id);
      if (exclude !== undefined && name?.startsWith(exclude)) return false;
      if (prefixFilter !== undefined && name !== undefined && !name.startsWith(prefixFilter)) return false;
      return passesBoth(id);
    };
  }
}

/** Up to so many types, looking for their holders costs less than laying out the whole table. */
const FEW_NAMES = 4;

function hasEnumerator(table: TypeTable, id: TypeId, name: string): boolean {
  const stride = table.kind(id) === Kind.Enum64 ? 3 : 2;
  for (let index = 0; index < table.vlen(id); index++) {
    if (table.strings.text(table.extra(id, stride * index)) === name) return true;
  }
  return false;
}

/** `JsonRenderer`: what a listing finds, as one JSON document. docs/json.md describes it. */

import { PaholeEmitter, TspaholeError, type TypeId } from '../../index.ts';
import {
  emptyWaste,
  firstTypedefs,
  JsonDocument,
  type JsonKind,
  jsonKind,
  jsonType,
  type SortEntry,
  SortedTypes,
} from '../../internal.ts';
import type { Output } from '../output.ts';
import type { ListSettings } from '../settings.ts';
import { ownVersion } from '../version.ts';
import type { Container } from './relations.ts';
import type { Counted, Renderer, Unit } from './renderer.ts';

/** Where an entry was found, as far as that is not clear. */
interface Origin {
  /** Path of the file, where several are listed. */
  readonly file?: string | undefined;
  /** Name of the compile unit; undefined for BTF. */
  readonly unit?: string | undefined;
}

/** What every entry of the document begins with. */
interface Heading {
  readonly id: TypeId;
  readonly kind: JsonKind;
  /** Empty for an anonymous type. */
  readonly name: string;
  /** Of an anonymous type the first typedef. */
  readonly typedefName?: string | undefined;
}

/** Characters of JSON that wait in place of the units that they come from. A kernel has 13 million. */
const MAX_WAITING_LENGTH = 1 << 26;

export class JsonRenderer implements Renderer {
  readonly #settings: ListSettings;
  readonly #document: JsonDocument;
  readonly #isSorted: boolean;
  readonly #waiting = new SortedTypes<SortEntry | string>();
  #waitingLength = 0;
  readonly #waste = emptyWaste();
  #unit!: Unit;
  /** Makes no text of its own: its context is where type texts are made. */
  #emitter!: PaholeEmitter;
  #typedefs: Uint32Array | undefined;
  #origin: Origin = {};
  /** Of the emitters that wait for the end. */
  readonly #origins = new Map<PaholeEmitter, Origin>();

  /** `cachelineSize` is that of the layouts, in bytes. */
  constructor(settings: ListSettings, output: Output, cachelineSize: number) {
    this.#settings = settings;
    this.#isSorted = settings.sort && settings.listing === 'layout';
    const header = { toolVersion: ownVersion(), listing: listingOf(settings), cachelineSize };
    this.#document = new JsonDocument(header, (bytes) => output.write(bytes));
  }

  begin(unit: Unit): void {
    const { expandTypes, relOffset } = this.#settings;
    this.#unit = unit;
    this.#origin = this.#originIn(unit.path, unit.table.side === undefined ? undefined : unit.name);
    this.#typedefs = undefined;
    this.#emitter = new PaholeEmitter(unit.layouts, { expandTypes, relativeOffsets: relOffset });
  }

  #originIn(path: string, unit: string | undefined): Origin {
    return { file: this.#settings.files.length > 1 ? path : undefined, unit };
  }

  prepareListing(): void {
    this.#unit.layouts.placeAll();
  }

  nameOf(id: TypeId): string | undefined {
    const { name, typedefName } = this.#heading(id);
    return name === '' ? typedefName : name;
  }

  listed(id: TypeId): void {
    if (this.#settings.listing !== 'layout') this.#row(id);
    else if (!this.#isSorted) this.#layout(id);
    // As in the text, an anonymous type has no place in the order of names.
    else if (this.#unit.table.nameOffset(id) !== 0) this.#wait({ emitter: this.#emitter, id });
  }

  named(id: TypeId): void {
    if (this.#settings.listing === 'layout') this.#layout(id);
    else this.#row(id);
  }

  enumeration(id: TypeId): void {
    this.#described(id);
  }

  definition(id: TypeId): void {
    this.#add(id, () => ({ ...this.#heading(id), unit: this.#unit.name }));
  }

  counts(counted: readonly Counted[]): void {
    const isMethods = this.#settings.listing === 'methods';
    for (const { id, isUnion, strings, nameOffset, count, path, unit } of counted) {
      const kind: JsonKind = isUnion ? 'union' : 'struct';
      const number = isMethods ? { parameterCount: count } : { definitionCount: count };
      const name = strings.text(nameOffset);
      this.#document.add({ id, kind, name, ...number, ...this.#originIn(path, unit) });
    }
  }

  container({ id, count, depth }: Container): void {
    this.#add(id, () => ({ ...this.#heading(id), count, depth }));
  }

  pointers(id: TypeId, members: readonly number[]): void {
    const { table } = this.#unit;
    for (const index of members) {
      this.#add(id, () => {
        const member = table.strings.text(table.extra(id, 3 * index));
        return { ...this.#heading(id), member, index };
      });
    }
  }

  end(): void {
    this.#document.flush();
  }

  finish(): void {
    try {
      for (const entry of this.#waiting.sorted()) {
        if (typeof entry === 'string') this.#document.addText(entry);
        else this.#sorted(entry);
      }
    } finally {
      this.#document.end();
    }
  }

  /** The text of a type of one of many units waits for it, so that the unit may go. */
  #wait(entry: SortEntry): void {
    const { id } = entry;
    this.#waiting.add(entry, () => {
      if (this.#unit.table.side === undefined || this.#waitingLength > MAX_WAITING_LENGTH) {
        this.#origins.set(entry.emitter, this.#origin);
        return entry;
      }
      const text = this.#textOf(id, () => jsonType(this.#emitter.context, id));
      this.#waitingLength += text.length;
      return text;
    });
  }

  #sorted({ emitter, id }: SortEntry): void {
    this.#emitter = emitter;
    this.#origin = this.#origins.get(emitter) as Origin;
    this.#add(id, () => jsonType(emitter.context, id));
  }

  #layout(id: TypeId): void {
    const isNamed = this.#unit.table.nameOffset(id) !== 0;
    if (isNamed || this.#typedefOf(id) !== 0 || this.#settings.nestedAnonInclude) this.#described(id);
  }

  #described(id: TypeId): void {
    this.#add(id, () => {
      const { typedefName } = this.#heading(id);
      return { ...jsonType(this.#emitter.context, id), typedefName };
    });
  }

  /** The name and the numbers of the listing. */
  #row(id: TypeId): void {
    this.#add(id, () => {
      const heading = this.#heading(id);
      const { table, layouts } = this.#unit;
      switch (this.#settings.listing) {
        case 'sizes': {
          const byteSize = heading.kind === 'typedef' ? undefined : layouts.facts.declaredSize(id);
          return { ...heading, byteSize, holeCount: layouts.waste(id, this.#waste).holeCount };
        }
        case 'members':
          return { ...heading, memberCount: table.vlen(id) };
        case 'nameLength':
          return { ...heading, nameLength: Buffer.byteLength(heading.name || (heading.typedefName ?? '')) };
        case 'name':
        case 'layout':
        case 'methods':
        case 'definitions':
          return heading;
      }
    });
  }

  #add(id: TypeId, make: () => object): void {
    this.#document.addText(this.#textOf(id, make));
  }

  /** What `make` makes, and where from. Where it throws, the document says so before the listing ends. */
  #textOf(id: TypeId, make: () => object): string {
    try {
      return JSON.stringify({ ...make(), ...this.#origin });
    } catch (error) {
      if (error instanceof TspaholeError) {
        const kind = jsonKind(this.#emitter.context, id);
        this.#document.add({ id, kind, error: error.message, ...this.#origin });
      }
      throw error;
    }
  }

  #heading(id: TypeId): Heading {
    const { table } = this.#unit;
    const name = table.name(id);
    const typedef = name === '' ? this.#typedefOf(id) : 0;
    const typedefName = typedef === 0 ? undefined : table.name(typedef);
    return { id, kind: jsonKind(this.#unit, id), name, typedefName };
  }

  #typedefOf(id: TypeId): TypeId {
    this.#typedefs ??= firstTypedefs(this.#unit.table);
    return this.#typedefs[id] ?? 0;
  }
}

/** What the entries of the document tell. */
function listingOf(settings: ListSettings): string {
  const { contains, containsEnumerator, definedIn, findPointersTo, listing } = settings;
  if (containsEnumerator !== undefined) return 'layout';
  if (definedIn) return 'definedIn';
  if (contains.length > 0) return 'contains';
  return findPointersTo.length > 0 ? 'pointers' : listing;
}

/** `TextRenderer`: the text that pahole's users know. */

import { NO_QUIRKS, PAHOLE_QUIRKS, PaholeEmitter, type TypeId } from '../../index.ts';
import { emptyWaste, firstTypedefs, PlainListing, paholeMemberCount } from '../../internal.ts';
import type { Output } from '../output.ts';
import type { ListSettings } from '../settings.ts';
import type { Compilation } from './compilation.ts';
import type { Container } from './relations.ts';
import type { Counted, Renderer, Unit } from './renderer.ts';
import type { PutType, Sorting } from './sorting.ts';

/** What only some listings need, loaded by then. */
export interface TextParts {
  readonly Compilation?: typeof Compilation | undefined;
  readonly Sorting?: typeof Sorting | undefined;
}

export class TextRenderer implements Renderer {
  readonly #settings: ListSettings;
  readonly #output: Output;
  readonly #compilation: Compilation | undefined;
  readonly #sorting: Sorting | undefined;
  readonly #waste = emptyWaste();
  #unit!: Unit;
  #emitter!: PaholeEmitter;
  /** Prints types with names in a listing of the usual kind. */
  #plain: PlainListing | undefined;
  #typedefs: Uint32Array | undefined;

  constructor(settings: ListSettings, output: Output, { Compilation, Sorting }: TextParts = {}) {
    const put: PutType = (emitter, id) => this.#put(emitter, id);
    this.#compilation = Compilation && new Compilation(settings);
    this.#sorting = Sorting && new Sorting(settings, put);
    this.#settings = settings;
    this.#output = output;
  }

  begin(unit: Unit): void {
    const { compat, relOffset, showDeclInfo, ...options } = this.#settings;
    const usedAt = showDeclInfo ? unit.name : undefined;
    const quirks = compat ? PAHOLE_QUIRKS : NO_QUIRKS;
    const sink = (bytes: Uint8Array): void => this.#output.write(bytes);
    this.#unit = unit;
    this.#typedefs = undefined;
    this.#plain = undefined;
    this.#emitter = new PaholeEmitter(
      unit.layouts,
      { ...options, relativeOffsets: relOffset, usedAt, quirks },
      sink,
    );
    this.#compilation?.begin(unit, this.#emitter, this.#sorting !== undefined);
  }

  prepareListing(): void {
    const { compat, listing } = this.#settings;
    const isPlain = listing === 'layout' && (this.#sorting ?? this.#compilation) === undefined;
    const sink = (bytes: Uint8Array): void => this.#output.write(bytes);
    if (isPlain) this.#plain = PlainListing.begin(this.#emitter, sink, compat);
    if (this.#plain === undefined) this.#unit.layouts.placeAll();
  }

  listAll(): boolean {
    this.#plain?.putAll();
    return this.#plain !== undefined;
  }

  nameOf(id: TypeId): string | undefined {
    const { table } = this.#unit;
    const named = table.nameOffset(id) !== 0 ? id : this.#typedefOf(id);
    return named === 0 ? undefined : table.name(named);
  }

  listed(id: TypeId): void {
    const plain = this.#plain;
    if (plain !== undefined && this.#unit.table.nameOffset(id) !== 0) return plain.put(id);
    if (this.#sorting !== undefined) {
      // An anonymous type has no place in the order of names, and pahole leaves it out.
      if (this.#unit.table.nameOffset(id) !== 0) this.#sorting.add({ emitter: this.#emitter, id });
      return;
    }
    if (this.#settings.listing === 'layout') this.#layout(id);
    else this.#row(id);
    if (plain !== undefined) this.end();
    else this.#emitter.context.out.flushIfLarge();
  }

  named(id: TypeId): void {
    if (this.#settings.listing === 'layout') this.#layout(id);
    else this.#row(id);
    this.#emitter.context.out.newline();
  }

  enumeration(id: TypeId): void {
    this.#emitter.emitEnum(id);
    this.#emitter.context.out.newline();
  }

  /** With several names, a line says whose unit it names. */
  definition(id: TypeId): void {
    const { out } = this.#emitter.context;
    const { classNames, compat, separator } = this.#settings;
    if (classNames.length > 1 && !compat) {
      this.#name(id);
      out.putText(separator);
    }
    out.putText(this.#unit.name);
    out.newline();
  }

  counts(counted: readonly Counted[]): void {
    const separator = Buffer.from(this.#settings.separator).toString('latin1');
    let lines = '';
    for (const { strings, nameOffset, count } of counted) {
      lines += `${strings.latin1At(nameOffset)}${separator}${count}\n`;
      if (lines.length < FLUSH_LENGTH) continue;
      this.#output.write(Buffer.from(lines, 'latin1'));
      lines = '';
    }
    if (lines !== '') this.#output.write(Buffer.from(lines, 'latin1'));
  }

  container({ id, count, depth }: Container): void {
    const { out } = this.#emitter.context;
    out.spaces(Math.min(2 * depth, MAX_CONTAINER_INDENT));
    this.#name(id);
    if (this.#settings.verbose) {
      out.put(': ');
      out.number(count);
    }
    out.newline();
    out.flushIfLarge();
  }

  pointers(id: TypeId, members: readonly number[]): void {
    const { out } = this.#emitter.context;
    for (const member of members) {
      this.#name(id);
      out.put(': ');
      const nameOffset = this.#unit.table.extra(id, 3 * member);
      if (nameOffset === 0) out.put(NO_NAME);
      else out.name(nameOffset);
      out.newline();
    }
  }

  end(): void {
    this.#plain?.flush();
    this.#emitter?.context.out.flush();
  }

  finish(): void {
    this.#sorting?.finish(this.#output);
  }

  #layout(id: TypeId): void {
    const isNamed = this.#unit.table.nameOffset(id) !== 0;
    const typedef = isNamed ? 0 : this.#typedefOf(id);
    if (!isNamed && typedef === 0 && !this.#settings.nestedAnonInclude) return;
    this.#put(this.#emitter, id, typedef === 0 ? undefined : typedef);
  }

  #put(emitter: PaholeEmitter, id: TypeId, typedefId?: TypeId): void {
    if (this.#compilation !== undefined) return this.#compilation.put(emitter, id, typedefId);
    emitter.emit(id, typedefId);
    emitter.context.out.newline();
  }

  /** One line: the name and the numbers of the listing. */
  #row(id: TypeId): void {
    const { out } = this.#emitter.context;
    const { compat, listing } = this.#settings;
    const { table, layouts } = this.#unit;
    const start = out.pos;
    this.#name(id);
    const nameLength = out.pos - start;
    if (listing === 'sizes') {
      const size = layouts.facts.declaredSize(id);
      this.#column(this.#settings.compat ? size | 0 : size);
      this.#column(this.#narrow(layouts.waste(id, this.#waste).holeCount));
    } else if (listing === 'members') this.#column(compat ? paholeMemberCount(table, id) : table.vlen(id));
    else if (listing === 'nameLength') this.#column(nameLength);
    out.newline();
  }

  #narrow(count: number): number {
    return this.#settings.compat ? count & 0xff : count;
  }

  #column(value: number): void {
    const { out } = this.#emitter.context;
    out.putText(this.#settings.separator);
    out.number(value);
  }

  #name(id: TypeId): void {
    const { out } = this.#emitter.context;
    const { table } = this.#unit;
    const named = table.nameOffset(id) !== 0 || this.#settings.compat ? id : this.#typedefOf(id);
    const nameOffset = table.nameOffset(named);
    if (nameOffset !== 0) out.name(nameOffset);
    else out.put(this.#settings.compat ? NO_NAME : '(anonymous)');
  }

  #typedefOf(id: TypeId): TypeId {
    this.#typedefs ??= firstTypedefs(this.#unit.table);
    return this.#typedefs[id] ?? 0;
  }
}

/** What C prints for a name that is not there. */
const NO_NAME = '(null)';

const MAX_CONTAINER_INDENT = 127;

const FLUSH_LENGTH = 1 << 14;

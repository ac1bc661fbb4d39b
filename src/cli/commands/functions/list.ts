/**
 * `FunctionList`: the listing of whole files, one line for each function. Like pfunct it begins with the
 * function that was read last, so that lines wait for the end.
 */

import { type Output, writeText } from '../../output.ts';
import { bodyText, countsOf, type InlineTotal, inlineTotals } from './body.ts';
import { passesFilters } from './filter.ts';
import type { FunctionSettings } from './settings.ts';
import type { FunctionUnit, UnitFunction } from './unit.ts';

/** What is remembered of a listed function. */
interface Entry {
  readonly name: string;
  readonly isExternal: boolean;
  unitName: string;
  isDeclaration: boolean;
  /** The line, but for what later units add. */
  text: string;
  size: number;
  parameterCount: number;
  definitions: number;
  readonly total: InlineTotal;
}

const NO_TOTALS: ReadonlyMap<number, InlineTotal> = new Map();

export class FunctionList {
  readonly #settings: FunctionSettings;
  readonly #output: Output;
  readonly #entries: Entry[] = [];
  /** By name, the newest entry; only external ones unless the quirk `firstEntries` is on. */
  readonly #newest = new Map<string, Entry>();

  constructor(settings: FunctionSettings, output: Output) {
    this.#settings = settings;
    this.#output = output;
  }

  /** Takes in the functions of a unit. */
  visit(unit: FunctionUnit): void {
    const functions = unit.functions();
    const { listing, quirks } = this.#settings;
    const totals = listing === 'inlineTotals' ? inlineTotals(unit, functions, quirks.outerCounts) : NO_TOTALS;
    for (const fn of functions) {
      if (!passesFilters(fn, this.#settings)) continue;
      const total = totals.get(fn.id) ?? { count: 0, bytes: 0 };
      const known = fn.row === undefined ? undefined : this.#newest.get(fn.name);
      if (known !== undefined && this.#isSame(known, fn)) this.#merge(known, fn, { unit, total });
      else this.#add(fn, unit, total);
    }
  }

  /** Writes the lines. */
  finish(): void {
    if (this.#settings.listing === 'inlineTotals') writeText(this.#output, TOTALS_HEADING);
    let pending = '';
    for (let index = this.#entries.length - 1; index >= 0; index--) {
      pending += this.#finalText(this.#entries[index] as Entry);
      if (pending.length < FLUSH_LENGTH) continue;
      this.#output.write(Buffer.from(pending, 'latin1'));
      pending = '';
    }
    if (pending !== '') this.#output.write(Buffer.from(pending, 'latin1'));
  }

  /** pfunct takes a static function for the external one of its name. */
  #isSame(known: Entry, fn: UnitFunction): boolean {
    return known.isExternal && (this.#settings.quirks.firstEntries || fn.isExternal);
  }

  #add(fn: UnitFunction, unit: FunctionUnit, total: InlineTotal): void {
    const entry = {
      name: fn.name,
      isExternal: fn.isExternal,
      unitName: unit.name,
      isDeclaration: fn.isDeclaration,
      text: flat(this.#text(fn, unit)),
      size: fn.size,
      parameterCount: unit.parameterCount(fn),
      definitions: 1,
      total,
    };
    this.#entries.push(entry);
    if (fn.isExternal || this.#settings.quirks.firstEntries) this.#newest.set(fn.name, entry);
  }

  #merge(
    known: Entry,
    fn: UnitFunction,
    { unit, total }: { readonly unit: FunctionUnit; readonly total: InlineTotal },
  ): void {
    const { quirks, verbose } = this.#settings;
    known.total.count += total.count;
    known.total.bytes += total.bytes;
    if (!quirks.firstEntries && fn.isDeclaration) return;
    if (!quirks.firstEntries && known.isDeclaration) return this.#define(known, fn, unit);
    known.definitions++;
    if (verbose) this.#compare(known, fn, unit);
  }

  /** The definition takes the place of a declaration. */
  #define(entry: Entry, fn: UnitFunction, unit: FunctionUnit): void {
    entry.isDeclaration = false;
    entry.unitName = unit.name;
    entry.text = flat(this.#text(fn, unit));
    entry.size = fn.size;
    entry.parameterCount = unit.parameterCount(fn);
  }

  /** Says at once how two functions of a name differ. */
  #compare(known: Entry, fn: UnitFunction, unit: FunctionUnit): void {
    const count = unit.parameterCount(fn);
    let text = '';
    if (known.size !== fn.size) text += `size: ${known.size} != ${fn.size}\n`;
    if (known.parameterCount !== count) text += `nr_parms: ${known.parameterCount} != ${count}\n`;
    if (text === '') return;
    const name = Buffer.from(fn.name, 'latin1').toString('utf8');
    writeText(this.#output, `function: ${name}\nfirst: ${known.unitName}\ncurrent: ${unit.name}\n${text}\n`);
  }

  #text(fn: UnitFunction, unit: FunctionUnit): string {
    const { listing, body } = this.#settings;
    const { name, size } = fn;
    if (listing === 'names') return `${name}\n`;
    if (listing === 'prototypes') return `${unit.prototype(fn)}\n`;
    if (listing === 'verbose') {
      return `${unit.prototype(fn)}\n${body ? bodyText(unit, fn, this.#settings) : ''}`;
    }
    if (listing === 'sizes') return size === 0 ? '' : `${name}: ${size}\n`;
    if (listing === 'parameters') return `${name}: ${unit.parameterCount(fn)}\n`;
    if (listing === 'nameLengths') return `${name}: ${name.length}\n`;
    if (listing === 'inlineTotals') return '';
    return this.#countText(fn, unit, listing);
  }

  #countText(fn: UnitFunction, unit: FunctionUnit, listing: 'variables' | 'labels' | 'inlines'): string {
    const counts = countsOf(unit, fn, this.#settings.quirks.outerCounts);
    const count = counts[listing];
    if (count === 0) return '';
    return `${fn.name}: ${count}${listing === 'inlines' ? ` ${counts.inlineBytes}` : ''}\n`;
  }

  #finalText({ name, text, definitions, total }: Entry): string {
    const { listing } = this.#settings;
    if (listing === 'verbose') return `${text}/* definitions: ${definitions} */\n\n`;
    if (listing !== 'inlineTotals') return text;
    if (total.count <= 1) return '';
    const average = Math.floor(total.bytes / total.count);
    const columns = [
      column(total.bytes, 6),
      column(total.count, 7),
      ` ${column(average, 6)}`,
      column(definitions, 6),
    ];
    return `${name.slice(0, NAME_WIDTH).padEnd(NAME_WIDTH)} ${columns.join(' ')}\n`;
  }
}

const FLUSH_LENGTH = 1 << 16;
const NAME_WIDTH = 31;
const TOTALS_HEADING = `${'name'.padEnd(32)}  totsz /  exp# = avgsz  src#\n`;

function column(value: number, width: number): string {
  return String(value).padStart(width);
}

/** A string of its own: one that was joined keeps all its parts alive. */
function flat(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}

/** `FunctionShow`: `-A`, `-b`, `-f`, `-a` and `-c`: prints what it finds at once, in the order of the file. */

import type { TypeId } from '../../../index.ts';
import type { Output } from '../../output.ts';
import { bodyText } from './body.ts';
import { FunctionExpansion } from './expansion.ts';
import { passesFilters, passesKinds } from './filter.ts';
import { pointsTo } from './parameters.ts';
import type { FunctionSettings } from './settings.ts';
import type { FunctionUnit, UnitFunction } from './unit.ts';

export class FunctionShow {
  readonly #settings: FunctionSettings;
  readonly #output: Output;
  readonly #expansion: FunctionExpansion;
  /** Functions that `-b` or `-c` has printed and does not print again. */
  readonly #printed = new Set<string>();
  #declaration = '';
  #pending = '';
  /** Whether anything was found. */
  isFound = false;
  /** Whether there is no more to be found. */
  isDone = false;

  constructor(settings: FunctionSettings, output: Output) {
    this.#settings = settings;
    this.#output = output;
    this.#expansion = new FunctionExpansion(settings);
  }

  /** Prints what a unit has of what is asked for. */
  visit(unit: FunctionUnit): void {
    const { name, address, className, all, expandTypes } = this.#settings;
    this.#expansion.begin(unit);
    if (address !== undefined) this.#showAt(unit, address);
    else if (name !== undefined) this.#showNamed(unit, name);
    else if (className !== undefined) this.#showUsers(unit, className);
    else this.#showAll(unit, expandTypes && !all);
    this.#flush();
  }

  /** Prints what is left. */
  finish(): void {
    // A function that is nowhere defined is known by its declaration.
    if (!this.isFound && this.#declaration !== '') {
      this.#pending = this.#declaration;
      this.isFound = true;
    }
    this.#flush();
  }

  #showAll(unit: FunctionUnit, once: boolean): void {
    const { quirks } = this.#settings;
    for (const fn of unit.functions()) {
      if (!isShown(fn) || !(quirks.unfiltered || passesKinds(fn, this.#settings))) continue;
      if (!once || !this.#isRepeated(fn)) this.#show(unit, fn);
    }
  }

  #showNamed(unit: FunctionUnit, name: string): void {
    const { all, quirks, expandTypes } = this.#settings;
    const named = unit.functions().filter((fn) => fn.name === name);
    const [first] = named;
    if (first === undefined) return;
    if (quirks.firstEntries) {
      if (isShown(first)) this.#show(unit, first);
      this.isFound = true;
      this.isDone = !all;
      if (expandTypes && !all) this.#showRest(unit, first);
      return;
    }
    const shown = named.filter((fn) => isShown(fn) && passesKinds(fn, this.#settings));
    for (const fn of all ? shown : shown.slice(0, 1)) this.#show(unit, fn);
    this.isDone = shown.length > 0 && !all;
    if (shown.length === 0 && this.#declaration === '') this.#declaration = this.#textOf(unit, first);
  }

  /** pfunct goes on with all functions of the unit, and then again with a static one. */
  #showRest(unit: FunctionUnit, first: UnitFunction): void {
    const isAgain = passesFilters(first, this.#settings) && (first.row === undefined || !first.isExternal);
    if (!isAgain) this.#printed.add(first.name);
    this.#showAll(unit, true);
  }

  #showAt(unit: FunctionUnit, address: bigint): void {
    const found = unit.functions().find((fn) => unit.covers(fn, address));
    if (found === undefined) return;
    this.isFound = true;
    this.isDone = true;
    if (!this.#settings.quirks.separateInstances || isShown(found)) this.#show(unit, found);
  }

  #showUsers(unit: FunctionUnit, className: string): void {
    const target = unit.findStruct(className);
    if (target === undefined) return;
    const { quirks, verbose, listing } = this.#settings;
    for (const fn of unit.functions()) {
      if (!this.#takes(unit, fn, target)) continue;
      if (
        !quirks.plainPointers &&
        (fn.isInstance || this.#isRepeated(fn) || !passesKinds(fn, this.#settings))
      )
        continue;
      this.isFound = true;
      const isWhole = verbose || (listing === 'prototypes' && !quirks.plainPointers);
      this.#pending += isWhole ? `${unit.prototype(fn)}\n` : `${fn.name}\n`;
    }
  }

  /** pfunct leaves out the descriptions of inlined functions, and lists their instances. */
  #takes({ table }: FunctionUnit, { id, inlined }: UnitFunction, target: TypeId): boolean {
    const { plainPointers } = this.#settings.quirks;
    return (inlined === 0 || !plainPointers) && pointsTo(table, id, target, plainPointers);
  }

  #isRepeated({ name, isExternal }: UnitFunction): boolean {
    // A compiler takes one definition of a name.
    const { quirks, compile } = this.#settings;
    if (!isExternal && !quirks.firstEntries && !compile) return false;
    if (this.#printed.has(name)) return true;
    this.#printed.add(name);
    return false;
  }

  #show(unit: FunctionUnit, fn: UnitFunction): void {
    this.isFound = true;
    this.#pending += this.#textOf(unit, fn);
    if (this.#pending.length >= FLUSH_LENGTH) this.#flush();
  }

  #textOf(unit: FunctionUnit, fn: UnitFunction): string {
    const { body, all } = this.#settings;
    const text = this.#expansion.textOf(unit, fn);
    return body && !all ? text + bodyText(unit, fn, this.#settings) : text;
  }

  #flush(): void {
    if (this.#pending === '') return;
    this.#output.write(Buffer.from(this.#pending, 'latin1'));
    this.#pending = '';
  }
}

const FLUSH_LENGTH = 1 << 14;

function isShown({ isDeclaration, isInstance }: UnitFunction): boolean {
  return !isDeclaration && !isInstance;
}

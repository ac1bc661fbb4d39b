/** `FunctionJson`: functions as one JSON document, written while they are found. docs/json.md describes it. */

import type { TypeId } from '../../../index.ts';
import { OutlineCode } from '../../../internal.ts';
import type { Output } from '../../output.ts';
import { ownVersion } from '../../version.ts';
import { passesKinds } from './filter.ts';
import { parameterTypes, pointsTo } from './parameters.ts';
import type { FunctionSettings } from './settings.ts';
import type { FunctionUnit, UnitFunction } from './unit.ts';

const FLUSH_LENGTH = 1 << 16;
const INLINED = ['no', 'inlined', 'declared-not-inlined', 'declared-inlined'] as const;

export class FunctionJson {
  readonly #settings: FunctionSettings;
  readonly #output: Output;
  #text: string;
  #separator = '\n';
  /** Entries of functions that no unit has defined so far, by name. */
  readonly #declared = new Map<string, string>();
  readonly #defined = new Set<string>();
  isFound = false;

  constructor(settings: FunctionSettings, output: Output) {
    const header = JSON.stringify({ schemaVersion: 1, tool: 'tspahole', toolVersion: ownVersion() });
    this.#settings = settings;
    this.#output = output;
    this.#text = `${header.slice(0, -1)},"functions":[`;
  }

  /** Writes the definitions of a unit that are asked for; declarations wait for the end. */
  visit(unit: FunctionUnit): void {
    const target =
      this.#settings.className === undefined ? undefined : unit.findStruct(this.#settings.className);
    for (const fn of unit.functions()) {
      if (!this.#isAskedFor(unit, fn, target)) continue;
      if (!fn.isDeclaration) this.#define(unit, fn);
      else if (fn.isTopLevel && !this.#defined.has(fn.name) && !this.#declared.has(fn.name)) {
        this.#declared.set(fn.name, JSON.stringify(this.#entry(unit, fn)));
      }
    }
  }

  /** Writes what is only declared, and ends the document. */
  finish(): void {
    for (const [name, entry] of this.#declared) if (!this.#defined.has(name)) this.#add(entry);
    this.#text += '\n]}\n';
    this.#flush();
  }

  #isAskedFor(unit: FunctionUnit, fn: UnitFunction, target: TypeId | undefined): boolean {
    const { name, className, address } = this.#settings;
    if (fn.name === '' || !passesKinds(fn, this.#settings)) return false;
    if (name !== undefined && fn.name !== name) return false;
    if (address !== undefined && !unit.covers(fn, address)) return false;
    if (className === undefined) return true;
    return target !== undefined && pointsTo(unit.table, fn.id, target, false);
  }

  #define(unit: FunctionUnit, fn: UnitFunction): void {
    if (fn.isExternal) this.#defined.add(fn.name);
    this.#add(JSON.stringify(this.#entry(unit, fn)));
  }

  #add(entry: string): void {
    this.isFound = true;
    this.#text += this.#separator + entry;
    this.#separator = ',\n';
    if (this.#text.length >= FLUSH_LENGTH) this.#flush();
  }

  #entry(unit: FunctionUnit, fn: UnitFunction): object {
    return {
      name: text(fn.name),
      prototype: text(unit.prototype(fn)),
      linkage: fn.isExternal ? 'global' : 'static',
      ...(fn.isDeclaration ? { declaration: true } : {}),
      parameters: parameterTypes(unit, fn.id).map(({ name, type }) => ({
        name: text(name),
        type: text(type),
      })),
      ...(fn.row === undefined ? {} : this.#dwarfFacts(unit, fn)),
    };
  }

  /** What BTF does not say. */
  #dwarfFacts(unit: FunctionUnit, fn: UnitFunction): object {
    const { table, rows } = unit;
    if (rows === undefined || fn.row === undefined || fn.codeRow === undefined) return {};
    const file = table.side?.declFile(fn.id) ?? 0;
    const linkageName = rows.linkageName(fn.row);
    return {
      unit: unit.name,
      ...(file === 0 ? {} : { file: table.strings.text(file), line: rows.line(fn.row) }),
      inline: INLINED[fn.inlined],
      ...(linkageName === 0 ? {} : { linkageName: table.strings.text(linkageName) }),
      ...(fn.size === 0 ? {} : { address: hex(rows.lowPc(fn.codeRow)), byteSize: fn.size }),
      ...(this.#settings.body ? { inlineExpansions: expansions(unit, fn.codeRow) } : {}),
    };
  }

  #flush(): void {
    this.#output.write(Buffer.from(this.#text, 'utf8'));
    this.#text = '';
  }
}

function expansions({ rows, table }: FunctionUnit, row: number): object[] {
  const outline = rows?.outline(row) ?? [];
  return outline
    .filter(({ code }) => code === OutlineCode.Inline)
    .map(({ nameOffset, lowPc, size, line }) => ({
      name: table.strings.text(nameOffset),
      address: hex(lowPc),
      byteSize: size,
      line,
    }));
}

function hex(value: bigint): string {
  return `0x${value.toString(16)}`;
}

function text(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

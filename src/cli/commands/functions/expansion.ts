/** `FunctionExpansion`: a function with the types that it needs before it, and with a body to be compiled. */

import { Kind, type TypeId, type TypeTable } from '../../../index.ts';
import {
  EmissionMemory,
  NO_EMISSION_QUIRKS,
  PAHOLE_EMISSION_QUIRKS,
  TypeEmission,
} from '../../../internal.ts';
import type { FunctionSettings } from './settings.ts';
import type { FunctionUnit, UnitFunction } from './unit.ts';

/** Qualifiers and typedefs in a row that are looked behind. */
const MAX_ALIASES = 64;
const QUALIFIERS: readonly number[] = [Kind.Const, Kind.Volatile, Kind.Restrict, Kind.Atomic, Kind.TypeTag];

export class FunctionExpansion {
  readonly #settings: FunctionSettings;
  readonly #memory = new EmissionMemory();
  #emission: TypeEmission | undefined;

  constructor(settings: FunctionSettings) {
    this.#settings = settings;
  }

  /** Functions of `unit` are next. */
  begin(unit: FunctionUnit): void {
    const { expandTypes, all, quirks, compat } = this.#settings;
    if (!expandTypes || (all && quirks.looseExpansion)) return;
    const options = {
      quirks: unit.emitter.context.quirks,
      suppressForcePaddings: true,
      emissionQuirks: compat ? PAHOLE_EMISSION_QUIRKS : NO_EMISSION_QUIRKS,
    };
    this.#emission = new TypeEmission(unit.layouts, options, this.#memory);
  }

  /** The types that have not been printed before, the prototype, and the body if one is asked for. */
  textOf(unit: FunctionUnit, fn: UnitFunction): string {
    const result = unit.emitter.resultOf(fn.id, fn.row);
    const types = this.#emission?.forPrototype(unit.table.sizeOrType(fn.id), result) ?? '';
    const body = this.#settings.compile ? `\n{${this.#returnText(unit, result)}\n}\n` : '';
    return `${types}${unit.prototype(fn)}${body}\n`;
  }

  #returnText({ table, emitter }: FunctionUnit, result: TypeId): string {
    if (this.#settings.quirks.emptyStubs) return plainReturn(table, result);
    const type = withoutQualifiers(table, result);
    const value = isVoid(table, type) ? undefined : zeroOf(table.kind(withoutTypedefs(table, type)));
    if (value !== undefined) return `\n\treturn ${value};`;
    if (isVoid(table, type)) return '';
    const { context } = emitter;
    return `\n\treturn *(${context.texts.name(context, type).trimEnd()} *)1;`;
  }
}

/** A constant for results of a scalar kind. */
function zeroOf(kind: number): string | undefined {
  if (kind === Kind.Pointer) return '(void *)0';
  const isNumber = kind === Kind.Int || kind === Kind.Float || kind === Kind.Complex;
  return isNumber || kind === Kind.Enum || kind === Kind.Enum64 ? '0' : undefined;
}

/** pfunct asks what the result refers to, which pointers, typedefs, qualified types and vectors do. */
function plainReturn(table: TypeTable, result: TypeId): string {
  const kind = table.kind(result);
  if (kind === Kind.Array) return '\n\treturn 0;';
  const refers = kind === Kind.Pointer || kind === Kind.Typedef || QUALIFIERS.includes(kind);
  if (!refers || table.sizeOrType(result) === 0) return '';
  if (kind === Kind.Pointer) return '\n\treturn (void *)0;';
  if (kind !== Kind.Typedef) return '\n\treturn 0;';
  return `\n\treturn *(${table.strings.latin1At(table.nameOffset(result))} *)1;`;
}

function isVoid(table: TypeTable, id: TypeId): boolean {
  return withoutTypedefs(table, id) === 0;
}

function withoutQualifiers(table: TypeTable, id: TypeId): TypeId {
  return behind(table, id, QUALIFIERS);
}

function withoutTypedefs(table: TypeTable, id: TypeId): TypeId {
  return behind(table, id, [...QUALIFIERS, Kind.Typedef]);
}

function behind(table: TypeTable, id: TypeId, kinds: readonly number[]): TypeId {
  let type = id;
  for (let depth = 0; depth < MAX_ALIASES && kinds.includes(table.kind(type)); depth++) {
    type = table.sizeOrType(type);
  }
  return type;
}

/** `FunctionUnit`: the functions of one unit in the order of the file, whatever format they come from. */

import {
  Kind,
  Layouts,
  NO_QUIRKS,
  PAHOLE_QUIRKS,
  type TypeId,
  type TypeTable,
  type TypeUnit,
} from '../../../index.ts';
import { FunctionEmitter, FunctionFlag, type FunctionRows, tableChain } from '../../../internal.ts';
import type { FunctionSettings } from './settings.ts';

/** A function of a unit. */
export interface UnitFunction {
  readonly id: TypeId;
  /** Row in the side columns; undefined for BTF. */
  readonly row: number | undefined;
  /** Each byte as one character; empty where there is none. */
  readonly name: string;
  readonly isExternal: boolean;
  readonly isDeclaration: boolean;
  /** The body of a function that is described elsewhere. */
  readonly isInstance: boolean;
  /** Declared in no function, type or namespace. */
  readonly isTopLevel: boolean;
  /** DW_INL. */
  readonly inlined: number;
  /** Bytes of code, 0 where there is none. */
  readonly size: number;
  /** Row that says where the code is: that of an instance, or the function's own. */
  readonly codeRow: number | undefined;
}

const GLOBAL = 1;

export class FunctionUnit {
  readonly name: string;
  readonly layouts: Layouts;
  readonly emitter: FunctionEmitter;
  readonly #settings: FunctionSettings;
  readonly #rows: FunctionRows | undefined;

  constructor({ name, table }: TypeUnit, settings: FunctionSettings) {
    this.name = name;
    this.#settings = settings;
    this.#rows = table.side?.functions;
    this.layouts = new Layouts(table, {
      lazyPacked: settings.compat || !settings.expandTypes,
      paholeClasses: settings.compat,
    });
    this.emitter = new FunctionEmitter(this.layouts, {
      quirks: settings.compat ? PAHOLE_QUIRKS : NO_QUIRKS,
      functionQuirks: settings.quirks,
      noParameterNames: settings.noParameterNames,
      noInline: settings.compile,
      noSemicolon: settings.compile,
      usedAt: settings.declInfo ? name : undefined,
    });
  }

  get table(): TypeTable {
    return this.layouts.table;
  }

  /** Side rows; undefined for BTF. */
  get rows(): FunctionRows | undefined {
    return this.#rows;
  }

  /** All functions. Instances of others are part of these, but under the quirk `separateInstances`. */
  functions(): UnitFunction[] {
    if (this.#rows === undefined) return this.#btfFunctions();
    const functions = this.#dwarfFunctions(this.#rows);
    return this.#settings.quirks.separateInstances ? functions : withInstances(functions, this.#rows);
  }

  /** The first struct of that name that is more than a declaration. */
  findStruct(name: string): TypeId | undefined {
    const { table } = this;
    for (let id = 1; id < table.end; id++) {
      if (table.kind(id) === Kind.Struct && table.strings.latin1At(table.nameOffset(id)) === name) return id;
    }
    return undefined;
  }

  /** Whether an address lies in the code of a function; of code in several ranges only where it begins is known. */
  covers({ codeRow, size }: UnitFunction, address: bigint): boolean {
    if (codeRow === undefined || this.#rows === undefined || size === 0) return false;
    const lowPc = this.#rows.lowPc(codeRow);
    const isSplit = (this.#rows.flags(codeRow) & FunctionFlag.HasRanges) !== 0;
    return isSplit ? address === lowPc : address >= lowPc && address < lowPc + BigInt(size);
  }

  /** Number of parameters, the `...` of a variadic function not counted. */
  parameterCount({ id, row }: UnitFunction): number {
    const { table } = this;
    const proto = table.sizeOrType(id);
    const count = table.kind(proto) === Kind.FuncProto ? table.vlen(proto) : 0;
    // pfunct looks for the parameters of BTF in the wrong place.
    if (row === undefined && this.#settings.compat) return 0;
    return count > 0 && table.extra(proto, 2 * count - 1) === 0 ? count - 1 : count;
  }

  /** The prototype of a function, with its semicolon unless a body follows. */
  prototype({ id, row }: UnitFunction): string {
    const { emitter } = this;
    return emitter.context.out.capture(() => emitter.emit(id, row));
  }

  #btfFunctions(): UnitFunction[] {
    const { table } = this;
    const found: UnitFunction[] = [];
    for (const part of tableChain(table).slice(-1)) {
      for (let id = part.firstId; id < part.end; id++) {
        if (table.kind(id) === Kind.Func) found.push(this.#btfFunction(id));
      }
    }
    return found;
  }

  #btfFunction(id: TypeId): UnitFunction {
    const { table } = this;
    return {
      id,
      row: undefined,
      name: table.strings.latin1At(table.nameOffset(id)),
      isExternal: table.vlen(id) >= GLOBAL,
      isDeclaration: false,
      isInstance: false,
      isTopLevel: true,
      inlined: 0,
      size: 0,
      codeRow: undefined,
    };
  }

  #dwarfFunctions(rows: FunctionRows): UnitFunction[] {
    const found: UnitFunction[] = [];
    for (let row = 0; row < rows.count; row++) found.push(this.#dwarfFunction(rows, row));
    return found;
  }

  #dwarfFunction(rows: FunctionRows, row: number): UnitFunction {
    const { table } = this;
    const id = rows.id(row);
    const flags = rows.flags(row);
    const isSingle = (flags & FunctionFlag.HasRanges) === 0 || !this.#settings.quirks.singleRanges;
    return {
      id,
      row,
      name: table.strings.latin1At(table.nameOffset(id)),
      // pfunct looks neither at what the attribute says nor where the function is declared.
      isExternal: this.#settings.compat
        ? (flags & FunctionFlag.StatesExternal) !== 0
        : table.vlen(id) >= GLOBAL,
      isDeclaration: (flags & FunctionFlag.Declaration) !== 0,
      isInstance: (flags & FunctionFlag.Instance) !== 0,
      // What completes a declaration has the scope of the declaration.
      isTopLevel: (flags & FunctionFlag.Specification) !== 0 || (table.side?.isTopLevel(id) ?? true),
      inlined: rows.inlined(row),
      size: isSingle ? rows.size(row) : 0,
      codeRow: row,
    };
  }
}

/** Gives the code of instances to the functions that they are instances of. */
function withInstances(functions: readonly UnitFunction[], rows: FunctionRows): UnitFunction[] {
  const ids = new Set(functions.map(({ id }) => id));
  const code = new Map<TypeId, UnitFunction>();
  const found: UnitFunction[] = [];
  for (const fn of functions) {
    const origin = fn.row === undefined ? 0 : rows.origin(fn.row);
    if (!fn.isInstance || !ids.has(origin)) found.push(fn);
    else if (!code.has(origin)) code.set(origin, fn);
  }
  return found.map((fn) => {
    const instance = code.get(fn.id);
    return instance === undefined ? fn : { ...fn, size: instance.size, codeRow: instance.row };
  });
}

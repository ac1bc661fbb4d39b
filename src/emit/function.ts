/** Functions as pfunct prints them: a prototype with its words, from DWARF or BTF. */

import type { Layouts } from '../layout/layouts.ts';
import { FunctionFlag, type FunctionRows, Inlined } from '../model/functions.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import { EmitContext, type PaholeOptions } from './context.ts';
import { declare, needsDeclarator, putDeclared } from './declarator.ts';
import { type FunctionQuirks, NO_FUNCTION_QUIRKS } from './function-quirks.ts';
import { DeclTagWords } from './function-tags.ts';
import type { Sink } from './printer.ts';
import { putDeclInfo } from './remarks.ts';
import { putParameters, putTypeName } from './type-text.ts';

/** How functions are printed, besides what types are printed by. */
export interface FunctionOptions extends PaholeOptions {
  /** Leave out the names of parameters. */
  readonly noParameterNames?: boolean | undefined;
  /** Leave out `inline`. */
  readonly noInline?: boolean | undefined;
  /** Leave out the semicolon. */
  readonly noSemicolon?: boolean | undefined;
  /** Rules in which to print as pfunct 1.31 does though it is wrong. Default: none. */
  readonly functionQuirks?: FunctionQuirks | undefined;
}

/** Prints functions of one table one after the other. */
export class FunctionEmitter {
  /** @internal */
  readonly context: EmitContext;
  readonly #tags: DeclTagWords | undefined;
  readonly #noInline: boolean;
  readonly #end: string;
  readonly #quirks: FunctionQuirks;
  readonly #rows: FunctionRows | undefined;

  /** Without a sink the text is kept. */
  constructor(layouts: Layouts, options: FunctionOptions = {}, sink?: Sink) {
    const { table } = layouts;
    this.context = new EmitContext(layouts, options, sink);
    this.context.parameterNames = !options.noParameterNames;
    this.#rows = table.side?.functions;
    this.#quirks = options.functionQuirks ?? NO_FUNCTION_QUIRKS;
    this.#noInline = options.noInline ?? false;
    this.#end = options.noSemicolon ? '' : ';';
    // pfunct shows the tags that BTF has, not those of DWARF.
    this.#tags = table.side === undefined ? new DeclTagWords(table) : undefined;
    if (this.#quirks.sharedTags) this.context.parameterWords = this.#tags?.byPrototype;
  }

  /** Writes a prototype, with its semicolon unless it is to be left out. `row` is the function's in the side columns of DWARF. */
  emit(id: TypeId, row?: number): void {
    const ctx = this.context;
    ctx.beginTopLevel(false);
    if (ctx.usedAt !== undefined) putDeclInfo(ctx, id, ctx.usedAt);
    this.#putWords(id, row);
    this.#putPrototype(id, row);
    if (row !== undefined && this.#rows?.virtuality(row) === PURE_VIRTUAL) ctx.out.put(' = 0');
    ctx.out.put(this.#end);
    if (row !== undefined) this.#putLinkageName(row);
  }

  /** The type of the result, 0 for void. */
  resultOf(id: TypeId, row?: number): TypeId {
    const { table } = this.context;
    const proto = table.sizeOrType(id);
    if (table.kind(proto) !== Kind.FuncProto || this.#hasLostResult(row)) return 0;
    return table.sizeOrType(proto);
  }

  #putWords(id: TypeId, row: number | undefined): void {
    const { out } = this.context;
    out.put(this.#tags?.ofFunction(id) ?? '');
    if (this.#tags !== undefined && !this.#quirks.sharedTags)
      this.context.parameterWords = this.#tags.ofParameters(id);
    const rows = this.#rows;
    if (rows === undefined || row === undefined) return;
    if (rows.virtuality(row) !== 0) out.put('virtual ');
    const isInline = rows.inlined(row) >= Inlined.DeclaredNotInlined;
    if (isInline && !this.#noInline) out.put('inline ');
  }

  #putPrototype(id: TypeId, row: number | undefined): void {
    const ctx = this.context;
    const { out, table } = ctx;
    const proto = table.sizeOrType(id);
    if (!ctx.quirks.declarators && needsDeclarator(ctx, proto)) {
      const { baseTypeId, declarator } = declare(ctx, proto, out.nameText(table.nameOffset(id)));
      return putDeclared(ctx, baseTypeId, declarator, 0);
    }
    if (table.kind(proto) !== Kind.FuncProto) out.put(`<error: type ${proto} is no prototype>`);
    else if (this.#hasLostResult(row)) out.put('void');
    else putTypeName(ctx, table.sizeOrType(proto));
    out.put(' ');
    out.name(table.nameOffset(id));
    putParameters(ctx, proto);
  }

  /** pfunct does not look for the type of the result where the function is declared. */
  #hasLostResult(row: number | undefined): boolean {
    const rows = this.#rows;
    if (row === undefined || rows === undefined || !this.#quirks.lostResults) return false;
    const flags = rows.flags(row);
    if ((flags & FunctionFlag.OwnType) !== 0) return false;
    const origin = (flags & FunctionFlag.Instance) === 0 ? undefined : rows.rowOf(rows.origin(row));
    return origin === undefined || (rows.flags(origin) & FunctionFlag.OwnType) === 0;
  }

  /** pfunct knows the names only as they were given before DWARF 4. */
  #putLinkageName(row: number): void {
    const { out } = this.context;
    const nameOffset = this.#rows?.linkageName(row) ?? 0;
    if (nameOffset === 0) return;
    const isOld = ((this.#rows?.flags(row) ?? 0) & FunctionFlag.OldLinkageName) !== 0;
    if (!isOld && this.#quirks.lostLinkageNames) return;
    out.put(' /* linkage=');
    out.name(nameOffset);
    out.put(' */');
  }
}

const PURE_VIRTUAL = 2;

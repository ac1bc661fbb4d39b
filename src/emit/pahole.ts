/** Whole types as pahole prints them: the entry of this folder for the lister and for library users. */

import type { Layouts } from '../layout/layouts.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import { putStruct, putUnion } from './composite.ts';
import { EmitContext, type PaholeOptions } from './context.ts';
import { putEnum } from './enum.ts';
import type { Sink } from './printer.ts';
import { putDeclInfo } from './remarks.ts';
import { putFunctionType, putTypedef } from './typedef.ts';

export type { PaholeOptions } from './context.ts';

/** Prints types one after the other into one buffer or sink. */
export class PaholeEmitter {
  /** @internal */
  readonly context: EmitContext;

  /** Without a sink the text is kept, for {@link text}. */
  constructor(layouts: Layouts, options: PaholeOptions = {}, sink?: Sink) {
    this.context = new EmitContext(layouts, options, sink);
  }

  /**
   * Writes a type up to and with its semicolon. Aggregates without a name get that of `typedefId`, as
   * `typedef struct { ... } name;`.
   */
  emit(id: TypeId, typedefId?: TypeId): void {
    const ctx = this.context;
    const { table, out } = ctx;
    const kind = table.kind(id);
    ctx.beginTopLevel(kind === Kind.Union || (kind === Kind.Forward && table.kindFlag(id)));
    if (ctx.usedAt !== undefined) putDeclInfo(ctx, id, ctx.usedAt);
    if (typedefId !== undefined) {
      ctx.prefix = 'typedef';
      ctx.suffix = table.nameOffset(typedefId);
    }
    // Pointers to the type itself are not followed; pahole sees to that only when types are expanded too.
    if (ctx.expandPointers && ctx.expandTypes) ctx.expanding.set(id, 1);
    if (kind === Kind.Struct) putStruct(ctx, id);
    else if (kind === Kind.Union) putUnion(ctx, id);
    else if (kind === Kind.Enum || kind === Kind.Enum64) putEnum(ctx, id);
    else if (kind === Kind.Typedef) putTypedef(ctx, id);
    else putFunctionType(ctx, id);
    if (typedefId !== undefined) ctx.compiled?.putTypedefAlignment(ctx, typedefId);
    out.put(';');
  }

  /** Writes a struct without its semicolon. */
  emitStruct(id: TypeId): void {
    this.context.beginTopLevel(false);
    putStruct(this.context, id);
  }

  /** Writes an enum without its semicolon. */
  emitEnum(id: TypeId): void {
    this.context.beginTopLevel(false);
    putEnum(this.context, id);
  }

  /** What has been written and not handed to a sink. */
  text(): string {
    return this.context.out.text();
  }
}

/** What is printed besides members so that a compiler gives structs and unions their layout. */

import type { Layouts } from '../layout/layouts.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import { type CompiledForm, CompiledForms } from './compiled-forms.ts';
import { PACKED, putAligned } from './composite.ts';
import { type EmitContext, MAX_PENDING } from './context.ts';
import { putSuffix } from './declaration.ts';
import { putRemark } from './remarks.ts';

/** Types of unnamed bitfields, the widest first. */
const FILLERS = [
  ['long long', 64],
  ['int', 32],
  ['short', 16],
  ['char', 8],
] as const;

/** Bytes that are filled. Kernels have gaps of some dozens; each byte of a file can ask for gigabytes. */
const MAX_FILLED_BYTES = 1 << 18;

export class CompiledText {
  readonly #layouts: Layouts;
  readonly #forms: CompiledForms;

  constructor(layouts: Layouts) {
    this.#layouts = layouts;
    this.#forms = new CompiledForms(layouts);
  }

  /** How a struct or union is written. */
  formOf(id: TypeId): CompiledForm {
    return this.#forms.formOf(id);
  }

  /** Whether the alignment attribute of a member, by its index in the columns, is left out. */
  hidesAlignment(index: number): boolean {
    return this.#forms.hidesAlignment(index);
  }

  /** Writes the attributes of a type and the name behind its brace, which they must precede. */
  putAttributes(ctx: EmitContext, id: TypeId): void {
    const { isPacked, alignment } = this.#forms.formOf(id);
    if (isPacked && !ctx.suppressPacked) ctx.out.put(PACKED);
    if (alignment !== 0 && !ctx.suppressAligned) putAligned(ctx, alignment);
    putSuffix(ctx);
  }

  /** Writes the alignment attribute of a typedef. */
  putTypedefAlignment(ctx: EmitContext, id: TypeId): void {
    const alignment = this.#forms.typedefAlignment(id);
    if (alignment !== 0 && !ctx.suppressAligned) putAligned(ctx, alignment);
  }

  /** Fills what lies between a member and the one before; `first` is the index of the first of the struct. */
  fillBefore(ctx: EmitContext, index: number, first: number): void {
    const from = index === first ? 0 : this.#forms.endOf(index - 1);
    putFillers(ctx, from, this.#layouts.members.bitOffset[index] as number);
  }

  /** Fills what lies behind the last member, which is in front of index `end`. */
  fillEnd(ctx: EmitContext, id: TypeId, end: number): void {
    if (!this.#forms.formOf(id).fillsGaps) return;
    const { table } = this.#layouts;
    putFillers(ctx, table.vlen(id) === 0 ? 0 : this.#forms.endOf(end - 1), 8 * table.sizeOrType(id));
  }

  /** Makes a union as large as it is by a struct without members. */
  fillUnion(ctx: EmitContext, id: TypeId): void {
    const { table } = this.#layouts;
    if (table.kind(id) !== Kind.Union || !this.#forms.formOf(id).fillsGaps) return;
    putRemark(ctx, 'struct {\n');
    ctx.indent++;
    putFillers(ctx, 0, 8 * table.sizeOrType(id));
    ctx.indent--;
    putRemark(ctx, `}${PACKED};\n`);
  }
}

/** Writes unnamed bitfields from one bit to another, none of which leaves the unit of its type. */
function putFillers(ctx: EmitContext, from: number, to: number): void {
  if (to - from > 8 * MAX_FILLED_BYTES || ctx.out.pos > MAX_PENDING) {
    return putRemark(ctx, '<error: too much padding>\n');
  }
  let at = from;
  while (at < to) {
    const [name, unit] = FILLERS.find(([, width]) => at % width === 0 && to - at >= width) ?? FILLERS[3];
    const bits = Math.min(unit - (at % unit), to - at);
    putRemark(ctx, `${name} :${bits};\n`);
    at += bits;
  }
}

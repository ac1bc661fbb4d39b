/**
 * `TypeTexts`: the texts of the types that members have, remembered. A kernel's 100,000 members have
 * some 25,000 types, and most members print as a type's text, a name and two numbers.
 */

import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import type { EmitContext } from './context.ts';
import { isAggregate } from './declaration.ts';
import { needsDeclarator } from './declarator.ts';
import { putTypeName } from './type-text.ts';

/** How a member of a type is printed; 0 where the type has not been looked at. */
export const PLAIN_TEXT = 1;
/** As its element's text, with one dimension behind the name. */
export const PLAIN_ARRAY = 2;
/** In another way. */
export const NOT_PLAIN = 3;

/**
 * Narrowest type column in which the parts of a text (a qualifier, a keyword, a name, each padded by
 * its own rule) add up to the text padded as a whole.
 */
export const MIN_PLAIN_SPACING = 18;

/** Width of the type column outside of nested types, for which padded texts are kept. */
export const TOP_SPACING = 26;

/** Offsets and sizes below this have their comments kept. */
const KEPT_PLACES = 4096;

export class TypeTexts {
  /** By id: 0, or one of the constants above. */
  readonly forms: Uint8Array;
  /** By id, for plain forms: index into {@link padded}. */
  readonly slots: Uint32Array;
  /** Texts padded to {@link TOP_SPACING}, with the blank that follows. */
  readonly padded: string[] = [];
  readonly #texts: string[] = [];
  readonly #places = new Map<number, string>();
  readonly #names = new Map<TypeId, string>();

  constructor(end: TypeId) {
    this.forms = new Uint8Array(end);
    this.slots = new Uint32Array(end);
  }

  /** Looks at a type for the first time: remembers its text if it is plain. Returns its form. */
  learn(ctx: EmitContext, id: TypeId): number {
    const form = formOf(ctx, id);
    if (form !== NOT_PLAIN) {
      const text = plainText(ctx, form === PLAIN_ARRAY ? elementOf(ctx, id) : id);
      this.slots[id] = this.padded.length;
      this.padded.push(`${text.padEnd(TOP_SPACING)} `);
      this.#texts.push(text);
    }
    this.forms[id] = form;
    return form;
  }

  /** The text of a type of a plain form, in a column of `spacing` bytes and the blank behind it. */
  column(id: TypeId, spacing: number): string {
    const slot = this.slots[id] as number;
    if (spacing === TOP_SPACING) return this.padded[slot] as string;
    return `${(this.#texts[slot] as string).padEnd(spacing)} `;
  }

  /** The text of any type, as {@link putTypeName} writes it where its size is the usual one. */
  name(ctx: EmitContext, id: TypeId): string {
    let text = this.#names.get(id);
    if (text === undefined) {
      text = ctx.out.capture(() => putTypeName(ctx, id));
      this.#names.set(id, text);
    }
    return text;
  }

  /** The comment that says where a member is, in decimal. */
  place(offset: number, size: number): string {
    if (offset >= KEPT_PLACES || size >= KEPT_PLACES) return placeText(offset, size);
    const key = offset * KEPT_PLACES + size;
    let text = this.#places.get(key);
    if (text === undefined) {
      text = placeText(offset, size);
      this.#places.set(key, text);
    }
    return text;
  }
}

function placeText(offset: number, size: number): string {
  return `/* ${String(offset).padStart(5)} ${String(size).padStart(5)} */`;
}

function formOf(ctx: EmitContext, id: TypeId): number {
  const { table } = ctx;
  if (!table.has(id) || (!ctx.quirks.declarators && needsDeclarator(ctx, id))) return NOT_PLAIN;
  if (table.kind(id) !== Kind.Array) return isPlain(ctx, id) ? PLAIN_TEXT : NOT_PLAIN;
  return isPlain(ctx, elementOf(ctx, id)) ? PLAIN_ARRAY : NOT_PLAIN;
}

/** pahole does not show the const of an element where the array has none. */
function elementOf({ quirks, table }: EmitContext, id: TypeId): TypeId {
  const element = table.extra(id, 0);
  const isBareConst = quirks.declarators && table.extra(id, 2) === 0 && table.kind(element) === Kind.Const;
  return isBareConst ? table.sizeOrType(element) : element;
}

/** Whether a declaration of the type is its text and a name: no body, no parameters, no dimensions. */
function isPlain({ table }: EmitContext, id: TypeId): boolean {
  let type = id;
  for (let depth = 0; table.kind(type) === Kind.Const && depth < MAX_TYPE_DEPTH; depth++) {
    type = table.sizeOrType(type);
  }
  const kind = table.kind(type);
  if (isAggregate(kind)) return table.nameOffset(type) !== 0;
  if (kind === Kind.Pointer) return isPlainPointee(table.kind(table.sizeOrType(type)), table, type);
  return kind === Kind.Int || kind === Kind.Typedef || kind === Kind.Float;
}

function isPlainPointee(kind: number, table: EmitContext['table'], pointer: TypeId): boolean {
  if (isAggregate(kind)) return table.nameOffset(table.sizeOrType(pointer)) !== 0;
  return kind !== Kind.FuncProto && kind !== Kind.TypeTag;
}

/** As a declaration writes it: the const of a member comes first, each as a word of its own. */
function plainText(ctx: EmitContext, id: TypeId): string {
  const { table, texts } = ctx;
  let words = '';
  let type = id;
  for (let depth = 0; table.kind(type) === Kind.Const && depth < MAX_TYPE_DEPTH; depth++) {
    words += 'const ';
    type = table.sizeOrType(type);
  }
  if (!isAggregate(table.kind(type))) return words + texts.name(ctx, type);
  // An aggregate's name is not cut where it is directly the type of a member.
  return words + ctx.out.capture(() => putTypeName(ctx, type, Number.POSITIVE_INFINITY));
}

/**
 * `TypeTexts`: the texts of the types that members have, remembered. A kernel's 100,000 members have
 * some 25,000 types, and most members print as a type's text, a name and two numbers.
 */

import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import { isVector } from './array.ts';
import { definitionKeyword } from './class.ts';
import { type EmitContext, MAX_TYPE_TEXT } from './context.ts';
import { hidesAggregate, isAggregate } from './declaration.ts';
import { needsDeclarator } from './declarator.ts';
import { putParameters, putTypeName } from './type-text.ts';

/** How a member of a type is printed; 0 where the type has not been looked at: a name between two texts. */
export const PLAIN = 1;
/** In another way. */
export const NOT_PLAIN = 2;

/**
 * Narrowest type column in which the parts of a text (a qualifier, a keyword, a name, each padded by
 * its own rule) add up to the text padded as a whole.
 */
export const MIN_PLAIN_SPACING = 18;

/** Width of the type column outside of nested types, for which padded texts are kept. */
export const TOP_SPACING = 26;

/** Offsets and sizes below this have their texts kept. */
const KEPT_NUMBERS = 1024;

export class TypeTexts {
  /** By id: 0, or one of the constants above. */
  readonly forms: Uint8Array;
  /** By id, for plain types: index into {@link before} and {@link after}. */
  readonly slots: Uint32Array;
  /** What stands before the name in a type column of {@link TOP_SPACING}. */
  readonly before: string[] = [];
  /** What stands behind the name: a dimension, the parameters of a function pointer. */
  readonly after: string[] = [];
  readonly #texts: string[] = [];
  readonly #opens: string[] = [];
  readonly #names = new Map<TypeId, string>();

  constructor(end: TypeId) {
    this.forms = new Uint8Array(end);
    this.slots = new Uint32Array(end);
  }

  /** Looks at a type for the first time: remembers its texts if it is plain. Returns its form. */
  learn(ctx: EmitContext, id: TypeId): number {
    const plain = plainDeclaration(ctx, id);
    this.forms[id] = plain === undefined ? NOT_PLAIN : PLAIN;
    if (plain === undefined) return NOT_PLAIN;
    this.slots[id] = this.before.length;
    this.before.push(plain.text.padEnd(TOP_SPACING) + plain.open);
    this.after.push(plain.after);
    this.#texts.push(plain.text);
    this.#opens.push(plain.open);
    return PLAIN;
  }

  /** What stands before the name of a member of a plain type, in a type column of `spacing` bytes. */
  beforeName(id: TypeId, spacing: number): string {
    const slot = this.slots[id] as number;
    if (spacing === TOP_SPACING) return this.before[slot] as string;
    return (this.#texts[slot] as string).padEnd(spacing) + this.#opens[slot];
  }

  /** The text of any type, as {@link putTypeName} writes it where its size is the usual one. */
  name(ctx: EmitContext, id: TypeId): string {
    let text = this.#names.get(id);
    if (text === undefined) {
      text = ctx.out.capture(() => putTypeName(ctx, id));
      if (text.length > MAX_TYPE_TEXT) text = `<error: the text of type ${id} is too long>`;
      this.#names.set(id, text);
    }
    return text;
  }

  /** The comment that says where a member is, in decimal. */
  place(offset: number, size: number): string {
    return `/* ${padded(offset)} ${padded(size)} */`;
  }
}

const PADDED: string[] = [];

/** A number in a column of five; the small ones are kept. */
function padded(value: number): string {
  if (value >= KEPT_NUMBERS) return String(value).padStart(5);
  for (let next = PADDED.length; next <= value; next++) PADDED.push(String(next).padStart(5));
  return PADDED[value] as string;
}

/** A declaration that is a text in the type column, an opening, the name, and a text behind it. */
interface PlainDeclaration {
  readonly text: string;
  readonly open: ' ' | ' (*';
  readonly after: string;
}

function plainDeclaration(ctx: EmitContext, id: TypeId): PlainDeclaration | undefined {
  const { table } = ctx;
  if (!table.has(id) || (!ctx.quirks.declarators && isInParts(ctx, id))) return undefined;
  const kind = table.kind(id);
  const target = table.sizeOrType(id);
  if (kind === Kind.Pointer && table.kind(target) === Kind.FuncProto) {
    const parameters = ctx.out.capture(() => putParameters(ctx, target));
    return { text: ctx.texts.name(ctx, table.sizeOrType(target)), open: ' (*', after: `)${parameters}` };
  }
  // How an array without elements is printed depends on the member.
  if (kind === Kind.Array && isVector(ctx, id)) return undefined;
  const count = kind === Kind.Array ? table.extra(id, 2) : 0;
  const shown = count === 0 ? id : table.extra(id, 0);
  if (!isPlain(ctx, shown)) return undefined;
  return { text: plainText(ctx, shown), open: ' ', after: count === 0 ? '' : `[${count}]` };
}

/** Whether a declarator or a body belongs to a declaration of the type, or to that of its elements. */
function isInParts(ctx: EmitContext, id: TypeId): boolean {
  const { table } = ctx;
  const element = table.kind(id) === Kind.Array ? table.extra(id, 0) : id;
  return needsDeclarator(ctx, id) || hidesAggregate(ctx, element);
}

/** Whether a declaration of the type is its text and a name: no body, no parameters, no dimensions. */
function isPlain(ctx: EmitContext, id: TypeId): boolean {
  const { table } = ctx;
  let type = id;
  for (let depth = 0; table.kind(type) === Kind.Const && depth < MAX_TYPE_DEPTH; depth++) {
    type = table.sizeOrType(type);
  }
  const kind = table.kind(type);
  // The column of a class is one blank narrower.
  const isStruct = kind === Kind.Struct || kind === Kind.Forward;
  if (isStruct && definitionKeyword(ctx, type) === 'class') return false;
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
  // pahole's member says `class` by the type alone, its other texts by the language too.
  if (table.kind(type) === Kind.Struct) {
    return `${words}${definitionKeyword(ctx, type)} ${ctx.out.nameText(table.nameOffset(type))}`;
  }
  // An aggregate's name is not cut where it is directly the type of a member.
  return words + ctx.out.capture(() => putTypeName(ctx, type, Number.POSITIVE_INFINITY));
}

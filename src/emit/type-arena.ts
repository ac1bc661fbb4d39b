/**
 * `TypeArena`: how members of a type are declared, as bytes, remembered by type id. It knows the
 * declarations that a listing has by the thousand and calls all others odd. The texts are those of
 * type-text.ts; whatever rule applies to few types (qualified pointers, arrays of arrays, parameters
 * that are functions) is left to that file.
 *
 * Only for tables without a base.
 */

import { Kind } from '../model/kinds.ts';
import { bytesOf, LONGEST, putBytes, putName } from './byte-text.ts';
import type { EmitContext } from './context.ts';
import { NAME_LIMIT } from './type-text.ts';

/** Forms of a declaration: a text in the type column, then the name. */
export const PLAIN = 1;
/** The same, the type being directly a struct, which may need a remark. */
export const STRUCT = 2;
/** `RET (*name)(PARAMETERS)` */
export const FUNCTION = 3;
/** An array without elements, whose dimension depends on the member. All forms below are simpler. */
export const FLEXIBLE = 4;
/** A struct or union without a name. */
export const INLINE = 5;
/** None of these. */
export const ODD = 6;

/** The parts of a shape, as {@link TypeArena.shapes} has them. */
export const FORM_MASK = 7;
export const PREFIX_SHIFT = 3;
export const PREFIX_MASK = 31;
export const TEXT_SHIFT = 8;
export const AFTER_SHIFT = 18;
export const LENGTH_MASK = 1023;

const CONST = bytesOf('const ');
const VOLATILE = bytesOf('volatile ');
const STRUCT_WORD = bytesOf('struct ');
const UNION_WORD = bytesOf('union ');
const ENUM_WORD = bytesOf('enum ');
const VOID = bytesOf('void');
const OPEN = bytesOf(')(');
const CLOSE = bytesOf(')');
const DOTS = bytesOf('...');
const COMMA = bytesOf(', ');
const STAR = bytesOf(' *');
const BLANK = 32;

/** Bytes for the texts: a kernel takes 4 for each of its types. Types beyond are odd. */
const BYTES_PER_TYPE = 16;
/** More than any one text takes before it is found to be odd. */
const ROOM = 1 << 15;
const MAX_PARAMETERS = 24;
/** Pointers and qualifiers in one text. */
const MAX_LINKS = 8;
const MAX_CONSTS = 3;

export class TypeArena {
  /**
   * By type id, 0 for a type that has not been looked at: the form, the width of the words before what is
   * padded, the length of the text before the name, the length of the text behind it.
   */
  readonly shapes: Uint32Array;
  /** By type id, where the text begins in {@link bytes}; what stands behind the name follows it. */
  readonly places: Uint32Array;
  readonly bytes: Buffer;
  readonly #ctx: EmitContext;
  readonly #names: Buffer;
  #end = 0;

  constructor(ctx: EmitContext) {
    const { end, strings } = ctx.table;
    this.#ctx = ctx;
    this.#names = strings.bytes;
    this.shapes = new Uint32Array(end);
    this.places = new Uint32Array(end);
    this.bytes = Buffer.allocUnsafeSlow(BYTES_PER_TYPE * end + 2 * ROOM);
  }

  /** Looks at a type, one that the table has and not void, for the first time. Returns its shape. */
  learn(type: number): number {
    const shape = this.#end + ROOM > this.bytes.length ? ODD : this.#shapeOf(type);
    this.shapes[type] = shape;
    this.places[type] = this.#end;
    this.#end += ((shape >>> TEXT_SHIFT) & LENGTH_MASK) + ((shape >>> AFTER_SHIFT) & LENGTH_MASK);
    return shape;
  }

  /** Reads words itself: ten calls for each of 10,000 types would be felt. */
  #shapeOf(type: number): number {
    const { words, starts, end } = this.#ctx.table;
    const { bytes } = this;
    const start = this.#end;
    let at = start;
    let shown = type;
    let record = starts[type - 1] as number;
    let kind = ((words[record + 1] as number) >>> 24) & 0x7f;
    let dimension = -1;
    if (kind === Kind.Array) {
      dimension = words[record + 5] as number;
      shown = words[record + 3] as number;
      if (shown === 0 || shown >= end) return ODD;
      record = starts[shown - 1] as number;
      kind = ((words[record + 1] as number) >>> 24) & 0x7f;
      // Of the elements of such an array pahole leaves out the const.
      if (dimension === 0 && kind === Kind.Const) return ODD;
    }
    for (let count = 0; kind === Kind.Const && count < MAX_CONSTS; count++) {
      at = putBytes(bytes, at, CONST);
      shown = words[record + 2] as number;
      if (shown === 0 || shown >= end) return ODD;
      record = starts[shown - 1] as number;
      kind = ((words[record + 1] as number) >>> 24) & 0x7f;
      if (kind === Kind.Pointer) return ODD;
    }
    let prefix = at - start;
    let form = PLAIN;
    if (kind === Kind.Pointer) {
      const target = words[record + 2] as number;
      const isKnown = target !== 0 && target < end;
      if (
        isKnown &&
        (((words[(starts[target - 1] as number) + 1] as number) >>> 24) & 0x7f) === Kind.FuncProto
      ) {
        return shown === type ? this.#functionShape(target) : ODD;
      }
    } else if (kind === Kind.Struct || kind === Kind.Union) {
      if (words[record] === 0) return shown === type ? INLINE : ODD;
      prefix += kind === Kind.Struct ? STRUCT_WORD.length : UNION_WORD.length;
      if (kind === Kind.Struct && shown === type) form = STRUCT;
    } else if (kind === Kind.Enum || kind === Kind.Enum64) prefix += ENUM_WORD.length;
    else if (kind !== Kind.Int && kind !== Kind.Typedef) return ODD;
    at = this.#putType(at, shown);
    if (at < 0) return ODD;
    const length = at - start;
    if (dimension > 0) at += bytes.write(`[${dimension}]`, at, 'latin1');
    else if (dimension === 0) form = FLEXIBLE;
    return shapeOf(form, prefix, length, at - start - length);
  }

  #functionShape(proto: number): number {
    const { table, quirks } = this.#ctx;
    const { words, starts } = table;
    const { bytes } = this;
    const start = this.#end;
    const record = starts[proto - 1] as number;
    const count = (words[record + 1] as number) & 0x00ff_ffff;
    let at = this.#putType(start, words[record + 2] as number);
    if (at < 0 || count > MAX_PARAMETERS) return ODD;
    const length = at - start;
    let isFirst = true;
    let isVariadic = false;
    at = putBytes(bytes, at, OPEN);
    for (let word = record + 3; word < record + 3 + 2 * count; word += 2) {
      const name = words[word] as number;
      const type = words[word + 1] as number;
      if (type === 0) {
        isVariadic = true;
        continue;
      }
      if (!isFirst) at = putBytes(bytes, at, COMMA);
      isFirst = false;
      at = this.#putType(at, type);
      if (at < 0) return ODD;
      if (name !== 0) {
        bytes[at] = BLANK;
        at = putName(bytes, at + 1, this.#names, name);
      }
    }
    if (isFirst) at = putBytes(bytes, at, isVariadic && !quirks.parameters ? DOTS : VOID);
    else if (isVariadic) at = putBytes(bytes, putBytes(bytes, at, COMMA), DOTS);
    at = putBytes(bytes, at, CLOSE);
    return shapeOf(FUNCTION, 0, length, at - start - length);
  }

  /**
   * Writes the text of a type that is pointers to a qualified type with a name; -1 for another type, and for
   * a text that might be cut.
   */
  #putType(at: number, type: number): number {
    const { words, starts, end } = this.#ctx.table;
    const { bytes } = this;
    const start = at;
    let pointers = 0;
    let qualifiers = 0;
    for (let link = 0; ; link++) {
      if (type === 0) {
        at = putBytes(bytes, at, VOID);
        break;
      }
      if (type >= end || link > MAX_LINKS) return -1;
      const record = starts[type - 1] as number;
      const info = words[record + 1] as number;
      const kind = (info >>> 24) & 0x7f;
      if (kind === Kind.Pointer && qualifiers === 0) pointers++;
      else if (kind === Kind.Const || kind === Kind.Volatile) {
        at = putBytes(bytes, at, kind === Kind.Const ? CONST : VOLATILE);
        qualifiers++;
      } else {
        const name = words[record] as number;
        if (name === 0) return -1;
        if (kind === Kind.Struct || kind === Kind.Union) {
          at = putBytes(bytes, at, kind === Kind.Struct ? STRUCT_WORD : UNION_WORD);
        } else if (kind === Kind.Forward) {
          at = putBytes(bytes, at, info >>> 31 === 1 ? UNION_WORD : STRUCT_WORD);
        } else if (kind === Kind.Enum || kind === Kind.Enum64) at = putBytes(bytes, at, ENUM_WORD);
        else if (kind !== Kind.Int && kind !== Kind.Typedef) return -1;
        at = putName(bytes, at, this.#names, name);
        break;
      }
      type = words[record + 2] as number;
    }
    // Each qualifier leaves a blank.
    for (; qualifiers > 0; qualifiers--) bytes[at++] = BLANK;
    for (; pointers > 0; pointers--) at = putBytes(bytes, at, STAR);
    return at - start > NAME_LIMIT ? -1 : at;
  }
}

/** Puts a shape together; ODD when a part is too large. */
function shapeOf(form: number, prefix: number, length: number, after: number): number {
  if (length >= LONGEST || after >= LONGEST) return ODD;
  return form | (prefix << PREFIX_SHIFT) | (length << TEXT_SHIFT) | (after << AFTER_SHIFT);
}

/** `EnumWriter`: enums with their enumerators. */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { DeclarationParts } from './declarations.ts';
import { BPFTOOL_STYLE } from './style.ts';
import type { Words } from './words.ts';

const COMMA = 44;
const CLOSING_BRACE = 125;

export class EnumWriter {
  readonly #parts: DeclarationParts;
  readonly #words: Words;
  readonly #isScoped: boolean;

  constructor(parts: DeclarationParts, words: Words) {
    this.#parts = parts;
    this.#words = words;
    this.#isScoped = parts.style.language === 'c++';
  }

  /** An enum with its enumerators, the closing brace `level` TABs from the left. */
  definition(id: TypeId, level: number): void {
    const { types, names, layout, style, out } = this.#parts;
    const { words, starts } = types;
    const start = starts[id] as number;
    const info = words[start + 1] as number;
    const vlen = info & 0x00ff_ffff;
    this.tag(id);
    if (vlen === 0 && style === BPFTOOL_STYLE) return;
    if (this.#isScoped) out.literal(layout.underlyingOf(id));
    out.put(this.#words.openingBrace);
    const isSigned = info >>> 31 === 1;
    const isWide = ((info >>> 24) & 0x7f) === Kind.Enum64;
    const step = isWide ? 3 : 2;
    for (let at = start + 3, last = at + step * vlen; at < last; at += step) {
      out.line(level + 1);
      out.put(names.enumeratorName(words[at] as number));
      out.put(this.#words.equals);
      const low = words[at + 1] as number;
      if (isWide) this.#wideValue(low, words[at + 2] as number, isSigned);
      else out.number(isSigned ? low | 0 : low);
      out.char(COMMA);
    }
    // C knows no enum without enumerators, nor one that is only declared.
    if (vlen === 0) {
      out.line(level + 1);
      out.literal(`__enum_${id},`);
    }
    out.line(level);
    out.char(CLOSING_BRACE);
    const attributes = this.#isScoped ? '' : layout.enumAttributesOf(id);
    if (attributes !== '') out.literal(attributes);
  }

  /** `enum name`, or `enum` where it has none. */
  tag(id: TypeId, isScoped = false): void {
    const { names, out } = this.#parts;
    const name = names.tagName(id);
    if (name === 0) out.put(this.#words.bareEnum);
    else out.put(isScoped ? this.#words.scopedEnum : this.#words.enum);
    if (name !== 0) out.put(name);
  }

  /** A 64-bit enumerator's value with its suffix. */
  #wideValue(low: number, high: number, isSigned: boolean): void {
    const { style, out } = this.#parts;
    if (isSigned && high === 0x8000_0000 && low === 0 && style !== BPFTOOL_STYLE) {
      // The number without its sign is none of a signed type.
      out.literal('(-9223372036854775807LL - 1)');
      return;
    }
    const isSmall = high === 0 || (isSigned && high === 0xffff_ffff);
    if (isSmall) out.number(high === 0 ? low : low - 0x1_0000_0000);
    else {
      const bits = (BigInt(high) << 32n) | BigInt(low);
      out.literal(String(isSigned ? BigInt.asIntN(64, bits) : bits));
    }
    out.put(isSigned ? this.#words.longLong : this.#words.unsignedLongLong);
  }
}

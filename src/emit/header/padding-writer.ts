/** `PaddingWriter`: the unnamed fields that fill gaps. */

import type { DeclarationParts } from './declarations.ts';
import { Shape } from './layout-rules.ts';
import type { HeaderOutput } from './output.ts';
import {
  emptyPadding,
  fillExactly,
  findPadding,
  type Gap,
  isLeftByAlignment,
  LARGE_GAP,
  type Padding,
  UNIT_NAMES,
  unitBits,
} from './padding.ts';
import { BPFTOOL_STYLE, type HeaderStyle } from './style.ts';

const SEMICOLON = 59;
const CLOSING_BRACE = 125;

export class PaddingWriter {
  readonly #out: HeaderOutput;
  readonly #style: HeaderStyle;
  readonly #units: Uint8Array;
  readonly #unitNames: readonly number[];
  readonly #padding: Padding = emptyPadding();

  constructor({ types, style, out }: DeclarationParts) {
    this.#out = out;
    this.#style = style;
    this.#units = unitBits(types.pointerSize);
    this.#unitNames = UNIT_NAMES.map((name) => types.text.add(`${name}: `));
  }

  /** Fills a gap in a struct. */
  fill(gap: Gap, shape: Shape, level: number): void {
    const padding = this.#padding;
    const isOurs = this.#style !== BPFTOOL_STYLE;
    if (isOurs && shape !== Shape.Exact && isLeftByAlignment(gap)) return;
    if (isOurs && gap.to - gap.from > LARGE_GAP) {
      this.#padArray(gap, level);
      return;
    }
    const isFilled =
      shape === Shape.Exact ? fillExactly(gap, this.#units, padding) : findPadding(gap, this.#units, padding);
    if (!isFilled) return;
    if (padding.marker >= 0) this.#padField(padding.marker, padding.markerBits, level);
    for (let count = padding.unitCount; count > 0; count--) {
      this.#padField(padding.unit, this.#units[padding.unit] as number, level);
    }
    if (padding.restBits > 0) this.#padField(padding.restUnit, padding.restBits, level);
  }

  /** A struct without members that makes the union around it as large as it is. */
  fillUnion(bits: number, level: number): void {
    const out = this.#out;
    out.line(level);
    out.literal('struct {');
    this.fill({ from: 0, to: bits, alignment: 1, isInBitfield: false }, Shape.Exact, level + 1);
    out.line(level);
    out.char(CLOSING_BRACE);
    out.literal(' __attribute__((packed))');
    out.char(SEMICOLON);
  }

  /** Fills a large gap with one member instead of thousands. */
  #padArray({ from, to }: Gap, level: number): void {
    const start = Math.ceil(from / 8);
    if (start * 8 > from) this.#padField(3, start * 8 - from, level);
    this.#out.line(level);
    this.#out.literal(`unsigned char __padding_${start}[${Math.floor(to / 8) - start}];`);
    if (to % 8 !== 0) this.#padField(3, to % 8, level);
  }

  #padField(unit: number, bits: number, level: number): void {
    this.#out.line(level);
    this.#out.put(this.#unitNames[unit] as number);
    this.#out.number(bits);
    this.#out.char(SEMICOLON);
  }
}

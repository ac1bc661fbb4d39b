/** `CompositeWriter`: structs and unions with their bodies. Where padding goes is the matter of the layout rules. */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { DeclarationParts, DeclarationWriter } from './declarations.ts';
import type { FlatTypes } from './flat-types.ts';
import { type LayoutRules, Shape } from './layout-rules.ts';
import { MAX_NESTING, nestedTooDeep } from './limits.ts';
import type { HeaderNames } from './names.ts';
import type { HeaderOutput } from './output.ts';
import { PaddingWriter } from './padding-writer.ts';
import { compositeBehind } from './stacked-kinds.ts';
import { alignedText } from './stated-alignments.ts';
import type { HeaderStyle } from './style.ts';
import type { Words } from './words.ts';

const SEMICOLON = 59;
const CLOSING_BRACE = 125;

export class CompositeWriter {
  readonly #types: FlatTypes;
  readonly #layout: LayoutRules;
  readonly #names: HeaderNames;
  readonly #out: HeaderOutput;
  readonly #style: HeaderStyle;
  readonly #words: Words;
  readonly #isScoped: boolean;
  readonly #declarations: DeclarationWriter;
  readonly #padding: PaddingWriter;
  #nesting = 0;

  /** Members are written by `declarations`. */
  constructor(parts: DeclarationParts, words: Words, declarations: DeclarationWriter) {
    this.#types = parts.types;
    this.#layout = parts.layout;
    this.#names = parts.names;
    this.#out = parts.out;
    this.#style = parts.style;
    this.#words = words;
    this.#isScoped = parts.style.language === 'c++';
    this.#declarations = declarations;
    this.#padding = new PaddingWriter(parts);
  }

  /** `struct name` or `union name`. */
  tag(id: TypeId, isScoped = false): void {
    const { words, starts } = this.#types;
    const isStruct = (((words[(starts[id] as number) + 1] as number) >>> 24) & 0x7f) === Kind.Struct;
    const name = this.#names.tagName(id);
    if (name === 0) this.#out.put(isStruct ? this.#words.bareStruct : this.#words.bareUnion);
    else {
      if (isScoped) this.#out.put(isStruct ? this.#words.scopedStruct : this.#words.scopedUnion);
      else this.#out.put(isStruct ? this.#words.struct : this.#words.union);
      this.#out.put(name);
    }
  }

  /** `struct name` or `union name` of a forward declaration. */
  forwardTag(id: TypeId, isScoped = false): void {
    const { words, starts } = this.#types;
    const isUnion = (words[(starts[id] as number) + 1] as number) >>> 31 === 1;
    if (isScoped) this.#out.put(isUnion ? this.#words.scopedUnion : this.#words.scopedStruct);
    else this.#out.put(isUnion ? this.#words.union : this.#words.struct);
    this.#out.put(this.#names.tagName(id));
  }

  /** A struct or union with its body, the closing brace `level` TABs from the left. */
  definition(id: TypeId, level: number): void {
    const { enclosingTag } = this.#names;
    this.tag(id);
    const tag = this.#names.tagName(id);
    if (tag !== 0) this.#names.enclosingTag = tag;
    this.#body(id, level);
    this.#names.enclosingTag = enclosingTag;
  }

  #body(id: TypeId, level: number): void {
    if (++this.#nesting > MAX_NESTING) throw nestedTooDeep(id);
    this.#out.put(this.#words.openingBrace);
    const shape = this.#layout.shapeOf(id);
    this.#fillEnd(id, this.#members(id, shape, level + 1), shape, level + 1);
    this.#closing(id, level);
    this.#nesting--;
  }

  /** Writes the members, and gives the bit behind the last. */
  #members(id: TypeId, shape: Shape, level: number): number {
    const { words, starts } = this.#types;
    const out = this.#out;
    const layout = this.#layout;
    const start = starts[id] as number;
    const info = words[start + 1] as number;
    const vlen = info & 0x00ff_ffff;
    const hasBitfields = info >>> 31 === 1;
    const alignments = layout.memberAlignmentsOf(id);
    let end = 0;
    let wasBitfield = false;
    for (let at = start + 3, last = at + 3 * vlen; at < last; at += 3) {
      const type = words[at + 1] as number;
      const word = words[at + 2] as number;
      const legacy = hasBitfields ? 0 : layout.legacyBitfieldOf(type);
      const bitSize = hasBitfields ? word >>> 24 : legacy & 0xff;
      const offset = hasBitfields ? word & 0x00ff_ffff : layout.offsetOf(word) + (legacy >>> 8);
      if (end < offset) {
        const natural = shape === Shape.Natural ? layout.alignmentOf(type) : 1;
        const alignment = Math.max(natural, alignments?.get((at - start - 3) / 3) ?? 1);
        const isInBitfield = wasBitfield && bitSize !== 0;
        this.#padding.fill({ from: end, to: offset, alignment, isInBitfield }, shape, level);
      }
      out.line(level);
      const nameOffset = words[at] as number;
      if (nameOffset !== 0 || bitSize !== 0)
        this.#declarations.declaration(type, this.#names.memberName(nameOffset), level);
      else this.#unnamedMember(type, offset, level);
      if (bitSize !== 0) {
        out.put(this.#words.colon);
        out.number(bitSize);
        end = offset + bitSize;
        wasBitfield = true;
      } else {
        end = layout.endOf(offset, type);
        wasBitfield = false;
      }
      if (alignments !== undefined) {
        this.#aligned(alignments.get((at - start - 3) / 3) ?? 0, shape === Shape.Natural ? type : 0);
      }
      out.char(SEMICOLON);
    }
    return end;
  }

  /** Writes the attribute of a member of a type where it changes something. */
  #aligned(alignment: number, type: TypeId): void {
    if (alignment > this.#layout.alignmentOf(type)) this.#out.literal(alignedText(alignment));
  }

  /** Writes the padding behind the last member. */
  #fillEnd(id: TypeId, end: number, shape: Shape, level: number): void {
    const { words, starts } = this.#types;
    const layout = this.#layout;
    const start = starts[id] as number;
    const info = words[start + 1] as number;
    const isStruct = ((info >>> 24) & 0x7f) === Kind.Struct;
    const size = layout.paddedSize(id);
    if (isStruct && end < size) {
      const alignment = layout.alignmentOf(id);
      this.#padding.fill({ from: end, to: size, alignment, isInBitfield: false }, shape, level);
    }
    if (this.#isScoped && (info & 0x00ff_ffff) === 0 && words[start + 2] === 0) {
      // In C++ a struct without members takes a byte.
      this.#out.line(level);
      this.#out.literal('char __empty[0];');
    }
    const filler = layout.fillerOf(id);
    if (filler > 0) this.#padding.fillUnion(filler, level);
  }

  #closing(id: TypeId, level: number): void {
    const { words, starts } = this.#types;
    const start = starts[id] as number;
    const isEmpty = ((words[start + 1] as number) & 0x00ff_ffff) === 0 && words[start + 2] === 0;
    if (!isEmpty || this.#isScoped) this.#out.line(level);
    this.#out.char(CLOSING_BRACE);
    const attributes = this.#layout.attributesOf(id);
    if (attributes !== '') this.#out.literal(attributes);
  }

  /** A member without a name: a struct or union in place, and in bpftool's text whatever it is. */
  #unnamedMember(type: TypeId, bitOffset: number, level: number): void {
    const { words, starts, text } = this.#types;
    const composite = this.#style.inlinesTaggedMembers ? compositeBehind(this.#types, type) : type;
    if (composite === 0) {
      this.#declarations.declaration(type, text.add(`__unnamed_${bitOffset}`), level);
    } else if (
      composite === type &&
      (!this.#style.inlinesTaggedMembers || words[starts[type] as number] === 0)
    ) {
      this.#declarations.declaration(type, 0, level);
    } else {
      const isUnion = (((words[(starts[composite] as number) + 1] as number) >>> 24) & 0x7f) === Kind.Union;
      this.#out.put(isUnion ? this.#words.bareUnion : this.#words.bareStruct);
      this.#body(composite, level);
    }
  }
}

/**
 * `DeclarationWriter`: declarations of C as text. What is written when is the matter of definitions.ts; bodies of
 * structs and unions are that of composite-writer.ts, those of enums of enum-writer.ts.
 *
 * A declarator is written inside out: the types from the outermost to the one with a name of its own are
 * stacked, and written from the top of the stack. The words and spaces are those of libbpf 1.8.
 */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import { isBoolTypedef } from './bool.ts';
import { CompositeWriter } from './composite-writer.ts';
import { EnumWriter } from './enum-writer.ts';
import type { FlatTypes } from './flat-types.ts';
import type { LayoutRules } from './layout-rules.ts';
import { MAX_NESTING, nestedTooDeep } from './limits.ts';
import type { HeaderNames } from './names.ts';
import type { HeaderOutput } from './output.ts';
import { isStacked } from './stacked-kinds.ts';
import { alignedText } from './stated-alignments.ts';
import { BPFTOOL_STYLE, type HeaderStyle } from './style.ts';
import { addWords, type Words } from './words.ts';

/** What a writer of declarations is made of. */
export interface DeclarationParts {
  readonly types: FlatTypes;
  readonly layout: LayoutRules;
  readonly names: HeaderNames;
  readonly out: HeaderOutput;
  readonly style: HeaderStyle;
}

const OPENING_BRACKET = 91;
const CLOSING_BRACKET = 93;
const OPENING_PARENTHESIS = 40;
const CLOSING_PARENTHESIS = 41;
const BLANK = 32;

export class DeclarationWriter {
  /** Structs and unions. */
  readonly composites: CompositeWriter;
  readonly #types: FlatTypes;
  readonly #layout: LayoutRules;
  readonly #names: HeaderNames;
  readonly #out: HeaderOutput;
  readonly #words: Words;
  readonly #style: HeaderStyle;
  readonly #enums: EnumWriter;
  /** Types that wait to be written, innermost last. */
  #stack = new Uint32Array(64);
  #height = 0;
  #nesting = 0;
  /** Parameter lists that are open. */
  #listDepth = 0;
  /** Whether a member may have the name of a type, so that types are named from the top. */
  readonly #isScoped: boolean;

  constructor(parts: DeclarationParts) {
    const { types, layout, names, out, style } = parts;
    this.#types = types;
    this.#layout = layout;
    this.#names = names;
    this.#out = out;
    this.#style = style;
    this.#isScoped = style.language === 'c++';
    this.#words = addWords(types.text, style);
    this.#enums = new EnumWriter(parts, this.#words);
    this.composites = new CompositeWriter(parts, this.#words, this);
  }

  /** `typedef TYPE name`. */
  typedef(id: TypeId): void {
    const { words, starts, text } = this.#types;
    const target = words[(starts[id] as number) + 2] as number;
    const name = this.#names.typedefName(id);
    if (target === 0 && text.equals(name, '__gnuc_va_list')) {
      // GCC said void where it meant its own type.
      this.#out.put(this.#words.gnucVaList);
      return;
    }
    this.#out.put(this.#words.typedef);
    this.declaration(target, name, 0);
    const alignment = this.#layout.statedAlignmentOf(id);
    if (alignment !== 0) this.#out.literal(alignedText(alignment));
  }

  /** An enum with its enumerators at the top level. */
  enumeration(id: TypeId): void {
    this.#enums.definition(id, 0);
  }

  /** A type and a name; without one, text offset 0, the type alone. */
  declaration(id: TypeId, name: number, level: number): void {
    const { words, starts } = this.#types;
    const kind = ((words[(starts[id] as number) + 1] as number) >>> 24) & 0x7f;
    if (!isStacked(kind)) {
      this.#terminal(id, kind, level);
      this.#name(name, false);
      return;
    }
    if (kind === Kind.Pointer) {
      const target = words[(starts[id] as number) + 2] as number;
      const targetKind = ((words[(starts[target] as number) + 1] as number) >>> 24) & 0x7f;
      if (!isStacked(targetKind)) {
        this.#terminal(target, targetKind, level);
        this.#out.put(this.#words.blankStar);
        this.#name(name, true);
        return;
      }
    }
    this.#stackedDeclaration(id, name, level);
  }

  /** Most declarations are a type, or a pointer to one; the others need the stack. */
  #stackedDeclaration(id: TypeId, name: number, level: number): void {
    const { words, starts, end } = this.#types;
    const bottom = this.#height;
    for (;;) {
      if (this.#height === this.#stack.length) this.#growStack();
      if (this.#height - bottom > end) throw nestedTooDeep(id);
      this.#stack[this.#height++] = id;
      const start = starts[id] as number;
      const kind = ((words[start + 1] as number) >>> 24) & 0x7f;
      if (kind === Kind.Array) id = words[start + 3] as number;
      else if (isStacked(kind)) id = words[start + 2] as number;
      else break;
    }
    if (++this.#nesting > MAX_NESTING) throw nestedTooDeep(id);
    this.#unwind(bottom, name, level);
    this.#nesting--;
    this.#height = bottom;
  }

  /** Writes what is stacked above `bottom`. */
  #unwind(bottom: number, name: number, level: number): void {
    const { words, starts } = this.#types;
    const out = this.#out;
    let wasPointer = true;
    while (this.#height > bottom) {
      const id = this.#stack[--this.#height] as number;
      const start = starts[id] as number;
      const info = words[start + 1] as number;
      const kind = (info >>> 24) & 0x7f;
      if (kind === Kind.Pointer) {
        out.put(wasPointer ? this.#words.star : this.#words.blankStar);
        wasPointer = true;
        continue;
      }
      if (kind === Kind.Array) {
        this.#array(id, bottom, { name, level, wasPointer });
        return;
      }
      if (kind === Kind.FuncProto) {
        this.#prototype(id, bottom, { name, level, wasPointer });
        return;
      }
      if (kind >= Kind.Volatile && kind <= Kind.Restrict) {
        out.put(this.#words.qualifiersAfter[kind - Kind.Volatile] as number);
      } else {
        this.#qualifiers(bottom, kind);
        this.#terminal(id, kind, level);
      }
      wasPointer = false;
    }
    this.#name(name, wasPointer);
  }

  /** A type that stands in front of all others of its declaration, or a tag. */
  #terminal(id: TypeId, kind: number, level: number): void {
    const { words, starts } = this.#types;
    const out = this.#out;
    const start = starts[id] as number;
    if (this.#isScoped && this.#listDepth > 0 && words[start] === 0 && this.#unnamedParameter(id, kind))
      return;
    if (kind === Kind.Typedef) {
      if (this.#isScoped && !isBoolTypedef(this.#types, id)) out.put(this.#words.scope);
      out.put(this.#names.typedefName(id));
    } else if (kind === Kind.Int || kind === Kind.Float) out.put(this.#names.baseName(id));
    else if (kind === Kind.Struct || kind === Kind.Union) {
      if (words[start] === 0) this.composites.definition(id, level);
      else this.composites.tag(id, this.#isScoped);
    } else if (kind === Kind.Enum || kind === Kind.Enum64) {
      if (words[start] === 0) this.#enums.definition(id, level);
      else this.#enums.tag(id, this.#isScoped);
    } else if (kind === Kind.Forward) this.composites.forwardTag(id, this.#isScoped);
    else if (kind === Kind.TypeTag) this.#typeTag(start);
    else out.put(this.#words.void);
  }

  /** In C++ a parameter's type cannot be defined where it stands: a name that nothing defines does. */
  #unnamedParameter(id: TypeId, kind: number): boolean {
    const isEnum = kind === Kind.Enum || kind === Kind.Enum64;
    if (isEnum) this.#out.literal('int');
    else if (kind === Kind.Struct) this.#out.literal(`struct __anonymous_${id}`);
    else if (kind === Kind.Union) this.#out.literal(`union __anonymous_${id}`);
    return isEnum || kind === Kind.Struct || kind === Kind.Union;
  }

  #typeTag(start: number): void {
    const { words } = this.#types;
    const isAttribute = (words[start + 1] as number) >>> 31 === 1;
    const [before, after] = isAttribute ? this.#words.attribute : this.#words.typeTag;
    this.#out.put(before);
    this.#out.put(words[start] as number);
    this.#out.put(after);
  }

  #array(id: TypeId, bottom: number, { name, level, wasPointer }: Rest): void {
    const { words, starts } = this.#types;
    const out = this.#out;
    this.#dropQualifiers(bottom);
    if (this.#height === bottom) this.#name(name, wasPointer);
    else {
      const next = this.#stack[this.#height - 1] as number;
      const isArray = (((words[(starts[next] as number) + 1] as number) >>> 24) & 0x7f) === Kind.Array;
      if (name !== 0 && !wasPointer) out.char(BLANK);
      if (!isArray) out.char(OPENING_PARENTHESIS);
      this.#nest(id, bottom, name, level);
      if (!isArray) out.char(CLOSING_PARENTHESIS);
    }
    out.char(OPENING_BRACKET);
    out.number(words[(starts[id] as number) + 5] as number);
    out.char(CLOSING_BRACKET);
  }

  #prototype(id: TypeId, bottom: number, { name, level, wasPointer }: Rest): void {
    const { words, starts } = this.#types;
    const out = this.#out;
    this.#dropQualifiers(bottom);
    if (this.#height > bottom) {
      out.put(this.#words.innerStart);
      this.#nest(id, bottom, name, level);
      out.char(CLOSING_PARENTHESIS);
    } else this.#name(name, wasPointer);
    const start = starts[id] as number;
    const vlen = (words[start + 1] as number) & 0x00ff_ffff;
    out.char(OPENING_PARENTHESIS);
    if (vlen === 0 || (vlen === 1 && words[start + 4] === 0)) out.put(this.#words.void);
    else this.#parameters(start, vlen, level);
    out.char(CLOSING_PARENTHESIS);
  }

  #parameters(start: number, vlen: number, level: number): void {
    const { words } = this.#types;
    this.#listDepth++;
    for (let index = 0; index < vlen; index++) {
      if (index > 0) this.#out.put(this.#words.comma);
      const type = words[start + 4 + 2 * index] as number;
      if (type === 0 && index === vlen - 1) this.#out.put(this.#words.ellipsis);
      else this.declaration(type, this.#names.memberName(words[start + 3 + 2 * index] as number), level);
    }
    this.#listDepth--;
  }

  #nest(id: TypeId, bottom: number, name: number, level: number): void {
    if (++this.#nesting > MAX_NESTING) throw nestedTooDeep(id);
    this.#unwind(bottom, name, level);
    this.#nesting--;
  }

  /** Writes the qualifiers that wait on top of the stack: those of a type that is no pointer. */
  #qualifiers(bottom: number, terminal: number): void {
    const { words, starts } = this.#types;
    while (this.#height > bottom) {
      const start = starts[this.#stack[this.#height - 1] as number] as number;
      const kind = ((words[start + 1] as number) >>> 24) & 0x7f;
      if (kind < Kind.Volatile || kind > Kind.Restrict) return;
      // Nothing but a pointer can be restrict.
      const isMisplaced =
        kind === Kind.Restrict && terminal !== Kind.Typedef && this.#style !== BPFTOOL_STYLE;
      if (!isMisplaced) this.#out.put(this.#words.qualifiersBefore[kind - Kind.Volatile] as number);
      this.#height--;
    }
  }

  /** Leaves out the qualifiers of arrays and functions, which compilers record and C does not have. */
  #dropQualifiers(bottom: number): void {
    const { words, starts } = this.#types;
    while (this.#height > bottom) {
      const start = starts[this.#stack[this.#height - 1] as number] as number;
      const kind = ((words[start + 1] as number) >>> 24) & 0x7f;
      const isQualifier = kind >= Kind.Volatile && kind <= Kind.Restrict;
      if (!isQualifier && kind !== Kind.TypeTag) return;
      this.#height--;
    }
  }

  #name(name: number, wasPointer: boolean): void {
    if (name === 0) return;
    if (!wasPointer) this.#out.char(BLANK);
    this.#out.put(name);
  }

  #growStack(): void {
    const larger = new Uint32Array(2 * this.#stack.length);
    larger.set(this.#stack);
    this.#stack = larger;
  }
}

/** What follows a type in its declaration. */
interface Rest {
  readonly name: number;
  readonly level: number;
  readonly wasPointer: boolean;
}

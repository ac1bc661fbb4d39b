/**
 * The names of headers that compile: as bpftool has them where that is right, but free of clashes and
 * keywords. A forward declaration has the name of the definition that it stands for, and a tag that is
 * taken by another kind of type gets a number like any other.
 */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import { baseAlias } from './base-types.ts';
import { isBoolTypedef } from './bool.ts';
import type { FlatTypes } from './flat-types.ts';
import { type HeaderLanguage, Identifiers } from './identifiers.ts';
import { NameNumbers } from './name-numbers.ts';
import type { HeaderNames } from './names.ts';

/** In the number of a tag: the kind that has the plain name, and whether it is defined. */
const KIND_MASK = 0x7f;
const IS_DEFINED = 0x80;

/** Replaces the compiler's own type, which is another one where the target is not the kernel's. */
const VA_LIST = '__kernel_builtin_va_list';

export class CleanNames implements HeaderNames {
  readonly #types: FlatTypes;
  readonly #identifiers: Identifiers;
  readonly #language: HeaderLanguage;
  readonly #tags: NameNumbers;
  readonly #ordinary: NameNumbers;
  /** Text offset of the name that a type got; 0 where it has none yet. */
  readonly #names: Uint32Array;
  /** The next number for a name that is taken. */
  readonly #next = new Map<string, number>();
  isInsideBoolGuard = false;
  enclosingTag = 0;

  constructor(types: FlatTypes, language: HeaderLanguage) {
    this.#types = types;
    this.#language = language;
    this.#identifiers = new Identifiers(types.text, language);
    this.#ordinary = new NameNumbers(types.text, types.end / 2);
    // In C++ a tag is an ordinary name too.
    this.#tags = language === 'c' ? new NameNumbers(types.text, types.end / 8) : this.#ordinary;
    this.#names = new Uint32Array(types.end);
  }

  /** Keeps a name of something else, such as a function, from being given to a type. */
  reserve(nameOffset: number): void {
    this.#ordinary.set(nameOffset, IS_DEFINED);
  }

  tagName(id: TypeId): number {
    const known = this.#names[id] as number;
    return known !== 0 ? known : this.#resolveTag(id);
  }

  typedefName(id: TypeId): number {
    const known = this.#names[id] as number;
    return known !== 0 ? known : this.#resolveTypedef(id);
  }

  baseName(id: TypeId): number {
    const known = this.#names[id] as number;
    return known !== 0 ? known : this.#resolveBase(id);
  }

  baseDefinition(id: TypeId): string {
    const alias = baseAlias(this.#types, id, this.#language);
    return alias?.definition.replaceAll('@', this.#types.text.at(this.baseName(id))) ?? '';
  }

  enumeratorName(nameOffset: number): number {
    if (this.isInsideBoolGuard) return nameOffset;
    return this.#takeOrdinary(this.#identifiers.clean(nameOffset));
  }

  memberName(nameOffset: number): number {
    if (nameOffset === 0) return 0;
    const name = this.#identifiers.clean(nameOffset);
    if (this.#language === 'c' || this.enclosingTag === 0) return name;
    // In C++ a member of an unnamed union may not have the name of the class around it.
    const { text } = this.#types;
    return text.compare(name, this.enclosingTag) === 0 ? text.add(`${text.at(name)}_`) : name;
  }

  #resolveTag(id: TypeId): number {
    const { words, starts } = this.#types;
    const start = starts[id] as number;
    const info = words[start + 1] as number;
    if (words[start] === 0) return 0;
    const kind = (info >>> 24) & 0x7f;
    const name = this.#identifiers.clean(words[start] as number);
    const isForward = kind === Kind.Forward;
    const tagKind = isForward ? (info >>> 31 === 1 ? Kind.Union : Kind.Struct) : plainKind(kind);
    const holder = this.#tags.get(name);
    const isFree = (holder & KIND_MASK) === tagKind && (isForward || (holder & IS_DEFINED) === 0);
    const isPlain = holder === 0 || isFree;
    if (isPlain) this.#tags.set(name, holder | tagKind | (isForward ? 0 : IS_DEFINED));
    const resolved = isPlain ? name : this.#numbered(name, this.#tags);
    this.#names[id] = resolved;
    return resolved;
  }

  #resolveTypedef(id: TypeId): number {
    const { words, starts, text } = this.#types;
    const own = words[starts[id] as number] as number;
    let name = this.#takeTypedef(id, own);
    if (text.equals(own, '__builtin_va_list')) name = this.#takeOrdinary(text.add(VA_LIST));
    this.#names[id] = name;
    return name;
  }

  #takeTypedef(id: TypeId, own: number): number {
    const { text } = this.#types;
    if (isBoolTypedef(this.#types, id)) return own;
    const name = this.#identifiers.clean(own);
    if (this.#language === 'c++' && this.#isTypedefOfTag(id, name)) return name;
    return text.equals(name, '__builtin_va_list') ? 0 : this.#takeOrdinary(name);
  }

  /** Whether a typedef says `typedef struct name name`, which C++ allows. */
  #isTypedefOfTag(id: TypeId, name: number): boolean {
    const { words, starts, text } = this.#types;
    const target = words[(starts[id] as number) + 2] as number;
    const kind = ((words[(starts[target] as number) + 1] as number) >>> 24) & 0x7f;
    const isTag = kind === Kind.Struct || kind === Kind.Union || kind === Kind.Forward;
    return isTag && this.tagName(target) !== 0 && text.compare(this.tagName(target), name) === 0;
  }

  #resolveBase(id: TypeId): number {
    const alias = baseAlias(this.#types, id, this.#language);
    const { words, starts, text } = this.#types;
    let name = words[starts[id] as number] as number;
    if (alias?.definition === '') name = text.add(alias.name);
    else if (alias !== undefined) name = this.#takeOrdinary(this.#identifiers.clean(text.add(alias.name)));
    this.#names[id] = name;
    return name;
  }

  #takeOrdinary(name: number): number {
    return this.#ordinary.claim(name, IS_DEFINED) ? name : this.#numbered(name, this.#ordinary);
  }

  /** The name with the first number that makes it free. */
  #numbered(nameOffset: number, space: NameNumbers): number {
    const { text } = this.#types;
    const name = text.at(nameOffset);
    for (let number = this.#next.get(name) ?? 2; ; number++) {
      const offset = text.add(`${name}___${number}`);
      if (!space.claim(offset, IS_DEFINED)) continue;
      this.#next.set(name, number + 1);
      return offset;
    }
  }
}

function plainKind(kind: number): number {
  return kind === Kind.Enum64 ? Kind.Enum : kind;
}

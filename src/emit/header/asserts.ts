/** Static asserts of the sizes and offsets that a file records, for a header that checks itself. */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';
import type { HeaderLanguage } from './identifiers.ts';
import type { LayoutRules } from './layout-rules.ts';
import { MAX_NESTING, nestedTooDeep } from './limits.ts';
import type { HeaderNames } from './names.ts';
import type { HeaderOutput } from './output.ts';

/** What asserts are written with. */
export interface AssertParts {
  readonly types: FlatTypes;
  readonly layout: LayoutRules;
  readonly names: HeaderNames;
  readonly out: HeaderOutput;
  readonly language: HeaderLanguage;
}

export class AssertWriter {
  readonly #parts: AssertParts;
  readonly #keyword: string;

  constructor(parts: AssertParts) {
    this.#parts = parts;
    this.#keyword = parts.language === 'c' ? '_Static_assert' : 'static_assert';
  }

  /** Writes what must hold of a definition: a struct, union or enum, or a typedef of one without a name. */
  assertLayout(id: TypeId): void {
    const { types, names } = this.#parts;
    const { words, starts, text } = types;
    const start = starts[id] as number;
    const kind = kindAt(types, id);
    if (kind === Kind.Typedef) {
      const target = words[start + 2] as number;
      if (words[starts[target] as number] !== 0 || !isComposite(kindAt(types, target))) return;
      this.#assertType(text.at(names.typedefName(id)), target);
    } else if (isComposite(kind)) {
      const keyword = kind === Kind.Struct ? 'struct' : 'union';
      names.enclosingTag = names.tagName(id);
      this.#assertType(`${keyword} ${text.at(names.enclosingTag)}`, id);
      names.enclosingTag = 0;
    } else if ((kind === Kind.Enum || kind === Kind.Enum64) && words[start] !== 0) {
      const isDefined = ((words[start + 1] as number) & 0x00ff_ffff) !== 0;
      if (isDefined) this.#assertSize(`enum ${text.at(names.tagName(id))}`, words[start + 2] as number);
    }
  }

  #assertType(name: string, id: TypeId): void {
    const { types, layout, out } = this.#parts;
    this.#assertSize(name, types.words[(types.starts[id] as number) + 2] as number);
    const alignment = layout.statedAlignmentOf(id);
    if (alignment !== 0) out.literal(`${this.#keyword}(__alignof__(${name}) == ${alignment}, "${name}");\n`);
    this.#assertMembers({ name, prefix: '', bitOffset: 0, depth: 0 }, id);
    out.flushIfLarge();
  }

  #assertSize(name: string, byteSize: number): void {
    this.#parts.out.literal(`${this.#keyword}(sizeof(${name}) == ${byteSize}, "size of ${name}");\n`);
  }

  #assertMembers(place: Place, id: TypeId): void {
    const { layout, types } = this.#parts;
    const { words, starts, text } = types;
    if (place.depth > MAX_NESTING) throw nestedTooDeep(id);
    const start = starts[id] as number;
    const info = words[start + 1] as number;
    for (let at = start + 3, end = at + 3 * (info & 0x00ff_ffff); at < end; at += 3) {
      const word = words[at + 2] as number;
      const isBitfield = info >>> 31 === 1 && word >>> 24 !== 0;
      if (isBitfield || layout.legacyBitfieldOf(words[at + 1] as number) !== 0) continue;
      const bitOffset = place.bitOffset + (info >>> 31 === 1 ? word & 0x00ff_ffff : word);
      const nameOffset = words[at] as number;
      const path = place.prefix + text.at(this.#parts.names.memberName(nameOffset));
      if (nameOffset !== 0) this.#assertOffset(place.name, path, bitOffset);
      const inner = this.#inlineType(words[at + 1] as number, nameOffset === 0);
      if (inner === 0) continue;
      const prefix = nameOffset === 0 ? place.prefix : `${path}.`;
      this.#assertMembers({ ...place, prefix, bitOffset, depth: place.depth + 1 }, inner);
    }
  }

  #assertOffset(name: string, path: string, bitOffset: number): void {
    if (bitOffset % 8 !== 0) return;
    const offset = `__builtin_offsetof(${name}, ${path})`;
    this.#parts.out.literal(`${this.#keyword}(${offset} == ${bitOffset / 8}, "${name}.${path}");\n`);
  }

  /** The struct or union that a member is written with: one without a name, or that of an unnamed member. */
  #inlineType(type: TypeId, isUnnamed: boolean): TypeId {
    const { types } = this.#parts;
    const { words, starts, end } = types;
    let id = type;
    for (let step = 0; step <= end; step++) {
      const kind = kindAt(types, id);
      if (isComposite(kind)) return isUnnamed || words[starts[id] as number] === 0 ? id : 0;
      const isQualifier = kind >= Kind.Volatile && kind <= Kind.Restrict;
      if (!isQualifier && !(isUnnamed && kind === Kind.Typedef)) return 0;
      id = words[(starts[id] as number) + 2] as number;
    }
    return 0;
  }
}

/** Where members lie: in what type, behind which path, and how far from its start. */
interface Place {
  readonly name: string;
  readonly prefix: string;
  readonly bitOffset: number;
  readonly depth: number;
}

function kindAt({ words, starts }: FlatTypes, id: TypeId): number {
  return ((words[(starts[id] as number) + 1] as number) >>> 24) & 0x7f;
}

function isComposite(kind: number): boolean {
  return kind === Kind.Struct || kind === Kind.Union;
}

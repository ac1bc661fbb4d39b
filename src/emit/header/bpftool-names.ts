/**
 * The names of bpftool 7.8: as they are, with `___2` behind the second of its kind. Tags are one name space,
 * typedefs and enumerators the other. A name is counted when it is first written; whether `name___2` is free
 * is not asked.
 */

import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { FlatTypes } from './flat-types.ts';
import { NameNumbers } from './name-numbers.ts';
import type { HeaderNames } from './names.ts';

/** Bytes of a name that got a number (the array of 256 in btf_dump_resolve_name). */
const MAX_NUMBERED_NAME = 255;

/** Names that the arm compilers use without defining them, and what they stand for. */
const MISSING_ALIASES: ReadonlyMap<string, string> = new Map([
  ['__Poly8_t', 'unsigned char'],
  ['__Poly16_t', 'unsigned short'],
  ['__Poly64_t', 'unsigned long long'],
  ['__Poly128_t', 'unsigned __int128'],
]);

export class BpftoolNames implements HeaderNames {
  isInsideBoolGuard = false;
  enclosingTag = 0;
  readonly #types: FlatTypes;
  readonly #tags: NameNumbers;
  readonly #identifiers: NameNumbers;
  /** Text offset of the name that a type got; 0 where it has none yet. */
  readonly #names: Uint32Array;

  constructor(types: FlatTypes) {
    this.#types = types;
    this.#tags = new NameNumbers(types.text, types.end / 8);
    this.#identifiers = new NameNumbers(types.text, types.end / 2);
    this.#names = new Uint32Array(types.end);
  }

  tagName(id: TypeId): number {
    const known = this.#names[id] as number;
    return known !== 0 ? known : this.#resolve(id, this.#tags);
  }

  typedefName(id: TypeId): number {
    const known = this.#names[id] as number;
    return known !== 0 ? known : this.#resolve(id, this.#identifiers);
  }

  baseName(id: TypeId): number {
    const { words, starts } = this.#types;
    return words[starts[id] as number] as number;
  }

  baseDefinition(id: TypeId): string {
    const { words, starts } = this.#types;
    if ((((words[(starts[id] as number) + 1] as number) >>> 24) & 0x7f) !== Kind.Int) return '';
    // Counts the name among the tags, as bpftool does.
    const name = this.#types.text.at(this.tagName(id));
    const meaning = MISSING_ALIASES.get(name);
    return meaning === undefined ? '' : `typedef ${meaning} ${name};\n\n`;
  }

  enumeratorName(nameOffset: number): number {
    const count = this.#identifiers.count(nameOffset);
    return count === 1 ? nameOffset : this.#types.text.add(`${this.#types.text.at(nameOffset)}___${count}`);
  }

  memberName(nameOffset: number): number {
    return nameOffset;
  }

  #resolve(id: TypeId, counter: NameNumbers): number {
    const { words, starts, text } = this.#types;
    const start = starts[id] as number;
    const info = words[start + 1] as number;
    let name = words[start] as number;
    if (name === 0) return 0;
    const kind = (info >>> 24) & 0x7f;
    const isDeclared = kind === Kind.Forward || (kind === Kind.Enum && (info & 0x00ff_ffff) === 0);
    if (!isDeclared) {
      const count = counter.count(name);
      if (count > 1) name = text.add(`${text.at(name)}___${count}`.slice(0, MAX_NUMBERED_NAME));
    }
    this.#names[id] = name;
    return name;
  }
}

/**
 * BTF for kernels that are older than some of its kinds. What a kernel would refuse becomes something older of the
 * same size, as libbpf does before it loads a program (`bpf_object__sanitize_btf`), so that all other types, and the
 * ids of all, stay what they are.
 */

import { TspaholeError } from '../model/errors.ts';
import { WordList } from '../model/intern.ts';
import { BTF_KIND_COUNT, type BtfKind, Kind } from '../model/kinds.ts';
import { makeInfo } from '../model/records.ts';
import { StringPool } from '../model/string-pool.ts';
import { type TypeId, TypeTable } from '../model/table.ts';
import { appendRecord } from './copy.ts';
import type { KernelFeatures } from './kernel-features.ts';

/**
 * A table whose own types a kernel with these features takes; a feature that is not named is there. Ids stay; types
 * may be added behind them. Written without a kind layout, which is {@link encodeBtf}'s default, it is fit for
 * every kernel since 5.0, and for those since 4.18, which have BTF, but for bitfields, whose kind flag they do not know.
 *
 * | without | becomes |
 * | --- | --- |
 * | `func` | FUNC a typedef, FUNC_PROTO an enum with its parameters |
 * | `funcGlobal` | functions static |
 * | `datasec` | VAR an int of one byte, DATASEC a struct, with `_` in its name for `.` and `?` |
 * | `optionalDatasec` | `?` before the name of a DATASEC `_` |
 * | `float` | FLOAT a struct without name and members |
 * | `declTag` | DECL_TAG an int of one byte |
 * | `typeTag` | TYPE_TAG `const` |
 * | `enum64` | ENUM64 a union of members of one byte; signed enums plain ones |
 *
 * Throws `bad-data` for a reference to a type that does not exist, `unsupported` for a kind that BTF does not have.
 */
export function sanitizeFor(table: TypeTable, features: Partial<KernelFeatures>): TypeTable {
  const sanitizer = new Sanitizer(table, features);
  for (let id = table.firstId; id < table.end; id++) sanitizer.add(id);
  return sanitizer.finish();
}

const PLACEHOLDER = 'enum64_placeholder';

class Sanitizer {
  readonly #table: TypeTable;
  readonly #lacks: (feature: keyof KernelFeatures) => boolean;
  readonly #names: StringPool;
  readonly #words: WordList = new WordList();
  readonly #starts: WordList = new WordList();
  #needsPlaceholder = false;

  constructor(table: TypeTable, features: Partial<KernelFeatures>) {
    this.#table = table;
    this.#lacks = (feature) => features[feature] === false;
    this.#names = new StringPool(table.base?.strings);
  }

  /** Adds what becomes of the next type. */
  add(id: TypeId): void {
    const kind = this.#table.kind(id);
    if (kind >= BTF_KIND_COUNT) {
      throw new TspaholeError('unsupported', `type ${id} has kind ${kind}, which BTF has not`);
    }
    this.#starts.push(this.#words.length);
    switch (kind as BtfKind) {
      case Kind.Var:
        return this.#lacks('datasec') ? this.#addByte(this.#nameOf(id)) : this.#copy(id);
      case Kind.DeclTag:
        return this.#lacks('declTag') ? this.#addByte(this.#nameOf(id)) : this.#copy(id);
      case Kind.Datasec:
        return this.#addSection(id);
      case Kind.FuncProto:
        return this.#lacks('func') ? this.#addPrototypeAsEnum(id) : this.#copy(id);
      case Kind.Func:
        return this.#addFunction(id);
      case Kind.Float:
        return this.#lacks('float')
          ? this.#push(0, makeInfo(Kind.Struct, 0, false), this.#table.sizeOrType(id))
          : this.#copy(id);
      case Kind.TypeTag:
        return this.#lacks('typeTag') ? this.#addReference(Kind.Const, 0, id) : this.#copy(id);
      case Kind.Enum:
        this.#copy(id);
        if (this.#lacks('enum64')) this.#clearFlag(id);
        return;
      case Kind.Enum64:
        return this.#lacks('enum64') ? this.#addEnumAsUnion(id) : this.#copy(id);
      case Kind.Void:
      case Kind.Int:
      case Kind.Pointer:
      case Kind.Array:
      case Kind.Struct:
      case Kind.Union:
      case Kind.Forward:
      case Kind.Typedef:
      case Kind.Volatile:
      case Kind.Const:
      case Kind.Restrict:
        return this.#copy(id);
    }
  }

  finish(): TypeTable {
    if (this.#needsPlaceholder) {
      this.#starts.push(this.#words.length);
      this.#addByte(this.#names.add(PLACEHOLDER));
    }
    const { base, pointerSize, endian } = this.#table;
    const parts = { words: this.#words.view(), starts: this.#starts.view(), strings: this.#names.table() };
    return new TypeTable({ ...parts, base, pointerSize, endian });
  }

  #copy(id: TypeId): void {
    appendRecord(this.#table, id, { words: this.#words, names: this.#names, idOf: (each) => each });
  }

  /** An int of one byte fits wherever a variable was. */
  #addByte(name: number): void {
    this.#push(name, makeInfo(Kind.Int, 0, false), 1, 8);
  }

  #addReference(kind: Kind, name: number, id: TypeId): void {
    this.#push(name, makeInfo(kind, 0, false), this.#table.sizeOrType(id));
  }

  #addFunction(id: TypeId): void {
    if (this.#lacks('func')) this.#addReference(Kind.Typedef, this.#nameOf(id), id);
    else if (this.#lacks('funcGlobal')) this.#addReference(Kind.Func, this.#nameOf(id), id);
    else this.#copy(id);
  }

  /** Of parameters only the names are left: their types are the values. */
  #addPrototypeAsEnum(id: TypeId): void {
    const count = this.#table.vlen(id);
    this.#push(0, makeInfo(Kind.Enum, count, false), 4);
    for (let index = 0; index < count; index++) {
      this.#push(this.#nameAt(id, 2 * index), this.#table.extra(id, 2 * index + 1));
    }
  }

  #addSection(id: TypeId): void {
    const name = this.#table.strings.latin1At(this.#table.nameOffset(id));
    if (this.#lacks('datasec')) this.#addSectionAsStruct(id, name.replaceAll(/[.?]/g, '_'));
    else if (this.#lacks('optionalDatasec') && name.startsWith('?')) {
      const start = this.#words.length;
      this.#copy(id);
      this.#words.words[start] = this.#names.add(`_${name.slice(1)}`);
    } else this.#copy(id);
  }

  #addSectionAsStruct(id: TypeId, name: string): void {
    const table = this.#table;
    const count = table.vlen(id);
    this.#push(this.#names.add(name), makeInfo(Kind.Struct, count, false), table.sizeOrType(id));
    for (let index = 0; index < count; index++) {
      const variable = table.extra(id, 3 * index);
      const bitOffset = (8 * table.extra(id, 3 * index + 1)) >>> 0;
      this.#push(this.#nameOf(variable), variable, bitOffset);
    }
  }

  #addEnumAsUnion(id: TypeId): void {
    const count = this.#table.vlen(id);
    this.#needsPlaceholder ||= count > 0;
    this.#push(this.#nameOf(id), makeInfo(Kind.Union, count, false), this.#table.sizeOrType(id));
    for (let index = 0; index < count; index++) this.#push(this.#nameAt(id, 3 * index), this.#table.end, 0);
  }

  /** The kind flag of an enum says that it is signed. */
  #clearFlag(id: TypeId): void {
    const start = this.#starts.words[this.#starts.length - 1] as number;
    this.#words.words[start + 1] = makeInfo(Kind.Enum, this.#table.vlen(id), false);
  }

  #nameOf(id: TypeId): number {
    return this.#names.offsetOf(this.#table.strings, this.#table.nameOffset(id));
  }

  /** The name that a word behind the common ones refers to. */
  #nameAt(id: TypeId, word: number): number {
    return this.#names.offsetOf(this.#table.strings, this.#table.extra(id, word));
  }

  #push(...words: readonly number[]): void {
    for (const word of words) this.#words.push(word);
  }
}

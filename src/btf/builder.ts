/**
 * `BtfBuilder`: types of every kind of BTF, added one by one, as a table and as bytes. Each `add` gives the id of
 * its type. A type may refer to one that is added later: {@link BtfBuilder.nextId} tells the ids beforehand.
 */

import type { Endian } from '../model/bytes.ts';
import { WordList } from '../model/intern.ts';
import { type BtfKind, Kind } from '../model/kinds.ts';
import { makeInfo } from '../model/records.ts';
import { StringPool } from '../model/string-pool.ts';
import { type TypeId, TypeTable } from '../model/table.ts';
import type { ForwardType, IntType, Linkage, Parameter, VarSecinfo } from '../model/types.ts';
import { type BuildBtfOptions, type BuiltBtf, buildBtf } from './builder/build.ts';
import {
  type EnumeratorSpec,
  enumeratorWords,
  integer,
  isAnyNegative,
  linkageCode,
  nameBytes,
  type Word,
} from './builder/words.ts';

/** What a {@link BtfBuilder} is told. */
export interface BtfBuilderOptions {
  /** Types that those of the builder continue, and to which they may refer by their ids. */
  readonly base?: TypeTable | undefined;
  /** Bytes in a pointer. Default: the base's, else 8. */
  readonly pointerSize?: 4 | 8 | undefined;
}

/** A member of a struct or union. */
export interface MemberSpec {
  /** Empty for an anonymous member. */
  readonly name: string;
  readonly typeId: TypeId;
  readonly bitOffset: number;
  /** Width of a bitfield. */
  readonly bitSize?: number | undefined;
}

/** What of an enum has a default. */
export interface EnumOptions {
  /** Default 4, for an enum of 64-bit values 8. */
  readonly byteSize?: number | undefined;
  /** Default: whether a value is negative. */
  readonly isSigned?: boolean | undefined;
}

/** What of a tag has a default. */
export interface TagOptions {
  /** Whether the text is a compiler attribute and not an annotation. Default false. */
  readonly isAttribute?: boolean | undefined;
}

/** What the info word has room for. */
const MAX_ELEMENTS = 0xff_ffff;

/** What the first three words of a record say. */
interface RecordHead {
  readonly kind: BtfKind;
  readonly name?: string;
  /** Byte size or type id. */
  readonly third: number;
  readonly vlen?: number;
  readonly flag?: boolean;
}

const ENCODINGS: Readonly<Record<IntType['encoding'], number>> = { none: 0, signed: 1, char: 2, bool: 4 };

/**
 * Collects types. All `add*` throw `RangeError` for a value that the record of a type has no room for, and
 * `TypeError` for a name with a NUL. Whether a kernel would take the types is for `verifyBtf` to say.
 */
export class BtfBuilder {
  readonly #base: TypeTable | undefined;
  readonly #pointerSize: number;
  readonly #names: StringPool;
  readonly #words: WordList = new WordList();
  readonly #starts: WordList = new WordList();

  constructor({ base, pointerSize = base?.pointerSize === 4 ? 4 : 8 }: BtfBuilderOptions = {}) {
    this.#base = base;
    this.#pointerSize = pointerSize;
    this.#names = new StringPool(base?.strings);
  }

  /** The id of the next type that is added. */
  get nextId(): TypeId {
    return (this.#base?.end ?? 1) + this.#starts.length;
  }

  /** Adds an integer, character or bool. Bit size and offset differ from the whole only in legacy bitfields. */
  addInt(
    name: string,
    byteSize: number,
    {
      encoding = 'none',
      bitSize = 8 * byteSize,
      bitOffset = 0,
    }: Partial<Pick<IntType, 'encoding' | 'bitSize' | 'bitOffset'>> = {},
  ): TypeId {
    const bits = (integer(bitOffset, 0xff, 'bit offset') << 16) | integer(bitSize, 0xff, 'bit size');
    return this.#add({ kind: Kind.Int, name, third: byteSize }, [((ENCODINGS[encoding] << 24) | bits) >>> 0]);
  }

  /** Adds a floating point number. */
  addFloat(name: string, byteSize: number): TypeId {
    return this.#add({ kind: Kind.Float, name, third: byteSize });
  }

  /** Adds a pointer to a type; to 0 it is `void *`. */
  addPointer(typeId: TypeId): TypeId {
    return this.#add({ kind: Kind.Pointer, third: typeId });
  }

  /** Adds an array; each dimension is one. The index is an integer type, as a rule `unsigned int`. */
  addArray(elementTypeId: TypeId, indexTypeId: TypeId, count: number): TypeId {
    return this.#add({ kind: Kind.Array, third: 0 }, [elementTypeId, indexTypeId, count]);
  }

  /** Adds a struct. Where a member is a bitfield, offsets end at 2 MiB. */
  addStruct(name: string, byteSize: number, members: readonly MemberSpec[] = []): TypeId {
    return this.#addComposite(Kind.Struct, name, byteSize, members);
  }

  /** Adds a union. */
  addUnion(name: string, byteSize: number, members: readonly MemberSpec[] = []): TypeId {
    return this.#addComposite(Kind.Union, name, byteSize, members);
  }

  /** Adds an enum of 32-bit values; without any it is a forward declaration. */
  addEnum(name: string, enumerators: readonly EnumeratorSpec[] = [], options: EnumOptions = {}): TypeId {
    const { byteSize = 4, isSigned = isAnyNegative(enumerators) } = options;
    const words = enumeratorWords(enumerators, isSigned, 32);
    const vlen = enumerators.length;
    return this.#add({ kind: Kind.Enum, name, third: byteSize, flag: isSigned, vlen }, words);
  }

  /** Adds an enum of 64-bit values. */
  addEnum64(name: string, enumerators: readonly EnumeratorSpec[] = [], options: EnumOptions = {}): TypeId {
    const { byteSize = 8, isSigned = isAnyNegative(enumerators) } = options;
    const words = enumeratorWords(enumerators, isSigned, 64);
    const vlen = enumerators.length;
    return this.#add({ kind: Kind.Enum64, name, third: byteSize, flag: isSigned, vlen }, words);
  }

  /** Adds a struct or union that is named but not defined. */
  addForward(name: string, forwardKind: ForwardType['forwardKind'] = 'struct'): TypeId {
    return this.#add({ kind: Kind.Forward, name, third: 0, flag: forwardKind === 'union' });
  }

  /** Adds another name of a type. */
  addTypedef(name: string, typeId: TypeId): TypeId {
    return this.#add({ kind: Kind.Typedef, name, third: typeId });
  }

  /** Adds a `volatile` type. */
  addVolatile(typeId: TypeId): TypeId {
    return this.#add({ kind: Kind.Volatile, third: typeId });
  }

  /** Adds a `const` type. */
  addConst(typeId: TypeId): TypeId {
    return this.#add({ kind: Kind.Const, third: typeId });
  }

  /** Adds a `restrict` type. */
  addRestrict(typeId: TypeId): TypeId {
    return this.#add({ kind: Kind.Restrict, third: typeId });
  }

  /** Adds a function with its prototype. */
  addFunc(name: string, protoId: TypeId, linkage: Linkage = 'static'): TypeId {
    return this.#add({ kind: Kind.Func, name, third: protoId, vlen: linkageCode(linkage) });
  }

  /** Adds a function type. `isVariadic` adds the `...` behind the parameters. */
  addFuncProto(
    returnTypeId: TypeId,
    parameters: readonly Parameter[] = [],
    { isVariadic = false }: { readonly isVariadic?: boolean | undefined } = {},
  ): TypeId {
    const all = isVariadic ? [...parameters, { name: '', typeId: 0 }] : parameters;
    const words = all.flatMap(({ name, typeId }) => [name, typeId]);
    return this.#add({ kind: Kind.FuncProto, third: returnTypeId, vlen: all.length }, words);
  }

  /** Adds a variable. */
  addVar(name: string, typeId: TypeId, linkage: Linkage = 'static'): TypeId {
    return this.#add({ kind: Kind.Var, name, third: typeId }, [linkageCode(linkage)]);
  }

  /** Adds a section of data with its variables, which kernels want in the order of their offsets. */
  addDatasec(name: string, byteSize: number, variables: readonly VarSecinfo[] = []): TypeId {
    const words = variables.flatMap((each) => [each.varId, each.byteOffset, each.byteSize]);
    return this.#add({ kind: Kind.Datasec, name, third: byteSize, vlen: variables.length }, words);
  }

  /** Adds a tag on a declaration, or on its member or parameter `componentIndex`; -1 is the declaration itself. */
  addDeclTag(
    text: string,
    typeId: TypeId,
    componentIndex = -1,
    { isAttribute = false }: TagOptions = {},
  ): TypeId {
    if (componentIndex !== -1) integer(componentIndex, 0x7fff_ffff, 'component index');
    return this.#add({ kind: Kind.DeclTag, name: text, third: typeId, flag: isAttribute }, [
      componentIndex >>> 0,
    ]);
  }

  /** Adds a tag on what a pointer points to. */
  addTypeTag(text: string, typeId: TypeId, { isAttribute = false }: TagOptions = {}): TypeId {
    return this.#add({ kind: Kind.TypeTag, name: text, third: typeId, flag: isAttribute });
  }

  /**
   * The types so far as a table and as bytes; more may be added afterwards. Throws `RangeError` for a type that
   * refers to one that was not added, `TypeError` for a second base, and as {@link distill} does.
   */
  build(options: BuildBtfOptions = {}): BuiltBtf {
    return buildBtf(this.#table(options.endian), options);
  }

  #addComposite(kind: BtfKind, name: string, byteSize: number, members: readonly MemberSpec[]): TypeId {
    const flag = members.some(({ bitSize }) => bitSize !== undefined && bitSize > 0);
    const words = members.flatMap(({ name: each, typeId, bitOffset, bitSize = 0 }) => {
      const offset = integer(bitOffset, flag ? 0xff_ffff : 0xffff_ffff, 'bit offset');
      return [each, typeId, ((integer(bitSize, 0xff, 'bit size') << 24) | offset) >>> 0];
    });
    return this.#add({ kind, name, third: byteSize, flag, vlen: members.length }, words);
  }

  #add({ kind, name = '', third, vlen = 0, flag = false }: RecordHead, more: readonly Word[] = []): TypeId {
    const info = makeInfo(kind, integer(vlen, MAX_ELEMENTS, 'number of elements'), flag);
    const words = [name, info, third, ...more].map((word) =>
      typeof word === 'string' ? this.#names.add(nameBytes(word)) : integer(word, 0xffff_ffff, 'value'),
    );
    const id = this.nextId;
    this.#starts.push(this.#words.length);
    for (const word of words) this.#words.push(word);
    return id;
  }

  #table(endian: Endian = this.#base?.endian ?? 'little'): TypeTable {
    const parts = { words: this.#words.view(), starts: this.#starts.view(), strings: this.#names.table() };
    return new TypeTable({ ...parts, base: this.#base, pointerSize: this.#pointerSize, endian });
  }
}

/**
 * `SideColumns`: what DWARF says of types and BTF cannot, in columns beside the records. A table that was
 * read from BTF has none. A column that would be all zero is absent; 0 stands for "not said".
 */

import { FunctionRows } from './functions.ts';
import type { TypeId } from './table.ts';

/** Bits of {@link SideColumns.flags}. */
export const TypeFlag = {
  /** Declared with the keyword `class`. */
  Class: 1,
  /** Declared and not defined. */
  Declaration: 2,
  /** Has no entry of its own in the file: a dimension of an array, the prototype of a function. */
  Synthetic: 4,
  /** An array that is a vector. */
  Vector: 8,
  /** An array whose count is no constant. */
  VariableLength: 16,
  EnumClass: 32,
  Artificial: 64,
  /** Declared in the body of a function. */
  Local: 128,
  /** A namespace whose names are also those of the one around it. */
  ExportSymbols: 256,
  /** An enum that does not say whether it is signed, and has negative values. */
  GuessedSign: 512,
  /** The number of the declaring file is 0. */
  DeclFileZero: 1024,
} as const;

/** Bits of {@link SideColumns.memberFlags}. */
export const MemberFlag = {
  /** A base class. */
  Inheritance: 1,
  Virtual: 2,
  Artificial: 16,
  Mutable: 32,
  /** The offset is computed at run time. */
  NoConstantOffset: 64,
} as const;

const VIRTUAL_BASE = MemberFlag.Inheritance | MemberFlag.Virtual;

/** From this bit of {@link SideColumns.memberFlags} on: the bits of the bit offset that the record has no room for. */
const HIGH_OFFSET_SHIFT = 8;

/** What an entry of {@link SideColumns.childrenOf} is; the meaning of its value in brackets. */
export const ChildCode = {
  /** A data member or a base class (index of the element). */
  Member: 0,
  /** A type declared in the composite (type id). */
  NestedType: 1,
  /** A static member (id of a `Var`). */
  StaticMember: 2,
  /** A method (id of a `Func`). */
  Method: 3,
  /** A parameter of the template (id of a `TemplateParameter`). */
  TemplateParameter: 4,
  /** Variants (id of a `VariantPart`). */
  VariantPart: 5,
  /** In a variant part: a variant begins (1 when it has a discriminant). */
  Variant: 6,
  /** The constant of the child before: its low 32 bits, and its high ones where they are not 0. */
  ConstantLow: 7,
  ConstantHigh: 8,
  /** A name that is imported from elsewhere (id of an `Unspecified` with that name). */
  Using: 9,
} as const;

/** Bits of a child's code word. */
const ACCESSIBILITY_SHIFT = 8;
const WRITTEN_AS_MEMBER = 1 << 10;
const SIGNED_CONSTANT = 1 << 11;

/** The columns; one word for each type from id 1 on unless it says otherwise. */
export interface SideColumnArrays {
  readonly dieOffsets?: Uint32Array | undefined;
  readonly scopes?: Uint32Array | undefined;
  readonly flags?: Uint32Array | undefined;
  readonly alignments?: Uint32Array | undefined;
  readonly attributes?: Uint32Array | undefined;
  readonly declFiles?: Uint32Array | undefined;
  readonly declLines?: Uint32Array | undefined;
  /** Index of the type's first element in the columns of members. */
  readonly memberStarts?: Uint32Array | undefined;
  /** One word for each element of a composite. */
  readonly memberFlags?: Uint32Array | undefined;
  readonly memberAlignments?: Uint32Array | undefined;
  /** Index of the type's children in `children`, plus one. */
  readonly childStarts?: Uint32Array | undefined;
  /** For each type that has children: their number, then a code and a value for each. */
  readonly children?: Uint32Array | undefined;
  /** Rows of {@link FunctionRows}, and the outlines that they refer to. */
  readonly functions?: Uint32Array | undefined;
  readonly outlines?: Uint32Array | undefined;
  /** What an encoding of BTF needs, where it was asked for: see signatures.ts. */
  readonly signatures?: Uint32Array | undefined;
  readonly variables?: Uint32Array | undefined;
  /** Numbers for what types are, see src/dwarf/native/contents.h. */
  readonly contents?: Uint32Array | undefined;
}

/** A child of a composite that is not only data members, in the order of the file. */
export interface Child {
  /** One of {@link ChildCode}. */
  readonly code: number;
  readonly value: number;
  readonly accessibility: Accessibility;
  /** A static member that is written as data members are, as DWARF 4 does. */
  readonly isWrittenAsMember: boolean;
  /** The value of a static member or of a variant's discriminant, where it is an integer that is given. */
  readonly constant: bigint | undefined;
}

/** 0 where the file does not say. */
export type Accessibility = 0 | 1 | 2 | 3;

/** A composite that another one is a copy of, with the order of its elements in the copy. */
export interface CopiedElements {
  readonly id: TypeId;
  readonly elements: readonly number[];
}

/** A copy of a column, filled up with zeros to `length`, and `more` behind it. */
function extended(column: Uint32Array, length: number, more: readonly number[]): Uint32Array {
  const longer = new Uint32Array(length + more.length);
  longer.set(column.subarray(0, length));
  longer.set(more, length);
  return longer;
}

export class SideColumns {
  /** DW_LANG of the compile unit; 0 where it does not say. */
  readonly language: number;
  /** The columns themselves, for what makes new ones of them. */
  readonly arrays: SideColumnArrays;
  /** Version of DWARF; 0 where units differ. */
  readonly version: number;
  /** What is said of functions, methods included; undefined where nothing is. */
  readonly functions: FunctionRows | undefined;

  constructor(
    arrays: SideColumnArrays,
    { language = 0, version = 0 }: { readonly language?: number; readonly version?: number } = {},
  ) {
    const { functions, outlines } = arrays;
    this.language = language;
    this.version = version;
    this.arrays = arrays;
    this.functions = functions === undefined ? undefined : new FunctionRows(functions, outlines);
  }

  /** Offset of the type's entry in `.debug_info`. */
  dieOffset(id: TypeId): number {
    return this.arrays.dieOffsets?.[id - 1] ?? 0;
  }

  /** The type, namespace or function in which a type is declared; 0 at the top of the unit. */
  scope(id: TypeId): TypeId {
    return this.arrays.scopes?.[id - 1] ?? 0;
  }

  /** Whether a type is declared at the top of the unit: in no type, namespace or function. */
  isTopLevel(id: TypeId): boolean {
    return this.scope(id) === 0 && (this.flags(id) & TypeFlag.Local) === 0;
  }

  /** {@link TypeFlag}s. */
  flags(id: TypeId): number {
    return this.arrays.flags?.[id - 1] ?? 0;
  }

  /** The alignment that an attribute demands, in bytes. */
  alignment(id: TypeId): number {
    return this.arrays.alignments?.[id - 1] ?? 0;
  }

  /** DW_ATE of a base type. */
  encoding(id: TypeId): number {
    return this.arrays.attributes?.[id - 1] ?? 0;
  }

  /** Number of a method's entry in the vtable; undefined where it has none. */
  vtableSlot(id: TypeId): number | undefined {
    const word = this.arrays.attributes?.[id - 1] ?? 0;
    return word === 0 ? undefined : word - 1;
  }

  /** Name offset of the file in which a type is declared. */
  declFile(id: TypeId): number {
    return this.arrays.declFiles?.[id - 1] ?? 0;
  }

  declLine(id: TypeId): number {
    return this.arrays.declLines?.[id - 1] ?? 0;
  }

  /** {@link MemberFlag}s of the element of a composite. */
  memberFlags(id: TypeId, element: number): number {
    return this.#member(this.arrays.memberFlags, id, element);
  }

  /** The accessibility that an element of a composite states. */
  memberAccessibility(id: TypeId, element: number): Accessibility {
    return ((this.memberFlags(id, element) >>> 2) & 3) as Accessibility;
  }

  /**
   * The upper bits of the bit offset of an element, above those in the record: those from 2^32 on, from 2^24 in a
   * composite with bitfields.
   */
  highOffset(id: TypeId, element: number): number {
    return this.memberFlags(id, element) >>> HIGH_OFFSET_SHIFT;
  }

  /** Whether only the object itself tells where an element of a composite lies, such as a virtual base. */
  isPlacedByObject(id: TypeId, element: number): boolean {
    const flags = this.memberFlags(id, element);
    const isVirtualBase = (flags & VIRTUAL_BASE) === VIRTUAL_BASE;
    return isVirtualBase || (flags & MemberFlag.NoConstantOffset) !== 0;
  }

  /**
   * Whether what an element of so many bytes takes is space between others. What the object places, and a base class
   * without members, is not.
   */
  takesSpace(id: TypeId, element: number, byteSize: number): boolean {
    if (this.isPlacedByObject(id, element)) return false;
    return byteSize !== 0 || (this.memberFlags(id, element) & MemberFlag.Inheritance) === 0;
  }

  /** The alignment that an attribute of a member demands, in bytes. */
  memberAlignment(id: TypeId, element: number): number {
    return this.#member(this.arrays.memberAlignments, id, element);
  }

  /** Whether a composite has children besides data members and base classes. */
  hasChildren(id: TypeId): boolean {
    return (this.arrays.childStarts?.[id - 1] ?? 0) !== 0;
  }

  /** Whether some of the first `count` elements of a composite has {@link MemberFlag}s or an accessibility. */
  hasMemberFlags(id: TypeId, count: number): boolean {
    const { memberFlags, memberStarts } = this.arrays;
    if (memberFlags === undefined) return false;
    const start = memberStarts?.[id - 1] ?? 0;
    for (let index = start; index < start + count; index++) if ((memberFlags[index] ?? 0) !== 0) return true;
    return false;
  }

  /** All children of a composite in the order of the file, or undefined when they are its data members. */
  childrenOf(id: TypeId): Child[] | undefined {
    const { childStarts, children } = this.arrays;
    const start = childStarts?.[id - 1] ?? 0;
    if (children === undefined || start === 0) return undefined;
    return readChildren(children.subarray(start, start + 2 * (children[start - 1] as number)));
  }

  /**
   * These columns with some more types, from the id `end` on: each says what the type that it is a copy of
   * does, its elements in another order.
   */
  withCopies(end: TypeId, copies: readonly CopiedElements[]): SideColumns {
    const { memberStarts, memberFlags, memberAlignments, children, functions, outlines, ...others } =
      this.arrays;
    const { signatures, variables, ...byType } = others;
    const ids = copies.map(({ id }) => id);
    const arrays: Record<string, Uint32Array | undefined> = {
      children,
      functions,
      outlines,
      signatures,
      variables,
    };
    for (const [name, column] of Object.entries(byType)) {
      arrays[name] =
        column &&
        extended(
          column,
          end - 1,
          ids.map((id) => column[id - 1] ?? 0),
        );
    }
    const elements = copies.flatMap(({ id, elements }) => elements.map((element) => [id, element] as const));
    const first = Math.max(memberFlags?.length ?? 0, memberAlignments?.length ?? 0);
    for (const [name, column] of Object.entries({ memberFlags, memberAlignments })) {
      arrays[name] =
        column &&
        extended(
          column,
          first,
          elements.map(([id, element]) => this.#member(column, id, element)),
        );
    }
    let next = first;
    const starts = copies.map(({ elements }) => {
      next += elements.length;
      return next - elements.length;
    });
    arrays.memberStarts = memberStarts && extended(memberStarts, end - 1, starts);
    return new SideColumns(arrays, this);
  }

  #member(column: Uint32Array | undefined, id: TypeId, element: number): number {
    if (column === undefined) return 0;
    return column[(this.arrays.memberStarts?.[id - 1] ?? 0) + element] ?? 0;
  }
}

/** `pairs` are codes and values; those that give a constant belong to the child before them. */
function readChildren(pairs: Uint32Array): Child[] {
  const found: { -readonly [Field in keyof Child]: Child[Field] }[] = [];
  let isSigned = false;
  for (let at = 0; at < pairs.length; at += 2) {
    const word = pairs[at] as number;
    const value = pairs[at + 1] as number;
    const code = word & 0xff;
    const last = found.at(-1);
    if (last !== undefined && code === ChildCode.ConstantLow) last.constant = BigInt(value);
    else if (last?.constant !== undefined && code === ChildCode.ConstantHigh) {
      const bits = (BigInt(value) << 32n) | last.constant;
      last.constant = isSigned ? BigInt.asIntN(64, bits) : bits;
    } else {
      isSigned = (word & SIGNED_CONSTANT) !== 0;
      const accessibility = ((word >>> ACCESSIBILITY_SHIFT) & 3) as Accessibility;
      const isWrittenAsMember = (word & WRITTEN_AS_MEMBER) !== 0;
      found.push({ code, value, accessibility, isWrittenAsMember, constant: undefined });
    }
  }
  return found;
}

/**
 * `FunctionRows`: what DWARF says of functions and their records cannot, in rows beside the records, and the
 * outlines of their bodies. Tables read from BTF have none.
 */

import type { TypeId } from './table.ts';

/** Bits of {@link FunctionRows.flags}. */
export const FunctionFlag = {
  External: 1,
  Declaration: 2,
  /** The code lies in several ranges. */
  HasRanges: 0x2000,
  /** A body of a function that is described elsewhere: of an inline function, or of one that was cloned. */
  Instance: 0x4000,
  /** The definition of something that is declared elsewhere. */
  Specification: 0x8000,
  /** The linkage name is given as before DWARF 4. */
  OldLinkageName: 0x80000,
  /** The result's type is stated here, not where the function is described. */
  OwnType: 0x100000,
  /** The file says whether it is external. */
  StatesExternal: 0x200000,
} as const;

/** DW_INL: what the source asked for and the compiler did. 0 where the file does not say. */
export const Inlined = { No: 0, Inlined: 1, DeclaredNotInlined: 2, DeclaredInlined: 3 } as const;

/** What a row of an outline is. */
export const OutlineCode = {
  Block: 0,
  BlockEnd: 1,
  Variable: 2,
  Label: 3,
  /** A function inlined here, behind those that were inlined into it. */
  Inline: 4,
  /** A parameter in a block. */
  Parameter: 5,
} as const;

/** A row of an outline. */
export interface OutlineRow {
  /** One of {@link OutlineCode}. */
  readonly code: number;
  /** Of a variable the first byte (DW_OP) of its location; 0 where it has none. */
  readonly location: number;
  readonly isDeclaration: boolean;
  /** The code lies in several ranges. */
  readonly hasRanges: boolean;
  readonly nameOffset: number;
  /** Of a variable its type; of an inlined function its id, 0 where that is in another unit. */
  readonly typeId: TypeId;
  /** First address, 0 where there is none. */
  readonly lowPc: bigint;
  /** Bytes of code. */
  readonly size: number;
  /** Line of the declaration; of an inlined function that of the call. */
  readonly line: number;
  /** Offset of the entry in `.debug_info`. */
  readonly dieOffset: number;
}

/** Words of a row of functions, and of a row of outlines; which word is what, src/dwarf/native/unit.h says. */
export const ROW_WORDS = 11;
export const OUTLINE_WORDS = 8;
const LOCATION_SHIFT = 8;
const DECLARATION_BIT = 1 << 16;
const RANGES_BIT = 1 << 17;

/** Functions in the order in which their entries end. */
export class FunctionRows {
  readonly count: number;
  readonly #rows: Uint32Array;
  readonly #outlines: Uint32Array | undefined;

  constructor(rows: Uint32Array, outlines?: Uint32Array) {
    this.#rows = rows;
    this.#outlines = outlines;
    this.count = Math.floor(rows.length / ROW_WORDS);
  }

  /** Id of the function, a `Func` record. */
  id(row: number): TypeId {
    return this.#word(row, 0);
  }

  /** The row of a function, or undefined. Ids ascend with the rows. */
  rowOf(id: TypeId): number | undefined {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.id(middle) < id) low = middle + 1;
      else high = middle;
    }
    return low < this.count && this.id(low) === id ? low : undefined;
  }

  /** First address of the code; 0 where there is none. */
  lowPc(row: number): bigint {
    return (BigInt(this.#word(row, 2)) << 32n) | BigInt(this.#word(row, 1));
  }

  /** Bytes of code in all its ranges. */
  size(row: number): number {
    return this.#word(row, 3);
  }

  /** {@link FunctionFlag}s. */
  flags(row: number): number {
    return this.#word(row, 4);
  }

  /** One of {@link Inlined}. */
  inlined(row: number): number {
    return (this.flags(row) >>> 2) & 3;
  }

  /** DW_VIRTUALITY: 0 none, 1 virtual, 2 pure virtual. */
  virtuality(row: number): number {
    return (this.flags(row) >>> 5) & 3;
  }

  /** Name offset of the name that linkers see; 0 where it is not stated. */
  linkageName(row: number): number {
    return this.#word(row, 5);
  }

  /** Line of the declaration; 0 where it is not stated. */
  line(row: number): number {
    return this.#word(row, 6);
  }

  /** Id of the function whose declaration or description this one completes; 0 for none in this unit. */
  origin(row: number): TypeId {
    return this.#word(row, 8);
  }

  /** What the body contains, blocks in blocks between `Block` and `BlockEnd`. */
  outline(row: number): OutlineRow[] {
    const first = this.#word(row, 9);
    return Array.from({ length: this.#word(row, 10) }, (_, index) => this.#outlineRow(first + index));
  }

  #outlineRow(index: number): OutlineRow {
    const word = (at: number): number => this.#outlines?.[OUTLINE_WORDS * index + at] ?? 0;
    const code = word(0);
    return {
      code: code & 0xff,
      location: (code >>> LOCATION_SHIFT) & 0xff,
      isDeclaration: (code & DECLARATION_BIT) !== 0,
      hasRanges: (code & RANGES_BIT) !== 0,
      nameOffset: word(1),
      typeId: word(2),
      lowPc: (BigInt(word(4)) << 32n) | BigInt(word(3)),
      size: word(5),
      line: word(6),
      dieOffset: word(7),
    };
  }

  #word(row: number, word: number): number {
    return this.#rows[ROW_WORDS * row + word] ?? 0;
  }
}

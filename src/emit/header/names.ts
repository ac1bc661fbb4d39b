/** The names that types, enumerators and members get in a header. */

import type { TypeId } from '../../model/table.ts';

/** Each method gives an offset in the text blob; 0 where there is no name. */
export interface HeaderNames {
  /** Whether the enumerators `false` and `true` are being written where they are no keywords. */
  isInsideBoolGuard: boolean;
  /** Text offset of the tag whose members are being named; 0 outside of one. */
  enclosingTag: number;
  /** Name of a struct, union, enum or forward declaration behind its keyword. */
  tagName(id: TypeId): number;
  /** Name of a typedef. */
  typedefName(id: TypeId): number;
  /** Name of an int or float as it stands in declarations. */
  baseName(id: TypeId): number;
  /** The lines that define the name of an int or float; empty where it is the compiler's. */
  baseDefinition(id: TypeId): string;
  /** Name of an enumerator that is being written. */
  enumeratorName(nameOffset: number): number;
  /** Name of a member or a parameter. */
  memberName(nameOffset: number): number;
}
